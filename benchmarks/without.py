"""A pytest plugin (``-p benchmarks.without``): the tests with one rule of the reader switched off, named in ``WITHOUT_RULE``."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from benchmarks.ablation import RULES, switched_off

NAME = "WITHOUT_RULE"
_off = ExitStack()


def pytest_collection_finish() -> None:
    """Behind the import of the tests, which may have names of the reader's by then."""
    if os.environ.get(NAME):
        _off.enter_context(switched_off(RULES[os.environ[NAME]]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    print(f"\ntests failing: {session.testsfailed}")


def pytest_unconfigure() -> None:
    _off.close()
