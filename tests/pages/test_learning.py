"""What is learned of a site's template from a few of its pages, and what is read by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from crawler.pages.learning import Conclusion, Learner
from crawler.pages.model import Model, Template, decode, encode
from crawler.pages.reading import Answer, Reading, read
from crawler.sites import SITES
from storage.records import Outcome
from tests.pages.pages import html

SITE = SITES["csto-en"]
PLACES = ("Arvel", "Brin", "Corda", "Delm", "Estra", "Forn", "Galt", "Hessen")
PRESS = ("* * *", "The press office of the Organization", "Telephone: 000-00-01")
CHANNEL = '<a href="https://t.me/some_channel">Follow the channel to learn the news first</a>'

Box = Callable[[int, int], str]
"""The markup of one part of a page, from the number of the page and of the visit."""


def no_box(_number: int, _visit: int) -> str:
    return ""


def url(number: int) -> str:
    return f"https://en.odkb-csto.org/news/news_odkb/a_long_slug_of_article_{PLACES[number].lower()}/"


def title(number: int) -> str:
    return f"The ministers met in {PLACES[number]}"


def said(number: int) -> list[str]:
    return [
        f"In {PLACES[number]} the ministers talked for {number + 2} hours about the plan of the year.",
        f"The next meeting after {PLACES[number]} is to be held in {number + 3} months on the lake shore.",
    ]


def paragraphs(number: int, _visit: int) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in said(number)) + "</div>"


def page(number: int, visit: int, text: Box = paragraphs, below: Box = no_box) -> str:
    head = f"<h1>{title(number)}</h1><p>2{number}.07.2024</p>"
    return html(f"<section>{head}{text(number, visit)}{below(number, visit)}</section>", title(number))


def answer(number: int, visit: int, text: Box, below: Box) -> Answer:
    return Answer(url(number), 200, page(number, visit, text, below).encode(), "text/html; charset=utf-8")


def crawl(
    text: Box = paragraphs, below: Box = no_box, model: Model | None = None, pages: int = 8, visit: int = 1
) -> tuple[dict[str, Reading], Conclusion]:
    learner = Learner(SITE, model)
    answers = {url(number): number for number in range(pages)}
    readings = {address: learner.read(answer(number, visit, text, below)) for address, number in answers.items()}
    for again in learner.second_looks(at_the_end=True):
        learner.read_again(answer(answers[again], visit + 100, text, below))
    conclusion = learner.conclude()
    return readings | conclusion.revised, conclusion


def blocks(reading: Reading) -> list[str]:
    assert reading.article is not None, reading.reason
    return [block.text for block in reading.article.blocks]


def about(_number: int, _visit: int) -> str:
    return "<div><h3>Of the Organization</h3><p>Six states have assisted one another for many years.</p></div>"


def thought(number: int, visit: int) -> str:
    return f"<div><p>Thought {number * 1000 + visit}: no one is left alone where all keep watch together.</p></div>"


def teaser(number: int, _visit: int) -> str:
    return f"<div><p>{said((number + 3) % 8)[0]}</p></div>"


@pytest.mark.parametrize("box", [about, thought, teaser], ids=["constant", "changing", "of other articles"])
def test_a_box_of_the_site_beside_the_text_is_dropped(box: Box) -> None:
    readings, _ = crawl(below=box)
    assert {address: blocks(reading) for address, reading in readings.items()} == {
        url(number): said(number) for number in range(8)
    }


def test_a_constant_box_is_the_sites_wherever_the_number_of_boxes_before_it_puts_it() -> None:
    def notes(number: int, visit: int) -> str:
        return "".join(
            f"<div><p>A note of {PLACES[number]}, number {n}, in a box.</p></div>" for n in range(number % 3)
        )

    readings, _ = crawl(below=lambda number, visit: notes(number, visit) + about(number, visit))
    assert all("Six states" not in " ".join(blocks(reading)) for reading in readings.values())


def test_a_press_block_on_many_pages_is_kept() -> None:
    def with_press(number: int, _visit: int) -> str:
        press = PRESS if number != 4 else ()
        return "<div>" + "".join(f"<p>{text}</p>" for text in (*said(number), *press)) + "</div>"

    readings, _ = crawl(text=with_press)
    assert blocks(readings[url(0)]) == [*said(0), *PRESS]


def in_two(number: int, _visit: int) -> str:
    first, second = said(number)
    return f"<div><p>{first}</p></div><section>{CHANNEL}</section><div><p>{second}</p><p>{PRESS[1]}</p></div>"


def test_the_second_part_of_a_text_behind_a_banner_is_kept_with_the_press_block_in_it() -> None:
    readings, conclusion = crawl(text=in_two)
    assert [blocks(readings[url(number)]) for number in range(8)] == [[*said(number), PRESS[1]] for number in range(8)]
    assert conclusion.model is not None
    assert any(template.own for template in conclusion.model.templates)


def test_a_call_to_subscribe_amid_the_text_is_the_sites() -> None:
    def loose(number: int, _visit: int) -> str:
        first, second = said(number)
        return f"<div>{first}</div><div>{CHANNEL}</div><div>{second}</div>"

    readings, _ = crawl(text=loose)
    assert [blocks(readings[url(number)]) for number in range(8)] == [said(number) for number in range(8)]
    assert all(reading.article is not None and not reading.article.links for reading in readings.values())


def test_breaks_part_lines_where_they_do_on_the_templates_other_pages() -> None:
    def broken(number: int, _visit: int) -> str:
        lines = ("Download the report of Brin", *PRESS[:2]) if number == 1 else said(number)
        return f"<div>{'<br>'.join(lines)}</div>"

    readings, _ = crawl(text=broken)
    assert blocks(readings[url(1)]) == ["Download the report of Brin", *PRESS[:2]]


def test_the_only_line_of_an_article_may_be_mostly_a_link_where_the_template_is_known() -> None:
    def short(number: int, visit: int) -> str:
        link = '<a href="/news/news_odkb/the_full_text_of_the_report/">See the full text of the report</a>.'
        return f"<div><p>Work goes on. {link}</p></div>" if number == 5 else paragraphs(number, visit)

    readings, _ = crawl(text=short)
    assert blocks(readings[url(5)]) == ["Work goes on. See the full text of the report."]


def test_learning_is_deterministic() -> None:
    (one, first), (other, second) = (crawl(in_two, thought) for _ in range(2))
    assert one == other
    assert first.model is not None
    assert second.model is not None
    assert encode(first.model) == encode(second.model)


def test_a_model_comes_back_as_it_was() -> None:
    model = crawl(in_two, about)[1].model
    assert model is not None
    assert decode(encode(model)) == model
    whole = Template((("div", 0),), 9, frozenset(">"), frozenset("a"), frozenset(">p"), ">div#0", breaks_part=True)
    whole = replace(whole, title=("div.head", "b"), row=3, classes=frozenset("c"), lengths=frozenset({4}))
    whole = replace(whole, passed=frozenset({">", ">p"}), ends=frozenset({">p"}), nothing_above=True, glues_days=True)
    assert decode(encode(Model(3, 2, (whole,)))) == Model(3, 2, (whole,))


@pytest.mark.parametrize(
    "other",
    [
        Template((("div", 0),), 9, slots=frozenset({">p"})),
        Template((("div", 0),), 9, lines=frozenset({"00"})),
        Template((("div", 0),), 9, own=frozenset({">p"})),
        Template((("div", 0),), 9, core=">div#0>p"),
        Template((("div", 0),), 9, breaks_part=True),
        Template((("div", 0),), 9, slots=frozenset({">p"}), passed=frozenset({">p"})),
        Template((("div", 0),), 9, slots=frozenset({">p"}), passed=frozenset({">p"}), ends=frozenset({">p"})),
        Template((("div", 0),), 9, core=">p", nothing_above=True),
        Template((("div", 0),), 9, core=">p", glues_days=True),
    ],
)
def test_whatever_can_change_reading_changes_the_mark(other: Template) -> None:
    assert Model(1, 1, (Template((("div", 0),), 9),)).mark != Model(1, 1, (other,)).mark


def test_pages_read_before_the_template_was_known_are_revised() -> None:
    learner = Learner(SITE)
    open_ones = [learner.read(answer(number, 1, paragraphs, about)) for number in range(8)]
    assert all(reading.is_open for reading in open_ones)
    conclusion = learner.conclude()
    assert conclusion.is_new
    assert set(conclusion.revised) == {url(number) for number in range(8)}
    assert blocks(conclusion.revised[url(3)]) == said(3)


def test_a_second_crawl_reads_the_same_by_the_model_and_leaves_nothing_open() -> None:
    readings, conclusion = crawl(in_two, thought)
    learner = Learner(SITE, conclusion.model)
    again = {url(number): learner.read(answer(number, 7, in_two, thought)) for number in range(8)}
    assert not any(reading.is_open for reading in again.values())
    assert {address: reading.article for address, reading in again.items()} == {
        address: reading.article for address, reading in readings.items()
    }
    later = learner.conclude()
    assert not later.is_new
    assert not later.template_changed
    assert later.model == conclusion.model


def test_a_page_without_text_in_a_known_template_is_no_article() -> None:
    _, conclusion = crawl()
    learner = Learner(SITE, conclusion.model)
    empty = learner.read(answer(2, 3, lambda _number, _visit: "<div></div>", no_box))
    assert empty.outcome is not Outcome.OK


def strip(number: int, visit: int) -> str:
    """Teasers above the article in a box like its own; at times that of this very article, word for word."""
    shown = [(visit + step) % len(PLACES) for step in range(visit % 4)] + ([number] if (number + visit) % 2 else [])
    heads = {n: f"<h1>{title(n)}</h1><p>2{n}.07.2024</p>" for n in shown}
    return "".join(f"<section>{heads[n]}<div><p>{said(n)[0]}</p></div></section>" for n in shown)


def in_a_row(number: int, visit: int) -> Answer:
    head = f"<h1>{title(number)}</h1><p>2{number}.07.2024</p>"
    body = f"{strip(number, visit)}<section>{head}{paragraphs(number, visit)}</section>"
    return Answer(url(number), 200, html(body, title(number)).encode(), "text/html; charset=utf-8")


def learned_of(pages: Callable[[int, int], Answer], visits: int = 2) -> Template:
    """Of each visit's pages, as pages of their own: more than the eight places give."""
    learner = Learner(SITE)
    for visit in range(1, visits + 1):
        for number in range(8):
            one = pages(number, visit)
            learner.read(replace(one, url=one.url.replace("slug", f"slug_{visit}")))
    model = learner.conclude().model
    assert model is not None
    return model.templates[0]


