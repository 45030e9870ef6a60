"""The newest seal time-stamped by an authority (RFC 3161). The network is asked between transactions, never inside one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from crawler.authority import AuthorityFailed, ask
from crawler.errors import ConfigurationError, CrawlerError
from crawler.exit_codes import ExitCode
from storage.engine import reading
from storage.errors import StorageError
from storage.stamps import Stamp, keep_stamp, newest_sealed, stamp_of
from storage.times import utc_now
from storage.transactions import written

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.configuration import Configuration

URL_VARIABLE: Final = "CSTO_WATCH_TSA_URL"
CA_VARIABLE: Final = "CSTO_WATCH_TSA_CA"
SECONDS: Final = 10.0


class StampFailed(CrawlerError):
    """The authority gave no stamp that holds. Nothing is lost: the next run asks for the newest seal again."""

    exit_code = ExitCode.PARTIAL


@dataclass(frozen=True, slots=True)
class TimeStamping:
    """Who stamps. ``url`` may hold a password and is never shown; ``ca_file`` is PEM; the names are for messages alone."""

    url: str = field(repr=False)
    ca_file: Path | None = None
    seconds: float = SECONDS
    url_name: str = URL_VARIABLE
    ca_name: str = CA_VARIABLE

    @property
    def authority(self) -> str:
        """The address without user, password, query and fragment."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    def check(self) -> None:
        """Raises ConfigurationError for what can't be used."""
        if (fault := _fault_of(self.url)) is not None:
            raise ConfigurationError(f"{self.url_name}: {fault}; write https://host/path")
        self.trusted()

    def trusted(self) -> bytes | None:
        """The certificates that a signature must lead to, in PEM. Raises ConfigurationError."""
        from storage.tokens import certificates  # noqa: PLC0415 - most crawls ask no authority and need no cryptography

        if self.ca_file is None:
            return None
        try:
            pem = self.ca_file.read_bytes()
            certificates(pem)
        except OSError as error:
            raise ConfigurationError(f"{self.ca_name}: {self.ca_file} can't be read ({error.strerror})") from error
        except ValueError as error:
            raise ConfigurationError(f"{self.ca_name}: {self.ca_file} holds no certificate in PEM") from error
        return pem


def _fault_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "that is no web address"
    if parts.scheme not in {"http", "https"}:
        return "an authority is asked over http or https"
    if not parts.hostname or not url.isascii() or any(letter <= " " for letter in url):
        return "that is no web address"
    return None


def time_stamping_of(found: Configuration, environment: Mapping[str, str] = os.environ) -> TimeStamping | None:
    """What the environment names, else the settings file; None where neither names an authority. Raises ConfigurationError."""
    url, ca_file = found.time_stamps.url, found.time_stamps.ca_file
    if environment.get(URL_VARIABLE, "").strip() or url is None:
        return time_stamping_from(environment)
    section = f"{found.file}: time_stamps"
    configured = TimeStamping(url, ca_file, url_name=f"{section}.url", ca_name=f"{section}.ca_file")
    configured.check()
    return configured


def time_stamping_from(environment: Mapping[str, str] = os.environ) -> TimeStamping | None:
    """What the environment names; None where it names no authority. Raises ConfigurationError."""
    url, ca = (environment.get(name, "").strip() for name in (URL_VARIABLE, CA_VARIABLE))
    if not url:
        if ca:
            raise ConfigurationError(f"{CA_VARIABLE} is set and {URL_VARIABLE} isn't: name the authority too")
        return None
    found = TimeStamping(url, Path(ca) if ca else None)
    found.check()
    return found


@dataclass(frozen=True, slots=True)
class Stamped:
    """``is_new``: False where this authority had stamped the seal before, and wasn't asked."""

    seal_number: int
    authority: str
    stamped_at: datetime
    is_new: bool


def stamp_newest(engine: Engine, authority: TimeStamping) -> Stamped | None:
    """Have the newest seal stamped, once by each authority; None where there is no seal yet. Raises StampFailed."""
    with reading(engine) as connection:
        try:
            sealed = newest_sealed(connection)
        except ValueError as error:
            raise StampFailed(str(error)) from error
        if sealed is None:
            return None
        number, text = sealed
        known = stamp_of(connection, number, authority.authority)
    if known is not None:
        return Stamped(number, known.authority, known.stamped_at, is_new=False)
    stamp = _asked(authority, number, text)
    written(engine, lambda connection: keep_stamp(connection, stamp))
    return Stamped(number, stamp.authority, stamp.stamped_at, is_new=True)


def _asked(authority: TimeStamping, number: int, text: str) -> Stamp:
    from storage.tokens import TokenRefused, question, stamped_at  # noqa: PLC0415 - as above

    asked, requested_at, trusted = question(text), utc_now(), authority.trusted()
    try:
        token = ask(authority.url, asked.data, authority.seconds)
        at = stamped_at(token, text, nonce=asked.nonce, trusted=trusted)
    except (AuthorityFailed, TokenRefused) as error:
        raise StampFailed(f"seal {number} isn't time-stamped by {authority.authority}: {error}") from error
    return Stamp(number, authority.authority, requested_at, at, token, trusted)


def stamp_after(engine: Engine, authority: TimeStamping | None) -> tuple[Stamped | None, str]:
    """After a run: what was stamped, and why it wasn't. Never raises: what the run did stands."""
    if authority is None:
        return None, ""
    try:
        return stamp_newest(engine, authority), ""
    except (StampFailed, StorageError, ConfigurationError) as error:
        return None, f"{error}; the next run asks again"
    except Exception as error:  # noqa: BLE001 - whatever it is, the run is over and well
        return None, f"the newest seal isn't time-stamped: unexpected {type(error).__name__}; the next run asks again"
