"""Saved captures in: HTML and text files, lists of them, and our own export. Everything is checked before anything is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from crawler.errors import UsageError
from crawler.import_runs import Count, ImportSummary, NotRead, store
from crawler.models import Models
from crawler.pages.decode import wrong_type
from crawler.pages.reading import Answer, Reading, read
from crawler.pages.text_capture import decode_text, is_binary, read_text
from crawler.pages.urls import CAPTURE_PREFIX, BadAddress, canonical, tidy
from crawler.sites import site_of
from crawler.warc_captures import WarcCaptures
from crawler.warcs import ENDINGS, is_warc, records
from storage.hashing import hash_article
from storage.records import (
    Article,
    Block,
    BlockKind,
    Capture,
    FileHash,
    Link,
    Media,
    Outcome,
)

__all__ = ["CaptureFileError", "ImportSummary", "NotRead", "import_files"]

if TYPE_CHECKING:
    from crawler.pages.model import Model
    from storage.archive import Archive

Form = Literal["text", "html", "export"]

MAX_BYTES: Final = 64 * 1024 * 1024
_FORMS: Final[Mapping[str, Form]] = {".txt": "text", ".html": "html", ".htm": "html", ".jsonl": "export"}
_HTML_START: Final = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_UTF8_HTML: Final = "text/html; charset=utf-8"
_CONTROL: Final = frozenset({*range(9), *range(14, 32)})
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_UNPRINTED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class CaptureFileError(UsageError):
    """A file or a line of a list that can't be imported; nothing was stored. The message names the file, the line, the cause."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True)
class _Source:
    """One capture to be. ``where`` names it to people; a file is read when its turn comes, other content stood in a line."""

    where: str
    form: Form
    url: str
    shown: str
    captured_at: datetime | None
    content: Path | bytes

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else _bytes_of(self.content, self.where)


def import_files(
    archive: Archive,
    paths: Sequence[Path] = (),
    *,
    url: str | None = None,
    captured_at: datetime | None = None,
    manifest: Path | None = None,
) -> ImportSummary:
    """Store each file, or each line of ``manifest``, as one capture of its page.

    ``url`` is the page of the one file in ``paths``; without it a file's page is ``urn:capture:<file name>``. ``captured_at`` is
    an aware instant; None stands before all dated captures. Raises CaptureFileError before anything is stored.
    """
    if bool(paths) == bool(manifest):
        raise UsageError("give files or a manifest, one of the two")
    if url is not None and len(paths) != 1:
        raise UsageError("an address names the page of one file")

    def sources() -> Iterator[_Source]:
        return _of_manifest(manifest) if manifest else _of_paths(paths, url, captured_at)

    if any(map(is_warc, paths)):
        return _import_warcs(archive, paths, url=url, captured_at=captured_at)
    if not sum(_check(source) for source in sources()):
        raise CaptureFileError(str(manifest or paths[0]), "there is no capture in it")
    count, models = Count(), Models(archive.engine)
    return store(archive, (_capture(source, count, models) for source in sources()), count)


def _import_warcs(
    archive: Archive, paths: Sequence[Path], *, url: str | None, captured_at: datetime | None
) -> ImportSummary:
    """A record has its own address and moment. Only the start of each file is looked at before anything is stored."""
    if url is not None or captured_at is not None:
        raise UsageError("a WARC file names addresses and moments itself: leave out --url and --captured-at")
    if not all(map(is_warc, paths)):
        raise UsageError("WARC files are imported by themselves: leave out the other files")
    for path in paths:
        with _readable(path, str(path)):
            next(records(path))
    count = Count()
    return store(archive, iter(WarcCaptures(paths, Models(archive.engine), count)), count)


# --- what there is to import ----------------------------------------------------------------------------------------
def _of_paths(paths: Sequence[Path], url: str | None, captured_at: datetime | None) -> Iterator[_Source]:
    for path in paths:
        form = _form_of(path, str(path))
        if form == "export":
            yield from _of_export(path)
        else:
            address = url if url is not None else _address_of(path)
            yield _source(str(path), form, address, captured_at, path)


