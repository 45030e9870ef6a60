"""Judges of outputs: is anything in it live that a page put there? Each reads its form with a parser that isn't ours.

A judge gives what it looked through as text (so that the payloads in it can be counted), how many things it checked, and faults
in words. What our own files are made of is written down here: another element, attribute, header or trailer is a fault.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from lxml import etree

from benchmarks.hostile_texts import FORGED

_RAW: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_EXCERPT: Final = 80


@dataclass
class Found:
    """``text``: all that was looked through."""

    text: str = ""
    checks: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, is_fine: object, fault: str) -> None:
        self.checks += 1
        if not is_fine:
            self.faults.append(fault)

    def add(self, other: Found) -> None:
        self.text += f"\n{other.text}"
        self.checks += other.checks
        self.faults += other.faults


def named(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _around(text: str, at: int) -> str:
    return repr(text[max(0, at - _EXCERPT) : at + _EXCERPT])


# --- lines for people and programs --------------------------------------------------------------------------------------
_OURS: Final = re.compile(r"\x1b\[(?:0|1|2|3|9|3[1-7]|[;])*m")
"""The colours of our tables and diffs. No payload's: those blink, hide or move the cursor."""


def pipe(data: bytes) -> Found:
    """Plain lines: no control or format character, and no line that a payload began."""
    text = data.decode("utf-8", "surrogatepass")
    found = Found(text)
    found.checks += len(text)
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in _RAW and letter not in "\n\t":
            found.faults.append(f"{letter!r} is raw: {_around(text, at)}")
    for line in text.splitlines():
        found.check(not line.startswith(FORGED), f"a forged line: {line[:_EXCERPT]!r}")
    return found


def terminal(data: bytes) -> Found:
    """The same with colour. A table may fold a long word anywhere: its lines are put together again."""
    plain = _OURS.sub("", data.decode("utf-8", "surrogatepass"))
    return pipe(plain.encode("utf-8", "surrogatepass"))


def json_lines(data: bytes) -> Found:
    """JSON objects, a line each, in which no control character stands raw; as text what they say."""
    found = pipe(data)
    text = []
    for line in data.decode("utf-8").split("\n"):
        if not line:
            continue
        try:
            told = json.loads(line)
        except ValueError as error:
            found.check(is_fine=False, fault=f"no JSON: {error}: {line[:_EXCERPT]!r}")
            continue
        found.checks += 1
        text.append("\n".join(strings(told)))
    found.text = "\n".join(text)
    return found


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (key, *strings(each))
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


# --- HTML -----------------------------------------------------------------------------------------------------------------
_FRAME: Final = "html head meta title style link body header nav main article section footer"
_FLOW: Final = (
    "br h1 h2 h3 h4 p a span div ul ol li dl dt dd blockquote code details summary figure figcaption label input"
)
_MARKS: Final = "table thead tbody tr th td del ins s u i b time"
_DRAWN: Final = "svg title desc rect line path text g"
ELEMENTS: Final = named(f"{_FRAME} {_FLOW} {_MARKS} {_DRAWN}")
_KNOWN: Final = (
    "charset http-equiv content name lang class id href rel scope open for type checked role tabindex aria-label "
    "aria-labelledby aria-hidden datetime viewBox viewbox x y x1 x2 y1 y2 width height d text-anchor"
)
ATTRIBUTES: Final = named(_KNOWN)
_POLICY: Final = re.compile(
    r"default-src 'none'; style-src '(?:sha256-[\w+/=]+|self)'; base-uri 'none'; form-action 'none'"
)
_METAS: Final = frozenset({"charset", "Content-Security-Policy", "referrer", "viewport", "generator"})
Node = tuple[str, dict[str, str | None]]


def html(data: bytes, *, is_whole: bool = True) -> Found:
    """By an HTML5 parser, and by libxml2's, since parsers disagree on broken markup. ``is_whole``: not the text of an entry."""
    page = data.decode("utf-8")
    found = Found(_text_of(page))
    for node in (*_by_lexbor(page), *_by_libxml2(page)):
        _judge_node(found, *node)
    if is_whole:
        metas = [attrs for tag, attrs in _by_lexbor(page) if tag == "meta"]
        policies = [
            attrs.get("content") or "" for attrs in metas if attrs.get("http-equiv") == "Content-Security-Policy"
        ]
        found.check(len(policies) == 1 and _POLICY.fullmatch(policies[0]), f"the policy is {policies}")
        named = {"charset" if "charset" in m else m.get("http-equiv") or m.get("name") or "" for m in metas}
        found.check(named <= _METAS, f"meta elements {named - _METAS}")
        _judge_styles(found, page, policies)
    _judge_letters(found)
    return found


def _judge_letters(found: Found) -> None:
    bad = {letter for letter in found.text if unicodedata.category(letter) in _RAW and letter not in "\n\t"}
    found.check(not bad, f"raw {sorted(bad)!r}")


def _by_lexbor(page: str) -> Iterator[Node]:
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(page).root
    for node in root.traverse() if root is not None else ():
        yield node.tag or "", dict(node.attributes)


def _by_libxml2(page: str) -> Iterator[Node]:
    from lxml import html as by_libxml2

    for element in by_libxml2.document_fromstring(page).iter():
        tag = element.tag if isinstance(element.tag, str) else "!--"
        yield tag, {str(name): str(value) for name, value in element.attrib.items()}


def _text_of(page: str) -> str:
    """As a reader sees it, marks put together."""
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(page).root
    return root.text(deep=True) if root is not None else ""


