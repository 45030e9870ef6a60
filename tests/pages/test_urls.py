"""crawler.pages.urls: one address for a page, however it is written."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.pages import urls
from crawler.pages.urls import (
    MAX_LENGTH,
    NOISE,
    SITE_HOSTS,
    BadAddress,
    Origin,
    canonical,
    host_of,
    path_of,
    query_of,
    rebase,
    resolve,
    tidy,
    unbase,
)
from crawler.sites import SITES

HERE = "https://en.odkb-csto.org/news/news_odkb/here/"
PAGE = "https://en.odkb-csto.org/news/news_odkb/a-page"


@pytest.fixture(scope="module", autouse=True)
def _without_earlier_answers() -> None:
    """What is asked here is worked out here: a mutation test forks a process in which everything was asked before."""
    for function in vars(urls).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()


_PIECES = st.sampled_from(
    [
        *"abAZ019/.%?&=#;+\\:@[] \t\n-_~|!*'(){}<>\"^`,",
        *(
            "é",
            "п",
            "\u202e",
            "\x00",
            "\ud800",
            "%2e",
            "%2E%2e",
            "..",
            "//",
            "index.php",
            "%25",
            "%2",
            "%%36",
            "%d0%9f",
        ),
        *(
            "%d0",
            "%2F",
            "utm_a=",
            "PHPSESSID=",
            "www.",
            "http://",
            "https://",
            "en.odkb-csto.org",
            ":80",
            ":443",
            "a=",
            "&a",
        ),
    ]
)
_STARTS = st.sampled_from(
    ["http://h.org/", "https://www.en.odkb-csto.org", "HTTP://", "http://h/", "https://h.org:8080", ""]
)
_URLS = st.builds(lambda start, rest: start + "".join(rest), _STARTS, st.lists(_PIECES, max_size=14))


# --- fixed points -------------------------------------------------------------------------------------------------
@given(_URLS | st.text().map(lambda text: f"http://h.org/{text}"))
@example("http://h.org/a/index.php/index.php/")
@example("http://h.org/%%36%35")
@example("http://h.org/ #")
@example("http://www.www.h.org")
def test_the_canonical_form_of_a_canonical_form_is_itself(url: str) -> None:
    try:
        once = canonical(url)
    except BadAddress:
        return
    assert canonical(once) == once
    assert tidy(tidy(url)) == tidy(url)
    assert canonical(tidy(url)) == once
    assert once.isascii()
    assert len(tidy(url)) - len(once) in (0, 1)


@given(_URLS)
def test_a_resolved_link_resolves_to_itself_and_is_a_page(url: str) -> None:
    found = resolve(HERE, url)
    if found is not None:
        assert resolve(HERE, found) == found
        assert canonical(found)


@given(
    _URLS
    | st.lists(st.sampled_from(["/", ".", "..", "a", "b.c", "index.php", "www.", "%41", "?a=b", "-", "~", "A"])).map(
        lambda pieces: f"https://h.org/{''.join(pieces)}"
    )
)
@example("https://h.org/a/index.php")
@example("https://h.org/index.php//")
@example("https://www.h.org/a")
@example("https://h..org/a")
@example("https://h.org/.a/")
@example("https://h.org/a" + "a" * MAX_LENGTH)
def test_an_address_that_is_let_through_at_once_is_one_that_nothing_would_change(url: str) -> None:
    """Slow and quick by turns, through what both of them share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "_is_normal", lambda _url: False)
        slow = [_said(url, None), _said(url, "en.odkb-csto.org"), _said(url, "")]
        links = [urls._resolve.__wrapped__(root, href) for root in _ROOTS for href in (url, url[7:])]
    assert [_said(url, None), _said(url, "en.odkb-csto.org"), _said(url, "")] == slow
    assert [urls._resolve.__wrapped__(root, href) for root in _ROOTS for href in (url, url[7:])] == links


_ROOTS = ("https://en.odkb-csto.org/", "http://en.odkb-csto.org/", "https://h.org/", "urn:capture:1")


def _said(url: str, fold_host: str | None) -> str:
    try:
        return urls._normal(url, fold_host=fold_host)
    except BadAddress as error:
        return str(error)


