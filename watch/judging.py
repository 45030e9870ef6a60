"""Events out of the store, each with the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reports.comparison import Comparison, comparison_of, judged
from reports.entries import Judged
from reports.flags import flags_of
from storage import queries
from storage.pieces import chunks
from storage.records import Event, EventKind

if TYPE_CHECKING:
    from sqlalchemy import Engine

AT_ONCE: Final = 100
"""Events whose versions are in memory together: an article may be long."""


def judged_events(  # noqa: PLR0913 - each but the store narrows what is asked
    engine: Engine,
    *,
    since: datetime | None = None,
    run_id: int | None = None,
    kinds: Sequence[EventKind] = (),
    technical: bool = False,
    until: datetime | None = None,
) -> Iterator[tuple[Judged, Comparison | None]]:
    """In order of recording, some in memory at a time; with the two versions of an edit compared, where both are kept."""
    told = queries.each_change(engine, since=since, run_id=run_id, kinds=kinds, technical=technical, until=until)
    return judged_of(engine, told)


def judged_of(engine: Engine, events: Iterable[Event]) -> Iterator[tuple[Judged, Comparison | None]]:
    """These events, in the order in which they come."""
    for some in chunks(events, AT_ONCE):
        flags = _flags(engine, some)
        edits = [event.id for event in some if event.kind is EventKind.EDITED]
        old, new = (dict(queries.versions_shown(engine, edits, before=before)) for before in (True, False))
        for event in some:
            comparison = comparison_of(event, old.get(event.id), new.get(event.id))
            yield judged(event, comparison, flags.get(event.id, ())), comparison


def _flags(engine: Engine, events: Sequence[Event]) -> dict[int, tuple[str, ...]]:
    """What is odd about the versions that events other than edits end in; those of edits are compared."""
    ids = [event.id for event in events if event.kind is not EventKind.EDITED and event.to_version is not None]
    found = queries.versions_shown(engine, ids)
    return {event_id: flags_of(version.article, version.first_seen_at) for event_id, version in found}
