"""What all tests have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage import engine as engines
from storage import schema
from tests.browser import chrome
from tests.ready import known_statements, ready_stores

__all__ = ["chrome"]


@pytest.fixture(scope="session", autouse=True)
def _ready_stores() -> Iterator[None]:
    with ready_stores(), known_statements():
        yield


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """New stores are made by the migrations themselves, as the program does."""
    monkeypatch.setattr(engines, "upgrade", schema.upgrade)
