"""Pages that one run found changed alike: a phone number in every press block, a renamed organ. They share a group."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from hashlib import sha256
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

_event, _version = table_of(EventRow), table_of(VersionRow)


def group_alike(connection: Connection, run_id: int) -> None:
    """Give the run's edits that took out and put in the very same words, links and media one group."""
    alike: dict[str, list[int]] = defaultdict(list)
    after = 0
    while rows := connection.execute(_edits(run_id).where(_event.c.id > after)).all():
        for row in rows:
            before, now = (article_of(connection, content_id) for content_id in (row.old, row.new))
            alike[f"{row.fields}-{change_of(before, now)}"].append(row.id)
        after = rows[-1].id
    for change, events in alike.items():
        if len(events) >= MANY:
            group = f"{run_id}-{sha256(change.encode()).hexdigest()[:12]}"
            for some in chunks(events):
                connection.execute(update(_event).where(_event.c.id.in_(some)).values(change_group=group))


def change_of(before: Article, now: Article) -> str:
    """A digest of what was taken out and put in, wherever on the page it stands, and of the files with other bytes."""
    differences = [
        [sorted((one - other).elements()) for one, other in ((old, new), (new, old))]
        for old, new in zip(_parts(before), _parts(now), strict=True)
    ]
    return sha256(json.dumps([differences, changed_files(before, now)]).encode()).hexdigest()


def _parts(article: Article) -> tuple[Counter[Any], ...]:
    """Title, date, words, links, media and language, counted."""
    forms = canonical_fields(article)
    words = " ".join(cast("list[str]", forms["body"])).split(" ")
    pairs = (cast("Iterable[tuple[str, str]]", forms[name]) for name in ("links", "media"))
    single = (Counter([str(forms[name])]) for name in ("title", "published", "language"))
    return (*single, Counter(words), *map(Counter, pairs))


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
