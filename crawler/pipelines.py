"""Hands captures to storage, off the event loop, in batches of at most 50 captures or 2 seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from crawler.wiring import session_of, spider_of
from storage.errors import StorageError
from storage.records import Capture

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.session import Session

logger = logging.getLogger(__name__)

BATCH: Final = 50
BATCH_SECONDS: Final = 2.0


class CapturePipeline:
    """The buffer is swapped before anything is awaited, and one lock keeps batches in order."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._buffer: list[Capture] = []
        self._writing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._flushes: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CapturePipeline:
        return cls(crawler)

    @property
    def _session(self) -> Session:
        return session_of(self._crawler)

    async def process_item(self, item: Capture) -> Capture:
        self._buffer.append(item)
        if len(self._buffer) >= BATCH:
            await self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self._flush_soon)
        return item

    async def close_spider(self) -> None:
        await self._flush()
        if self._flushes:
            await asyncio.gather(*self._flushes)

    def _flush_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self._flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._buffer = self._buffer, []
        if not batch:
            return
        async with self._writing:
            await self._write(batch)

    async def _write(self, batch: list[Capture]) -> None:
        if self._session.storage_error is not None:
            return
        # The archive has begun each transaction anew where that could help. A batch is never kept twice from here: it may have
        # been recorded, and only what comes behind have failed.
        try:
            await asyncio.to_thread(self._session.keep, batch)
        except StorageError as error:
            self._give_up(error)
        except Exception as error:
            logger.exception("a batch could not be written")
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._session.storage_error = error
        with contextlib.suppress(RuntimeError):
            spider_of(self._crawler).store_failed(error)
