"""Notices as they leave: to a loopback server of mail, to webhooks, to a chat; and as ``notify --dry-run`` shows them."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from urllib.parse import parse_qs

from lxml import etree

from benchmarks import live, live_files
from benchmarks.live import Found

if TYPE_CHECKING:
    from benchmarks.hostile_outputs import Output, Program
    from reports.notices.posting import Post

_RULES: Final = """
[[notices]]
name = "hook"
to = ["json://127.0.0.1:{http}/json", "xml://127.0.0.1:{http}/xml", "form://127.0.0.1:{http}/form", "mmost://127.0.0.1:{http}/token"]

[[notices]]
name = "mail"
to = ["mailto://127.0.0.1:{mail}/?mode=insecure&from=watch@example.org&to=press@example.org"]
"""


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs that sends one message."""

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                self.server.got.append(("mail", {}, self._message()))  # type: ignore[attr-defined]
            elif word == b"QUIT":
                self._say("221 bye")
                return
            elif word in {b"RCPT", b"MAIL"}:
                self.server.got.append(("envelope", {}, line))  # type: ignore[attr-defined]
            self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextmanager
def _receivers() -> Iterator[tuple[Any, Any]]:
    servers: list[Any] = [HTTPServer(("127.0.0.1", 0), _Hook), _MailServer(("127.0.0.1", 0), _Mail)]
    for server in servers:
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield servers[0], servers[1]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def outputs() -> tuple[Output, ...]:
    from benchmarks.hostile_outputs import Output

    return (
        # First what is only shown: once it was sent, nothing waits any more.
        Output("notify --dry-run in a pipe", ("notify",), _dry_run),
        Output("notify --dry-run --json", ("notify",), lambda program: _dry_run(program, "--json")),
        Output("notify", ("notify",), _notify),
        Output("notices of each event", ("notify",), _singly),
    )


def _settings(program: Program, http: int, mail: int) -> str:
    file = program.folder / "notices.toml"
    file.write_text(_RULES.format(http=http, mail=mail), encoding="utf-8")
    return str(file)


def _dry_run(program: Program, *how: str) -> Iterator[Found]:
    said = program.run("--config", _settings(program, 9, 9), "notify", "--dry-run", *how)
    judge = live.json_lines if how else live.pipe
    yield judge(said.out.replace("\u2060".encode(), b""))
    yield live.pipe(said.err)


def _notify(program: Program) -> Iterator[Found]:
    """What waits, as the command sends it: many events in one."""
    with _receivers() as (http, mail):
        settings = _settings(program, http.server_address[1], mail.server_address[1])
        with _at_once(_posts(settings)):
            said = program.run("--config", settings, "notify")
        found = live.pipe(said.out + said.err)
        found.check(said.code == 0, f"exit {said.code}: {said.err!r}")
        yield found
        yield from _received(http.got, mail.got)


def _singly(program: Program) -> Iterator[Found]:
    """Each event in a notice of its own."""
    from reports.entries import fold
    from reports.notices.wording import Notice, worded
    from watch.judging import judged_events
    from watch.store import reading

    with _receivers() as (http, mail):
        settings = _settings(program, http.server_address[1], mail.server_address[1])
        posts = _posts(settings)
        with reading(program.db) as engine:
            events = [item for item, _ in judged_events(engine)]
        with _at_once(posts):
            for number, item in enumerate(events):
                for post in posts:
                    post.send(worded(Notice(str(number), "hook", "single", fold([item]), {}), post.longest))
        yield from _received(http.got, mail.got)


def _posts(settings: str) -> list[Post]:
    from pathlib import Path

    from reports.notices.posting import posts_of
    from storage import configuration

    rules = configuration.load({"CSTO_WATCH_CONFIG": settings}, Path()).notices
    return [post for rule in rules for post in posts_of(rule, {}, "-").values()]


@contextmanager
def _at_once(posts: list[Post]) -> Iterator[None]:
    """A server of mail on the net would take it ill to get a letter right behind another; this one doesn't."""
    with ExitStack() as stack:
        for post in posts:
            stack.enter_context(patch.object(type(post._plugin), "request_rate_per_sec", 0))
        yield


def _received(hooks: list[Any], mails: list[Any]) -> Iterator[Found]:
    for path, headers, body in hooks:
        found = _HOOKS[path.split("/")[1]](body)
        found.check(not [name for name in headers if "forged" in name.lower()], f"headers {headers}")
        yield found
    for kind, _, data in mails:
        if kind == "mail":
            yield live_files.mail(data)
        else:
            found = Found()
            found.check(b"@example.org" in data and b"victim" not in data, f"an envelope {data!r}")
            yield found


def _xml(data: bytes) -> Found:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    found = live.pipe("\n".join(root.itertext()).replace("\u2060", "").encode())
    names = {etree.QName(each).localname for each in root.iter()}
    found.check(not [name for name in names if "forged" in name or name == "script"], f"elements {names}")
    return found


def _form(data: bytes) -> Found:
    fields = parse_qs(data.decode(), keep_blank_values=True)
    text = "\n".join(text for each in fields.values() for text in each)
    found = live.pipe(text.replace("\u2060", "").replace("\r\n", "\n").encode())
    found.check(set(fields) <= {"version", "title", "message", "type", "id"}, f"fields {sorted(fields)}")
    return found


_HOOKS: Final = {"json": live_files.hook, "xml": _xml, "form": _form, "hooks": live_files.hook}
