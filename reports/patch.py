"""A JSON diff applied to the old version gives the new one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from reports.diff import canonical_article
from reports.words import COME, GONE
from storage.records import Article, Block, BlockKind, FileHash, Link, Media


class PatchError(ValueError):
    """The diff was not made from this article."""


def apply_diff(old: Article, diff: Mapping[str, Any]) -> Article:
    """The new version, in canonical form. ``diff`` is what ``reports.render.jsondiff.diff_object`` made, fresh or read back.

    ``unknown`` is kept: which fields a capture can't know is no content. So are the hashes of files, but for those that changed.
    """
    old = canonical_article(old)
    return replace(
        old,
        title=_changed(old.title, diff["title"]),
        published=_published(old.published, diff["published"]),
        language=_changed(old.language, diff["language"]),
        blocks=tuple(_blocks(old.blocks, diff["blocks"])),
        links=tuple(Link(**item) for item in _items([_link(link) for link in old.links], diff["links"])),
        media=tuple(Media(**item) for item in _items([_media(media) for media in old.media], diff["media"])),
        files=tuple(_files(old.files, diff.get("files") or ())),
    )


def _files(old: Sequence[FileHash], changes: Sequence[Mapping[str, str]]) -> Iterator[FileHash]:
    changed = {change["href"]: change for change in changes}
    for file in old:
        change = changed.pop(file.href, None)
        yield file if change is None else FileHash(file.href, _changed(file.sha256, change) or "")
    if changed:
        raise PatchError(f"the diff speaks of the file {min(changed)!r}, which the article doesn't have")


def _changed(old: str | None, change: Mapping[str, Any] | None) -> str | None:
    if change is None:
        return old
    if change["old"] != old:
        raise PatchError(f"the diff starts from {change['old']!r}, the article has {old!r}")
    new: str | None = change["new"]
    return new


def _published(old: date | None, change: Mapping[str, Any] | None) -> date | None:
    text = _changed(old.isoformat() if old else None, change)
    return date.fromisoformat(text) if text else None


def _blocks(old: Sequence[Block], steps: Sequence[Mapping[str, Any]]) -> list[Block]:
    new: list[Block] = []
    went: dict[int, str] = {}
    at = None
    for step in steps:
        if step["op"] in {"split", "joined"}:
            went[step["old"]] = went.get(step["old"], "") + _joined(step, COME)
            before = new.pop().text if at == step["new"] else ""
            new.append(Block(BlockKind(step["kind"]), before + _joined(step, GONE)))
            at = step["new"]
            continue
        was = None if step["old"] is None else _old_text(old, step)
        if step["op"] in {"removed", "moved_from"}:
            continue
        kept = str(step["text"]) if was is None else was
        new.append(Block(BlockKind(step["kind"]), _joined(step, GONE) if "words" in step else kept))
    for place, text in went.items():
        if place >= len(old) or old[place].text != text:
            raise PatchError(f"block {place} isn't the one that the diff was made from")
    return new


def _joined(step: Mapping[str, Any], without: Container[str]) -> str:
    return "".join(str(text) for op, text, *_ in step["words"] if op not in without)


def _old_text(old: Sequence[Block], step: Mapping[str, Any]) -> str:
    place = step["old"]
    if place >= len(old):
        raise PatchError(f"the diff speaks of block {place}, the article has {len(old)}")
    text: str = old[place].text
    said = _joined(step, COME) if "words" in step else str(step.get("text", text))
    if said != text:
        raise PatchError(f"block {place} isn't the one that the diff was made from")
    return text


def _link(link: Link) -> dict[str, str]:
    return {"href": link.href, "text": link.text}


def _media(media: Media) -> dict[str, str]:
    return {"src": media.src, "alt": media.alt}


def _items(old: Sequence[dict[str, str]], steps: Sequence[Mapping[str, Any]] | None) -> list[dict[str, str]]:
    if steps is None:
        return list(old)
    new: list[dict[str, str]] = []
    at = 0
    for step in steps:
        if step["op"] == "same":
            new += old[at : at + step["count"]]
            at += step["count"]
            continue
        if step["old"] is not None and step["old"] not in old:
            raise PatchError(f"the diff speaks of {step['old']!r}, which the article doesn't have")
        at += step["old"] is not None
        if step["new"] is not None:
            new.append(step["new"])
    return new
