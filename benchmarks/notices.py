"""Notices through ``kill -9``: each event is received at least once, by its id once, and under no second id.

One store is crawled day by day, and what changed is sent to a receiver on loopback, at once and as a daily digest, by a process
that is killed at a moment of its recording, putting together or sending (a third each, whatever its share of the time). The
controls lack one protection each and must be caught: marked before it is sent; another id in each try; an outbox that is
written behind the transaction of the events.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from benchmarks.notice_passes import (
    ANSWERED,
    APART,
    GAP,
    GOES,
    RULES,
    START,
    Order,
    crawl,
    moments,
    run,
    send,
    warm,
)
from benchmarks.shares import wilson, workers
from storage import outbox
from storage.engine import open_store, reading
from storage.models import DeliveryRow, table_of
from storage.verify import verify

KILLS: Final = 300
CONTROL_KILLS: Final = 40
STORES: Final = 3
"""Worked on side by side."""
CONTROLS: Final = ("marks_first", "no_id_kept", "apart")
IN_A_ROW: Final = 2
"""After so many kills a pass is let run to its end."""
TRIES: Final = 10


@dataclass
class Receiver:
    """What it got, in order; while it is ``down`` it answers 503 and keeps nothing."""

    port: int = 0
    is_down: bool = False
    got: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not receiver.is_down:
                receiver.got.append(json.loads(body))
            self.send_response(503 if receiver.is_down else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def figures(part: bool, seed: int) -> dict[str, Any]:
    kills, of_control = (KILLS // 20, CONTROL_KILLS // 2) if part else (KILLS, CONTROL_KILLS)
    stores = 1 if part else STORES
    with ThreadPoolExecutor(STORES) as side_by_side:
        rows = [side_by_side.submit(killed, kills // stores, seed + store) for store in range(stores)]
        controls = {name: side_by_side.submit(killed, of_control, seed + STORES, name) for name in CONTROLS}
        late = side_by_side.submit(down, seed)
        return {
            "killed": together([row.result() for row in rows]),
            "down": late.result(),
            "controls": {name: row.result() for name, row in controls.items()},
        }


def together(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of several stores as one, with the 95 % bound of what may be lost or told twice all the same."""
    found = {name: sum((row[name] for row in rows), type(rows[0][name])()) for name in rows[0]}
    wrong = found["lost"] + found["under_two_ids"]
    return found | {"wrong_below": wilson(wrong, found["to_be_told"])[1]}


def is_good(found: dict[str, Any]) -> bool:
    row, controls = found["killed"], found["controls"]
    is_whole = not any(row[name] for name in ("lost", "under_two_ids", "changed_under_an_id", "unmarked", "damaged"))
    caught = (
        controls["marks_first"]["lost"] > 0,
        controls["no_id_kept"]["under_two_ids"] > 0,
        controls["apart"]["lost"] > 0,
    )
    late = found["down"]
    return is_whole and row["received_again"] > 0 and all(caught) and late["tries"] >= TRIES and late["missing"] == 0