def test_a_template_knows_where_its_titles_stand_and_that_its_box_is_alone() -> None:
    template = learned_of(lambda number, visit: answer(number, visit, paragraphs, no_box))
    assert template.title == ("h1",)
    assert template.row == 1


def test_boxes_alike_that_come_and_go_are_looked_at_each_time() -> None:
    template = learned_of(in_a_row)
    assert template.row is None
    model = Model(1, 1, (template,))
    for visit in range(20, 28):
        for number in range(8):
            assert blocks(read(in_a_row(number, visit), site=SITE, model=model)) == said(number)


def test_one_box_more_than_ever_is_looked_at_though_the_row_was_always_the_same() -> None:
    template = learned_of(lambda number, visit: answer(number, visit, paragraphs, no_box))
    found = read(in_a_row(3, 4), site=SITE, model=Model(1, 1, (template,)))
    assert blocks(found) == said(3)


def test_a_title_is_found_in_its_place_however_it_is_written() -> None:
    template = learned_of(lambda number, visit: answer(number, visit, paragraphs, no_box))
    odd = page(2, 1).replace("<h1>The ministers", "<h1>The <i>mini\u00adsters</i>\n ")
    found = read(Answer(url(2), 200, odd.encode(), "text/html"), site=SITE, model=Model(1, 1, (template,)))
    assert found.article is not None
    assert found.article.title == title(2)
    assert blocks(found) == said(2)


