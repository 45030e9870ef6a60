"""The real and the shaped captures: how many import with exactly their title, date, body and media?

Every capture goes through the store as ``csto-watch import`` takes it. The texts stay where they are: ``CSTO_WATCH_CAPTURES``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.importing import import_files
from crawler.pages.urls import canonical
from storage import queries
from storage.archive import Archive
from storage.engine import open_store
from storage.records import Article


def folder() -> Path:
    return Path(os.environ.get("CSTO_WATCH_CAPTURES", Path(__file__).parent.parent.parent / "shared" / "captures"))


@dataclass
class Score:
    exact: int = 0
    total: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, off: list[str]) -> None:
        self.total += 1
        self.exact += not off
        if off:
            self.wrong[name] = off


def off_by(
    article: Article | None, title: str, published: str | None, blocks: list[str], media: list[str]
) -> list[str]:
    if article is None:
        return ["not read"]
    found = {
        "title": article.title == title,
        "published": (article.published.isoformat() if article.published else None) == published,
        "blocks": [block.text for block in article.blocks] == blocks,
        "media": [image.src for image in article.media] == media,
    }
    return [name for name, is_right in found.items() if not is_right]


def real(where: Path) -> Score:
    expected = json.loads((where / "expected.json").read_text(encoding="utf-8"))
    score = Score()
    with tempfile.TemporaryDirectory() as work:
        engine = open_store(f"sqlite:///{work}/real.db", write=True)
        import_files(Archive(engine), [where / name for name in expected])
        for name, want in expected.items():
            version = queries.version(engine, f"urn:capture:{name}")
            article = version.article if version else None
            score.add(name, off_by(article, want["title"], want["published"], want["blocks"], want["media"]))
        engine.dispose()
    return score


def shaped(where: Path) -> tuple[Score, dict[str, int], int]:
    """The score, the captures by outcome, and how many versions are too many (each address holds one article)."""
    shapes: list[dict[str, Any]] = json.loads((where / "shapes.json").read_text(encoding="utf-8"))
    score, outcomes = Score(), Counter[str]()
    with tempfile.TemporaryDirectory() as work:
        for number, shape in enumerate(shapes):
            engine = open_store(f"sqlite:///{work}/{number}.db", write=True)
            summary = import_files(Archive(engine), [], manifest=_manifest(Path(work), [shape]))
            outcomes.update({str(getattr(k, "value", k)): v for k, v in summary.captures.items()})
            version = queries.version(engine, canonical(shape["url"]))
            score.add(f"{number} {shape['url']}", off_by(version.article if version else None, *_wanted(shape)))
            engine.dispose()
        engine = open_store(f"sqlite:///{work}/all.db", write=True)
        import_files(Archive(engine), [], manifest=_manifest(Path(work), shapes))
        extra = sum(page.versions - 1 for page in queries.pages(engine) if page.versions)
        engine.dispose()
    return score, dict(outcomes), extra


def _wanted(shape: dict[str, Any]) -> tuple[str, str | None, list[str], list[str]]:
    printed = shape["article_date"]
    iso = datetime.strptime(printed, "%d.%m.%Y").date().isoformat() if printed else None  # noqa: DTZ007 - a date has no zone
    return shape["title"], iso, shape["body"], shape["media"]


def _manifest(work: Path, shapes: list[dict[str, Any]]) -> Path:
    path = work / "manifest.jsonl"
    lines = [json.dumps({key: shape[key] for key in ("url", "captured_at", "text")}) for shape in shapes]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def figures(where: Path | None = None) -> dict[str, Any]:
    where = where or folder()
    first = real(where)
    second, outcomes, extra = shaped(where)
    return {
        "real": {"exact": first.exact, "of": first.total, "wrong": first.wrong},
        "shaped": {
            "exact": second.exact,
            "of": second.total,
            "wrong": second.wrong,
            "outcomes": outcomes,
            "false_versions": extra,
        },
    }


def is_good(row: dict[str, Any]) -> bool:
    real_row, shaped_row = row["real"], row["shaped"]
    return bool(
        real_row["exact"] == real_row["of"] == 5
        and shaped_row["exact"] >= 49
        and shaped_row["of"] == 52
        and shaped_row["outcomes"].keys() == {"ok"}
        and shaped_row["false_versions"] == 0
    )


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    row = figures()
    print(json.dumps(row, indent=1, ensure_ascii=False))
    sys.exit(0 if is_good(row) else 1)


if __name__ == "__main__":
    main()
