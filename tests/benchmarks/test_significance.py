"""The figures of significance count what they say."""

from __future__ import annotations

import pytest

from benchmarks import significance
from benchmarks.planted_weight import KINDS, Planted, planted
from benchmarks.significance import Judged, by_length, by_rules, judged, macro_f1, macro_f1_95, scores
from storage.records import Article
from tests.reports.labelled import Pair, halves
from tests.reports.made import article


def pair(number: int, *reasons: str) -> Pair:
    return Pair(f"en-{number}", "made", "en", "minor", frozenset(reasons), article("One."), article("Two."))


def told(number: int, labelled: str, said: str) -> Judged:
    return Judged(pair(number, *labelled.split()), "minor", frozenset(said.split()))


FOUND = [
    told(1, "case", "case"),
    told(2, "case", "grammar"),
    told(3, "grammar", "grammar"),
    told(4, "case grammar", "case"),
]


def test_precision_recall_and_f1_of_a_reason_are_those_of_the_textbook() -> None:
    found = scores(FOUND)
    assert set(found) == {"case", "grammar"}
    case = found["case"]
    assert (case["pairs"], case["precision"], case["recall"], case["f1"]) == (3, 1.0, 0.6667, 0.8)
    assert (case["missed"], case["wrong"]) == (["en-2"], [])
    assert (found["grammar"]["precision"], found["grammar"]["recall"], found["grammar"]["wrong"]) == (
        0.5,
        0.5,
        ["en-2"],
    )


def test_the_macro_f1_is_the_mean_over_the_reasons_that_an_editor_gave() -> None:
    assert macro_f1(FOUND) == pytest.approx((0.8 + 0.5) / 2)
    assert macro_f1([told(1, "case", "case number")]) == 1
    low, high = macro_f1_95(FOUND, 1)
    assert 0 <= low < macro_f1(FOUND) < high <= 1


def test_the_rules_hold_on_pairs_that_they_were_not_built_with_and_the_control_does_not() -> None:
    _, held_out = halves()
    assert macro_f1(judged(held_out, by_rules)) >= significance.LEAST_MACRO_F1
    assert macro_f1(judged(held_out, by_length)) < 0.2


def test_a_planted_change_is_one_word_and_depends_on_the_seed_alone() -> None:
    found = list(planted(12, 3))
    assert [(each.kind, each.old, each.new) for each in planted(12, 3)] == [(e.kind, e.old, e.new) for e in found]
    assert {kind: sum(each.kind == kind for each in found) for kind in KINDS} == dict.fromkeys(KINDS, 12)
    for change in found:
        differing = [(a, b) for a, b in zip(texts(change.old), texts(change.new), strict=True) if a != b]
        assert len(differing) == 1
        assert len(set(differing[0][0].split()) ^ set(differing[0][1].split())) <= 2
    assert {change.old.language for change in found} == {"en", "ru"}


def texts(of: Article) -> list[str]:
    return [of.title or "", *(block.text for block in of.blocks)]


def test_a_number_that_is_called_harmless_breaks_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "PLANTED_EACH", 20)
    row = significance.figures()
    assert significance.is_good(row)
    row["planted"]["number"]["substantive"] -= 1
    assert not significance.is_good(row)


def test_a_planted_change_is_told_by_its_kind() -> None:
    (change,) = [each for each in planted(1, 5) if each.kind == "negation"]
    assert isinstance(change, Planted)
    assert by_rules(change.old, change.new)[0] == "substantive"