def killed(kills: int, seed: int, control: str | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, receiving() as receiver, workers(1) as pool:
        file, chance, where = str(Path(folder) / "store.db"), random.Random(seed), Counter[str]()
        for day in (0, 1, 2):
            whole = pool.submit(warm, Order(file, receiver.port, day, seed)).result()
        day, row, done = 3, 0, 0
        while done < kills:
            order = Order(file, receiver.port, day, seed, control=control)
            if row < IN_A_ROW:
                order = replace(order, **(_apart(chance) if control == "apart" else _moment(whole, chance)))
            passed = pool.submit(run, order).result()
            day += 1
            row = row + 1 if passed.was_killed else 0
            if passed.was_killed:
                done += 1
                where[_where(passed.steps)] += 1
            else:
                whole = passed.steps
        # Two days on, so that the last digest is due too.
        for more in (0, 2):
            pool.submit(run, Order(file, receiver.port, day + more, seed, control=control)).result()
        pool.submit(run, Order(file, receiver.port, day + 4, seed, crawls=False, control=control)).result()
        return {"kills": done, "killed_while": where, **judged(file, receiver.got)}


def _memory() -> str | None:
    """A kill of the process loses nothing that the kernel has, wherever that lies: no disk needs to be waited for."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _moment(whole: str, chance: random.Random) -> dict[str, Any]:
    """Half of them amid a message: behind its going out, or its answer. Else a step of one of the three phases.

    A message is told by its letter and not by its number among all steps: what a killed pass left makes the next one longer, and
    of 15 kills by number none fell between a message and its mark.
    """
    behind = chance.choice((0.0, chance.uniform(0, 0.003)))
    if chance.random() < 0.5:
        letter = chance.choice((GOES, ANSWERED))
        return {"letter": letter, "kill_at": chance.randint(1, max(1, whole.count(letter))), "behind": behind}
    _, steps = chance.choice(list(moments(whole)))
    return {"kill_at": chance.choice(steps), "behind": behind}


def _apart(chance: random.Random) -> dict[str, Any]:
    """Behind the run's last commit: there alone an outbox that is written apart loses."""
    return {"letter": APART, "kill_at": 1, "behind": chance.uniform(0, GAP)}


def _where(steps: str) -> str:
    if "S" in steps:
        return {GOES: "a message was out", ANSWERED: "an answer was in"}.get(steps[-1], "marking a message")
    return "putting together" if "T" in steps else "recording"


def judged(file: str, got: list[dict[str, Any]]) -> dict[str, Any]:
    """What the store says was to be told, beside what was received."""
    engine = open_store(f"sqlite:///{file}", write=False)
    with reading(engine) as connection:
        events = {outbox.uid_of(outbox.key_of(row)) for row in connection.execute(outbox.news())}
        delivery = table_of(DeliveryRow)
        marked = set(connection.scalars(select(delivery.c.state)))
    damage = verify(engine)
    engine.dispose()
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    told: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for message in got:
        uids = tuple(sorted(event["uid"] for event in message["events"]))
        told[message["id"]].add(uids)
        for uid in uids:
            ids[message["rule"], uid].add(message["id"])
    wanted = {(rule, uid) for rule in RULES for uid in events}
    return {
        "events": len(events),
        "to_be_told": len(wanted),
        "messages": len(told),
        "received_again": len(got) - len(told),
        "lost": len(wanted - set(ids)),
        "under_two_ids": sum(len(each) > 1 for each in ids.values()),
        "changed_under_an_id": sum(len(each) > 1 for each in told.values()),
        "never_recorded": len(set(ids) - wanted),
        "unmarked": len(marked - {outbox.SENT}),
        "damaged": len(damage),
    }


def down(seed: int) -> dict[str, Any]:
    """A receiver that answers 503 until each message was tried ten times, and then takes them."""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, receiving() as receiver:
        file = str(Path(folder) / "store.db")
        engine = open_store(f"sqlite:///{file}", write=True)
        for day in (0, 1):
            crawl(engine, START + timedelta(days=day), day, seed)
        receiver.is_down, now = True, START + timedelta(days=2)
        tries, passes = 0, 0
        while tries < TRIES:
            send(engine, receiver.port, now)
            now, passes = now + timedelta(hours=7), passes + 1
            tries = _least_tried(engine)
        receiver.is_down = False
        send(engine, receiver.port, now)
        engine.dispose()
        found = judged(file, receiver.got)
        return {"tries": tries, "passes": passes, "messages": found["messages"], "missing": found["lost"]}


def _least_tried(engine: Any) -> int:
    delivery = table_of(DeliveryRow)
    with reading(engine) as connection:
        return min(connection.scalars(select(delivery.c.tries)), default=0)


if __name__ == "__main__":
    found = figures(part=True, seed=1)
    print(json.dumps(found, indent=1), is_good(found))
