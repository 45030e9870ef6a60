"""CSV (RFC 4180, UTF-8 with a mark for Excel), safe to open in a spreadsheet. Lossy: JSON Lines is the exact form."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from reports.exports.manifests import Origin, Tally, exported
from reports.exports.snapshots import Snapshot, counted
from reports.instants import rfc3339_or_none
from reports.render.text import visible

COLUMNS: Final = (
    "url",
    "version",
    "state",
    "title",
    "published",
    "language",
    "first_seen_at",
    "last_seen_at",
    "captures",
    "text",
    "links",
    "media",
    "content_sha256",
    "text_sha256",
    "reader_version",
    "technical",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_BEHIND_A_SEMICOLON: Final = re.compile("(;[\\s\"']*)(?=[=+\\-@＝＋－＠])")
_MARK: Final = "\ufeff"


def safe_cell(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula (OWASP, CSV injection; CWE-1236), without control characters.

    A formula may hide behind white space or a quote at the start of a cell, or after a line end or a semicolon, where a program
    splits cells: with a comma as decimal sign, as in most of Europe, spreadsheets part them with semicolons.
    """
    lines = visible(text, lines=True).replace("\t", " ").split("\n")
    lines = [_BEHIND_A_SEMICOLON.sub(r"\1'", line) for line in lines]
    return "\n".join(f"'{line}" if line.lstrip(" \u00a0\u3000\"'").startswith(_FORMULA) else line for line in lines)


def csv_row(snapshot: Snapshot) -> list[str]:
    version = snapshot.version
    article = version.article
    cells: list[str | int | bool | None] = [
        version.url,
        version.number,
        snapshot.state.value,
        article.title,
        article.published.isoformat() if article.published else None,
        article.language,
        rfc3339_or_none(version.first_seen_at),
        rfc3339_or_none(version.last_seen_at),
        version.captures,
        "\n".join(block.text for block in article.blocks),
        "\n".join(f"{link.href} {link.text}" for link in article.links),
        "\n".join(f"{media.src} {media.alt}" for media in article.media),
        version.content_sha256,
        version.text_sha256,
        version.reader_version,
        version.technical,
    ]
    return ["" if cell is None else safe_cell(str(cell)) for cell in cells]


def export_csv(
    snapshots: Iterable[Snapshot], path: Path, origin: Origin | None = None, tally: Tally | None = None
) -> Tally:
    tally = tally or Tally()
    with exported(path, "csv", origin or Origin(), tally) as out:
        out.write(_MARK)
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(csv_row(snapshot) for snapshot in counted(snapshots, tally))
    return tally
