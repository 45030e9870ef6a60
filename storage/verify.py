"""Is the store whole? Everything is hashed again and every reference followed; SQLite's own check sees structure only.

Of 400 flipped bits that harm a store, SQLite's ``integrity_check`` saw 2: the rest is found by hashing what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, exists, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage import bodies, checksums, closings, dictionaries
from storage.articles import decode_article, fields_to_bits
from storage.damage import Damage
from storage.engine import reading
from storage.facets import body_sha256, present_fields
from storage.hashing import TEXT_ALGORITHM, hash_article
from storage.husks import remains
from storage.models import (
    AddressRow,
    AnswerRow,
    BodyRow,
    CaptureRow,
    ContentRow,
    DictionaryRow,
    EventRow,
    HeldRow,
    PackRow,
    PageRow,
    RunRow,
    Standing,
    VersionRow,
    VisitsRow,
    table_of,
)
from storage.retelling import differences
from storage.seal_checks import check_seals
from storage.stamps import check_stamps
from storage.unpacking import COLUMNS, Unpacker
from storage.visit_lists import unpack
from storage.word_check import misindexed

_answer, _body, _capture = table_of(AnswerRow), table_of(BodyRow), table_of(CaptureRow)
_address, _dictionary, _pack = table_of(AddressRow), table_of(DictionaryRow), table_of(PackRow)
_behind = _body.alias("behind")
_content, _event, _page = table_of(ContentRow), table_of(EventRow), table_of(PageRow)
_held, _run, _version, _visits = (table_of(row) for row in (HeldRow, RunRow, VersionRow, VisitsRow))
_PIECE: Final = 200
UNREADABLE: Final = (SQLAlchemyError, ValueError, OverflowError, LookupError, TypeError)
"""What reading raises where a flipped bit made a text, a time, a reference or a tree unreadable."""


def verify(engine: Engine) -> list[Damage]:
    """All damage that can be found, in one read transaction."""
    with reading(engine) as connection:
        return find_damage(connection)


def find_damage(connection: Connection) -> list[Damage]:
    """The same, as the connection's own transaction sees the store."""
    contents = _found_by(connection, _check_contents)
    unreadable = {damage.where for damage in contents}
    before, after = (
        (_check_file, _check_bodies),
        (
            _check_captures,
            _check_visits,
            _check_versions,
            _check_pages,
            _check_events,
        ),
    )
    return [
        *(damage for check in before for damage in _found_by(connection, check)),
        *contents,
        *_found_by(connection, _check_index),
        *(damage for check in after for damage in _found_by(connection, check)),
        *_found_by(connection, lambda connection: _check_histories(connection, unreadable)),
        *_found_by(connection, _check_seals),
        *_found_by(connection, _check_rest),
        *_found_by(connection, _check_stamps),
    ]


def _found_by(connection: Connection, check: Callable[[Connection], Iterator[Damage]]) -> list[Damage]:
    """What a check finds; where damage stops it, that too."""
    found: list[Damage] = []
    try:
        found.extend(check(connection))
    except UNREADABLE as error:
        words = str(error.orig if isinstance(error, DBAPIError) else error)
        found.append(Damage("file", "contents", f"can't be read to the end ({words})"))
    return found


def _words(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)


def _check_file(connection: Connection) -> Iterator[Damage]:
    """SQLite's own two checks."""
    if connection.dialect.name != "sqlite":
        return
    for (message,) in connection.execute(text("PRAGMA integrity_check")):
        if message != "ok":
            yield Damage("file", "structure", message)
    for table, rowid, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield Damage(table, str(rowid), f"refers to a row of {parent} that isn't there")


def _check_bodies(connection: Connection) -> Iterator[Damage]:
    """Bodies, and what they need to be unpacked. Those of one pack together: a pack is unpacked once."""
    dictionaries.forget()
    for row in _each(connection, _dictionary, _dictionary.c.id):
        damage = dictionaries.damage_of(connection, row)
        if damage is not None:
            yield Damage("dictionary", str(row.id), damage)
    unpack = Unpacker(connection)
    packs = set()
    for pack in _each(connection, _pack, _pack.c.id):
        packs.add(pack.id)
        yield from _check_pack(connection, pack, unpack)
    for row in _each(connection, _body, _body.c.sha256):
        if row.pack_id not in packs:
            yield from _check_body(row, unpack)