@given(st.text(), st.text())
def test_no_text_makes_an_address_fail_in_another_way(base: str, href: str) -> None:
    resolve(f"https://h.org/{base}", href)
    for function in (canonical, tidy, host_of, path_of, query_of):
        with contextlib.suppress(BadAddress):
            function(href)


# --- what is one page, and what is two -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://en.odkb-csto.org/news/news_odkb/a-page/",
        "HTTPS://EN.ODKB-CSTO.ORG/news/news_odkb/a-page/",
        "https://www.en.odkb-csto.org/news/news_odkb/a-page",
        "https://www.www.en.odkb-csto.org/news/news_odkb/a-page",
        "https://en.odkb-csto.org./news/news_odkb/a-page",
        "https://en.odkb-csto.org:443/news/news_odkb/a-page",
        "http://en.odkb-csto.org:80/news/news_odkb/a-page",
        "https://en.odkb-csto.org:80/news/news_odkb/a-page",
        "https://en.odkb-csto.org:0443/news/news_odkb/a-page",
        "https://en.odkb-csto.org:/news/news_odkb/a-page",
        "https://en.odkb-csto.org/news/news_odkb/a-page/index.php",
        "https://en.odkb-csto.org/news/news_odkb/a-page/index.php/index.php",
        "https://en.odkb-csto.org//news///news_odkb/a-page//",
        "https://en.odkb-csto.org/news/./news_odkb/a-page/.",
        "https://en.odkb-csto.org/news/x/../news_odkb/a-page",
        "https://en.odkb-csto.org/../../news/news_odkb/a-page/x/..",
        "https://en.odkb-csto.org/news/x/%2e%2E/news_odkb/a-page",
        "https://en.odkb-csto.org/%6eews/news_odkb/a%2Dpage",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?&&",
        "https://en.odkb-csto.org/news/news_odkb/a-page/#top",
        "https://en.odkb-csto.org/news/news_odkb/a-page #top",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?bxajaxid=0123456789abcdef0123456789abcdef",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?PHPSESSID=a&sessid=b&bxrand=1&back_url=%2F&clear_cache=Y",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?utm_source=a&utm_anything=b&UTM_MEDIUM=c",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?gclid=a&fbclid=b&yclid=c&ysclid=d&_openstat=e",
        "https://en.odkb-csto.org/news/news_odkb/a-page/?utm%5Fsource=a",
        "  https://en.odkb-csto.org/news/news_odkb/a-page\n",
        "https://en.odkb-csto.org/news/news_\nodkb/a-\tpage",
        "https:\\\\en.odkb-csto.org\\news\\news_odkb\\a-page",
        "https:////en.odkb-csto.org/news/news_odkb/a-page",
    ],
)
def test_each_way_of_writing_the_address_is_the_same_page(url: str) -> None:
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/x-/", "/x/"),
        ("/X/", "/x/"),
        ("/a%20b", "/a%20%20b"),
        ("/a%2Fb", "/a/b"),
        ("/a+b", "/a%20b"),
        ("/a;b", "/a"),
        ("/?ELEMENT_ID=1", "/?ELEMENT_ID=2"),
        ("/?element_id=1", "/?ELEMENT_ID=1"),
        ("/?a", "/?a="),
        ("/?a=1&a=2", "/?a=2&a=1"),
        ("/?a=1;b=2", "/?a=1&b=2"),
        ("/?q=a+b", "/?q=a%20b"),
        ("/?q=1%262", "/?q=1&2"),
        ("/x/?PAGEN_1=2", "/x/"),
        ("/index.php5", "/"),
        ("/index.php/x", "/x"),
        ("/x?utm=1", "/x"),
        ("/x?session=1", "/x"),
        ("/%D0", "/%D1"),
    ],
)
def test_these_are_two_pages(one: str, other: str) -> None:
    assert canonical(f"https://h.org{one}") != canonical(f"https://h.org{other}")


