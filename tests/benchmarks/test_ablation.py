"""Rules of the reader that are switched off, and what is missed then."""

from __future__ import annotations

import pytest

from benchmarks import ablation
from benchmarks.ablation import LEARNED, RULES, Tally, Task, failing_tests, measure, switched_off
from crawler.pages import article, below, boilerplate


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_there_to_be_switched_off(rule: str) -> None:
    """A rule that was renamed would be switched off in name only."""
    for owner, name, instead in RULES[rule]:
        assert getattr(owner, name) is not instead


def test_a_rule_is_off_wherever_it_is_used_and_on_again_afterwards() -> None:
    real = boilerplate.is_back_words
    with switched_off(RULES["navigation by its words"]):
        assert not boilerplate.is_back_words("Go back")
        assert article.is_back_words is below.is_back_words is boilerplate.is_back_words is not real
    assert article.is_back_words is below.is_back_words is boilerplate.is_back_words is real


def test_a_tally_is_worse_by_any_of_its_counts() -> None:
    assert Tally(1, 0, 0).is_worse(Tally())
    assert Tally(0, 1, 0).is_worse(Tally())
    assert Tally(0, 0, 1).is_worse(Tally())
    assert not Tally(1, 1, 1).is_worse(Tally(1, 1, 1))


@pytest.mark.parametrize(("rule", "count"), [("", 0), ("looks of a template", 1)])
def test_tests_of_pages_fail_without_the_rule_that_they_are_about(rule: str, count: int) -> None:
    assert failing_tests(rule, "tests/pages/test_learned_rules.py") == count


def test_tests_that_can_t_run_are_no_count() -> None:
    with pytest.raises(RuntimeError, match=r"nowhere\.py didn't run without"):
        failing_tests("", "tests/pages/nowhere.py")


def test_a_rule_is_missed_by_its_own_kind_of_count() -> None:
    total = {"learned": Tally(), "alone": Tally(5, 0, 7), "boxes alike": Tally(1), "messages": Tally(5, 0, 7)}
    assert ablation._not_missed(total) == ["messages"]


@pytest.mark.slow
def test_what_no_page_can_do_without_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation, "PAGES", 6)
    found = measure(Task("bitrix", 1, ("invisible signs", "boxes that are the site's")))
    assert found["invisible signs"].is_worse(found["alone"])
    assert "boxes that are the site's" in LEARNED
    assert found["learned"] == Tally()
