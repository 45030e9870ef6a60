"""Parquet, typed: dates are dates, instants are instants in UTC, blocks, links and media lists of structs. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reports.exports.manifests import Origin, Tally, exported
from reports.exports.snapshots import Snapshot, counted
from reports.flags import flags_of
from storage.pieces import chunks

if TYPE_CHECKING:
    from reports.whole import Counted

ROWS_AT_ONCE: Final = 500
"""Of a row group: a column of so many articles is in memory while it is written."""


class ParquetMissing(Exception):
    """pyarrow isn't installed."""

    exit_code = 2

    def __init__(self) -> None:
        super().__init__("--format parquet needs pyarrow: pip install 'csto-watch[parquet]'")


def export_parquet(
    snapshots: Iterable[Snapshot], path: Path, origin: Origin | None = None, tally: Tally | None = None
) -> Tally:
    """As the other exports of versions. Raises ParquetMissing."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and half a second
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise ParquetMissing from error
    tally, schema = tally or Tally(), _schema(pa)
    pool = pa.system_memory_pool()
    with exported(path, "parquet", origin or Origin(), tally) as out:
        sink = pa.PythonFile(_Sink(out), mode="w")
        with pq.ParquetWriter(sink, schema, compression="zstd", memory_pool=pool) as writer:
            for rows in chunks(map(parquet_row, counted(snapshots, tally)), ROWS_AT_ONCE):
                writer.write_table(pa.Table.from_pylist(list(rows), schema=schema))
                pool.release_unused()
    return tally


def _schema(pa: Any) -> Any:
    """Field by field, and never guessed from the first rows."""
    text, instant = pa.string(), pa.timestamp("us", tz="UTC")

    def struct(*names: str) -> Any:
        return pa.list_(pa.struct([(name, text) for name in names]))

    required = {"url", "version", "state", "captures", "technical", "content_sha256", "text_sha256", "reader_version"}
    columns = {
        "url": text,
        "version": pa.int32(),
        "state": text,
        "title": text,
        "published": pa.date32(),
        "language": text,
        "first_seen_at": instant,
        "last_seen_at": instant,
        "captures": pa.int32(),
        "text": text,
        "blocks": struct("kind", "text"),
        "links": struct("href", "text"),
        "media": struct("src", "alt"),
        "files": struct("href", "sha256"),
        "flags": pa.list_(text),
        "unknown": pa.list_(text),
        "content_sha256": text,
        "text_sha256": text,
        "reader_version": text,
        "technical": pa.bool_(),
    }
    return pa.schema([pa.field(name, type_, nullable=name not in required) for name, type_ in columns.items()])


def parquet_row(snapshot: Snapshot) -> dict[str, Any]:
    version = snapshot.version
    article = version.article
    return {
        "url": _utf8(version.url),
        "version": version.number,
        "state": snapshot.state.value,
        "title": _utf8_or_none(article.title),
        "published": article.published,
        "language": _utf8_or_none(article.language),
        "first_seen_at": version.first_seen_at,
        "last_seen_at": version.last_seen_at,
        "captures": version.captures,
        "text": _utf8("\n".join(block.text for block in article.blocks)),
        "blocks": [{"kind": block.kind.value, "text": _utf8(block.text)} for block in article.blocks],
        "links": [{"href": _utf8(link.href), "text": _utf8(link.text)} for link in article.links],
        "media": [{"src": _utf8(media.src), "alt": _utf8(media.alt)} for media in article.media],
        "files": [{"href": _utf8(file.href), "sha256": file.sha256} for file in article.files],
        "flags": list(flags_of(article, version.first_seen_at)),
        "unknown": sorted(article.unknown),
        "content_sha256": version.content_sha256,
        "text_sha256": version.text_sha256,
        "reader_version": version.reader_version,
        "technical": version.technical,
    }


def _utf8(text: str) -> str:
    """A lone surrogate, which no UTF-8 holds, as a question mark: as in the other files."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _utf8_or_none(text: str | None) -> str | None:
    return None if text is None else _utf8(text)


class _Sink:
    """What pyarrow asks of a file that it writes to."""

    closed = False

    def __init__(self, out: Counted) -> None:
        self._out = out

    def write(self, data: Any) -> int:
        return self._out.write_bytes(bytes(data))

    def tell(self) -> int:
        return self._out.bytes

    def flush(self) -> None:
        """The file is brought to the disk as a whole."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
