"""Judges of files and messages: WARC, git, folders, mails and webhooks; beside those of benchmarks/live.py."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from benchmarks.live import Found, html, json_lines, named, pipe, strings

# --- folders -------------------------------------------------------------------------------------------------------------
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\.[a-z0-9]{1,8}){0,3}")
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def paths(folder: Path) -> Found:
    """Each name is letters, figures and hyphens, no device of Windows, no link, and nothing is outside of the folder."""
    found, home = Found(), folder.resolve()
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*folders, *files):
            path = Path(place, name)
            mode = path.lstat().st_mode
            found.check(
                name == ".gitattributes" or (_NAME.fullmatch(name) and not _DEVICE.fullmatch(name)), f"a name {name!r}"
            )
            found.check(stat.S_ISREG(mode) or stat.S_ISDIR(mode), f"{name!r} is neither file nor folder")
            found.check(path.resolve().is_relative_to(home), f"{name!r} leads to {path.resolve()}")
            found.check(len(os.fsencode(name)) <= 120, f"a name of {len(os.fsencode(name))} bytes")
    return found


def site(folder: Path) -> Found:
    found = paths(folder)
    for file in sorted(folder.rglob("*.html")):
        found.add(html(file.read_bytes()))
    return found


_PACK: Final = re.compile(
    r"(?:after|before)/(?:capture|article|content|text|answer)\.json|(?:after|before)/text\.txt|"
    r"(?:after|before)/body\.(?:html\.txt|bin)|chain/version-\d+\.json|(?:event-)?path/node-\d+\.txt|event\.json|"
    r"seals/seal-\d+\.txt|version\.json|check\.sh|README\.txt|SHA256SUMS"
)


def pack(folder: Path) -> Found:
    """An evidence folder: no file of it is opened as a web page, what people read is harmless, and the check passes."""
    found = paths(folder)
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = file.relative_to(folder).as_posix()
        found.check(_PACK.fullmatch(name), f"a file {name}")
        found.check(file.suffix not in {".html", ".htm", ".svg", ".xml", ".xhtml"}, f"{name} opens as a web page")
        if file.suffix == ".json":
            found.text += "\n".join(strings(json.loads(file.read_bytes())))
        if name in {"README.txt", "check.sh", "SHA256SUMS", "after/text.txt", "before/text.txt", "version.json"}:
            found.add(pipe(file.read_bytes()))
    done = subprocess.run(["sh", "check.sh"], cwd=folder, capture_output=True, check=False)
    found.check(done.returncode == 0, f"check.sh: {done.stderr[:200]!r}")
    return found


# --- WARC -----------------------------------------------------------------------------------------------------------------
_TYPES: Final = frozenset({"warcinfo", "response", "request", "resource", "revisit", "metadata", "conversion"})
_OWN: Final = frozenset(
    f"CSTO-Watch-{name}" for name in ("Outcome", "Reason", "Reader", "Article", "Moved-To", "Status")
)
_STANDARD: Final = named(
    "WARC-Type WARC-Record-ID WARC-Date WARC-Target-URI WARC-Payload-Digest WARC-Block-Digest WARC-Profile "
    "WARC-Refers-To WARC-Refers-To-Target-URI WARC-Refers-To-Date WARC-Concurrent-To WARC-Truncated "
    "Content-Type Content-Length"
)
_SENT: Final = frozenset({"ETag", "Last-Modified", "Content-Type", "Content-Length", "Host"})


def warc(path: Path) -> Found:
    """``warcio check`` passes it, and it has only our fields, only headers that were sent, each once."""
    from warcio.archiveiterator import ArchiveIterator

    found = Found()
    tool = Path(sys.executable).with_name("warcio")
    done = subprocess.run([str(tool), "check", str(path)], capture_output=True, check=False)
    found.check(done.returncode == 0, f"warcio check: {done.stdout[-300:]!r}")
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            head = record.rec_headers.headers
            found.check(record.rec_type in _TYPES, f"a record {record.rec_type!r}")
            _once(found, head, _STANDARD | _OWN, "field")
            target = record.rec_headers.get_header("WARC-Target-URI") or "urn:"
            found.check(not re.search(r"[\x00-\x20\x7f<>\"]", target), f"an address {target[:90]!r}")
            for name, value in head:
                found.check(not re.search(r"[\x00-\x1f\x7f]", value), f"{name}: {value[:80]!r}")
                found.text += f"\n{value}"
            if record.http_headers is not None:
                found.text += "\n" + "\n".join(value for _, value in record.http_headers.headers)
                _once(found, record.http_headers.headers, _SENT, "header")
                found.check(
                    record.http_headers.statusline[:4] in {"200 ", "500 ", "301 ", "410 ", "GET "}
                    or record.rec_type == "request",
                    f"a status {record.http_headers.statusline!r}",
                )
            body = record.content_stream().read()
            if record.rec_type in {"response", "conversion", "resource"}:
                found.text += f"\n{body.decode('utf-8', 'replace')}"
    return found


def _once(found: Found, headers: list[tuple[str, str]], known: frozenset[str], what: str) -> None:
    for name, count in Counter(name for name, _ in headers).items():
        found.check(name in known or name.lower() in {each.lower() for each in known}, f"a {what} {name!r}")
        found.check(count == 1, f"the {what} {name!r} {count} times")


# --- git ------------------------------------------------------------------------------------------------------------------
_TRAILERS: Final = named(
    "Form Event Event-Id Significance Reasons Url Seen-At "
    "Not-Before Version Version-Id Article Content-SHA256 Reader-Version"
)
_CALM: Final = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8"}


def repository(folder: Path) -> Found:
    """As git itself understands it: objects, trailers, names, authors, and a work tree checked out of it."""
    found = Found()
    found.check(_git(folder, "fsck", "--strict", "--full")[0] == 0, "git fsck --strict")
    commits = _git(folder, "log", "--format=%H", "--all")[1].decode().split()
    # One call for all of them: the separator can stand in no message, since a NUL can't.
    log = _git(folder, "log", "--all", "-z", "--format=%an%x01%ae%x01%cn%x01%ce%x01%B%x01%(trailers:only,unfold)")[
        1
    ].decode()
    for shown in filter(None, log.split("\0")):
        author, mail, committer, other, message, trailers = shown.split("\x01")
        found.check((author, committer, mail) == ("csto-watch", "csto-watch", other), f"an author {author} {mail}")
        keys = Counter(line.partition(":")[0] for line in trailers.splitlines() if line)
        found.check(set(keys) <= _TRAILERS, f"trailers {sorted(set(keys) - _TRAILERS)}")
        found.check(all(count == 1 for count in keys.values()), f"trailers {keys}")
        found.add(pipe(message.encode()))
    for commit in commits[:: max(1, len(commits) // 40)]:
        _judge_trailers(found, folder, commit)
    _judge_tree(found, folder)
    return found


def _judge_trailers(found: Found, folder: Path, commit: str) -> None:
    """By the program itself, which has rules of its own, such as a line of three hyphens."""
    message = _git(folder, "log", "-1", "--format=%B", commit)[1]
    parsed = _git(folder, "interpret-trailers", "--parse", given=message)[1].decode()
    keys = [line.partition(":")[0] for line in parsed.splitlines()]
    found.check(keys and set(keys) <= _TRAILERS and len(keys) == len(set(keys)), f"interpret-trailers: {keys}")


def _judge_tree(found: Found, folder: Path) -> None:
    listed = _git(folder, "ls-tree", "-r", "-z", "HEAD")[1].decode("utf-8", "replace")
    for entry in filter(None, listed.split("\0")):
        about, _, name = entry.partition("\t")
        found.check(about.startswith("100644 blob"), f"{name!r} is {about[:12]}")
        found.check(
            name == ".gitattributes"
            or re.fullmatch(r"(?:[a-z0-9][a-z0-9-]{0,99}/){0,8}[a-zA-Z0-9][a-z0-9A-Z-]{0,99}\.(?:txt|md)", name),
            f"a path {name!r}",
        )
    found.check(
        _git(folder, "for-each-ref", "--format=%(refname)")[1].decode().split() == ["refs/heads/main"], "other branches"
    )
    tree = folder.with_name(f"{folder.name}-tree")
    found.check(_git(folder.parent, "clone", "--quiet", str(folder), str(tree))[0] == 0, "git clone")
    found.add(paths(tree))
    for file in sorted(tree.rglob("*.txt")):
        found.add(pipe(file.read_bytes()))


def _git(folder: Path, *arguments: str, given: bytes | None = None) -> tuple[int, bytes]:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **_CALM}, input=given, capture_output=True, check=False
    )
    return done.returncode, done.stdout


# --- messages --------------------------------------------------------------------------------------------------------------
_MAIL: Final = named(
    "content-type mime-version content-transfer-encoding subject from to date message-id x-application reply-to"
)
_CALLS: Final = re.compile(r"@(?:everyone|channel|here)\b|<!channel>|<@\w+>|<https?://[^|>]*\|")
_LINKED: Final = re.compile(r"\]\(|!\[")


def mail(data: bytes) -> Found:
    """Exactly our headers, each once, and one part of plain text."""
    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    found = pipe(text.replace("\r\n", "\n").replace("\u2060", "").encode("utf-8", "surrogateescape"))
    names = Counter(name.lower() for name in message)
    found.check(set(names) <= _MAIL, f"headers {sorted(set(names) - _MAIL)}")
    found.check(all(count == 1 for count in names.values()), f"headers {names}")
    found.check(not message.defects, f"{message.defects}")
    subject = str(message["Subject"]).replace("\u2060", "")
    found.check("\n" not in subject and "\r" not in subject, f"a subject {subject!r}")
    found.add(pipe(subject.encode()))
    for part in message.walk():
        kind = part.get_content_type()
        found.check(kind in {"text/plain", "text/html", "multipart/alternative"}, f"a part of {kind}")
        if kind == "text/html":
            found.add(html(str(part.get_content()).encode(), is_whole=False))
    return found


def hook(data: bytes) -> Found:
    """JSON whose title and message, which a chat may show, call nobody and hold no link of a page's making."""
    found = json_lines(data)
    told = json.loads(data)
    for name in ("title", "message", "text"):
        text = str(told.get(name, "")).replace("\r\n", "\n")
        found.check(not _CALLS.search(text), f"calls somebody: {text[:90]!r}")
        found.check(not _LINKED.search(text), f"a link or picture of Markdown: {text[:90]!r}")
        found.add(pipe(text.replace("\u2060", "").encode("utf-8", "surrogatepass")))
    return found
