"""``csto-watch.toml``: where it is looked for, and what it says. A file with any fault is refused as a whole, in one line.

What the file may hold is written in storage/configuration_schema.py, which is loaded only where there is a file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from storage.notice_rules import DAYS, Rule, When
from storage.retention import DEFAULT, Retention

FILE_NAME: Final = "csto-watch.toml"
ENVIRONMENT: Final = "CSTO_WATCH_CONFIG"
LARGEST: Final = 1024 * 1024
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class ConfigurationFault(Exception):
    """The file can't be used: its name, where in it, what is wrong."""

    exit_code: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class TimeStamps:
    """``[time_stamps]``: the service that stamps seals, and a file with the certificates by which it is known."""

    url: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """``[feed]``: under whose name ids are made (RFC 4151), and who signs."""

    authority: str = "odkb-csto.org"
    authority_date: str = "2026"
    author: str = "csto-watch"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is in force. ``file`` is None where there is none: then these are the defaults."""

    file: Path | None = None
    retention: Retention = DEFAULT
    time_stamps: TimeStamps = TimeStamps()
    feed: FeedSettings = FeedSettings()
    notices: tuple[Rule, ...] = ()
    given: frozenset[str] = frozenset()
    """The keys that the file sets, each as ``section.key``."""


def load(environment: Mapping[str, str], folder: Path, named: str | None = None) -> Configuration:
    """The file that is named, else that of ``CSTO_WATCH_CONFIG``, else ``csto-watch.toml`` in ``folder`` where there is one."""
    asked = named if named is not None else environment.get(ENVIRONMENT, "").strip() or None
    if asked is not None:
        return read(folder / asked)
    own = folder / FILE_NAME
    return read(own) if own.exists() else Configuration()


def read(file: Path) -> Configuration:
    """What a file says. Raises ConfigurationFault."""
    from storage.configuration_schema import checked  # noqa: PLC0415 - pydantic costs a tenth of a second

    return checked(_parsed(_text(file), file), file)


def _text(file: Path) -> str:
    data = _bytes(file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise ConfigurationFault(f"{file}, line {line}, column {column}: is no UTF-8 text") from None


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            what = "is no file" if file.exists() else "there is no such file"
            raise ConfigurationFault(f"{file}: {what}")
        if file.stat().st_size > LARGEST:
            raise ConfigurationFault(f"{file}: is larger than {LARGEST} bytes")
        return file.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationFault(f"{file}: can't be read: {why}") from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationFault(_place_of(error, text, file)) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets by the thousand
        why = "is nested too deeply" if isinstance(error, RecursionError) else "holds a number of too many figures"
        raise ConfigurationFault(f"{file}: {why}") from None


def _place_of(error: Exception, text: str, file: Path) -> str:
    """The parser's words, with line and column in front, also where it only says that the file has ended."""
    words = str(error)
    place = _PLACE.search(words)
    line, column = (place[1], place[2]) if place else (None, None)
    if line is None:
        line, column = str(text.count("\n") + 1), str(len(text) - text.rfind("\n"))
    return f"{file}, line {line}, column {column}: {words[: place.start()] if place else words}"


def sections(found: Configuration) -> dict[str, dict[str, Any]]:
    """What is in force by section and key, as it may be written in the file; addresses without their secrets."""
    retention, stamps = found.retention, found.time_stamps
    return {
        "retention": {
            "keep": retention.keep,
            "failed_count": retention.failed_count,
            "failed_age": _written(retention.failed_age),
            "unread_count": retention.unread_count,
            "unread_age": _written(retention.unread_age),
        },
        "time_stamps": {
            "url": _without_secrets(stamps.url),
            "ca_file": str(stamps.ca_file) if stamps.ca_file else None,
        },
        "feed": asdict(found.feed),
        **{f"notices.{rule.name}": _rule(rule) for rule in found.notices},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    """Of its addresses only the names."""
    lists = ("kinds", "sites", "sections", "languages", "words")
    return {
        "to": ", ".join(rule.targets),
        **{name: ", ".join(getattr(rule, name)) or None for name in lists},
        "min_significance": rule.min_significance,
        "when": rule.when.value,
        "at": None if rule.when is When.AT_ONCE else f"{rule.at:%H:%M}",
        "weekday": DAYS[rule.weekday] if rule.when is When.WEEKLY else None,
        "time_zone": str(rule.zone) if rule.zone else None,
        "quiet": str(rule.quiet) if rule.quiet else None,
    }


def _without_secrets(url: str | None) -> str | None:
    """An address may hold a password, or a key in its query: neither is shown."""
    if url is None:
        return None
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _written(age: timedelta | None) -> str | None:
    if age is None:
        return None
    hours = age // timedelta(hours=1)
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"
