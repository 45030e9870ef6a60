"""The program's version and what it calls itself when it asks for a page."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from crawler.errors import ConfigurationError

CONTACT_VARIABLE: Final = "CSTO_WATCH_CONTACT"


def program_version() -> str:
    try:
        return version("csto-watch")
    except PackageNotFoundError:
        return "0+unknown"


def contact() -> str | None:
    """The operator's address or page, as configured; None when it isn't."""
    value = os.environ.get(CONTACT_VARIABLE, "").strip()
    if not value:
        return None
    if any(ord(letter) < 32 or ord(letter) > 126 for letter in value):
        raise ConfigurationError(
            f"{CONTACT_VARIABLE} has a character that can't stand in a User-Agent: "
            "use an e-mail address or a web address in ASCII"
        )
    return value


def user_agent() -> str:
    """An honest name. Without a configured contact it is program and version alone: nothing is made up."""
    who = contact()
    name = f"csto-watch/{program_version()}"
    return f"{name} (+{who})" if who else name
