"""What somebody with the file and SQL can do to a closed store: is every row that was altered, removed or swapped named?

One value of each column is altered, the last row of each table removed, a whole run taken out with all that it added, and two
bodies' bytes swapped. ``verify`` must find each, and say which row it was.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, LargeBinary, Table, Text

from storage.engine import open_store
from storage.errors import StorageError
from storage.models import Base
from storage.verify import verify

Rows = dict[str, list[tuple[Any, ...]]]
Named = tuple[str, str]
"""A table and the key of a row in it, as ``verify`` prints them."""
Done = Callable[[sqlite3.Connection], None]


def damage_of(file: Path) -> list[Named] | None:
    """The rows that ``verify`` names; None where the program refuses the store."""
    try:
        engine = open_store(f"sqlite:///{file}", write=False)
    except StorageError:
        return None
    try:
        return [(damage.what, damage.where) for damage in verify(engine)]
    except StorageError:
        return None
    finally:
        engine.dispose()


def tampered(whole: Path, change: Done) -> list[Named] | None:
    """What is found in a copy of the store in which something was changed; LookupError where SQLite won't have it."""
    copy = whole.with_name("tampered.db")
    shutil.copy(whole, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        try:
            change(connection)
            connection.commit()
        except sqlite3.IntegrityError as error:
            raise LookupError(str(error)) from error
        connection.execute("PRAGMA journal_mode=DELETE")
    return damage_of(copy)


def figures(whole: Path, before: Rows, *, part: bool = False) -> dict[str, Any]:
    """``part``: of each column the last row that has a value, and not the first too."""
    columns = dict(_columns(whole, before, part=part))
    removed = dict(_removed(whole, before))
    run = tampered(whole, _take_out_run(before))
    swapped, bodies = _swapped(whole)
    return {
        "columns_altered": len(columns),
        "columns_unseen": sorted(name for name, found in columns.items() if found == "unseen"),
        "columns_seen_not_named": sorted(name for name, found in columns.items() if found == "seen"),
        "rows_removed": len(removed),
        "rows_removed_unseen": sorted(name for name, found in removed.items() if found == "unseen"),
        "rows_removed_not_named": sorted(name for name, found in removed.items() if found == "seen"),
        "run_taken_out_named": run is None or ("seal", str(_middle(before)[1])) in run,
        "swapped_bodies_named": swapped is None or all(("body", body) in swapped for body in bodies),
        "tables_without_rows": sorted(name for name, rows in before.items() if not rows),
    }


def is_good(row: dict[str, Any]) -> bool:
    empty = ("columns_unseen", "columns_seen_not_named", "rows_removed_unseen", "rows_removed_not_named")
    return not any(row[name] for name in empty) and row["run_taken_out_named"] and row["swapped_bodies_named"]


def _verdict(found: Sequence[Named] | None, row: Named, also: Sequence[Named] = ()) -> str:
    """A store that can't be opened any more is found; there no row can be named."""
    if found is None or any(each in found for each in (row, *also)):
        return "named"
    return "seen" if found else "unseen"


# --- one value of each column ----------------------------------------------------------------------------------------
def _columns(whole: Path, before: Rows, *, part: bool) -> Iterator[tuple[str, str]]:
    """For each column that holds a value anywhere, whether another value in the first or last row that has one is found."""
    for table in Base.metadata.sorted_tables:
        for place, column in enumerate(table.columns):
            rows = [row for row in before[table.name] if row[place] is not None]
            for row in rows[-1:] if part else rows[:: max(1, len(rows) - 1)]:
                with suppress(LookupError):
                    verdict = _altered(whole, table, column, row)
                    yield (
                        f"{table.name}.{column.name}" if row is rows[-1] else f"{table.name}.{column.name} (first)",
                        verdict,
                    )


def _altered(whole: Path, table: Table, column: Column[Any], row: tuple[Any, ...]) -> str:
    key = next(iter(table.primary_key))
    own = row[list(table.columns).index(key)]

    def change(connection: sqlite3.Connection) -> None:
        where = f"{key.name} = ?"
        connection.execute(f"UPDATE {table.name} SET {column.name} = {_other(column)} WHERE {where}", (own,))

    found = tampered(whole, change)
    # A row whose key was altered is one that is missing, and one that is too many.
    return _verdict(found, (table.name, _shown(own)), _beside(table, found) if column is key else ())


def _beside(table: Table, found: Sequence[Named] | None) -> list[Named]:
    """The named rows that stand for one that is missing: of its table, and of those that refer to it or that it refers to."""
    names = {other.name for other in Base.metadata.sorted_tables if table in _referred(other)}
    names |= {table.name} | {other.name for other in _referred(table)}
    if table.name == "visits":
        names.add("capture")  # that is what stands in it
    return [each for each in found or () if each[0] in names]


def _other(column: Column[Any]) -> str:
    """SQL for a value that differs in little: a number one higher, a text or bytes with another last one."""
    name = column.name
    if isinstance(column.type, LargeBinary):
        last = f"substr({name}, -1)"
        return (
            f"CAST(substr({name}, 1, length({name}) - 1) || (CASE {last} WHEN x'00' THEN x'01' ELSE x'00' END) AS BLOB)"
        )
    if isinstance(column.type, Boolean):
        return f"NOT {name}"
    if isinstance(column.type, Text):
        return f"CASE {name} WHEN '' THEN 'x' ELSE substr({name}, 1, length({name}) - 1) || '~' END"
    return f"{name} + 1"


def _shown(key: Any) -> str:
    return key.hex() if isinstance(key, bytes) else str(key)


# --- rows and runs ---------------------------------------------------------------------------------------------------
def _removed(whole: Path, before: Rows) -> Iterator[tuple[str, str]]:
    """The last row of each table but of ``closing``, which is no record: it goes whenever somebody writes."""
    for table in Base.metadata.sorted_tables:
        if not before[table.name] or table.name == "closing":
            continue
        key = next(iter(table.primary_key))
        own = before[table.name][-1][list(table.columns).index(key)]

        def change(connection: sqlite3.Connection, key: str = key.name, own: Any = own, name: str = table.name) -> None:
            connection.execute(f"DELETE FROM {name} WHERE {key} = ?", (own,))

        found = tampered(whole, change)
        yield table.name, _verdict(found, (table.name, _shown(own)), _beside(table, found))


def _referred(table: Table) -> set[Table]:
    return {key.column.table for key in table.foreign_keys}


def _middle(before: Rows) -> tuple[int, int]:
    """A sealed run that is neither the first nor the last: its id and its seal's number."""
    runs = [row for row in before["run"] if row[-1] is not None]
    run = runs[len(runs) // 2]
    return run[0], run[-1]


def _take_out_run(before: Rows) -> Done:
    run, seal = _middle(before)

    def change(connection: sqlite3.Connection) -> None:
        """With all that it added, and with its seal."""
        captures = f"SELECT id FROM capture WHERE run_id = {run}"
        versions = f"SELECT id FROM version WHERE opened_by IN ({captures})"
        for statement in (
            f"DELETE FROM event WHERE run_id = {run} OR to_version_id IN ({versions}) OR from_version_id IN ({versions})",
            f"DELETE FROM version WHERE id IN ({versions})",
            f"DELETE FROM answer WHERE capture_id IN ({captures})",
            f"DELETE FROM capture WHERE run_id = {run}",
            f"DELETE FROM seal WHERE number = {seal}",
            f"DELETE FROM run WHERE id = {run}",
        ):
            connection.execute(statement)

    return change


def _swapped(whole: Path) -> tuple[list[Named] | None, list[str]]:
    """Two bodies that stand each for itself, or behind the same, get one another's bytes."""
    with closing(sqlite3.connect(whole)) as connection:
        statement = "SELECT sha256 FROM body WHERE pack_id IS NULL AND base_sha256 IS NULL ORDER BY sha256 LIMIT 2"
        one, other = (row[0] for row in connection.execute(statement))

    def change(connection: sqlite3.Connection) -> None:
        read = "SELECT data, codec, dictionary_id FROM body WHERE sha256 = ?"
        first, second = (connection.execute(read, (digest,)).fetchone() for digest in (one, other))
        put = "UPDATE body SET data = ?, codec = ?, dictionary_id = ? WHERE sha256 = ?"
        connection.execute(put, (*second, one))
        connection.execute(put, (*first, other))

    return tampered(whole, change), [one.hex(), other.hex()]