def _check_pack(connection: Connection, pack: Any, unpack: Unpacker) -> Iterator[Damage]:
    rows = connection.execute(select(*COLUMNS).where(_body.c.pack_id == pack.id).order_by(_body.c.place)).all()
    if not rows:
        yield Damage("pack", str(pack.id), "no body refers to it")
    damaged = [damage for row in rows for damage in _check_body(row, unpack)]
    if damaged:
        yield Damage(
            "pack", str(pack.id), f"bodies in it are damaged, {len({each.where for each in damaged})} of {len(rows)}"
        )
    yield from damaged


def _check_body(row: Any, unpack: Unpacker) -> Iterator[Damage]:
    where = row.sha256.hex()
    try:
        data = unpack.unproven(row)
    except (ValueError, TypeError) as error:
        yield Damage("body", where, f"can't be unpacked ({error})")
        return
    if bodies.digest(data) != row.sha256:
        yield Damage("body", where, "its bytes have another SHA-256")
    if len(data) != row.size:
        yield Damage("body", where, f"is {len(data)} bytes long, not {row.size}")


def _check_contents(connection: Connection) -> Iterator[Damage]:
    for row in _each(connection, _content, _content.c.id):
        try:
            data = bodies.decompress(row.codec, row.article)
            article = decode_article(data)
        except (ValueError, KeyError, TypeError) as error:
            yield Damage("content", str(row.id), f"can't be read ({error})")
            continue
        hashes = hash_article(article)
        checks = {
            "key": (row.key, bodies.digest(data)),
            "text_sha256": (row.text_sha256, hashes.text),
            "content_sha256": (row.content_sha256, hashes.content),
            "text_algorithm": (row.text_algorithm, TEXT_ALGORITHM),
            "content_algorithm": (row.content_algorithm, hashes.content_algorithm),
            "text_length": (row.text_length, hashes.text_length),
            "unknown": (row.unknown, fields_to_bits(article.unknown)),
            "present": (row.present, present_fields(article)),
            "body_sha256": (row.body_sha256, body_sha256(article)),
        }
        for name, (stored, derived) in checks.items():
            if stored != derived:
                yield Damage("content", str(row.id), f"its {name} isn't what its article gives")


def _check_index(connection: Connection) -> Iterator[Damage]:
    for content_id, message in misindexed(connection):
        yield Damage("content", str(content_id), message)


def _check_captures(connection: Connection) -> Iterator[Damage]:
    """Captures, and the bytes that are kept of them."""
    joined = select(_capture.c.id, _capture.c.body_sha256, _answer.c.body_sha256.label("kept"), _answer.c.is_whole)
    whole = joined.join(_answer, _answer.c.capture_id == _capture.c.id).where(
        _answer.c.is_whole, _answer.c.body_sha256 != _capture.c.body_sha256
    )
    for row in connection.execute(whole):
        yield Damage("capture", str(row.id), "the bytes that are kept of it aren't those that it fetched")
    showing = select(_capture.c.id).where(
        _capture.c.standing == Standing.COUNTED, (_capture.c.content_id.is_(None)) | (_capture.c.version_id.is_(None))
    )
    for (id_,) in connection.execute(showing):
        yield Damage("capture", str(id_), "it counts as a sighting and shows no version")
    stray = (
        select(_capture.c.id)
        .outerjoin(_version, (_version.c.id == _capture.c.version_id) & (_version.c.page_id == _capture.c.page_id))
        .where(_capture.c.version_id.is_not(None), _version.c.id.is_(None))
    )
    for (id_,) in connection.execute(stray):
        yield Damage("capture", str(id_), "its version isn't one of its page")
    yield from _check_standings(connection)
    unused = select(_body.c.sha256).where(
        ~select(_answer.c.capture_id).where(_answer.c.body_sha256 == _body.c.sha256).exists(),
        ~select(_behind.c.sha256).where(_behind.c.base_sha256 == _body.c.sha256).exists(),
    )
    for (digest,) in connection.execute(unused):
        yield Damage("body", digest.hex(), "no capture refers to it")


