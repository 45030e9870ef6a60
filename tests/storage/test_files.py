"""Files that an article shows or links: known hashes are compared, and one that isn't known is compared with nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from storage import holding, queries, settling
from storage.articles import decode_article, encode_article
from storage.hashing import FILES_ALGORITHM, hash_article
from storage.records import Article, EventKind, FileHash
from storage.timeline import Sighting, derive
from tests.storage.stage import START, Stage, address, article, link, picture

PICTURE, PAPER = "https://en.odkb-csto.org/upload/a.jpg", "https://en.odkb-csto.org/upload/b.pdf"
PLAIN = article("First.", media=(picture(PICTURE),), links=(link(PAPER),))
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def known(picture: str | None = None, paper: str | None = None, of: Article = PLAIN) -> Article:
    pairs = ((PICTURE, picture), (PAPER, paper))
    return replace(of, files=tuple(FileHash(href, sha256) for href, sha256 in pairs if sha256))


def files_of(stage: Stage, name: str = "a") -> list[dict[str, str]]:
    """By version, in order of time."""
    return [
        {file.href[-5:]: file.sha256[0] for file in version.article.files}
        for version in queries.history(stage.engine, address(name))
    ]


def test_an_article_without_files_is_stored_in_the_bytes_that_it_always_had() -> None:
    assert b"files" not in encode_article(PLAIN)
    assert decode_article(encode_article(PLAIN)) == PLAIN
    assert decode_article(encode_article(known(A, B))) == known(A, B)


def test_crawls_with_and_without_media_tell_nothing_while_nothing_changes(stage: Stage) -> None:
    for shown in (PLAIN, known(A, B), PLAIN, known(A, B), PLAIN, PLAIN):
        stage.crawl({"a": shown})
    assert [event.kind for event in stage.events()] == [EventKind.NEW]
    assert files_of(stage) == [{"a.jpg": "a", "b.pdf": "b"}]
    assert stage.is_whole()


def test_other_bytes_at_the_same_address_are_an_edit_of_media(stage: Stage) -> None:
    for shown in (PLAIN, known(A, B), PLAIN):
        stage.crawl({"a": shown})
    last = stage.now
    stage.crawl({"a": known(C, B)})
    event = stage.event(EventKind.EDITED)
    assert (event.fields, event.from_version, event.to_version) == (("media",), 1, 2)
    assert (event.not_before, event.seen_at) == (last, stage.now)
    assert files_of(stage) == [{"a.jpg": "a", "b.pdf": "b"}, {"a.jpg": "c", "b.pdf": "b"}]
    assert stage.is_whole()


def test_a_linked_document_is_media_too(stage: Stage) -> None:
    for shown in (known(A, A), known(A, B)):
        stage.crawl({"a": shown})
    assert stage.event(EventKind.EDITED).fields == ("media",)


def test_a_file_that_did_not_answer_is_compared_with_nothing_and_keeps_its_hash(stage: Stage) -> None:
    for shown in (known(A, B), known(paper=B), known(A)):
        stage.crawl({"a": shown})
        assert stage.told(run_id=stage.run_id) == (["new a"] if stage.run_id == 1 else [])
    assert files_of(stage) == [{"a.jpg": "a", "b.pdf": "b"}]
    stage.crawl({"a": known(B)})
    assert files_of(stage)[-1] == {"a.jpg": "b", "b.pdf": "b"}
    assert stage.is_whole()


def test_a_hash_that_becomes_known_fills_the_version_without_an_event(stage: Stage) -> None:
    stage.crawl({"a": known(A)})
    before = queries.version(stage.engine, address("a"))
    stage.crawl({"a": known(A, B)})
    after = queries.version(stage.engine, address("a"))
    assert before is not None
    assert after is not None
    assert (after.number, after.text_sha256) == (1, before.text_sha256)
    assert after.content_sha256 != before.content_sha256
    assert stage.told() == []


def test_a_new_version_inherits_the_files_that_it_still_names(stage: Stage) -> None:
    stage.crawl({"a": known(A, B)})
    edited = article("Edited.", media=(picture(PICTURE),))
    stage.crawl({"a": edited})
    assert stage.event(EventKind.EDITED).fields == ("body", "links")
    assert files_of(stage)[-1] == {"a.jpg": "a"}
    stage.crawl({"a": known(C, of=edited)})
    assert stage.told() == ["edited a"]
    assert files_of(stage)[-1] == {"a.jpg": "c"}
    assert stage.is_whole()


def test_a_file_swapped_to_and_fro_is_three_versions(stage: Stage) -> None:
    for shown in (known(A), known(B), known(A)):
        stage.crawl({"a": shown})
    assert files_of(stage) == [{"a.jpg": "a"}, {"a.jpg": "b"}, {"a.jpg": "a"}]


def test_a_text_capture_in_between_changes_nothing(stage: Stage) -> None:
    blind = replace(PLAIN, links=(), media=(), unknown=frozenset({"links", "media"}))
    for shown in (known(A, B), blind, known(A, B), blind, known(A, C)):
        stage.crawl({"a": shown})
    (event,) = stage.events([EventKind.EDITED])
    assert (event.fields, event.run_id) == (("media",), stage.run_id)
    assert stage.is_whole()


def test_one_file_of_many_pages_makes_one_group(stage: Stage) -> None:
    names = [f"p{number}" for number in range(4)]
    pages = {name: article(f"Text of {name}.", media=(picture(PICTURE),)) for name in names}
    stage.crawl({name: known(A, of=shown) for name, shown in pages.items()})
    stage.crawl({name: known(B, of=shown) for name, shown in pages.items()})
    events = stage.events([EventKind.EDITED])
    assert (len(events), len({event.group for event in events})) == (4, 1)
    assert events[0].group is not None


def test_pages_as_they_were_take_the_short_way_with_and_without_media(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No history is derived for them, however often crawls with and without ``--media`` follow on each other."""
    stage.crawl({"a": PLAIN, "b": article("Second.")})
    stage.crawl({"a": known(A, B), "b": article("Second.")})

    def derived(*_: object, **__: object) -> bool:
        raise AssertionError("a history was derived anew")

    for module in (settling, holding):
        monkeypatch.setattr(module, "settle_sightings", derived)
    for shown in (PLAIN, known(A, B), known(A), PLAIN, PLAIN, known(paper=B)):
        stage.crawl({"a": shown, "b": article("Second.")})
    monkeypatch.undo()
    assert [len(files) for files in files_of(stage)] == [2]
    assert stage.rows("SELECT captures FROM version ORDER BY id") == [(8,), (8,)]
    assert stage.is_whole()


