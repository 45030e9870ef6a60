"""crawler.sites: which address is what on the two sites."""

from __future__ import annotations

import pytest

from crawler.pages.urls import canonical
from crawler.sites import SITES, Site, UnknownSite, site_named, site_of

HOST = "https://en.odkb-csto.org"
ENGLISH = SITES["csto-en"]


@pytest.mark.parametrize(
    "path",
    [
        "/news/news_odkb/a-slug/",
        "/news/news_odkb/a-slug",
        "/news/news_odkb/a-slug-/",
        "/news/news_odkb/old_slug-12948/?bxajaxid=0123456789abcdef0123456789abcdef",
        "/news/speech/A%20Slug%20%20x/",
        "/news/smi/x/index.php",
        "/documents/statements/x/",
        "/documents/documents/x/",
        "/international_org/un/x/",
        "/international_org/any/x/",
        "/presscenter/x/",
        "/75-letie-pobedy/novosti/x/",
        "/25years/news/x/",
        "/session/2014/session2014december/",
        "/session/2014/session2014/",
        "/training/a-name/x/",
        "/authorized_organs/secretariat/x/",
        "/authorized_organs/an-organ/x/",
        "/structure/",
        "/structure",
        "/institute",
        "/institute/",
        "/authorized_organs/secretariat/",
        "/news/?ELEMENT_ID=5",
        "/news/news_odkb/?ELEMENT_ID=5&utm_source=x",
    ],
)
def test_these_are_articles(path: str) -> None:
    assert ENGLISH.page_kind(HOST + path) == "article"
    assert ENGLISH.is_article(f"http://www.en.odkb-csto.org{path}")
    assert ENGLISH.in_scope(HOST + path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/index.php",
        "/?c-tab=statements",
        "/?gen-tab=press",
        "/news/",
        "/news",
        "/news/news_odkb/",
        "/news/news_odkb/?PAGEN_1=2",
        "/news/news_odkb/?PAGEN_2=2&SIZEN_1=20",
        "/documents/",
        "/documents/statements/",
        "/international_org/",
        "/international_org/un/",
        "/presscenter/",
        "/75-letie-pobedy/",
        "/75-letie-pobedy/novosti/",
        "/25years/",
        "/session/",
        "/session/2014/",
        "/training/a-name/",
        "/authorized_organs/",
        "/authorized_organs/an-organ/",
        "/authorized_organs/secretariat/?PAGEN_1=2",
    ],
)
def test_these_are_lists(path: str) -> None:
    assert ENGLISH.page_kind(HOST + path) == "list"
    assert ENGLISH.is_list(HOST + path)
    assert ENGLISH.in_scope(HOST + path)
    assert ENGLISH.is_dead_end(HOST + path)


@pytest.mark.parametrize(
    "path",
    [
        "/news/any/x/",
        "/news/news_odkb/x/y/",
        "/session/2014/other/",
        "/session/x/session2014/",
        "/unknown/",
        "/upload/x.pdf",
        "/news/news_odkb/x.pdf",
        "/news/news_odkb/rss.php",
        "/news/news_odkb/rss/",
        "/news/news_odkb/x/?PAGEN_1=2",
        "/news/news_odkb/x/?unknown=1",
        "/international_org/cis/?news=1",
        "/news/?ELEMENT_ID=x",
        "/news/?ELEMENT_ID=",
        "/news/?ELEMENT_ID=1&ELEMENT_ID=2",
        "/?ELEMENT_ID=5",
    ],
)
def test_these_are_left_alone(path: str) -> None:
    assert ENGLISH.page_kind(HOST + path) == "other"
    assert not ENGLISH.is_article(HOST + path)
    assert not ENGLISH.is_list(HOST + path)


@pytest.mark.parametrize(
    "path",
    [
        "/auth/",
        "/auth/index.php",
        "/login",
        "/personal/profile/",
        "/search/?q=x",
        "/search/index.php",
        "/bitrix/admin/",
        "/bitrix/redirect.php?goto=x",
        "/rss/",
        "/news/news_odkb/x/?login=yes",
        "/news/?logout=yes",
        "/news/news_odkb/x/?print=Y",
        "/news/?register=yes&a=b",
        "/news/?clear_cache_session=Y",
    ],
)
def test_these_are_never_asked_for(path: str) -> None:
    assert not ENGLISH.in_scope(HOST + path)
    assert ENGLISH.page_kind(HOST + path) == "other"


