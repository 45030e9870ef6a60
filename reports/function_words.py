"""Function words by language: the short words that every sentence has and that hardly any other language writes so.

``OTHER_LATIN`` and ``OTHER_CYRILLIC`` are those of languages that a page of the region may carry. A word that English or Russian
has too stands in their lists alone.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH: Final = _words("""
    the of and to in for on with at by from as is are was were be been has have had will would shall should can could may might
    this that these those which who whom whose what when where while its it he she they them his her their our we you i not no
    but or if than then also into about after before between during against under over within without through upon an a
    there here such other all any both each more most some only its it's don't doesn't isn't can't didn't there's that's
    said new first according
""")

RUSSIAN: Final = _words("""
    и в на с не по для от до из за о об обо к ко у при что как это его ее её их он она они мы вы я который которая которое которые
    которых которым которой был была было были будет будут быть также так же или но а бы ли если чтобы между после перед под над
    со во через без все всех всем весь этот эта эти этого этой этом этих том тем того той тот там где когда уже еще ещё более
    свою своей своих своего наш наши нас вас им ими ней него них ним только даже нет чем лишь нам вам однако кроме ходе мнению
    словам рамках года году
""")

OTHER_LATIN: Final = _words("""
    le la les des du de et une un est sont pour dans que qui sur aux au par avec ce cette ces il elle ils nous vous pas plus ont
    été être l d s c j qu n où leur leurs entre lors afin ainsi dont mais ou sans sous aussi à
    der die das und den dem von zu ist mit für auf im nicht ein eine einer einem eines des sich auch wird wurde werden dass aus
    bei nach über sind hat haben durch zwischen oder als
    el los las del y en con por para se su sus una como más pero este esta estos entre fue son sobre al lo
    il lo gli della delle dei di che è per non sono nel nella alla alle anche come dal dalla una
    o os as da das dos em na nas no nos uma com não ao pelo pela foi são mais
    i w z na do nie że się jest oraz dla przez od po jak są został przy
    ve bir bu için ile olarak da de olan ne var ise gibi
    va bilan uchun bu ham yoki esa edi emas kabi haqida tomonidan
    və ilə üçün bir bu da də ki olan
    het een van en dat niet zijn op te met voor ook naar bij wordt werd
    je a se že na v s k pro jako bylo byla jsou také
""") - ENGLISH | frozenset({"le", "la", "de", "des"})

OTHER_CYRILLIC: Final = (
    _words("""
    і й з та що які яка який яке було були від про щодо або між під час його її їх також цього цієї вже лише
    у аб пра што якія які яна яны ён ад каб гэта гэты гэтай таксама пры паміж пасля быў была былі ці яго
    және мен бен пен үшін бұл осы сол болып туралы бойынша арасында деп еді екен кейін дейін ол оның олар
    жана менен үчүн бул ошол болуп тууралуу боюнча ортосунда деп эле кийин чейин ал анын алар эмес бар
    ва дар аз бо ба барои ки ин он аст буд шуд мебошад низ бояд тавассути байни
    ва билан учун бу ҳам эди эмас каби ҳақида
    се е са ще от които който което която това този тази между беше бяха че със във като
    је су да се од који која које ће би из са као или
    һәм белән өчен бу дип
""")
    - RUSSIAN
)
