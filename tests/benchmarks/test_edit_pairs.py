"""Planted edits: are their labels true?"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import edit_pairs
from benchmarks.edit_pairs import KINDS, LANGUAGES, Pair, Side, make_pair, make_pairs

BOUNDARY = {"paragraph split", "paragraphs joined"}


def words(side: Side) -> list[str]:
    return [word for block in side.blocks for word in block.split()]


def kept(side: Side) -> list[str]:
    return [word for place, word in enumerate(words(side)) if place not in side.changed]


def moved(side: Side) -> list[str]:
    return [words(side)[place] for place in sorted(side.moved)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_words_without_a_mark_are_the_same_on_both_sides_and_marked_ones_make_the_difference(
    kind: str, language: str
) -> None:
    for number in range(5):
        pair = make_pair(kind, language, 3, number)
        assert kept(pair.old) == kept(pair.new)
        assert moved(pair.old) == moved(pair.new)
        assert pair.old.moved <= pair.old.changed
        assert pair.new.moved <= pair.new.changed
        assert pair.old.changed or pair.new.changed
        assert kind not in BOUNDARY or len(pair.old.blocks) != len(pair.new.blocks)
        assert tuple(map(" ".join, pair.sentences)) == pair.old.blocks


def test_a_seed_gives_the_same_pairs_again_and_another_seed_others() -> None:
    def first(seed: int) -> list[Pair]:
        return list(make_pairs(seed, 6))

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_every_kind_and_language_has_its_share() -> None:
    count = Counter((pair.kind, pair.language) for pair in make_pairs(1, 2 * len(KINDS) * len(LANGUAGES)))
    assert set(count.values()) == {2}
    assert len(count) == len(KINDS) * len(LANGUAGES)


def test_the_labels_know_nothing_of_the_code_that_they_judge() -> None:
    tree = ast.parse(Path(edit_pairs.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name and name.startswith(("reports", "storage", "crawler"))]
