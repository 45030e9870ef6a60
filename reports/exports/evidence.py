"""A folder that proves one version to somebody who doesn't have this program: the bytes, what was sealed of them, and the way up.

Everything in it is text or the answer's own bytes; each step is a file whose SHA-256 stands in the next file of the way. So
``sha256sum`` and ``grep`` are enough; only time stamps need ``openssl`` too (reports/exports/stamped.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from reports.exports.stamped import about_stamps, seal_name, stamp_checks, stamp_files
from reports.instants import rfc3339_or_none
from reports.render.text import json_text, visible
from reports.whole import whole_folder
from storage.articles import decode_article
from storage.hashing import hashed_forms
from storage.leaves import hash_of
from storage.proofs import Fetched, Proof
from storage.records import Version


def write_evidence(proof: Proof, version: Version, folder: Path, made_at: datetime) -> list[str]:
    """Write the folder; the names of its files. It appears when it is whole. Raises OSError."""
    files = dict(_files(proof))
    files["version.json"] = _pretty(_summary(proof, version, made_at))
    steps = list(_steps(proof))
    files["check.sh"] = _script(steps, proof).encode()
    files["README.txt"] = _instructions(proof, version).encode()
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    with whole_folder(folder) as made:
        for name, data in files.items():
            with made.file(name) as out:
                out.write_bytes(data)
        (made.part / "check.sh").chmod(0o755)
    return sorted(files)


def _files(proof: Proof) -> Iterator[tuple[str, bytes]]:
    for place, fetched in (("after", proof.after), ("before", proof.before)):
        if fetched is not None:
            yield from _fetched_files(place, fetched)
    for number, text in enumerate(proof.chain, 1):
        yield _chain_name(number), text.encode()
    told = proof.told
    for place, path in (("path", proof.path), ("event-path", told.path if told else ())):
        for number, text in enumerate(path, 1):
            yield _path_name(place, number), text.encode()
    if told is not None:
        yield "event.json", told.leaf.encode()
    for number, text in proof.seals:
        yield seal_name(number), text.encode()
    yield from stamp_files(proof.stamps)


def _fetched_files(place: str, fetched: Fetched) -> Iterator[tuple[str, bytes]]:
    article = decode_article(fetched.article)
    text, content = hashed_forms(article)
    yield f"{place}/capture.json", fetched.leaf.encode()
    yield f"{place}/article.json", fetched.article
    yield f"{place}/content.json", content
    yield f"{place}/text.json", text
    paragraphs = [article.title or "", *(block.text for block in article.blocks)]
    yield f"{place}/text.txt", ("\n\n".join(visible(text) for text in paragraphs) + "\n").encode("utf-8", "replace")
    if fetched.answer_leaf is not None:
        yield f"{place}/answer.json", fetched.answer_leaf.encode()
    if fetched.body is not None:
        yield f"{place}/{_body_name(fetched)}", fetched.body


def _body_name(fetched: Fetched) -> str:
    """No name under which a click runs what the page holds: its scripts would run as files of whoever looks at it."""
    is_page = "html" in (fetched.media_type or "html")
    return "body.html.txt" if is_page else "body.bin"


def _chain_name(number: int) -> str:
    return f"chain/version-{number:04}.json"


def _path_name(place: str, number: int) -> str:
    return f"{place}/node-{number:02}.txt"


def _steps(proof: Proof) -> Iterator[tuple[str, str]]:
    """(file, file that quotes its hash): all that must hold."""
    last = _chain_name(len(proof.chain))
    yield from _fetched_steps("after", proof.after, last)
    for number in range(1, len(proof.chain)):
        yield _chain_name(number), _chain_name(number + 1)
    yield from _way_up(last, "path", len(proof.path), proof.seal_number)
    if proof.told is not None:
        yield from _way_up("event.json", "event-path", len(proof.told.path), proof.told.seal_number)
    numbers = [number for number, _ in proof.seals]
    for number, following in pairwise(numbers):
        yield seal_name(number), seal_name(following)
    if proof.before is not None:
        opener = _opener_of(proof)
        yield from _fetched_steps("before", proof.before, _chain_name(opener) if opener else None)


def _fetched_steps(place: str, fetched: Fetched, version: str | None) -> Iterator[tuple[str, str]]:
    yield f"{place}/article.json", f"{place}/capture.json"
    yield f"{place}/content.json", f"{place}/capture.json"
    if fetched.body is not None:
        yield f"{place}/{_body_name(fetched)}", f"{place}/answer.json"
        if fetched.is_whole:
            yield f"{place}/{_body_name(fetched)}", f"{place}/capture.json"
    if version is not None:
        yield f"{place}/capture.json", version
        if fetched.answer_leaf is not None:
            yield f"{place}/answer.json", version


def _opener_of(proof: Proof) -> int | None:
    """The number of the version that the capture before opened, where it is in the chain: one from the past may not be."""
    quoted = hash_of(proof.before.leaf).hex() if proof.before is not None else ""
    return next((number for number, text in enumerate(proof.chain, 1) if quoted in text), None)


def _way_up(leaf: str, place: str, nodes: int, seal_number: int) -> Iterator[tuple[str, str]]:
    names = [leaf, *(_path_name(place, number) for number in range(1, nodes + 1)), seal_name(seal_number)]
    yield from pairwise(names)


def _script(steps: list[tuple[str, str]], proof: Proof) -> str:
    checks = "\n".join(f"quoted {one} {other}" for one, other in steps)
    newest, text = proof.seals[-1]
    tools = "sha256sum and grep, its time stamps with openssl" if proof.stamps else "sha256sum and grep alone"
    return f"""#!/bin/sh
