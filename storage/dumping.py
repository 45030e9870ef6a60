"""A whole store as plain rows, and back: what it says, with every id and seal, and nothing of how it packs its bytes.

Bodies and articles go out unpacked, listed visits as the captures that they were; dictionaries, packs and lists stay behind, and
the index of words is made anew. So the content root and every seal of the store that is made of it are those of the first.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table, insert, select

from storage import bodies, word_index
from storage.articles import encode_stored
from storage.body_models import BodyRow, DictionaryRow, PackRow
from storage.engine import writing
from storage.errors import TargetRefused
from storage.loading import note_sizes, references_later, set_sequences
from storage.models import SCHEMA_REVISION, Base, CaptureRow, ContentRow, VisitsRow, table_of
from storage.moving import in_order, opened, refuse_filled
from storage.roots import content_root, streamed
from storage.times import Instant
from storage.unpacking import Unpacker
from storage.visits import rows_of

FORM: Final = 1
_body, _content = table_of(BodyRow), table_of(ContentRow)
_capture, _visits = table_of(CaptureRow), table_of(VisitsRow)
_OF_PACKING: Final = frozenset({table_of(DictionaryRow), table_of(PackRow), _visits})
_AT_ONCE: Final = 200
_HEAD_BYTES: Final = 4096


class NotWhole(TargetRefused):
    """A list of rows that makes no store: cut, altered, or of another schema."""


@dataclass(frozen=True, slots=True)
class Restored:
    rows: Mapping[str, int]
    content_root: str


def tables() -> list[Table]:
    """Those whose rows go out, each behind the tables that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table not in _OF_PACKING]


# --- out ------------------------------------------------------------------------------------------------------------
def dump(connection: Connection, root: str) -> Iterator[dict[str, Any]]:
    """First what store it is, then its rows, and at the end how many there were of each kind: a list without it was cut."""
    yield {"record": "store", "format": FORM, "schema": SCHEMA_REVISION, "content_root": root}
    counts = {}
    for table in tables():
        counts[table.name] = 0
        for row in _rows(connection, table):
            counts[table.name] += 1
            yield {"record": table.name, **row}
    yield {"record": "end", "rows": counts}


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    special: dict[Table, Callable[[Connection], Iterator[dict[str, Any]]]] = {
        _body: _bodies,
        _content: _contents,
        _capture: _captures,
    }
    return special[table](connection) if table in special else _plain_rows(connection, table)


