"""Canonical form and SHA-256 of an Article, as docs/hashing.md specifies them for any other program.

Two articles with equal ``text_sha256`` read the same; with equal ``content_sha256`` their date, language, links, media
and what is known of the bytes of their files are the same too. The kind of a block and a list marker before it are in neither;
where blocks begin and in which order is in both.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Final, cast
from unicodedata import is_normalized, normalize

from storage.records import Article

TEXT_ALGORITHM: Final = "csto-text-1"
CONTENT_ALGORITHM: Final = "csto-content-1"
FILES_ALGORITHM: Final = "csto-content-files-1"
"""That of ``content_sha256`` where the bytes of files are known (``crawl --media``): it covers their hashes too."""

# U+0085 is white space to Unicode and a C1 control to RULES.md: a line end, so it parts words.
_WHITE_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DROPPED: Final = re.compile("[\x00-\x08\x0e-\x1f\x80-\x84\x86-\x9f\xad\u200b-\u200d\u2060\ufeff]")
_SPACES: Final = re.compile(f"[{_WHITE_SPACE}]+")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
# "- " and the bullets that browsers and word processors draw. A long dash opens a turn of an interview and is text.
_MARKERS: Final = "-\u2022\u2023\u2043\u25aa\u25ab\u25cf\u25cb\u25e6\u00b7"
_MARKER: Final = re.compile(f"(?:[{re.escape(_MARKERS)}] )+")

_ASCII_CONTROLS: Final = bytes((*range(0x20), 0x7F))

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Hashes:
    """Both hashes of one article, 32 bytes each, and the length of its canonical text in characters."""

    text: bytes
    content: bytes
    text_length: int
    content_algorithm: str = CONTENT_ALGORITHM


def canonical_text(text: str) -> str:
    """The form of a text that is hashed: NFC, single spaces, no invisible characters. A fixed point of itself."""
    return text if _is_canonical(text) and text[:1] != " " and text[-1:] != " " else _canonical(text)


def canonical_block(text: str) -> str:
    """A block's canonical text without the list marker that may stand before it."""
    return _without_marker(canonical_text(text))


def canonical_fields(article: Article) -> dict[str, object]:
    """Each of ``FIELDS`` in the form in which two articles are compared; equal forms are equal in the hashes."""
    texts = [block.text for block in article.blocks]
    links = [(link.href, link.text) for link in article.links]
    media = [(item.src, item.alt) for item in article.media]
    # None and an empty text are one: a reader that found nothing.
    title, language = article.title or None, article.language or None
    if not _are_canonical([title, language, *texts, *chain.from_iterable(links), *chain.from_iterable(media)]):
        texts = [canonical_text(text) for text in texts]
        links = [(canonical_text(href), canonical_text(text)) for href, text in links]
        media = [(canonical_text(src), canonical_text(alt)) for src, alt in media]
        title, language = (canonical_text(text) or None if text else None for text in (title, language))
    return {
        "title": title,
        "published": article.published.isoformat() if article.published else None,
        # A block without text says nothing and is left out.
        "body": [text for text in map(_without_marker, texts) if text],
        "links": links,
        "media": media,
        "language": language,
    }


def hash_article(article: Article) -> Hashes:
    """Both hashes of an article, over compact JSON arrays in UTF-8 whose first item is the algorithm's name."""
    text, content, algorithm, length = _forms(article)
    return Hashes(_digest(text), _digest(content), length, algorithm)


def hashed_forms(article: Article) -> tuple[bytes, bytes]:
    """The very bytes whose SHA-256 are the two hashes: for those who check them without this program."""
    text, content, _, _ = _forms(article)
    return text.encode("utf-8"), content.encode("utf-8")


def _forms(article: Article) -> tuple[str, str, str, int]:
    """What is hashed for the text and for the content, the content's algorithm, and the letters of the texts."""
    forms = canonical_fields(article)
    texts = cast("list[str]", forms["body"])
    title, published, language = (_encode_optional(forms[name]) for name in ("title", "published", "language"))
    body = _encode_texts(texts)
    rest = ",".join(_encode_pairs(forms[name]) for name in ("links", "media"))
    dated = f"{title},{published},{language}"
    algorithm = CONTENT_ALGORITHM
    if article.files:
        algorithm = FILES_ALGORITHM
        rest += "," + _encode([(canonical_text(file.href), file.sha256) for file in article.files])
    length = sum(map(len, texts))
    return f'["{TEXT_ALGORITHM}",{title},{body}]', f'["{algorithm}",{dated},{body},{rest}]', algorithm, length


def text_sha256(article: Article) -> str:
    return hash_article(article).text.hex()


def content_sha256(article: Article) -> str:
    return hash_article(article).content.hex()


def _is_canonical(text: str) -> bool:
    """True only for text that needs nothing but, perhaps, its outer spaces taken off; False may be a false alarm."""
    # isprintable() is False for every character that _canonical() changes or drops, lone surrogates included.
    return text.isprintable() and "  " not in text and is_normalized("NFC", text)


def _are_canonical(texts: list[str | None]) -> bool:
    """The same for many texts at once: one pass in C over them all costs half of one each.

    An outer space meets the space between two texts, and no character composes with a space. What is ASCII is looked through by
    its bytes, in a third of the time.
    """
    plain, other = [""], [""]
    for text in filter(None, texts):
        (plain if text.isascii() else other).append(text)
    return _is_plain(" ".join([*plain, ""])) and (len(other) == 1 or _is_canonical(" ".join([*other, ""])))


def _is_plain(text: str) -> bool:
    """``_is_canonical`` for a text in ASCII."""
    data = text.encode()
    return b"  " not in data and len(data.translate(None, _ASCII_CONTROLS)) == len(data)


def _canonical(text: str) -> str:
    text = _DROPPED.sub("", _SURROGATES.sub("\ufffd", text))
    return normalize("NFC", _SPACES.sub(" ", text).strip(" "))


def _encode_texts(texts: list[str]) -> str:
    """What ``_encode`` gives, faster: canonical text has no control characters, so only two characters need escaping."""
    if not texts:
        return "[]"
    joined = "\n".join(texts).replace("\\", "\\\\").replace('"', '\\"')
    return '["' + joined.replace("\n", '","') + '"]'


def _encode_pairs(pairs: object) -> str:
    return f"[{','.join(_encode_texts([*pair]) for pair in cast('list[tuple[str, str]]', pairs))}]"


def _encode_optional(text: object) -> str:
    return "null" if text is None else _encode_texts([cast("str", text)])[1:-1]


def _without_marker(text: str) -> str:
    if text[:1] in _MARKERS and (marker := _MARKER.match(text)):
        return text[marker.end() :]
    return text


def _digest(canonical: str) -> bytes:
    return sha256(canonical.encode("utf-8")).digest()
