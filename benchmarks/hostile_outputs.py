"""Every output that the program has, of one store: commands in a pipe and on a terminal, files, folders, messages.

``every`` names each with the judge that it goes to. The program runs in this process as a person calls it; an output of one page
is made for each page.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from benchmarks import live, live_files
from benchmarks.hostile_texts import TOKEN, Payload
from benchmarks.live import Found

_TOLD: Final = 12
"""So many faults of an output are told."""
WIDE: Final = "100000"
"""Columns of the terminal: nothing is folded, so that a line that begins with a payload's word was begun by it."""


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: bytes
    err: bytes


class _Stream(io.TextIOWrapper):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def written(self) -> bytes:
        self.flush()
        buffer: Any = self.buffer
        return bytes(buffer.getvalue())


class Program:
    """``csto-watch`` on one store; its files go into ``folder``."""

    def __init__(self, db: Path, folder: Path, payloads: Sequence[Payload]) -> None:
        self.db, self.folder, self.payloads = f"sqlite:///{db.as_posix()}", folder, payloads

    def run(self, *arguments: str, on_terminal: bool = False, db: str | None = None) -> Said:
        from watch import cli

        out, err = (_Stream(is_terminal=on_terminal) for _ in range(2))
        values = {"TERM": "xterm-256color", "COLUMNS": WIDE, "LINES": "50", "TZ": "UTC"}
        with _here(self.folder), patch.dict(os.environ, values), patch.multiple(sys, stdout=out, stderr=err):
            code = cli.run(["--db", db or self.db, *arguments])
        return Said(int(code), out.written(), err.written())


@contextmanager
def _here(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass(frozen=True, slots=True)
class Output:
    """``judged``: makes the output and gives what its judge says, piece by piece. ``commands``: that it covers."""

    name: str
    commands: tuple[str, ...]
    judged: Callable[[Program], Iterator[Found]]


def _command(*arguments: str, terminal: bool = False, judge: live.Judge | None = None) -> Output:
    """A command about the whole store."""
    how = "on a terminal" if terminal else "in a pipe"
    chosen = judge or (live.json_lines if "--json" in arguments else live.terminal if terminal else live.pipe)

    def judged(program: Program) -> Iterator[Found]:
        yield from _both(program.run(*arguments, on_terminal=terminal), chosen, arguments)

    return Output(f"{' '.join(arguments)} {how}", (arguments[0],), judged)


def _of_pages(*arguments: str, terminal: bool = False, judge: live.Judge | None = None) -> Output:
    """A command about one page, called for each; ``URL`` stands for its address."""
    how = "on a terminal" if terminal else "in a pipe"
    chosen = judge or (live.json_lines if "--json" in arguments else live.terminal if terminal else live.pipe)

    def judged(program: Program) -> Iterator[Found]:
        for url in addresses(program, is_edited=arguments[0] == "diff"):
            called = [url if each == "URL" else each for each in arguments]
            yield from _both(program.run(*called, on_terminal=terminal), chosen, called)

    return Output(f"{' '.join(arguments)} {how}", (arguments[0],), judged)


def _both(said: Said, judge: live.Judge, arguments: Sequence[str]) -> Iterator[Found]:
    """Stdout by its judge; stderr is for people whatever it says."""
    found = judge(said.out) if said.out else Found()
    found.check(said.code in {0, 12, 21}, f"exit {said.code} of {list(arguments)!r}: {said.err[-200:]!r}")
    yield found
    yield live.terminal(said.err)


def addresses(program: Program, *, is_edited: bool = False) -> list[str]:
    lines = program.run("pages", "--json").out.decode().splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["url"] for row in rows if row["versions"] > (1 if is_edited else 0)]


def _file(name: str, *arguments: str, judge: Callable[[Path], Found]) -> Output:
    """A command that writes a file or a folder; ``OUT`` stands for it."""

    def judged(program: Program) -> Iterator[Found]:
        path = program.folder / name
        called = [str(path) if each == "OUT" else each for each in arguments]
        yield from _both(program.run(*called), live.pipe, called)
        yield judge(path)
        manifest = path.with_name(f"{name}.manifest.json")
        if manifest.exists():
            yield live.pipe(manifest.read_bytes())

    return Output(" ".join(arguments), (arguments[0],), judged)


def _bytes(judge: live.Judge) -> Callable[[Path], Found]:
    return lambda path: judge(path.read_bytes())


