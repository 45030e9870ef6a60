"""A small tree of elements, and its writing as HTML; how it is written may be noisy, what it says never changes."""

import html
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from benchmarks.corpus.draw import chance, words
from benchmarks.corpus.noise import Noise

_INLINE = frozenset(words("time a b strong i em u span br img small font label button sup bdi picture source input"))
_VOID = frozenset(words("br img meta link input hr source base wbr"))
_LONG_WORD = re.compile(r"[^\W\d_]{9,}")
_NAMED = {"“": "&ldquo;", "”": "&rdquo;", "«": "&laquo;", "»": "&raquo;", "—": "&mdash;", "–": "&ndash;", '"': "&quot;"}
_NAMED |= {"\u00a0": "&nbsp;", "\u00ad": "&shy;", "\u200b": "&#8203;"}


@dataclass(frozen=True, slots=True)
class Raw:
    """Text that is written as it stands: scripts, doctypes, comments."""

    text: str


@dataclass(slots=True)
class El:
    """An element."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)


Node: TypeAlias = El | str | Raw
Part: TypeAlias = "Node | Sequence[Part] | None"


def flat(parts: Sequence[Part]) -> Iterator[Node]:
    """The nodes of nested lists, None left out."""
    for part in parts:
        if isinstance(part, list | tuple):
            yield from flat(part)
        elif isinstance(part, El | Raw | str) and part != "":
            yield part


def h(head: str, *parts: Part, **attrs: str) -> El:
    """An element; `head` is tag.class.class, attributes with a trailing or inner underscore are written as HTML has them."""
    tag, *classes = head.split(".")
    named = {"class": " ".join(classes)} if classes else {}
    named |= {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
    return El(tag, named, list(flat(parts)))


def script(text: str, **attrs: str) -> El:
    """A script element."""
    return h("script", Raw(text), **attrs)


class Writer:
    """Writes one page; noise of the kinds that are on goes into white space, attributes, entities and invisible signs."""

    def __init__(self, noise: Noise) -> None:
        self.noise = noise
        self.rng: random.Random = noise.dice("writer")
        self.out: list[str] = []
        self.in_title = False  # inside <title> a comment is no comment but text

    def page(self, root: El) -> str:
        """The whole document."""
        self.out = ["<!DOCTYPE html>"]
        self._element(root, 0)
        return "".join(self.out) + "\n"

    def _element(self, element: El, depth: int) -> None:
        is_block = element.tag not in _INLINE
        if is_block:
            self._gap(depth)
        tag = self._tag(element.tag)
        self.out.append(f"<{tag}{self._attributes(element)}>")
        if element.tag in _VOID:
            return
        self.in_title = element.tag == "title"
        for child in element.children:
            self._node(child, depth + 1)
        self.in_title = False
        if element.children and _is_block(element.children[-1]):
            self._gap(depth)
        self.out.append(f"</{tag}>")
        if is_block:
            self.out.append("\n")

    def _node(self, node: Node, depth: int) -> None:
        if isinstance(node, El):
            self._element(node, depth)
        else:
            self.out.append(node.text if isinstance(node, Raw) else self._text(node))

    def _gap(self, depth: int) -> None:
        """White space, and at times a comment, in front of a block: no reader of the page sees either."""
        indent = "  " * min(depth, 12)
        if self.noise.on("space"):
            indent = self.rng.choice(("", " ", "\t" * min(depth, 5), "\n\n", indent, "\r\n" + indent))
        self.out.append("\n" + indent if not self.noise.on("space") else indent)
        if self.noise.on("comments") and chance(self.rng, 0.06):
            self.out.append(f"<!-- {self.rng.choice(('', 'end', 'cache', 'block'))} {self.rng.getrandbits(32):08x} -->")

    def _tag(self, tag: str) -> str:
        return tag.upper() if self.noise.on("tag_case") and chance(self.rng, 0.2) else tag

    def _attributes(self, element: El) -> str:
        pairs = list(element.attrs.items())
        if self.noise.on("attributes"):
            self.rng.shuffle(pairs)
        quote = "'" if self.noise.on("attributes") and chance(self.rng, 0.1) else '"'
        return "".join(f" {name}={quote}{html.escape(value, quote=True)}{quote}" for name, value in pairs)

    def _text(self, text: str) -> str:
        for kind, change in _TEXT_NOISE:
            if self.noise.on(kind) and chance(self.rng, 0.3):
                text = change(self.rng, text)
        if self.noise.on("entities") and chance(self.rng, 0.4):
            return _as_entities(self.rng, text)
        written = html.escape(text, quote=False)
        if not self.in_title and self.noise.on("comments") and chance(self.rng, 0.04):
            written = written.replace(" ", f" <!-- {self.rng.getrandbits(24):06x} -->", 1)
        return written


def _is_block(node: Node) -> bool:
    return isinstance(node, El) and node.tag not in _INLINE


def _decomposed(_: random.Random, text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _hyphenated(rng: random.Random, text: str) -> str:
    return _LONG_WORD.sub(lambda word: word[0][:5] + "\u00ad" + word[0][5:] if chance(rng, 0.4) else word[0], text)


def _with_zero_width(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    while place and unicodedata.combining(text[place]):
        place -= 1  # never between a letter and its accent: the two would no longer compose
    return text[:place] + rng.choice("\u200b\u200c\u200d\u2060\ufeff") + text[place:]


def _with_nbsp(rng: random.Random, text: str) -> str:
    return "".join("\u00a0" if letter == " " and chance(rng, 0.2) else letter for letter in text)


def _with_breaks(rng: random.Random, text: str) -> str:
    """Single spaces become runs of white space, as a hand or an editor leaves them."""
    return re.sub(
        r"(?<=\S) (?=\S)", lambda _: rng.choice(("\n   ", "  ", "\t", " ")) if chance(rng, 0.1) else " ", text
    )


_TEXT_NOISE = (
    ("nfd", _decomposed),
    ("soft_hyphens", _hyphenated),
    ("zero_width", _with_zero_width),
    ("nbsp", _with_nbsp),
    ("space", _with_breaks),
)


def _as_entities(rng: random.Random, text: str) -> str:
    return "".join(_entity(rng, letter) for letter in text)


def _entity(rng: random.Random, letter: str) -> str:
    if letter in _NAMED and chance(rng, 0.7):
        return _NAMED[letter]
    if letter in "&<>":
        return html.escape(letter)
    if letter.isalpha() and chance(rng, 0.03):
        return rng.choice((f"&#{ord(letter)};", f"&#x{ord(letter):x};"))
    return letter
