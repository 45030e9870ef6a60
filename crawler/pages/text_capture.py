"""A capture saved as plain text: other news above, the article, navigation below, and no mark where one ends.

Text knows neither link targets nor media sources, and knows title and date only where they stand in it: what it can't
know is named in ``Article.unknown`` and compared with nothing. Images are told by the file names that stand on lines of
their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from crawler.pages.dates import leading_date, trailing_date
from crawler.pages.decode import Decoded, decode
from crawler.pages.reading import Reading
from crawler.pages.text import language_of
from crawler.pages.text_lines import Line, lines_of
from crawler.pages.text_strip import Strip, end_of_head, find_strip
from storage.records import Article, Block, BlockKind, Media, Outcome

Verdict = Literal["article", "site", "title", "date", "media"]

MEDIA_TYPE: Final = "text/plain"
"""By this a text capture is known among kept bytes."""

MAX_LENGTH: Final = 2_000_000
"""Characters; the longest capture that was ever seen of the site has 13,000."""

_NEVER_KNOWN: Final = frozenset({"links", "media"})


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line of the capture, what it was taken for, and why."""

    kind: BlockKind
    text: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class TextCapture:
    """What one text came to. With ``ok``, ``reason`` tells of a second reading that is as likely; "" when there is none."""

    outcome: Outcome
    reason: str
    article: Article | None
    lines: tuple[JudgedLine, ...] = ()


def read_capture(text: str) -> TextCapture:
    """``ok`` needs a title and text below it, or, since some captures hold no title, two paragraphs at least."""
    if len(text) > MAX_LENGTH:
        return TextCapture(Outcome.TOO_LARGE, f"longer than {MAX_LENGTH} characters", None)
    if is_binary(text):
        return TextCapture(Outcome.WRONG_TYPE, "not a text", None)
    lines = lines_of(text)
    if not lines:
        return TextCapture(Outcome.EMPTY, "no text in it", None)
    navigation = _end_of_article(lines)
    strip = find_strip(lines[:navigation])
    head = _Head.of(lines[:navigation], strip)
    judged = tuple(_judged(lines, head, navigation))
    missing = _what_is_missing(lines, head, navigation)
    if missing:
        return TextCapture(Outcome.EXTRACT_FAILED, missing, None, judged)
    article = _article(head, judged, lines[head.end : navigation])
    return TextCapture(Outcome.OK, _doubt(lines, strip), article, judged)


def read_text(body: bytes) -> Reading:
    """The bytes of a saved text, as ``crawler.pages.reading.read`` tells it of HTML. Never raises."""
    decoded = decode_text(body)
    if decoded is None:
        return Reading(Outcome.UNDECODABLE, "neither UTF-8 nor plainly Russian", None, None, MEDIA_TYPE)
    capture = read_capture(decoded.text)
    return Reading(capture.outcome, capture.reason, capture.article, decoded.encoding, MEDIA_TYPE)


def decode_text(body: bytes) -> Decoded | None:
    """UTF-8, UTF-16 with its mark, or windows-1251 that is plainly Russian; None for other bytes, and for those of no text."""
    is_utf16 = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    return None if b"\0" in body and not is_utf16 else decode(body)


@dataclass(frozen=True, slots=True)
class _Head:
    """Title and date, and the lines ``start`` to ``end`` that held them. ``opening`` is the text behind a glued date."""

    title: str | None
    published: date | None
    start: int
    end: int
    opening: str | None = None
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, lines: Sequence[Line], strip: Strip) -> _Head:
        if strip.title is None:
            return cls(None, None, strip.end, strip.end)
        end = end_of_head(lines, strip.title)
        title, published, opening = _title_and_day(lines, strip.title, end)
        return cls(title, published, strip.title, end, opening, strip.reasons)


