"""Links of an article: which words of it carry them, and where they lead."""

import random
import re
from dataclasses import replace

from benchmarks.corpus.draw import chance
from benchmarks.corpus.grammar import Speaker
from benchmarks.corpus.truth import ORIGIN, Block, Link, Truth, links_in_order

_WORDS = re.compile(r"[^\W\d_]{3,}(?: [^\W\d_]{2,}){0,3}")
_OUTSIDE = (
    "https://archive.example.org/reports/{n}/",
    "https://agency.example.net/en/{n}.html",
    "https://un.example.com/docs/{n}",
)


def with_links(rng: random.Random, truth: Truth, others: list[str]) -> Truth:
    """The article with no to three links in its text and, in one of six, a document to download as its last block."""
    for _ in range(rng.choices((0, 1, 2, 3), (4, 3, 2, 1))[0]):
        truth = _with_link(rng, truth, _target(rng, others))
    return with_document(rng, truth) if chance(rng, 0.17) else truth


def _target(rng: random.Random, others: list[str]) -> str:
    kind = rng.random()
    if others and kind < 0.4:
        return rng.choice(others)
    if kind < 0.6:
        return f"{ORIGIN}/upload/iblock/{rng.getrandbits(12):03x}/report_{rng.randint(10, 99)}.{rng.choice(('pdf', 'docx'))}"
    return rng.choice(_OUTSIDE).format(n=rng.randint(1000, 99999))


def _with_link(rng: random.Random, truth: Truth, href: str) -> Truth:
    number = rng.randrange(len(truth.blocks))
    block = truth.blocks[number]
    if block.kind != "paragraph" or block.text.startswith("Download"):
        return truth
    if chance(rng, 0.5):
        words = rng.choice(Speaker(rng, truth.language).words.LINK_WORDS)
        lead = {"en": "See", "ru": "См."}[truth.language]
        block = Block(block.kind, f"{block.text} {lead} {words}.")
    else:
        words = rng.choice(_WORDS.findall(block.text) or [""])
    blocks = (*truth.blocks[:number], block, *truth.blocks[number + 1 :])
    return _linked(truth, blocks, Link(href, words))


def _linked(truth: Truth, blocks: tuple[Block, ...], link: Link) -> Truth:
    """The truth with the link, or as it was where the link's words aren't found exactly once or touch another link."""
    text = "\n".join(block.text for block in blocks)
    touches = any(link.text in other.text or other.text in link.text for other in truth.links)
    if len(link.text) < 4 or text.count(link.text) != 1 or touches or _overlaps(text, link, truth.links):
        return truth
    return replace(truth, blocks=blocks, links=links_in_order(blocks, (*truth.links, link)))


def _overlaps(text: str, link: Link, others: tuple[Link, ...]) -> bool:
    start = text.index(link.text)
    spans = [(text.find(other.text), text.find(other.text) + len(other.text)) for other in others]
    return any(start < end and begin < start + len(link.text) for begin, end in spans)


def with_document(rng: random.Random, truth: Truth) -> Truth:
    """The article with a last block that is a link to a file, named by 32 hexadecimal digits."""
    name = f"{rng.getrandbits(128):032x}.{rng.choice(('docx', 'pdf'))}"
    words = {"en": "Download document", "ru": "Скачать документ"}[truth.language]
    block = Block("paragraph", f"{words} {name}")
    link = Link(f"{ORIGIN}/upload/iblock/{name[:3]}/{name}", block.text)
    return replace(truth, blocks=(*truth.blocks, block), links=(*truth.links, link))
