"""What belongs to an article and what doesn't, one trap at a time."""

from __future__ import annotations

from datetime import date

import pytest

from storage.records import Outcome
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, OTHER, SECOND, TITLE, URL, html, read_page, reading, texts

DAY = date(2024, 7, 26)
BODY = f"<p>{FIRST}</p><p>{SECOND}</p>"
CARD = (
    f'<div><div><a href="{OTHER}">Quite another article</a></div><div>The joint staff looked into a report.</div></div>'
)
KEPT = [FIRST, SECOND]


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (f"{HEADING}<p>26.07.2024</p>", DAY),
        (f"<h1>{TITLE} <span>26.07.2024</span></h1>", DAY),
        (f"<h1>{TITLE} 26 July 2024</h1>", DAY),
        (f"<div>26.07.2024</div>{HEADING}", DAY),
        (f"{HEADING}<div>Published: 26.07.2024</div>", DAY),
        (f"{HEADING}<div>26.07.2024 | News | Views: 12</div>", DAY),
        (f"{HEADING}<div>7/26/2024 14:56:41</div>", DAY),
        (f"{HEADING}<div>26 July 2024</div>", DAY),
        (f"{HEADING}<time datetime='2024-07-26T10:00:00+03:00'>2 hours ago</time>", DAY),
        (f"{HEADING}<time datetime='2024-07-26'>26.07.2024</time>", DAY),
        (f"{HEADING}<p>31.02.2024</p>", None),
        (HEADING, None),
    ],
)
def test_the_date_is_found_where_sites_print_it(head: str, day: date | None) -> None:
    found = reading(f"{head}<div>{BODY}</div>{FOOT}")
    assert found.article is not None, found.reason
    assert found.article.published == day
    assert found.article.title == TITLE
    if day:
        assert texts(found) == KEPT


@pytest.mark.parametrize(
    ("first", "day", "text"),
    [
        ("<p>21.05.2020On May 26 they met in Arvel.</p>", date(2020, 5, 21), "On May 26 they met in Arvel."),
        ("<p><span>21.05.2020</span>On May 26 they met.</p>", date(2020, 5, 21), "On May 26 they met."),
        ("<p><b>21 May 2020</b> On May 26 they met in Arvel.</p>", date(2020, 5, 21), "On May 26 they met in Arvel."),
        (
            "<p>21.05.2020 was the day of the first of all meetings.</p>",
            None,
            "21.05.2020 was the day of the first of all meetings.",
        ),
        (
            "<p>On 21.05.2020 they met in Arvel for the first time.</p>",
            None,
            "On 21.05.2020 they met in Arvel for the first time.",
        ),
    ],
)
def test_a_date_glued_to_the_first_word_is_taken_off_and_one_in_prose_stays(
    first: str, day: date | None, text: str
) -> None:
    found = reading(f"{HEADING}<div>{first}<p>{SECOND}</p></div>{FOOT}")
    assert found.article is not None
    assert found.article.published == day
    assert texts(found) == [text, SECOND]


def test_a_title_that_ends_in_a_day_keeps_it() -> None:
    title = "Statement of 26 July 2024"
    found = reading(f"<h1>{title}</h1>{BODY}{FOOT}", title)
    assert found.article is not None
    assert found.article.title == title
    assert found.article.published is None


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        f"{TITLE} - Example Site",
        f"{TITLE} | Example Site",
        f"Example Site | {TITLE}",
        f"Example Site — News — {TITLE}",
    ],
)
@pytest.mark.parametrize("tag", ["h1", "h3", "b", "div", "span", "td"])
def test_the_title_is_found_in_any_element_by_the_name_in_the_head(tag: str, title: str) -> None:
    heading = f"<table><tr><td>{TITLE}</td></tr></table>" if tag == "td" else f"<div><{tag}>{TITLE}</{tag}></div>"
    found = reading(f"{CARD}{heading}{DATE}<div>{BODY}</div>{FOOT}", title)
    assert found.article is not None, found.reason
    assert found.article.title == TITLE
    assert texts(found) == KEPT


