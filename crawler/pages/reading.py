"""The front door of the room: the bytes of one answer in, what they are out. Pure: no clock, no network, no store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from crawler.pages import outcome as gate
from crawler.pages.article import all_lines, build, find_article, find_in_template
from crawler.pages.below import BELOW_END, LEARNED
from crawler.pages.blocks import Line, TooDeep, lines_of
from crawler.pages.decode import Decoded, decode, media_type_of, wrong_type
from crawler.pages.document import Document, Element, TooMuch, parse
from crawler.pages.found import SITE, Found, Verdict
from crawler.pages.links import Links
from crawler.pages.outcome import Fingerprint, Judgement
from crawler.pages.signs import wanted_of
from crawler.pages.urls import CAPTURE_PREFIX
from storage.records import Article, Outcome

if TYPE_CHECKING:
    from crawler.pages.model import Model
    from crawler.sites import Site

__all__ = [
    "READER_VERSION",
    "Answer",
    "ExplainedBlock",
    "Explanation",
    "Fingerprint",
    "Reading",
    "explain",
    "fingerprint",
    "read",
]

READER_VERSION: Final = "5"
"""Goes up with every change that can change what is read from the same bytes."""

MAX_BYTES: Final = 8 * 1024 * 1024
_TAIL: Final = 2048
_NOTHING: Final = b" \t\r\n\x00\xef\xbb\xbf"

ABOVE: Final = "stands above the title"

Media = tuple[str | None, str | None]
"""The encoding and the media type."""
Page = tuple[Document, Links]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the site. ``url``: the page's address on the site itself, as it is linked. ``body``: codings taken off.

    ``truncated``: the transport flagged the body as cut. ``base_origin``: where the bytes really came from (``--base-url``).
    """

    url: str
    status: int
    body: bytes
    content_type: str | None = None
    final_url: str | None = None
    truncated: bool = False
    probe: Fingerprint | None = None
    base_origin: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """``article`` only where ``outcome`` is ``ok``, or ``suspect`` because another crawl may agree. ``reason``: for people."""

    outcome: Outcome
    reason: str
    article: Article | None = None
    encoding: str | None = None
    media_type: str | None = None
    reader: str = READER_VERSION
    """The reader's version, with the mark of the learned rules that it read by."""
    is_open: bool = False
    """Read by structure alone, in a template that isn't known yet: the crawl's end decides."""


@dataclass(frozen=True, slots=True)
class ExplainedBlock:
    """``verdict``: ``article``, ``title``, ``date`` or ``site``. A block that is images alone has their addresses as its text."""

    kind: str
    text: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reading, and every block of the page in its order."""

    reading: Reading
    blocks: tuple[ExplainedBlock, ...]


@dataclass(slots=True)
class Read:
    """What ``read`` has in hand when it ends."""

    reading: Reading
    document: Document | None = None
    found: Found | None = None
    links: Links | None = None


def read(answer: Answer, *, site: Site | None = None, model: Model | None = None) -> Reading:
    """What the answer is, and its article where it is one. Never raises, whatever the bytes are.

    ``model``: what was learned of the site's templates; structure alone decides where none of them fits.
    """
    return read_whole(answer, site, model).reading


def fingerprint(body: bytes, content_type: str | None = None) -> Fingerprint:
    """What the site says where there is no article, from the answer to an address that can't exist."""
    decoded = decode(body, content_type)
    try:
        document = parse(decoded.data) if decoded else None
        lines = lines_of(document.body) if document else []
    except (TooMuch, TooDeep):
        document, lines = None, []
    if document is None:
        return Fingerprint("", frozenset())
    texts = (line.text for line in lines if line.text and not line.anchors)
    return Fingerprint(document.titles[-1] if document.titles else "", frozenset(texts))


def explain(answer: Answer, *, site: Site | None = None, model: Model | None = None) -> Explanation:
    """The reading and the verdict on every block of the page, in page order. Slower than ``read``, and of one mind with it."""
    done = read_whole(answer, site, model)
    if done.document is None:
        return Explanation(done.reading, ())
    try:
        return Explanation(done.reading, tuple(_blocks(done.document, done.found)))
    except TooDeep:
        return Explanation(done.reading, ())


def reader_mark(model: Model | None) -> str:
    """The reader's version together with the rules that were learned of a site."""
    return f"{READER_VERSION}+{model.mark}" if model is not None and model.mark else READER_VERSION


