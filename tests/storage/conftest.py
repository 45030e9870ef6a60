"""Every test of the record runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.storage.cluster import private_cluster
from tests.storage.stage import Stage

_schemas = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one that CSTO_WATCH_TEST_PG names, else a private one."""
    named = os.environ.get("CSTO_WATCH_TEST_PG")
    if named:
        yield named
        return
    with private_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def administrator(postgresql: str) -> Iterator[Engine]:
    """The connection that makes schemas and drops them."""
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty place for a store: a file that isn't there, or a schema without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    yield from _schema(request.getfixturevalue("administrator"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def stage(db_url: str) -> Iterator[Stage]:
    opened = Stage(db_url)
    yield opened
    opened.close()


def _schema(administrator: Engine) -> Iterator[str]:
    schema = f"csto_{os.getpid()}_{next(_schemas)}"
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = administrator.url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with administrator.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty schema on the server, for tests that need both databases at once."""
    yield from _schema(request.getfixturevalue("administrator"))


another_server_url = server_url