@pytest.mark.parametrize(
    ("given_path", "kept"),
    [
        ("/?c-tab=a&news=1&gen-tab=b&PAGEN_1=3&ELEMENT_ID=5", "/?ELEMENT_ID=5&PAGEN_1=3&c-tab=a&gen-tab=b&news=1"),
        ("/?b=2&utm_x=1&a=3&b=1", "/?a=3&b=2&b=1"),
        ("/?a=&b", "/?a=&b"),
        ("/?=x", "/?=x"),
        ("/?a=%d0%9f&b=П", "/?a=%D0%9F&b=%D0%9F"),
        ("/?a=x?y/z:@!$'()*,;", "/?a=x?y/z:@!$'()*,;"),
        ("/?a=[1]\\", "/?a=%5B1%5D%5C"),
        ("/?a=1%2b1+1 1", "/?a=1%2B1+1%201"),
    ],
)
def test_parameters_are_kept_sorted_by_name_in_one_spelling(given_path: str, kept: str) -> None:
    assert canonical(f"https://h.org{given_path}") == f"https://h.org{kept}"


@pytest.mark.parametrize(
    ("given_path", "kept"),
    [
        ("/%7eA%2da", "/~A-a"),
        ("/%d0%bf", "/%D0%BF"),
        ("/п", "/%D0%BF"),
        ("/%cf%f0%e8", "/%CF%F0%E8"),
        ("/a b", "/a%20b"),
        ("/a%20%20b", "/a%20%20b"),
        ("/%2f%3F%23", "/%2F%3F%23"),
        ("/100%", "/100%25"),
        ("/%zz", "/%25zz"),
        ("/%%36", "/%256"),
        ('/"<>^`{|}[]', "/%22%3C%3E%5E%60%7B%7C%7D%5B%5D"),
        ("/a\x01b\x7f", "/a%01b%7F"),
        ("/\ud83d\ude00", "/%F0%9F%98%80"),
        ("/\ud800", "/%EF%BF%BD"),
        ("/!$&'()*+,;=:@", "/!$&'()*+,;=:@"),
    ],
)
def test_each_letter_of_a_path_has_one_spelling(given_path: str, kept: str) -> None:
    assert canonical(f"https://h.org{given_path}") == f"https://h.org{kept}"


