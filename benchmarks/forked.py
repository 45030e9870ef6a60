"""The program, imported once and forked for each command: a real process to kill, without the second that a start costs.

It reads orders on stdin, a JSON object a line: ``arguments``, the files for ``out`` and ``err``, and the name of a ``control`` of
``benchmarks.reckless`` or null. For each it says the child's id; ``ended`` when the child has ended in whatever way; and, once it
is told ``reap``, the child's exit code. Until then the id is nobody else's, so that it can be killed at any moment.

Here runs no thread, no reactor is chosen and no database is open: a child begins as a start of ``python -m watch`` would.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from benchmarks.reckless import CONTROLS

WARM: Final = (
    "watch.cli",
    "crawler.run",
    "crawler.importing",
    "crawler.pipelines",
    "crawler.middlewares.pace",
    "crawler.middlewares.retry",
    "crawler.middlewares.robots",
    "crawler.middlewares.scope",
    "crawler.middlewares.whole_body",
    "alembic.command",
    "alembic.runtime.migration",
    "pydantic",
    "requests",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.extensions.feedexport",
    "scrapy.extensions.telnet",
    "scrapy.pqueues",
    "scrapy.squeues",
    "tldextract",
    "reports.report",
    "reports.exports.csvfile",
    "reports.exports.evidence",
    "reports.exports.jsonl",
    "storage.backup",
    "storage.compacting",
    "storage.moving",
    "storage.proofs",
    "storage.queries",
    "watch.judging",
    "watch.progress",
    "watch.store",
)
IF_THERE: Final = ("aiohttp.web", "uvloop")
"""Scrapy imports them where they are installed."""
REACTOR: Final = "twisted.internet.reactor"


def main() -> None:
    for name in WARM:
        import_module(name)
    for name in IF_THERE:
        with suppress(ImportError):
            import_module(name)
    if threading.active_count() > 1 or REACTOR in sys.modules:
        raise RuntimeError("a fork would take a thread or a reactor along")
    gc.collect()
    gc.freeze()
    told = os.dup(1)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os.close(told)
            _obey(order)
        _say(told, child)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        _say(told, "ended")
        sys.stdin.readline()
        _say(told, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _say(told: int, what: object) -> None:
    os.write(told, f"{what}\n".encode())


def _obey(order: dict[str, Any]) -> None:
    """What ``python -m watch`` does; it doesn't come back."""
    code = 70
    try:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        out, err = (os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("out", "err"))
        for descriptor, number in ((nowhere, 0), (out, 1), (err, 2)):
            os.dup2(descriptor, number)
        if order["control"]:
            CONTROLS[order["control"]]()
        from watch import cli, output

        output.prepare_streams()
        code = cli.run(order["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
