"""The stores that the tests put in the place of migrated ones are those that the migrations make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from storage import engine as engines
from storage import schema
from storage.engine import open_store
from tests.storage.old_stores import rows_of
from tests.storage.stage import Stage, article


def test_a_store_from_the_copy_is_the_file_that_the_migrations_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [_made(tmp_path / f"{number}.db") for number in range(2)]
    monkeypatch.setattr(engines, "upgrade", schema.upgrade)
    migrated = _made(tmp_path / "migrated.db")
    assert copies == [migrated, migrated]


def _made(file: Path) -> bytes:
    open_store(f"sqlite:///{file}", write=True).dispose()
    assert not file.with_name(f"{file.name}-wal").exists()
    return file.read_bytes()


@pytest.mark.server
def test_a_schema_from_the_script_is_the_one_that_the_migrations_made(
    server_url: str, another_server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = open_store(server_url, write=True)
    monkeypatch.setattr(engines, "upgrade", schema.upgrade)
    migrated = open_store(another_server_url, write=True)
    assert _looks_of(copy) == _looks_of(migrated)
    assert rows_of(copy) == rows_of(migrated)
    copy.dispose()
    migrated.dispose()


_LOOKS = {
    "columns": "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, identity_generation"
    " FROM information_schema.columns WHERE table_schema = current_schema()",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace",
    "sequences": "SELECT sequencename, start_value, increment_by, last_value FROM pg_sequences"
    " WHERE schemaname = current_schema()",
}


def _looks_of(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        name = inspect(connection).default_schema_name
        assert name
        found = {
            kind: sorted(str(row).replace(name, "") for row in connection.execute(text(sql)))
            for kind, sql in _LOOKS.items()
        }
    assert all(found[kind] for kind in ("columns", "indexes", "constraints"))
    return found


def test_engines_of_one_database_share_what_was_compiled_and_no_rows(db_url: str, tmp_path: Path) -> None:
    stage, other = Stage(db_url), Stage(f"sqlite:///{tmp_path / 'other.db'}")
    stage.crawl({"a": article("First.")})
    assert (stage.told(), other.events()) == (["new a"], [])
    stage.close()
    other.close()
