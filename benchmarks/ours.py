"""One crawl of ours in a process of its own: ``python -m benchmarks.ours BASE_URL DB_URL [--split]``.

Prints one JSON line: the run's summary, CPU seconds of the crawl alone, and with ``--split`` where they went.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import storage.bodies
from crawler.options import CrawlOptions
from crawler.pages.learning import Learner
from crawler.run import crawl
from crawler.session import Session
from storage.records import RunMode

SPENT: Counter[str] = Counter()
CONCURRENCY = 16


def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """CPU time of the calling thread."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        started = time.thread_time()
        try:
            return call(*args, **kwargs)
        finally:
            SPENT[name] += time.thread_time() - started

    return wrapper


def split() -> None:
    for name in ("read", "conclude"):
        setattr(Learner, name, timed("read", getattr(Learner, name)))
    for name in ("compress", "compress_behind"):
        setattr(storage.bodies, name, timed("compress", getattr(storage.bodies, name)))
    setattr(storage.bodies.Prefix, "compress", timed("compress", storage.bodies.Prefix.compress))  # noqa: B010
    Session.keep = timed("store", Session.keep)
    Session.settle = timed("store", Session.settle)


def main() -> None:
    base_url, db_url = sys.argv[1:3]
    if "--split" in sys.argv:
        split()
    options = CrawlOptions(
        db_url,
        mode=RunMode.FULL,
        base_url=base_url,
        delay=0,
        concurrency=8,
        overrides={"CONCURRENT_REQUESTS": CONCURRENCY},
    )
    started = time.process_time()
    summary = crawl(options)
    cpu = time.process_time() - started
    parts = {
        "read": SPENT["read"],
        "compress": SPENT["compress"],
        "store": SPENT["store"] - SPENT["compress"],
        "download": cpu - SPENT["read"] - SPENT["store"],
    }
    print(
        json.dumps(
            {
                "cpu": cpu,
                "exit_code": int(summary.exit_code),
                "requests": summary.requests,
                "captures": summary.captures,
                "events": summary.events,
                "note": summary.note,
                "parts": parts if SPENT else None,
            }
        )
    )


if __name__ == "__main__":
    main()
