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
from itertools import product
from math import inf
from typing import Any, Final

import fast_diff_match_patch
from rapidfuzz.distance import Indel

from benchmarks.corpus.draw import dice
from benchmarks.corpus.grammar import Speaker
from reports.diff import compare_articles
from storage.records import Article, Block, BlockKind

SIZES: Final = (500, 2000, 8000)
LANGUAGES: Final = ("en", "ru")
THIRD: Final = 1 / 3
LIMITS: Final[dict[str, dict[int, float]]] = {
    "light": {500: 1.0, 2000: 1.0, 8000: THIRD},
    "heavy": {500: THIRD, 2000: THIRD, 8000: THIRD},
    "rewritten": {8000: THIRD},
}
"""Of the time of difflib. Below 8,000 words a rewritten text is told without a limit: what it costs is finding out which sentence
became which, and difflib doesn't."""
MOST_WORDS: Final = 2000
"""Of a size so many texts of each language are compared that they have as many words together; at least one."""
HEAVY: Final = 8
"""One word of so many is edited."""

Text = list[list[str]]
"""Paragraphs of sentences."""


@dataclass(frozen=True, slots=True)
class Case:
    """Paragraphs, and the same as articles."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    articles: tuple[Article, Article]


def make_case(language: str, words: int, edits: str, seed: int) -> Case:
    rng = dice("diff speed", language, words, edits, seed)
    old = _text(Speaker(rng, language), words)
    new = [list(paragraph) for paragraph in old]
    if edits == "light":
        _light(rng, new, words)
    elif edits == "heavy":
        new = [[_one_in_eight(rng, sentence) for sentence in paragraph] for paragraph in new]
    else:
        _rewrite(rng, new, Speaker(rng, language))
    sides = [tuple(" ".join(paragraph) for paragraph in text if paragraph) for text in (old, new)]
    return Case(sides[0], sides[1], (_article(sides[0]), _article(sides[1])))


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


def _one_in_eight(rng: random.Random, sentence: str) -> str:
    """Each of the edited words is another one, has one more behind it, or is gone."""
    words: list[str] = []
    for word in sentence.split():
        made = [[_word(rng, word)], [word, _word(rng, word)], []][rng.randrange(3)]
        words += [word] if rng.randrange(HEAVY) else made
    return " ".join(words) or _word(rng, sentence)


def _rewrite(rng: random.Random, text: Text, speaker: Speaker) -> None:
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
        words[at] = _word(rng, words[at])
    return " ".join(words)


def _word(rng: random.Random, like: str) -> str:
    """One that stands nowhere else, of the same letters."""
    return "".join(rng.sample("абвгдежзиклмнопрст" if like[0] > "\x7f" else "abcdefghiklmnoprst", 7))


def _words(case: Case) -> tuple[list[str], list[str]]:
    return " ".join(case.old).split(), " ".join(case.new).split()


def by_ours(case: Case) -> object:
    return compare_articles(*case.articles)


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
    """The least of all rounds, summed over texts in both languages, in ms; and ours against difflib."""
    least: dict[str, float] = dict.fromkeys(TOOLS, 0.0)
    for language, number in product(LANGUAGES, range(max(1, MOST_WORDS // size))):
        case = make_case(language, size, edits, seed * 100 + number)
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
            for edits in LIMITS
            for size in SIZES
        }
    finally:
        gc.unfreeze()
    return {"rounds_at_500": rounds, "ms": rows}


def is_good(found: Mapping[str, Any]) -> bool:
    rows = ((name.split(), row) for name, row in found["ms"].items())
    return all(row["ratio"] <= LIMITS[edits].get(int(size), inf) for (edits, size), row in rows)


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
