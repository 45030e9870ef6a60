"""WARC 1.1 (ISO 28500): each capture as what the site answered, for pywb and other archives. Needs warcio.

A record for each capture, by page and in order of time:

* bytes that are kept: a `response` with the request that brought it; what never was an answer of HTTP is a `resource`
* bytes that stand in the file already, or a 304: a `revisit` of that record
* no bytes: a `metadata` record, which archives don't replay

What a WARC has no place for (outcome, reader, article) stands in fields of our own, which others pass over; an article in a
`conversion` record of its own. docs/exports.md says all of it.
"""

from __future__ import annotations

import re
import string
from base64 import b32encode
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from reports.exports.manifests import Origin, Tally, exported
from reports.instants import rfc3339
from reports.render.text import visible
from storage.fetches import Fetch, Fetches
from storage.records import Outcome

if TYPE_CHECKING:
    from reports.whole import Counted

SOFTWARE: Final = "csto-watch"
OWN: Final = "CSTO-Watch-"
ARTICLE_TYPE: Final = "application/vnd.csto-watch.article+json"
ARTICLE_PREFIX: Final = "urn:csto-watch:article:"
_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/"
_WRITTEN: Final = 16_384
"""So many payloads, and so many articles, are remembered to be referred to: what comes again later is written again."""
_OF_THE_TRANSFER: Final = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "connection", "trailer"}
)
"""Bodies are kept with all codings taken off, so that these would lie."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]+")
_NO_URI: Final = re.compile(r'[\s"<>]')
_NO_URI_NOR_ESCAPE: Final = re.compile(r'[\s"<>%]')
_BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


class WarcMissing(Exception):
    """warcio isn't installed."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("WARC files need warcio: pip install 'csto-watch[warc]'")


class _Place(NamedTuple):
    """A record that others may refer to."""

    url: str
    date: str
    digest: str


def export_warc(fetches: Fetches, path: Path, origin: Origin | None = None, tally: Tally | None = None) -> Tally:
    """``counts`` of the manifest: records by type, and the captures that were left out. Raises WarcMissing."""
    tally = tally or Tally()
    with exported(path, "warc", origin or Origin(), tally) as out:
        writer = _Writer(fetches, out, tally, is_packed=path.suffix.lower() != ".warc")
        writer.write_info((origin.as_of if origin else None) or fetches.newest() or _BEFORE_ALL)
        for page in fetches.by_page():
            writer.write_page(page.fetches)
        tally.counts.update({f"left_out_{why}": count for why, count in fetches.left_out().items()})
    return tally


