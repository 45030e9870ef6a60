"""Pages broken in ways that networks, proxies and editors break them, and in ways that nobody would."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

Mutation = Callable[[random.Random, bytes], bytes]
_TAG: Final = re.compile(rb"<[^<>]{1,400}>")
_TAGS: Final = (
    *(b"<div>", b"</div>", b"<p>", b"</p>", b"<table>", b"</table>", b"<tr><td>", b"</td>", b"<ul>", b"<li>", b"</ul>"),
    *(
        b"<b>",
        b"</b>",
        b"<a href=/>",
        b"</a>",
        b"<br>",
        b"<br><br>",
        b"<script>",
        b"</script>",
        b"<style>",
        b"<!--",
        b"-->",
    ),
    *(
        b"<svg>",
        b"<math>",
        b"<template>",
        b"<select>",
        b"<textarea>",
        b"<title>",
        b"<h1>",
        b"</h1>",
        b"<body>",
        b"</body>",
    ),
    *(
        b"<frameset>",
        b"<noscript>",
        b"<iframe>",
        b"<plaintext>",
        b"<base href='//x/'>",
        b"<html>",
        b"</html>",
        b"<img src=x>",
    ),
)
_ENTITIES: Final = (
    *(
        b"&amp;",
        b"&nbsp;",
        b"&shy;",
        b"&#0;",
        b"&#xD800;",
        b"&#x10FFFF;",
        b"&#x110000;",
        b"&#128;",
        b"&zwj;",
        b"&amp;amp;",
    ),
    *(
        b"&notanentity;",
        b"&#99999999999999;",
        b"&",
        b"&#",
        b"&#x;",
        b"&lt;div&gt;",
        b"&acE;",
        b"&bsolhsub;",
        b"&ThickSpace;",
    ),
)
_SCRAPS: Final = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x1b$B",
    b"\x85",
)
_DEPTHS: Final = (60, 200, 255, 256, 257, 800, 5000)
_CHARSETS: Final = (
    b"utf-8",
    b"windows-1251",
    b"koi8-r",
    b"utf-16",
    b"utf-7",
    b"x-user-defined",
    b"iso-2022-jp",
    b"",
    b"cp0",
)


def flip_bits(rng: random.Random, page: bytes) -> bytes:
    changed = bytearray(page)
    for _ in range(rng.randint(1, 40)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, page: bytes) -> bytes:
    """The head, the tail, or a hole in the middle."""
    start, end = _span(rng, page, len(page))
    return rng.choice((page[:start], page[end:], page[:start] + page[end:]))


def double(rng: random.Random, page: bytes) -> bytes:
    start, end = _span(rng, page, 6000)
    return page[:end] + page[start:end] * rng.choice((1, 1, 2, 20)) + page[end:]


def swap(rng: random.Random, page: bytes) -> bytes:
    one, two, three, four = sorted(rng.randrange(len(page) + 1) for _ in range(4))
    return page[:one] + page[three:four] + page[two:three] + page[one:two] + page[four:]


def insert_tags(rng: random.Random, page: bytes) -> bytes:
    return _strewn(rng, page, _TAGS, rng.randint(1, 12))


def remove_tags(rng: random.Random, page: bytes) -> bytes:
    share = rng.choice((0.01, 0.1, 0.5, 1.0))
    return _TAG.sub(lambda match: b"" if rng.random() < share else match.group(), page)


def flood_attributes(rng: random.Random, page: bytes) -> bytes:
    many = b" ".join(b'a%d="%d"' % (number, number) for number in range(rng.choice((40, 1000, 20_000))))
    at = page.find(b">", rng.randrange(len(page)))
    return page[:at] + b" " + many + page[at:] if at >= 0 else page


def nest(rng: random.Random, page: bytes) -> bytes:
    depth, tag = (
        rng.choice(_DEPTHS),
        rng.choice((b"div", b"b", b"table><tr><td", b"ul><li", b"span", b"a href=/", b"p")),
    )
    at = page.find(b">", rng.randrange(len(page))) + 1
    closing = b"</%s>" % tag.split(b">")[0].split(b" ")[0] if rng.random() < 0.5 else b""
    return page[:at] + b"<%s>" % tag * depth + page[at : at + 2000] + closing * depth + page[at + 2000 :]


def strew_entities(rng: random.Random, page: bytes) -> bytes:
    return _strewn(rng, page, _ENTITIES, rng.randint(1, 200))


def strew_scraps(rng: random.Random, page: bytes) -> bytes:
    return _strewn(rng, page, _SCRAPS, rng.randint(1, 20))


def lie_about_encoding(rng: random.Random, page: bytes) -> bytes:
    return re.sub(rb"(?i)charset=[\"']?[\w-]*", lambda _: b"charset=" + rng.choice(_CHARSETS), page, count=2)


def encode_otherwise(rng: random.Random, page: bytes) -> bytes:
    text = page.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1251", "koi8-r", "latin-1")), "replace")


def repeat_letters(rng: random.Random, page: bytes) -> bytes:
    at, letter = (
        rng.randrange(len(page)),
        rng.choice((b" ", b"a", b"<", b"&nbsp;", b"\n", b".", b"1", b"- ", "\u0301".encode())),
    )
    return page[:at] + letter * rng.choice((50, 1000, 30_000)) + page[at:]


MUTATIONS: Final[dict[str, Mutation]] = {
    made.__name__: made
    for made in (
        *(flip_bits, cut, double, swap, insert_tags, remove_tags, flood_attributes, nest),
        *(strew_entities, strew_scraps, lie_about_encoding, encode_otherwise, repeat_letters),
    )
}


def mutated(rng: random.Random, page: bytes) -> tuple[bytes, list[str]]:
    """The page after one to four mutations, and their names."""
    names = rng.choices(list(MUTATIONS), k=rng.choice((1, 1, 1, 2, 3, 4)))
    for name in names:
        page = MUTATIONS[name](rng, page) if page else page
    return page, names


def _span(rng: random.Random, page: bytes, most: int) -> tuple[int, int]:
    start = rng.randrange(len(page))
    return start, min(len(page), start + rng.randint(1, most))


def _strewn(rng: random.Random, page: bytes, scraps: tuple[bytes, ...], count: int) -> bytes:
    for at in sorted((rng.randrange(len(page) + 1) for _ in range(count)), reverse=True):
        page = page[:at] + rng.choice(scraps) + page[at:]
    return page
