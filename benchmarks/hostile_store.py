"""A store in which every place that a page has a say in holds a payload: titles, texts, addresses, headers, names, notes.

For each payload a page at the address that the crawler makes of it, edited a day later, and one that was imported under a name of
its own; some are deleted, moved, or failed. The store is made through the archive's own door.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.hostile_texts import PAYLOADS, Payload
from crawler.pages.urls import CAPTURE_PREFIX, BadAddress, canonical, tidy
from storage import queries
from storage.archive import Archive
from storage.engine import open_store
from storage.records import (
    Article,
    Block,
    BlockKind,
    Capture,
    FileHash,
    Link,
    Media,
    Outcome,
    RunMode,
    RunOutcome,
    RunReport,
)

SITE: Final = "https://en.odkb-csto.org"
START: Final = datetime(2026, 7, 26, 12, 0, tzinfo=UTC)
RULES: Final = ("hook", "mail")
"""Rules of notices that hear of it."""
_DELETED, _MOVED, _FAILED = 12, 12, 4
"""Every so many payloads; few enough for nothing to be held but what is meant to be."""
_NO_UTF8: Final = dict.fromkeys(range(55296, 57344), "�")


def stored(text: str) -> str:
    """As a database of text can hold it. The reader of pages lets no lone surrogate through either."""
    return text.translate(_NO_UTF8)


def address(payload: Payload) -> str:
    """As the crawler finds it in a link: with the payload in path, query and fragment."""
    return _address(payload, "u", "news")


def _address(payload: Payload, place: str, folder: str) -> str:
    text = payload.at(place).replace("#", "%23").replace("?", "%3F")
    try:
        return tidy(f"{SITE}/{folder}/{text}/{text}/?q={text}#{text}")
    except BadAddress:
        return tidy(f"{SITE}/{folder}/no-address/zq{payload.number:03}{place}/")


def name_address(payload: Payload) -> str:
    """As a list of captures may name it."""
    return stored(f"{CAPTURE_PREFIX}{payload.at('n')}")


def article(payload: Payload, *, is_edited: bool = False, is_import: bool = False) -> Article:
    say = lambda place: stored(payload.at(place))  # noqa: E731 - a word for each place
    edited = f"The council met on Friday. {say('e')}" if is_edited else "The council met on Monday."
    kinds = {"q": BlockKind.QUOTE, "l": BlockKind.LIST_ITEM, "h": BlockKind.HEADING, "r": BlockKind.TABLE_ROW}
    blocks = [Block(BlockKind.PARAGRAPH, say("p")), *(Block(kind, say(place)) for place, kind in kinds.items())]
    blocks += [Block(BlockKind.PARAGRAPH, edited), Block(BlockKind.PARAGRAPH, f"It spoke of {payload.number} matters.")]
    links = [Link(say("k"), say("a")), Link(stored(payload.text), f"bare {say('a')}")]
    if is_edited:
        links.append(Link(f"{SITE}/new/?{say('k')}", f"new {say('a')}"))
    return Article(
        title=f"{say('t')} again" if is_edited else f"{say('t')} from a file" if is_import else say("t"),
        published=date(2026, 7, 25),
        language=say("g"),
        blocks=tuple(blocks),
        links=tuple(links),
        media=(Media(say("s"), say("i")), Media(stored(payload.text), "")),
        files=(FileHash(say("k"), f"{payload.number:064x}"), FileHash(say("s"), f"{payload.number + 1:064x}")),
    )


def make_hostile(db: Path, payloads: Sequence[Payload] = PAYLOADS) -> None:
    clock = [START]
    engine = open_store(f"sqlite:///{db.as_posix()}", write=True)
    try:
        archive = Archive(engine, clock=lambda: clock[0], rules=RULES)
        _crawl(archive, [_capture(each, START) for each in payloads], payloads)
        imported = START - timedelta(days=400)
        _import(archive, [_from_file(each, imported) for each in payloads], payloads[-1])
        clock[0] = later = START + timedelta(days=1)
        _crawl(archive, [_later(each, later) for each in payloads], payloads)
        archive.accept([each.id for each in queries.held(engine)][::2])
        clock[0] = again = START + timedelta(days=2)
        _crawl(archive, [_failed(each, again) for each in payloads], payloads[::-1])
    finally:
        engine.dispose()


def _crawl(archive: Archive, captures: Sequence[Capture], payloads: Sequence[Payload]) -> None:
    run_id = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
    archive.note_listed(run_id, [(canonical(address(each)), address(each)) for each in payloads])
    archive.record(run_id, captures)
    archive.settle(run_id, _report(payloads))


def _import(archive: Archive, captures: Sequence[Capture], payload: Payload) -> None:
    run_id = archive.begin_run(None, RunMode.IMPORT, reader_version="1", program_version="0")
    archive.record(run_id, captures)
    archive.settle(run_id, _report([payload]))


def _report(payloads: Iterable[Payload]) -> RunReport:
    note = " ".join(stored(each.at("o")) for each in payloads)
    return RunReport(RunOutcome.COMPLETE, 0, True, False, True, 300, 300_000, note)


def _capture(payload: Payload, at: datetime, *, is_edited: bool = False) -> Capture:
    shown, say = address(payload), stored(payload.at("w"))
    return Capture(
        canonical(shown),
        Outcome.OK,
        at,
        shown_url=shown,
        http_status=200,
        headers={"etag": say, "last-modified": say, f"x-{say}": say, "content-type": say},
        media_type=stored(payload.at("y")),
        encoding="utf-8",
        body=page_bytes(payload, at),
        article=article(payload, is_edited=is_edited),
        reader_version="1",
    )


def page_bytes(payload: Payload, at: datetime | None = None) -> bytes:
    """An article whose markup and whose text hold the payload."""
    said = payload.at("b")
    return (
        f"<!doctype html><html lang='{said}'><title>{said}</title><body><main><h1>{said}</h1><p>{said}</p>"
        f"<p>The council met and agreed on a plan of {payload.number} steps for the joint exercise.</p>"
        f"<a href='{said}'>{said}</a><img src='{said}' alt='{said}'>{at}</main></body></html>"
    ).encode("utf-8", "replace")


def _from_file(payload: Payload, at: datetime) -> Capture:
    found = _capture(payload, at)
    name = name_address(payload)
    return replace(
        found,
        url=name,
        shown_url=name,
        http_status=None,
        headers={},
        media_type="text/html",
        article=article(payload, is_import=True),
        source="import",
    )


def _later(payload: Payload, at: datetime) -> Capture:
    found = _capture(payload, at, is_edited=True)
    nothing = {"article": None, "body": None, "reason": stored(payload.at("c"))}
    if payload.number % _DELETED == 1:
        return replace(found, outcome=Outcome.GONE, http_status=410, **nothing)  # type: ignore[arg-type]
    if payload.number % _MOVED == 2:
        moved_to = canonical(_address(payload, "m", "moved"))
        return replace(found, outcome=Outcome.MOVED, http_status=301, moved_to=moved_to, final_url=moved_to, **nothing)  # type: ignore[arg-type]
    return found


def _failed(payload: Payload, at: datetime) -> Capture:
    """Some fail, and so many are gone at once that they are held."""
    found = _capture(payload, at)
    reason = stored(payload.at("c"))
    if payload.number % _FAILED:
        return replace(found, outcome=Outcome.GONE, http_status=410, article=None, body=None, reason=reason)
    return replace(found, outcome=Outcome.HTTP_ERROR, http_status=500, article=None, reason=reason)