@pytest.mark.parametrize("path", ["/authority/x/", "/searchlight/", "/news/news_odkb/login-x/", "/news/?printer=1"])
def test_a_name_that_only_begins_like_one_of_these_is_in_scope(path: str) -> None:
    assert ENGLISH.in_scope(HOST + path)


@pytest.mark.parametrize(
    "url",
    [
        "https://jscsto.odkb-csto.org/en/news/x/",
        "https://odkb-csto.org/news/news_odkb/x/",
        "https://en.odkb-csto.org.example.org/news/news_odkb/x/",
        "https://en.odkb-csto.org:8080/news/news_odkb/x/",
        "https://example.org/news/news_odkb/x/",
        "urn:capture:x.html",
        "no address",
        "",
    ],
)
def test_another_host_is_out_of_scope(url: str) -> None:
    assert not ENGLISH.in_scope(url)
    assert ENGLISH.page_kind(url) == "other"
    assert not ENGLISH.owns(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://en.odkb-csto.org/", "csto-en"),
        ("http://WWW.EN.odkb-csto.org:80/x", "csto-en"),
        ("https://odkb-csto.org/x", "csto-ru"),
        ("http://www.odkb-csto.org/", "csto-ru"),
        ("https://ksopn.odkb-csto.org/en/news/x/", None),
        ("https://example.org/", None),
        ("urn:capture:x", None),
        ("x", None),
    ],
)
def test_an_address_belongs_to_one_site_or_none(url: str, name: str | None) -> None:
    site = site_of(url)
    assert (site.name if site else None) == name


def test_an_unknown_site_is_refused_with_the_known_ones() -> None:
    assert site_named("csto-ru").host == "odkb-csto.org"
    with pytest.raises(UnknownSite, match="no site is called 'csto-fr'; there are csto-en, csto-ru"):
        site_named("csto-fr")


OLD = f"{HOST}/authorized_organs/secretariat/an-article/"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/news/news_odkb/",
        "/authorized_organs/secretariat/",
        "/authorized_organs/",
        "/auth/",
        "/auth/?backurl=%2Fnews%2F",
        "/news/news_odkb/x/?login=yes",
        "/login.php",
    ],
)
def test_a_redirect_to_there_says_that_the_page_is_gone(target: str) -> None:
    assert ENGLISH.is_dead_end(HOST + target, OLD)


def test_a_redirect_to_the_other_site_s_home_page_is_a_dead_end_too() -> None:
    assert ENGLISH.is_dead_end("https://www.odkb-csto.org/", OLD)
    assert ENGLISH.is_dead_end("https://odkb-csto.org/news/", OLD)


@pytest.mark.parametrize(
    "target",
    [
        f"{HOST}/news/news_odkb/another/",
        f"{HOST}/structure/",
        f"{HOST}/authorized_organs/secretariat/an-article-2/",
        f"{HOST}/authorized_organs/secret/x/",
        OLD,
        "https://example.org/",
        "https://jscsto.odkb-csto.org/",
    ],
)
def test_a_redirect_to_there_says_where_the_page_went_or_nothing(target: str) -> None:
    assert not ENGLISH.is_dead_end(target, OLD)


def test_a_standing_page_is_a_dead_end_only_for_what_lay_below_it() -> None:
    assert not ENGLISH.is_dead_end(f"{HOST}/authorized_organs/secretariat/")
    assert ENGLISH.is_dead_end(f"{HOST}/authorized_organs/secretariat/", OLD)


def test_every_list_is_a_list_and_every_standing_page_an_article() -> None:
    for site in SITES.values():
        assert all(site.is_list(url) for url in site.list_urls())
        assert all(site.is_article(site.origin + path) for path in site.standing)
        assert len({canonical(url) for url in site.list_urls()}) == len(site.lists)
        assert all(site_of(f"https://{alias}/") is site for alias in site.aliases)


def test_a_site_is_what_its_data_say() -> None:
    other = Site(
        name="other",
        host="example.org",
        language="en",
        lists=("/all/",),
        standing=("/about",),
        article_patterns=(r"/all/\d+",),
        folder_patterns=(r"/years",),
    )
    kinds = {
        path: other.page_kind(f"http://www.example.org{path}")
        for path in ("/all/5/", "/all", "/about/", "/years", "/all/x")
    }
    assert kinds == {"/all/5/": "article", "/all": "list", "/about/": "article", "/years": "list", "/all/x": "other"}
    assert ENGLISH.page_kind("http://example.org/all/5/") == "other"
