"""What the probe pages teach: the message of a missing page, and not the teasers around it."""

from __future__ import annotations

from crawler.judging import Judge
from crawler.pages.outcome import Fingerprint
from crawler.sites import site_named


def learned(*probes: Fingerprint) -> Judge:
    judge = Judge(site_named("csto-en"), None)
    for probe in probes:
        judge.learn_probe(probe)
    return judge


def test_a_teaser_that_is_drawn_anew_is_no_part_of_the_message() -> None:
    judge = learned(
        Fingerprint("Lost", frozenset({"gone", "teaser a"})), Fingerprint("Lost", frozenset({"gone", "teaser b"}))
    )
    assert judge.probe == Fingerprint("Lost", frozenset({"gone"}))


def test_a_teaser_that_stands_on_the_lists_too_is_no_part_of_the_message() -> None:
    judge = learned(Fingerprint("Lost", frozenset({"gone", "teaser"})))
    judge.learn_frame(Fingerprint("News", frozenset({"teaser", "more"})))
    assert judge.probe == Fingerprint("Lost", frozenset({"gone"}))


def test_a_name_that_differs_from_probe_to_probe_is_no_name() -> None:
    assert learned(Fingerprint("a", frozenset()), Fingerprint("b", frozenset())).probe == Fingerprint("", frozenset())


def test_without_a_probe_a_list_teaches_nothing() -> None:
    judge = learned()
    judge.learn_frame(Fingerprint("News", frozenset({"teaser"})))
    assert judge.probe is None
