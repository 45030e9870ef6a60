"""Does the diff mark the words that an editor changed, and does a JSON diff applied to the old text give the new one?

``python -m benchmarks.diff_quality [--pairs 400] [--round-trips 2000]`` prints one JSON object and exits 1 where a limit is
missed. Ours is judged by its JSON form, beside difflib and fast-diff-match-patch by words and lxml's htmldiff. Words are what
stands between two spaces; one is marked when a letter or digit of it is.
"""

from __future__ import annotations

import argparse
import difflib
import html
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from statistics import fmean
from typing import Any, Final

import fast_diff_match_patch
import lxml.html
from lxml.html.diff import htmldiff

from benchmarks.edit_pairs import KINDS, Pair, Side, make_pairs
from benchmarks.shares import wilson
from reports.diff import canonical_article, compare_articles
from reports.patch import PatchError, apply_diff
from reports.render.jsondiff import diff_object
from storage.records import Article, Block, BlockKind

LEAST_F1: Final = 0.97
LEAST_MOVES: Final = 0.95
SHOWN: Final = 10

Piece = tuple[str, str]
"""What it is ("equal", "delete", "insert", "moved_from", "moved_to"), and the text."""
Marked = tuple[frozenset[int], frozenset[int]]
"""Places of the marked words in the old and in the new text."""


def article_of(blocks: Sequence[str]) -> Article:
    return Article(None, None, None, tuple(Block(BlockKind.PARAGRAPH, text) for text in blocks))


def json_diff(pair: Pair) -> dict[str, Any]:
    diff = diff_object(compare_articles(article_of(pair.old.blocks), article_of(pair.new.blocks)))
    read_back: dict[str, Any] = json.loads(json.dumps(diff))
    return read_back


def _step_pieces(pair: Pair, step: Mapping[str, Any]) -> Iterator[Piece]:
    op = step["op"]
    if op == "same":
        yield "equal", pair.old.blocks[step["old"]]
    elif op == "moved_to" and "words" in step:
        yield from ((op if word == "equal" else word, text) for word, text, *_ in step["words"] if word != "delete")
    elif "words" in step:
        yield from ((word, text) for word, text, *_ in step["words"])
    else:
        yield {"removed": "delete", "added": "insert"}.get(op, op), step["text"]


def pieces_of(pair: Pair) -> list[Piece]:
    pieces: list[Piece] = []
    for step in json_diff(pair)["blocks"]:
        pieces += [*_step_pieces(pair, step), ("equal", "\n")]
    return pieces


def marked(pieces: Sequence[Piece], side: str, only: frozenset[str]) -> frozenset[int]:
    """Places of the words of one side that hold a letter or digit of a piece of these kinds."""
    other = {"old": {"insert", "moved_to"}, "new": {"delete", "moved_from"}}[side]
    found, place, inside = set(), -1, False
    for kind, text in pieces:
        if kind in other:
            continue
        for letter in text:
            if letter.isspace():
                inside = False
                continue
            place, inside = (place if inside else place + 1), True
            if kind in only and letter.isalnum():
                found.add(place)
    return frozenset(found)


ANY: Final = frozenset({"delete", "insert", "moved_from", "moved_to"})
MOVED: Final = frozenset({"moved_from", "moved_to"})


def by_ours(pair: Pair) -> Marked:
    pieces = pieces_of(pair)
    return marked(pieces, "old", ANY), marked(pieces, "new", ANY)


def _words(pair: Pair) -> tuple[list[str], list[str]]:
    old, new = (" ".join(side.blocks).split() for side in (pair.old, pair.new))
    return old, new


def by_difflib(pair: Pair) -> Marked:
    old, new = _words(pair)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    gone = frozenset(at for _, start, end, _, _ in changed for at in range(start, end))
    return gone, frozenset(at for *_, start, end in changed for at in range(start, end))


def by_fast_dmp(pair: Pair) -> Marked:
    """Each word a character."""
    ids: dict[str, str] = {}
    old, new = ("".join(ids.setdefault(w, chr(len(ids) + 256)) for w in words) for words in _words(pair))
    steps = fast_diff_match_patch.diff(old, new, timelimit=0, cleanup="No", counts_only=False)
    ends = {sign: list(accumulate(len(text) for op, text in steps if op in ("=", sign))) for sign in "-+"}
    found: dict[str, set[int]] = {"-": set(), "+": set()}
    for sign, marks in found.items():
        mine = [(op, text) for op, text in steps if op in ("=", sign)]
        for (op, text), end in zip(mine, ends[sign], strict=True):
            marks.update(range(end - len(text), end) if op == sign else ())
    return frozenset(found["-"]), frozenset(found["+"])


def by_htmldiff(pair: Pair) -> Marked:
    old, new = ("".join(f"<p>{html.escape(text)}</p>" for text in side.blocks) for side in (pair.old, pair.new))
    root = lxml.html.fragment_fromstring(htmldiff(old, new), create_parent="div")
    pieces = list(_html_pieces(root, "equal"))
    return marked(pieces, "old", ANY), marked(pieces, "new", ANY)


def _html_pieces(element: Any, kind: str) -> Iterator[Piece]:
    kind = {"ins": "insert", "del": "delete"}.get(element.tag, kind)
    yield from [("equal", " ")] if element.tag == "p" else []
    yield kind, element.text or ""
    for child in element:
        yield from _html_pieces(child, kind)
        yield kind, child.tail or ""
    yield from [("equal", " ")] if element.tag == "p" else []


