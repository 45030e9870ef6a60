"""A page's history in time, derived from its captures: which show the same state, and where it changed. Pure.

A *sighting* is a capture that shows an article. A *span* is a run of sightings of one content: a version. A *state* holds the
spans of one content as different readers saw it: the first as it was recorded, the others technical.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from storage.files import changed_files, with_files
from storage.hashing import canonical_fields
from storage.records import FIELDS, Article

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A capture that shows an article. ``reread_of`` is the capture whose kept bytes it read again."""

    capture_id: int
    captured_at: datetime | None
    reader: str
    article: Article
    reread_of: int | None = None

    @property
    def place(self) -> tuple[datetime, int, int]:
        """Its place in time: undated ones first, then by instant, then as recorded; a reread right behind what it read."""
        return (self.captured_at or _BEFORE_ALL, self.reread_of or self.capture_id, self.capture_id)


@dataclass(slots=True)
class Span:
    """A version to be. ``article`` is what is known of it: its own fields, and inherited ones that stay unknown."""

    state: int
    article: Article
    sightings: list[Sighting]
    fields: tuple[str, ...] = ()
    """What differs from ``before``."""
    before: Span | None = None
    rereads: Span | None = None
    readers: set[str] = field(default_factory=set)

    @property
    def first_seen_at(self) -> datetime | None:
        return self.sightings[0].captured_at

    @property
    def last_seen_at(self) -> datetime | None:
        return self.sightings[-1].captured_at


@dataclass(slots=True)
class Timeline:
    """The spans in order of time, and for each state the sighting before it."""

    spans: list[Span] = field(default_factory=list)
    not_before: dict[int, datetime | None] = field(default_factory=dict)
    """By state: when the page was last seen before it showed it."""

    def openings(self) -> list[Span]:
        """The span that opens each state, in order of time."""
        return [span for span in self.spans if span.rereads is None]


def differing_fields(known: Article, seen: Article) -> tuple[str, ...]:
    """The fields that both know and that aren't equal, in the order of ``FIELDS``. Other bytes of a file are other media."""
    old, new = canonical_fields(known), canonical_fields(seen)
    unknown = known.unknown | seen.unknown
    differing = {name for name in FIELDS if name not in unknown and old[name] != new[name]}
    if changed_files(known, seen):
        differing.add("media")
    return tuple(name for name in FIELDS if name in differing)


def fill(known: Article, seen: Article) -> Article:
    """``known`` with those of its unknown fields that ``seen`` knows."""
    learned = known.unknown - seen.unknown
    if not learned:
        return known
    return replace(known, **_values(seen, learned), unknown=known.unknown & seen.unknown)


def inherit(seen: Article, before: Article) -> Article:
    """``seen`` with the values of ``before`` where it knows none; these stay unknown."""
    return replace(seen, **_values(before, seen.unknown)) if seen.unknown else seen


def derive(sightings: Iterable[Sighting]) -> Timeline:
    """The time line of a page: the same for the same sightings, in whatever order they were recorded."""
    timeline = Timeline()
    compare = _Comparison()
    state: list[Span] = []
    files: dict[str, str] = {}
    newest: Sighting | None = None
    for sighting in sorted(sightings, key=lambda each: each.place):
        span = _span_for(state, sighting.reader)
        fields = compare(span.article, sighting.article) if span else ()
        if span is not None and not fields:
            span.article = fill(span.article, sighting.article)
            span.sightings.append(sighting)
            span.readers.add(sighting.reader)
        elif span is not None and _is_reread_within(sighting, state):
            technical = _open(span.state, sighting, span, fields)
            technical.rereads = span
            state.append(technical)
            timeline.spans.append(technical)
        else:
            number = state[0].state + 1 if state else 0
            timeline.not_before[number] = newest.captured_at if newest else None
            state = [_open(number, sighting, span, fields)]
            timeline.spans += state
        _know_files(state, sighting, files)
        newest = sighting
    return timeline


def _know_files(state: Sequence[Span], sighting: Sighting, known: dict[str, str]) -> None:
    """Give the state the last known hash of each file that it names; ``known`` learns those of the sighting.

    No reader has a part in a file's bytes, so every reading of the state knows them alike.
    """
    known.update((file.href, file.sha256) for file in sighting.article.files)
    if known:
        for span in state:
            span.article = with_files(span.article, known)


class _Comparison:
    """``differing_fields`` remembered: of a page's thousands of sightings nearly all show one of few articles."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Article, Article, tuple[str, ...]]] = {}

    def __call__(self, known: Article, seen: Article) -> tuple[str, ...]:
        key = (id(known), id(seen))
        if key not in self._known:
            # Both articles are kept beside the answer, or their ids could come to name others.
            self._known[key] = (known, seen, differing_fields(known, seen))
        return self._known[key][2]


def _span_for(state: Sequence[Span], reader: str) -> Span | None:
    """What a sighting is compared with: the state as the same reader saw it, else as it was read last."""
    same = [span for span in state if reader in span.readers]
    return same[-1] if same else state[-1] if state else None


def _is_reread_within(sighting: Sighting, state: Sequence[Span]) -> bool:
    """Whether it reads bytes again that showed this very state: then only the reader differs."""
    return any(seen.capture_id == sighting.reread_of for span in state for seen in reversed(span.sightings))


def _open(state: int, sighting: Sighting, before: Span | None, fields: tuple[str, ...]) -> Span:
    article = inherit(sighting.article, before.article) if before else sighting.article
    return Span(state, article, [sighting], fields, before, readers={sighting.reader})


def _values(article: Article, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields as keyword arguments of an Article; the body's is ``blocks``."""
    return {_ATTRIBUTES.get(name, name): getattr(article, _ATTRIBUTES.get(name, name)) for name in fields}


_ATTRIBUTES: Final = {"body": "blocks"}
