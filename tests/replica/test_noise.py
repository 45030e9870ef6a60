"""Every answer's bytes differ, and the article in them does not."""

from __future__ import annotations

import pytest

from replica.markups import MARKUPS
from replica.noise import Noise, compile_template, slot
from replica.site import ReplicaSite


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("kilobytes", [0, 50])
def test_no_two_answers_are_alike(markup: str, kilobytes: int) -> None:
    site = ReplicaSite(30, markup, kilobytes=kilobytes)
    for target in (site.addresses[0], "/", "/news/news_odkb/", "/news/news_odkb/no-such-page/"):
        assert len({site.respond(target).body for _ in range(40)}) == 40


def test_the_noise_is_the_same_for_the_same_seed_and_the_same_requests() -> None:
    def bodies(seed: int) -> list[bytes]:
        site = ReplicaSite(30, seed=seed)
        return [site.respond(address).body for address in ReplicaSite(30, seed=1).addresses]

    assert bodies(1) == bodies(1)
    assert bodies(1) != bodies(2)


def test_without_noise_equal_requests_get_equal_bytes() -> None:
    site = ReplicaSite(30, noise=False)
    assert len({site.respond(site.addresses[3]).body for _ in range(10)}) == 1


def test_a_template_fills_its_slots_and_leaves_unknown_ones_empty() -> None:
    template = compile_template(f"a{slot('ONE')}б{slot('TWO')}— ≥", "cp1251")
    assert template.fill({"ONE": b"1"}) == b"a1\xe1\x97 &#8805;"


def test_the_counter_counts_this_page() -> None:
    site = ReplicaSite(30, "divs")
    first, second = site.respond(site.addresses[0]).body, site.respond(site.addresses[0]).body
    assert b"Views: 101<" in first
    assert b"Views: 102<" in second


def test_ids_tokens_and_clock_change_with_each_request() -> None:
    values = [Noise(1, number, 4).values(views=1) for number in range(50)]
    for name in ("TOKEN", "NONCE", "BX", "NOW"):
        assert len({value[name] for value in values}) == 50
