"""An edit changes what it says and nothing else, and the page shows it."""

import pytest

from benchmarks.corpus import EDITS, FAMILIES, Truth, edit, make_site
from tests.corpus.seen import missing, shown

ARTICLES = [truth for seed in range(12) for truth in make_site("bitrix", seed, 6).articles]


def fields_that_differ(one: Truth, two: Truth) -> set[str]:
    pairs = {"body": "blocks"} | {name: name for name in ("title", "published", "links", "media", "language")}
    return {field for field, name in pairs.items() if getattr(one, name) != getattr(two, name)}


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_changes_the_fields_it_names(kind: str) -> None:
    done = 0
    for seed, truth in enumerate(ARTICLES):
        if (edited := edit(kind, truth, seed)) is None:
            continue
        done += 1
        assert fields_that_differ(truth, edited[0]) == edited[1] != frozenset()
        assert edited == edit(kind, truth, seed)
    assert done >= len(ARTICLES) // 4


@pytest.mark.parametrize("kind", EDITS)
def test_an_edited_page_shows_the_edited_article(kind: str) -> None:
    for number, family in enumerate(FAMILIES):
        site = make_site(family, 2, 6)
        for truth in site.articles[:2]:
            if (edited := edit(kind, truth, number)) is None:
                continue
            html = site.render(edited[0])
            assert html != site.render(truth)
            assert missing(edited[0], shown(site, html)) == ""


def test_an_unknown_edit_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown edit"):
        edit("nothing", ARTICLES[0], 1)
