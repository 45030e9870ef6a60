"""What ``csto-watch.toml`` may hold: a model for each section. Unknown keys, other types and values are refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from storage.configuration import Configuration, ConfigurationFault, FeedSettings, TimeStamps
from storage.notice_settings import NoticeSection
from storage.retention import Retention

LONGEST_AGE: Final = timedelta(days=36_500)
MOST: Final = 1_000_000
_AGE: Final = re.compile(r"([1-9]\d{0,6})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_BARE_KEY: Final = re.compile(r"[\w-]+", re.ASCII)
_AUTHORITY: Final = re.compile(
    r"(?:[a-z0-9._-]+@)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
)
"""taggingEntity of RFC 4151."""
_TAG_DATE: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_FEED: Final = FeedSettings()
_SHOWN: Final = 60
"""Of a wrong value so many characters are quoted."""


def _age(value: object) -> timedelta:
    parts = _AGE.fullmatch(value) if isinstance(value, str) else None
    age = int(parts[1]) * _UNITS[parts[2]] if parts else timedelta()
    if not timedelta() < age <= LONGEST_AGE:
        raise ValueError("must be an age such as '90d', '12h' or '8w', of 100 years at most")
    return age


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not value.isprintable() or " " in value:
        raise ValueError("must be an http or https address")
    return value


def _file(value: object, info: ValidationInfo) -> Path:
    """Beside the configuration file, where it is no whole path."""
    if not isinstance(value, str):
        raise ValueError("must be the name of a file")  # noqa: TRY004 - pydantic tells of values by ValueError
    path = Path((info.context or {})["folder"]) / value
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise ValueError(f"there is no file {path}")
    return path


def _authority(value: str) -> str:
    if not _AUTHORITY.fullmatch(value):
        raise ValueError("must be a host such as 'example.org' or a mail address, in small letters")
    return value


def _tag_date(value: str) -> str:
    try:
        date.fromisoformat(value + "2026-01-01"[len(value) :])
    except ValueError:
        raise ValueError("must be a day such as '2026-11-27', a month or a year") from None
    if not _TAG_DATE.fullmatch(value):
        raise ValueError("must be a day such as '2026-11-27', a month or a year")
    return value


def _line(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("must be a name, in one line")
    return value


Age = Annotated[timedelta, BeforeValidator(_age)]
Count = Annotated[int, Field(ge=0, le=MOST)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RetentionSection(_Section):
    keep: Literal["versions", "all"] = "versions"
    failed_count: Count = 3
    failed_age: Age | None = None
    unread_count: Count | None = None
    unread_age: Age | None = None


class TimeStampsSection(_Section):
    url: Annotated[str, AfterValidator(_web_address)] | None = None
    ca_file: Annotated[Path, BeforeValidator(_file)] | None = None


def _named_apart(rules: list[NoticeSection]) -> list[NoticeSection]:
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two rules have the name {twice[0]}")
    return rules


class FeedSection(_Section):
    authority: Annotated[str, AfterValidator(_authority)] = _FEED.authority
    authority_date: Annotated[str, AfterValidator(_tag_date)] = _FEED.authority_date
    author: Annotated[str, AfterValidator(_line)] = _FEED.author


class File(_Section):
    """The whole file."""

    retention: RetentionSection = RetentionSection()
    time_stamps: TimeStampsSection = TimeStampsSection()
    feed: FeedSection = FeedSection()
    notices: Annotated[list[NoticeSection], AfterValidator(_named_apart)] = []


def checked(parsed: Mapping[str, Any], file: Path) -> Configuration:
    """What a parsed file says. Raises ConfigurationFault for the first fault, which names the key."""
    try:
        said = File.model_validate(parsed, context={"folder": file.parent})
    except ValidationError as error:
        raise ConfigurationFault(_line_of(error, file, parsed)) from None
    return Configuration(
        file=file,
        retention=Retention(**dict(said.retention)),
        time_stamps=TimeStamps(**dict(said.time_stamps)),
        feed=FeedSettings(**dict(said.feed)),
        notices=tuple(each.rule() for each in said.notices),
        given=frozenset(_given(said)),
    )


def _given(said: File) -> Iterator[str]:
    for name in said.model_fields_set - {"notices"}:
        yield from (f"{name}.{key}" for key in getattr(said, name).model_fields_set)
    for rule in said.notices:
        yield from (f"notices.{rule.name}.{key}" for key in rule.model_fields_set)


def _line_of(error: ValidationError, file: Path, parsed: Mapping[str, Any]) -> str:
    faults = error.errors(include_url=False, include_context=False)
    first = faults[0]
    key = ".".join(map(_key, _named(first["loc"], parsed)))
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{file}: {key}: {_words_of(first)}{more}"


def _named(place: tuple[int | str, ...], parsed: Mapping[str, Any]) -> tuple[int | str, ...]:
    """A rule by its name, where it has one, else by its number from 1."""
    if len(place) < 2 or not isinstance(place[1], int):
        return place
    rule = parsed[str(place[0])][place[1]]
    name = rule.get("name") if isinstance(rule, dict) else None
    return (place[0], name if isinstance(name, str) and name else place[1] + 1, *place[2:])


def _words_of(fault: Mapping[str, Any]) -> str:
    *above, last = (str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(last, _known_in(above), 1)
        return f"is no key that is known here{f': did you mean {near[0]}?' if near else ''}"
    if fault["type"] == "list_type" and last == "notices":
        return "is a list of rules: write [[notices]]"
    if fault["type"] == "model_type":
        return f"is a section: write [{last}]"
    if fault["type"] == "missing":
        return "is missing"
    if fault["type"] == "value_error":
        return str(fault["msg"]).removeprefix("Value error, ")
    words = str(fault["msg"]).replace("Input should be", "must be").replace("a valid integer", "a whole number")
    return words + _quoted(fault["input"])


def _quoted(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | int | float) else type(value).__name__
    return f", not {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"


def _known_in(above: list[str]) -> list[str]:
    if not above:
        return list(File.model_fields)
    section = NoticeSection if above[0] == "notices" else File.model_fields[above[0]].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []


def _key(part: object) -> str:
    text = str(part)
    return text if _BARE_KEY.fullmatch(text) else json.dumps(text[:_SHOWN], ensure_ascii=False)
