"""read: the first thing to run on the live site, or after a redesign."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.text import Text

from reports.render.text import visible
from watch import output
from watch.context import called
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from crawler.pages.model import Model
    from crawler.sites import Site
    from storage.records import Article, Outcome

_MAX_FILE = 64 * 1024 * 1024


class Judged(Protocol):
    """A block or line of the page, what it was taken for, and why."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def why(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader made of one page, HTML or text. ``blocks``: all of the page, in its order."""

    source: str
    body: bytes
    outcome: Outcome
    reason: str
    article: Article | None
    blocks: Sequence[Judged]
    is_text: bool
    url: str | None = None
    """The page's own address; None for a file."""
    content_type: str | None = None


def read(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="A web address, an .html file, or a .txt capture.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    save: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep it as a test case: input and expected.json.")
    ] = None,
) -> None:
    """Show what the reader makes of one page and why.

    Nothing is stored. One request, robots.txt obeyed. The first thing to run on the live site, or after a redesign.

    \b
    Example:
      csto-watch read https://en.odkb-csto.org/structure/
    """
    found = _read_address(source, called(context).db_url) if _is_address(source) else _read_file(Path(source))
    if save is not None:
        _save(found, save)
    if as_json:
        output.write_object(read_object(found))
    else:
        _print(found)


def _is_address(source: str) -> bool:
    return "://" in source


def _read_address(url: str, db_url: str) -> Read:
    from crawler.pages.reading import Answer, explain  # noqa: PLC0415
    from crawler.pages.urls import BadAddress, tidy  # noqa: PLC0415
    from crawler.sites import site_of  # noqa: PLC0415
    from watch.fetch import fetch  # noqa: PLC0415

    try:
        address = tidy(url)
    except BadAddress as error:
        raise WrongArgumentError(str(error)) from None
    got = fetch(url)
    final = None if got.final_url == got.url else tidy(got.final_url)
    answer = Answer(address, got.status, got.body, got.content_type, final, truncated=got.is_cut)
    site = site_of(address)
    explained = explain(answer, site=site, model=_model_of(site, db_url))
    reading = explained.reading
    told = (reading.outcome, reading.reason, reading.article, explained.blocks)
    return Read(url, got.body, *told, is_text=False, url=address, content_type=got.content_type)


def _model_of(site: Site | None, db_url: str) -> Model | None:
    """What the store knows of the site's templates; a page is read without where there is no store that can be read."""
    from crawler.models import model_of  # noqa: PLC0415
    from storage.errors import StorageError  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    try:
        with reading(db_url) as engine:
            return model_of(engine, site.name if site else None)
    except StorageError:
        return None


def _read_file(path: Path) -> Read:
    body = _bytes_of(path)
    if path.suffix.lower() == ".txt":
        return _read_text(path, body)
    from crawler.pages.reading import Answer, explain  # noqa: PLC0415

    explained = explain(Answer(f"urn:capture:{path.name}", 200, body))
    reading = explained.reading
    return Read(path.name, body, reading.outcome, reading.reason, reading.article, explained.blocks, is_text=False)


def _read_text(path: Path, body: bytes) -> Read:
    from crawler.pages.text_capture import decode_text, read_capture  # noqa: PLC0415

    decoded = decode_text(body)
    if decoded is None:
        raise WrongArgumentError(f"{path} is binary, or in no encoding that is understood")
    done = read_capture(decoded.text)
    return Read(path.name, body, done.outcome, done.reason, done.article, done.lines, is_text=True)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE:
            raise WrongArgumentError(f"{path} is larger than {_MAX_FILE} bytes")
        return path.read_bytes()
    except OSError as error:
        raise WrongArgumentError(f"{path} can't be read: {error.strerror}") from None


def article_object(article: Article) -> dict[str, Any]:
    from reports.shapes import article_parts  # noqa: PLC0415

    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        **article_parts(article),
        "unknown": sorted(article.unknown),
    }


def read_object(found: Read) -> dict[str, Any]:
    """``read --json``: outcome, reason, the article (null where it is none) and its flags, and every block of the page with
    its verdict and language."""
    from reports.shapes import block_objects  # noqa: PLC0415

    return {
        "source": found.source,
        "outcome": found.outcome.value,
        "reason": found.reason,
        "article": {**article_object(found.article), "blocks": block_objects(found.article)} if found.article else None,
        "flags": _flags(found.article),
        "page": [_line_object(block) for block in found.blocks],
    }


def _line_object(block: Judged) -> dict[str, Any]:
    from reports.language import language_of  # noqa: PLC0415

    told = {"kind": str(block.kind), "text": block.text, "verdict": block.verdict, "why": block.why}
    return {**told, "language": language_of(block.text)}


def _flags(article: Article | None) -> list[str]:
    """As of now: what is read is seen now."""
    from reports.flags import flags_of  # noqa: PLC0415

    return list(flags_of(article, datetime.now(UTC))) if article else []


def _save(found: Read, folder: Path) -> None:
    """``input.html`` or ``input.txt`` with ``expected.json``. A person looks over what is expected before it is kept."""
    from reports.whole import whole_file  # noqa: PLC0415

    asked = {"url": found.url, "content_type": found.content_type} if found.url else {}
    expected = {**asked, "outcome": found.outcome.value, **(article_object(found.article) if found.article else {})}
    name = "input.txt" if found.is_text else "input.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(found.body)
        with whole_file(folder / "expected.json") as out:
            out.write(json.dumps(expected, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise WrongArgumentError(f"--save: {folder} can't be written: {error.strerror}") from None
    output.note(f"Kept as a test case in {folder}: look over expected.json.")


def _print(found: Read) -> None:
    lines = list(_lines(found))
    if not output.on_terminal():
        for text in lines:
            output.write_line(text.plain)
        return
    with output.printing() as console:
        for text in lines:
            console.print(text)


def _lines(found: Read) -> Iterable[Text]:
    reason = f": {visible(found.reason)}" if found.reason else ""
    yield Text(f"{visible(found.source)} is {found.outcome.value}{reason}", "bold")
    article = found.article
    if article is not None:
        yield Text(f"Title      {visible(article.title or 'none')}", "bold")
        yield Text(f"Published  {article.published or 'unknown'}")
        yield Text(f"Language   {visible(article.language or 'unknown')}")
        counts = f"{len(article.blocks)} blocks, {len(article.links)} links, {len(article.media)} media"
        yield Text(f"Has        {counts}")
        if flags := _flags(article):
            yield Text(f"Flags      {', '.join(flags)}")
    for block in found.blocks:
        yield _block_line(block, article.language if article else None)


def _block_line(block: Judged, language: str | None) -> Text:
    from reports.language import untranslated_mark  # noqa: PLC0415

    mark = untranslated_mark(block.text, language)
    text, why = visible(block.text), "; ".join(filter(None, (visible(block.why), mark)))
    if block.verdict == "site":
        return Text(f"  site      {text}  [{why}]", "dim")
    style = "bold" if block.verdict in {"title", "date"} else ""
    return Text(f"  {block.verdict:<9} ", "cyan") + Text(text, style) + Text(f"  [{why}]" if why else "", "dim")
