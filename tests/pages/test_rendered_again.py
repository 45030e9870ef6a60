"""What was read, written as a page again, is read as the same."""

from __future__ import annotations

from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.hashing import content_sha256
from storage.records import BlockKind
from tests.pages.pages import DATE, FOOT, html, read_page

_WORDS = (
    *("the", "ministers", "of", "a", "working", "group", "met", "in", "Arvel", "and", "signed", "14", "papers", "on"),
    *("border", "posts", "—", "«order»", "it’s", "5", "%", "2026", "ё", "26.07.2024", "e-mail:", "* * *"),
)
_sentences = st.lists(st.sampled_from(_WORDS), min_size=4, max_size=25).map(
    lambda words: " ".join(words).capitalize() + "."
)
_kinds = st.sampled_from(("p", "p", "p", "h3", "blockquote", "li"))


def page_of(blocks: list[tuple[str, str]]) -> str:
    written = [
        f"<ul><li>{escape(text)}</li></ul>" if tag == "li" else f"<{tag}>{escape(text)}</{tag}>" for tag, text in blocks
    ]
    return html(f"<h1>The ministers met in Arvel</h1>{DATE}<div>{''.join(written)}</div>{FOOT}")


_TAGS = {BlockKind.HEADING: "h3", BlockKind.QUOTE: "blockquote", BlockKind.LIST_ITEM: "li"}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_kinds, _sentences), min_size=1, max_size=9))
def test_reading_is_idempotent(blocks: list[tuple[str, str]]) -> None:
    first = read_page(page_of(blocks)).article
    assert first is not None
    again = read_page(page_of([(_TAGS.get(block.kind, "p"), block.text) for block in first.blocks])).article
    assert again is not None
    assert [block.text for block in again.blocks] == [block.text for block in first.blocks]
    assert content_sha256(again) == content_sha256(first)