def _judge_node(found: Found, tag: str, attributes: dict[str, str | None]) -> None:
    if tag.startswith("-") or tag == "!doctype":  # lexbor's names for text and the like
        return
    found.check(tag in ELEMENTS, f"an element <{tag}> {attributes}")
    if tag == "svg":
        found.check(attributes.get("class") == "plot", f"a picture that isn't ours: {attributes}")
    if tag == "input":
        found.check(attributes.get("type") == "checkbox", f"a field that isn't ours: {attributes}")
    for name, value in attributes.items():
        found.check(name in ATTRIBUTES, f"<{tag} {name}={value!r}>")
        if name == "href":
            found.check(is_dead_or_web(value or ""), f"<{tag} href={value!r}>")
        if name == "rel" and tag == "link":
            found.check(attributes.get("href", "").endswith("style.css"), f"a style of another: {attributes}")  # type: ignore[union-attr]


def is_dead_or_web(href: str) -> bool:
    """To a web page, or inside of what we wrote; as a browser takes it: without tabs, line ends and what stands before."""
    plain = unescape(unquote(re.sub(r"[\t\r\n]", "", href).lstrip("".join(map(chr, range(33))))))
    if plain != href and not href.startswith(("https://", "http://")):
        return False
    if plain.startswith(("#", "../", "pages/", "sections/")) or re.fullmatch(r"[\w-]+\.(?:html|css)", plain):
        return True
    return urlsplit(href).scheme in {"http", "https"}


def _judge_styles(found: Found, page: str, policies: list[str]) -> None:
    """The one style element is the one that the policy names by its hash."""
    import base64
    import hashlib

    from selectolax.lexbor import LexborHTMLParser

    styles = [node.text(deep=True) for node in LexborHTMLParser(page).css("style")]
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in styles]
    found.check(
        all(f"sha256-{each}" in policies[0] for each in hashes) if policies else False, "a style that isn't ours"
    )


# --- XML -----------------------------------------------------------------------------------------------------------------
_STRICT: Final = {"resolve_entities": False, "no_network": True, "recover": False, "huge_tree": True}
ATOM: Final = "{http://www.w3.org/2005/Atom}"
_IN_FEEDS: Final = named("feed id title updated author name generator link entry published category summary content")


def feed(data: bytes) -> Found:
    """Strictly by libxml2 and loosely by feedparser; the HTML in an entry as a page."""
    import feedparser

    from tests.reports import atom

    found = Found()
    root = etree.fromstring(data, etree.XMLParser(**_STRICT))
    found.check(not (wrong := atom.faults(data)), f"no valid feed: {wrong}")
    found.check(root.getroottree().docinfo.doctype == "", "a document type")
    for element in root.iter():
        name = element.tag if isinstance(element.tag, str) else "!--"
        found.check(name.removeprefix(ATOM) in _IN_FEEDS and name.startswith(ATOM), f"an element {name}")
        if name == f"{ATOM}link":
            found.check(is_dead_or_web(element.get("href", "")), f"a link to {element.get('href')!r}")
        if name == f"{ATOM}content":
            found.add(html((element.text or "").encode(), is_whole=False))
        else:
            found.add(Found("\n".join([element.text or "", *map(str, element.attrib.values())])))
    read = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    found.check(not read.bozo, f"feedparser: {read.get('bozo_exception')}")
    entries = root.findall(f"{ATOM}entry")
    for entry, element in zip(read.entries, entries, strict=True):
        title = (element.findtext(f"{ATOM}title") or "").strip()
        found.check(unescape(entry.title) == unescape(title), f"a title is read as {entry.title!r}")
    _judge_letters(found)
    return found


def picture(data: bytes) -> Found:
    root = etree.fromstring(data, etree.XMLParser(**_STRICT))
    found = Found("\n".join(map(str, root.itertext())))
    drawn = {
        "svg",
        "title",
        "desc",
        "rect",
        "line",
        "path",
        "text",
        "g",
        "polyline",
        "polygon",
        "circle",
        "tspan",
        "style",
    }
    for element in root.iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else "!--"
        found.check(name in drawn, f"an element {name}")
        found.check(
            not any(str(each).startswith("on") or "href" in str(each) for each in element.attrib), f"{element.attrib}"
        )
    _judge_letters(found)
    return found


# --- tables --------------------------------------------------------------------------------------------------------------
_FORMULA: Final = re.compile("[\\s'\"\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20%|]")
_AFTER_A_CUT: Final = re.compile("[\\s'\"\u3000]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_CUTS: Final = (",", ";", "\t")
"""What spreadsheets part cells with: it depends on the country that they are set to."""


def table(data: bytes) -> Found:
    """With each of the separators: no cell is a formula; with the true one, no row has another number of cells."""
    text = data.decode("utf-8-sig")
    found = Found(text)
    for cut in _CUTS:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=cut))
        for row in rows:
            for cell in row:
                # A quote before it makes a text of it, and nothing else does.
                found.check(
                    cell.lstrip(' "').startswith("'") or not (_FORMULA if cut == "," else _AFTER_A_CUT).match(cell),
                    f"a formula, cut at {cut!r}: {cell[:_EXCERPT]!r}",
                )
        if cut == ",":
            found.check(len({len(row) for row in rows}) == 1, f"rows of {sorted({len(row) for row in rows})} cells")
            for line in (line for row in rows for cell in row for line in cell.splitlines()):
                found.check(
                    line.startswith("'") or not _FORMULA.match(line), f"a formula in a line: {line[:_EXCERPT]!r}"
                )
    bad = {letter for letter in text if unicodedata.category(letter) in _RAW and letter not in "\r\n\t"}
    found.check(not bad, f"raw {sorted(bad)!r}")
    found.check("\r" not in text.replace("\r\n", "\n"), "a carriage return in a cell")
    return found


Judge = Callable[[bytes], Found]
