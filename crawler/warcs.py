"""WARC files (ISO 28500) record by record, whichever tool wrote them: each one whole, and its digests proven. Needs warcio.

Nothing here knows of captures. A damaged record ends the reading: nobody can tell where the next one begins.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import unquote

import brotli

from crawler.errors import UsageError
from crawler.pages.urls import CAPTURE_PREFIX

ENDINGS: Final = (".warc", ".warc.gz")
MAX_BYTES: Final = 64 * 1024 * 1024
_PIECE: Final = 64 * 1024
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z?)?)?)?")
_CODINGS: Final = ("", "identity", "gzip", "x-gzip", "deflate", "br")


class WarcMissing(UsageError):
    def __init__(self) -> None:
        super().__init__("WARC files need warcio: pip install 'csto-watch[warc]'")


class DamagedWarc(UsageError):
    """A record that can't be read, or isn't what it says. ``where`` names the file and where the record begins in it."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


class Unusable(Exception):
    """A whole record that no capture can be made of; says why in a few words."""


@dataclass(frozen=True, slots=True)
class Place:
    file: Path
    offset: int

    def __str__(self) -> str:
        return f"{self.file}, offset {self.offset}"


@dataclass(frozen=True, slots=True)
class Record:
    """``fields`` by their names in lower case. ``block`` is None where it is larger than can be taken."""

    place: Place
    kind: str
    url: str
    fields: Mapping[str, str]
    block: bytes | None

    def said(self, name: str) -> str:
        return self.fields.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Message:
    """An answer. ``raw`` as it was transferred, ``body`` with all codings taken off; ``headers`` in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    body: bytes = b""


def is_warc(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS)


def records(path: Path) -> Iterator[Record]:
    """Every record, in order. DamagedWarc at the first one that isn't whole; OSError."""
    with path.open("rb") as file:
        iterator = _iterator(file)
        while True:
            place = Place(path, iterator.offset)
            found = _read(iterator, place)
            if found is None:
                return
            yield found


def record_at(place: Place) -> Record:
    """A record that was met before."""
    with place.file.open("rb") as file:
        file.seek(place.offset)
        found = _read(_iterator(file), place)
    if found is None:
        raise DamagedWarc(str(place), "the record is gone: the file was altered while it was read")
    return found


def _iterator(file: IO[bytes]) -> Any:
    try:
        from warcio.archiveiterator import WARCIterator  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise WarcMissing from error
    return WARCIterator(file, no_record_parse=True)


def _read(iterator: Any, place: Place) -> Record | None:
    try:
        # warcio says on stderr what it thinks of a record; it is said once, with the record's place.
        with redirect_stderr(StringIO()):
            found = next(iterator, None)
            if found is None:
                _check_end(iterator, place)
                return None
            record = _record(found, place)
            iterator.read_to_end()
    except (DamagedWarc, OSError):
        raise
    except Exception as error:
        raise DamagedWarc(str(place), f"the record can't be read: {_first_line(error)}") from error
    if iterator.err_count:
        raise DamagedWarc(str(place), "the record is damaged: it doesn't end where it says")
    return record


def _check_end(iterator: Any, place: Place) -> None:
    if place.offset == 0:
        raise DamagedWarc(str(place), "there is no record in it")
    if iterator.fh.seek(0, 2) > place.offset:
        raise DamagedWarc(str(place), "the record is cut")


def _record(found: Any, place: Place) -> Record:
    fields = {name.lower(): value for name, value in found.rec_headers.headers}
    kind, length = fields.get("warc-type", ""), fields.get("content-length", "")
    if not kind or not length.isdecimal():
        raise DamagedWarc(str(place), "the record is damaged: its head lacks WARC-Type or Content-Length")
    if int(length) > MAX_BYTES:
        block = None
    else:
        block = _all_of(found.raw_stream)
        if len(block) != int(length):
            raise DamagedWarc(str(place), f"the record is cut: {len(block)} of {length} bytes")
        _prove(fields.get("warc-block-digest", ""), (block,), place, "block")
    return Record(place, kind, address_of(fields.get("warc-target-uri", "")), fields, block)


def address_of(field: str) -> str:
    """The address that a field of a record means: the name of an imported file stands there percent-encoded."""
    return unquote(field) if field.startswith(CAPTURE_PREFIX) else field


def _all_of(stream: Any, limit: int | None = None) -> bytes:
    pieces, size = [], 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if limit is not None and size > limit:
            raise Unusable(f"larger than {limit} bytes once it is unpacked")
    return b"".join(pieces)


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].removeprefix("ERROR: ")


