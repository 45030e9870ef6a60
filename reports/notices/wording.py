"""What a notice says. Pure: the same record gives the same words.

Titles come from a page and are hostile: nothing in them can break a mail's header, reorder a line, or call a chat's members.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from reports.entries import Entry, Fold
from reports.instants import for_people
from reports.render.text import visible
from reports.shapes import event_object
from reports.significance import told
from storage.records import Event

TITLE: Final = 160
LINES: Final = {"single": 1, "summary": 20, "digest": 50}
"""So many entries are told one by one; the others are counted."""
_ADDRESSES: Final = 10
_CALL: Final = re.compile(r"(?<=[@!])(?=\w)|(?<=<)(?=https?:)|(?<=\])(?=\()|(?<=!)(?=\[)|(?<==)(?=\?)")
"""Where a chat sees a call ("@everyone"), or a link or picture whose address a page chose ("[bank](https://...)"), and a mail's
header an encoded word ("=?utf-8?q?..?="): apart they are text. Mattermost and others show Markdown whatever it is said to be."""
_CALL_IN_ADDRESS: Final = re.compile(r"@(?=\w)")
_APART: Final = "\u2060"


@dataclass(frozen=True, slots=True)
class Message:
    """``fields``: what a webhook gets beside title and text. ``id`` is the same in every try."""

    id: str
    title: str
    body: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be worded. ``uids``: the ids of events as receivers know them; ``zone``: None is the machine's."""

    id: str
    rule: str
    shape: str
    entries: Sequence[Entry]
    uids: Mapping[int, str]
    zone: tzinfo | None = None


def worded(notice: Notice, longest: int | None = None) -> Message:
    """``longest``: so many letters the service takes. Fewer entries are told one by one then; the id is always there."""
    title = _short(_title(notice), TITLE)
    foot = f"\n\nRule {notice.rule}, notice {notice.id}"
    body = _body(notice, LINES[notice.shape])
    shown = LINES[notice.shape]
    while longest is not None and len(title) + len(body) + len(foot) + 2 > longest and shown > 1:
        shown //= 2
        body = _body(notice, shown)
    if longest is not None:
        body = _short(body, max(longest - len(title) - len(foot) - 2, 1))
    return Message(notice.id, title, body + foot, _fields(notice))


def trial_message(rule: str, uid: str) -> Message:
    body = f"This is a test: so the notices of the rule {rule} arrive.\n\nRule {rule}, notice {uid}"
    return Message(uid, f"csto-watch: a test of the rule {rule}", body, {"id": uid, "rule": rule, "shape": "test"})


def _title(notice: Notice) -> str:
    if notice.shape == "single":
        entry = notice.entries[0]
        return f"{_what(entry)}: {_name(entry.last.event)}"
    count = sum(1 if entry.fold is Fold.FLAPPING else len(entry.judged) for entry in notice.entries)
    return f"{count} change{'s' if count != 1 else ''}: {_counted(notice.entries)}"


def _counted(entries: Sequence[Entry]) -> str:
    kinds = Counter(item.event.kind.value for entry in entries for item in entry.judged)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0])))


def _what(entry: Entry) -> str:
    level, kind = entry.significance.label, entry.first.kind.value
    if entry.fold is Fold.GROUP:
        return f"{len(entry.judged)} pages {kind} alike, {level}"
    if entry.fold is Fold.FLAPPING:
        return f"flapping, {entry.flips} times, {level}"
    return f"{kind}, {level}"


def _body(notice: Notice, shown: int) -> str:
    if notice.shape == "single":
        return "\n\n".join("\n".join(_whole(entry, notice.zone)) for entry in notice.entries)
    heaviest = sorted(notice.entries, key=lambda entry: -entry.significance)[:shown]
    lines = [line for entry in heaviest for line in _briefly(entry)]
    if (left := len(notice.entries) - len(heaviest)) > 0:
        lines.append(f"and {left} more: {_where(notice.entries)}")
    return "\n".join(lines)


def _where(entries: Sequence[Entry]) -> str:
    runs = sorted({entry.first.run_id for entry in entries if entry.first.run_id is not None})
    if len(runs) == 1:
        return f"csto-watch changes --run {runs[0]}"
    oldest = min(entry.first.recorded_at for entry in entries)
    return f"csto-watch changes --since {oldest:%Y-%m-%d}"


def _briefly(entry: Entry) -> Iterator[str]:
    why = _why(entry)
    yield f"- {_what(entry)}: {_name(entry.last.event)}{f' ({why})' if why else ''}"
    yield f"  {_address(entry.last.event.url)}"


def _whole(entry: Entry, zone: tzinfo | None) -> Iterator[str]:
    event = entry.last.event
    yield _name(event)
    yield _address(event.url)
    if why := _why(entry):
        yield f"Why: {why}"
    if event.seen_at is not None:
        before = f"; as before at {for_people(event.not_before, zone)}" if event.not_before else ""
        yield f"Seen: {for_people(event.seen_at, zone)}{before}"
    if event.moved_to:
        yield f"Moved to: {_address(event.moved_to)}"
    if event.from_version and event.to_version and event.from_version != event.to_version:
        yield f"Compare: csto-watch diff {_address(event.url)} {event.from_version} {event.to_version}"
    urls = sorted({*event.also_at, *(item.event.url for item in entry.judged)} - {event.url})
    if urls:
        more = f" and {len(urls) - _ADDRESSES} more" if len(urls) > _ADDRESSES else ""
        yield f"Also: {', '.join(map(_address, urls[:_ADDRESSES]))}{more}"


def _why(entry: Entry) -> str:
    last = entry.last
    return ", ".join(told(reason) for reason in last.verdict.reasons if reason != last.event.kind.value)


def _name(event: Event) -> str:
    return _plain(event.title or "") or "(no title)"


def _plain(text: str) -> str:
    """One line, nothing in it that a terminal or a mail header obeys, and no call or link that a chat does."""
    return _CALL.sub(_APART, visible(text))


def _address(url: str) -> str:
    """To be clicked on, so that nothing is put into one of the web; the name of an imported file is any text."""
    if url.startswith(("https://", "http://")):
        return _CALL_IN_ADDRESS.sub("%40", visible(url))
    return _plain(url)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: max(longest - 1, 0)]}…"


def _fields(notice: Notice) -> dict[str, Any]:
    items = [item for entry in notice.entries for item in entry.judged]
    shown = items if notice.shape == "single" else items[: LINES[notice.shape]]
    events = [event_object(item.event, item.verdict) | {"uid": notice.uids.get(item.event.id)} for item in shown]
    count = sum(len(entry.judged) for entry in notice.entries)
    return {"id": notice.id, "rule": notice.rule, "shape": notice.shape, "count": count, "events": events}
