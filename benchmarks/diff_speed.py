"""How long does a diff take, with all that belongs to it, beside three that compare words alone?

``python -m benchmarks.diff_speed [--rounds 15]`` prints one JSON object and exits 1 where a limit is missed. CPU time of this
process, every tool on the same texts in turn, so that a slow moment of the machine strikes all alike; the least of the rounds
counts. Ours begins with two articles and ends with an ``ArticleDiff``: canonical form, alignment of paragraphs and sentences,
moves and words. The others begin with the two texts; parting them into words counts for all. ``difflib`` is as exact as it can
be (``autojunk=False``, as in ``benchmarks.diff_quality``); with the heuristic that its default is, it leaves words out.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import fast_diff_match_patch
from rapidfuzz.distance import Indel

from benchmarks.corpus.draw import dice
from benchmarks.corpus.grammar import Speaker
from reports.diff import compare_articles
from storage.records import Article, Block, BlockKind

SIZES: Final = (500, 2000, 8000)
LANGUAGES: Final = ("en", "ru")
HEAVY_LIMIT: Final = 1 / 3
LIGHT_LIMITS: Final = {500: 1.0, 2000: 1.0, 8000: 1 / 3}

Text = list[list[str]]
"""Paragraphs of sentences."""


@dataclass(frozen=True, slots=True)
class Case:
    old: tuple[str, ...]
    new: tuple[str, ...]


def make_case(language: str, words: int, edits: str, seed: int) -> Case:
    rng = dice("diff speed", language, words, edits, seed)
    old = _text(Speaker(rng, language), words)
    new = [list(paragraph) for paragraph in old]
    _light(rng, new, words) if edits == "light" else _heavy(rng, new, Speaker(rng, language))
    return Case(*(tuple(" ".join(paragraph) for paragraph in text if paragraph) for text in (old, new)))


def _text(speaker: Speaker, words: int) -> Text:
    text: Text = []
    count = 0
    while count < words:
        text.append([speaker.say("sentence") for _ in range(speaker.rng.randint(1, 5))])
        count += sum(len(sentence.split()) for sentence in text[-1])
    return text


def _light(rng: random.Random, text: Text, words: int) -> None:
    """One word in two hundred is another one."""
    for _ in range(words // 200):
        paragraph = rng.choice(text)
        at = rng.randrange(len(paragraph))
        paragraph[at] = _with_other_words(rng, paragraph[at], 1)


def _heavy(rng: random.Random, text: Text, speaker: Speaker) -> None:
    """In two of three sentences a quarter of the words are others, of the third part many come or go or are written anew; one
    paragraph in ten moves."""
    for paragraph in text:
        for at in reversed(range(len(paragraph))):
            kind = rng.randrange(12)
            if kind < 8:
                paragraph[at] = _with_other_words(rng, paragraph[at], max(1, len(paragraph[at].split()) // 4))
            elif kind == 8:
                del paragraph[at]
            elif kind == 9:
                paragraph.insert(at, speaker.say("sentence"))
            elif kind == 10:
                paragraph[at] = speaker.say("sentence")
    for _ in range(len(text) // 10):
        text.insert(rng.randrange(len(text)), text.pop(rng.randrange(len(text))))


def _with_other_words(rng: random.Random, sentence: str, count: int) -> str:
    words = sentence.split()
    for at in rng.sample(range(len(words)), min(count, len(words))):
        words[at] = "".join(rng.sample("абвгдежзиклмнопрст" if words[at][0] > "\x7f" else "abcdefghiklmnoprst", 7))
    return " ".join(words)


def _words(case: Case) -> tuple[list[str], list[str]]:
    return " ".join(case.old).split(), " ".join(case.new).split()


def by_ours(case: Case) -> object:
    return compare_articles(*(_article(side) for side in (case.old, case.new)))


def _article(texts: tuple[str, ...]) -> Article:
    return Article(None, None, None, tuple(Block(BlockKind.PARAGRAPH, text) for text in texts))


def by_difflib(case: Case) -> object:
    return difflib.SequenceMatcher(None, *_words(case), autojunk=False).get_opcodes()


def by_difflib_default(case: Case) -> object:
    return difflib.SequenceMatcher(None, *_words(case)).get_opcodes()


def by_rapidfuzz(case: Case) -> object:
    return Indel.opcodes(*_words(case)).as_list()


def by_fast_dmp(case: Case) -> object:
    ids: dict[str, str] = {}
    old, new = ("".join([ids.setdefault(w, chr(len(ids) + 256)) for w in words]) for words in _words(case))
    return fast_diff_match_patch.diff(old, new, timelimit=0, cleanup="No")


TOOLS: Final[dict[str, Callable[[Case], object]]] = {
    "ours": by_ours,
    "difflib": by_difflib,
    "difflib_default": by_difflib_default,
    "rapidfuzz": by_rapidfuzz,
    "fast_diff_match_patch": by_fast_dmp,
}


def milliseconds(tool: Callable[[Case], object], case: Case) -> float:
    started = time.process_time()
    tool(case)
    return (time.process_time() - started) * 1000


def measure(size: int, edits: str, rounds: int, seed: int) -> dict[str, float]:
    """The least of all rounds, summed over both languages, in ms; and ours against difflib."""
    least: dict[str, float] = dict.fromkeys(TOOLS, 0.0)
    for language in LANGUAGES:
        case = make_case(language, size, edits, seed)
        found = [{name: milliseconds(tool, case) for name, tool in TOOLS.items()} for _ in range(rounds)]
        for name in TOOLS:
            least[name] += min(row[name] for row in found)
    return {**{name: round(ms, 3) for name, ms in least.items()}, "ratio": round(least["ours"] / least["difflib"], 3)}


def figures(rounds: int, seed: int) -> dict[str, Any]:
    gc.collect()
    gc.freeze()
    try:
        rows = {
            f"{edits} {size}": measure(size, edits, max(3, rounds * 500 // size), seed)
            for edits in ("light", "heavy")
            for size in SIZES
        }
    finally:
        gc.unfreeze()
    return {"rounds_at_500": rounds, "ms": rows}


def limit(name: str) -> float:
    edits, size = name.split()
    return HEAVY_LIMIT if edits == "heavy" else LIGHT_LIMITS[int(size)]


def is_good(found: Mapping[str, Any]) -> bool:
    return all(row["ratio"] <= limit(name) for name, row in found["ms"].items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rounds", type=int, default=60, help="at 500 words; fewer at more, three at least (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = figures(options.rounds, options.seed)
    print(json.dumps(found, indent=1))
    sys.exit(0 if is_good(found) else 1)


if __name__ == "__main__":
    main()