def test_a_crawl_without_media_agrees_with_one_that_held_a_page(stage: Stage) -> None:
    long = replace(PLAIN, blocks=article(*(f"A long paragraph, number {n}, of a text." for n in range(40))).blocks)
    stage.crawl({"a": known(A, of=long)})
    stage.crawl({"a": known(A)})
    assert (stage.told(), stage.states()) == ([], {"a": "suspect"})
    stage.crawl({"a": PLAIN})
    assert (stage.told(), stage.states()) == (["edited a"], {"a": "listed"})
    assert files_of(stage)[-1] == {"a.jpg": "a"}
    assert stage.is_whole()


def test_an_edit_without_media_is_no_page_as_it_was(stage: Stage) -> None:
    stage.crawl({"a": known(A, B)})
    stage.crawl({"a": replace(PLAIN, links=(link(PAPER, "there"),))})
    assert stage.event(EventKind.EDITED).fields == ("links",)


def test_the_hashes_say_by_which_algorithm_they_are_made(stage: Stage) -> None:
    stage.crawl({"a": PLAIN})
    stage.crawl({"a": known(A)})
    found = {algorithm for (algorithm,) in stage.rows("SELECT content_algorithm FROM content")}
    assert found == {"csto-content-1", FILES_ALGORITHM}


def test_a_history_is_the_same_in_whatever_order_it_was_recorded() -> None:
    shown = [PLAIN, known(A), known(paper=B), known(A, C)]
    sightings = [Sighting(n, START.replace(day=n + 1), "1", each) for n, each in enumerate(shown)]
    told = {
        tuple((span.article.files, span.fields) for span in derive(order).spans) for order in permutations(sightings)
    }
    assert told == {((known(A, B).files, ()), (known(A, C).files, ("media",)))}


def test_a_swap_is_seen_though_another_reader_came_in_between() -> None:
    """The reading of a new reader knows no files; the state does, whoever read it."""
    otherwise = replace(PLAIN, title="Title, read otherwise")
    timeline = derive(
        [
            Sighting(1, START, "1", PLAIN),
            Sighting(2, START.replace(day=2), "1", known(A)),
            Sighting(3, START, "2", otherwise, reread_of=1),
            Sighting(4, START.replace(day=3), "2", known(B, of=otherwise)),
        ]
    )
    assert [(span.fields, span.rereads is None) for span in timeline.spans] == [
        ((), True),
        (("title",), False),
        (("media",), True),
    ]
    assert timeline.spans[2].before is timeline.spans[1]


def test_the_hash_with_files_is_that_of_the_document() -> None:
    """docs/hashing.md, section 5."""
    shown = replace(
        article('He said: "No."', "- first", title="A title", links=(link("https://example.org/a.pdf", "more"),)),
        published=START.date().replace(month=7, day=26),
        files=(FileHash("https://example.org/a.pdf", A),),
    )
    hashes = hash_article(shown)
    assert hashes.content_algorithm == "csto-content-files-1"
    assert hashes.content.hex() == GOLDEN
    assert hash_article(replace(shown, files=())).text == hashes.text


GOLDEN = "1942907e534bfea845885ae4213ec79e984fe91ebc5e557d0ec10b220d2a5da7"
