"""Hostile answers hold no whole article; odd articles do, in every markup."""

import pytest

from benchmarks.corpus import FAMILIES, HOSTILE, ODD, OddArticle, Shape, make_site
from tests.corpus.seen import missing, shown

WHOLE_ON_PURPOSE = {"transformed_by_proxy", "mislabelled_charset", "mojibake", "gzip_not_decoded"}


def test_there_are_enough_shapes_of_both_kinds() -> None:
    assert len(HOSTILE) == len({shape.name for shape in HOSTILE}) >= 40
    assert sum(not shape.is_named for shape in HOSTILE) >= 12
    assert len(ODD) == 10


@pytest.mark.parametrize("shape", HOSTILE, ids=lambda shape: shape.name)
def test_a_hostile_answer_does_not_hold_the_article(shape: Shape) -> None:
    for family in ("bitrix", "random-b"):
        site = make_site(family, 3, 8)
        for truth in site.articles[:2]:
            answer = shape.answer(site, truth, 1)
            assert answer == shape.answer(site, truth, 1)
            assert answer.body != site.render(truth, fetch=1)
            if shape.name in WHOLE_ON_PURPOSE:
                continue
            text = answer.body.decode(site.markup.charset, errors="replace")
            if "<" in text and "%PDF" not in text:
                assert missing(truth, shown(site, text.encode(site.markup.charset, errors="xmlcharrefreplace"))), family


def test_a_soft_404_is_like_the_probe() -> None:
    site = make_site("semantic", 3, 8)
    soft = next(shape for shape in HOSTILE if shape.name == "soft_404").answer(site, site.articles[0], 0)
    assert soft.status == 200
    for body in (soft.body, site.probe(), site.probe(fetch=4)):
        assert "The requested element was not found." in shown(site, body)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_an_odd_article_is_whole_in_every_markup(odd: OddArticle) -> None:
    for family in FAMILIES:
        site = make_site(family, 3, 6)
        assert missing(odd.truth, shown(site, site.render(odd.truth))) == ""
