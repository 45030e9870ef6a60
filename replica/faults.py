"""Answers that go wrong on the wire, each planned for an address and a number of times."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Final

EVERYWHERE: Final = "*"
KINDS: Final = ("status", "slow", "close_mid_body", "reset", "short_body", "gzip_cut", "wrong_charset")


@dataclass(slots=True)
class Fault:
    """``times`` None: for ever. ``kind`` is one of ``KINDS``; ``delay`` is in seconds."""

    kind: str
    times: int | None = 1
    status: int = 200
    retry_after: str | None = None
    delay: float = 0.0


@dataclass(slots=True)
class Answer:
    """What is to be sent. ``declared_length``: where it isn't the body's; ``cut_at``: close after so many bytes of body."""

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=UTF-8"
    headers: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    declared_length: int | None = None
    cut_at: int | None = None
    is_reset: bool = False


class Faults:
    """Planned faults by address (``*``: any); the first one planned comes first."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}

    def plan(self, key: str, fault: Fault) -> None:
        self._planned.setdefault(key, []).append(fault)

    def clear(self) -> None:
        self._planned.clear()

    def take(self, key: str) -> Fault | None:
        """The fault that is due for ``key``, counted down."""
        for name in (key, EVERYWHERE):
            queue = self._planned.get(name)
            if queue:
                fault = queue[0]
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        queue.pop(0)
                return fault
        return None


def make_fault(kind: str | int, times: int | None, retry_after: str | int | None, delay: float) -> Fault:
    """``kind``: a status (500, "503") or one of ``KINDS``."""
    if str(kind).isdigit():
        retry = None if retry_after is None else str(retry_after)
        return Fault("status", times, status=int(kind), retry_after=retry, delay=delay)
    if kind not in KINDS:
        raise ValueError(f"no fault {kind!r}: choose a status or one of {', '.join(KINDS[1:])}")
    return Fault(str(kind), times, delay=delay)


def spoil(answer: Answer, fault: Fault) -> Answer:
    """``answer`` as it is sent under ``fault``; a fault of kind ``status`` is answered before any page is made."""
    answer.delay = max(answer.delay, fault.delay)
    half = len(answer.body) // 2
    match fault.kind:
        case "close_mid_body":
            answer.cut_at = half
        case "reset":
            answer.cut_at, answer.is_reset = half, True
        case "short_body":
            answer.declared_length = len(answer.body) + 1000
            answer.cut_at = len(answer.body)
        case "gzip_cut":
            # The framing is whole: only the stream inside ends early.
            packed = gzip.compress(answer.body, mtime=0)
            answer.body = packed[: len(packed) * 2 // 3]
            answer.headers.append(("Content-Encoding", "gzip"))
        case "wrong_charset":
            text = answer.body.decode("utf-8" if "UTF-8" in answer.content_type else "cp1251", "replace")
            answer.body = text.encode("cp1251", "xmlcharrefreplace")
            answer.content_type = "text/html; charset=UTF-8"
    return answer