def read_whole(answer: Answer, site: Site | None = None, model: Model | None = None) -> Read:
    """``read``, with the parse and what was found in it."""
    media_type = media_type_of(answer.content_type)
    links = Links(answer.url, site, answer.base_origin)
    early = _before_decoding(answer, media_type, links)
    if early is not None:
        return Read(_as_reading(early, None, media_type))
    decoded = decode(answer.body, answer.content_type)
    if decoded is None:
        refused = Judgement(Outcome.UNDECODABLE, "no declared encoding reads every byte")
        return Read(_as_reading(refused, None, media_type))
    return _read_text(answer, decoded, media_type, links, model)


def judge_found(answer: Answer, done: Read, model: Model | None) -> Read | None:
    """A page that was read already, judged again by ``model`` on the same parse; None where it isn't read otherwise now."""
    if done.document is None or done.links is None:
        return None
    media = (done.reading.encoding, done.reading.media_type)
    known = _in_templates(answer, done.document, done.links, model, media)
    if known is not None or done.reading.outcome is Outcome.OK:
        return known
    judged = _judged(answer, done.document, done.links, done.found, model)
    if (judged.outcome, judged.reason) == (done.reading.outcome, done.reading.reason):
        return None
    return _read(judged, media, (done.document, done.links), done.found)


def judge_known(done: Read, known: Callable[[], frozenset[str] | None]) -> Read:
    """A page that has an article, once more by what the store has of it; ``known`` is asked only where that can matter."""
    if done.found is None or done.reading.article is None:
        return done
    now = gate.of_known(done.found, Judgement(done.reading.outcome, done.reading.reason), known)
    return replace(done, reading=replace(done.reading, outcome=now.outcome, reason=now.reason))


def _before_decoding(answer: Answer, media_type: str | None, links: Links) -> Judgement | None:
    decided = gate.of_status(answer.status, answer.body) or gate.of_redirect(answer.url, answer.final_url, links)
    if decided is not None:
        return decided
    if len(answer.body) > MAX_BYTES:
        return Judgement(Outcome.TOO_LARGE, f"more than {MAX_BYTES} bytes")
    if not answer.body[:64].strip(_NOTHING) and not answer.body.strip(_NOTHING):
        return Judgement(Outcome.EMPTY, "an empty body" if not answer.body else "nothing but white space")
    wrong = wrong_type(answer.body, media_type)
    if wrong is not None:
        return Judgement(Outcome.WRONG_TYPE, f"not HTML: {wrong}")
    if answer.truncated and b"</html" not in answer.body[-_TAIL:].lower():
        return Judgement(Outcome.PARTIAL, "the transfer broke off before the page's end")
    return None


def _read_text(answer: Answer, decoded: Decoded, media_type: str | None, links: Links, model: Model | None) -> Read:
    try:
        document = parse(decoded.data)
    except TooMuch as error:
        return Read(_as_reading(Judgement(Outcome.EXTRACT_FAILED, str(error)), decoded.encoding, media_type))
    if document is None:
        empty = Judgement(Outcome.EMPTY, "no HTML in it")
        return Read(_as_reading(empty, decoded.encoding, media_type))
    media = (decoded.encoding, media_type)
    try:
        links = _at_home(answer, document, links)
        known = _in_templates(answer, document, links, model, media)
        if known is not None:
            return known
        found = find_article(document, links, _site_name(answer))
        return _read(_judged(answer, document, links, found, model), media, (document, links), found)
    except TooDeep:
        deep = Judgement(Outcome.EXTRACT_FAILED, "nested too deep to be read")
        return Read(_as_reading(deep, *media), document, None, links)


def _read(judged: Judgement, media: Media, page: Page, found: Found | None, reader: str = READER_VERSION) -> Read:
    """With the article where it is believed, or may be."""
    is_kept = judged.outcome is Outcome.OK or judged.may_agree
    article = build(found, *page) if found is not None and is_kept else None
    return Read(_as_reading(judged, *media, article, reader), page[0], found, page[1])


