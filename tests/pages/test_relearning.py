"""A known template learns of a box that is new on its pages."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, read
from crawler.pages.relearning import relearn
from crawler.sites import SITES

SITE = SITES["csto-en"]
NAMES = ("Arvel", "Brodin", "Calder", "Dunmore", "Elvast", "Farrow", "Gildan", "Harrow", "Islen", "Jorvik")


def _page(name: str, beside: str = "", phone: str = "12-34") -> Answer:
    url = f"https://en.odkb-csto.org/news/news_odkb/the-ministers-met-in-{name.lower()}/"
    body = (
        f"<html><head><title>The ministers met in {name}</title><link rel=canonical href='{url}'></head><body>"
        f"<ul><li><a href='/'>Home</a><li><a href='/news/'>News</a></ul><div class=page><h1>The ministers met in {name}</h1>"
        f"<p class=date>26.07.2024</p><div class=text><p>The guests of {name} spoke of roads and of the bridges over them.</p>"
        f"<p>They will meet again in {name} before the first snow, it was said there.</p></div>{beside}"
        f"<div class=press><p>The press secretary of {name} answers all who ask.</p><p>Phone {phone}</p></div>"
        "</div><p><a href='/news/'>Go back</a></p></body></html>"
    )
    return Answer(url, 200, body.encode(), "text/html; charset=utf-8")


def _model() -> Model:
    learner = Learner(SITE)
    for name in NAMES:
        learner.read(_page(name))
    for url in learner.second_looks(at_the_end=True):
        learner.read_again(next(page for page in map(_page, NAMES) if page.url == url))
    model = learner.conclude().model
    assert model is not None
    return model


def _texts(answer: Answer, model: Model) -> list[str]:
    article = read(answer, site=SITE, model=model).article
    assert article is not None
    return [block.text for block in article.blocks]


def _pairs(now: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    return list(zip(map(_page, NAMES), now, strict=True))


def test_a_new_box_that_says_something_else_on_each_page_is_the_sites() -> None:
    model = _model()
    now = [
        _page(name, f"<div class=quote><p>Word of the hour: {name[::-1]} is not far from here.</p></div>")
        for name in NAMES
    ]
    learned = relearn(model, SITE, _pairs(now))
    assert learned is not None
    assert learned.version == model.version + 1
    assert learned.mark != model.mark
    assert [_texts(page, learned) for page in now] == [_texts(_page(name), model) for name in NAMES]


def test_one_difference_on_all_pages_is_left_to_be_told_as_one_entry() -> None:
    model = _model()
    assert relearn(model, SITE, _pairs([_page(name, phone="56-78") for name in NAMES])) is None
    assert (
        relearn(
            model,
            SITE,
            _pairs([_page(name, "<div class=quote><p>Ask us on the new line.</p></div>") for name in NAMES]),
        )
        is None
    )


def test_edits_of_the_articles_text_teach_nothing() -> None:
    model = _model()
    now = []
    for name in NAMES:
        page = _page(name)
        body = page.body.replace(b"roads and of the bridges", f"{name[::-1]} and its bridges".encode())
        now.append(Answer(page.url, 200, body, page.content_type))
    assert relearn(model, SITE, _pairs(now)) is None


def test_a_few_pages_teach_nothing() -> None:
    model = _model()
    now = [
        _page(name, f"<div class=quote><p>Word of the hour: {name[::-1]} is not far from here.</p></div>")
        for name in NAMES
    ]
    assert relearn(model, SITE, _pairs(now)[:4]) is None