def _of_manifest(manifest: Path) -> Iterator[_Source]:
    for where, line in _lines_of(manifest):
        known = _object_of(line, where)
        given = [key for key in ("file", "text", "html") if known.get(key) is not None]
        if len(given) != 1:
            raise CaptureFileError(where, "a capture has one of file, text and html")
        content = _string(known, given[0], where)
        at = _instant(known.get("captured_at"), where)
        url = _string(known, "url", where) if known.get("url") is not None else None
        if given[0] == "file":
            path = manifest.parent / content
            form = _form_of(path, where)
            if form == "export":
                raise CaptureFileError(where, f"{content} is a list itself: import it by its name")
            yield _source(where, form, url or _address_of(path), at, path)
        elif url is None:
            raise CaptureFileError(where, "url is missing")
        else:
            yield _source(where, cast("Form", given[0]), url, at, _encoded(content))


def _of_export(path: Path) -> Iterator[_Source]:
    for where, line in _lines_of(path):
        known = _object_of(line, where)
        if "format" not in known or "content_sha256" not in known:
            raise CaptureFileError(where, "no line of a csto-watch export; a list of captures is given with --manifest")
        at = _instant(known.get("captured_at"), where)
        yield _source(where, "export", _string(known, "url", where), at, _encoded(line))


def _source(where: str, form: Form, url: str, captured_at: datetime | None, content: Path | bytes) -> _Source:
    if captured_at is not None and captured_at > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise CaptureFileError(where, f"captured_at {captured_at:%Y-%m-%dT%H:%M:%SZ} lies in the future")
    try:
        return _Source(where, form, canonical(url), tidy(url), captured_at, content)
    except BadAddress as error:
        raise CaptureFileError(where, str(error)) from None


def _form_of(path: Path, where: str) -> Form:
    form = _FORMS.get(path.suffix.lower())
    if is_warc(path):
        raise CaptureFileError(where, f"{path.name!r} is a WARC file: import it by its name, without a list")
    if form is None:
        kinds = ", ".join((*_FORMS, *ENDINGS))
        raise CaptureFileError(where, f"{path.name!r} is of no kind that can be imported; these are {kinds}")
    return form


def _address_of(path: Path) -> str:
    """The page of a file that came without one; bytes and controls in its name are replaced, since an address is text."""
    return f"{CAPTURE_PREFIX}{_UNPRINTED.sub(chr(0xFFFD), path.name)}"


def _lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Where a line stands, and the line; empty ones are left out."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}, line {number}", line
    except UnicodeDecodeError:
        raise CaptureFileError(str(path), "is no UTF-8 text") from None
    except OSError as error:
        raise CaptureFileError(str(path), _why(error)) from None


def _object_of(line: str, where: str) -> dict[str, Any]:
    try:
        known = json.loads(line)
    except (ValueError, RecursionError):
        known = None
    if not isinstance(known, dict):
        raise CaptureFileError(where, "is no JSON object")
    return known


def _string(known: Mapping[str, Any], key: str, where: str) -> str:
    value = known.get(key)
    if not isinstance(value, str) or not value:
        raise CaptureFileError(where, f"{key} must be a text that isn't empty")
    return value