def _plain_rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    with streamed(connection, in_order(connection, table)) as result:
        for row in result:
            yield {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value


def _bodies(connection: Connection) -> Iterator[dict[str, Any]]:
    """Those of one pack together, which is unpacked once."""
    unpack = Unpacker(connection)
    with streamed(connection, select(_body).order_by(_body.c.pack_id, _body.c.sha256)) as result:
        for row in result:
            yield {"sha256": row.sha256.hex(), **_bytes(unpack(row))}


def _bytes(data: bytes) -> dict[str, str]:
    """As text where they are text in UTF-8."""
    with suppress(UnicodeDecodeError):
        return {"text": data.decode("utf-8")}
    return {"base64": b64encode(data).decode("ascii")}


def _contents(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in _plain_rows(connection, _content):
        codec, packed = row.pop("codec"), bytes.fromhex(row.pop("article"))
        yield row | {"article": _article(bodies.decompress(codec, packed))}


def _article(data: bytes) -> dict[str, Any]:
    """As an object, where that gives the very bytes again."""
    with suppress(ValueError):
        article: dict[str, Any] = json.loads(data)
        if encode_stored(article) == data:
            return article
    return _bytes(data)


def _captures(connection: Connection) -> Iterator[dict[str, Any]]:
    yield from _plain_rows(connection, _capture)
    for page_id in connection.scalars(select(_visits.c.page_id).distinct().order_by(_visits.c.page_id)).all():
        for row in rows_of(connection, page_id):
            yield {name: _plain(value) for name, value in row.items()}


# --- in -------------------------------------------------------------------------------------------------------------
def restore(url: str, records: Iterable[Mapping[str, Any]]) -> Restored:
    """A store of these rows at an empty place. TargetRefused where it isn't empty; NotWhole, and nothing is kept, where the
    rows aren't those that were written."""
    with opened(url) as engine, writing(engine) as connection:
        refuse_filled(connection, Base.metadata.sorted_tables)
        return _restore(connection, iter(records))


def is_whole_store(path: Path) -> bool:
    """Whether the first line of a file is that of ``dump``. False where the file can't be read."""
    try:
        with path.open("rb") as lines:
            return bool(json.loads(lines.readline(_HEAD_BYTES)).get("record") == "store")
    except (OSError, ValueError, AttributeError):
        return False


def records_of(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a file as objects. NotWhole for one that is none; raises OSError."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                raise NotWhole(f"{path}, line {number} is no JSON object: the export is cut or was altered.")
            yield record


def _restore(connection: Connection, records: Iterator[Mapping[str, Any]]) -> Restored:
    head = next(records, {})
    _check_head(head)
    by_name, counts, end = (
        {table.name: table for table in tables()},
        dict.fromkeys((table.name for table in tables()), 0),
        None,
    )
    with references_later(connection, tables()):
        for name, rows in _batches(records):
            if name == "end":
                end = rows[0].get("rows")
                continue
            if end is not None or name not in by_name:
                raise NotWhole(f"A row of {name!r} stands where none can be: the export was altered.")
            connection.execute(insert(by_name[name]), [_typed(by_name[name], row) for row in rows])
            counts[name] += len(rows)
    if end != counts:
        raise NotWhole(
            "The export is cut or was altered: it ends with other counts than it has rows. Nothing was kept."
        )
    word_index.fill(connection)
    set_sequences(connection, Base.metadata.sorted_tables)
    note_sizes(connection, Base.metadata.sorted_tables)
    root = content_root(connection).hex()
    if root != head["content_root"]:
        raise NotWhole(
            f"The rows have the content root {root}, not that of the store that was exported. Nothing was kept."
        )
    return Restored(counts, root)


def _check_head(head: Mapping[str, Any]) -> None:
    if head.get("record") != "store" or head.get("format") != FORM:
        raise NotWhole("This is no export of a whole store (--scope store) of a form that this program knows.")
    if head.get("schema") != SCHEMA_REVISION:
        raise NotWhole(
            f"The export is of a store with schema {head.get('schema')}; this program has {SCHEMA_REVISION}. Restore it with the"
            " version that wrote it: the next one brings the store up to date."
        )


def _batches(records: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Neighbours of one kind together, as many as are put in at once."""
    kind, batch = "", list[Mapping[str, Any]]()
    for record in records:
        name = str(record.get("record"))
        if batch and (name != kind or len(batch) == _AT_ONCE):
            yield kind, batch
            batch = []
        kind = name
        batch.append(record)
    if batch:
        yield kind, batch


def _typed(table: Table, record: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the table has it. Anything that doesn't fit is told as damage of the export."""
    try:
        values = {name: value for name, value in record.items() if name != "record"}
        if table is _body:
            return _body_row(values)
        if table is _content:
            told = values.pop("article")
            article = encode_stored(told) if "blocks" in told else _data(told)
            codec, packed = bodies.compress(article)
            return _columns(table, values) | {"codec": codec, "article": packed}
        return _columns(table, values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotWhole(f"A row of {table.name} can't be read ({error!r}): the export was altered.") from error


def _columns(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in values.items()}


def _value(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, LargeBinary):
        return bytes.fromhex(value)
    return datetime.fromisoformat(value) if isinstance(type_, Instant) else value


def _body_row(values: Mapping[str, Any]) -> dict[str, Any]:
    data = _data(values)
    codec, packed = bodies.compress(data)
    return {"sha256": bytes.fromhex(values["sha256"]), "size": len(data), "codec": codec, "data": packed}


def _data(values: Mapping[str, Any]) -> bytes:
    text = values.get("text")
    return text.encode("utf-8") if text is not None else b64decode(values["base64"], validate=True)
