"""Every rule fires on its examples, and the document tells of every rule."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from reports.comparison import compare_versions
from reports.reasons import RULES, Rule, Significance
from reports.significance import told
from storage.records import Article, Link, Media
from tests.reports.made import article, version

PAGE = Path(__file__).parent.parent.parent / "docs" / "significance.md"
_TABLE = re.compile(r"(<!-- the table of reasons -->\n)(.*?)(<!-- the end of the table -->)", re.DOTALL)
WEIGHTY = ("number", "date", "person", "organisation", "name", "negation")


def example(rule: Rule, text: str, language: str) -> Article:
    """An article that differs from another example's in the rule's part alone."""
    fields: dict[str, dict[str, object]] = {
        "title": {"title": text},
        "published": {"published": date.fromisoformat(text)} if rule.part == "published" else {},
        "language": {"language": text or None},
        "link": {"links": (Link(text, "the plan"),)},
        "link_text": {"links": (Link("https://example.org/a/", text),)},
        "image": {"media": (Media(text, "a boat"),)},
        "caption": {"media": (Media("https://example.org/a.jpg", text),)},
    }
    if rule.part == "body":
        return article(*text.splitlines(), language=language)
    return article("A line.", **{"language": language, **fields[rule.part]})


@pytest.mark.parametrize("language", ["english", "russian"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_fires_on_its_example_and_weighs_what_it_says(rule: Rule, language: str) -> None:
    old, new = (example(rule, text, language[:2]) for text in getattr(rule, language))
    verdict = compare_versions(version(old, 1), version(new, 2)).verdict
    beside = {"future_date": {"date"}}.get(rule.reason, set())
    assert set(verdict.reasons) == {rule.reason, *beside}
    assert beside or verdict.significance is rule.level


def test_what_may_never_be_called_harmless_is_substantive() -> None:
    assert {RULES[reason].level for reason in WEIGHTY} == {Significance.SUBSTANTIVE}


def test_reasons_are_told_in_words() -> None:
    assert {reason: told(reason) for reason in RULES if "_" in told(reason)} == {}
    assert told("modal") == "strength of a statement"
    assert told("deleted") == "deleted"


def lines() -> Iterator[str]:
    """What docs/significance.md says between its two marks."""
    for level in Significance:
        yield f"### {level.label.capitalize()}\n"
        yield "| Reason | In words | Fires when | English | Russian |"
        yield "|---|---|---|---|---|"
        for rule in RULES.values():
            if rule.level is level:
                yield f"| `{rule.reason}` | {rule.told} | {rule.fires} | {_shown(rule.english)} | {_shown(rule.russian)} |"
        yield ""


def _shown(texts: tuple[str, str]) -> str:
    old, new = (text.replace("\n", " ¶ ") or "–" for text in texts)
    return f"{old} → {new}"


def test_the_document_tells_of_every_rule_as_the_table_has_it() -> None:
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found
    assert found[2] == "\n".join(lines()), "python -m tests.reports.test_reasons writes it anew"


def write() -> None:
    """Put the table of reasons into docs/significance.md."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda found: found[1] + "\n".join(lines()) + found[3], page), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(write())
