"""What an editor changes: fourteen kinds of edit, each with the fields it changes."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from benchmarks.corpus.content import make_title
from benchmarks.corpus.draw import dice
from benchmarks.corpus.grammar import Speaker
from benchmarks.corpus.truth import ORIGIN, Block, Media, Truth, link_places, links_in_order

Edited = tuple[Truth, frozenset[str]]
_WORD = re.compile(r"(?<![\w@.\-])[^\W\d_]{4,}(?![\w@\-])")
_DIGITS = re.compile(r"(?<![\w.\-/])\d+(?![\w\-/])")
_HOMOGLYPHS = dict(zip("aceopxyACEHKMOPTX", "асеорхуАСЕНКМОРТХ", strict=True))
_QUOTES = {"“": '"', "”": '"', "«": "“", "»": "”", '"': "”"}
_BODY = frozenset({"body"})


def edit(kind: str, truth: Truth, seed: int) -> Edited | None:
    """The article after one edit, and the fields that changed; None where this article has nothing to edit so."""
    if kind not in _KINDS:
        raise ValueError(f"unknown edit {kind!r}; known are {', '.join(EDITS)}")
    edited = _KINDS[kind](dice("edit", kind, seed, truth.slug), truth)
    return None if edited is None or edited[0] == truth else edited


def _linked_spans(truth: Truth) -> list[tuple[int, int, int]]:
    """Block number, start and end of every link's words: no edit of the text touches them."""
    return [(number, at, at + len(link.text)) for number, at, link in link_places(truth.blocks, truth.links)]


def _spots(truth: Truth, pattern: re.Pattern[str]) -> list[tuple[int, int, int]]:
    spans = _linked_spans(truth)
    found = []
    for number, block in enumerate(truth.blocks):
        for match in pattern.finditer(block.text):
            start, end = match.span()
            if not any(n == number and start < right and left < end for n, left, right in spans):
                found.append((number, start, end))
    return found


def _with_blocks(truth: Truth, blocks: tuple[Block, ...]) -> Edited | None:
    """The article with other blocks; its links follow them. None where a block would repeat or a link become unclear."""
    if any(sum(link.text in block.text for block in blocks) > 1 for link in truth.links):
        return None
    links = links_in_order(blocks, truth.links)
    return replace(truth, blocks=blocks, links=links), _BODY | ({"links"} if links != truth.links else set())


def _rewritten(truth: Truth, number: int, text: str) -> Edited | None:
    block = Block(truth.blocks[number].kind, text)
    return _with_blocks(truth, (*truth.blocks[:number], block, *truth.blocks[number + 1 :]))


def _put(truth: Truth, spot: tuple[int, int, int], text: str) -> Edited | None:
    number, start, end = spot
    old = truth.blocks[number].text
    return _rewritten(truth, number, old[:start] + text + old[end:])


def _word(rng: random.Random, truth: Truth) -> Edited | None:
    spots = [spot for spot in _spots(truth, _WORD) if truth.blocks[spot[0]].text[spot[1] : spot[2]].islower()]
    if not spots:
        return None
    spot = rng.choice(spots)
    old = truth.blocks[spot[0]].text[spot[1] : spot[2]]
    words = [word for word in Speaker(rng, truth.language).words.OTHER_WORDS if word != old]
    return _put(truth, spot, rng.choice(words))


def _digit(rng: random.Random, truth: Truth) -> Edited | None:
    spots = _spots(truth, _DIGITS)
    if not spots:
        return None
    number, start, end = rng.choice(spots)
    at = rng.randrange(start, end)
    old = truth.blocks[number].text[at]
    return _put(truth, (number, at, at + 1), rng.choice([digit for digit in "123456789" if digit != old]))


def _case(rng: random.Random, truth: Truth) -> Edited | None:
    spots = _spots(truth, _WORD)
    if not spots:
        return None
    number, start, _ = rng.choice(spots)
    return _put(truth, (number, start, start + 1), truth.blocks[number].text[start].swapcase())


def _name(rng: random.Random, truth: Truth) -> Edited | None:
    names = Speaker(rng, truth.language).words.SURNAMES
    spots = _spots(truth, re.compile(rf"\b(?:{'|'.join(names)})\b"))
    if not spots:
        return None
    spot = rng.choice(spots)
    old = truth.blocks[spot[0]].text[spot[1] : spot[2]]
    return _put(truth, spot, rng.choice([name for name in names if name != old]))


def _date(rng: random.Random, truth: Truth) -> Edited | None:
    if truth.published is None:
        return None
    return replace(truth, published=truth.published + timedelta(days=rng.choice((-30, -2, -1, 1, 3)))), frozenset(
        {"published"}
    )


