"""What an edit weighs, and why."""

from __future__ import annotations

import pytest

from reports.comparison import comparison_of, judged
from reports.diff import compare_articles
from reports.significance import Significance, judge, judge_event
from storage.records import EventKind, Version
from tests.reports.made import article, event, link, media, version


def verdict(old: str, new: str) -> tuple[str, tuple[str, ...]]:
    found = judge(compare_articles(article(old), article(new)))
    return found.significance.label, found.reasons


HARMLESS = [
    ('He said "yes" and left.', "He said «yes» and left.", "cosmetic", "typography"),
    ("a plan - a good one", "a plan \u2014 a good one", "cosmetic", "typography"),
    ("and so on...", "and so on…", "cosmetic", "typography"),
    ("We sent 20 000 letters", "We sent 20000 letters", "cosmetic", "typography"),
    ("the chief's words", "the chief’s words", "cosmetic", "typography"),
    ("It ended, then.", "It ended then.", "minor", "punctuation"),
    ("They will recieve it", "They will receive it", "minor", "spelling"),
    ("Сотрудничетсво крепнет", "Сотрудничество крепнет", "minor", "spelling"),
    # A short word with a capital may be a name: then it isn't called spelling.
    ("Brown came later", "Browne came later", "substantive", "wording"),
    ("крепнет сотрудничетсво", "крепнет сотрудничество", "minor", "spelling"),
    ("the СRRF forces", "the CRRF forces", "minor", "homoglyph"),
    ("then Mr Tokaev spoke", "then Mr Tokayev spoke", "minor", "spelling"),
    ("on a visit", "on the visit", "minor", "grammar"),
    ("встреча с Петрову", "встреча с Петровым", "minor", "grammar"),
    ("it is 5 million now", "it is 5,000,000 now", "cosmetic", "typography"),
    ("on 5 May 2024 then", "on May 5, 2024 then", "cosmetic", "typography"),
    ("THE meeting went on", "The meeting went on", "minor", "case"),
]
WEIGHTY = [
    ("It was 12 May then", "It was 13 May then", "date"),
    ("on May 12 it began", "on May 13 it began", "date"),
    ("прошло 12 мая в городе", "прошло 13 мая в городе", "date"),
    ("signed on 21.05.2020 there", "signed on 22.05.2020 there", "date"),
    ("back in 2019 it was", "back in 2020 it was", "date"),
    ("they met in March again", "they met in April again", "date"),
    ("it begins on Monday there", "it begins on Friday there", "date"),
    ("there were 1,200 men", "there were 1,300 men", "number"),
    ("there were three stages", "there were four stages", "number"),
    ("at -5 degrees", "at 5 degrees", "number"),
    ("by 5 of all", "by 5% of all", "number"),
    ("the X meeting was", "the XI meeting was", "number"),
    ("from 5 to 7 men", "from 7 to 5 men", "number"),
    ("They did it", "They did not do it", "negation"),
    ("they can do it", "they can't do it", "negation"),
    ("это можно делать", "это не можно делать", "negation"),
    ("this is lawful here", "this is unlawful here", "negation"),
    ("сочли допустимым шаг", "сочли недопустимым шаг", "negation"),
    ("then Mr Tokaev spoke", "then Mr Tokarev spoke", "person"),
    ("as the CSTO said", "as the CIS said", "organisation"),
    ("сказал Иванов вчера", "сказал Петров вчера", "person"),
    ("там Иванов рад", "там Иванова рад", "person"),
    ("they will do it", "they may do it", "modal"),
    ("the head spoke then", "the chief spoke then", "person"),
    ("the lamp burnt then", "the stove burnt then", "wording"),
    ("to include it there", "to exclude it there", "wording"),
]


@pytest.mark.parametrize(("old", "new", "level", "reason"), HARMLESS)
def test_a_change_is_called_harmless_only_by_a_rule_that_shows_so(old: str, new: str, level: str, reason: str) -> None:
    assert verdict(old, new) == (level, (reason,))


