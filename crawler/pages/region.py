"""Which part of the page the article is: the smallest element that holds its title and the text below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from crawler.pages.document import Element, text_of
from crawler.pages.text import words

_EMPTY: Final = words(
    "script style noscript template nav aside footer form menu button select svg br hr img link meta input iframe"
)
_FEW: Final = 4
_SURE: Final = 400
"""Letters of running text below the title from which no larger region is looked for."""
_LEAST: Final = 20
_DEEPEST: Final = 24
_EDGES: Final = frozenset({"body", "html"})


def regions_of(title: Element) -> Iterator[Element]:
    """The lowest ancestor of ``title`` with running text behind it, or a higher one with very much more of it.

    The second is for a title in a box of its own together with a rubric or a line of lead, the body in another box. Where
    there is no running text at all, for an article of a word or two, the ancestors that have anything behind the title.
    """
    chosen, mass = None, 0
    few_words = []
    element = title
    while element.tag not in _EDGES:
        parent = element.getparent()
        if parent is None:
            break
        here = _mass_behind(element, _SURE if chosen is None else 3 * mass + 201)
        if here >= _LEAST and (chosen is None or here > 3 * mass + 200):
            chosen, mass = parent, here
        elif chosen is None and element.getnext() is not None:
            few_words.append(parent)
        if mass >= _SURE or (chosen is not None and parent.tag in ("article", "main")):
            break
        element = parent
    yield from few_words[:_FEW] if chosen is None else (chosen,)


def _mass_behind(element: Element, enough: int) -> int:
    """Letters of running text among what follows ``element`` in its parent; links count against it, as in a list of teasers."""
    mass = _letters(element.tail)
    for sibling in element.itersiblings():
        if sibling.tag not in _EMPTY:
            mass += _mass(sibling)
        mass += _letters(sibling.tail)
        if mass >= enough:
            break
    return mass


def _mass(element: Element, depth: int = 0) -> int:
    """Links weigh against the box they stand in, not against its neighbours: a menu beside the article is weighed by itself."""
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    letters = _letters(text)
    if letters < _LEAST:
        return 0
    linked = sum([len(text_of(link)) for link in element.iter("a")])
    if not linked or letters > 10 * linked:
        return letters - linked
    if letters - linked < _LEAST:
        return 0
    if depth < _DEEPEST and len(element):
        parts = sum(_mass(child, depth + 1) + _letters(child.tail) for child in element if child.tag not in _EMPTY)
        return parts + _letters(element.text)
    return max(0, letters - 3 * linked)


def _letters(text: str | None) -> int:
    if text is None or text.isspace():
        return 0
    letters = len(" ".join(text.split()))
    return letters if letters >= _LEAST else 0
