"""Which lines of a region are the site's own: by what they are and where they stand, with words only as a help."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from typing import Final

from crawler.pages.blocks import Anchor, Line
from crawler.pages.dates import parse_date
from crawler.pages.document import Element
from crawler.pages.links import Leads, Links
from storage.records import BlockKind

PROSE: Final = 25
"""Letters outside links from which a line counts as running text."""

COUNTER, TOOL, PASSING = "a counter", "a print, share or subscription link", "a time that passes"
SHARING, TAGS = "links to share the page", "tags"
TOOLS: Final = frozenset({COUNTER, TOOL, PASSING, SHARING})
"""Reasons that don't part an article from what follows."""

_ARROWS: Final = " \t<>«»‹›←→↑↓◄►|/[]()·•—–-"
_BACK: Final = frozenset(
    (
        *("go back", "back", "back to the section", "back to section", "back to the all news", "back to all news"),
        *(
            "back to the list",
            "back to list",
            "back to news",
            "back to the news",
            "return",
            "return to the list",
            "all news",
        ),
        *(
            "to the top",
            "назад",
            "вернуться",
            "вернуться назад",
            "вернуться в раздел",
            "назад в раздел",
            "назад к списку",
        ),
        *(
            "возврат к списку",
            "ко всем новостям",
            "все новости",
            "к списку новостей",
            "к новостям",
            "наверх",
            "в раздел",
        ),
    )
)
_COUNTED: Final = (
    r"(?:page )?(?:views?|hits|reads|shows|visits|likes|comments|shares)"
    r"|(?:количество )?просмотр\w*|прочитано|прочтени\w*|читали|комментари\w*|нравится"
)
_COUNTER: Final = re.compile(
    rf"(?:number of )?(?:{_COUNTED})\s*[:—–-]?\s*[\d\s.,]*(?:[kкtт]\.?)?|[\d\s.,]+\s*(?:{_COUNTED})", re.IGNORECASE
)
_TOOLS: Final = re.compile(
    r"(?:print|print (?:this )?(?:page|version)|printable version|версия для печати|распечатать|печать"
    r"|share(?: (?:this|on|with friends|link|the news))*|поделиться(?: \w+){0,2}|send (?:by|via) e-?mail"
    r"|copy (?:the )?link|скопировать ссылку|subscribe|подписаться)\W*",
    re.IGNORECASE,
)
_AGO: Final = re.compile(
    r"\(?(?:\d+|an?|one)\s+(?:sec\w*|min\w*|hours?|days?|weeks?|months?|years?"
    r"|сек\w*|мин\w*|час\w*|ч|дн\w*|день|недел\w*|месяц\w*)\.?\s+(?:ago|назад)\)?",
    re.IGNORECASE,
)
_MORE: Final = re.compile(
    r"(?:see|read|watch) (?:also|more)|related(?: \w+)?|more (?:news|on the topic|articles)"
    r"|(?:other|latest|recent|last|similar|popular) (?:news|articles|materials|publications|events)"
    r"|on the (?:same )?topic|also on the topic|(?:читайте|смотрите|см\.?) (?:также|ещё|еще)|(?:материалы )?по теме"
    r"|(?:другие|последние|похожие|свежие|популярные|главные|ещё|еще) (?:новости|материалы|статьи|публикации)",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d")
_RIGHTS: Final = re.compile(
    r"(?:©|\(c\)\s|copyright\b).{0,200}|.{0,120}(?:all rights reserved|все права защищены).{0,80}", re.IGNORECASE
)
_TAGS: Final = re.compile(r"(?:tags|keywords|topics|теги|метки|рубрик\w|ключевые слова)\s*:", re.IGNORECASE)


def is_back_words(text: str) -> bool:
    """The navigation lines below an article, by their words; arrows around them don't matter."""
    return len(text) < 40 and text.strip(_ARROWS).casefold() in _BACK


def is_back_line(line: Line, links: Links) -> bool:
    """A line of navigation: by its words, or a short line that is all link and leads up, or back by a script."""
    if is_back_words(line.text):
        return True
    if not line.is_link or not 0 < len(line.text) <= 40:
        return False
    return all(_leads_back(anchor, links) for anchor in line.anchors)


def _leads_back(anchor: Anchor, links: Links) -> bool:
    leads = links.leads(anchor.href)
    return leads is Leads.UP or (leads is Leads.NOWHERE and "history" in anchor.href)


def is_crumb(lines: Sequence[Line], index: int, links: Links) -> bool:
    """Whether the line is the last of a row of crumbs: at least two links up stand before it, each in a box like its own."""
    own = lines[index].boxes
    if index < 2 or not own:
        return False
    return all(
        len(line.anchors) == 1
        and line.is_link
        and len(line.boxes) == len(own)
        and line.boxes[:-1] == own[:-1]
        and line.boxes[-1].tag == own[-1].tag
        and _leads_back(line.anchors[0], links)
        for line in lines[index - 2 : index]
    )


def is_rights_line(text: str) -> bool:
    """The line of rights in a page's foot."""
    return len(text) < 250 and ("©" in text or "ight" in text or "рав" in text) and _RIGHTS.fullmatch(text) is not None


def is_more_heading(text: str) -> bool:
    """``See also`` and its like: what follows are other articles."""
    return len(text) < 60 and _MORE.fullmatch(text.strip(_ARROWS + ":.…")) is not None


def small_talk(line: Line, links: Links) -> str | None:
    """Why a single line is the site's whatever stands around it, or None."""
    if line.site_tag:
        return f"inside <{line.site_tag}>"
    if len(line.text) <= 40:
        for pattern, why in ((_COUNTER, COUNTER), (_TOOLS, TOOL), (_AGO, PASSING)):
            if pattern.fullmatch(line.text):
                return why
    if line.anchors and _is_sharing(line, links):
        return SHARING
    return TAGS if line.anchors and line.linked > line.own and _TAGS.match(line.text) else None


def _is_sharing(line: Line, links: Links) -> bool:
    return (
        line.own < PROSE
        and all(links.leads(anchor.href) in (Leads.SHARE, Leads.NOWHERE) for anchor in line.anchors)
        and any(links.leads(anchor.href) is Leads.SHARE for anchor in line.anchors)
    )


def is_label(line: Line) -> bool:
    """A few words that are no sentence: a rubric, a section's name."""
    text = line.text
    if len(text) > 40 or text[-1:] in '.!?…:;"»”' or line.kind is BlockKind.HEADING:
        return False
    return not text or any(map(str.isalnum, text))


def heads_navigation(line: Line) -> bool:
    """A few words in one box with a list that is marked as navigation: ``<div><b>See also</b><nav>...</nav></div>``."""
    if not line.boxes or not 0 < len(line.text) <= 40 or line.text[-1] in ".!?…;":
        return False
    box = line.boxes[-1]
    return len(box) > 0 and next(box.iterchildren("nav", "menu", "aside"), None) is not None


def is_banner(line: Line, links: Links) -> bool:
    """Images alone that lead elsewhere; one that leads to its own larger copy is the article's."""
    return not line.text and all(
        picture.href is not None and links.leads(picture.href) not in (Leads.FILE, Leads.NOWHERE, Leads.HERE)
        for picture in line.pictures
    )


def names_article(line: Line, links: Links) -> bool:
    """The line is a link to an article and little else (a date, a time), or lies under such a link: part of a teaser."""
    if not is_mostly_link(line):
        return any(not anchor.length and _is_named(anchor, links) for anchor in line.anchors)
    return any(_is_named(anchor, links) for anchor in line.anchors)


def has_day(text: str) -> bool:
    return _DAY.search(text) is not None


def is_mostly_link(line: Line) -> bool:
    """Besides the link there is no more than a day, a time, a few signs."""
    if line.own >= PROSE or not line.linked:
        return False
    return line.linked >= 2 * line.own or (line.linked >= 2 * (line.own - 10) and has_day(line.text))


def _is_named(anchor: Anchor, links: Links) -> bool:
    """The same article counts too: it stands in the strip of teasers at times."""
    return links.leads(anchor.href) in (Leads.ARTICLE, Leads.HERE)


def cards(lines: Sequence[Line], links: Links, no_teasers: Callable[[], Container[Element]] = tuple) -> set[int]:
    """Indices of the lines that belong to teasers of other articles: boxes of their own with one such link in each.

    ``no_teasers``: gives the boxes that hold the article's title, or its text; none of them is a teaser.
    """
    naming = {index for index, line in enumerate(lines) if line.anchors and names_article(line, links)}
    if not naming:
        return set()
    around = no_teasers()
    named = Counter(box for index in naming for box in lines[index].boxes)
    members: dict[Element, list[int]] = {box: [] for box in named}
    for index, line in enumerate(lines):
        for box in line.boxes:
            if box in members:
                members[box].append(index)
    rows = _repeated(
        [unit for index in naming if (unit := _unit(lines[index], members, named, None, around)) is not None], members
    )
    in_rows = {index for unit in rows for index in members[unit]}
    first = next((line for index, line in enumerate(lines) if line.own >= PROSE and index not in in_rows), None)
    if first is None:
        return in_rows
    found: set[int] = set()
    for index in naming:
        unit = _unit(lines[index], members, named, first, around)
        if unit is not None and len(members[unit]) > 1:
            found.update(members[unit])
    for box, count in named.items():
        held = members[box]
        if count > 1 and box not in first.boxes and _is_row(held, lines, naming, first):
            found.update(held)
    return found


def _is_row(held: Sequence[int], lines: Sequence[Line], naming: set[int], first: Line) -> bool:
    """A box of teasers that have no boxes of their own: it begins with a link or a day, tells more, and no text follows it."""
    begins = held[0] in naming or parse_date(lines[held[0]].text) is not None
    tells = any(index not in naming and lines[index].text for index in held)
    return (
        begins
        and tells
        and not any(line.own >= PROSE and line.boxes[:-1] == first.boxes[:-1] for line in lines[held[-1] + 1 :])
    )


def _unit(
    line: Line,
    members: dict[Element, list[int]],
    named: Counter[Element],
    first: Line | None,
    around: Container[Element],
) -> Element | None:
    """The largest box around ``line`` that names no second article and doesn't hold the article's first words."""
    unit = None
    for box in reversed(line.boxes):
        if named[box] != 1 or box in around or (first is not None and box in first.boxes):
            break
        unit = box
    return unit


def _repeated(units: Sequence[Element], members: dict[Element, list[int]]) -> set[Element]:
    """Boxes of several lines that stand beside another one of the same tag: a row of teasers, wherever it stands."""
    shapes = {unit: (unit.getparent(), unit.tag) for unit in units if len(members[unit]) > 1}
    count = Counter(shapes.values())
    return {unit for unit, shape in shapes.items() if count[shape] > 1}


def trailing_links(lines: Sequence[Line], links: Links) -> int:
    """How many lines at the end are a run of links to other articles, with the heading above them where there is one."""
    run = 0
    for line in reversed(lines):
        if not (line.is_link and names_article(line, links)):
            break
        run += 1
    if run and run < len(lines) and is_more_heading(lines[-run - 1].text):
        return run + 1
    is_row = run == 1 and sum(_is_named(anchor, links) for anchor in lines[-1].anchors) > 1
    return run if (run > 1 or is_row) and run < len(lines) else 0