def test_a_name_in_the_head_that_is_cut_still_finds_its_title() -> None:
    long = "The ministers of the six states met in Arvel and " * 6 + "went home"
    found = reading(f"<h1>{long}</h1>{DATE}{BODY}", long[:255])
    assert found.article is not None
    assert found.article.title == long


def test_quotes_and_spaces_in_the_head_may_differ_from_the_visible_title() -> None:
    found = reading(f"<h1>The &laquo;big&raquo;&nbsp; meeting</h1>{DATE}{BODY}", 'The "big" meeting - Site')
    assert found.article is not None
    assert found.article.title == "The «big» meeting"


def test_a_lone_heading_that_the_head_does_not_know_needs_two_signs() -> None:
    assert reading(f"<h1>A new heading</h1>{DATE}{BODY}").outcome is not Outcome.OK
    assert reading(f"<h1>A new heading</h1>{DATE}{BODY}{FOOT}").outcome is Outcome.OK


def test_the_teaser_of_this_very_article_above_it_takes_nothing_from_it() -> None:
    own = f'<div><a href="{URL}">{TITLE}</a></div><div>{FIRST}</div>'
    assert texts(reading(f"{own}{HEADING}{DATE}<div>{BODY}</div>{FOOT}")) == KEPT
    unlinked = f"<div>{TITLE}</div><div>Some words of a teaser that has no link.</div>"
    assert texts(reading(f"{unlinked}<div>{TITLE}</div>{DATE}{BODY}{FOOT}")) == KEPT


@pytest.mark.parametrize(
    "between",
    [
        CARD * 3,
        f"<div>{CARD * 2}</div>",
        f'<ul><li><a href="{OTHER}">Quite another article</a></li><li><a href="/news/">All news</a></li></ul>',
    ],
)
def test_a_side_column_between_title_and_text_is_passed_over(between: str) -> None:
    page = f"{HEADING}<div><div class='s'>{between}</div><div class='m'>{DATE}{BODY}</div></div>"
    found = reading(page)
    assert texts(found) == KEPT
    assert found.article is not None
    assert found.article.published == DAY