def _in_templates(answer: Answer, document: Document, links: Links, model: Model | None, media: Media) -> Read | None:
    """The article where one of the known templates has it; None leaves the page to structure alone, and so to the whole gate."""
    held: Read | None = None
    for template in model.templates if model is not None else ():
        found = find_in_template(document, links, template, _site_name(answer))
        if found is None:
            continue
        judged = _judged(answer, document, links, found, model)
        if judged.outcome is Outcome.OK:
            return _read(judged, media, (document, links), found, reader_mark(model))
        if judged.may_agree and held is None:
            held = _read(judged, media, (document, links), found, reader_mark(model))
    return held


def _site_name(answer: Answer) -> str:
    return answer.probe.title if answer.probe is not None else ""


def _judged(answer: Answer, document: Document, links: Links, found: Found | None, model: Model | None) -> Judgement:
    if not _is_closed(answer.body) and (_opens(answer.body) or not _goes_on(found)):
        return Judgement(Outcome.PARTIAL, "the page breaks off")
    if found is None:
        return gate.of_no_article(document, answer.probe)
    return gate.of_article(found, document, links, answer.probe, wanted_of(found, model))


def _at_home(answer: Answer, document: Document, links: Links) -> Links:
    """A saved file without an address takes the one that its page names, so that its links mean something."""
    named = document.canonical or document.og_url
    if answer.url.startswith(CAPTURE_PREFIX) and named and named.startswith(("http://", "https://")):
        return Links(named, links.site, answer.base_origin)
    return links


def _is_closed(body: bytes) -> bool:
    """``</html>`` stands at the end wherever ``<html`` stood at the start; HTML lets a page leave out both, not one."""
    tail = body[-_TAIL:]
    if b"</html" in tail or b"</HTML" in tail:
        return True
    return b"</html" in tail.replace(b"\x00", b"").lower()


def _opens(body: bytes) -> bool:
    return b"<html" in body[:_TAIL].replace(b"\x00", b"").lower()


def _goes_on(found: Found | None) -> bool:
    """For a page without ``html`` tags: something stands behind the article's region, so it isn't cut inside of it."""
    if found is None:
        return True
    element: Element | None = found.region
    while element is not None and element.tag not in ("body", "html"):
        if element.getnext() is not None:
            return True
        element = element.getparent()
    return found.has_back_lines or bool(found.passed)


def _as_reading(
    judged: Judgement,
    encoding: str | None,
    media_type: str | None,
    article: Article | None = None,
    reader: str = READER_VERSION,
) -> Reading:
    return Reading(judged.outcome, judged.reason, article, encoding, media_type, reader)


def _blocks(document: Document, found: Found | None) -> list[ExplainedBlock]:
    if found is not None and found.region is document.body:
        return _inside(found)
    page = lines_of(document.body, everything=True)
    if found is None:
        return [_explained(line, _of_the_site(line)) for line in page]
    outside = [_explained(line, _of_the_site(line)) for line in page if found.region not in line.boxes]
    start = next((place for place, line in enumerate(page) if found.region in line.boxes), len(outside))
    return outside[:start] + _inside(found) + outside[start:]


def _inside(found: Found) -> list[ExplainedBlock]:
    """The region's lines, those that weren't judged as well: they stand above the title, in boxes that were passed over or
    behind the end."""
    above = Verdict(SITE, ABOVE)
    judged = [_explained(line, found.verdicts.get(index, above)) for index, line in enumerate(found.lines)]
    blocks, place = [], 0
    for line in all_lines(found) if found.template is not None else ():
        if place < len(judged) and _is_same(line, found.lines[place]):
            blocks.append(judged[place])
            place += 1
        else:
            blocks.append(_explained(line, _of_unwalked(line, found, is_behind=place == len(judged))))
    return blocks if place == len(judged) else judged  # what isn't walked can part lines otherwise


def _of_unwalked(line: Line, found: Found, *, is_behind: bool) -> Verdict:
    if any(box in found.passed for box in line.boxes):
        return Verdict(SITE, LEARNED)
    return Verdict(SITE, BELOW_END if is_behind else ABOVE)


def _is_same(one: Line, other: Line) -> bool:
    return one.boxes == other.boxes and one.text == other.text


def _of_the_site(line: Line) -> Verdict:
    return Verdict(SITE, f"inside <{line.site_tag}>" if line.site_tag else "stands outside the article's region")


def _explained(line: Line, verdict: Verdict) -> ExplainedBlock:
    text = line.text or " ".join(picture.src for picture in line.pictures)
    return ExplainedBlock(str(line.kind), text, verdict.what, verdict.why)
