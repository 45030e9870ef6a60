"""The reasons that an edit may have: what each weighs, what makes it fire, and an example in each language. Data, no code.

A test runs every example, and ``docs/significance.md`` is checked against this table. Names may be added, never renamed: they are
in the JSON of the command line. The order is that in which reasons of one weight are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Significance(IntEnum):
    COSMETIC = 1
    MINOR = 2
    SUBSTANTIVE = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """``told``: the reason in words. ``fires``: what makes it fire, a sentence. ``english``, ``russian``: an old and a new text,
    a paragraph a line; ``part`` says of what: ``body``, ``title``, ``published``, ``language``, ``link`` and ``image`` (their
    addresses), ``link_text``, ``caption``."""

    reason: str
    level: Significance
    told: str
    fires: str
    english: tuple[str, str]
    russian: tuple[str, str]
    part: str = "body"


_COSMETIC, _MINOR, _SUBSTANTIVE = Significance

_TABLE: Final = (
    Rule(
        "typography",
        _COSMETIC,
        "typography",
        "Other quotation marks, dashes, dots or white space, paragraphs joined or parted, or a number or date that is only "
        "written in another way.",
        ('The "old bridge" carries 20 000 carts.', "The “old bridge” carries 20,000 carts."),
        ('"Старый мост" построен 5 мая 1924 года.', "«Старый мост» построен 05.05.1924 года."),
    ),
    Rule(
        "punctuation",
        _MINOR,
        "punctuation",
        "Signs came, went or changed beside the same words; a comma can turn a sentence, so it isn't cosmetic.",
        ("The bridge, then, was closed.", "The bridge then was closed."),
        ("Мост, тогда, закрыли.", "Мост тогда закрыли."),
    ),
    Rule(
        "case",
        _MINOR,
        "capital letters",
        "The same letters, some of them now capital or small.",
        ("They crossed the Old bridge.", "They crossed the old bridge."),
        ("Все видели Старый мост.", "Все видели старый мост."),
    ),
    Rule(
        "grammar",
        _MINOR,
        "grammar",
        "An article, a contraction, an agreeing form, or a name or title in another case.",
        ("He came by a bridge.", "He came by the bridge."),
        ("Письмо передали в Армения вчера.", "Письмо передали в Армению вчера."),
    ),
    Rule(
        "spelling",
        _MINOR,
        "spelling",
        "A few letters of a word that has no weight of its own, ё for е, or a name in another transliteration.",
        ("They will recieve Mr Tokaev.", "They will receive Mr Tokayev."),
        ("Здесь крепнет сотрудничетсво.", "Здесь крепнет сотрудничество."),
    ),
    Rule(
        "homoglyph",
        _MINOR,
        "look-alike letters",
        "A letter became another that looks the same, Cyrillic for Latin.",
        ("The СRRF came.", "The CRRF came."),
        ("Прибыл отряд НATO.", "Прибыл отряд НАТО."),
    ),
    Rule(
        "encoding",
        _MINOR,
        "encoding repaired",
        "Letters that a wrong encoding had broken are whole.",
        ("They donâ€™t wait for it.", "They don’t wait for it."),
        ("РњРѕСЃС‚ Р·Р°РєСЂС‹С‚.", "Мост закрыт."),
    ),
    Rule(
        "mojibake",
        _MINOR,
        "broken letters",
        "Letters are broken by a wrong encoding, which were whole, or weren't there.",
        ("They don’t wait for it.", "They donâ€™t wait for it."),
        ("Мост закрыт.", "РњРѕСЃС‚ Р·Р°РєСЂС‹С‚."),
    ),
    Rule(
        "future_date",
        _MINOR,
        "dated in the future",
        "The date is more than 48 hours after the first capture that shows it; told beside the change of the date.",
        ("2026-07-26", "2031-07-26"),
        ("2026-07-26", "2031-07-26"),
        "published",
    ),
    Rule(
        "moved_block",
        _MINOR,
        "moved",
        "A paragraph or a sentence stands at another place, unchanged or nearly.",
        ("We begin so.\nWe go on so.\nAnd then we end.", "We go on so.\nAnd then we end.\nWe begin so."),
        ("Сначала так.\nПотом иначе.\nА вот и конец.", "Потом иначе.\nА вот и конец.\nСначала так."),
    ),
    Rule(
        "link_text",
        _MINOR,
        "text of a link",
        "A link to the same address has other words.",
        ("the plan", "the draft plan"),
        ("план", "проект плана"),
        "link_text",
    ),
    Rule(
        "caption",
        _MINOR,
        "caption",
        "A picture has another text beside it.",
        ("Boats at noon", "The harbour at noon"),
        ("Лодки в полдень", "Гавань в полдень"),
        "caption",
    ),
    Rule(
        "announcement_overwritten",
        _SUBSTANTIVE,
        "announcement overwritten by a report",
        "The title and the first sentences looked forward and look back now, and more than a third of the words are others; "
        "then what changed within the text isn't told one by one.",
        (
            "The council will meet on 3 March in the old hall. Its agenda has nine points.",
            "The council met in the old hall. Its members adopted four decisions and thanked the hosts of the meeting.",
        ),
        (
            "Заседание совета состоится 3 марта в старом зале. В повестке девять пунктов.",
            "Совет собрался в старом зале. Его члены приняли четыре решения и поблагодарили хозяев встречи.",
        ),
    ),
    Rule(
        "rewritten",
        _SUBSTANTIVE,
        "rewritten as a whole",
        "Less than 35 % of the longer words of the shorter text stand in the other; then what changed within it isn't told one "
        "by one.",
        (
            "A wooden bridge crosses the river near the village. Carts use it during the harvest, sheep during the whole year.",
            "Traffic over the concrete viaduct doubled after the motorway opened. Lorries stand in line at every toll gate.",
        ),
        (
            "Деревянный мост пересекает реку около деревни. Летом телеги возят сено, осенью гонят овец на зимние пастбища.",
            "Движение по бетонному виадуку удвоилось после открытия автомагистрали. Грузовики стоят у каждого пункта оплаты.",
        ),
    ),
    Rule(
        "number",
        _SUBSTANTIVE,
        "number",
        "A number, a share or an amount, in figures or in words, is another, came or went.",
        ("There were 40 boats.", "There were 45 boats."),
        ("Пришло сорок лодок.", "Пришло пятьдесят лодок."),
    ),
    Rule(
        "date",
        _SUBSTANTIVE,
        "date",
        "The article's date, or a day, month, year, weekday, season or time of day in its text, is another.",
        ("It began on 12 May.", "It began on 13 May."),
        ("Он открыт в марте.", "Он открыт в апреле."),
    ),
    Rule(
        "person",
        _SUBSTANTIVE,
        "person or title",
        "The name of a person, or a title or rank, is another, came or went.",
        ("The deputy minister spoke to Elena Voronina.", "The minister spoke to Elena Voronina."),
        ("Выступил полковник Громов.", "Выступил полковник Беляев."),
    ),
    Rule(
        "organisation",
        _SUBSTANTIVE,
        "country or organisation",
        "A country, what is of a country, or an organisation is another, came or went.",
        ("Guests from Armenia came.", "Guests from Belarus came."),
        ("Пришло министерство обороны.", "Пришло министерство юстиции."),
    ),
    Rule(
        "name",
        _SUBSTANTIVE,
        "name",
        "Another name, of a place or of an exercise, or one of which nobody here knows what it names.",
        ("They met in Bishkek.", "They met in Osh."),
        ("Учение «Тихая гавань» окончено.", "Учение «Новая волна» окончено."),
    ),
    Rule(
        "negation",
        _SUBSTANTIVE,
        "negation",
        "A sentence says no where it said yes, or the reverse: not, never, without, un-. \"Not only\" is no negation.",
        ("The bridge is open.", "The bridge is not open."),
        ("Шаг признан законным.", "Шаг признан незаконным."),
    ),
    Rule(
        "modal",
        _SUBSTANTIVE,
        "strength of a statement",
        "A word for must, should, may, would, intend or certainly gave way to one of another strength, came or went; the future "
        "alone doesn't count.",
        ("The parties will sign.", "The parties may sign."),
        ("Стороны должны прийти.", "Стороны могут прийти."),
    ),
    Rule(
        "quotation",
        _SUBSTANTIVE,
        "quotation changed",
        "Words between quotation marks are others, or words were put between such marks or taken out of them.",
        ("“We are proud of the bridge,” she said.", "“We are tired of the bridge,” she said."),
        ("«Мост принадлежит всем», – сказала она.", "«Мост принадлежит городу», – сказала она."),
    ),
    Rule(
        "wording",
        _SUBSTANTIVE,
        "wording",
        "Words are others, and no rule shows that it matters little.",
        ("The level rose.", "The level fell."),
        ("Уровень поднялся ночью.", "Уровень опустился ночью."),
    ),
    Rule(
        "headline",
        _SUBSTANTIVE,
        "headline",
        "The title changed by more than what is cosmetic or minor in a text.",
        ("On the bridge", "A word on the bridge"),
        ("О новом мосте", "Слово о новом мосте"),
        "title",
    ),
    Rule(
        "added",
        _SUBSTANTIVE,
        "added",
        "A sentence or a paragraph came.",
        ("The bridge is old.", "The bridge is old. It was mended with oak."),
        ("Мост стар.", "Мост стар. Его чинили дубом."),
    ),
    Rule(
        "removed",
        _SUBSTANTIVE,
        "removed",
        "A sentence or a paragraph went.",
        ("The bridge is old. It was mended with oak.", "The bridge is old."),
        ("Мост стар. Его чинили дубом.", "Мост стар."),
    ),
    Rule(
        "links",
        _SUBSTANTIVE,
        "link target",
        "A link leads elsewhere, came or went.",
        ("https://example.org/a/", "https://example.org/b/"),
        ("https://example.org/a/", "https://example.org/b/"),
        "link",
    ),
    Rule(
        "media",
        _SUBSTANTIVE,
        "attachment or image",
        "A picture or a linked document is another, came or went, or has other bytes at the same address.",
        ("https://example.org/a.jpg", "https://example.org/b.jpg"),
        ("https://example.org/a.jpg", "https://example.org/b.jpg"),
        "image",
    ),
    Rule(
        "translated",
        _SUBSTANTIVE,
        "translation completed",
        "A paragraph that stood in another language than its page stands in the page's now; nobody here can show that it says "
        "the same.",
        ("Мост был закрыт на всю зиму.", "The bridge was closed for the whole winter."),
        ("The bridge was closed for the whole winter.", "Мост был закрыт на всю зиму."),
    ),
    Rule(
        "language",
        _SUBSTANTIVE,
        "language",
        "The page's language wasn't known before, or isn't any more.",
        ("", "en"),
        ("ru", ""),
        "language",
    ),
    Rule(
        "language_changed",
        _SUBSTANTIVE,
        "now in another language",
        "The page was in one language and is in another; then that is said, and not that each paragraph changed.",
        ("en", "ru"),
        ("ru", "en"),
        "language",
    ),
)  # fmt: skip
RULES: Final = {rule.reason: rule for rule in _TABLE}