def _title_and_day(lines: Sequence[Line], start: int, end: int) -> tuple[str, date | None, str | None]:
    """Title, day, and the text behind a glued day: looked for below the title, behind it, glued, above it, in this order."""
    title = lines[start].text
    days = [line.day for line in lines[start:end] if line.day]
    behind = [found[0] for line in lines[start + 1 : end] if (found := trailing_date(line.text)) and found[1] == title]
    if days or behind:
        return title, [*days, *behind][0], None
    glued = leading_date(lines[end].text) if end < len(lines) else None
    if glued and glued[1]:
        return title, *glued
    once = trailing_date(title)
    if once and once[1]:
        return once[1], once[0], None
    return title, lines[0].day if start == 1 and _has_no_day(lines[1:]) else None, None


def _has_no_day(lines: Sequence[Line]) -> bool:
    return not any(line.day for line in lines)


def _what_is_missing(lines: Sequence[Line], head: _Head, navigation: int) -> str:
    """Why this is no article; "" when it is one."""
    body = lines[head.end : navigation]
    prose = sum(line.is_prose for line in body)
    if not any(not line.images for line in body):
        return "no text below the title" if head.title else "only a strip of other news"
    if head.title is None:
        return "" if prose > 1 else "no title and hardly any text"
    # "404 Not Found" over a server's name is two lines too; a page of the site has a date or navigation at least.
    is_page = prose or head.published or navigation < len(lines)
    return "" if is_page else "no sentence below the title"


def _article(head: _Head, judged: Sequence[JudgedLine], body: Sequence[Line]) -> Article:
    blocks = tuple(Block(line.kind, line.text) for line in judged if line.verdict == "article")
    unknown = set(_NEVER_KNOWN)
    if head.title is None:
        # Nothing says where the strip ends: to compare such a text with another capture would find an edit each time.
        unknown |= {"title", "body"}
    if head.published is None:
        unknown.add("published")
    return Article(
        title=head.title,
        published=head.published,
        language=language_of([head.title or "", *(block.text for block in blocks)]),
        blocks=blocks,
        media=tuple(Media(src=name, alt="") for line in body for name in line.images),
        unknown=frozenset(unknown),
    )


def _judged(lines: Sequence[Line], head: _Head, navigation: int) -> Iterator[JudgedLine]:
    for at, line in enumerate(lines):
        if at >= navigation:
            yield _said(line, "site", "navigation" if line.is_navigation else "below the navigation")
        elif at < head.start:
            is_ours = at == 0 and head.start == 1 and line.day is not None and line.day == head.published
            yield (
                _said(line, "date", "above the title")
                if is_ours
                else _said(line, "site", "above the article: other news")
            )
        elif at < head.end:
            yield _of_head(line, head, is_first=at == head.start)
        elif line.images:
            yield _said(line, "media", "names of image files")
        elif at == head.end and head.opening is not None:
            yield JudgedLine(_kind(line), head.opening, "article", "behind the date that is glued to it")
        else:
            yield _said(line, "article", "below the title" if head.title else "no line stands out as a title")


def _of_head(line: Line, head: _Head, *, is_first: bool) -> JudgedLine:
    if line.day:
        return _said(line, "date", "below the title")
    return _said(line, "title", "; ".join(head.reasons) if is_first else "the title again")


def _said(line: Line, verdict: Verdict, why: str) -> JudgedLine:
    return JudgedLine(_kind(line), line.text, verdict, why)


def _kind(line: Line) -> BlockKind:
    return BlockKind.LIST_ITEM if line.is_list_item else BlockKind.PARAGRAPH


def _end_of_article(lines: Sequence[Line]) -> int:
    """The index of the first line of the navigation: the last group of its lines, with text above it."""
    at = len(lines)
    while at > 0 and not lines[at - 1].is_navigation:
        at -= 1
    while at > 0 and lines[at - 1].is_navigation:
        at -= 1
    return at if at else len(lines)


def is_binary(text: str) -> bool:
    """Text holds no NUL, and hardly a letter that could not be decoded."""
    sample = text[:65536]
    odd = sum(letter == "\ufffd" or (letter < " " and letter not in "\t\n\v\f\r") for letter in sample)
    return "\0" in sample or odd * 20 > len(sample)


def _doubt(lines: Sequence[Line], strip: Strip) -> str:
    if strip.title is None:
        return "there is no title, so it can't be told whether the first paragraphs are other news"
    if strip.rival is None:
        return ""
    return f"another line may as well be the title: {lines[strip.rival].text}"
