"""Who asks for what, when it is told, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reports.entries import Judged, fold
from reports.notices.matching import asks_for, says
from reports.notices.planning import MANY, Plan, plan
from reports.notices.timing import FIRST_PAUSE, LONGEST_PAUSE, digest_end, is_quiet, next_try
from reports.notices.wording import Message, Notice, worded
from reports.significance import Significance, Verdict
from storage.notice_rules import Quiet, Rule, When
from storage.outbox import Waiting
from storage.records import EventKind
from tests.reports.made import NOON, PAYLOADS, event

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
_ids = count(1)


def rule(**fields: Any) -> Rule:
    return Rule(**({"name": "press", "to": ("json://h",), "zone": ZoneInfo("UTC")} | fields))


def judged(level: Significance = Significance.SUBSTANTIVE, kind: EventKind = EventKind.EDITED, **fields: Any) -> Judged:
    return Judged(event(kind, **({"id": next(_ids)} | fields)), Verdict(level, ("number",)))


# --- who asks for what ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "is_asked"),
    [
        ({}, True),
        ({"kinds": ("new", "edited")}, True),
        ({"kinds": ("deleted",)}, False),
        ({"min_significance": "minor"}, True),
        ({"min_significance": "substantive"}, False),
        ({"sites": ("csto-en",)}, True),
        ({"sites": ("csto-ru",)}, False),
        ({"sections": ("/documents/", "/news/")}, True),
        ({"sections": ("/documents/",)}, False),
        ({"languages": ("en",)}, True),
        ({"languages": ("ru",)}, False),
        ({"words": ("meetings",)}, True),
        ({"words": ("convoy",)}, False),
        ({"words": ("convoy", "experts")}, True),
    ],
)
def test_every_key_of_a_rule_must_fit(asked: dict[str, Any], is_asked: bool) -> None:
    item = judged(Significance.MINOR)
    assert asks_for(rule(**asked), item, ["A meeting of experts"]) is is_asked


def test_a_twin_in_the_section_is_enough() -> None:
    item = judged(also_at=("https://en.odkb-csto.org/documents/same/",))
    assert asks_for(rule(sections=("/documents/",)), item)


@pytest.mark.parametrize(
    ("word", "text", "is_said"),
    [
        ("учения", "На УЧЕНИЯХ у границы", True),
        ("учения", "Маневры отложили", False),
        ("совместные учения", "о совместных учениях", True),
        ("совместные учения", "учения, совместные с другими", False),
        ("ёлка", "у елки", True),
        ("exercise", "Two EXERCISES began", True),
        ("exercise", "It exercised\u00adly", False),
        ("council", "coun\u00adcil", True),
        ("2026", "in 2026.", True),
        ("art", "a party", False),
    ],
)
def test_a_word_is_found_in_its_forms(word: str, text: str, is_said: bool) -> None:
    assert says(["nothing", text], [word]) is is_said


# --- when -------------------------------------------------------------------------------------------------------------
def test_a_daily_digest_ends_at_its_hour_on_the_wall() -> None:
    daily = rule(when=When.DAILY, at=time(8), zone=MOSCOW)
    assert digest_end(daily, datetime(2026, 7, 26, 4, 59, tzinfo=UTC)) == datetime(2026, 7, 25, 5, tzinfo=UTC)
    assert digest_end(daily, datetime(2026, 7, 26, 5, 0, tzinfo=UTC)) == datetime(2026, 7, 26, 5, tzinfo=UTC)


@pytest.mark.parametrize(("at", "count_of"), [(time(2, 30), 6), (time(8), 6), (time(0), 6)])
@pytest.mark.parametrize("first", [datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)])
def test_over_the_change_of_the_clocks_each_day_has_one_digest(at: time, count_of: int, first: datetime) -> None:
    daily = rule(when=When.DAILY, at=at, zone=BERLIN)
    ends = {digest_end(daily, first + timedelta(minutes=10 * step)) for step in range(6 * 144)}
    inside = {end for end in ends if first <= end < first + timedelta(days=6)}
    assert len(inside) in {count_of, count_of - 1}
    dates = [end.astimezone(BERLIN).date() for end in sorted(inside)]
    assert len(dates) == len(set(dates))
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(dates))


def test_a_weekly_digest_ends_on_its_day() -> None:
    weekly = rule(when=When.WEEKLY, at=time(8), weekday=4)
    assert digest_end(weekly, datetime(2026, 7, 26, 12, tzinfo=UTC)) == datetime(2026, 7, 24, 8, tzinfo=UTC)
    assert digest_end(weekly, datetime(2026, 7, 24, 7, tzinfo=UTC)) == datetime(2026, 7, 17, 8, tzinfo=UTC)
    assert digest_end(weekly, datetime(2026, 7, 24, 8, tzinfo=UTC)) == datetime(2026, 7, 24, 8, tzinfo=UTC)


def test_quiet_hours_may_go_over_midnight() -> None:
    night = rule(quiet=Quiet(time(22), time(7)), zone=MOSCOW)
    quiet = [hour for hour in range(24) if is_quiet(night, datetime(2026, 7, 26, hour, tzinfo=MOSCOW))]
    assert quiet == [*range(7), 22, 23]
    noon = rule(quiet=Quiet(time(12), time(14)))
    assert [hour for hour in range(24) if is_quiet(noon, datetime(2026, 7, 26, hour, tzinfo=UTC))] == [12, 13]


def test_the_pause_doubles_up_to_six_hours_and_never_ends() -> None:
    pauses = [next_try(NOON, tries) - NOON for tries in (1, 2, 3, 9, 10, 1000)]
    assert pauses == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 256, LONGEST_PAUSE, LONGEST_PAUSE]


# --- put together -----------------------------------------------------------------------------------------------------
def rows_of(items: list[Judged]) -> list[Waiting]:
    return [
        Waiting(n, "press", n.to_bytes(16, "big"), item.event.id, item.event.id, item.event.run_id, NOON)
        for n, item in enumerate(items, 1)
    ]


def planned(items: list[Judged], **fields: Any) -> Plan:
    return plan(rule(**fields), rows_of(items), {item.event.id: item for item in items}, lambda _: True)


def test_up_to_twenty_are_told_one_by_one_and_more_in_one_summary() -> None:
    assert [draft.shape for draft in planned([judged() for _ in range(MANY)]).drafts] == ["single"] * MANY
    (draft,) = planned([judged() for _ in range(MANY + 1)]).drafts
    assert (draft.shape, len(draft.rows)) == ("summary", MANY + 1)


def test_pages_that_changed_alike_are_one_notice() -> None:
    (draft,) = planned([judged(group="2-abc") for _ in range(500)]).drafts
    assert (draft.shape, len(draft.rows)) == ("single", 500)


def test_two_runs_are_counted_apart_and_a_digest_takes_all() -> None:
    items = [judged(run_id=run) for run in (2, 3) for _ in range(15)]
    assert len(planned(items).drafts) == 30
    (draft,) = planned(items, when=When.DAILY).drafts
    assert (draft.shape, len(draft.rows)) == ("digest", 30)
    assert planned([], when=When.DAILY).drafts == ()


def test_what_nobody_asks_for_or_is_gone_is_passed() -> None:
    one, other = judged(), judged()
    rows = [*rows_of([one, other]), Waiting(9, "press", b"x" * 16, None, None, 2, NOON)]
    found = plan(rule(), rows, {one.event.id: one, other.event.id: other}, lambda item: item is one)
    assert [draft.rows for draft in found.drafts] == [(rows[0],)]
    assert found.passed == (rows[1], rows[2])


def test_an_article_at_two_addresses_takes_both_rows_along() -> None:
    item = judged(also_at=("https://en.odkb-csto.org/other/",))
    rows = rows_of([item])
    folded = Waiting(2, "press", b"y" * 16, item.event.id + 1000, item.event.id, 2, NOON)
    found = plan(rule(), [*rows, folded], {item.event.id: item}, lambda _: True)
    assert found.drafts[0].rows == (rows[0], folded)


def test_a_notice_of_the_same_events_has_the_same_id() -> None:
    items = [judged(), judged()]
    first, again = planned(items), planned(items)
    assert [draft.uid for draft in first.drafts] == [draft.uid for draft in again.drafts]
    assert len({draft.uid for draft in first.drafts}) == 2
    assert planned(items, name="chief").drafts[0].uid != first.drafts[0].uid


# --- in words ---------------------------------------------------------------------------------------------------------
def message(*items: Judged, shape: str = "single", longest: int | None = None) -> Message:
    notice = Notice("the-id", "press", shape, fold(items), {item.event.id: f"uid-{item.event.id}" for item in items})
    return worded(notice, longest)


def test_a_notice_says_what_where_why_and_when() -> None:
    item = judged()
    said = message(item)
    assert said.title == "edited, substantive: A meeting of experts"
    for part in (
        item.event.url,
        "Why: number",
        "Seen: ",
        f"Compare: csto-watch diff {item.event.url} 1 2",
        "notice the-id",
    ):
        assert part in said.body
    assert said.fields["id"] == "the-id"
    assert said.fields["events"][0]["uid"] == f"uid-{item.event.id}"


def test_a_summary_tells_the_weightiest_first_and_counts_the_rest() -> None:
    items = [judged(Significance.COSMETIC) for _ in range(30)] + [judged(title="The weighty one")]
    said = message(*items, shape="summary")
    assert said.title == "31 changes: 31 edited"
    assert said.body.startswith("- edited, substantive: The weighty one (number)\n")
    assert "and 11 more: csto-watch changes --run 2" in said.body
    assert (said.fields["count"], len(said.fields["events"])) == (31, 20)


@pytest.mark.parametrize("longest", [5000, 2000, 1000, 300, 120])
def test_a_short_service_gets_less_and_always_the_id(longest: int) -> None:
    said = message(*(judged(title="A long title " * 20) for _ in range(60)), shape="digest", longest=longest)
    assert len(said.title) + len(said.body) <= longest
    assert said.body.endswith("notice the-id")


CALLS = ("@everyone", "<@U123>", "<!channel>", "@here now", "[bank](https:", "![x]", "<https://example.org|bank>")
"""A link or a picture of Markdown in a title was one in a chat: the page chose its address, and chats fetch pictures."""


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "Subject\r\nBcc: all@example.org", "\x1b]52;c;x\x07", "\u202eevil", *CALLS]
)
@pytest.mark.parametrize("shape", ["single", "digest"])
def test_a_title_breaks_no_header_moves_no_cursor_and_calls_nobody(payload: str, shape: str) -> None:
    said = message(judged(title=payload), shape=shape)
    for text in (said.title, said.body.replace("\n", "")):
        assert text.isprintable() or "\u2060" in text
        assert not any(ord(letter) < 32 or ord(letter) == 127 or letter in "\u202e\u2028" for letter in text)
        assert not any(call in text for call in CALLS)


def test_an_encoded_word_in_a_title_is_text_in_a_mails_subject() -> None:
    """Beside letters of ASCII alone it went into the header as it was, and programs of mail showed what it hid: a line end."""
    title = message(judged(title="=?utf-8?q?x=0d=0aX-Forged:_1?="), shape="single").title
    mail = EmailMessage()
    mail["Subject"] = title
    (_, read_back) = next(iter(message_from_bytes(mail.as_bytes(), policy=default).items()))
    assert "\r" not in read_back
    assert "=0d=0aX-Forged" in read_back


@pytest.mark.parametrize("url", ["https://example.org/@everyone/", "urn:capture:[x](https://example.org) @everyone"])
def test_an_address_calls_nobody_either(url: str) -> None:
    """``@`` stands in an address as it is, and a name of an imported file is any text."""
    body = message(judged(url=url), shape="single").body
    assert not any(call in body for call in ("@everyone", "]("))
