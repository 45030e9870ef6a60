"""What stands in an article's place: the shape of a hostile answer, and how to make one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.corpus.markup import El, Node, Part, Writer, h
from benchmarks.corpus.noise import Noise
from benchmarks.corpus.site import Site
from benchmarks.corpus.truth import Block, Truth

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent; `final_url` is None where no redirect was followed."""

    status: int
    body: bytes
    content_type: str | None = HTML
    final_url: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of answer that is not the article. `is_named`: an ordinary rule of crawlers knows it by a sign of its own.

    `answer` takes the site, the article whose place is taken, and the number of the visit.
    """

    name: str
    is_named: bool
    answer: Callable[[Site, Truth, int], Answer]


def shape(name: str, answer: Callable[[Site, Truth, int], Answer]) -> Shape:
    """A shape that has a name among crawlers."""
    return Shape(name, True, answer)


def unnamed(name: str, answer: Callable[[Site, Truth, int], Answer]) -> Shape:
    """A shape that only the absence of the article tells."""
    return Shape(name, False, answer)


def bare(status: int, title: str, *parts: Part, head: Part = None) -> Callable[[Site, Truth, int], Answer]:
    """A page without the site's frame; `{visit}` in its text is the number of the visit."""

    def answer(_: Site, __: Truth, fetch: int) -> Answer:
        root = h("html", h("head", h("title", title), head), h("body", *parts))
        return Answer(status, plain_html(root).replace("{visit}", f"{fetch * 7919 % 99991:05d}").encode())

    return answer


def framed(title: str, *parts: Node, status: int = 200) -> Callable[[Site, Truth, int], Answer]:
    """A page in the site's frame, at the article's address, with something else under the title."""

    def answer(site: Site, truth: Truth, fetch: int) -> Answer:
        other = stand_in(truth, title)
        return Answer(status, site.frame(other, [*parts], fetch), site.content_type)

    return answer


def stand_in(truth: Truth, title: str) -> Truth:
    """Something else at the article's address."""
    return replace(
        truth, title=title, published=None, language="en", blocks=(Block("paragraph", ""),), links=(), media=()
    )


def plain_html(root: El) -> str:
    """A page as HTML, without any noise."""
    return Writer(Noise(frozenset(), "", "")).page(root)
