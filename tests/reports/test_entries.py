"""What belongs together is one entry."""

from __future__ import annotations

from reports.comparison import judged
from reports.entries import Entry, Fold, fold
from storage.records import Event, EventKind
from tests.reports.made import URL, event


def folded(*events: Event) -> list[Entry]:
    return fold(judged(each, None) for each in events)


def test_a_first_crawl_is_one_entry_for_each_site() -> None:
    new = [
        event(EventKind.NEW, id=n, url=f"{URL}{n}", baseline=True, site=site)
        for site in ("csto-en", "csto-ru")
        for n in range(5)
    ]
    entries = folded(*new)
    assert [(entry.fold, len(entry.judged)) for entry in entries] == [(Fold.BASELINE, 5), (Fold.BASELINE, 5)]


def test_pages_that_changed_alike_are_one_entry_where_the_first_stood() -> None:
    a, b, c = event(id=1, group="g"), event(id=2, url=f"{URL}2"), event(id=3, url=f"{URL}3", group="g")
    assert [[item.event.id for item in entry.judged] for entry in folded(a, b, c)] == [[1, 3], [2]]


def test_a_flapping_page_is_one_entry() -> None:
    flips = [event(id=n, flapping=True) for n in range(4)]
    assert [entry.fold for entry in folded(*flips)] == [Fold.FLAPPING]


def test_an_article_at_two_addresses_is_one_entry() -> None:
    other = f"{URL}twin/"
    pair = event(id=1, also_at=(other,)), event(id=2, url=other, also_at=(URL,))
    assert len(folded(*pair)) == 1


def test_twins_that_changed_in_different_runs_or_fields_are_two_entries() -> None:
    other = f"{URL}twin/"
    first = event(id=1, also_at=(other,))
    assert len(folded(first, event(id=2, url=other, also_at=(URL,), run_id=9))) == 2
    assert len(folded(first, event(id=2, url=other, also_at=(URL,), fields=("title",)))) == 2


def test_two_edits_of_one_page_are_two_entries() -> None:
    assert len(folded(event(id=1), event(id=2))) == 2
