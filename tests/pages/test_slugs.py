"""An address that spells its page's title."""

from __future__ import annotations

import pytest

from crawler.pages.slugs import spells

NEWS = "https://odkb-csto.org/news/news_odkb/"


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("the-ministers-met-in-arvel", "The ministers met in Arvel"),
        ("the_ministers_met_in_arvel-12948", "The ministers met in “Arvel”"),
        ("ministry-obsudili-khod-zanyatiy-2", "Министры обсудили ход занятий"),
        ("v-" + "dolgom-" * 13, "В " + "долгом " * 20),
    ],
)
def test_a_slug_spells_a_title(slug: str, title: str) -> None:
    assert spells(f"{NEWS}{slug}/?ELEMENT_ID=1", title)


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("the-ministers-met-in-arvel", "Element not found"),
        ("the-ministers-met-in-arvel", "The ministers"),
        ("ministry-obsudili-khod-zanyatiy", "The ministers discussed the course of training"),
        ("news", "News"),
    ],
)
def test_a_slug_of_another_title_or_of_few_letters_spells_nothing(slug: str, title: str) -> None:
    assert not spells(f"{NEWS}{slug}/", title)
