"""Which pages say it, or once said it: in which versions, from when to when, and what became of it.

The index names the texts that hold every word of the query, those recorded last first. Each is read, and says it or doesn't; of
a page that has one which does every version is read. Versions that were withdrawn have no place in time and are left out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, select

from storage.articles import decode_texts
from storage.bodies import decompress
from storage.engine import reading
from storage.models import ContentRow, EventRow, PageRow, VersionRow, table_of
from storage.phrases import Query, Span
from storage.pieces import chunks
from storage.records import EventKind, PageState
from storage.word_index import newest_candidates
from storage.words import joined

AROUND: Final = 70
"""So many characters of a passage are shown on each side of what was found."""

MOST_READ: Final = 20_000
"""So many texts are read in some seconds. Of words that all stand on most pages, in a row that stands on none, there may be
a million."""
_PIECE: Final = 100
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)
_content, _event, _page, _version = (table_of(row) for row in (ContentRow, EventRow, PageRow, VersionRow))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a title or a block, and where in it the words stand that were searched for."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """The version that no longer says it, the first capture that shows it and the last one before."""

    version: int
    seen_at: datetime | None
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one page. ``versions`` are the numbers of those that say it, in order of time.

    ``superseded``: only readings say it that a newer reader has replaced; the page itself may never have.
    """

    url: str
    title: str | None
    site: str | None
    state: PageState
    versions: tuple[int, ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    removal: Removal | None
    superseded: bool
    passage: Passage


@dataclass(slots=True)
class Reach:
    """How far a search goes. ``most``: it reads so many texts, and then no more; None: all that may say it.

    ``is_cut``: there were more. That a page says none of it can only be known where it wasn't cut.
    """

    most: int | None = None
    read: int = 0
    is_cut: bool = False

    def is_left(self) -> bool:
        self.is_cut = self.most is not None and self.read >= self.most
        return not self.is_cut


def search(  # noqa: PLR0913 - what may be asked for
    engine: Engine,
    query: Query,
    *,
    removed: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    reach: Reach | None = None,
) -> Generator[Finding]:
    """The pages that say it in some version; the one whose text was recorded last comes first.

    ``since`` and ``until``: a version that says it stood in that time; with ``removed``, that is when it went.
    """
    reach = reach or Reach()
    with reading(engine) as connection:
        for page_id in _pages(connection, query, reach):
            found = _look(connection, page_id, query, reach)
            if found is not None and (found.removal or not removed) and _is_within(found, removed, since, until):
                yield found


def _pages(connection: Connection, query: Query, reach: Reach) -> Iterator[int]:
    """Those of which a version says it, by the texts: each is read once, and those of a page that was found no more."""
    found: set[int] = set()
    for contents in newest_candidates(connection, query):
        for some in chunks(contents, _PIECE):
            pages = _shown_by(connection, some)
            wanted = [content_id for content_id in some if not found.issuperset(pages.get(content_id, ()))]
            if wanted and not reach.is_left():
                return
            for content_id in _saying(connection, wanted, query, reach):
                new = [page_id for page_id in pages[content_id] if page_id not in found]
                found.update(new)
                yield from new


def _shown_by(connection: Connection, content_ids: Sequence[int]) -> dict[int, list[int]]:
    """By content, the pages with a version that holds it, the one whose version was recorded last first."""
    pages: dict[int, dict[int, None]] = {}
    is_one = (_version.c.content_id.in_(content_ids), _version.c.position.is_not(None))
    statement = select(_version.c.content_id, _version.c.page_id).where(*is_one).order_by(_version.c.id.desc())
    for content_id, page_id in connection.execute(statement):
        pages.setdefault(content_id, {})[page_id] = None
    return {content_id: list(ids) for content_id, ids in pages.items()}


def _saying(connection: Connection, content_ids: Sequence[int], query: Query, reach: Reach) -> list[int]:
    """Those of the contents that say it, the one that was recorded last first."""
    columns = (_content.c.id, _content.c.codec, _content.c.article)
    statement = select(*columns).where(_content.c.id.in_(content_ids)).order_by(_content.c.id.desc())
    rows = connection.execute(statement).all()
    reach.read += len(rows)
    return [row.id for row in rows if query.is_said_in(joined(decode_texts(decompress(row.codec, row.article))))]


def _look(connection: Connection, page_id: int, query: Query, reach: Reach) -> Finding | None:
    """What one page says of it."""
    rows = connection.execute(_versions(page_id)).all()
    texts: dict[int, list[str]] = {}
    for row in rows:
        if row.content_id not in texts:
            texts[row.content_id] = decode_texts(decompress(row.codec, row.article))
    reach.read += len(texts)
    saying = {id_ for id_, said in texts.items() if query.is_said_in(joined(said))}
    said = [row for row in rows if row.content_id in saying]
    if not said:
        return None
    page = connection.execute(select(_page).where(_page.c.id == page_id)).one()
    last_of_states = list(_last_readings(rows))
    return Finding(
        url=page.shown_url,
        title=page.title,
        site=page.site,
        state=PageState(page.state),
        versions=tuple(row.number for row in said),
        first_seen_at=said[0].first_seen_at,
        last_seen_at=max((row.last_seen_at for row in said), key=lambda moment: moment or _BEFORE_ALL),
        removal=_removal(connection, last_of_states, saying),
        superseded=not any(last.content_id in saying for _, last in last_of_states),
        passage=_passage(query, texts[said[-1].content_id]),
    )


def _versions(page_id: int) -> Any:
    return (
        select(_version, _content.c.codec, _content.c.article)
        .join(_content, _content.c.id == _version.c.content_id)
        .where(_version.c.page_id == page_id, _version.c.position.is_not(None))
        .order_by(_version.c.position)
    )


def _last_readings(rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Row[Any]]]:
    """Of each state the version that opened it and the one that a reader made of it last."""
    opening = last = None
    for row in rows:
        if row.rereads is None:
            if opening is not None and last is not None:
                yield opening, last
            opening = row
        last = row
    if opening is not None and last is not None:
        yield opening, last