def _parquet(path: Path) -> Found:
    """Typed cells, of which a text is a text; read back, it is what JSON says of the same version."""
    import pyarrow.parquet as pq

    rows = pq.read_table(path).to_pylist()
    found = Found("\n".join(text for row in rows for text in live.strings({key: row[key] for key in row})))
    for row in rows:
        found.check(isinstance(row["text"], str) and isinstance(row["url"], str), f"a row {row['url']!r}")
        found.check("\n".join(block["text"] for block in row["blocks"]) == row["text"], "blocks and text differ")
    return found


def _evidence(program: Program) -> Iterator[Found]:
    for number, url in enumerate(addresses(program)):
        folder = program.folder / f"pack-{number}"
        said = program.run("evidence", url, "--out", str(folder))
        yield from _both(said, live.pipe, ["evidence", url])
        if folder.exists():
            yield live_files.pack(folder)


def _reads(program: Program, *arguments: str, terminal: bool = False) -> Iterator[Found]:
    """``read`` of saved pages and texts, whose names are hostile too."""
    from benchmarks.hostile_store import page_bytes

    folder = program.folder / "pages"
    folder.mkdir(exist_ok=True)
    for payload in program.payloads:
        name = "".join("_" if letter in "/\0" else letter for letter in payload.text.translate(_SURROGATES))[:60]
        for ending, data in ((".html", page_bytes(payload)), (".txt", payload.at("b").encode("utf-8", "replace"))):
            file = folder / f"{payload.number}{name}{ending}"
            file.write_bytes(data)
            said = program.run("read", str(file), *arguments, on_terminal=terminal)
            judge = live.json_lines if arguments else live.terminal if terminal else live.pipe
            yield judge(said.out)
            yield live.terminal(said.err)


_SURROGATES: Final = dict.fromkeys(range(55296, 57344), "?")
_ASKED: Final = (
    ("show", "ASKED"),
    ("history", "--", "ASKED"),
    ("diff", "ASKED", "1", "2"),
    ("search", "--", "ASKED"),
    ("changes", "--since", "ASKED"),
    ("changes", "--kind", "ASKED"),
    ("changes", "ASKED"),
    ("ASKED",),
    ("read", "ASKED"),
    ("import", "ASKED"),
    ("evidence", "ASKED", "--out", "nowhere"),
    ("export", "--format", "jsonl", "--out", "no-folder/ASKED"),
    ("report", "--out", "no-folder/ASKED"),
    ("feed", "--out", "no-folder/ASKED", "--section", "ASKED"),
    ("stats", "--section", "ASKED"),
    ("--config", "ASKED", "status"),
)


def _from_shell(text: str) -> str:
    """An argument as Python gets it: bytes without NUL, of which those that are no UTF-8 come as lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")


def _errors(program: Program) -> Iterator[Found]:
    """What is wrong with an argument is said with the argument."""
    for payload in program.payloads:
        for order in _ASKED:
            called = [each.replace("ASKED", _from_shell(payload.at("z"))) for each in order]
            said = program.run(*called)
            found = live.pipe(said.err)
            # A payload may be an address to be read, at which nobody answers.
            is_unanswered = order[0] == "read" and b"can't be fetched" in said.err
            found.check(
                said.code not in {1, None} or is_unanswered, f"exit {said.code} of {called}: {said.err[-200:]!r}"
            )
            found.check(b"Traceback" not in said.err, f"a traceback of {called}")
            yield found
            yield live.pipe(said.out)


def _searches(program: Program) -> Iterator[Found]:
    for payload in program.payloads:
        for how in ((), ("--json",), ("--removed",)):
            said = program.run("search", *how, "--", f"zq{payload.number:03}p")
            yield (live.json_lines if how == ("--json",) else live.pipe)(said.out)
            yield live.pipe(said.err)


def _imports(program: Program) -> Iterator[Found]:
    """Saved pages with hostile names, each put into a store of their own: some can't be read, and are told with their names."""
    from benchmarks.hostile_store import page_bytes

    other = f"sqlite:///{(program.folder / 'imported.db').as_posix()}"
    manifest = program.folder / "list.jsonl"
    for payload in program.payloads:
        for how, html in ((("--json",), page_bytes(payload).decode()), ((), "<p>nothing to read</p>")):
            line = {"url": f"urn:capture:{payload.at('n')}", "html": html}
            manifest.write_text(json.dumps(line), encoding="utf-8")
            said = program.run("import", "--manifest", str(manifest), *how, db=other)
            if said.out:
                yield (live.json_lines if how else live.pipe)(said.out)
            yield live.pipe(said.err)
    for command in (("pages",), ("changes",), ("pages", "--json")):
        said = program.run(*command, db=other)
        yield (live.json_lines if "--json" in command else live.pipe)(said.out)


