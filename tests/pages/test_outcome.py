"""crawler.pages.outcome: which name an answer gets, and the words that say why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.pages.outcome import LIKE_PROBE
from crawler.pages.reading import Fingerprint, fingerprint
from storage.records import Outcome
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, OTHER, SECOND, TITLE, URL, html, read_page, reading

BODY = f"<p>{FIRST}</p><p>{SECOND}</p>"
CHALLENGE = "a challenge, a captcha or a log-in in place of the page"
NOT_FOUND = "the page says that it was not found"
WORKED_ON = "the page says that the site is being worked on"
NO_TITLE = "no title with text of its own below it"
NO_SIGN = "a title with text, and no other sign of an article"
LOST = "3 letters were lost before the page was sent (U+FFFD)"
HOME = "the page says that it is the home page or a list"
OTHER_ONE = "the page says that it is another article"
TAGS = "".join(f'<p>1{n}.07.2024 <a href="/tags/{n}/">A tag with a long name</a></p>' for n in range(3))
PREFIX = "a title with text below it, and "


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "status 404"),
        (410, "status 410"),
        (204, "status 204: no content"),
        (304, "status 304"),
        (300, "status 300: a redirect that was not followed"),
        (399, "status 399: a redirect that was not followed"),
        (400, "status 400"),
        (299, "status 299"),
        (503, "status 503: the site says that it can't serve now"),
    ],
)
def test_a_status_says_its_number(status: int, reason: str) -> None:
    assert reading(HEADING, status=status).reason == reason


def test_a_challenge_is_looked_for_only_under_the_statuses_that_bring_one() -> None:
    for status in (401, 403, 429, 503):
        found = read_page(b"\xff captcha", status=status)
        assert (found.outcome, found.reason) == (
            Outcome.BLOCKED,
            f"status {status} with a challenge in place of the page",
        )
    assert read_page("captcha", status=500).outcome is Outcome.HTTP_ERROR
    assert read_page(" " * 65536 + "captcha", status=403).outcome is Outcome.HTTP_ERROR
    assert read_page(" " * 65529 + "captcha", status=403).outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("final_url", "reason"),
    [
        ("https://en.odkb-csto.org/auth/?login=yes", "redirect to a log-in"),
        ("https://en.odkb-csto.org/x/?register=yes", "redirect to a log-in"),
        ("https://en.odkb-csto.org/", "redirect to the home page or a list"),
        ("https://en.odkb-csto.org" + OTHER, "redirect to another page"),
        ("https://example.org/x/", "redirect to another site"),
        ("ftp://example.org/x/", "redirect to another site"),
        ("https://vk.com/share.php?x", "redirect to another site"),
    ],
)
def test_a_redirect_says_where_it_led(final_url: str, reason: str) -> None:
    assert reading(HEADING + DATE + BODY, final_url=final_url).reason == reason


SIGNS = {
    "a date of its own": reading(f"{HEADING}{DATE}<p>{FIRST}</p>"),
    "its own address in the head": reading(f"{HEADING}<p>{FIRST}</p>", head=f'<link rel="canonical" href="{URL}">'),
    "marked as an article": reading(f"{HEADING}<p>{FIRST}</p>", head='<meta property="og:type" content="Article">'),
    "its title in the head as the site shares it": reading(
        f"{HEADING}<p>{FIRST}</p>", "Site", head=f'<meta property="og:title" content="{TITLE}">'
    ),
    "navigation lines below it": reading(f"{HEADING}<p>{FIRST}</p>{FOOT}"),
    "a counter or a share bar below it": reading(f"{HEADING}<p>{FIRST}</p><p>Views: 12</p>"),
    "paragraphs in the site's frame": reading(f"{HEADING}<p>{FIRST * 5}</p><p>{SECOND * 6}</p>"),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_one_sign_is_enough_for_a_title_that_agrees(sign: str) -> None:
    assert (SIGNS[sign].outcome, SIGNS[sign].reason) == (Outcome.OK, PREFIX + sign)


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        (f"<article>{HEADING}<p>{FIRST}</p></article>", "marked as an article"),
        (
            f'<div itemscope itemtype="https://schema.org/NewsArticle">{HEADING}<p>{FIRST}</p></div>',
            "marked as an article",
        ),
        (f"<div>{HEADING}<p>{FIRST}</p></div><p>Go back</p>", "navigation lines below it"),
        (f"<div><div>{HEADING}<p>{FIRST}</p></div></div><nav>Go back</nav>", "navigation lines below it"),
        (f"<div>{HEADING}<p>{FIRST}</p></div><p>Views: 3</p>", "a counter or a share bar below it"),
    ],
)
def test_a_sign_may_stand_around_the_region(body: str, sign: str) -> None:
    assert reading(body).reason == PREFIX + sign


def test_paragraphs_count_only_if_there_is_enough_of_them_and_a_frame_around_them() -> None:
    long = FIRST * 12
    assert reading(f"{HEADING}<p>{long}</p>").reason == NO_SIGN
    assert reading(f"{HEADING}{BODY}").reason == NO_SIGN
    links, text = '<a href="/">1</a><a href="/news/">2</a>', f"{HEADING}<p>{long}</p><p>{long}</p>"
    assert read_page(f"<html><title>{TITLE}</title>{text}</html>").reason == NO_SIGN
    assert read_page(f"<html><title>{TITLE}</title>{links}{text}</html>").reason == NO_SIGN
    third = '<a href="/tags/">3</a>'
    assert read_page(f"<html><title>{TITLE}</title>{links}{third}{text}</html>").outcome is Outcome.OK


def test_a_lone_heading_says_both_its_signs() -> None:
    found = reading(f"<h1>Another heading</h1>{DATE}{BODY}{FOOT}")
    assert found.reason == f"{PREFIX}a date of its own and navigation lines below it"


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        ("<html><title>T</title><body></body></html>", Outcome.EMPTY, "no text"),
        ("<html><title>T</title><body><noscript>x</noscript></body></html>", Outcome.BLOCKED, "nothing but scripts"),
        (html(""), Outcome.EXTRACT_FAILED, NO_TITLE),
        (html(f"{HEADING}<p>{FIRST}</p>"), Outcome.EXTRACT_FAILED, NO_SIGN),
        (html("<p>Element not found</p>", "News"), Outcome.EXTRACT_FAILED, NOT_FOUND),
        (html("<p>Words</p>", "Site - Page not found"), Outcome.EXTRACT_FAILED, NOT_FOUND),
        (html(f"<h1>404</h1><p>{FIRST}</p>", "404"), Outcome.EXTRACT_FAILED, NOT_FOUND),
        (html(f"<h1>Under maintenance</h1><p>{FIRST}</p>", "Under maintenance"), Outcome.MAINTENANCE, WORKED_ON),
        (html("<p>We will be back soon.</p>", "Site"), Outcome.MAINTENANCE, WORKED_ON),
        (html("<p>We will be back soon.</p>" + "<p>Words of it.</p>" * 400, "Site"), Outcome.EXTRACT_FAILED, NO_TITLE),
        (html("<p>Wait</p>", "Are you a human? captcha"), Outcome.BLOCKED, CHALLENGE),
        (html(f"<h1>Log in</h1><p>{FIRST}</p><input type='PASSWORD'>", "Log in"), Outcome.BLOCKED, CHALLENGE),
        (html(f"{HEADING}{DATE}<p>\ufffd\ufffd\ufffd {FIRST}</p>"), Outcome.UNDECODABLE, LOST),
        (html(f"{HEADING}{DATE}<p>\ufffd\ufffd {FIRST}</p>"), Outcome.OK, f"{PREFIX}a date of its own"),
        (html(HEADING + DATE + BODY, head='<link rel=canonical href="/">'), Outcome.SUSPECT, HOME),
        (html(HEADING + DATE + BODY, head=f'<link rel=canonical href="{OTHER}">'), Outcome.SUSPECT, OTHER_ONE),
        (html(HEADING + DATE + BODY, head='<link rel=canonical href="javascript:x">'), Outcome.OK, f"{PREFIX}a date of its own"),
        (
            html(HEADING + DATE + TAGS),
            Outcome.EXTRACT_FAILED,
            "a list of other pages",
        ),
    ],
)  # fmt: skip
def test_what_is_no_article_says_why(page: str, outcome: Outcome, reason: str) -> None:
    found = read_page(page)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_message_of_the_site_is_short_and_has_no_date() -> None:
    for title in ("Page not found", "Under maintenance", "What a captcha is"):
        short, long = f"<p>{FIRST}</p>", f"<p>{FIRST * 12}</p>"
        assert reading(f"<h1>{title}</h1>{short}{FOOT}", title).outcome is not Outcome.OK
        assert reading(f"<h1>{title}</h1>{long}{FOOT}", title).outcome is Outcome.OK
        assert reading(f"<h1>{title}</h1>{DATE}{short}{FOOT}", title).outcome is Outcome.OK


def test_a_log_in_in_the_sites_head_blocks_no_short_article() -> None:
    form = "<div><form><input type='password'></form></div>"
    assert reading(f"{form}<div>{HEADING}<p>{FIRST}</p>{FOOT}</div>").outcome is Outcome.OK


def test_a_refresh_blocks_a_short_page_only() -> None:
    head = '<meta http-equiv="refresh" content="5">'
    assert reading("<p>Wait</p>", "Wait", head).reason == CHALLENGE
    assert reading("<p>Words of it.</p>" * 100, "Wait", head).reason == NO_TITLE


def test_machinery_of_a_challenge_is_seen_in_a_short_page_only() -> None:
    script = '<script src="/cdn-cgi/challenge-platform/x.js"></script>'
    assert reading(f"{script}<p>Wait</p>", "Wait").reason == CHALLENGE
    assert reading(f"{script}{'<p>Words of it.</p>' * 100}", "Wait").reason == NO_TITLE


EMPTY_HOUSE = "<h1>Nothing lives here</h1><p>This part of the house is empty, try the cellar.</p><p>Or the roof.</p>"
PROBE = fingerprint(html(EMPTY_HOUSE, "Nothing lives here").encode(), "text/html; charset=utf-8").without(
    frozenset({"Main"})
)


def test_a_fingerprint_holds_the_name_and_the_lines_without_links() -> None:
    assert (
        Fingerprint(
            "Nothing lives here",
            frozenset({"Nothing lives here", "This part of the house is empty, try the cellar.", "Or the roof."}),
        )
        == PROBE
    )
    assert fingerprint(b"\xff\xff", "text/html; charset=utf-8") == Fingerprint("", frozenset())
    assert fingerprint(("<div>" * 300 + "x").encode()) == Fingerprint("", frozenset())


def test_likeness_to_the_probe_page_is_by_half_of_the_text_or_by_the_name() -> None:
    lived_in = f"<p>This part of the house is empty, try the cellar.</p><p>{FIRST}</p><p>{SECOND}</p>"
    assert reading(HEADING + lived_in + FOOT, probe=PROBE).outcome is Outcome.OK
    assert reading(HEADING + "<p>Or the roof.</p>" + FOOT, probe=PROBE).reason == LIKE_PROBE
    assert reading(f"{HEADING}<p>Or the roof.</p><p>{FIRST}</p>{FOOT}", probe=PROBE).reason == LIKE_PROBE
    assert reading(f"{HEADING}{DATE}<p>Or the roof.</p><p>{FIRST}</p>{FOOT}", probe=PROBE).outcome is Outcome.OK
    assert reading(f"{HEADING}{DATE}<p>Or the roof.</p>{FOOT}", probe=PROBE).reason == LIKE_PROBE
    assert reading("<p>Quite other words.</p>", "Nothing lives here", probe=PROBE).reason == LIKE_PROBE
    assert reading(EMPTY_HOUSE, "Another name", probe=PROBE).reason == LIKE_PROBE
    assert reading(EMPTY_HOUSE, "Another name", probe=replace(PROBE, is_message=False)).reason != LIKE_PROBE
    assert reading("<p>Or the roof.</p>", "Another name", probe=PROBE).reason == NO_TITLE
    assert reading(HEADING + BODY + FOOT, probe=Fingerprint("", frozenset())).outcome is Outcome.OK


LINKS = [f'<p><a href="/tags/{n}/">A decision of the council, no. {n}</a></p>' for n in range(6)]
DATED = [f'<p>1{n}.07.2024 <a href="/tags/{n}/">A decision of the council, no. {n}</a></p>' for n in range(6)]


@pytest.mark.parametrize(
    ("lines", "is_list"),
    [
        ([f"<p>{FIRST}</p>", *LINKS], False),
        ([f"<p>{FIRST}</p>", *DATED], True),
        ([*[f"<p>{FIRST}</p>"] * 9, *DATED], True),
        ([*[f"<p>{FIRST}</p>"] * 10, *DATED], False),
        ([f"<p>{FIRST}</p>", *DATED[:2]], False),
        (["<p>Adopted:</p>", *LINKS], True),
        (["<p>Adopted:</p>", *LINKS[:2]], False),
        (["<p>Adopted:</p>", *[line.replace("/tags/", "/upload/").replace('/"', '.pdf"') for line in LINKS]], False),
    ],
)
def test_a_list_of_pages_is_told_from_an_article_that_links_to_some(lines: list[str], is_list: bool) -> None:
    found = reading(f"{HEADING}{DATE}<div>{''.join(lines)}</div>{FOOT}")
    assert (found.reason == "a list of other pages") is is_list
    assert (found.outcome is Outcome.OK) is not is_list


@pytest.mark.parametrize("tag", ["h1", "h2", "h3", "p", "div", "font", "b", "td", "span"])
def test_not_found_is_read_in_any_element_that_messages_stand_in(tag: str) -> None:
    words = "<table><tr><td>Element not found</td></tr></table>" if tag == "td" else f"<{tag}>Element not found</{tag}>"
    assert reading(words, "News").reason == NOT_FOUND
    assert reading(words.replace("Element", "A good element was"), "News").reason != NOT_FOUND


@pytest.mark.parametrize(
    "title", ["Site - Not found", "404 | Site", "Site: Page not found", "News – Страница не найдена"]
)
def test_not_found_is_read_in_a_part_of_the_name(title: str) -> None:
    assert reading("<p>Words.</p>", title).reason == NOT_FOUND
