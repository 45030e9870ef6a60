"""One pass of a process that crawls, puts notices together and sends them: run to its end, or killed at a step.

Each step of it (a statement, a commit, a message going out, its answer coming in) is told by a letter on a pipe; the kill comes
behind a chosen letter, or up to three milliseconds later. The process is forked, so that it is a real one and starts at once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.request import Request, urlopen
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from reports.notices.posting import Post, posts_of
from reports.notices.sender import Report, Sender
from reports.notices.wording import Message
from storage import outbox
from storage.archive import Archive
from storage.engine import open_store
from storage.notice_rules import Rule, When
from storage.records import Article, Block, BlockKind, Capture, Outcome, RunMode, RunOutcome, RunReport
from storage.transactions import written
from watch.judging import judged_events

PAGES: Final = 6
EDITED: Final = 4
"""Of them in a pass; with what two killed ones left it stays below what is told in one summary."""
START: Final = datetime(2026, 3, 1, 6, tzinfo=UTC)
RULES: Final = ("one", "day")
STATEMENT, COMMIT, GOES, ANSWERED = "s", "c", "p", "a"
APART = "-"
"""Told by the control alone, between the run's last commit and the outbox's own."""
GAP: Final = 0.02
"""Seconds that the control stays there, as long as a commit waits for a disk: a kill at its letter comes in between."""
RECORDING, TOGETHER, SENDING = "R", "T", "S"
PHASES: Final = (RECORDING, TOGETHER, SENDING)


@dataclass(frozen=True, slots=True)
class Order:
    """``day``: of this pass. ``kill_at``: behind so many steps, None: never; of a ``letter`` alone where one is given.
    ``behind``: so many seconds later."""

    file: str
    port: int
    day: int
    seed: int
    crawls: bool = True
    kill_at: int | None = None
    letter: str = ""
    behind: float = 0.0
    control: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """``steps``: the letters that were told until the end."""

    was_killed: bool
    steps: str


def rules(port: int) -> list[Rule]:
    hook = f"json://127.0.0.1:{port}"
    return [
        Rule("one", (f"{hook}/one",)),
        Rule("day", (f"{hook}/day",), when=When.DAILY, zone=ZoneInfo("UTC")),
    ]


_ENGINES: Final[dict[str, Engine]] = {}


def warm(order: Order) -> str:
    """A pass in this very process, which forks the others: they find every statement compiled that it needed. Its steps.

    Apprise isn't called here: it sends from a thread that it keeps, and that no fork would have.
    """
    posts_of(rules(order.port)[0], {}, "-")
    if order.file not in _ENGINES:
        _ENGINES[order.file] = open_store(f"sqlite:///{order.file}", write=True)
    steps: list[str] = []
    _pass(order, steps.append, by=lambda _post: _Threadless(order.port))
    # No connection goes along into a child.
    _ENGINES[order.file].dispose()
    return "".join(steps)


def run(order: Order) -> Passed:
    """In a process without threads: it forks."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(here)
            _pass(order, lambda letter: os.write(there, letter.encode()))
            code = 0
        finally:
            os._exit(code)
    os.close(there)
    steps, was_killed = _watched(order, child, here)
    os.close(here)
    status = os.waitpid(child, 0)[1]
    if not was_killed and os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"a pass failed by itself: {order}")
    return Passed(was_killed and os.WIFSIGNALED(status), steps)


def _watched(order: Order, child: int, pipe: int) -> tuple[str, bool]:
    steps = b""
    while letters := os.read(pipe, 1 if order.kill_at is not None else 4096):
        steps += letters
        told = steps.count(order.letter.encode()) if order.letter else len(steps)
        if order.kill_at is not None and told >= order.kill_at:
            time.sleep(order.behind)
            os.kill(child, signal.SIGKILL)
            return steps.decode(), True
    return steps.decode(), False


# --- the process ------------------------------------------------------------------------------------------------------
def _pass(order: Order, tell: Callable[[str], object], by: Callable[[Any], Any] = lambda post: post) -> None:
    engine, now = _ENGINES[order.file], START + timedelta(days=order.day)
    heard = {
        "before_cursor_execute": lambda *_: void(tell(STATEMENT)),
        "commit": lambda *_: void(tell(COMMIT)),
    }
    for name, listener in heard.items():
        listening.listen(engine, name, listener)
    with _without(order.control):
        if order.crawls:
            tell(RECORDING)
            apart = (lambda: void(tell(APART))) if order.control == "apart" else None
            crawl(engine, now, order.day, order.seed, apart)
        tell(TOGETHER)
        send(engine, order.port, now, lambda post: _Told(by(post), tell), lambda: void(tell(SENDING)))
    for name, listener in heard.items():
        listening.remove(engine, name, listener)


