"""How well pages were read: counts that add up over pages and sites, and the figures that are made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.corpus.truth import Truth
from benchmarks.extracts import Extract, canonical, canonical_block

Figures = dict[str, Any]


@dataclass
class Tally:
    """What is counted for one reader. ``cpu_ms``: over one visit to all pages, the best of each page's visits; ``lxml_ms``:
    lxml's parse of the same pages, in turn with the reader."""

    pages: int = 0
    found: int = 0
    wanted: int = 0
    matched: int = 0
    exact: int = 0
    unread: int = 0
    blockless: int = 0
    failures: int = 0
    right: Counter[str] = field(default_factory=Counter)
    revisits: int = 0
    false_edits: int = 0
    false_by_text: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    cpu_ms: float = 0.0
    lxml_ms: float = 0.0

    def add(self, other: Tally) -> None:
        """Takes over the counts of another site or family."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def score_page(self, truth: Truth, extract: Extract) -> None:
        """Blocks as a multiset; the title is no block, and no reader is blamed for giving it as one."""
        title = canonical(truth.title)
        found = [block for text in extract.blocks or () if (block := canonical_block(text)) and block != title]
        wanted = [canonical_block(block.text) for block in truth.blocks]
        self.pages += 1
        self.found += len(found)
        self.wanted += len(wanted)
        self.matched += (Counter(found) & Counter(wanted)).total()
        self.exact += found == wanted
        self.unread += extract.signature is None
        self.blockless += extract.blocks is None
        self.right.update(right_fields(truth, extract))

    def score_revisit(self, first: Extract, again: Extract) -> None:
        """The same page a second time: any difference is a false edit. A reader that says nothing accuses nobody."""
        self.revisits += 1
        self.false_by_text += bool(first.blocks and again.blocks and first.blocks != again.blocks)
        self.false_edits += None not in (first.signature, again.signature) and first.signature != again.signature

    def score_edit(self, kind: str, before: Extract, after: Extract) -> None:
        """A real edit: it is missed where both signatures are one, or where one is wanting."""
        self.edits[kind] += 1
        self.missed[kind] += None in (before.signature, after.signature) or before.signature == after.signature


def right_fields(truth: Truth, extract: Extract) -> list[str]:
    """The fields outside of the blocks that a reader has exactly right."""
    is_right = {
        "title": canonical(extract.title or "") == canonical(truth.title),
        "published": extract.published == truth.published,
        "links": extract.links == tuple((link.href, link.text) for link in truth.links),
        "media": extract.media == tuple((item.src, item.alt) for item in truth.media),
    }
    return [name for name, right in is_right.items() if right]


def figures_of(tally: Tally, kinds: Sequence[str], *, with_clock: bool = False) -> Figures:
    """Shares from 0 to 1, rounded to four places; None where nothing was there to be counted, such as blocks of a
    reader that gives none at all. ``with_clock``: CPU time too, in ms and in lxml's parses of the same pages.
    """
    reads = tally.blockless < tally.pages
    row: Figures = {
        "pages": tally.pages,
        "block_precision": share(tally.matched, tally.found) if tally.found or not reads else 0.0,
        "block_recall": share(tally.matched, tally.wanted) if reads else None,
        "block_f1": share(2 * tally.matched, tally.found + tally.wanted) if reads else None,
        "pages_exact": share(tally.exact, tally.pages) if reads else None,
        "false_edits": share(tally.false_edits, tally.revisits),
        "false_edits_by_text_alone": share(tally.false_by_text, tally.revisits),
        "missed_edits": {kind: share(tally.missed[kind], tally.edits[kind]) for kind in kinds},
        "edits": {kind: tally.edits[kind] for kind in kinds},
        "fields_right": {
            name: share(tally.right[name], tally.pages) for name in ("title", "published", "links", "media")
        },
        "pages_unread": share(tally.unread, tally.pages),
        "failures": tally.failures,
    }
    if with_clock:
        row["ms_a_page"] = round(tally.cpu_ms / tally.pages, 3)
        row["ratio_to_lxml"] = round(tally.cpu_ms / tally.lxml_ms, 2)
    return row


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


HIGHER_IS_BETTER = ("block_precision", "block_recall", "block_f1", "pages_exact")
LOWER_IS_BETTER = ("false_edits", "pages_unread")


def falls(name: str, now: Figures, floor: Figures) -> list[str]:
    """What is worse than the floor, one sentence each."""
    rows = [(key, now[key], floor[key], 1) for key in HIGHER_IS_BETTER]
    rows += [(key, now[key], floor[key], -1) for key in LOWER_IS_BETTER]
    rows += [(f"{key} right", now["fields_right"][key], least, 1) for key, least in floor["fields_right"].items()]
    rows += [
        (f"missed edits, {kind}", now["missed_edits"].get(kind), most, -1)
        for kind, most in floor["missed_edits"].items()
    ]
    return [
        f"{name}: {what} is {value}, the floor is {limit}"
        for what, value, limit, sign in rows
        if limit is not None and (value is None or (value - limit) * sign < 0)
    ]