class _Writer:
    def __init__(self, fetches: Fetches, out: Counted, tally: Tally, *, is_packed: bool) -> None:
        self._warcio = _warcio()
        self._records = self._warcio.writer(_Sink(out), is_packed)
        self._fetches, self._tally = fetches, tally
        self._payloads: OrderedDict[tuple[bytes, bool, int | None], _Place] = OrderedDict()
        self._articles: OrderedDict[bytes, None] = OrderedDict()

    def write_info(self, moment: datetime) -> None:
        """The first record. Its time is that of the newest capture: no clock, so that the same store gives the same bytes."""
        said = {
            "software": SOFTWARE,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": "captures of one store; articles and fields that begin with CSTO-Watch- are its own",
        }
        block = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode()
        head = {"WARC-Date": rfc3339(moment), "WARC-Record-ID": _record_id("warcinfo", rfc3339(moment))}
        self._write("", "warcinfo", head, block, "application/warc-fields")

    def write_page(self, page: Sequence[Fetch]) -> None:
        shown: dict[bytes | None, _Place] = {}
        for place, fetch in enumerate(page):
            name = f"{fetch.url} {rfc3339(fetch.captured_at)} {place}"
            head = {"WARC-Date": rfc3339(fetch.captured_at), "WARC-Record-ID": _record_id("capture", name)} | _own(
                fetch
            )
            self._write_article(fetch, head)
            written = self._write_capture(fetch, head, name, shown)
            if written is not None:
                shown[fetch.article_key] = written
            self._tally.count()

    def _write_capture(
        self, fetch: Fetch, head: dict[str, str], name: str, shown: Mapping[bytes | None, _Place]
    ) -> _Place | None:
        if fetch.body_sha256 is not None:
            return self._write_answer(fetch, head, name, fetch.body_sha256)
        seen = shown.get(fetch.article_key) if fetch.outcome is Outcome.NOT_MODIFIED else None
        if seen is not None:
            self._write_revisit(fetch, head, "server-not-modified", seen)
        else:
            self._write(fetch.url, "metadata", head, _fields(fetch), "application/warc-fields")
        return None

    def _write_answer(self, fetch: Fetch, head: dict[str, str], name: str, digest: bytes) -> _Place:
        head |= {} if fetch.is_whole else {"WARC-Truncated": "length"}
        key = (digest, fetch.is_whole, fetch.http_status)
        seen = self._payloads.get(key)
        if seen is not None and fetch.http_status is not None:
            self._payloads.move_to_end(key)
            self._write_revisit(fetch, head, "identical-payload-digest", seen)
            return seen
        head |= {"WARC-Payload-Digest": _named(digest)}
        body = self._fetches.body(digest)
        if fetch.http_status is None:
            kind = dict(_headers(fetch)).get("Content-Type", "application/octet-stream")
            self._write(fetch.url, "resource", head, body, kind)
        else:
            http = self._warcio.http(_status_line(fetch), [*_headers(fetch), ("Content-Length", str(len(body)))])
            self._write(fetch.url, "response", head, body, http=http)
            self._write_request(fetch, head, name)
        place = _Place(fetch.url, head["WARC-Date"], head["WARC-Payload-Digest"])
        _remember(self._payloads, key, place)
        return place

    def _write_request(self, fetch: Fetch, head: Mapping[str, str], name: str) -> None:
        """What was asked for. Which headers went along isn't kept."""
        parts = urlsplit(fetch.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        own = {
            "WARC-Date": head["WARC-Date"],
            "WARC-Record-ID": _record_id("request", name),
            "WARC-Concurrent-To": head["WARC-Record-ID"],
        }
        http = self._warcio.http(f"{_ascii(target)} HTTP/1.1", [("Host", parts.netloc)], protocol="GET")
        self._write(fetch.url, "request", own, b"", http=http)

    def _write_revisit(self, fetch: Fetch, head: dict[str, str], profile: str, seen: _Place) -> None:
        """Where the answer's own headers were let go, the block is empty: those of the first answer stand for them."""
        head |= {
            "WARC-Profile": _PROFILE + profile,
            "WARC-Refers-To-Target-URI": _target(seen.url),
            "WARC-Refers-To-Date": seen.date,
            "WARC-Payload-Digest": seen.digest,
        }
        http = self._warcio.http(_status_line(fetch), _headers(fetch)) if fetch.is_answer else None
        self._write(fetch.url, "revisit", head, b"", "application/http; msgtype=response", http)

    def _write_article(self, fetch: Fetch, head: Mapping[str, str]) -> None:
        key = fetch.article_key
        if key is None:
            return
        if key in self._articles:
            self._articles.move_to_end(key)
            return
        own = {
            "WARC-Date": head["WARC-Date"],
            "WARC-Record-ID": _record_id("article", f"{fetch.url} {key.hex()}"),
            "WARC-Refers-To": head["WARC-Record-ID"],
        }
        article = self._fetches.article(key)
        self._write(f"{ARTICLE_PREFIX}{key.hex()}", "conversion", own, article, ARTICLE_TYPE)
        _remember(self._articles, key, None)

    def _write(  # noqa: PLR0913, PLR0917 - what a record is made of
        self, url: str, kind: str, head: Mapping[str, str], block: bytes, type_: str = "", http: Any = None
    ) -> None:
        record = self._records.create_warc_record(
            _target(url),
            kind,
            BytesIO(block),
            len(block),
            type_,
            warc_headers_dict=dict(head),
            http_headers=http or None,
        )
        self._records.write_record(record)
        self._tally.counts[kind] += 1


class _Sink:
    """What warcio asks of a file that it writes to."""

    def __init__(self, out: Counted) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write_bytes(data)

    def flush(self) -> None:
        """The file is brought to the disk as a whole."""


class _Warcio(NamedTuple):
    writer: Any
    http: Any


def _warcio() -> _Warcio:
    try:
        from warcio.statusandheaders import StatusAndHeaders  # noqa: PLC0415 - an extra
        from warcio.utils import Digester  # noqa: PLC0415
        from warcio.warcwriter import WARCWriter  # noqa: PLC0415
    except ImportError as error:
        raise WarcMissing from error

    class Writer(WARCWriter):  # type: ignore[misc]
        @staticmethod
        def _create_digester() -> Any:
            return Digester("sha256")

    def http(line: str, headers: Sequence[tuple[str, str]], protocol: str = "HTTP/1.1") -> Any:
        return StatusAndHeaders(line, list(headers), protocol)

    return _Warcio(lambda out, is_packed: Writer(out, gzip=is_packed, warc_version="1.1"), http)


def _own(fetch: Fetch) -> dict[str, str]:
    said = {
        "Outcome": fetch.outcome.value,
        "Reason": fetch.reason,
        "Reader": fetch.reader_version,
        "Article": fetch.article_key.hex() if fetch.article_key is not None else "",
        "Moved-To": fetch.moved_to or "",
    }
    if fetch.http_status is not None and not (fetch.body_sha256 is not None and fetch.is_answer):
        said["Status"] = str(fetch.http_status)
    return {f"{OWN}{name}": _clean(value) for name, value in said.items() if value}


def _fields(fetch: Fetch) -> bytes:
    """The block of a capture without bytes, for people: the fields above say the same."""
    said = {"outcome": fetch.outcome.value, "reason": fetch.reason}
    return "".join(f"{name}: {_clean(value)}\r\n" for name, value in said.items() if value).encode("utf-8", "replace")


def _target(url: str) -> str:
    """An address as a field can hold it. Those of the web are so already; the name of an imported file may be any text."""
    is_name = not url.startswith(("https://", "http://"))
    if not is_name and visible(url) == url and not _NO_URI.search(url):
        return url
    odd = _NO_URI_NOR_ESCAPE if is_name else _NO_URI
    return "".join(
        quote(each, safe="", errors="replace") if odd.match(each) or visible(each) != each else each for each in url
    )


def _status_line(fetch: Fetch) -> str:
    status = fetch.http_status or 0
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"{status} {known.get(status, '')}".strip()


def _headers(fetch: Fetch) -> list[tuple[str, str]]:
    kept = list(_kept(fetch.headers))
    if fetch.media_type and not any(name == "Content-Type" for name, _ in kept):
        kept.append(("Content-Type", _ascii(_clean(fetch.media_type))))
    return kept


def _kept(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        if _TOKEN.fullmatch(name) and name.lower() not in _OF_THE_TRANSFER:
            yield _cased(name), _ascii(_clean(value))


def _cased(name: str) -> str:
    return "ETag" if name.lower() == "etag" else "-".join(part.capitalize() for part in name.split("-"))


def _clean(text: str) -> str:
    """One line, whatever came: a line end here would be a header of a page's own making."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode("utf-8").strip()


def _ascii(text: str) -> str:
    """Bytes beyond ASCII (which came as Latin-1) as ``%E9``: a header holds nothing else that all programs read alike."""
    if text.isascii():
        return text
    return quote(text.encode("latin-1") if max(text) <= "\xff" else text.encode(), safe=string.printable)


def _named(digest: bytes) -> str:
    return f"sha256:{b32encode(digest).decode()}"


def _record_id(kind: str, name: str) -> str:
    """The same for the same record of the same store."""
    unique = sha256(f"{SOFTWARE} {kind} {name}".encode("utf-8", "replace")).hexdigest()
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, unique)}>"


def _remember(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= _WRITTEN:
        known.popitem(last=False)
    known[key] = value
