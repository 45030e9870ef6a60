"""A time stamp of the store, as the commands show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.instants import rfc3339
from reports.render.text import visible

if TYPE_CHECKING:
    from storage.stamps import Stamp


def kept_stamp_object(stamp: Stamp) -> dict[str, Any]:
    return {"seal": stamp.seal_number, "authority": stamp.authority, "stamped_at": rfc3339(stamp.stamped_at)}


def stamp_line(stamp: Stamp) -> str:
    return f"at {rfc3339(stamp.stamped_at)} by {visible(stamp.authority)}"