@pytest.mark.parametrize(("old", "new", "reason"), WEIGHTY)
def test_a_changed_number_date_name_negation_or_word_is_substantive(old: str, new: str, reason: str) -> None:
    for pair in ((old, new), (new, old)):
        level, reasons = verdict(*pair)
        assert level == "substantive"
        assert reason in reasons


def test_a_word_of_weight_is_found_beside_harmless_changes() -> None:
    level, reasons = verdict(
        'He said "yes" to the plan of recieving all 5 men', "He said «yes» to the plan of receiving all 6 men"
    )
    assert level == "substantive"
    assert set(reasons) == {"number", "spelling", "typography"}
    assert reasons[0] == "number"


@pytest.mark.parametrize(
    ("changes", "level", "reason"),
    [
        ({"title": "A meeting of ministers"}, "substantive", "headline"),
        ({"title": "A meeting of\u2009experts"}, "cosmetic", None),
        ({"published": None}, "substantive", "date"),
        ({"language": "ru"}, "substantive", "language_changed"),
        ({"language": None}, "substantive", "language"),
        ({"links": (link("/b/", "the plan"),)}, "substantive", "links"),
        ({"links": (link("/a/", "the draft plan"),)}, "minor", "link_text"),
        ({"links": ()}, "substantive", "links"),
        ({"media": (media("/2.jpg", "a photo"),)}, "substantive", "media"),
        ({"media": (media("/1.jpg", "a photograph"),)}, "minor", "caption"),
    ],
)
def test_each_field_has_its_own_reason(changes: dict[str, object], level: str, reason: str | None) -> None:
    before = {"links": (link("/a/", "the plan"),), "media": (media("/1.jpg", "a photo"),)}
    found = judge(compare_articles(article("Text.", **before), article("Text.", **{**before, **changes})))
    assert found.significance.label == level
    assert found.reasons[:1] == (() if reason is None else (reason,)) or reason in found.reasons


def test_quotes_in_a_headline_are_typography_and_no_new_headline() -> None:
    old, new = article("Text.", title='On the "Shield" exercise'), article("Text.", title="On the «Shield» exercise")
    assert judge(compare_articles(old, new)).reasons == ("typography",)


def test_paragraphs_that_came_went_or_moved_are_told_so() -> None:
    lines = ["The first of the paragraphs.", "The second one says more.", "A third for good measure here."]
    assert judge(compare_articles(article(*lines), article(*lines[:2]))).reasons == ("removed",)
    assert judge(compare_articles(article(*lines[:2]), article(*lines))).reasons == ("added",)
    moved = judge(compare_articles(article(*lines), article(*lines[1:], lines[0])))
    assert (moved.significance, moved.reasons) == (Significance.MINOR, ("moved_block",))


def test_a_sentence_whose_end_is_no_longer_one_is_neither_removed_nor_added() -> None:
    old = article('It began in March. "No state is left alone," he said.')
    assert judge(compare_articles(old, article("It began in March. ”No state is left alone,” he said."))).reasons == (
        "typography",
    )
    told = judge(compare_articles(article("It began. Then it ended."), article("It began. then it ended.")))
    assert told.reasons == ("case",)


def test_equal_articles_have_no_reason() -> None:
    assert judge(compare_articles(article("Text."), article("Text."))).reasons == ()


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.EDITED])
def test_an_event_that_is_no_edit_is_substantive_by_its_kind(kind: EventKind) -> None:
    found = judge_event(kind)
    assert (found.significance.label, found.reasons) == ("substantive", (kind.value,))


def test_an_edit_whose_versions_are_not_kept_is_substantive_by_its_fields() -> None:
    edited = event(fields=("title", "links"))
    assert comparison_of(edited, None, version(article("Text."))) is None
    assert judged(edited, None).verdict.reasons == ("headline", "links")


def test_an_edit_is_judged_by_its_two_versions() -> None:
    kept: dict[int, Version] = {
        1: version(article("At 12 o'clock sharp."), 1),
        2: version(article("At 13 o'clock sharp."), 2),
    }
    edited = event()
    comparison = comparison_of(edited, kept[1], kept[2])
    assert judged(edited, comparison).verdict.reasons == ("number",)