@pytest.mark.parametrize(
    "after",
    [
        FOOT + "<div>Anything at all below the navigation of the page.</div>",
        "<div>Go back</div><div>Words below it that are nobody's business.</div>",
        f"<div>{CARD * 3}</div>",
        f"<div>{CARD}</div>",
        f'<div>See also:</div><ul><li><a href="{OTHER}">Quite another article</a></li></ul>',
        f'<div><a href="{OTHER[:-1]}_1/">The article before</a> <a href="{OTHER[:-1]}_2/">The article behind</a></div>',
        f'<p><a href="{OTHER[:-1]}_1/">The article before</a></p><p><a href="{OTHER[:-1]}_2/">The article behind</a></p>',
        "<div>Views: 1 234</div>",
        "<div>1 234 views</div>",
        "<div>Просмотров: 12</div>",
        '<div><a href="https://vk.com/share.php?url=x">VK</a><a href="https://t.me/share/url?url=x">Telegram</a></div>',
        '<div><a href="?print=Y">Print version</a></div>',
        '<div>Tags: <a href="/tags/a/">border</a>, <a href="/tags/b/">training</a></div>',
        '<div><a href="https://example.com/"><img src="/banner.png" alt="banner"></a></div>',
        "<form><p>Write to us, we like letters of all kinds.</p><input></form>",
        "<aside><p>Some words that stand aside from the article.</p></aside>",
        "<div style='display:none'><p>Words that nobody ever sees at all.</p></div>",
        "<div>5 hours ago</div>",
        "<div>© Example Treaty Organization. All rights reserved.</div>",
    ],
)
def test_what_the_site_puts_below_the_text_is_no_part_of_it(after: str) -> None:
    found = reading(f"{HEADING}{DATE}<div>{BODY}</div>{after}")
    assert texts(found) == KEPT
    assert found.article is not None
    assert not found.article.links
    assert not found.article.media


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("<p>* * *</p>", "* * *"),
        ("<p>+7 (000) 000-00-00</p>", "+7 (000) 000-00-00"),
        ('<p>E-mail: <a href="mailto:press@example.org">press@example.org</a></p>', "E-mail: press@example.org"),
        ('<p><a href="mailto:press@example.org">press@example.org</a></p>', "press@example.org"),
        ('<p><a href="/upload/x.docx">Download document x.docx</a></p>', "Download document x.docx"),
        ("<p>© Press service of the ministry</p>", "© Press service of the ministry"),
        ('<p><a href="javascript:show()">Open the gallery</a></p>', "Open the gallery"),
        ("<h2>What was agreed</h2>", "What was agreed"),
        ("<blockquote>“We agreed.”</blockquote>", "“We agreed.”"),
        ("<p>ZVF_6111.JPG ZVF_5964.JPG</p>", "ZVF_6111.JPG ZVF_5964.JPG"),
        ("<p>26.07.2024</p>", "26.07.2024"),
        ("<p>Абзац остался без перевода.</p>", "Абзац остался без перевода."),
        ("<p>&amp; raquo; broken</p>", "& raquo; broken"),
        (f'<p><a href="{OTHER}">As was told before</a></p>', "As was told before"),
        (f'<ul><li><a href="{OTHER}">A statement</a></li></ul>', "A statement"),
    ],
)
def test_what_the_author_wrote_in_the_middle_stays(block: str, text: str) -> None:
    found = reading(f"{HEADING}{DATE}<div><p>{FIRST}</p>{block}<p>{SECOND}</p></div>{FOOT}")
    assert texts(found) == [FIRST, text, SECOND]


def test_a_press_block_below_a_share_bar_is_still_part_of_the_article() -> None:
    share = '<div><a href="https://vk.com/share.php?u=1">VK</a></div>'
    press = "<div><div>* * *</div><div>Duty officer of the press service</div><div>+7 (000) 000-00-00</div></div>"
    found = reading(f"{HEADING}{DATE}<div>{BODY}</div>{share}{press}{FOOT}")
    assert texts(found) == [*KEPT, "* * *", "Duty officer of the press service", "+7 (000) 000-00-00"]


def test_a_body_in_two_parts_around_a_banner_is_one() -> None:
    banner = '<div><a href="https://example.com/"><img src="/b.png"></a></div>'
    found = reading(f"{HEADING}{DATE}<div class=t><p>{FIRST}</p></div>{banner}<div class=t><p>{SECOND}</p></div>{FOOT}")
    assert texts(found) == KEPT


def test_links_and_images_are_told_in_order_with_absolute_addresses() -> None:
    body = (
        f'<img src="/upload/a.jpg" alt=" A  view "><p>{FIRST} <a href="../other/">One</a>, '
        '<a href="https://example.org/x?utm_source=y">two</a>, <a href="javascript:x()">three</a>, <a href="#n">four</a>.</p>'
        '<p><a href="/upload/big.jpg"><img src="/upload/small.jpg"></a></p><p><img src="data:image/png;base64,AAAA"></p>'
    )
    found = reading(f"{HEADING}{DATE}{body}{FOOT}")
    assert found.article is not None
    assert [(link.href, link.text) for link in found.article.links] == [
        ("https://en.odkb-csto.org/news/news_odkb/other/", "One"),
        ("https://example.org/x", "two"),
        ("https://en.odkb-csto.org/upload/big.jpg", ""),
    ]
    assert [(media.src, media.alt) for media in found.article.media] == [
        ("https://en.odkb-csto.org/upload/a.jpg", "A view"),
        ("https://en.odkb-csto.org/upload/small.jpg", ""),
    ]


