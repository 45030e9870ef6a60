"""Imports run one way (docs/data-model.md): watch -> crawler, reports -> storage; the replica stands alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"crawler", "storage", "reports", "watch", "replica", "tests", "benchmarks"}
ALLOWED = {
    "watch": {"watch", "crawler", "reports", "storage", "replica"},
    "crawler": {"crawler", "storage"},
    "reports": {"reports", "storage"},
    "storage": {"storage"},
    "replica": {"replica"},
}
PAGES_MAY_NOT = {"scrapy", "twisted", "sqlalchemy", "alembic", "socket", "urllib.request", "time", "aiohttp"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in files
        for name in imports_of(path)
        if name.partition(".")[0] in ROOMS - ALLOWED[room]
    }
    assert not wrong


def test_the_readers_of_pages_know_no_network_no_store_and_no_clock() -> None:
    files = list((ROOT / "crawler" / "pages").glob("*.py"))
    assert len(files) > 5
    wrong = {(p.name, name) for p in files for name in imports_of(p) for bad in PAGES_MAY_NOT if _is_of(name, bad)}
    assert not wrong


def test_the_readers_of_pages_take_only_records_from_storage() -> None:
    names = {n for p in (ROOT / "crawler" / "pages").glob("*.py") for n in imports_of(p) if n.startswith("storage.")}
    assert {".".join(name.split(".")[:2]) for name in names} <= {"storage.records"}


def _is_of(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")
