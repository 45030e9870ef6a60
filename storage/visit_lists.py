"""A page's unchanged visits as one string of bytes, without loss: what stood in a row each. Pure.

By column, each value as the step from the one before it: the runs one after another, the ids and the instants almost as far apart
each time. What is the same for many visits (outcome, status, content, reader) is written once; a body's hash is written in full
only where no visit before it in the list had that body.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from storage import bodies
from storage.varints import read_varint, signed, unsigned, varint, varints

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SHA256: Final = 32


class Visit(NamedTuple):
    """A capture that counted as a sighting and of which no bytes are kept; ``version_id`` is the version that it shows."""

    id: int
    run_id: int
    captured_at: datetime
    outcome: str
    http_status: int | None
    body_sha256: bytes | None
    content_id: int
    version_id: int
    reader_version: str | None


def pack(visits: Sequence[Visit]) -> bytes:
    """The visits in their order, the oldest first."""
    kinds = list(dict.fromkeys(_kind(visit) for visit in visits))
    hashes = list(dict.fromkeys(visit.body_sha256 for visit in visits if visit.body_sha256 is not None))
    place = {digest: number for number, digest in enumerate(hashes, 1)}
    columns: list[list[int]] = [
        _steps(visit.run_id for visit in visits),
        _steps(visit.id for visit in visits),
        _steps((visit.captured_at - _EPOCH) // _MICROSECOND for visit in visits),
        [kinds.index(_kind(visit)) for visit in visits],
        _steps(place[visit.body_sha256] if visit.body_sha256 else 0 for visit in visits),
    ]
    said = json.dumps(kinds, separators=(",", ":"), ensure_ascii=False).encode()
    numbers = b"".join(varint(number) for column in columns for number in column)
    _, packed = bodies.compress(varint(len(visits)) + varint(len(said)) + said + numbers)
    return varint(len(packed)) + packed + b"".join(hashes)


def unpack(data: bytes) -> list[Visit]:
    """ValueError where the list is damaged."""
    length, start = read_varint(data, 0)
    hashes = data[start + length :]
    if len(data) < start + length or len(hashes) % _SHA256:
        raise ValueError("the list of visits is cut")
    text = bodies.decompress(bodies.CODEC, data[start : start + length])
    count, at = read_varint(text, 0)
    length, at = read_varint(text, at)
    kinds = json.loads(text[at : at + length])
    numbers = list(varints(text, at + length))
    if not count or len(numbers) != count * 5 or not isinstance(kinds, list):
        raise ValueError("the list of visits has another length than it says")
    runs, ids, instants, kind_of, bodies_of = (numbers[place : place + count] for place in range(0, count * 5, count))
    try:
        return [
            _visit(run, id_, instant, kinds[kind], _hash(hashes, body))
            for run, id_, instant, kind, body in zip(
                _summed(runs), _summed(ids), _summed(instants), kind_of, _summed(bodies_of), strict=True
            )
        ]
    except (IndexError, TypeError, OverflowError) as error:
        raise ValueError(f"the list of visits is damaged ({error})") from None


def _kind(visit: Visit) -> tuple[Any, ...]:
    return (visit.outcome, visit.http_status, visit.content_id, visit.version_id, visit.reader_version)


def _visit(run_id: int, id_: int, instant: int, kind: Sequence[Any], digest: bytes | None) -> Visit:
    outcome, status, content_id, version_id, reader = kind
    when = _EPOCH + timedelta(microseconds=instant)
    return Visit(id_, run_id, when, outcome, status, digest, content_id, version_id, reader)


def _hash(hashes: bytes, place: int) -> bytes | None:
    if not place:
        return None
    found = hashes[(place - 1) * _SHA256 : place * _SHA256] if place > 0 else b""
    if not found:
        raise IndexError("a body's hash is missing")
    return found


def _steps(values: Iterable[int]) -> list[int]:
    steps, before = [], 0
    for value in values:
        steps.append(unsigned(value - before))
        before = value
    return steps


def _summed(steps: Iterable[int]) -> list[int]:
    values, value = [], 0
    for step in steps:
        value += signed(step)
        values.append(value)
    return values