def _encoded(text: str) -> bytes:
    """JSON can spell lone surrogates; no encoding can hold them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _instant(value: object, where: str) -> datetime | None:
    """RFC 3339, or a date: its first moment in UTC. None: not known."""
    if value is None:
        return None
    try:
        text = str(value) if isinstance(value, str) else ""
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise CaptureFileError(where, f"captured_at must be such as 2026-07-26T12:00:00Z or 2026-07-26, not {value!r}")


# --- whether it can be imported -------------------------------------------------------------------------------------
def _check(source: _Source) -> bool:
    """Raises CaptureFileError for what is no capture at all: empty, binary, unreadable."""
    if source.form == "export":
        _article_of(source)
        return True
    body = source.read()
    wrong = _wrong_text(body) if source.form == "text" and not _is_html(body) else _wrong_html(body)
    if wrong:
        raise CaptureFileError(source.where, wrong)
    return True


def _wrong_text(body: bytes) -> str:
    decoded = decode_text(body)
    if decoded is None or is_binary(decoded.text):
        return "is binary, or in no encoding that is understood" if body else "is empty"
    return "" if decoded.text.strip("\ufeff \t\r\n\f\v") else "is empty"


def _wrong_html(body: bytes) -> str:
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return "is empty"
    other = wrong_type(body, None)
    if other:
        return f"is no HTML: {other}"
    sample = body[:8192]
    is_utf16 = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    controls = sum(byte in _CONTROL for byte in sample)
    return "is binary" if controls * 50 > len(sample) and not is_utf16 else ""


def _is_html(body: bytes) -> bool:
    """A page that was saved under the name of a text: its content alone is judged."""
    return _HTML_START.match(body[:2048]) is not None


def _bytes_of(path: Path, where: str) -> bytes:
    about = where if str(path) == where else f"{where}, {path}"
    with _readable(path, about, where):
        if path.stat().st_size > MAX_BYTES:
            raise CaptureFileError(about, f"is larger than {MAX_BYTES} bytes")
        return path.read_bytes()


@contextmanager
def _readable(path: Path, about: str, where: str = "") -> Iterator[None]:
    """What the system says of a file that can't be read, as an error of the import's."""
    try:
        if path.is_dir():
            raise CaptureFileError(about, "is a folder; name the files in it")
        yield
    except OSError as error:
        raise CaptureFileError(about, _why(error)) from None
    except ValueError:
        raise CaptureFileError(where or about, "has a file name that can't be") from None


def _why(error: OSError) -> str:
    return f"can't be read: {error.strerror}"


# --- what it is -----------------------------------------------------------------------------------------------------
def _capture(source: _Source, count: Count, models: Models) -> Capture:
    site = site_of(source.url)
    reading, body = _read(source, models.of(site.name) if site else None)
    count.outcomes[reading.outcome.value] += 1
    count.bytes += len(body or b"")
    if reading.outcome is not Outcome.OK:
        count.not_read.append(NotRead(source.where, source.shown, reading.outcome, reading.reason))
    return Capture(
        url=source.url,
        outcome=reading.outcome,
        captured_at=source.captured_at,
        reason=reading.reason,
        shown_url=source.shown,
        headers={"Content-Type": _UTF8_HTML} if _was_in_a_line(source) else {},
        media_type=reading.media_type,
        encoding=reading.encoding,
        body=body,
        article=reading.article,
        reader_version=reading.reader,
        source="import",
        site=site.name if site else None,
    )


def _read(source: _Source, model: Model | None) -> tuple[Reading, bytes | None]:
    """What the reader makes of it, and the bytes to keep: an exported article has none, it was read before."""
    if source.form == "export":
        return Reading(Outcome.OK, "from an export", _article_of(source)), None
    body = source.read()
    if source.form == "text" and not _is_html(body):
        return read_text(body), body
    content_type = _UTF8_HTML if _was_in_a_line(source) else None
    return read(Answer(source.shown, 200, body, content_type), site=site_of(source.url), model=model), body


def _was_in_a_line(source: _Source) -> bool:
    """HTML that came as a text of a list is UTF-8 now, whatever encoding its head names."""
    return source.form == "html" and isinstance(source.content, bytes)


def _article_of(source: _Source) -> Article:
    """The article in a line of an export, its hash checked."""
    known = json.loads(source.read())
    try:
        article = Article(
            title=known["title"],
            published=date.fromisoformat(known["published"]) if known["published"] else None,
            language=known["language"],
            blocks=tuple(Block(BlockKind(block["kind"]), block["text"]) for block in known["blocks"]),
            links=tuple(Link(link["href"], link["text"]) for link in known["links"]),
            media=tuple(Media(media["src"], media["alt"]) for media in known["media"]),
            unknown=frozenset(known.get("unknown", ())),
            files=tuple(
                FileHash(*file) for file in sorted({f["href"]: f["sha256"] for f in known.get("files", ())}.items())
            ),
        )
        found = hash_article(article).content.hex()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaptureFileError(source.where, f"no article of an export: {error!r}") from None
    if found != known["content_sha256"]:
        raise CaptureFileError(source.where, "the article has been altered: its content_sha256 is another")
    return article
