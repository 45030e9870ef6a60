"""Whether an edit owns up to itself, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from reports.diff import compare_articles
from reports.notes import is_note, owns_up
from tests.reports.made import article

NOTES = [
    "Updated: the number of troops was corrected.",
    "UPD. The meeting was moved.",
    "Correction: the council met on Friday",
    "The council met on Friday. (Updated 12 May 2026)",
    "[corrected]",
    "Updated on 12 May",
    "Editor's note: an earlier text named another day.",
    "This article was updated to name all members.",
    "An earlier version of this story gave another number.",
    "Обновлено: число участников уточняется.",
    "Обновлено 12.05.2026",
    "Уточнение. Совет собрался в пятницу.",
    "Совет собрался в пятницу (исправлено)",
    "Поправка: речь идёт о 13 шагах",
    "Новость обновлена",
    "Текст был дополнен.",
    "В предыдущей версии текста число было другим.",
    "От редакции: исправлена дата.",
]
NO_NOTES = [
    "",
    "Updated rules were discussed by the council.",
    "The council updated its plan on 12 May.",
    "Corrections officers of the member states met.",
    "Amendments to the charter were adopted.",
    "The text of the statement was adopted.",
    "Обновлённый состав совета собрался в пятницу.",
    "Дополнения к уставу приняты единогласно.",
    "Участники обновили план 12 мая.",
    "Изменения в составе сил одобрены.",
    "Заявление принято 12 мая.",
]


@pytest.mark.parametrize("text", NOTES)
def test_a_note_of_change_is_known(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", NO_NOTES)
def test_a_sentence_about_something_else_is_no_note(text: str) -> None:
    assert not is_note(text)


def test_an_edit_owns_up_by_a_note_in_what_it_wrote_or_by_the_date() -> None:
    old = article("The council met on Monday.", "It agreed.")
    assert not owns_up(compare_articles(old, article("The council met on Friday.", "It agreed.")))
    assert owns_up(compare_articles(old, article("The council met on Friday.", "It agreed.", "Updated: the day.")))
    assert owns_up(compare_articles(old, article("The council met on Friday (corrected).", "It agreed.")))
    assert owns_up(
        compare_articles(old, article("The council met on Friday.", "It agreed.", title="Updated: a meeting"))
    )
    later = article("The council met on Friday.", "It agreed.", published=date(2026, 7, 27))
    assert owns_up(compare_articles(old, later))


def test_a_note_that_stood_there_before_says_nothing_of_this_edit() -> None:
    old = article("The council met on Monday.", "Updated: the day.")
    assert not owns_up(compare_articles(old, article("The council met on Friday.", "Updated: the day.")))
    assert not owns_up(compare_articles(old, article("Updated: the day.", "The council met on Friday.")))
    assert owns_up(compare_articles(old, article("The council met on Friday.", "Updated: the day and the place.")))
    assert not owns_up(compare_articles(old, article("The council met on Monday.")))
