"""The positive gate: what is no article is never ``ok``, whether a rule names it or not."""

from __future__ import annotations

import pytest

from crawler.pages.reading import Answer, Fingerprint, fingerprint, read
from crawler.sites import SITES
from storage.records import Outcome
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, OTHER, SECOND, TITLE, URL, html, read_page, reading, texts

ARTICLE = f"{HEADING}{DATE}<div><p>{FIRST}</p><p>{SECOND}</p></div>{FOOT}"
TEASERS = "".join(
    f'<div><div>1{n}.07.2024</div><div><a href="/news/news_odkb/a_long_slug_no_{n}/">News no. {n} of the day</a></div>'
    f"<div>A delegation reviewed the plan of exercise no. {n} with care.</div></div>"
    for n in range(6)
)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (204, Outcome.EMPTY),
        (203, Outcome.HTTP_ERROR),
        (206, Outcome.HTTP_ERROR),
        (301, Outcome.MOVED),
        (304, Outcome.NOT_MODIFIED),
        (401, Outcome.HTTP_ERROR),
        (403, Outcome.HTTP_ERROR),
        (429, Outcome.HTTP_ERROR),
        (500, Outcome.HTTP_ERROR),
        (502, Outcome.HTTP_ERROR),
        (503, Outcome.MAINTENANCE),
        (999, Outcome.HTTP_ERROR),
    ],
)
def test_only_200_can_be_ok_though_the_body_be_an_article(status: int, outcome: Outcome) -> None:
    found = reading(ARTICLE, status=status)
    assert found.outcome is outcome
    assert found.article is None


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_challenge_is_blocked_whatever_error_it_comes_with(status: int) -> None:
    page = "<html><title>DDoS-Guard</title><body>Checking your browser</body></html>"
    assert read_page(page, status=status).outcome is Outcome.BLOCKED


