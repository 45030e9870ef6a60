"""Countries, organisations, titles and names of people that the rules of significance know, English and Russian."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(text: str) -> list[tuple[list[str], list[str]]]:
    """Each line: English forms, a bar, the beginnings of Russian ones."""
    halves = (line.partition("|") for line in text.strip().splitlines())
    return [(english.split(), russian.split()) for english, _, russian in halves]


_COUNTRIES: Final = _table("""
    armenia armenian armenians armenia's | армени армян армянск ра
    belarus belarusian belarusians belarus's byelorussia | беларус белорус белорусск белорусси
    kazakhstan kazakhstani kazakh kazakhs kazakhstan's | казахстан казах казахск казахстанск рк
    kyrgyzstan kyrgyz kyrgyzstani kirghizia kirghiz kyrgyzstan's | кыргызстан киргизи кыргызск киргизск кыргызстанск кыргыз кр
    russia russian russians russia's | росси российск россиян рф русск
    tajikistan tajik tajiks tajikistani tajikistan's | таджикистан таджик таджикск таджикистанск
    uzbekistan uzbek uzbeks uzbekistan's | узбекистан узбек узбекск узбекистанск
    turkmenistan turkmen turkmenistan's | туркменистан туркмени туркмен туркменск
    azerbaijan azerbaijani azerbaijanis azerbaijan's | азербайджан азербайджанск
    georgia georgian georgians | грузи грузинск
    moldova moldovan moldavia | молдав молдови молдавск молдавии молдова молдовы молдове
    ukraine ukrainian ukrainians | украин украинск
    china chinese china's | китай кита китайск кнр
    india indian indians | инди индийск
    iran iranian iranians | иран иранск
    iraq iraqi iraqis | ирак иракск
    afghanistan afghan afghans afghanistan's | афганистан афганск
    pakistan pakistani pakistanis | пакистан пакистанск
    mongolia mongolian mongolians | монголи монгольск
    serbia serbian serbs serbians | серби сербск
    turkey turkish türkiye turkiye turks | турци турецк
    syria syrian syrians | сири сирийск
    libya libyan | ливи ливийск
    egypt egyptian egyptians | египет египт египетск
    israel israeli israelis | израил израильск
    palestine palestinian palestinians | палестин палестинск
    lebanon lebanese | ливан ливанск
    qatar qatari | катар катарск
    emirates uae | эмират оаэ
    yemen yemeni | йемен йеменск
    jordan jordanian | иордани иорданск
    kuwait kuwaiti | кувейт кувейтск
    america american americans usa | америк американск сша
    canada canadian canadians | канад канадск
    mexico mexican | мексик мексиканск
    brazil brazilian | бразили бразильск
    argentina argentine argentinian | аргентин аргентинск
    cuba cuban | куба кубы кубе кубу кубинск
    venezuela venezuelan | венесуэл венесуэльск
    nicaragua nicaraguan | никарагуа
    chile chilean | чили чилийск
    peru peruvian | перу перуанск
    britain british uk | британи великобритани британск
    france french | франци французск
    germany german germans | германи германск немецк фрг
    italy italian italians | итали итальянск
    spain spanish | испани испанск
    portugal portuguese | португали португальск
    poland polish | польш польск
    czechia czech | чехи чешск
    slovakia slovak | словаки словацк
    slovenia slovenian slovene | словени словенск
    hungary hungarian hungarians | венгри венгерск
    romania romanian | румыни румынск
    bulgaria bulgarian | болгари болгарск
    greece greek | греци греческ
    albania albanian | албани албанск
    croatia croatian | хорвати хорватск
    bosnia bosnian | босни боснийск
    montenegro montenegrin | черногори черногорск
    macedonia macedonian | македони македонск
    kosovo kosovar | косово
    austria austrian | австри австрийск
    switzerland swiss | швейцари швейцарск
    belgium belgian | бельги бельгийск
    netherlands dutch holland | нидерланд нидерландск голланди голландск
    denmark danish | дани датск
    sweden swedish | швеци шведск
    norway norwegian | норвеги норвежск
    finland finnish | финлянди финск
    iceland icelandic | исланди исландск
    ireland irish | ирланди ирландск
    estonia estonian | эстони эстонск
    latvia latvian | латви латвийск латышск
    lithuania lithuanian | литв литовск
    japan japanese | япони японск
    korea korean | коре корейск кндр
    vietnam vietnamese | вьетнам вьетнамск
    thailand thai | таиланд таиландск тайск
    indonesia indonesian | индонези индонезийск
    malaysia malaysian | малайзи малайзийск
    philippines philippine | филиппин филиппинск
    singapore singaporean | сингапур сингапурск
    myanmar | мьянм
    bangladesh bangladeshi | бангладеш
    nepal nepalese nepali | непал непальск
    australia australian | австрали австралийск
    algeria algerian | алжир алжирск
    morocco moroccan | марокко марокканск
    tunisia tunisian | тунис тунисск
    sudan sudanese | судан суданск
    ethiopia ethiopian | эфиопи эфиопск
    somalia somali | сомали сомалийск
    kenya kenyan | кени кенийск
    nigeria nigerian | нигери нигерийск
    mali malian | мали малийск
    congo congolese | конго конголезск
    angola angolan | ангол ангольск
    zimbabwe zimbabwean | зимбабве
    abkhazia abkhaz abkhazian | абхази абхазск
    ossetia ossetian | осети осетинск
    europe european | европ европейск
    africa african | африк африканск
    eurasia eurasian | еврази евразийск
    asia asian | ази азиатск
    cyprus cypriot | кипр кипрск
    laos lao | лаос лаосск
    cambodia cambodian | камбоджи камбоджийск