def _check_standings(connection: Connection) -> Iterator[Damage]:
    """A capture counts where it stands under a version, is held where something waits for it, and waits for its run alone."""
    standing = _capture.c.standing
    is_waiting = standing.in_([int(each) for each in (Standing.WAITING, Standing.OPEN)])
    settled = exists().where(_run.c.id == _capture.c.run_id, _run.c.is_settled)
    held = exists().where(_held.c.capture_id == _capture.c.id)
    wrong = {
        "stands under a version and doesn't count": _capture.c.version_id.is_not(None) & (standing != Standing.COUNTED),
        "waits for its run, which is settled": is_waiting & settled,
        "is held, and nothing waits for an answer": (standing == Standing.HELD) & ~held,
    }
    for message, where in wrong.items():
        for id_ in connection.scalars(select(_capture.c.id).where(where)):
            yield Damage("capture", str(id_), message)
    for id_ in connection.scalars(select(_run.c.id).where(_run.c.seal.is_not(None), ~_run.c.is_settled)):
        yield Damage("run", str(id_), "is sealed and not settled")


def _check_visits(connection: Connection) -> Iterator[Damage]:
    """Lists of visits: what is in them is under seals, and each says of itself what it holds."""
    for row in _each(connection, _visits, _visits.c.id):
        try:
            listed = unpack(row.data)
        except ValueError as error:
            yield Damage("visits", str(row.id), f"can't be read ({error})")
            continue
        runs = [visit.run_id for visit in listed]
        said, told = (row.id, row.visits, row.first_run, row.last_run), (len(listed), min(runs), max(runs))
        if said != (listed[0].id, *told):
            yield Damage("visits", str(row.id), "doesn't hold the visits that it says")
        ids = [visit.id for visit in listed]
        for id_ in connection.scalars(select(_capture.c.id).where(_capture.c.id.in_(ids))):
            yield Damage("visits", str(row.id), f"lists capture {id_}, which is a row too")


def _check_versions(connection: Connection) -> Iterator[Damage]:
    """Numbers without a gap, and each version opened by a capture of its own page whose bytes are kept."""
    counted = (
        select(
            _version.c.page_id, func.count().label("versions"), func.min(_version.c.number), func.max(_version.c.number)
        )
        .group_by(_version.c.page_id)
        .having((func.min(_version.c.number) != 1) | (func.max(_version.c.number) != func.count()))
    )
    for page_id, count, first, last in connection.execute(counted):
        yield Damage("page", str(page_id), f"its {count} versions are numbered {first} to {last}")
    opener = select(
        _version.c.id, _capture.c.page_id, _version.c.page_id.label("own"), _version.c.is_kept, _answer.c.capture_id
    )
    opened = opener.join(_capture, _capture.c.id == _version.c.opened_by).outerjoin(
        _answer, _answer.c.capture_id == _version.c.opened_by
    )
    for row in connection.execute(opened):
        if row.page_id != row.own:
            yield Damage("version", str(row.id), "it was opened by a capture of another page")
        if row.is_kept and row.capture_id is None:
            yield Damage("version", str(row.id), "the bytes that opened it are gone")
        if not row.is_kept and row.capture_id is not None:
            yield Damage("version", str(row.id), "says that the bytes that opened it are gone, and they aren't")
    sightings = (
        select(_version.c.id, _version.c.captures, func.count(_capture.c.id).label("seen"))
        .outerjoin(_capture, (_capture.c.version_id == _version.c.id) & (_capture.c.standing == Standing.COUNTED))
        .group_by(_version.c.id, _version.c.captures)
        .where(~exists().where(_visits.c.page_id == _version.c.page_id))  # there the histories tell
        .having(_version.c.captures != func.count(_capture.c.id))
    )
    for row in connection.execute(sightings):
        yield Damage("version", str(row.id), f"{row.seen} captures show it, not {row.captures}")