def by_paragraph(pair: Pair) -> Marked:
    """The control: a changed paragraph is marked whole, as a diff of lines does."""
    old, new = (["\n".join(side.blocks).split("\n")][0] for side in (pair.old, pair.new))
    pieces: list[Piece] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            pieces += [("equal", f"{text}\n") for text in old[a:b]]
        else:
            pieces += [("delete", f"{text}\n") for text in old[a:b]] + [("insert", f"{text}\n") for text in new[c:d]]
    return marked(pieces, "old", ANY), marked(pieces, "new", ANY)


TOOLS: Final[dict[str, Callable[[Pair], Marked]]] = {
    "ours": by_ours,
    "difflib": by_difflib,
    "fast_diff_match_patch": by_fast_dmp,
    "lxml_htmldiff": by_htmldiff,
    "control_by_paragraph": by_paragraph,
}
PEERS: Final = ("difflib", "fast_diff_match_patch", "lxml_htmldiff")


def _real(side: Side) -> frozenset[int]:
    """Places of words that hold a letter or digit: a dash is nobody's hit or miss."""
    words = " ".join(side.blocks).split()
    return frozenset(at for at, word in enumerate(words) if any(map(str.isalnum, word)))


def f1(counts: Counter[str]) -> float:
    """1.0 where nothing was planted and nothing marked."""
    of = 2 * counts["hit"] + counts["false"] + counts["missed"]
    return 2 * counts["hit"] / of if of else 1.0


def _scores(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for tool, mark in TOOLS.items():
        counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for pair in pairs:
            for side, marks in zip((pair.old, pair.new), mark(pair), strict=True):
                planted, said = side.changed & _real(side), marks & _real(side)
                row = {"hit": planted & said, "false": said - planted, "missed": planted - said}
                counts[pair.kind].update({name: len(places) for name, places in row.items()})
        by_kind = {kind: round(f1(row), 4) for kind, row in counts.items() if row}
        found[tool] = {**by_kind, "mean": round(fmean(by_kind.values()), 4)}
    return found


def _moves(pairs: Sequence[Pair]) -> dict[str, Any]:
    """A move is recognised when all its words are told as moved at both places."""
    planted = [pair for pair in pairs if pair.is_move]
    missed, false = Counter[str](), 0
    for pair in pairs:
        pieces = pieces_of(pair)
        told = marked(pieces, "old", MOVED), marked(pieces, "new", MOVED)
        false += bool((told[0] - pair.old.changed) | (told[1] - pair.new.changed))
        if pair.is_move and not (
            pair.old.moved & _real(pair.old) <= told[0] and pair.new.moved & _real(pair.new) <= told[1]
        ):
            missed[pair.kind] += 1
    hits = len(planted) - missed.total()
    bound = wilson(hits, len(planted))
    return {"planted": len(planted), "recognised": hits, "bound": bound, "missed": dict(missed), "false": false}


def _round_trips(seed: int, count: int) -> dict[str, Any]:
    """The control: a diff with one piece of its words dropped must not give the new text, or be refused."""
    right = noticed = broken = 0
    for pair in make_pairs(seed, count):
        old, new, diff = article_of(pair.old.blocks), canonical_article(article_of(pair.new.blocks)), json_diff(pair)
        right += apply_diff(old, diff) == new
        step = next((step for step in diff["blocks"] if len(step.get("words", ())) > 1), None)
        if step is None:
            continue
        del step["words"][0]
        broken += 1
        try:
            noticed += apply_diff(old, diff) != new
        except PatchError:
            noticed += 1
    bound = wilson(right, count)
    return {"pairs": count, "equal": right, "bound": bound, "control_broken": broken, "control_noticed": noticed}


def figures(pairs: int, round_trips: int, seed: int) -> dict[str, Any]:
    made = list(make_pairs(seed, pairs))
    return {
        "pairs": pairs,
        "f1": _scores(made),
        "moves": _moves(made),
        "round_trip": _round_trips(seed + 1, round_trips),
    }


def below_peers(found: Mapping[str, Any]) -> list[str]:
    scores = found["f1"]
    worse = [
        f"{kind}: {peer}" for peer in PEERS for kind in scores["ours"] if scores["ours"][kind] < scores[peer][kind]
    ]
    return worse + [f"mean: {peer}" for peer in PEERS if scores["ours"]["mean"] <= scores[peer]["mean"]]


def is_good(found: Mapping[str, Any]) -> bool:
    moves, trips, scores = found["moves"], found["round_trip"], found["f1"]
    return bool(
        min(scores["ours"].values()) >= LEAST_F1
        and not below_peers(found)
        and moves["recognised"] >= LEAST_MOVES * moves["planted"]
        and trips["equal"] == trips["pairs"]
        and trips["control_noticed"] == trips["control_broken"] > 0
        and scores["control_by_paragraph"]["mean"] < LEAST_F1
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--round-trips", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = figures(options.pairs, options.round_trips, options.seed)
    print(json.dumps({**found, "below_peers": below_peers(found)}, indent=1))
    sys.exit(0 if is_good(found) else 1)


if __name__ == "__main__":
    main()