SHAPES: dict[str, tuple[str | bytes, Outcome]] = {
    "the words of a soft 404 in the frame": (
        html("<p><font>Element not found</font></p>", "Element not found"),
        Outcome.EXTRACT_FAILED,
    ),
    "the words of a soft 404 in Russian": (html("<p>Элемент не найден</p>", "Новости"), Outcome.EXTRACT_FAILED),
    "the words of a soft 404 with heading and text": (
        html(
            "<h1>Page not found</h1><p>The page that you asked for has been taken down or never stood here.</p>", "404"
        ),
        Outcome.EXTRACT_FAILED,
    ),
    "the words of a soft 404 below teasers": (
        html(f"{TEASERS}<p>Element not found</p>", "Element not found"),
        Outcome.EXTRACT_FAILED,
    ),
    "maintenance, bare": (
        "<html><title>Maintenance</title><h1>The site is under maintenance</h1><p>Please come back later.</p></html>",
        Outcome.MAINTENANCE,
    ),
    "maintenance in Russian": (
        html("<h2>Технические работы</h2><p>Мы скоро закончим.</p>", "Сайт"),
        Outcome.MAINTENANCE,
    ),
    "a captcha": (
        '<html><title>Wait</title><p>Type the letters</p><form><img src="/captcha.png"><input name="captcha"></form></html>',
        Outcome.BLOCKED,
    ),
    "a browser check": (
        "<html><title>Just a moment...</title><div id='cf-challenge'></div><script src='/cdn-cgi/challenge'></script></html>",
        Outcome.BLOCKED,
    ),
    "scripts alone": ("<html><head></head><body><script>document.cookie='a=1'</script></body></html>", Outcome.BLOCKED),
    "a log-in in the frame": (
        html("<h1>Authorization</h1><p>Please log in.</p><form><input type='password'></form>", "Authorization"),
        Outcome.BLOCKED,
    ),
    "a log-in with a date": (
        html(
            f"<h1>Authorization</h1>{DATE}<p>Please log in to see it.</p><form><input type='password'></form>", "Log in"
        ),
        Outcome.BLOCKED,
    ),
    "a refresh to elsewhere": (
        "<html><head><meta http-equiv='refresh' content='3; url=/x'><title>Wait</title></head><body>Wait</body></html>",
        Outcome.BLOCKED,
    ),
    "a list of news": (html(f"<h1>News</h1>{TEASERS}", "News"), Outcome.EXTRACT_FAILED),
    "a flat list of news": (
        html(
            "<h1>News</h1>"
            + "".join(f'<p>1{n}.07.2024 <a href="{OTHER}{n}/">News of day {n}</a></p>' for n in range(6)),
            "News",
        ),
        Outcome.EXTRACT_FAILED,
    ),
    "the home page": (
        html(f"<h1>Example Site</h1><p>The organization is an alliance of six states.</p>{TEASERS}", "Example Site"),
        Outcome.EXTRACT_FAILED,
    ),
    "the home page by its own word": (
        html(ARTICLE, head='<link rel="canonical" href="https://en.odkb-csto.org/">'),
        Outcome.SUSPECT,
    ),
    "a list by its own word": (html(ARTICLE, head='<meta property="og:url" content="/news/">'), Outcome.SUSPECT),
    "another article by its own word": (html(ARTICLE, head=f'<link rel="canonical" href="{OTHER}">'), Outcome.SUSPECT),
    "another article by og:url": (html(ARTICLE, head=f'<meta property="og:url" content="{OTHER}">'), Outcome.SUSPECT),
    "teasers only": (html(TEASERS), Outcome.EXTRACT_FAILED),
    "the frame alone": (html(""), Outcome.EXTRACT_FAILED),
    "title and date alone": (html(f"{HEADING}{DATE}{FOOT}"), Outcome.EXTRACT_FAILED),
    "white space": (" \r\n\t ", Outcome.EMPTY),
    "nothing": ("", Outcome.EMPTY),
    "an empty page": ("<html><head><title>T</title></head><body></body></html>", Outcome.EMPTY),
    "a PDF": (b"%PDF-1.7\n...", Outcome.WRONG_TYPE),
    "JSON": ('{"error": "not found"}', Outcome.WRONG_TYPE),
    "lost letters": (html(ARTICLE.replace("plan", "pl\ufffdn").replace("year", "\ufffd\ufffdar")), Outcome.UNDECODABLE),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_known_shape_gets_its_name_and_is_never_ok(name: str) -> None:
    page, outcome = SHAPES[name]
    found = read_page(page)
    assert found.outcome is outcome, found.reason
    assert found.article is None


UNNAMED = {
    "an unknown interstitial": (
        "<html><title>One moment</title><h1>One moment</h1><p>We are getting things ready for you.</p></html>"
    ),
    "a notice in the frame": html(
        "<h1>Switched off</h1><p>This part of the site was switched off for a while.</p>", "Switched off"
    ),
    "a notice of two paragraphs": html(
        "<h1>Switched off</h1><p>This part of the site was switched off for a while.</p><p>Please look in again.</p>",
        "Switched off",
    ),
    "a cookie wall": html(
        "<div><h2>Your choice matters</h2><p>We and our partners store things on your device. Choose below.</p></div>",
        "Your choice matters",
    ),
    "a survey in place of the page": html(
        "<h1>Tell us</h1><p>How do you like our site? It takes two minutes to answer.</p><form><input name='a'></form>",
        "Tell us",
    ),
    "a domain for sale": (
        "<html><title>en.odkb-csto.org</title><h1>en.odkb-csto.org</h1><p>This domain may be for sale.</p></html>"
    ),
    "a provider's parking page": (
        "<html><title>Welcome</title><h1>Welcome</h1><p>This web site has just been created.</p></html>"
    ),
    "a stack trace": (
        "<html><title>Fatal error</title><pre>Uncaught exception in /bitrix/modules/main.php line 5</pre></html>"
    ),
    "an article without its title": html(f"<div>{DATE}<p>{FIRST}</p><p>{SECOND}</p></div>{FOOT}"),
    "words of another page under our title": html(f"<h1>Subscribe</h1><p>{FIRST}</p>", TITLE),
    "a directory index": (
        "<html><title>Index of /news</title><h1>Index of /news</h1><pre><a href='../'>../</a> <a href='a/'>a/</a></pre></html>"
    ),
    "search results": html(
        "<h1>Search</h1>"
        + "".join(f'<div><a href="{OTHER}{n}/">Found no. {n}</a><p>Some words of it…</p></div>' for n in range(4)),
        "Search",
    ),
}


@pytest.mark.parametrize("name", UNNAMED)
def test_a_shape_that_no_rule_names_is_not_ok_either(name: str) -> None:
    found = read_page(UNNAMED[name])
    assert found.outcome is not Outcome.OK
    assert found.article is None


TRUE_ARTICLES = {
    "one line": html(f"{HEADING}{DATE}<p>Photo report.</p>{FOOT}"),
    "about error 404": html(
        f"<h1>Error 404: page not found</h1>{DATE}<p>{FIRST}</p><p>{SECOND}</p>{FOOT}", "Error 404: page not found"
    ),
    "about maintenance": html(
        f"<h1>The fleet is under maintenance</h1>{DATE}<p>{FIRST}</p>{FOOT}", "The fleet is under maintenance"
    ),
    "about a captcha": html(
        f"<h1>What a captcha is</h1>{DATE}<p>{FIRST} A captcha is a picture.</p>{FOOT}", "What a captcha is"
    ),
    "a list": html(f"{HEADING}{DATE}<ul><li>One</li><li>Two things</li></ul>{FOOT}"),
    "a table": html(f"{HEADING}{DATE}<table><tr><td>Arvel<td>10<tr><td>Borsk<td>20</table>{FOOT}"),
    "a letter": html(f"{HEADING}<p>Dear colleagues!</p><p>{FIRST}</p>{FOOT}"),
    "Russian": html(f"<h1>Министры встретились</h1>{DATE}<p>Они говорили два часа.</p>{FOOT}", "Министры встретились"),
    "its own address in the head": html(f"{HEADING}<p>{FIRST}</p>", head=f'<link rel="canonical" href="{URL}">'),
    "its address in another section": html(
        ARTICLE, head='<link rel="canonical" href="https://en.odkb-csto.org/presscenter/the_long_slug_of_an_article/">'
    ),
    "links to documents": html(f'{HEADING}{DATE}<p><a href="/upload/a.docx">Download document a.docx</a></p>{FOOT}'),
    "an article element": html(f"<article>{HEADING}<p>{FIRST}</p></article>"),
}


@pytest.mark.parametrize("name", TRUE_ARTICLES)
def test_an_odd_but_true_article_is_ok(name: str) -> None:
    found = read_page(TRUE_ARTICLES[name])
    assert found.outcome is Outcome.OK, found.reason
    assert texts(found)


@pytest.mark.parametrize("name", [name for name in SHAPES if "soft 404" in name])
def test_words_are_no_deletion_and_likeness_to_the_probe_page_is_one(name: str) -> None:
    page = str(SHAPES[name][0])
    probe = fingerprint(page.encode(), "text/html; charset=utf-8")
    assert read_page(page, probe=probe).outcome is Outcome.SOFT_404
    assert read_page(page, probe=_probe()).outcome is Outcome.EXTRACT_FAILED


def _probe() -> Fingerprint:
    page = html(
        "<h1>Nothing lives here</h1><p>This part of the house is empty, try the cellar.</p>", "Nothing lives here"
    )
    return fingerprint(page.encode(), "text/html; charset=utf-8").without(frozenset({"Main"}))


def test_a_page_like_the_probe_page_is_a_soft_404_although_no_rule_knows_its_words() -> None:
    page = f"<h1>{TITLE}</h1>{DATE}<p>This part of the house is empty, try the cellar.</p>"
    assert reading(page, probe=_probe()).outcome is Outcome.SOFT_404
    assert reading(
        "<p>This part of the house is empty, try the cellar.</p>", "Nothing lives here", probe=_probe()
    ).outcome is (Outcome.SOFT_404)


def test_an_article_that_is_unlike_the_probe_page_is_ok() -> None:
    assert reading(ARTICLE, probe=_probe()).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("final_url", "outcome"),
    [
        (URL, Outcome.OK),
        (URL.removesuffix("/"), Outcome.OK),
        ("https://en.odkb-csto.org/", Outcome.SOFT_404),
        ("https://en.odkb-csto.org/news/", Outcome.SOFT_404),
        ("https://en.odkb-csto.org/auth/?login=yes", Outcome.SOFT_404),
        ("https://en.odkb-csto.org" + OTHER, Outcome.MOVED),
        ("https://example.org/x/", Outcome.OUT_OF_SCOPE),
    ],
)
def test_where_the_answer_came_from_counts(final_url: str, outcome: Outcome) -> None:
    assert reading(ARTICLE, final_url=final_url).outcome is outcome


