"""Pages that one run found changed alike: a phone number in every press block, a renamed organ. They share a group."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import gcd
from typing import Any, Final, cast

from sqlalchemy import Connection, Select, select, update

from storage.files import changed_files
from storage.hashing import canonical_fields
from storage.histories import article_of
from storage.models import EventRow, VersionRow, table_of
from storage.pieces import CHUNK, chunks
from storage.records import Article, EventKind

MANY: Final = 3
"""So many pages that changed alike make a group."""

_WORDS: Final = re.compile(r"\w+|[^\w\s]")
_GONE, _COME, _RECUT = "gone", "come", "parted otherwise"
_MUCH: Final = 60
"""Of more blocks than this the longest common order isn't looked for: what moved is told by all of them."""

_event, _version = table_of(EventRow), table_of(VersionRow)


def group_alike(connection: Connection, run_id: int) -> dict[str, int]:
    """Give the run's edits that took out and put in the very same words, links and media one group; the pages of each."""
    alike: dict[str, list[int]] = defaultdict(list)
    after = 0
    while rows := connection.execute(_edits(run_id).where(_event.c.id > after)).all():
        for row in rows:
            before, now = (article_of(connection, content_id) for content_id in (row.old, row.new))
            alike[f"{row.fields}-{change_of(before, now)}"].append(row.id)
        after = rows[-1].id
    groups: dict[str, int] = {}
    for change, events in alike.items():
        if len(events) >= MANY:
            group = f"{run_id}-{sha256(change.encode()).hexdigest()[:12]}"
            groups[group] = len(events)
            for some in chunks(events):
                connection.execute(update(_event).where(_event.c.id.in_(some)).values(change_group=group))
    return groups


def change_of(before: Article, now: Article) -> str:
    """A digest of what was taken out and put in, wherever on the page it stands and however often."""
    old, new = canonical_fields(before), canonical_fields(now)
    differences = [
        _title(old["title"], new["title"]),
        _date(old["published"], new["published"]),
        _text(cast("list[str]", old["body"]), cast("list[str]", new["body"])),
        *(_pairs(cast("list[Any]", old[name]), cast("list[Any]", new[name])) for name in ("links", "media")),
        [old["language"], new["language"]] if old["language"] != new["language"] else [],
    ]
    return sha256(json.dumps([differences, changed_files(before, now)]).encode()).hexdigest()


def taken_out(before: Article, now: Article) -> str:
    """A digest of the blocks that are gone."""
    old, new = (cast("list[str]", canonical_fields(article)["body"]) for article in (before, now))
    return sha256(json.dumps(sorted((Counter(old) - Counter(new)).elements())).encode()).hexdigest()


def share_left(before: Article, now: Article) -> float:
    """How much of the words of a text stands in another: 1 where there were none."""
    old, new = (
        Counter(re.findall(r"\w+", " ".join(block.text for block in article.blocks))) for article in (before, now)
    )
    return (old & new).total() / old.total() if old else 1.0


def _title(old: object, new: object) -> list[Any]:
    if old is None or new is None:
        return [] if old == new else [_GONE if new is None else _COME]
    return _words(str(old), str(new)) or _exactly([str(old)], [str(new)])


def _date(old: object, new: object) -> list[Any]:
    """A date that is gone from many pages is one difference, whichever dates they were."""
    if old == new:
        return []
    return [_GONE] if new is None else [_COME] if old is None else [old, new]


def _text(old: list[str], new: list[str]) -> list[Any]:
    if old == new:
        return []
    before, now = " ".join(old), " ".join(new)
    if before == now:
        return [_RECUT]
    if Counter(old) == Counter(new):
        return ["moved", *_moved(old, new)]
    # The same words in another order and in other blocks: each page has a difference of its own.
    return _words(before, now) or _exactly(old, new)


def _pairs(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[Any]:
    """Of links their targets and their words, each for itself: one target replaced is one difference, whatever it is called."""
    if old == new:
        return []
    if old and not new:
        return [_GONE]
    parts = [_counted(Counter(each[place] for each in old), Counter(each[place] for each in new)) for place in (0, 1)]
    return parts if any(parts) else _exactly(old, new)


def _words(old: str, new: str) -> list[Any]:
    return _counted(Counter(_WORDS.findall(old)), Counter(_WORDS.findall(new)))


def _counted(old: Counter[str], new: Counter[str]) -> list[Any]:
    """What was taken out and put in. A word replaced twice on one page and once on another is replaced alike."""
    out, into = old - new, new - old
    if not out and not into:
        return []
    times = gcd(*out.values(), *into.values())
    return [sorted((word, count // times) for word, count in part.items()) for part in (out, into)]


def _exactly(old: Iterable[Any], new: Iterable[Any]) -> list[Any]:
    return [list(old), list(new)]


def _moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The blocks that stand elsewhere: the rest is the heaviest part that keeps its order."""
    if len(old) > _MUCH:
        return [*old, *new]
    best: list[tuple[int, tuple[int, ...]]] = [(0, ())] * (len(new) + 1)
    for text in old:
        row = best[:]
        for place, other in enumerate(new):
            taken = (best[place][0] + len(text), (*best[place][1], place)) if text == other else (0, ())
            row[place + 1] = max(best[place + 1], row[place], taken, key=lambda each: each[0])
        best = row
    kept = set(best[-1][1])
    return sorted(text for place, text in enumerate(new) if place not in kept)


def _edits(run_id: int) -> Select[Any]:
    old, new = _version.alias("old_version"), _version.alias("new_version")
    return (
        select(_event.c.id, _event.c.fields, old.c.content_id.label("old"), new.c.content_id.label("new"))
        .join(old, old.c.id == _event.c.from_version_id)
        .join(new, new.c.id == _event.c.to_version_id)
        .where(_event.c.run_id == run_id, _event.c.kind == EventKind.EDITED.value)
        .order_by(_event.c.id)
        .limit(CHUNK)
    )
