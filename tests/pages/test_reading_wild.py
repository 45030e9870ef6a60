"""The reader on templates that nobody wrote: drawn by lot, in all combinations."""

from __future__ import annotations

import pytest

from crawler.pages.reading import Answer, Reading, read
from crawler.sites import SITES
from tests.pages.wild import Template, Wild


def _differences(found: Reading, page: Wild) -> list[str]:
    article = found.article
    if article is None:
        return [f"{found.outcome}: {found.reason}"]
    pairs: list[tuple[str, object, object]] = [
        ("title", article.title, page.title),
        ("published", article.published, page.published),
        ("language", article.language, "en"),
        ("blocks", [block.text for block in article.blocks], page.blocks),
        ("links", [(link.href, link.text) for link in article.links], page.links),
        ("media", [(media.src, media.alt) for media in article.media], page.media),
    ]
    return [f"{name}: {got!r} is not {wanted!r}" for name, got, wanted in pairs if got != wanted]


def _read(page: Wild) -> Reading:
    return read(Answer(page.url, 200, page.html.encode(), "text/html; charset=utf-8"), site=SITES["csto-en"])


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_a_template_never_seen_is_read_exactly(start: int) -> None:
    for seed in range(start, start + 20):
        for number in range(3):
            page = Template(seed).page(number)
            differences = _differences(_read(page), page)
            assert not differences, f"seed {seed}, page {number}, {page.choices}:\n" + "\n".join(differences)


def test_of_templates_that_were_never_looked_at_hardly_any_is_misread() -> None:
    """A page of one sentence with no date, no navigation and no counter can't be told from a message of the site."""
    pages = [Template(seed).page(0) for seed in range(50_000, 50_300)]
    readings = [(_read(page), page) for page in pages]
    wrong = [page.choices for found, page in readings if found.article is not None and _differences(found, page)]
    unread = [page.choices for found, page in readings if found.article is None]
    assert len(wrong) <= 1, wrong
    assert len(unread) <= 3, unread