# Checks this folder with {tools}. README.txt says what it proves.
set -eu
cd "$(dirname "$0")"
sha256sum -c --quiet SHA256SUMS
quoted() {{
  sum=$(sha256sum "$1" | cut -d " " -f 1)
  grep -q "$sum" "$2" || {{ echo "BROKEN: $2 doesn't quote $1 ($sum)"; exit 1; }}
}}
{checks}
{stamp_checks(proof.stamps)}echo "All {len(steps)} steps hold. Seal {newest} is {hash_of(text).hex()}"
"""


def _summary(proof: Proof, version: Version, made_at: datetime) -> Mapping[str, Any]:
    newest, text = proof.seals[-1]
    return {
        "url": proof.told.url if proof.told else version.url,
        "version": version.number,
        "title": version.article.title,
        "captured_at": rfc3339_or_none(proof.after.captured_at),
        "seen_at": rfc3339_or_none(proof.told.seen_at) if proof.told else None,
        "not_before": rfc3339_or_none(proof.told.not_before) if proof.told else None,
        "last_seen_at": rfc3339_or_none(version.last_seen_at),
        "headers": json.loads(proof.after.headers or "{}"),
        "content_sha256": version.content_sha256,
        "text_sha256": version.text_sha256,
        "reader_version": version.reader_version,
        "seal": proof.seal_number,
        "newest_seal": newest,
        "newest_seal_sha256": hash_of(text).hex(),
        "stamps": [
            {"seal": each.seal_number, "authority": each.authority, "stamped_at": rfc3339_or_none(each.stamped_at)}
            for each in proof.stamps
        ],
        "made_at": rfc3339_or_none(made_at),
    }


def _pretty(values: Mapping[str, Any]) -> bytes:
    return f"{json_text(values)}\n".encode("utf-8", "replace")


def _instructions(proof: Proof, version: Version) -> str:
    newest, text = proof.seals[-1]
    url = visible(proof.told.url if proof.told else version.url)
    sections = [
        f"Evidence of version {version.number} of {url}\n\n{visible(version.article.title or '(no title)')}\n",
        _interval(proof),
        _CHECKING.format(newest=newest, hash=hash_of(text).hex()),
        _FILES.format(version=len(proof.chain), first=proof.seals[0][0], newest=newest),
        *about_stamps(proof.stamps),
        _PROVES,
    ]
    return "\n".join(sections)


def _interval(proof: Proof) -> str:
    captured, told = rfc3339_or_none(proof.after.captured_at) or "at a time that nobody noted", proof.told
    if told is None or told.not_before is None:
        return f"The capture in after/ was fetched {captured}. When the text appeared before that isn't known.\n"
    return (
        f"It was first seen {rfc3339_or_none(told.seen_at)}; at {rfc3339_or_none(told.not_before)} the page still\n"
        f"showed another text, or wasn't there. The change falls between the two. The capture in after/ was\n"
        f"fetched {captured}.\n"
    )


_CHECKING = """HOW TO CHECK IT

Run `sh check.sh`. It needs sha256sum and grep and reads no other file. It must end with

    Seal {newest} is {hash}

By hand: take the SHA-256 of a file (`sha256sum after/body.html.txt`) and look for it in the file that must quote it. The lines
`quoted A B` in check.sh list every such pair, from the bytes up to the newest seal.

Then ask whoever runs the tracker, or whoever noted it, which hash seal {newest} has. Only a hash that comes from elsewhere, or a
time stamp on it, shows that the whole store wasn't made anew.
"""

_FILES = """WHAT IS IN IT

after/    the capture that opened the version; before/ the one that opened the version before it
  body.html.txt  the bytes that the site sent        answer.json    its headers and type, as they were sealed
  capture.json   when and how it was fetched         article.json   what was read in it
  content.json   the canonical form: its SHA-256 is content_sha256     text.json   the same for text_sha256
  text.txt       the text for people
chain/    the page's versions 1 to {version}, each quoting the one before it
path/     from the version to the root that the seal quotes; event-path/ the same for event.json, what was reported
seals/    the seals {first} to {newest}, each quoting the one before it
version.json  in short: address, times, headers, hashes
"""

_PROVES = """WHAT IT PROVES

That these bytes, at this place in the page's history, are under the newest seal: nobody can alter one of them, or the time
that was noted with them, without giving that seal another hash. It doesn't prove that the clock of the machine was right,
nor that the site sent these bytes to anybody else.
"""