def _check_pages(connection: Connection) -> Iterator[Damage]:
    for page_id, message in remains(connection):
        yield Damage("page", str(page_id), message)
    current = (
        select(_page.c.id)
        .outerjoin(_version, (_version.c.id == _page.c.current_version_id) & (_version.c.page_id == _page.c.id))
        .where(_page.c.current_version_id.is_not(None), _version.c.id.is_(None))
    )
    for (id_,) in connection.execute(current):
        yield Damage("page", str(id_), "its current version isn't one of its own")
    highest = func.coalesce(func.max(_version.c.number), 0)
    counted = (
        select(_page.c.id, _page.c.versions, highest.label("highest"))
        .outerjoin(_version, _version.c.page_id == _page.c.id)
        .group_by(_page.c.id, _page.c.versions)
        .having(_page.c.versions != highest)
    )
    for row in connection.execute(counted):
        yield Damage("page", str(row.id), f"it says {row.versions} versions and has {row.highest}")


def _check_events(connection: Connection) -> Iterator[Damage]:
    """Each event speaks of versions of its own page."""
    for column in (_event.c.from_version_id, _event.c.to_version_id):
        stray = (
            select(_event.c.id)
            .outerjoin(_version, (_version.c.id == column) & (_version.c.page_id == _event.c.page_id))
            .where(column.is_not(None), _version.c.id.is_(None))
        )
        for (id_,) in connection.execute(stray):
            yield Damage("event", str(id_), "it speaks of a version of another page")
    # How a site links an address may change in its last slash; the address doesn't.
    told, now, before = (func.rtrim(column, "/") for column in (_event.c.url, _page.c.shown_url, _address.c.shown_url))
    former = select(_address.c.url).where(_address.c.page_id == _event.c.page_id, before == told)
    elsewhere = select(_event.c.id).join(_page, _page.c.id == _event.c.page_id).where(told != now, ~former.exists())
    for (id_,) in connection.execute(elsewhere):
        yield Damage("event", str(id_), "it names an address that its page never had")


def _check_histories(connection: Connection, unreadable: Collection[str]) -> Iterator[Damage]:
    """Versions and events derived once more from the captures; pages whose articles are damaged are named already."""
    damaged = select(_capture.c.page_id).where(_capture.c.content_id.in_([int(id_) for id_ in unreadable]))
    spoilt = set(connection.scalars(damaged)) if unreadable else set()
    for page in _each(connection, _page, _page.c.id):
        if page.id not in spoilt:
            yield from _differences(connection, page.id)


def _differences(connection: Connection, page_id: int) -> list[Damage]:
    """A page whose history can't be derived is named; those behind it are still looked at."""
    try:
        return list(differences(connection, page_id))
    except UNREADABLE as error:
        return [Damage("page", str(page_id), f"its history can't be read ({_words(error)})")]


def _check_seals(connection: Connection) -> Iterator[Damage]:
    """What a run added is as it was when the run ended, and no run was taken out."""
    yield from check_seals(connection)


def _check_rest(connection: Connection) -> Iterator[Damage]:
    """What no seal holds: rows that are never altered, and those that only a run alters."""
    for table, key in checksums.wrong(connection):
        yield Damage(table, key, "its values aren't those that were written")
    yield from closings.changed(connection)


def _check_stamps(connection: Connection) -> Iterator[Damage]:
    """What an authority stamped is what it was, and still there."""
    yield from check_stamps(connection)


def _each(connection: Connection, table: Table, key: Any) -> Iterator[Any]:
    """All rows by their key, a few in memory at a time."""
    last = None
    while True:
        statement = select(table).order_by(key).limit(_PIECE)
        rows = connection.execute(statement if last is None else statement.where(key > last)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1]._mapping[key]
