"""The store as the commands see it: opened for reading or writing, and its records by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crawler.pages.urls import BadAddress, canonical
from storage import queries
from storage.engine import open_store
from storage.lock import store_lock
from storage.records import Page, PageState
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def reading(db_url: str) -> Iterator[Engine]:
    engine = open_store(db_url, write=False)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(db_url: str) -> Iterator[Engine]:
    engine = open_store(db_url, write=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def holding(db_url: str) -> Iterator[Engine]:
    """For writing, and no crawl beside it. Raises StoreHeld."""
    with store_lock(db_url), writing(db_url) as engine:
        yield engine


@contextmanager
def rewriting(db_url: str) -> Iterator[Engine]:
    """For writing beside a crawl, where a store is already: StoreMissing, StoreOutdated as for a reader."""
    with reading(db_url), writing(db_url) as engine:
        yield engine


def known_page(engine: Engine, url: str, *, even_forgotten: bool = False) -> Page:
    """The page at any form of its address; one that the store doesn't know, or was told to forget, is a wrong argument."""
    for form in _forms(url):
        page = queries.resolve_url(engine, form)
        if page is not None and page.state is PageState.FORGOTTEN and not even_forgotten:
            raise WrongArgumentError(f"{url} was forgotten: nothing that it said is kept")
        if page is not None:
            return page
    raise WrongArgumentError(f"the store knows no page {url}; `csto-watch pages` lists those it knows")


def _forms(url: str) -> Iterator[str]:
    """As it was given (an import's page may be no web address), then as the store writes addresses."""
    if any("\ud800" <= letter <= "\udfff" for letter in url):  # bytes of the command line that are no UTF-8
        raise WrongArgumentError(f"{url} names no page: it is no UTF-8 text")
    yield url
    try:
        yield canonical(url)
    except BadAddress as error:
        raise WrongArgumentError(f"{url} names no page: {error}") from None