@pytest.mark.parametrize(
    ("given_host", "kept"),
    [
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("www.пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("www.org", "www.org"),
        ("www3.h.org", "www3.h.org"),
        ("h.org:8080", "h.org:8080"),
        ("[::FFFF:1.2.3.4]:8080", "[::ffff:102:304]:8080"),
        ("[2001:DB8:0::1]", "[2001:db8::1]"),
        ("a_b.h.org", "a_b.h.org"),
        ("127.0.0.1:81", "127.0.0.1:81"),
    ],
)
def test_each_host_has_one_spelling(given_host: str, kept: str) -> None:
    assert canonical(f"https://{given_host}/") == f"https://{kept}/"


def test_the_shown_address_keeps_the_slash_that_the_identity_leaves_out() -> None:
    assert tidy("http://www.odkb-csto.org//x/") == "https://odkb-csto.org/x/"
    assert tidy("http://www.odkb-csto.org//x") == "https://odkb-csto.org/x"
    assert tidy("https://h.org/x/index.php?a=1") == "https://h.org/x/?a=1"
    assert tidy("https://h.org/x/y/..") == "https://h.org/x/"
    assert tidy("https://h.org/x/.") == "https://h.org/x/"
    assert canonical("https://h.org/x/?a=1/") == "https://h.org/x?a=1/"
    assert canonical("https://h.org") == tidy("https://h.org/") == "https://h.org/"


def test_the_address_of_an_imported_file_passes_unchanged() -> None:
    odd = "urn:capture:My Saved//Page/.html/"
    assert canonical(odd) == tidy(odd) == odd
    assert host_of(odd) == path_of(odd) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "does not begin with http:// or https://"),
        ("en.odkb-csto.org/x", "does not begin with http:// or https://"),
        ("//h.org/x", "does not begin with http:// or https://"),
        ("ftp://h.org/", "does not begin with http:// or https://"),
        ("javascript:alert(1)", "does not begin with http:// or https://"),
        ("http:/h.org", "does not begin with http:// or https://"),
        ("https://user:word@h.org/", "holds a user name or a password"),
        ("https://@h.org/", "holds a user name or a password"),
        ("https://", "has no valid host"),
        ("https:///?a", "has no valid host"),
        ("https://a..b/", "has no valid host"),
        ("https://-a.org/", "has no valid host"),
        ("https://a b.org/", "has no valid host"),
        ("https://%61.org/", "has no valid host"),
        ("https://[::1/", "has no valid host"),
        ("https://[fe80::1%25eth0]/", "has no valid host"),
        ("https://[x]/", "has no valid host"),
        (f"https://{'a' * 64}.org/", "has no valid host"),
        (f"https://{'a.' * 130}org/", "has no valid host"),
        (f"https://{'ж' * 70}.org/", "has no valid host"),
        ("https://h.org:99999/", "has no valid port"),
        ("https://h.org:0/", "has no valid port"),
        ("https://h.org:x/", "has no valid port"),
        ("https://h.org:²/", "has no valid port"),
        ("https://h.org:-1/", "has no valid port"),
        (f"https://h.org/{'a' * MAX_LENGTH}", f"is longer than {MAX_LENGTH} letters"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(url: str, why: str) -> None:
    with pytest.raises(BadAddress) as refused:
        canonical(url)
    shown = url if len(url) <= 120 else f"{url[:117]}..."
    assert str(refused.value) == f"not a web address: {shown!r} {why}"
    assert isinstance(refused.value, ValueError)


def test_the_longest_address_is_still_taken() -> None:
    longest = f"https://h.org/{'a' * (MAX_LENGTH - len('https://h.org/'))}"
    assert canonical(longest) == longest
    assert canonical("https://h.org:65535/") == "https://h.org:65535/"
    assert canonical(f"https://{'a' * 63}.org/") == f"https://{'a' * 63}.org/"


def test_noise_is_told_in_lower_case() -> None:
    assert {name.lower() for name in NOISE} == NOISE
    for name in NOISE:
        assert canonical(f"https://h.org/?{name}=1&{name}&k") == "https://h.org/?k"


# --- links ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/x/", "https://en.odkb-csto.org/x/"),
        ("/x", "https://en.odkb-csto.org/x"),
        ("y", "https://en.odkb-csto.org/news/news_odkb/here/y"),
        ("./", "https://en.odkb-csto.org/news/news_odkb/here/"),
        ("../y/", "https://en.odkb-csto.org/news/news_odkb/y/"),
        ("../../../../../y", "https://en.odkb-csto.org/y"),
        ("?PAGEN_1=2", "https://en.odkb-csto.org/news/news_odkb/here/?PAGEN_1=2"),
        ("?PAGEN_1=2#list", "https://en.odkb-csto.org/news/news_odkb/here/?PAGEN_1=2"),
        ("//h.org/a", "https://h.org/a"),
        ("\\\\h.org\\a", "https://h.org/a"),
        ("/a b.jpg", "https://en.odkb-csto.org/a%20b.jpg"),
        ("http:/x", "https://en.odkb-csto.org/x"),
        ("https:y", "https://en.odkb-csto.org/news/news_odkb/here/y"),
        ("  /x\n", "https://en.odkb-csto.org/x"),
        ("http://www.odkb-csto.org/x/", "https://odkb-csto.org/x/"),
        ("http://odkb-csto.org:80/x?utm_a=1", "https://odkb-csto.org/x"),
        ("http://en.odkb-csto.org:8080/x", "https://en.odkb-csto.org:8080/x"),
        ("http://www.h.org/x/", "http://www.h.org/x/"),
        ("http://jscsto.odkb-csto.org/en/", "http://jscsto.odkb-csto.org/en/"),
        ("HTTPS://WWW.H.org:443//x?b&a", "https://www.h.org/x?a&b"),
        ("http://h.org:443/", "http://h.org:443/"),
        ("a?b=http://c:d", "https://en.odkb-csto.org/news/news_odkb/here/a?b=http://c:d"),
    ],
)
def test_a_link_leads_to_one_absolute_address(href: str, found: str) -> None:
    assert resolve(HERE, href) == found


@pytest.mark.parametrize(
    "href",
    [
        "",
        " \n",
        "#",
        "#top",
        " #top",
        "javascript:void(0)",
        "JavaScript:void(0)",
        "java\tscript:void(0)",
        "\x01javascript:void(0)",
        "java\x00script:void(0)",
        "&#106;avascript:void(0)",
        "java&#115;cript:void(0)",
        "javascript&colon;void(0)",
        "data:text/html,x",
        "mailto:press@example.org",
        "tel:+70000000000",
        "ftp://h.org/",
        "file:///etc/passwd",
        "about:blank",
        "http://",
        "//",
        "http://user@h.org/",
        "https://h.org:x/",
    ],
)
def test_a_link_that_leads_to_no_page_is_none(href: str) -> None:
    assert resolve(HERE, href) is None