def loose(number: int, _visit: int) -> str:
    return "".join(f"<p>{text}</p>" for text in said(number))


def behind_a_counter(number: int, visit: int) -> str:
    """The call stands in no box of its own, and nothing of the article follows it."""
    return f"<div>Views: {number + visit}</div><p>{CHANNEL}</p>"


def test_what_nearly_all_pages_end_in_behind_lines_of_the_site_is_the_sites() -> None:
    readings, _ = crawl(loose, behind_a_counter)
    assert {address: blocks(reading) for address, reading in readings.items()} == {url(n): said(n) for n in range(8)}


def test_a_press_blocks_last_line_is_the_articles_though_all_pages_have_it() -> None:
    press = "".join(f"<p>{line}</p>" for line in PRESS)
    readings, _ = crawl(lambda number, visit: loose(number, visit) + press)
    assert all(tuple(blocks(reading)[-3:]) == PRESS for reading in readings.values())


def test_a_title_whose_first_part_the_head_names_too_is_read_whole() -> None:
    template = learned_of(lambda number, visit: answer(number, visit, paragraphs, no_box))
    head, rest = "A statement of the ministers at their table in Arvel.", "The lake is open"
    made = html(
        f"<section><h1>{head} <i>{rest}</i></h1><p>21.07.2024</p>{paragraphs(1, 1)}</section>", f"{head} {rest}"
    )
    found = read(Answer(url(1), 200, made.encode(), "text/html"), site=SITE, model=Model(1, 1, (template,)))
    assert found.article is not None
    assert found.article.title == f"{head} {rest}"


def test_a_date_above_a_title_is_found_behind_empty_boxes() -> None:
    template = learned_of(lambda number, visit: answer(number, visit, paragraphs, no_box))
    gap = "<div> </div>" * 6
    made = html(f"<section><p>21.07.2024</p>{gap}<h1>{title(1)}</h1>{paragraphs(1, 1)}</section>", title(1))
    found = read(Answer(url(1), 200, made.encode(), "text/html"), site=SITE, model=Model(1, 1, (template,)))
    assert found.article is not None
    assert found.article.published == date(2024, 7, 21)