def _captured(program: Program) -> Iterator[Found]:
    """Each line of ``crawl -v``, and of a crawl's own log."""
    from storage.records import Outcome, RecordedCapture
    from watch.progress import Verbose

    for payload in program.payloads:
        err = _Stream(is_terminal=False)
        with patch.object(sys, "stderr", err):
            Verbose().captured(RecordedCapture(payload.number, payload.at("u"), Outcome.OK))
        found = live.pipe(err.written())
        found.check(len(err.written().splitlines()) == 1, f"more than a line: {err.written()[:90]!r}")
        yield found


def row(output: Output, program: Program) -> dict[str, Any]:
    """``payloads``: that were found in it; ``places``: by which they came."""
    all_of = Found()
    seen = set()
    try:
        for found in output.judged(program):
            seen |= {(int(number), place) for number, place in TOKEN.findall(found.text)}
            found.text = ""
            all_of.add(found)
    except Exception as error:  # noqa: BLE001 - what no reader takes is a fault of the output, and the others are still to be judged
        all_of.faults.append(f"can't be read: {error!r}")
    return {
        "payloads": len({number for number, _ in seen}),
        "places": "".join(sorted({place for _, place in seen})),
        "checks": all_of.checks,
        "live": len(all_of.faults),
        **({"faults": all_of.faults[:_TOLD]} if all_of.faults else {}),
    }


SAYS_NOTHING_OF_PAGES: Final = {
    "reread": "counts",
    "compact": "counts",
    "prune": "counts",
    "stamp": "a seal's number and hash, and the authority that the settings name",
    "backup": "counts",
    "copy-to": "counts",
    "demo": "the replica's texts, by commands that are looked through here",
    "config": "the settings",
}
"""Commands that aren't called here, and what they print."""


def every() -> tuple[Output, ...]:
    from benchmarks import hostile_messages

    lists = [("changes", "-v"), ("pages",), ("review",), ("status",), ("stats",), ("templates",), ("verify",)]
    whole = [_command(*each, terminal=terminal) for each in lists for terminal in (False, True)]
    whole += [_command(each[0], "--json") for each in lists if each[0] != "verify"]
    page = [("show", "URL"), ("show", "URL", "--version", "1"), ("history", "URL"), ("diff", "URL")]
    pages = [_of_pages(*each, terminal=terminal) for each in page for terminal in (False, True)]
    pages += [_of_pages(each, "URL", "--json") for each in ("show", "history")]
    pages += [
        _of_pages("diff", "URL", "--format", "unified"),
        _of_pages("diff", "URL", "--format", "json", judge=live.json_lines),
        _of_pages("diff", "URL", "--format", "html", judge=live.html),
        _of_pages("diff", "URL", "--format", "html", "--layout", "inline", judge=live.html),
    ]
    files = [
        _file("report.html", "report", "--out", "OUT", judge=_bytes(live.html)),
        _file("feed.xml", "feed", "--limit", "500", "--out", "OUT", judge=_bytes(live.feed)),
        _file("stats.svg", "stats", "--out", "OUT", judge=_bytes(live.picture)),
        _file("out.csv", "export", "--format", "csv", "--scope", "history", "--out", "OUT", judge=_bytes(live.table)),
        _file(
            "out.jsonl",
            "export",
            "--format",
            "jsonl",
            "--scope",
            "history",
            "--out",
            "OUT",
            judge=_bytes(live.json_lines),
        ),
        _file(
            "store.jsonl",
            "export",
            "--format",
            "jsonl",
            "--scope",
            "store",
            "--out",
            "OUT",
            judge=_bytes(live.json_lines),
        ),
        _file("out.parquet", "export", "--format", "parquet", "--scope", "history", "--out", "OUT", judge=_parquet),
        _file("out.warc.gz", "export", "--format", "warc", "--out", "OUT", judge=live_files.warc),
        _file("git", "export", "--format", "git", "--out", "OUT", judge=live_files.repository),
        _file("site", "export", "--format", "site", "--out", "OUT", judge=live_files.site),
    ]
    others = [
        Output("search", ("search",), _searches),
        Output("evidence", ("evidence",), _evidence),
        Output("read in a pipe", ("read",), _reads),
        Output("read on a terminal", ("read",), lambda program: _reads(program, terminal=True)),
        Output("read --json", ("read",), lambda program: _reads(program, "--json")),
        Output("import", ("import",), _imports),
        Output("errors", (), _errors),
        Output("crawl -v", ("crawl",), _captured),
    ]
    return (*whole, *pages, *files, *others, *hostile_messages.outputs())
