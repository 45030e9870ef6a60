"""Addresses of forgotten pages. The store knows them by their SHA-256 alone: it can tell that one was forgotten, and not which.

``urn:forgotten:`` and 64 hexadecimal figures stand where the address stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, Engine, select

from storage.engine import reading
from storage.models import AddressRow, PageRow, table_of
from storage.pieces import chunks
from storage.records import PageState

PREFIX: Final = "urn:forgotten:"

_address, _page = table_of(AddressRow), table_of(PageRow)


def stub_of(url: str) -> str:
    """What is left of a canonical address. A stub stays as it is."""
    return url if url.startswith(PREFIX) else PREFIX + sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def forgotten_among(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Those of these canonical addresses whose page was forgotten. Most stores have none, which one look at an index tells."""
    if connection.scalar(select(_page.c.id).where(_page.c.state == PageState.FORGOTTEN.value).limit(1)) is None:
        return set()
    by_stub = {stub_of(url): url for url in urls}
    found: set[str] = set()
    for some in chunks(by_stub):
        for column in (_page.c.url, _address.c.url):
            found.update(by_stub[stub] for stub in connection.scalars(select(column).where(column.in_(some))))
    return found


def forgotten_pages(connection: Connection) -> Sequence[str]:
    """What is left of the addresses of all forgotten pages."""
    is_forgotten = _page.c.state == PageState.FORGOTTEN.value
    return connection.scalars(select(_page.c.url).where(is_forgotten).order_by(_page.c.url)).all()


def forgotten_of(engine: Engine, urls: Iterable[str]) -> set[str]:
    """The same in a transaction of its own."""
    with reading(engine) as connection:
        return forgotten_among(connection, urls)