""")
_RUSSIAN_END: Final = r"(?:[аеиоуыьэюяй]{0,3}|[аеиоя][мх]|[аеоия]ми|[иы]м|[оея]го|[оеы]му|[иы]х|ами|ц[а-я]{1,3}|е?ц)"
_ENGLISH: Final = {form: str(place) for place, (forms, _) in enumerate(_COUNTRIES) for form in forms}
_RUSSIAN: Final = re.compile(
    "|".join(rf"(?P<c{place}>(?:{'|'.join(stems)}){_RUSSIAN_END})" for place, (_, stems) in enumerate(_COUNTRIES))
)


def country_of(folded: str) -> str | None:
    """A number for the country that a noun or adjective is of: "Armenian" and "Армении" have the same."""
    if folded.isascii() or folded in _ENGLISH:
        return _ENGLISH.get(folded.removesuffix("'s"))
    found = _RUSSIAN.fullmatch(folded)
    return str(found.lastgroup)[1:] if found else None


BODIES: Final = _words("""
    ministry council committee commission agency university institute union organization organisation bank fund foundation
    parliament assembly secretariat department academy association alliance federation republic court office authority
    bureau centre center corporation company institution league chamber duma senate government army navy police service
    college school headquarters confederation commonwealth forum museum society group staff pact bloc treaty community
    programme program bloc initiative administration directorate board congress
""")
"""What a capitalised name of an organisation has in it: "World Health Organization"."""
PLAIN_BODIES: Final = _words("""
    ministry council committee commission agency university institute parliament secretariat government academy senate duma
    assembly
""")
"""Those that are an organisation without a capital too."""
BODIES_RU: Final = _words("""
    министерств совет комитет комисси агентств университет институт союз организаци банк фонд парламент ассамбле секретариат
    департамент академи ассоциаци альянс федераци республик суд ведомств служб бюро корпораци компани лиг палат дум сенат
    правительств управлени администраци содружеств сообществ форум центр штаб трибунал прокуратур полици музе обществ пакт
    конгресс договор инициатив программ
""")
PLAIN_BODIES_RU: Final = _words("""
    министерств комитет комисси агентств университет институт парламент секретариат департамент академи сенат дум
    правительств ведомств ассамбле прокуратур
""")
OBJECTS_RU: Final = _words("""
    обороны юстиции иностранных внутренних дел финансов здравоохранения образования экономики энергетики культуры транспорта
    безопасности наук художеств развития сотрудничества наций государств чрезвычайных ситуаций ситуациям ситуациями делам
    торговли промышленности сельского хозяйства туризма спорта связи информации печати труда природных ресурсов экологии
    финансовой национальной коллективной министров секретарей глав начальников экспертов парламентской генеральной науки
    искусств мира стран статистики разведки границы здоровья защиты реконструкции инвестиций инвестициям реформ
    продовольствия
""")
"""What stands behind the word for an organisation, in small letters, and is a part of its name."""
LINKING: Final = _words("of and for the on in to")

TITLES: Final = _words("""
    president minister chairman chairwoman chairperson chair ambassador consul colonel general lieutenant captain major
    sergeant admiral commander secretary director chief head premier mayor governor rector dean professor academician envoy
    spokesman spokeswoman spokesperson deputy senator speaker vice-president vice-chairman attaché plenipotentiary
    representative commissioner inspector superintendent marshal general-secretary coordinator chancellor king queen prince
    doctor judge prosecutor manager editor assistant adviser advisor expert vice-minister brigadier corporal private
""")
TITLE_PARTS: Final = _words("""
    deputy vice acting first second senior junior foreign defence defense prime interior finance justice health secretary
    general major lieutenant chief former interim honorary executive state press special permanent plenipotentiary
    extraordinary joint assistant under high
""")
TITLES_RU: Final = _words("""
    президент министр председател посол посл консул полковник подполковник генерал лейтенант капитан майор сержант адмирал
    командир командующ секретар директор начальник глав премьер премьер-министр мэр губернатор ректор декан профессор
    академик посланник пресс-секретар представител депутат сенатор спикер вице-президент вице-премьер вице-спикер
    руководител координатор комиссар инспектор маршал генерал-майор генерал-лейтенант генерал-полковник канцлер король
    королев судь прокурор редактор советник помощник заведующ атташе генсек замминистр зампред уполномоченн ефрейтор
    прапорщик
