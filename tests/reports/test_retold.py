"""Paragraphs that say the old thing anew: translated, repaired, or of a page in another language."""

from __future__ import annotations

from datetime import date

import pytest

from reports.comparison import compare_versions
from reports.significance import Significance, flagged, judge_event, told
from storage.records import Article, EventKind
from tests.reports.made import article, link, version
from tests.reports.test_flags import broken
from tests.reports.test_language import ENGLISH, RUSSIAN

EN, RU = ENGLISH[:6], RUSSIAN[:6]


def reasons(old: Article, new: Article) -> tuple[str, ...]:
    return compare_versions(version(old, 1), version(new, 2)).verdict.reasons


def page(*texts: str, **fields: object) -> Article:
    return article(*texts, **fields)


def test_an_untranslated_paragraph_in_the_pages_language_now_is_translated() -> None:
    assert reasons(page(EN[0], RU[1], EN[2]), page(EN[0], EN[1], EN[2])) == ("translated",)
    assert reasons(page(EN[0], RU[1]), page(EN[0], EN[1])) == ("translated",)
    assert told("translated") == "translation completed"


def test_a_russian_page_is_translated_into_russian() -> None:
    assert reasons(page(RU[0], EN[1], language="ru"), page(RU[0], RU[1], language="ru")) == ("translated",)


def test_several_untranslated_paragraphs_at_once_are_translated() -> None:
    assert reasons(page(EN[0], RU[1], RU[2], RU[3]), page(EN[0], EN[1], EN[2], EN[3])) == ("translated",)


def test_what_came_besides_the_translation_is_told_too() -> None:
    assert reasons(page(EN[0], RU[1]), page(EN[0], EN[1], EN[2])) == ("added", "translated")
    assert reasons(page(EN[0], RU[1], RU[2]), page(EN[0], EN[1])) == ("removed", "translated")
    assert set(reasons(page("On 12 May it began.", RU[1]), page("On 13 May it began.", EN[1]))) == {
        "date",
        "translated",
    }


def test_an_untranslated_paragraph_that_only_went_or_was_edited_is_no_translation() -> None:
    assert reasons(page(EN[0], RU[1]), page(EN[0])) == ("removed",)
    assert "translated" not in reasons(page(EN[0], RU[1]), page(EN[0], RU[1].replace("двух", "трёх")))
    assert "translated" not in reasons(page(EN[0], EN[1]), page(EN[0], RU[1]))


def test_a_page_in_another_language_is_one_reason_and_not_every_paragraph() -> None:
    old = page(*EN, links=(link("/a/", "the plan"),))
    new = page(*RU, title="Заседание экспертов", language="ru", links=(link("/a/", "план"),))
    assert reasons(old, new) == ("language_changed",)
    assert reasons(new, old) == ("language_changed",)


def test_names_and_signs_in_it_are_part_of_that() -> None:
    old = page(*EN[:3], "* * *", "Anatoly Sidorenko", "Tel. 12")
    new = page(*RU[:3], "* * *", "Анатолий Сидоренко", "Тел. 12", language="ru")
    assert reasons(old, new) == ("language_changed",)


def test_what_changed_besides_the_language_is_told_too() -> None:
    found = reasons(page(*EN), page(*RU, language="ru", published=date(2026, 7, 27)))
    assert found == ("language_changed", "date")
    assert reasons(page(*EN[:3]), page(EN[0], EN[2], language="ru")) == ("language_changed", "removed")


def test_a_language_that_nobody_knew_is_no_change_of_it() -> None:
    assert reasons(page("* * *", language=None), page("* * *")) == ("language",)


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_broken_letters_that_were_repaired_are_told_so_and_nothing_else(encoding: str, times: int) -> None:
    whole = page(*RU, title="Заседание экспертов", language="ru")
    bad = page(
        *(broken(text, encoding, times) for text in RU), title=broken("Заседание экспертов", encoding), language="ru"
    )
    assert reasons(bad, whole) == ("encoding",)
    assert reasons(whole, bad) == ("mojibake",)


def test_a_broken_quote_in_a_sentence_is_told_so() -> None:
    whole = page(EN[0], "He said “yes” – and so don’t go there, the chief added.")
    bad = page(EN[0], broken("He said “yes” – and so don’t go there, the chief added.", "cp1252"))
    assert reasons(bad, whole) == ("encoding",)
    assert reasons(whole, bad) == ("mojibake",)


def test_a_repair_with_an_edit_is_both() -> None:
    found = reasons(
        page(broken(RU[0], "cp1251"), language="ru"), page(RU[0].replace("двенадцати", "15"), language="ru")
    )
    assert "encoding" in found
    assert len(found) > 1


def test_flags_that_came_with_an_edit_are_reasons_of_it() -> None:
    assert reasons(page(EN[0]), page(EN[0], "The СRRF forces came.")) == ("added", "homoglyph")
    assert reasons(page(EN[0], "The СRRF forces came."), page(EN[0], "The СRRF forces came.", EN[1])) == ("added",)
    assert reasons(page(EN[0]), page(EN[0], published=date(2031, 1, 1))) == ("date", "future_date")
    assert reasons(page(EN[0]), page(EN[0], published=date(2026, 7, 25))) == ("date",)


def test_a_look_alike_letter_is_no_cosmetic_change() -> None:
    found = compare_versions(version(page("A plan of CRRF was made."), 1), version(page("A plan of СRRF was made."), 2))
    assert (found.verdict.significance, found.verdict.reasons) == (Significance.MINOR, ("homoglyph",))
    assert found.diff.fields == ("body",)


def test_flags_stand_behind_the_reasons_and_weigh_at_least_as_much() -> None:
    new = flagged(judge_event(EventKind.NEW), ("future_date", "mojibake"))
    assert (new.significance, new.reasons) == (Significance.SUBSTANTIVE, ("new", "mojibake", "future_date"))


def test_quotes_and_dashes_are_cosmetic_in_the_text_and_in_the_text_of_a_link() -> None:
    old = page('He called it a "plan" - "a good one", the chief\'s words.', links=(link("/a/", '"plan"'),))
    new = page("He called it a “plan” — “a good one”, the chief’s words.", links=(link("/a/", "“plan”"),))
    found = compare_versions(version(old, 1), version(new, 2))
    assert (found.verdict.significance.label, found.verdict.reasons) == ("cosmetic", ("typography",))
    typed = page("a plan -- a good one"), page("a plan \u2014 a good one")
    assert reasons(*typed) == ("typography",)
