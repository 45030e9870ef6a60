"""What of a known template's region isn't walked, and that nothing of an article is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from crawler.pages.learning import Learner
from crawler.pages.model import Model, Template
from crawler.pages.reading import Answer, explain, read
from tests.pages.pages import html
from tests.pages.test_learning import SITE, answer, blocks, paragraphs, said, title, url

SOME = 12
"""Pages from which it is learned what needn't be walked."""


def others(number: int, visit: int) -> str:
    """A list of other news, drawn anew at each visit, with the way back below it."""
    shown = [(number + visit + step) % 8 for step in range(1, 4)]
    links = "".join(f'<li><a href="{url(n)}">{title(n)}</a></li>' for n in shown)
    back = '<p><a href="/news/news_odkb/">Back to the section</a></p>'
    return f"<div class='others'><h4>See also</h4><ul>{links}</ul></div><div class='back'>{back}</div>"


def shares(number: int, visit: int) -> str:
    """A box that says something else at each visit, between the text and the end."""
    return f"<div class='shares'><p>Telegram {number + visit}</p><p>Rutube {number * visit}</p></div>"


def below(number: int, visit: int) -> str:
    return f"{shares(number, visit)}{others(number, visit)}"


def strip(number: int, visit: int) -> str:
    shown = [(number + visit + step) % 8 for step in range(2, 5)]
    return "".join(f"<div><a href='{url(n)}'>{title(n)}</a><p>{said(n)[0]}</p></div>" for n in shown)


def above(number: int, visit: int, between: str = "") -> Answer:
    """A strip of teasers in one box right above the title."""
    head = f"<div class='strip'>{strip(number, visit)}</div>{between}<h1>{title(number)}</h1><p>2{number}.07.2024</p>"
    body = f"<section>{head}{paragraphs(number, visit)}</section>"
    return Answer(url(number), 200, html(body, title(number)).encode(), "text/html; charset=utf-8")


def with_below(number: int, visit: int) -> Answer:
    return answer(number, visit, paragraphs, below)


def learned_of(pages: Callable[[int, int], Answer], visits: int = 2) -> Template:
    """Of each visit's pages, as pages of their own, and of a second look at some of them."""
    made = {
        one.url: (number, visit, one)
        for visit in range(1, visits + 1)
        for number in range(8)
        for one in [replace(pages(number, visit), url=url(number).replace("slug", f"slug_{visit}"))]
    }
    learner = Learner(SITE)
    for _, _, one in made.values():
        learner.read(one)
    for address in learner.second_looks(at_the_end=True):
        number, visit, _ = made[address]
        learner.read_again(replace(pages(number, visit + 100), url=address))
    model = learner.conclude().model
    assert model is not None
    return model.templates[0]


def by(template: Template, page: Answer) -> list[str]:
    return blocks(read(page, site=SITE, model=Model(1, 1, (template,))))


def test_boxes_that_are_the_sites_on_every_page_are_passed_over() -> None:
    template = learned_of(with_below)
    assert {">div.others#0", ">div.shares#0"} <= template.passed
    assert template.passed <= template.slots
    for visit in range(20, 24):
        assert by(template, with_below(3, visit)) == said(3)


def test_the_walk_ends_at_the_box_in_which_every_article_had_ended() -> None:
    template = learned_of(with_below)
    assert ">div.others#0" in template.ends
    assert ">div.shares#0" not in template.ends
    told = explain(with_below(3, 30), site=SITE, model=Model(1, 1, (template,)))
    assert [block.verdict for block in told.blocks if block.text == "Back to the section"] == ["site"]


def test_text_behind_a_box_that_ends_no_article_is_read() -> None:
    """A box of the site in the midst of the text is passed over, and the text goes on behind it."""
    template = learned_of(with_below)
    page = answer(2, 31, paragraphs, lambda n, v: f"{shares(n, v)}<div><p>{said(5)[0]}</p></div>{others(n, v)}")
    assert by(template, page) == [*said(2), said(5)[0]]