def void(_: object) -> None:
    """SQLAlchemy takes what a listener gives for a statement."""


class _Threadless:
    """What a webhook gets from Apprise, without it."""

    longest = None

    def __init__(self, port: int) -> None:
        self._hook = f"http://127.0.0.1:{port}/"

    def send(self, message: Message) -> None:
        body = json.dumps({"title": message.title, "message": message.body, **message.fields}).encode()
        with urlopen(Request(self._hook, body, method="POST"), timeout=30):
            pass


class _Told:
    """An address whose steps are told."""

    def __init__(self, post: Any, tell: Callable[[str], object]) -> None:
        self._post, self._tell = post, tell
        self.longest = post.longest

    def send(self, message: Message) -> None:
        self._tell(GOES)
        self._post.send(message)
        self._tell(ANSWERED)


def send(
    engine: Engine,
    port: int,
    now: datetime,
    wrapped: Callable[[Post], Any] = lambda post: post,
    between: Callable[[], None] = lambda: None,
) -> Report:
    given = rules(port)
    posts = {rule.name: {name: wrapped(post) for name, post in posts_of(rule, {}, "-").items()} for rule in given}
    sender = Sender(
        engine, given, lambda engine, **which: (item for item, _ in judged_events(engine, **which)), lambda: now
    )
    sender.put_together()
    between()
    return sender.send(posts)


def crawl(engine: Engine, now: datetime, day: int, seed: int, apart: Callable[[], None] | None = None) -> None:
    """A day's crawl of a few pages, of which some were edited since the day before, each in its own way.

    ``apart``: the outbox is written in a transaction of its own, and this is called before it.
    """
    archive = Archive(engine, clock=lambda: now, rules=() if apart else RULES)
    run_id = archive.begin_run("csto-en", RunMode.FULL, reader_version="1", program_version="0")
    names = [f"https://example.org/news/page-{page}" for page in range(PAGES)]
    archive.note_listed(run_id, [(name, f"{name}/") for name in names])
    archive.record(run_id, [_capture(name, page, day, seed, now) for page, name in enumerate(names)])
    archive.settle_batch(run_id)
    archive.settle(run_id, RunReport(RunOutcome.COMPLETE, 0, True, True, True, PAGES, PAGES * 1000))
    if apart:
        apart()
        time.sleep(GAP)
        written(engine, lambda connection: outbox.enqueue(connection, RULES, now))


def _capture(name: str, page: int, day: int, seed: int, now: datetime) -> Capture:
    edited = max(each for each in range(day + 1) if each == 0 or page in _edited(each, seed))
    chance = random.Random(f"{seed} {page} {edited}")
    words = " ".join(chance.choices(("exercise", "council", "border", "staff", "medal", "bridge", "report"), k=12))
    blocks = (Block(BlockKind.PARAGRAPH, f"Page {page} of day {edited}: {words}."),)
    article = Article(f"Page {page}", date(2026, 2, 1), "en", blocks)
    body = f"{article!r} {day}".encode()
    return Capture(
        name, Outcome.OK, now, article=article, body=body, reader_version="1", http_status=200, media_type="text/html"
    )


def _edited(day: int, seed: int) -> list[int]:
    return random.Random(f"{seed} {day}").sample(range(PAGES), EDITED)


# --- controls: what must be found -------------------------------------------------------------------------------------
def _without(control: str | None) -> Any:
    from contextlib import nullcontext
    from unittest.mock import patch

    if control == "marks_first":
        return patch.object(Sender, "_try", _marks_first)
    if control == "no_id_kept":
        return patch("reports.notices.sender.worded", _with_another_id)
    return nullcontext()


def _marks_first(sender: Any, due: outbox.Due, post: Any) -> bool:
    now = sender._clock()
    written(sender._engine, lambda connection: outbox.mark_sent(connection, due.delivery_id, now))
    post.send(sender.message(due))
    return True


def _with_another_id(notice: Any, longest: int | None = None) -> Message:
    from dataclasses import replace

    from reports.notices.wording import worded

    return worded(replace(notice, id=str(uuid4())), longest)


def moments(steps: str) -> Iterator[tuple[str, range]]:
    """The letters of each phase of a whole pass, by their numbers from 1."""
    starts = [(steps.index(phase), phase) for phase in PHASES if phase in steps]
    ends = [start for start, _ in starts[1:]] + [len(steps)]
    for (start, phase), end in zip(starts, ends, strict=True):
        yield phase, range(start + 1, end + 1)
