"""Moments as the command line writes them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def rfc3339(moment: datetime) -> str:
    """UTC with a Z, microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rfc3339_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def for_people(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """ "2026-07-26 15:04 MSK (12:04 UTC)": local time beside UTC; UTC alone where the two are one."""
    if moment is None:
        return "time unknown"
    utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    if not local.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    day = "" if local.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{local:%Y-%m-%d %H:%M %Z} ({day}{utc:%H:%M} UTC)"