def test_few_pages_tell_nothing_of_what_can_be_passed_over() -> None:
    template = learned_of(with_below, visits=1)
    assert template.pages < SOME
    assert not template.passed
    assert not template.nothing_above


def test_a_box_that_holds_a_part_of_some_article_is_walked() -> None:
    """On one page of sixteen the box has a date in it that is taken for the article's: it isn't passed over."""

    def page(number: int, visit: int) -> Answer:
        note = "<p>21.07.2024</p>" if (number, visit) == (1, 2) else f"<p>Rutube {number * visit}</p>"
        return answer(number, visit, paragraphs, lambda n, v: f"<div class='shares'><p>VK {n + v}</p>{note}</div>")

    template = learned_of(page)
    assert all(by(template, page(number, 2)) == said(number) for number in range(8))


def test_what_is_passed_over_is_shown_as_the_sites_in_its_place() -> None:
    template = learned_of(with_below)
    told = explain(with_below(3, 33), site=SITE, model=Model(1, 1, (template,)))
    texts = [block.text for block in told.blocks]
    assert texts.index(said(3)[-1]) < texts.index("Telegram 36") < texts.index("See also")
    assert [block.text for block in told.blocks if block.verdict == "article"] == said(3)
    assert len(texts) == len(set(texts)) + texts.count("")


def test_a_strip_above_the_title_isnt_walked_where_nothing_above_is_ever_the_articles() -> None:
    template = learned_of(above)
    assert template.nothing_above
    told = explain(above(4, 40), site=SITE, model=Model(1, 1, (template,)))
    assert by(template, above(4, 40)) == said(4)
    assert all(
        block.verdict == "site" for block in told.blocks if block.text in {said(n)[0] for n in range(8) if n != 4}
    )


def test_a_date_right_above_the_title_is_read_all_the_same() -> None:
    template = learned_of(above)
    page = html(
        f"<section><div class='strip'>{strip(4, 41)}</div><p>19.07.2024</p><h1>{title(4)}</h1>{paragraphs(4, 1)}</section>",
        title(4),
    )
    found = read(Answer(url(4), 200, page.encode(), "text/html"), site=SITE, model=Model(1, 1, (template,)))
    assert found.article is not None
    assert found.article.published == date(2024, 7, 19)


def glued(number: int, visit: int, rest: str | None = None) -> Answer:
    """The day stands before the first word of the text."""
    first, second = said(number)
    day = f"{number + 1} July 2024" if visit % 2 else f"{number + 1:02}.07.2024"
    body = f"<section><h1>{title(number)}</h1><div><p>{day}{first if rest is None else rest}</p><p>{second}</p></div></section>"
    return Answer(url(number), 200, html(body, title(number)).encode(), "text/html; charset=utf-8")


def test_a_template_that_prints_days_before_the_first_word_is_known_to() -> None:
    template = learned_of(glued)
    assert template.glues_days
    for rest in (" 13 states met on the lake shore.", "— Who is to come to the lake?", "”The plan” is to be signed."):
        found = read(glued(3, 1, rest), site=SITE, model=Model(1, 1, (template,)))
        assert found.article is not None, found.reason
        assert (found.article.published, blocks(found)[0]) == (date(2024, 7, 4), rest.strip())


def test_a_sentence_that_goes_on_from_its_day_keeps_it_even_there() -> None:
    template = learned_of(glued)
    page = glued(3, 1, " was a cold day on the lake shore.")
    named = f'<link rel="canonical" href="{url(3)}"></head>'.encode()
    found = read(replace(page, body=page.body.replace(b"</head>", named)), site=SITE, model=Model(1, 1, (template,)))
    assert blocks(found)[0] == "4 July 2024 was a cold day on the lake shore."


def test_a_template_that_prints_days_elsewhere_doesnt_glue_them() -> None:
    assert not learned_of(with_below).glues_days
