"""Two articles compared: by block, in a changed one by sentence, then by word; title, date, links, media and
language each on their own.

Pure. It compares the very texts that were hashed (``storage.hashing``): a field is named when, and only when, its part of the
content hash differs. The kind of a block and its list marker are in no hash, and so no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Generic, TypeVar

from reports.align import Alignment
from reports.prose import compare_chunks, has_common_sentence
from reports.seams import compare_joined, compare_split
from reports.slight import slight
from reports.wandering import with_moves
from reports.words import Span, common_runs, compare, whole
from storage.files import changed_files
from storage.hashing import canonical_block, canonical_text
from storage.records import FIELDS, Article, Block, Link, Media

Item = TypeVar("Item", Link, Media)
Keys = Callable[[Item], tuple[str, str]]
"""An item's address and its text."""


LIKE: Final = 0.3
"""Two paragraphs in one place that have a smaller share of words in common, and no sentence, are one that was rewritten."""


class BlockOp(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    MOVED_FROM = "moved_from"
    MOVED_TO = "moved_to"
    SPLIT = "split"
    JOINED = "joined"


class ItemOp(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A title that changed; None where there was or is none."""

    old: str | None
    new: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A date (YYYY-MM-DD) or a language tag that changed."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class BlockStep:
    """One block on the way from old to new. A moved block stands at both its places, with the same two indices; one that was
    split has a step for each new block, one joined of several a step for each old block.

    ``old`` and ``old_index`` are None for an added block, ``new`` and ``new_index`` for a removed one. ``spans``: the words of
    a changed block, of a part of a split or joined one, or of one that was changed while it moved (at ``MOVED_TO``); else
    empty.
    """

    op: BlockOp
    old_index: int | None
    new_index: int | None
    old: Block | None
    new: Block | None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemStep(Generic[Item]):
    """One link or picture, in the new order. ``CHANGED``: the same text with another target, or the reverse."""

    op: ItemOp
    old: Item | None
    new: Item | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A picture or linked document with other bytes at the same address. ``old`` and ``new`` are their SHA-256."""

    href: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    title: TextChange | None
    published: ValueChange | None
    language: ValueChange | None
    blocks: tuple[BlockStep, ...]
    links: tuple[ItemStep[Link], ...]
    media: tuple[ItemStep[Media], ...]
    languages: tuple[str | None, str | None] = (None, None)
    """Of the old and the new article, whether they differ or not."""
    files: tuple[FileChange, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """What differs, in the order of ``FIELDS``. Empty: the two are one content."""
        differs = {
            "title": self.title is not None,
            "published": self.published is not None,
            "body": any(step.op is not BlockOp.SAME for step in self.blocks),
            "links": any(step.op is not ItemOp.SAME for step in self.links),
            "media": bool(self.files) or any(step.op is not ItemOp.SAME for step in self.media),
            "language": self.language is not None,
        }
        return tuple(name for name in FIELDS if differs[name])


def canonical_article(article: Article) -> Article:
    """The article in the form that is hashed: what two versions are compared in, and what a diff is applied to."""
    texts = ((block.kind, canonical_block(block.text)) for block in article.blocks)
    return replace(
        article,
        title=canonical_text(article.title or "") or None,
        language=canonical_text(article.language or "") or None,
        blocks=tuple(Block(kind, text) for kind, text in texts if text),
        links=tuple(Link(canonical_text(link.href), canonical_text(link.text)) for link in article.links),
        media=tuple(Media(canonical_text(media.src), canonical_text(media.alt)) for media in article.media),
    )


def compare_articles(old: Article, new: Article) -> ArticleDiff:
    """A field that either of the two can't know is compared with nothing."""
    old, new = canonical_article(old), canonical_article(new)
    unknown = old.unknown | new.unknown
    dates = [a.published.isoformat() if a.published else None for a in (old, new)]
    return ArticleDiff(
        title=None if "title" in unknown else _title(old.title, new.title),
        published=None if "published" in unknown else _value(*dates),
        language=None if "language" in unknown else _value(old.language, new.language),
        blocks=_with_moves(list(_blocks(old.blocks, new.blocks))),
        links=() if "links" in unknown else tuple(_items(old.links, new.links, _link_keys)),
        media=() if "media" in unknown else tuple(_items(old.media, new.media, _media_keys)),
        files=tuple(FileChange(*change) for change in changed_files(old, new)),
        languages=(old.language, new.language),
    )


def _title(old: str | None, new: str | None) -> TextChange | None:
    return None if old == new else TextChange(old, new, compare(old or "", new or ""))


def _value(old: str | None, new: str | None) -> ValueChange | None:
    return None if old == new else ValueChange(old, new)


def _blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[BlockStep]:
    aligned = Alignment([block.text for block in old], [block.text for block in new])
    left, come = dict(aligned.moves), {j: i for i, j in aligned.moves}
    seams = {(olds[0], news[0]): (olds, news) for olds, news in aligned.seams()}
    covered = {pair for olds, news in seams.values() for pair in ((i, j) for i in olds for j in news)}
    pairs = [pair for pair in aligned.pairs if pair not in covered]
    at_old = at_new = 0
    for i, j in (*sorted((*pairs, *seams)), (len(old), len(new))):
        for index in range(at_old, i):
            yield _leaving(old, new, index, left.get(index))
        for index in range(at_new, j):
            yield _coming(old, new, index, come.get(index), aligned)
        if (i, j) in seams:
            olds, news = seams[i, j]
            yield from _seamed(old, new, olds, news)
            at_old, at_new = olds.stop, news.stop
            continue
        if i < len(old):
            yield _staying(old[i], new[j], i, j, aligned)
        at_old, at_new = i + 1, j + 1


def _with_moves(steps: Sequence[BlockStep]) -> tuple[BlockStep, ...]:
    """Sentences may move between paragraphs that stayed; one that moved as a whole stands at two places already."""
    staying = {at: step for at, step in enumerate(steps) if step.spans and step.op is not BlockOp.MOVED_TO}
    made = list(steps)
    for (at, step), spans in zip(staying.items(), with_moves([step.spans for step in staying.values()]), strict=True):
        if spans is not step.spans:
            made[at] = replace(step, spans=spans)
    return tuple(made)


def _leaving(old: Sequence[Block], new: Sequence[Block], i: int, moved_to: int | None) -> BlockStep:
    if moved_to is None:
        return BlockStep(BlockOp.REMOVED, i, None, old[i], None)
    return BlockStep(BlockOp.MOVED_FROM, i, moved_to, old[i], new[moved_to])


def _coming(
    old: Sequence[Block], new: Sequence[Block], j: int, moved_from: int | None, aligned: Alignment
) -> BlockStep:
    if moved_from is None:
        return BlockStep(BlockOp.ADDED, None, j, None, new[j])
    before = old[moved_from]
    spans = () if before.text == new[j].text else _words(moved_from, j, aligned)
    return BlockStep(BlockOp.MOVED_TO, moved_from, j, before, new[j], spans)


def _words(i: int, j: int, aligned: Alignment) -> tuple[Span, ...]:
    spans = slight(*aligned.chunks(i, j))
    return compare_chunks(*aligned.coded(i, j)) if spans is None else spans


def _staying(old: Block, new: Block, i: int, j: int, aligned: Alignment) -> BlockStep:
    if old.text == new.text:
        return BlockStep(BlockOp.SAME, i, j, old, new)
    if (spans := slight(*aligned.chunks(i, j))) is not None:
        return BlockStep(BlockOp.CHANGED, i, j, old, new, spans)
    # Words that two unlike sentences happen to share are confetti: shown as rewritten.
    is_rewritten = not aligned.is_like(i, j, LIKE) and not has_common_sentence(old.text, new.text)
    spans = whole(old.text, new.text) if is_rewritten else compare_chunks(*aligned.coded(i, j))
    return BlockStep(BlockOp.CHANGED, i, j, old, new, spans)


def _seamed(old: Sequence[Block], new: Sequence[Block], olds: range, news: range) -> Iterator[BlockStep]:
    """One block split in several, or several joined to one."""
    if len(olds) == 1:
        i = olds[0]
        for j, spans in zip(news, compare_split(old[i].text, [new[j].text for j in news]), strict=True):
            yield BlockStep(BlockOp.SPLIT, i, j, old[i], new[j], spans)
        return
    j = news[0]
    for i, spans in zip(olds, compare_joined([old[i].text for i in olds], new[j].text), strict=True):
        yield BlockStep(BlockOp.JOINED, i, j, old[i], new[j], spans)


def _link_keys(link: Link) -> tuple[str, str]:
    return link.href, link.text


def _media_keys(media: Media) -> tuple[str, str]:
    return media.src, media.alt


def _items(old: Sequence[Item], new: Sequence[Item], keys: Keys[Item]) -> Iterator[ItemStep[Item]]:
    i = j = 0
    for at_old, at_new, length in common_runs(old, new):
        yield from _item_gap(list(old[i:at_old]), new[j:at_new], keys)
        i, j = at_old + length, at_new + length
        for before, after in zip(old[at_old:i], new[at_new:j], strict=True):
            yield ItemStep(ItemOp.SAME, before, after)


def _item_gap(old: list[Item], new: Sequence[Item], keys: Keys[Item]) -> Iterator[ItemStep[Item]]:
    """Within a gap, an item that kept its address or its text is the same one, changed."""
    steps: list[ItemStep[Item]] = []
    for item in new:
        before = next((o for o in old if _is_akin(keys(o), keys(item))), None)
        if before is not None:
            old.remove(before)
        steps.append(ItemStep(ItemOp.ADDED if before is None else ItemOp.CHANGED, before, item))
    yield from (ItemStep(ItemOp.REMOVED, item, None) for item in old)
    yield from steps


def _is_akin(old: tuple[str, str], new: tuple[str, str]) -> bool:
    return old[0] == new[0] or (old[1] == new[1] and bool(old[1]))
