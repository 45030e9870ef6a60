"""What happened at one place of a text: which words went, which came, and what that may mean."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import OSA

from reports import lexicon
from reports.flags import is_broken_form
from reports.words import Op, Span, is_word, tokens


@dataclass(frozen=True, slots=True)
class Edit:
    """``before`` and ``after`` are the common text on both sides: "May " before "12" makes the 12 a date."""

    old: str
    new: str
    before: str = ""
    after: str = ""


def edits_of(spans: Sequence[Span]) -> Iterator[Edit]:
    """Each place where something was deleted, inserted, or both."""
    old = new = before = ""
    for span in (*spans, Span(Op.EQUAL, "")):
        if span.op is Op.DELETE:
            old += span.text
        elif span.op is Op.INSERT:
            new += span.text
        else:
            if old or new:
                yield Edit(old, new, before, span.text)
            old, new, before = "", "", span.text if not (old or new) else span.text or before


def reasons_of(edit: Edit) -> set[str]:
    """Names of the rules that the edit falls under; at least one."""
    old, new = _typographic(edit.old), _typographic(edit.new)
    if old == new:
        return {"typography"}
    if is_broken_form(edit.old, edit.new):
        return {"encoding"}
    if is_broken_form(edit.new, edit.old):
        return {"mojibake"}
    if [token.translate(lexicon.LOOKALIKES) for token in old] == [token.translate(lexicon.LOOKALIKES) for token in new]:
        return {"homoglyph"}
    return set(_weighty(edit)) or {_light(edit, old, new) or "wording"}


def _typographic(text: str) -> list[str]:
    """The words and signs of a text, without how they are set."""
    text = lexicon.TYPED_DASH.sub("-", unicodedata.normalize("NFC", text).translate(lexicon.TYPOGRAPHY))
    return [token for token in tokens(lexicon.THOUSANDS.sub("", text)) if not token.isspace()]


def _words(text: str) -> list[str]:
    return [token for token in tokens(text) if is_word(token)]


def _weighty(edit: Edit) -> Iterator[str]:
    gone, come = _difference(edit.old, edit.new), _difference(edit.new, edit.old)
    both = gone + come
    yield from _figures(edit, both)
    if any(_is_month(word) or word.casefold() in lexicon.WEEKDAYS for word in both):
        yield "date"
    if any(word.casefold() in lexicon.NUMBER_WORDS or lexicon.ROMAN.fullmatch(word) for word in both):
        yield "number"
    if _negations(gone) != _negations(come) or any(_is_opposite(a, b) for a in gone for b in come):
        yield "negation"
    names_gone, names_come = _names(edit.old, edit.before), _names(edit.new, edit.before)
    if not _is_case_only(edit) and Counter(names_gone) != Counter(names_come):
        yield "name"


def _difference(text: str, other: str) -> list[str]:
    """Words that ``text`` has more often than ``other``."""
    return list((Counter(_words(text)) - Counter(_words(other))).elements())


def _figures(edit: Edit, changed: Sequence[str]) -> Iterator[str]:
    figures = [word for word in changed if lexicon.FIGURE.fullmatch(word)]
    if not figures:
        is_reordered = [w for w in _words(edit.old) if w[0].isdigit()] != [
            w for w in _words(edit.new) if w[0].isdigit()
        ]
        if is_reordered or _sign_changed(edit) or any(any(map(str.isdigit, word)) for word in changed):
            yield "number"
        return
    for figure in figures:
        is_day = len(figure) <= 2 and (_is_month(_last(edit.before)) or _is_month(_first(edit.after)))
        yield "date" if is_day or lexicon.DATE_SHAPE.fullmatch(figure) else "number"


def _first(text: str) -> str:
    return next(iter(_words(text)), "")


def _last(text: str) -> str:
    return next(reversed(_words(text)), "")


def _sign_changed(edit: Edit) -> bool:
    """A minus or a per cent sign that came or went beside a figure."""
    signs = Counter(c for c in edit.old if c in lexicon.SIGNS) != Counter(c for c in edit.new if c in lexicon.SIGNS)
    beside = edit.before.rstrip()[-1:].isdigit() or edit.after.lstrip()[:1].isdigit()
    within = any(map(str.isdigit, edit.old + edit.new))
    return signs and (beside or within)


def _is_month(word: str) -> bool:
    # "may" is a month only with a capital; the Russian months have none.
    return word.casefold() in lexicon.MONTHS and (word[:1].isupper() or not word.isascii())


def _negations(words: Sequence[str]) -> int:
    return sum(_is_negation(word.casefold().replace("’", "'")) for word in words)


def _is_negation(word: str) -> bool:
    return word in lexicon.NEGATIONS or word.endswith("n't")


def _is_opposite(a: str, b: str) -> bool:
    """ "допустимо" and "недопустимо", "lawful" and "unlawful"."""
    short, long = sorted((a.casefold(), b.casefold()), key=len)
    return len(short) >= 4 and any(long == prefix + short for prefix in lexicon.NEGATING_PREFIXES)


def _names(text: str, before: str) -> list[str]:
    """Capitalised words that no beginning of a sentence explains, and words in capitals."""
    names = []
    starts = not before.strip() or bool(lexicon.SENTENCE_END.search(before))
    for token in tokens(text):
        if is_word(token):
            is_acronym = len(token) > 1 and token.isupper()
            if (is_acronym or (token[0].isupper() and not starts)) and not lexicon.ROMAN.fullmatch(token):
                names.append(token)
            starts = False
        elif lexicon.SENTENCE_END.search(token):
            starts = True
    return [name for name in names if not _is_month(name) and name.casefold() not in lexicon.WEEKDAYS and name != "I"]


def _is_case_only(edit: Edit) -> bool:
    return edit.old.casefold() == edit.new.casefold()


def _light(edit: Edit, old: list[str], new: list[str]) -> str | None:
    if _is_case_only(edit):
        return "case"
    a, b = [t for t in old if is_word(t)], [t for t in new if is_word(t)]
    if a == b:
        return "punctuation"
    if "".join(a) == "".join(b) or _is_spelling(a, b):
        return "spelling"
    if {
        word.casefold() for word in _difference(edit.old, edit.new) + _difference(edit.new, edit.old)
    } <= lexicon.ARTICLES:
        return "grammar"
    return None


def _is_spelling(old: Sequence[str], new: Sequence[str]) -> bool:
    """Word for word the same, or a few letters apart in a word that is nobody's name and has no weight of its own."""
    return all(a is not None and b is not None and (a == b or _is_misspelt(a, b)) for a, b in zip_longest(old, new))


def _is_misspelt(a: str, b: str) -> bool:
    if a[0] != b[0] or a[0].isupper() or {a, b} & lexicon.MODALS:
        return False
    shorter = min(len(a), len(b))
    return shorter >= 4 and OSA.distance(a, b) <= (2 if shorter >= 8 else 1)
