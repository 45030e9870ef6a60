"""Whole crawls of the replica, without a reactor, many in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.options import CrawlOptions
from crawler.run import CrawlSummary, crawl_without_reactor
from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage import queries
from storage.engine import open_store
from storage.records import Event, RunMode


class Rig:
    """A replica, a store and a crawl: what the tests of the crawler stand on."""

    def __init__(self, site: ReplicaSite, server: ReplicaServer, db_url: str) -> None:
        self.site = site
        self.server = server
        self.db_url = db_url

    def crawl(self, mode: RunMode = RunMode.FULL, **changes: Any) -> CrawlSummary:
        given = {"delay": 0, "backoff": 0, **changes}
        self.server.clear_log()
        return crawl_without_reactor(CrawlOptions(self.db_url, mode=mode, base_url=self.server.base_url, **given))

    def events(self, run: CrawlSummary) -> list[Event]:
        engine = open_store(self.db_url, write=False)
        try:
            return list(queries.changes(engine, run_id=run.run_id))
        finally:
            engine.dispose()

    def states(self) -> dict[str, str]:
        """Path to state, without the final slash."""
        engine = open_store(self.db_url, write=False)
        try:
            return {"/" + p.url.split("/", 3)[3].rstrip("/"): p.state.value for p in queries.pages(engine)}
        finally:
            engine.dispose()

    def state(self, address: str) -> str:
        return self.states()[address.rstrip("/")]

    @property
    def asked(self) -> list[str]:
        """The paths that the server saw, robots.txt left out."""
        return [request.path for request in self.server.log if request.path != "/robots.txt"]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    servers = []

    def make(articles: int = 12, markup: str = "divs", seed: int = 3, **options: Any) -> Rig:
        site = ReplicaSite(articles, markup, seed, **options)
        server = ReplicaServer(site).start()
        servers.append(server)
        return Rig(site, server, f"sqlite:///{tmp_path / 'store.db'}")

    yield make
    for server in servers:
        server.stop()