def _removal(connection: Connection, states: Sequence[tuple[Row[Any], Row[Any]]], saying: set[int]) -> Removal | None:
    """The state that came after the last one to say it; None where the last one says it, or none ever did."""
    saying_states = [place for place, (_, last) in enumerate(states) if last.content_id in saying]
    if not saying_states or saying_states[-1] == len(states) - 1:
        return None
    opening, _ = states[saying_states[-1] + 1]
    told = connection.execute(
        select(_event.c.seen_at, _event.c.not_before).where(
            _event.c.page_id == opening.page_id,
            _event.c.kind == EventKind.EDITED.value,
            _event.c.to_version_id == opening.id,
        )
    ).first()
    return Removal(opening.number, told.seen_at, told.not_before) if told else Removal(opening.number, None, None)


def _passage(query: Query, texts: Sequence[str]) -> Passage:
    """The text that says most of it, cut to what stands around its first word."""
    best, spans = query.passage(texts)
    start, end = max(0, spans[0][0] - AROUND), min(len(best), spans[0][1] + AROUND)
    return _cut(best, start, end, spans)


def _cut(text: str, start: int, end: int, spans: Sequence[Span]) -> Passage:
    """A piece that begins and ends with whole words where it can."""
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", spans[0][1], end), spans[0][1])
    before, after = "… " * (start > 0), " …" * (end < len(text))
    shift = len(before) - start
    inside = tuple((first + shift, last + shift) for first, last in spans if first >= start and last <= end)
    return Passage(before + text[start:end] + after, inside)


def _is_within(found: Finding, removed: bool, since: datetime | None, until: datetime | None) -> bool:
    first, last = found.first_seen_at, found.last_seen_at
    if removed and found.removal is not None:
        first = last = found.removal.seen_at
    return (since is None or (last or _BEFORE_ALL) >= since) and (until is None or (first or _BEFORE_ALL) <= until)