def test_the_image_right_above_the_title_is_the_articles_and_the_teasers_image_is_not() -> None:
    teaser = f'<div><img src="/t.jpg"><a href="{OTHER}">Quite another article</a></div>'
    found = reading(f'{teaser}<div><img src="/lead.jpg" alt="Lead"></div>{HEADING}{DATE}{BODY}{FOOT}')
    assert found.article is not None
    assert [media.alt for media in found.article.media] == ["Lead"]


def test_a_comment_that_is_never_closed_swallows_nothing() -> None:
    assert texts(reading(f"{HEADING}{DATE}<div><p>{FIRST}</p><!-- counter <p>{SECOND}</p></div>{FOOT}")) == KEPT


def test_a_form_around_the_whole_page_hides_nothing() -> None:
    assert texts(reading(f"<form>{HEADING}{DATE}<div>{BODY}</div>{FOOT}</form>")) == KEPT


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("ministers", "min\u00adis\u200bters"),
        lambda page: page.replace(" ", "\u00a0"[:0] + " \n\t "),
        lambda page: page.replace("<p>", '<p class="x" data-y="1">'),
        lambda page: page.replace("<p>", "<!-- note --><p>"),
        lambda page: page.replace("</p>", "</p><script>var a=1</script>"),
        lambda page: page.replace("two hours", "two\u00a0hours"),
    ],
)
def test_what_a_reader_does_not_see_changes_nothing(change: object) -> None:
    page = html(f"{HEADING}{DATE}<div>{BODY}</div>{FOOT}")
    assert callable(change)
    assert read_page(change(page)).article == read_page(page).article


def test_a_page_saved_without_its_address_takes_the_one_it_names() -> None:
    page = html(f'{HEADING}{DATE}<p>{FIRST} <a href="/x/">There.</a></p>', head=f'<link rel="canonical" href="{URL}">')
    found = read_page(page, url="urn:capture:page.html")
    assert found.article is not None
    assert found.article.links[0].href == "https://en.odkb-csto.org/x/"


def test_crumbs_that_end_in_the_title_are_not_taken_for_it() -> None:
    crumbs = f'<ul><li><a href="/">Main</a></li><li><a href="/news/">News</a></li><li>{TITLE}</li></ul>'
    foot = "<div>1 Lake Road, Arvel, is where letters to the organization go.</div>"
    assert texts(reading(f"<div>{TITLE}</div>{DATE}<div>{BODY}</div>{crumbs}{foot}")) == KEPT
    assert texts(reading(f"{crumbs}<div>{TITLE}</div>{DATE}<div>{BODY}</div>{FOOT}")) == KEPT


def test_a_title_right_below_links_up_is_the_title_all_the_same() -> None:
    logo = '<header><a href="/">Site</a></header><div><a href="/">Main</a> / <a href="/news/">News</a></div>'
    assert texts(reading(f"{logo}<div><b>{TITLE}</b></div><main>{DATE}{BODY}{FOOT}</main>")) == KEPT


def test_a_written_day_glued_to_a_title_with_quotation_marks_is_its_day() -> None:
    name = "The ministers took part in the meeting «The plan of the year»"
    found = reading(
        f"<h1>{name}August 22, 2021</h1><div><p>{FIRST}</p><p>{SECOND}</p></div>{FOOT}", f"{name} - Example Site"
    )
    assert found.article is not None
    assert (found.article.title, found.article.published) == (name, date(2021, 8, 22))


def test_the_head_of_a_list_that_is_no_text_isnt_the_articles() -> None:
    box = f"<section><b>Other matters</b><nav><p><a href='{OTHER}'>Quite another article</a></p></nav></section>"
    assert texts(reading(f"<div>{HEADING}{DATE}{BODY}{box}</div>")) == KEPT


def test_a_sentence_beside_a_menu_in_the_articles_own_box_stays() -> None:
    assert texts(reading(f"<div>{HEADING}{DATE}{BODY}<nav><a href='/news/'>News</a></nav>{SECOND}</div>")) == [
        *KEPT,
        SECOND,
    ]