def test_an_address_with_an_ampersand_is_no_hidden_script() -> None:
    assert resolve(HERE, "/x?a=1&b=2&copy=3") == "https://en.odkb-csto.org/x?a=1&b=2&copy=3"


def test_a_link_resolves_against_a_page_that_isn_t_a_folder() -> None:
    assert resolve("https://h.org/a/b", "c") == "https://h.org/a/c"
    assert resolve("https://h.org/a/b?x=/y", "c") == "https://h.org/a/c"
    assert resolve("https://h.org/a/b?x=1", "?y=2") == "https://h.org/a/b?y=2"
    assert resolve("https://h.org", "c") == "https://h.org/c"
    assert resolve("https://h.org?x=1", "/c") == "https://h.org/c"


def test_the_page_s_own_host_is_folded_as_the_page_s_address_is() -> None:
    assert resolve("https://h.org/a", "http://www.h.org/b") == "https://h.org/b"
    assert resolve("https://h.org/a", "http://www.other.org/b") == "http://www.other.org/b"
    assert resolve("https://h.org:8080/a", "http://h.org:8080/b") == "http://h.org:8080/b"


def test_an_imported_file_without_an_address_has_only_absolute_links() -> None:
    assert resolve("urn:capture:a.html", "http://www.h.org/b") == "http://www.h.org/b"
    assert resolve("urn:capture:a.html", "http://www.odkb-csto.org/b") == "https://odkb-csto.org/b"
    assert resolve("urn:capture:a.html", "/b") is None
    assert resolve("urn:capture:a.html", "b") is None


def test_every_site_s_host_is_folded() -> None:
    assert {site.host for site in SITES.values()} == SITE_HOSTS


# --- a mirror -------------------------------------------------------------------------------------------------------
MIRROR = Origin.parse("http://127.0.0.1:8000/")


def test_an_origin_is_scheme_host_and_port() -> None:
    assert str(MIRROR) == "http://127.0.0.1:8000"
    assert str(Origin.parse(" HTTP://Localhost:80 ")) == "http://localhost"
    assert str(Origin.parse("https://h.org:443")) == "https://h.org"
    assert str(Origin.parse("https://h.org:80")) == "https://h.org:80"
    assert str(Origin.parse("http://www.h.org")) == "http://www.h.org"


@pytest.mark.parametrize("text", ["http://h.org/x", "http://h.org/?a", "http://h.org?", "h.org", "http://u@h.org"])
def test_more_or_less_than_an_origin_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        Origin.parse(text)


def test_bytes_are_fetched_from_the_mirror_and_links_to_it_are_the_site_s() -> None:
    page = f"{HERE}?a=1"
    fetched = rebase(page, MIRROR)
    assert fetched == "http://127.0.0.1:8000/news/news_odkb/here/?a=1"
    assert unbase(fetched, MIRROR, "en.odkb-csto.org") == page
    assert rebase("https://en.odkb-csto.org", MIRROR) == "http://127.0.0.1:8000/"
    assert unbase("http://127.0.0.1:8000", MIRROR, "en.odkb-csto.org") == "https://en.odkb-csto.org/"
    assert unbase("https://127.0.0.1:8000/x//?utm_a=1", MIRROR, "en.odkb-csto.org") == "https://en.odkb-csto.org/x/"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8001/x", "http://127.0.0.1/x", "http://127.0.0.2:8000/x", "http://127.0.0.1:80000/x", "nothing"],
)
def test_a_link_elsewhere_is_left_as_it_is(url: str) -> None:
    assert unbase(url, MIRROR, "en.odkb-csto.org") == url


def test_an_address_gives_its_parts() -> None:
    assert host_of("https://h.org:81/x/y?a=1&b&c=") == "h.org:81"
    assert path_of("https://h.org/x/y?a=/z") == "/x/y"
    assert path_of("https://h.org") == path_of("https://h.org?a") == "/"
    assert query_of("https://h.org/x?a=1&b&c=%20=&&") == (("a", "1"), ("b", ""), ("c", "%20="))
    assert query_of("https://h.org/x") == ()