""")
NO_TITLES: Final = frozenset({"после", "судя", "суда", "судов"})
"""Words that look like a case of a title or of an organisation, and are none: "after", "judging by", "ships"."""
TITLE_PARTS_RU: Final = _words("""
    заместител зам исполняющ исполнявш обязанност и.о врио перв втор старш младш бывш почетн генеральн государственн главн
    специальн постоянн чрезвычайн полномочн временн вице
""")
TITLE_OBJECTS_RU: Final = _words("""
    иностранных внутренних дел обороны юстиции финансов здравоохранения образования экономики энергетики культуры транспорта
    чрезвычайных ситуаций ситуациям торговли штаба
""")
HONORIFICS: Final = _words(
    "mr mrs ms miss dr sir lady lord prof г-н г-жа г-на г-жи г-ну господин господина госпожа госпожи"
)
SPEECH: Final = _words("""
    said says told noted stressed added explained stated announced remarked emphasized emphasised underlined recalled
    pointed wrote сказал сказала заявил заявила отметил отметила подчеркнул подчеркнула сообщил сообщила добавил добавила
    пояснил пояснила рассказал рассказала указал указала напомнил напомнила написал написала заметил заметила словам слов
    мнению
""")
FIRST_NAMES: Final = _words("""
    alexander aleksandr alexey aleksey alexei anatoly andrei andrey anton arman artem arthur artur boris daniyar denis
    dmitry dmitri elena emma erlan evgeny eugene fedor gennady george georgy gleb grigory gulnara hasan igor ilya imangali
    irina ivan karen kirill konstantin leonid maria marina maxim mikhail michael natalia natalya nikita nikolai nikolay
    nikol nursultan nurlan oleg olga pavel peter petr pyotr roman ruslan rustam sergei sergey stanislav svetlana tatiana
    tatyana tigran timur vadim valery vasily victor viktor viktoria vitaly vladimir vyacheslav yana yulia yuri yury anna
    john james robert david william thomas charles richard paul mark mary ann jane helen kate peter simon martin hans jean
    pierre ali ahmed mohammed muhammad aibek askar bakyt zhanna larisa lyudmila galina vera nina lidia daria darya ekaterina
    catherine eva ella armen aram gagik hovik vahan vahagn kasym-jomart emomali sadyr serik marat talgat kanat azamat farid
    rashid jamshed firuz sirodjiddin saken александр алексей анатолий андрей антон арман артем артур борис данияр денис
    дмитрий елена ерлан евгений евгения федор геннадий георгий глеб григорий гульнара хасан игорь илья имангали ирина иван
    карен кирилл константин леонид мария марина максим михаил наталия наталья никита николай никол нурсултан нурлан олег
    ольга павел петр роман руслан рустам сергей станислав светлана татьяна тигран тимур вадим валерий валерия василий виктор
    виктория виталий владимир вячеслав яна юлия юрий анна джон джеймс роберт дэвид уильям томас чарльз ричард поль марк
    симон мартин ганс жан пьер али ахмед мохаммед мухаммад айбек аскар бакыт жанна лариса людмила галина вера нина лидия
    дарья екатерина ева элла армен арам гагик ваган касым-жомарт эмомали садыр серик марат талгат канат азамат фарид рашид
    джамшед фируз сакен алена семен надежда любовь егор тарас степан захар матвей
""")
PLACES: Final = _words("""
    kiev kyiv moscow minsk astana almaty bishkek dushanbe yerevan osh tashkent ashgabat baku tbilisi brest gomel kazan sochi
    tambov saratov rostov pskov kharkov geneva vienna beijing brussels london paris berlin киев киева киеве тамбов тамбове
    саратов саратове ростов ростове псков пскове харьков
""")
PLACE_BEFORE: Final = _words("""
    city town village river lake region district province near in at from port station street город города городе г село
    села селе деревня деревне река реки реке озеро район района районе область области улица улице в во из поселок поселке
    порт станция
""")
SURNAME: Final = re.compile(
    r".{2,}(?:ov|ova|ev|eva|yov|in|ina|sky|skiy|skii|skaya|enko|chuk|yan|ian|shvili|dze|bekov|bekova|uly|zade)"
    r"|.{2,}(?:[оеё]в|[оеё]ва|[оеё]вой|[оеё]ву|[оеё]вым|[иы]н|[иы]на|[иы]ной|[иы]ным|[иы]ну|ский|ская|ского|ской|скому|ским|енко|чук|чука"
    r"|ян|яна|яну|яном|швили|дзе|улы|заде|ович|овича|евич|овна|овны|евна)"
)
