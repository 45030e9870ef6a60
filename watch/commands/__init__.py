"""One file for each group of commands. A command imports the rooms that it needs when it runs: ``--help`` and a wrong argument
cost no Scrapy and no database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from watch.commands.backup import backup
from watch.commands.changes import changes
from watch.commands.compact import compact
from watch.commands.copying import copy_to
from watch.commands.crawl import crawl
from watch.commands.demo import demo
from watch.commands.evidence import evidence
from watch.commands.export import export
from watch.commands.feed import feed
from watch.commands.importing import import_
from watch.commands.notify import notify
from watch.commands.pages import history, pages
from watch.commands.prune import prune
from watch.commands.read import read
from watch.commands.report import report
from watch.commands.reread import reread
from watch.commands.search import search
from watch.commands.stamp import stamp
from watch.commands.stats import stats
from watch.commands.status import status
from watch.commands.templates import templates
from watch.commands.verify import verify
from watch.commands.versions import diff, show

COMMANDS: Final[dict[str, Callable[..., Any]]] = {
    "crawl": crawl,
    "changes": changes,
    "pages": pages,
    "history": history,
    "search": search,
    "show": show,
    "diff": diff,
    "report": report,
    "feed": feed,
    "export": export,
    "evidence": evidence,
    "import": import_,
    "read": read,
    "reread": reread,
    "compact": compact,
    "prune": prune,
    "templates": templates,
    "verify": verify,
    "stamp": stamp,
    "notify": notify,
    "backup": backup,
    "copy-to": copy_to,
    "stats": stats,
    "status": status,
    "demo": demo,
}