def _title(rng: random.Random, truth: Truth) -> Edited | None:
    words = list(_WORD.finditer(truth.title))
    if not words or rng.random() < 0.3:
        return replace(truth, title=make_title(Speaker(rng, truth.language))), frozenset({"title"})
    match = rng.choice(words)
    word = rng.choice(Speaker(rng, truth.language).words.OTHER_WORDS)
    title = (truth.title[: match.start()] + word + truth.title[match.end() :])[:255].strip()
    return replace(truth, title=title), frozenset({"title"})


def _link(rng: random.Random, truth: Truth) -> Edited | None:
    if not truth.links:
        return None
    number = rng.randrange(len(truth.links))
    href = f"https://archive.example.org/corrected/{rng.getrandbits(24)}/"
    links = [*truth.links]
    links[number] = replace(links[number], href=href)
    return replace(truth, links=tuple(links)), frozenset({"links"})


def _image(rng: random.Random, truth: Truth) -> Edited | None:
    if not truth.media:
        return None
    number = rng.randrange(len(truth.media))
    media = [*truth.media]
    media[number] = Media(
        f"{ORIGIN}/upload/iblock/{rng.getrandbits(12):03x}/new_{rng.getrandbits(20)}.jpg", media[number].alt
    )
    return replace(truth, media=tuple(media)), frozenset({"media"})


def _paragraphs(truth: Truth) -> list[int]:
    return [number for number, block in enumerate(truth.blocks) if block.kind == "paragraph"]


def _paragraph_out(rng: random.Random, truth: Truth) -> Edited | None:
    places = _paragraphs(truth)
    if len(truth.blocks) < 2 or not places:
        return None
    number = rng.choice(places)
    return _with_blocks(truth, truth.blocks[:number] + truth.blocks[number + 1 :])


def _paragraph_in(rng: random.Random, truth: Truth) -> Edited | None:
    block = Block("paragraph", Speaker(rng, truth.language).say("sentence"))
    places = [number + 1 for number in _paragraphs(truth)]
    if block in truth.blocks or not places:
        return None
    number = rng.choice(places)
    return _with_blocks(truth, (*truth.blocks[:number], block, *truth.blocks[number:]))


def _swap(rng: random.Random, truth: Truth) -> Edited | None:
    places = _paragraphs(truth)
    if len(places) < 2:
        return None
    one, two = sorted(rng.sample(places, 2))
    blocks = [*truth.blocks]
    blocks[one], blocks[two] = blocks[two], blocks[one]
    return _with_blocks(truth, tuple(blocks))


def _translate(rng: random.Random, truth: Truth) -> Edited | None:
    """A paragraph in the other language; at least four fifths of the letters stay in the article's own."""
    spans = {number for number, _, _ in _linked_spans(truth)}
    total = sum(len(block.text) for block in truth.blocks)
    text = Speaker(rng, "ru" if truth.language == "en" else "en").say("sentence")
    places = [n for n in _paragraphs(truth) if n not in spans and len(truth.blocks[n].text) > 30]
    places = [n for n in places if len(text) * 5 < total - len(truth.blocks[n].text)]
    if not places or (truth.language == "en" and any(re.search("[а-я]{3}", block.text) for block in truth.blocks)):
        return None
    return _rewritten(truth, rng.choice(places), text)


def _quotes(rng: random.Random, truth: Truth) -> Edited | None:
    spots = _spots(truth, re.compile(f"[{''.join(_QUOTES)}]"))
    if not spots:
        return None
    number = rng.choice(spots)[0]
    inside = {n for n, _, _ in _linked_spans(truth)}
    if number in inside:
        return None
    text = truth.blocks[number].text
    return _rewritten(truth, number, "".join(_QUOTES.get(letter, letter) for letter in text))


def _homoglyph(rng: random.Random, truth: Truth) -> Edited | None:
    spots = _spots(truth, re.compile(f"(?<=[a-zA-Z])[{''.join(_HOMOGLYPHS)}]"))
    spots = [spot for spot in spots if "@" not in truth.blocks[spot[0]].text]
    if not spots:
        return None
    spot = rng.choice(spots)
    return _put(truth, spot, _HOMOGLYPHS[truth.blocks[spot[0]].text[spot[1]]])


_KINDS: dict[str, Callable[[random.Random, Truth], Edited | None]] = {
    "word": _word,
    "digit": _digit,
    "case": _case,
    "name": _name,
    "date": _date,
    "title": _title,
    "link": _link,
    "image": _image,
    "paragraph_out": _paragraph_out,
    "paragraph_in": _paragraph_in,
    "swap": _swap,
    "translate": _translate,
    "quotes": _quotes,
    "homoglyph": _homoglyph,
}
EDITS: tuple[str, ...] = tuple(_KINDS)