# --- what is in a record --------------------------------------------------------------------------------------------
def message_of(record: Record) -> Message:
    """The answer in a `response`, its digest proven. Unusable, DamagedWarc."""
    if record.block is None:
        raise Unusable(f"larger than {MAX_BYTES} bytes")
    status, headers, raw = _parsed(record)
    body = _decoded(headers, raw)
    # The standard leaves open of which bytes: wget takes what was transferred, others what was in it.
    _prove(
        record.said("WARC-Payload-Digest"), (raw, body, _decoded(headers, raw, whole=False)), record.place, "payload"
    )
    return Message(status, headers, raw, body)


def head_of(record: Record) -> Message | None:
    """Status and headers of a `revisit` that has them."""
    if not record.block:
        return None
    status, headers, _ = _parsed(record)
    return Message(status, headers)


def payload_of(record: Record) -> bytes:
    """The bytes of a record that is no answer of HTTP."""
    if record.block is None:
        raise Unusable(f"larger than {MAX_BYTES} bytes")
    _prove(record.said("WARC-Payload-Digest"), (record.block,), record.place, "payload")
    return record.block


def date_of(record: Record) -> datetime:
    """WARC-Date, down to the microsecond. Unusable where it is none."""
    match = _DATE.fullmatch(record.said("WARC-Date"))
    if match is None:
        raise Unusable("without a date that can be read")
    year, month, day, hour, minute, second = (
        part or low for part, low in zip(match.groups()[:6], ("1", "1", "1", "0", "0", "0"), strict=True)
    )
    micro = (match[7] or "0").ljust(6, "0")[:6]
    try:
        return datetime(*map(int, (year, month, day, hour, minute, second, micro)), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        raise Unusable("without a date that can be read") from None


def _parsed(record: Record) -> tuple[int, dict[str, str], bytes]:
    from warcio.statusandheaders import StatusAndHeadersParser  # noqa: PLC0415

    stream = BytesIO(record.block or b"")
    try:
        found = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
        status = int(found.get_statuscode())
    except (EOFError, ValueError):
        raise Unusable("no answer of HTTP in it") from None
    headers: dict[str, str] = {}
    for name, value in found.headers:
        headers.setdefault(name.lower(), value)
    return status, headers, stream.read()


def _decoded(headers: Mapping[str, str], raw: bytes, *, whole: bool = True) -> bytes:
    """``raw`` without the coding of the transfer, and (``whole``) without that of the content."""
    from warcio.bufferedreaders import BufferedReader, ChunkedDataReader  # noqa: PLC0415

    coding = headers.get("content-encoding", "").strip().lower() if whole else ""
    if coding not in _CODINGS:
        raise Unusable(f"in a coding that isn't understood ({coding[:40]})")
    kind = {"": None, "identity": None, "x-gzip": "gzip"}.get(coding, coding)
    is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    if not is_chunked and kind is None:
        return raw
    # warcio 1.8 can't use the brotli that is safe from bombs.
    by_warcio = None if kind == "br" else kind
    reader = (ChunkedDataReader if is_chunked else BufferedReader)(BytesIO(raw), decomp_type=by_warcio)
    with redirect_stderr(StringIO()):
        data = _all_of(reader, MAX_BYTES)
    return _without_brotli(data) if kind == "br" else data


def _without_brotli(data: bytes) -> bytes:
    """Bytes that are no brotli stay as they are: some tools name a coding that they have taken off."""
    decoder, pieces, size = brotli.Decompressor(), [], 0
    try:
        piece = decoder.process(data, output_buffer_limit=_PIECE)
        while piece or not decoder.can_accept_more_data():
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise Unusable(f"larger than {MAX_BYTES} bytes once it is unpacked")
            piece = decoder.process(b"", output_buffer_limit=_PIECE)
    except brotli.error:
        return b"".join(pieces) or data
    return b"".join(pieces)


def _prove(digest: str, candidates: tuple[bytes, ...], place: Place, what: str) -> None:
    """Where the record names a digest that this program can take."""
    algorithm, _, value = digest.strip().partition(":")
    name = algorithm.lower().replace("-", "")
    if not value or name not in hashlib.algorithms_available or name.startswith("shake"):
        return
    if not any(
        _is(value, hashlib.new(name, data, usedforsecurity=False).digest()) for data in dict.fromkeys(candidates)
    ):
        raise DamagedWarc(str(place), f"the record was altered: its {what} hasn't the digest that it names")


def _is(value: str, digest: bytes) -> bool:
    """In base 32, base 16 or base 64: RFC 4648 and the standard leave it open."""
    if len(value) == len(digest) * 2:
        return value.lower() == digest.hex()
    plain = value.rstrip("=")
    if plain.upper() == base64.b32encode(digest).decode().rstrip("="):
        return True
    try:
        return (
            base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_" if set("-_") & set(plain) else None)
            == digest
        )
    except (ValueError, binascii.Error):
        return False