def test_a_cut_page_is_partial_wherever_it_is_cut() -> None:
    page = html(ARTICLE + "<div>foot</div>")
    for length in range(page.index("<body>"), len(page) - len("</html>"), 7):
        found = read_page(page[:length])
        assert found.outcome is Outcome.PARTIAL, page[length - 20 : length]


def test_a_page_that_never_says_html_is_whole_if_something_follows_the_article() -> None:
    article = f"<title>{TITLE}</title><div>{ARTICLE.removesuffix(FOOT)}</div>"
    assert read_page(article).outcome is Outcome.PARTIAL
    assert read_page(article + FOOT).outcome is Outcome.OK


def test_a_flagged_transfer_is_partial_unless_the_page_has_its_end() -> None:
    assert reading(ARTICLE, truncated=True).outcome is Outcome.OK
    assert read_page(html(ARTICLE).removesuffix("</html>"), truncated=True).outcome is Outcome.PARTIAL


def test_a_body_larger_than_the_limit_is_too_large() -> None:
    assert read_page(html(ARTICLE) + " " * (8 * 1024 * 1024)).outcome is Outcome.TOO_LARGE


def test_a_page_in_bytes_that_its_label_does_not_read_is_undecodable() -> None:
    page = html("<h1>Министры</h1>").replace('<meta charset="utf-8">', "").encode("cp1251")
    assert read_page(page).outcome is Outcome.UNDECODABLE


def test_an_unknown_site_is_read_by_structure_alone() -> None:
    page = html(ARTICLE).encode()
    found = read(Answer("https://news.example.org/world/the_long_slug_of_an_article/", 200, page, "text/html"))
    assert found.outcome is Outcome.OK
    assert SITES["csto-en"] is not None
