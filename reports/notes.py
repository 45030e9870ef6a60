"""Whether an edit owns up to itself: says in the text, or by the date, that the page was changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reports.diff import ArticleDiff, BlockOp

_HEADS: Final = (
    r"upd(?:ate[ds]?)?|corrections?|corrected|clarifications?|clarified|amend(?:ed|ment)|supplemented|revised|editor[’']?s? note"
    r"|обновлен[оаы]?|обновление|дополнен[оаы]?|дополнение|исправлен[оаы]?|исправление|уточнен[оаы]?|уточнение"
    r"|поправка|изменен[оаы]?|от редакции|примечание редакции"
)
# "Updated: ...", "(обновлено 12.05.2026)", "UPD.", "Correction - ..."; but no sentence that begins with one of these words.
_AT_HEAD: Final = re.compile(
    rf"(?:^|[(\[])\W*(?:{_HEADS})\s*(?:[:.,)\]–—-]|$|(?:on\s|at\s|от\s|в\s)?\d)", re.IGNORECASE
)
_THING: Final = (
    r"(?:article|text|story|page|publication|statement|news item|press release|статья|текст|новость|материал|сообщение"
    r"|публикация|страница|заявление|пресс-релиз)"
)
_DONE_EN: Final = r"(?:updated|corrected|amended|clarified|supplemented|revised)"
_DONE_RU: Final = r"(?:обновл[её]н|дополнен|исправлен|уточн[её]н|измен[её]н)[аоы]?"
_SENTENCE: Final = re.compile(
    rf"\bthis {_THING} (?:was|has been|is) {_DONE_EN}\b|\b(?:an )?earlier version of this {_THING}\b"
    rf"|\b{_THING}(?: был[аои]?)? {_DONE_RU}\b|\bв (?:более ранней|предыдущей|прежней) версии\b",
    re.IGNORECASE,
)


def is_note(text: str) -> bool:
    """Whether a text says that its page was changed."""
    folded = text.replace("ё", "е").replace("Ё", "Е")
    return _AT_HEAD.search(folded) is not None or _SENTENCE.search(folded) is not None


def owns_up(diff: ArticleDiff) -> bool:
    """Whether an edit moved the printed date, or put a note of itself into the title or a block.

    A note that stood there before and stayed as it was says nothing of this edit.
    """
    return diff.published is not None or any(map(is_note, _written_anew(diff)))


def _written_anew(diff: ArticleDiff) -> Iterator[str]:
    if diff.title is not None:
        yield diff.title.new or ""
    for step in diff.blocks:
        if step.op not in {BlockOp.SAME, BlockOp.MOVED_FROM, BlockOp.REMOVED} and step.new is not None:
            is_moved_only = step.op is BlockOp.MOVED_TO and not step.spans
            if not is_moved_only:
                yield step.new.text
