"""Any text comes out of the store as it went in, and its hash with it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage import hashing, queries
from storage.records import Article, Block, BlockKind, Link, Media, Outcome
from tests.storage.stage import Stage, address, article

ODD = (
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e\u0301 \u0438\u0306 \u1100\u1161",
    "\u202eright to left\u202c \u05d0\u05d1 \u0627\u0644",
    "one\u2028two\u2029three\x85four",
    "nul\x00within \x01\x1b\x7f",
    "\ud800 half \udfff",
    "\ufeff\ufffe\uffff",
    "'; DROP TABLE page; --",
    "",
    "x" * 1_000_000,
)
TEXTS = st.text(st.characters(), max_size=60)
numbers = count(1)


def _stored(text: str) -> str:
    """What the store can hold of it: half a surrogate pair is no character."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _comes_back(stage: Stage, title: str, text: str) -> None:
    name = f"page-{next(numbers)}"
    given_ = Article(
        title,
        None,
        "en",
        (Block(BlockKind.PARAGRAPH, text), Block(BlockKind.HEADING, title)),
        (Link("https://example.org/x", text),),
        (Media("https://example.org/y.png", title),),
    )
    stage.begin()
    stage.show(name, given_)
    stage.end(walked_lists=False)
    (version,) = queries.history(stage.engine, address(name))
    found = version.article
    assert (found.title, found.blocks[0].text, found.links[0].text) == (_stored(title), _stored(text), _stored(text))
    assert found.media[0].alt == _stored(title)
    assert version.content_sha256 == hashing.hash_article(given_).content.hex()
    assert hashing.hash_article(found) == hashing.hash_article(given_)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXTS, text=TEXTS)
@example(title="\ud83d", text="\ude00")
@example(title="\x00", text="\u2028")
def test_any_text_comes_back_as_it_was(stage: Stage, title: str, text: str) -> None:
    _comes_back(stage, title, text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_an_odd_text_comes_back_as_it_was(stage: Stage, text: str) -> None:
    _comes_back(stage, text[:200], text)
    assert stage.is_whole()


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "a\x00b", "\u2028", "\U0001f600", "'\"\\"])
def test_odd_texts_beside_the_article_are_no_error_on_either_database(stage: Stage, odd: str) -> None:
    """Reasons, headers, media types and addresses come from servers and files: any of them may hold anything."""
    stage.begin()
    more = {"reason": odd, "headers": {"x": odd}, "media_type": f"text/{odd}", "encoding": odd, "final_url": odd}
    stage.show("a", Outcome.HTTP_ERROR, body=b"no", **more)
    stage.end(walked_lists=False, note=odd)
    assert stage.rows("SELECT count(*) FROM capture") == [(1,)]
    assert stage.is_whole()


def test_half_a_pair_never_makes_an_edit(stage: Stage) -> None:
    """It is stored as U+FFFD and hashed as U+FFFD: seen again, it is the same."""
    odd = Article("a \ud800", None, "en", (Block(BlockKind.PARAGRAPH, "\udfff b"),))
    stage.crawl({"a": odd})
    assert stage.crawl({"a": odd}).events == {}


# --- another algorithm ------------------------------------------------------------------------------------------------
def test_another_algorithm_makes_no_edit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later program hashes in another way, and stores articles anew that differ in a space: the texts are compared."""
    from storage import recording

    def pages(space: str) -> dict[str, Article]:
        return {f"p{number}": article(f"Text{space}{number}.") for number in range(6)}

    stage.crawl(pages(" "))
    real = recording.hash_article

    def otherwise(one: Article) -> hashing.Hashes:
        found = real(one)
        turned = {
            "text": found.text[::-1],
            "content": found.content[::-1],
            "content_algorithm": "sha256-of-another-day",
        }
        return replace(found, **turned)

    monkeypatch.setattr(recording, "hash_article", otherwise)
    assert stage.crawl(pages("\u00a0")).events == {}
    assert len(stage.rows("SELECT id FROM version")) == 6
    assert len(stage.rows("SELECT id FROM content WHERE content_algorithm = 'sha256-of-another-day'")) == 6
