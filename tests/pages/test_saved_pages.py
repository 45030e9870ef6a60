"""One directory, one case: ``<date>-<slug>/`` holds the page as it was saved and what a reader must find in it.

``expected.json``: ``outcome``, and for an article ``title``, ``published``, ``language``, ``blocks``, ``links``, ``media``;
``url`` and ``content_type`` where they matter. ``csto-watch read URL --save DIR`` writes such a directory.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.pages.reading import Answer, read
from crawler.sites import site_of
from storage.records import Article

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/input.html"))


def _told(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "blocks": [{"kind": block.kind.value, "text": block.text} for block in article.blocks],
        "links": [{"href": link.href, "text": link.text} for link in article.links],
        "media": [{"src": media.src, "alt": media.alt} for media in article.media],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_saved_page_is_read_as_its_case_says(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    url = expected.get("url", f"urn:capture:{case.name}")
    answer = Answer(url, 200, (case / "input.html").read_bytes(), expected.get("content_type"))
    found = read(answer, site=None if url.startswith("urn:") else site_of(url))
    assert found.outcome.value == expected["outcome"], found.reason
    told = _told(found.article) if found.article else {}
    assert told == {name: expected[name] for name in told}


def test_there_are_cases() -> None:
    assert len(CASES) >= 4
