"""The two hashes, as docs/hashing.md specifies them; the values here must never change."""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.articles import bits_to_fields, decode_article, encode_article, fields_to_bits
from storage.hashing import canonical_block, canonical_fields, canonical_text, content_sha256, hash_article, text_sha256
from storage.records import FIELDS, Article, Block, BlockKind, Link, Media

P = BlockKind.PARAGRAPH
EMPTY = Article(None, None, None, ())
FULL = Article(
    "The Council met in «Минск»",
    date(2026, 7, 26),
    "en",
    (
        Block(P, 'The ministers said: "No."'),
        Block(BlockKind.LIST_ITEM, "- a list item"),
        Block(P, "Back\\slash — end."),
    ),
    (Link("https://example.org/a?x=1&y=2", "a link"), Link("https://example.org/b", "")),
    (Media("https://example.org/p.jpg", "A picture"),),
)


@pytest.mark.parametrize(
    ("article", "text", "content"),
    [
        (
            EMPTY,
            "eb22f1e1c37b9546b34bfb422eeba1bfae7832e491c6ccff3faf8d93027cfa74",
            "ab16925cba8d875bfa913bdebc5a33fe613c9c724b73789369260b6d0c021c98",
        ),
        (
            FULL,
            "e30d032a0dc9ee848028ff5aacd0ebd38cd470e13c979d4ea090e0e8acfddf38",
            "3975fc456afe5bb1e973f0c4023a096c498a7c3014c6ef882cca30956c5f0496",
        ),
    ],
)
def test_golden_values(article: Article, text: str, content: str) -> None:
    assert text_sha256(article) == text
    assert content_sha256(article) == content


def test_the_hashed_bytes_are_compact_json_as_specified() -> None:
    texts = ['The ministers said: "No."', "a list item", "Back\\slash — end."]
    title = "The Council met in «Минск»"
    links = [["https://example.org/a?x=1&y=2", "a link"], ["https://example.org/b", ""]]
    media = [["https://example.org/p.jpg", "A picture"]]

    def hashed(value: object) -> str:
        return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    assert text_sha256(FULL) == hashed(["csto-text-1", title, texts])
    assert content_sha256(FULL) == hashed(["csto-content-1", title, "2026-07-26", "en", texts, links, media])
    assert content_sha256(EMPTY) == hashed(["csto-content-1", None, None, None, [], [], []])


def test_the_length_is_that_of_the_canonical_texts() -> None:
    assert hash_article(FULL).text_length == len('The ministers said: "No."a list itemBack\\slash — end.')
    assert hash_article(EMPTY).text_length == 0


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("plain", "plain"),
        ("  two\u00a0\u2009 words\t\n", "two words"),
        ("so\u00adft, ze\u200bro, join\u2060er, mark\ufeff, \u200c\u200d.", "soft, zero, joiner, mark, ."),
        ("a\x00b\x1fc\x9fd\x7f", "abcd\x7f"),
        ("line\x85next\u2028one\x0bmore", "line next one more"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("a \u200b b", "a b"),
        ("\u200b a", "a"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("\u202aleft\u202c \u2066iso\u2069", "\u202aleft\u202c \u2066iso\u2069"),
        ("Straße “quoted” ‘x’ – — №", "Straße “quoted” ‘x’ – — №"),
        ("аbc", "аbc"),
        ("\ufb01 ①", "\ufb01 ①"),
        ("", ""),
        ("\u3000\u1680\u205f\u202f", ""),
    ],
)
def test_the_canonical_form_of_a_text(text: str, canonical: str) -> None:
    assert canonical_text(text) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("- item", "item"),
        ("• item", "item"),
        ("·\u00a0item", "item"),
        ("- - item", "item"),
        ("— Yes.", "— Yes."),
        ("– Yes.", "– Yes."),
        ("-5 degrees", "-5 degrees"),
        ("-", "-"),
        ("* * *", "* * *"),
        ("1. item", "1. item"),
        (" -  item", "item"),
        ("a - b", "a - b"),
    ],
)
def test_a_list_marker_before_a_block_is_no_part_of_it(text: str, canonical: str) -> None:
    assert canonical_block(text) == canonical


@pytest.mark.parametrize("marker", "-•‣⁃▪▫●○◦·")
def test_every_marker_that_is_drawn_before_an_item_is_left_out(marker: str) -> None:
    assert canonical_block(f"{marker} item") == "item"
    assert canonical_block(f"{marker}item") == f"{marker}item"


def test_a_title_keeps_its_dash() -> None:
    assert canonical_fields(replace(EMPTY, title="- A title"))["title"] == "- A title"


def test_the_kind_of_a_block_is_in_neither_hash() -> None:
    for kind in BlockKind:
        other = replace(FULL, blocks=tuple(Block(kind, block.text) for block in FULL.blocks))
        assert hash_article(other) == hash_article(FULL)


def test_what_is_unknown_is_in_neither_hash() -> None:
    assert hash_article(replace(FULL, unknown=frozenset({"links"}))) == hash_article(FULL)


