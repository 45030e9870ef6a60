"""What a ``[[notices]]`` table may hold. No message repeats an address: it may hold a password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from storage.notice_rules import DAYS, Quiet, Rule, When, is_address
from storage.records import EventKind

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_HOUR: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_KINDS: Final = tuple(kind.value for kind in EventKind if kind is not EventKind.FORGOTTEN)
_SECTION: Final = re.compile(r"/[!-~]*")


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError("must be a name of letters, digits, - and _, of 60 at most")
    return value


def _several(value: object) -> list[str]:
    """One text or a list of them."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(each, str) and each.strip() for each in texts):
        raise ValueError("must be a text or a list of texts, none of them empty")
    return texts


def _addresses(values: list[str]) -> list[str]:
    for place, value in enumerate(values, 1):
        if not is_address(value):
            which = f" ({place} of {len(values)})" if len(values) > 1 else ""
            raise ValueError(f"must be an Apprise address such as mailtos://..., or env:NAME{which}")
    return values


def _kinds(values: list[str]) -> list[str]:
    return _among(values, _KINDS)


def _among(values: list[str], known: Sequence[str]) -> list[str]:
    for value in values:
        if value not in known:
            raise ValueError(f"must be of {', '.join(known)}")
    return values


def _sections(values: list[str]) -> list[str]:
    if not all(_SECTION.fullmatch(value) for value in values):
        raise ValueError("must be beginnings of addresses on the site, such as '/news/'")
    return values


def _languages(values: list[str]) -> list[str]:
    if not all(re.fullmatch("[a-z]{2,3}", value) for value in values):
        raise ValueError("must be languages such as 'en' or 'ru'")
    return values


def _words(values: list[str]) -> list[str]:
    if not all(any(letter.isalnum() for letter in value) for value in values):
        raise ValueError("must be words, with a letter or a digit in each")
    return values


def _hour(value: object) -> time:
    parts = _HOUR.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise ValueError("must be an hour such as '08:00'")
    return time(int(parts[1]), int(parts[2]))


def _quiet(value: object) -> Quiet:
    start, _, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        found = Quiet(_hour(start), _hour(end))
    except ValueError:
        raise ValueError("must be two hours such as '22:00-07:00'") from None
    if found.start == found.end:
        raise ValueError("must end at another hour than it starts at")
    return found


def _zone(value: object) -> ZoneInfo:
    if not isinstance(value, str) or value not in available_timezones():
        raise ValueError("must be a time zone such as 'Europe/Moscow'")
    return ZoneInfo(value)


Texts = Annotated[list[str], BeforeValidator(_several)]
_ONLY: Final[dict[str, tuple[When, ...]]] = {"at": (When.DAILY, When.WEEKLY), "weekday": (When.WEEKLY,)}
"""Keys that mean nothing but with these values of ``when``."""


class NoticeSection(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)

    name: Annotated[str, BeforeValidator(_name)]
    to: Annotated[Texts, AfterValidator(_addresses)]
    kinds: Annotated[Texts, AfterValidator(_kinds)] = []
    min_significance: Literal["cosmetic", "minor", "substantive"] = "cosmetic"
    sites: Texts = []
    sections: Annotated[Texts, AfterValidator(_sections)] = []
    languages: Annotated[Texts, AfterValidator(_languages)] = []
    words: Annotated[Texts, AfterValidator(_words)] = []
    when: Literal["at_once", "daily", "weekly"] = "at_once"
    at: Annotated[time, BeforeValidator(_hour)] = time(8)
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] | None = Field(default=None)
    quiet: Annotated[Quiet, BeforeValidator(_quiet)] | None = Field(default=None)

    @field_validator("at", "weekday")
    @classmethod
    def _has_a_meaning(cls, value: Any, info: ValidationInfo) -> Any:
        only = _ONLY[info.field_name or ""]
        if info.data.get("when", When.DAILY) not in only:
            raise ValueError(f"is for when = {' or '.join(repr(each.value) for each in only)}")
        return value

    def rule(self) -> Rule:
        texts = {
            name: tuple(getattr(self, name)) for name in ("to", "kinds", "sites", "sections", "languages", "words")
        }
        return Rule(
            name=self.name,
            min_significance=self.min_significance,
            when=When(self.when),
            at=self.at,
            weekday=DAYS.index(self.weekday),
            zone=self.time_zone,
            quiet=self.quiet,
            **texts,
        )
