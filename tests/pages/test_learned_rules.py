"""Rules that are learned, each on the one shape of a site that takes it: with the others alone its pages are misread."""

from __future__ import annotations

from crawler.pages.learning import Learner
from crawler.pages.reading import Answer, Reading, read
from crawler.sites import SITES
from tests.pages.pages import FOOT, html, reading
from tests.pages.test_learning import PLACES, answer, blocks, crawl, paragraphs, said, title, url

SITE = SITES["csto-en"]
PLEDGE = "Six states have assisted one another for many years and will do so in all those to come."


def in_box(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


def test_running_text_in_the_box_of_articles_is_theirs_though_a_box_of_the_site_says_it_too() -> None:
    """Boxes alike: what was learned of the second would else hide that the sentence was put into an article."""

    model = crawl(below=lambda _number, _visit: in_box(PLEDGE))[1].model
    for texts in (said(6), [*said(6), PLEDGE]):
        edited = answer(
            6, 2, lambda _number, _visit, texts=texts: in_box(*texts), lambda _number, _visit: in_box(PLEDGE)
        )
        assert blocks(read(edited, site=SITE, model=model)) == texts


def redesigned(number: int, classes: str, inside: str, tag: str = "section") -> Answer:
    head = f"<h1>{title(number)}</h1><p>2{number}.07.2024</p>"
    page = html(f'<{tag} class="{classes}">{head}{inside}</{tag}>', title(number))
    return Answer(url(number), 200, page.encode(), "text/html; charset=utf-8")


def crawl_of(pages: list[Answer], learner: Learner) -> dict[str, Reading]:
    readings = {page.url: learner.read(page) for page in pages}
    for again in learner.second_looks(at_the_end=True):
        learner.read_again(next(page for page in pages if page.url == again))
    return readings | learner.conclude().revised


def test_boxes_in_the_same_order_with_other_class_names_are_another_template() -> None:
    """Generated class names are left out of addresses: what was learned of the old boxes would hold for the new ones."""

    def before(number: int) -> Answer:
        return redesigned(number, "Middle__9a1", in_box(PLEDGE) + in_box(*said(number)))

    def after(number: int) -> Answer:
        first, second = said(number)
        return redesigned(number, "Column__7c2", in_box(first) + in_box(second))

    learner = Learner(SITE)
    old = crawl_of([before(number) for number in range(8)], learner)
    assert [blocks(old[url(number)]) for number in range(8)] == [said(number) for number in range(8)]
    new = crawl_of([after(number) for number in range(8)], Learner(SITE, learner.model))
    assert [blocks(new[url(number)]) for number in range(8)] == [said(number) for number in range(8)]


def test_what_a_redesign_puts_beside_the_text_isnt_the_articles_where_the_store_has_none_of_it() -> None:
    """It is another on each page and the same at each look, so nothing else tells it from the second part of a text."""

    def after(number: int) -> Answer:
        portrait = f"A portrait of {PLACES[number]}: a town of {number + 4} bridges, known for its {number + 2} mills."
        return redesigned(number, "wide", f"{in_box(*said(number))}<section>{in_box(portrait)}</section>", "main")

    known = {url(number): frozenset(said(number)) for number in range(8)}
    new = crawl_of([after(number) for number in range(8)], Learner(SITE, crawl()[1].model, known.get))
    assert [blocks(new[url(number)]) for number in range(8)] == [said(number) for number in range(8)]


def test_text_that_stands_apart_on_every_page_and_is_another_on_each_is_the_articles() -> None:
    card = '<article><h4><a href="/news/news_odkb/quite_another_long_article/">Another</a></h4><p>Words of it.</p></article>'

    def parted(number: int, _visit: int) -> str:
        first, second = said(number)
        return f"<div><p>{first}</p><p>So it was said in the hall.</p></div>{card}<table><tr><td>{second}</td></tr></table>"

    readings, _ = crawl(parted)
    assert blocks(readings[url(3)]) == [said(3)[0], "So it was said in the hall.", said(3)[1]]


def test_a_day_is_taken_off_a_title_that_the_head_calls_otherwise() -> None:
    found = reading(f"<h1>{title(1)} 21.07.2024</h1>{paragraphs(1, 1)}{FOOT}", title="News of the lake")
    assert found.article is not None
    assert (found.article.title, str(found.article.published)) == (title(1), "2024-07-21")


def test_a_page_of_another_template_is_read_though_a_model_is_known() -> None:
    model = crawl()[1].model
    found = read(redesigned(2, "wide", in_box(*said(2)), "main"), site=SITE, model=model)
    assert blocks(found) == said(2)


def test_a_link_that_says_the_title_and_leads_elsewhere_is_no_title() -> None:
    """Below the article its own papers are offered under its name."""
    papers = f'<div><h4><a href="/documents/papers/">{title(1)}</a></h4><p>{PLEDGE}</p></div>'
    article = f"<h1>{title(1)}</h1><p>21.07.2024</p>{paragraphs(1, 1)}"
    found = reading(f"<section>{article}{FOOT}{papers}</section>", title(1))
    assert blocks(found) == said(1)
