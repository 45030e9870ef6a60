"""Whether a rule asks for an event. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from reports.entries import Judged
from reports.significance import Significance
from storage.hashing import canonical_text
from storage.notice_rules import Rule
from storage.stems import stem
from storage.words import words_of


def asks_for(rule: Rule, judged: Judged, texts: Iterable[str] = ()) -> bool:
    """``texts``: what the page says and said, for a rule with words."""
    event, verdict = judged.event, judged.verdict
    is_asked = (
        _is_of(event.kind.value, rule.kinds)
        and _is_of(event.site, rule.sites)
        and _is_of(event.language, rule.languages)
        and verdict.significance >= Significance[rule.min_significance.upper()]
        and (not rule.sections or any(_stands_under(url, rule.sections) for url in (event.url, *event.also_at)))
    )
    return is_asked and (not rule.words or says(texts, rule.words))


def _is_of(value: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def _stands_under(url: str, sections: tuple[str, ...]) -> bool:
    return urlsplit(url).path.startswith(sections)


def says(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Whether any text has any of the words, in any of its forms; several words stand in it one behind the other."""
    wanted = [_stems(each) for each in words]
    return any(each in said for said in map(_stems, texts) for each in wanted)


def _stems(text: str) -> str:
    return f" {' '.join(stem(word.folded) for word in words_of(canonical_text(text)))} "
