"""Commits as ``git fast-import`` reads them: a happening at a time, with its file and its message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import IO, Final

from sqlalchemy import Connection

from reports.comparison import compare_versions
from reports.exports.git_ledger import BEGUN, BROUGHT_BACK, EMAIL, FORM, RETOLD, WITHDRAWN, Ledger, short_key
from reports.exports.git_text import README, file_text, message, second_of
from reports.exports.manifests import Tally
from reports.exports.names import page_name
from reports.flags import flags_of
from reports.significance import Verdict, flagged, judge_event
from storage import outgoing
from storage.happenings import TECHNICAL, Happening, Known, address_now
from storage.pieces import chunks
from storage.records import EventKind, PageState, Version

INCOMING: Final = "refs/csto-watch/incoming"
AT_ONCE: Final = 50
"""Happenings whose versions are in memory together: an article may be long."""
_AWAY: Final = frozenset({PageState.GONE, PageState.MOVED, PageState.FORGOTTEN})
_WITHOUT_CHANGE: Final = frozenset({EventKind.UNLISTED.value, EventKind.RELISTED.value})
Change = tuple[str, str | None]
"""A path and what stands there from now on; None where nothing does."""


@dataclass
class Stream:
    """Writes to ``out``. ``added``: how many commits. ``shown``: what was written last of pages that need a last look."""

    out: IO[bytes]
    connection: Connection
    ledger: Ledger
    tally: Tally
    added: int = 0
    shown: dict[int, int | None] = field(default_factory=dict)
    _at: int = 0

    def __post_init__(self) -> None:
        self._at = self.ledger.at
        if self.ledger.tip is None:
            files = [("README.md", README), (".gitattributes", "* -text\n")]
            self._commit(f"The history of a site\n\nEvent: {BEGUN}\nForm: {FORM}\n", 0, files)

    def write(self, happenings: Iterable[Happening]) -> None:
        """All of these that the repository doesn't hold."""
        for some in chunks(self._unwritten(happenings), AT_ONCE):
            ids = {id_ for each in some for id_ in (each.version_id, each.before_id) if id_ is not None}
            versions = outgoing.by_id(self.connection, sorted(ids))
            for each in some:
                self._happening(each, versions)

    def withdraw(self, withdrawn: Mapping[int, Known]) -> None:
        for version_id, known in withdrawn.items():
            path = _path(known.url)
            text = (
                f"{WITHDRAWN}: version {known.number} of {path}\n\nIts captures tell of it no longer.\n\n"
                f"Event: {WITHDRAWN}\nUrl: {known.url}\nVersion: {known.number}\nVersion-Id: {version_id}\n"
            )
            self._commit(text, self._at, [])
            self.shown[known.page_id] = version_id

    def bring_up_to_date(self, as_of: datetime | None) -> None:
        """Pages of which an older state was written last show the one that stands again."""
        for page_id, shown in sorted(self.shown.items()):
            version, state = outgoing.stands(self.connection, page_id, as_of)
            if state in _AWAY:
                version = None
            if (version.id if version else None) != shown:
                path = _path(address_now(self.connection, page_id))
                self._commit(
                    _brought_back(version, path), self._at, [(path, file_text(version.article) if version else None)]
                )

    def done(self) -> None:
        self.out.write(b"done\n")

    def _unwritten(self, happenings: Iterable[Happening]) -> Iterator[Happening]:
        events, versions = self.ledger.events, self.ledger.versions
        for each in happenings:
            if each.is_version:
                self.tally.count()
                self.tally.reader_versions[each.reader_version] += 1
                written = versions.get(each.version_id or 0)
                if written is None or written.key != short_key(each.article_key or b""):
                    yield each
            else:
                self.tally.counts["events"] += 1
                if each.event_id not in events:
                    yield each

    def _happening(self, happening: Happening, versions: Mapping[int, Version]) -> None:
        version = versions.get(happening.version_id or 0)
        is_retold = happening.is_version and happening.version_id in self.ledger.versions
        kind = RETOLD if is_retold else happening.kind
        if is_retold:
            happening = replace(happening, event_id=None)
        verdict = _verdict(happening, version, versions.get(happening.before_id or 0))
        at = second_of(happening.seen_at)
        is_late = is_retold or (self.ledger.tip is not None and at < self.ledger.at)
        text = message(happening, version, verdict, kind=kind, late=is_late)
        changes = list(_changes(happening, version))
        self._commit(text, at, changes)
        if changes and (is_late or at == self.ledger.at or happening.page_id in self.shown):
            self.shown[happening.page_id] = version.id if version and changes[-1][1] is not None else None

    def _commit(self, text: str, at: int, changes: Sequence[Change]) -> None:
        # The committer's date never goes back: git looks for dates under the belief that it doesn't.
        self._at = max(self._at, at)
        self._line(f"commit {INCOMING}")
        self._line(f"author csto-watch <{EMAIL}> {at} +0000")
        self._line(f"committer csto-watch <{EMAIL}> {self._at} +0000")
        self._data(text)
        if not self.added and self.ledger.tip is not None:
            self._line(f"from {self.ledger.tip}")
        for path, content in changes:
            if content is None:
                self._line(f"D {path}")
            else:
                self._line(f"M 100644 inline {path}")
                self._data(content)
        self.added += 1

    def _line(self, text: str) -> None:
        self.out.write(f"{text}\n".encode())

    def _data(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.out.write(b"data %d\n%b\n" % (len(data), data))


def _path(url: str) -> str:
    return f"{page_name(url)}.txt"


def _changes(happening: Happening, version: Version | None) -> Iterator[Change]:
    if happening.kind in _WITHOUT_CHANGE:
        return
    text = file_text(version.article) if version else None
    if happening.kind == EventKind.MOVED:
        yield _path(happening.url), None
        if happening.moved_to and text is not None:
            yield _path(happening.moved_to), text
    elif happening.kind == EventKind.DELETED:
        yield _path(happening.url), None
    elif text is not None:
        yield _path(happening.url), text


def _verdict(happening: Happening, version: Version | None, before: Version | None) -> Verdict | None:
    if happening.kind == TECHNICAL:
        return None
    if happening.kind == EventKind.EDITED and version and before:
        return compare_versions(before, version).verdict
    flags = flags_of(version.article, version.first_seen_at) if version and happening.is_version else ()
    return flagged(judge_event(EventKind(happening.kind), happening.fields), flags)


def _brought_back(version: Version | None, path: str) -> str:
    what = f"version {version.number}" if version else "nothing"
    return f"{BROUGHT_BACK}: {what} stands at {path}\n\nThe commits before it told of an older state.\n\nEvent: {BROUGHT_BACK}\n"


def instant_of(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
