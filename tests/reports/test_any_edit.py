"""Whatever two articles say: a difference has a reason, equal texts have none, digits that differ are never called harmless."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.diff import compare_articles
from reports.significance import RULES, Significance, judge
from storage.hashing import content_sha256
from tests.reports.made import PAYLOADS, article

_WORDS = """
    the a of not may must can will said Mr Minister Armenia CSTO Ivanov Ivanova Elena May June Monday two third
    и не может должен сказал министр Армении ОДКБ Иванов Елена мая июня вторник два третий года процентов
    0 1 5 12 2020 20,000 1,234 0.5 05.05.2020 2020-05-05 5/6/2020 10:30 09.45 IV ХI 3rd 3-й 1990-х ٣ ² 𝟚
    " “ ” « » „ ‘ ’ ' ( ) - – — − , . ! … : ; % № $ /
"""
_TEXTS = st.lists(st.sampled_from([*_WORDS.split(), *PAYLOADS]), min_size=1, max_size=14).map(" ".join)
_BODIES = st.lists(_TEXTS, min_size=1, max_size=4)
_SETTINGS = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SETTINGS
@given(_BODIES, _BODIES, _TEXTS, _TEXTS)
def test_a_difference_has_a_reason_and_equal_articles_have_none(
    old: list[str], new: list[str], title: str, other: str
) -> None:
    a, b = article(*old, title=title), article(*new, title=other)
    verdict = judge(compare_articles(a, b))
    assert bool(verdict.reasons) == (content_sha256(a) != content_sha256(b))
    assert set(verdict.reasons) <= set(RULES)
    assert judge(compare_articles(a, a)).reasons == ()


@_SETTINGS
@given(_TEXTS, _TEXTS, st.integers(0, 10**30), st.integers(0, 10**30))
def test_another_number_is_substantive_among_any_words(before: str, after: str, old: int, new: int) -> None:
    texts = [f"{before} about {number} {after}" for number in (old, new)]
    verdict = judge(compare_articles(*map(article, texts)))
    assert (verdict.significance is Significance.SUBSTANTIVE) == (old != new), verdict


@_SETTINGS
@given(_TEXTS, st.data())
def test_one_digit_that_differs_is_substantive_wherever_it_stands(text: str, data: st.DataObject) -> None:
    places = [found.start() for found in re.finditer("[0-9]", text)]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    verdict = judge(compare_articles(article(text), article(text[:place] + digit + text[place + 1 :])))
    assert verdict.significance is Significance.SUBSTANTIVE, verdict
