"""The sentences: pairs of English and Russian halves, all made up, joined by the generator.

Russian subjects are plural, so that every verb agrees with every subject.
"""

from __future__ import annotations

from typing import Final

Pair = tuple[str, str]

SUBJECTS: Final[tuple[Pair, ...]] = (
    ("Mountain rescue instructors", "Инструкторы горноспасательных отрядов"),
    ("Envoys of the member states", "Посланники государств-членов"),
    ("Signals officers of four capitals", "Офицеры связи четырёх столиц"),
    ("Military cartographers", "Военные картографы"),
    ("Lawyers of the permanent secretariat", "Юристы постоянного секретариата"),
    ("Young interpreters", "Молодые переводчики"),
    ("Field hospital crews", "Расчёты полевого госпиталя"),
    ("Heads of the border schools", "Начальники пограничных училищ"),
    ("Observers from the neighbouring region", "Наблюдатели из соседнего региона"),
    ("Bridge-building companies", "Понтонно-мостовые роты"),
    ("Deputies of the standing committees", "Депутаты постоянных комитетов"),
    ("Airlift dispatchers", "Диспетчеры воздушных перевозок"),
    ("Veterans of the peacekeeping missions", "Ветераны миротворческих миссий"),
    ("Editors of the joint almanac", "Редакторы совместного альманаха"),
    ("Specialists in water supply", "Специалисты по водоснабжению"),
    ("Members of the budget panel", "Члены бюджетной комиссии"),
    ("Radio monitors of the duty shift", "Радисты дежурной смены"),
    ("Cadets of the evening course", "Курсанты вечернего отделения"),
    ("Quartermasters of the rapid units", "Интенданты оперативных подразделений"),
    ("Historians of the shared archive", "Историки общего архива"),
)

ACTS: Final[tuple[Pair, ...]] = (
    ("compared notes on radio frequencies", "сверили данные о радиочастотах"),
    ("rehearsed the crossing of a fast river", "отработали переправу через быструю реку"),
    ("signed a protocol on spare parts", "подписали протокол о запасных частях"),
    ("opened a photo exhibition about the first decade", "открыли фотовыставку о первом десятилетии"),
    ("agreed upon a calendar of staff games", "согласовали календарь штабных игр"),
    ("checked the warehouses before the winter", "проверили склады перед зимой"),
    ("drew up a glossary of mine-clearing terms", "составили словарь терминов разминирования"),
    ("met with students of three universities", "встретились со студентами трёх университетов"),
    ("summed up the summer inspection", "подвели итоги летней проверки"),
    ("proposed a common form of the pilot's log", "предложили единую форму лётного журнала"),
    ("discussed the fight against illegal crossings", "обсудили борьбу с незаконными переходами"),
    ("handed over the flag of the exercise “Granite Ford”", "передали флаг учения «Гранитный брод»"),
    ("planted an alley in memory of the fallen", "посадили аллею в память о погибших"),
    ("will take part in the forum “Quiet Skies”", "примут участие в форуме «Тихое небо»"),
    ("reviewed the rules for convoys", "пересмотрели правила движения колонн"),
    ("tested a mobile water plant", "испытали передвижную водоочистную станцию"),
    ("congratulated the winners of the essay contest", "поздравили победителей конкурса сочинений"),
    ("described the situation along the southern road", "описали обстановку вдоль южной дороги"),
)

PLACES: Final[tuple[Pair, ...]] = (
    ("at the northern range", "на северном полигоне"),
    ("in the old library building", "в старом здании библиотеки"),
    ("by video link", "по видеосвязи"),
    ("in the lakeside town of Verholen", "в приозёрном городе Верхолен"),
    ("on the margins of the assembly", "на полях ассамблеи"),
    ("at the Belokamen training centre", "в учебном центре «Белокамень»"),
    ("in the hall of columns", "в колонном зале"),
    ("at the foot of the Sarydal ridge", "у подножия хребта Сарыдал"),
    ("in two cities at once", "сразу в двух городах"),
    ("aboard the staff train", "в штабном поезде"),
    ("in the press tent", "в пресс-палатке"),
    ("at the round table", "за круглым столом"),
)

TIMES: Final[tuple[Pair, ...]] = (
    ("on the first day", "в первый день"),
    ("before the closing ceremony", "перед церемонией закрытия"),
    ("during the morning session", "на утреннем заседании"),
    ("at the request of the host", "по просьбе принимающей стороны"),
    ("for the third year running", "третий год подряд"),
    ("under the approved plan", "согласно утверждённому плану"),
    ("after a short pause", "после короткого перерыва"),
    ("in the presence of guests", "в присутствии гостей"),
)

FOLLOW_UPS: Final[tuple[Pair, ...]] = (
    ("It was noted that the work goes on as agreed", "Отмечено, что работа идёт по плану"),
    ("The next meeting is expected in the spring", "Следующая встреча ожидается весной"),
    ("All questions of the agenda were dealt with", "Рассмотрены все вопросы повестки"),
    ("Both sides spoke of mutual trust", "Обе стороны говорили о взаимном доверии"),
    ("A list of open points was sent to the capitals", "Перечень открытых вопросов направлен в столицы"),
    ("The draft was sent back for one more reading", "Проект возвращён на ещё одно чтение"),
    ("The weather allowed every flight to take place", "Погода позволила выполнить все полёты"),
)

HEADINGS: Final[tuple[Pair, ...]] = (
    ("What was decided", "Что решено"),
    ("On the order of joint work", "О порядке совместной работы"),
    ("Questions and answers", "Вопросы и ответы"),
    ("Background", "Справка"),
)

SALUTATIONS: Final[tuple[Pair, ...]] = (
    ("Dear colleagues, dear friends!", "Уважаемые коллеги, дорогие друзья!"),
    ("Dear participants of the meeting!", "Уважаемые участники встречи!"),
)

LINK_TEXTS: Final[tuple[Pair, ...]] = (
    ("an earlier report", "более ранний отчёт"),
    ("the text of the statement", "текст заявления"),
    ("the plan for the year", "план на год"),
    ("a note for the press", "справка для прессы"),
)

ALTS: Final[tuple[Pair, ...]] = (
    ("Participants at the map", "Участники у карты"),
    ("View of the range", "Вид на полигон"),
    ("Signing of the protocol", "Подписание протокола"),
    ("", ""),
)

CELLS: Final[tuple[Pair, ...]] = (
    ("Unit", "Подразделение"),
    ("Strength", "Численность"),
    ("Field kitchen", "Полевая кухня"),
    ("Signals company", "Рота связи"),
    ("Sappers", "Сапёры"),
)

SPOKESMEN: Final[tuple[Pair, ...]] = (
    ("CSTO spokesman on duty", "Дежурный пресс-секретарь ОДКБ"),
    ("The CSTO Press Secretary on duty", "Пресс-секретарь ОДКБ (дежурная смена)"),
)

RECORD: Final[Pair] = ("record", "запись")
DOWNLOAD: Final[Pair] = ("Download document", "Скачать документ")

_LATIN: Final = (
    "а=a б=b в=v г=g д=d е=e ё=ye ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch "
    "ъ= ы=y ь= э=e ю=yu я=ya"
)
TRANSLITERATION: Final[dict[str, str]] = {pair[0]: pair[2:] for pair in _LATIN.split(" ")}