def test_a_block_without_text_says_nothing() -> None:
    assert hash_article(replace(EMPTY, blocks=(Block(P, " \u200b"), Block(P, "x")))) == hash_article(
        replace(EMPTY, blocks=(Block(P, "x"),))
    )


def test_an_empty_title_is_no_title() -> None:
    assert hash_article(replace(EMPTY, title=" ", language="")) == hash_article(EMPTY)


@pytest.mark.parametrize(
    ("change", "is_in_text"),
    [
        ({"title": "Another"}, True),
        ({"blocks": (Block(P, "One"), Block(P, "Two"))}, True),
        ({"blocks": (Block(P, "Two One"),)}, True),
        ({"published": date(2026, 1, 1)}, False),
        ({"language": "ru"}, False),
        ({"links": (Link("https://example.org/a", ""),)}, False),
        ({"links": (Link("", "https://example.org/a"),)}, False),
        ({"media": (Media("https://example.org/a", ""),)}, False),
        ({"media": (Media("", "https://example.org/a"),)}, False),
    ],
)
def test_every_field_is_in_its_hash(change: dict[str, object], *, is_in_text: bool) -> None:
    base = replace(EMPTY, blocks=(Block(P, "Two"), Block(P, "One")))
    changed = replace(base, **change)
    assert content_sha256(changed) != content_sha256(base)
    assert (text_sha256(changed) != text_sha256(base)) is is_in_text


def test_a_link_is_no_media() -> None:
    pair = ("https://example.org/a", "b")
    assert content_sha256(replace(EMPTY, links=(Link(*pair),))) != content_sha256(replace(EMPTY, media=(Media(*pair),)))


def test_a_block_s_boundary_can_t_be_forged_by_its_text() -> None:
    for one, two in ((("a", "b"), ('a","b',)), (("a\n b",), ("a", "b")), (('a"', "b"), ("a", '"b'))):
        first, second = (replace(EMPTY, blocks=tuple(Block(P, text) for text in texts)) for texts in (one, two))
        assert text_sha256(first) != text_sha256(second)


anything = st.text(st.characters(exclude_categories=()), max_size=30)
NOISE = "\xad\u200b\u200c\u200d\u2060\ufeff\x00\x07\x1b\x9f"


@given(anything)
def test_the_canonical_form_is_a_fixed_point(text: str) -> None:
    once = canonical_text(text)
    assert canonical_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert canonical_block(canonical_block(text)) == canonical_block(text)
    assert not any(character in NOISE for character in once)
    once.encode()


@given(st.lists(anything, max_size=4), st.lists(st.tuples(anything, anything), max_size=3), anything)
def test_whole_articles_are_made_canonical_text_by_text(
    texts: list[str], links: list[tuple[str, str]], title: str
) -> None:
    """The fast path that looks at all texts at once gives what the plain rule gives."""
    article = Article(title, None, None, tuple(Block(P, text) for text in texts), tuple(Link(*each) for each in links))
    forms = canonical_fields(article)
    assert forms["body"] == [text for text in map(canonical_block, texts) if text]
    assert [tuple(link) for link in forms["links"]] == [(canonical_text(h), canonical_text(t)) for h, t in links]
    assert forms["title"] == (canonical_text(title) or None)
    canonical = json.dumps(["csto-text-1", forms["title"], forms["body"]], ensure_ascii=False, separators=(",", ":"))
    assert text_sha256(article) == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_fast_path_knows_every_character_that_is_changed() -> None:
    """isprintable() stands for the whole list: no character that the slow path changes may be printable."""
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if character.isprintable() and character != " ":
            assert canonical_text(f"a{character}b") == unicodedata.normalize("NFC", f"a{character}b")
        elif unicodedata.category(character) in {"Zs", "Zl", "Zp"}:
            assert canonical_text(f"a{character}b") == "a b", hex(number)


@given(st.lists(anything, max_size=3), anything, st.frozensets(st.sampled_from(FIELDS)))
def test_a_stored_article_comes_back_as_it_was(texts: list[str], title: str, unknown: frozenset[str]) -> None:
    article = Article(title, date(2026, 1, 2), "ru", tuple(Block(P, t) for t in texts), unknown=unknown)
    back = decode_article(encode_article(article))
    if not any("\ud800" <= character <= "\udfff" for character in title + "".join(texts)):
        assert back == article
    assert hash_article(back) == hash_article(article)


def test_half_a_surrogate_pair_is_stored_as_the_replacement_character() -> None:
    article = Article("a \ud800", None, None, (Block(P, "\udfff b"),))
    back = decode_article(encode_article(article))
    assert (back.title, back.blocks[0].text) == ("a \ufffd", "\ufffd b")
    assert hash_article(back) == hash_article(article)


@given(st.frozensets(st.sampled_from(FIELDS)))
def test_fields_fit_into_a_number_and_come_back_in_order(fields: frozenset[str]) -> None:
    assert bits_to_fields(fields_to_bits(fields)) == tuple(field for field in FIELDS if field in fields)
