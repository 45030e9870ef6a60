"""Controls of the safe output: what is written without the step that makes it safe. Each must be found by its judge."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from jinja2 import Environment

from benchmarks import live, live_files
from benchmarks.hostile_outputs import Program, every, row
from benchmarks.hostile_store import make_hostile
from benchmarks.hostile_texts import PAYLOADS

_ROOMS: Final = ("reports", "watch", "crawler")
_PAGE: Final = (
    "<!doctype html><meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'\"><meta charset=utf-8><title>x</title><p>"
)
_FEED: Final = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><id>tag:x</id><updated>2026-01-01T00:00:00Z</updated>'
)
RAW: Final[dict[str, tuple[live.Judge, str]]] = {
    "an escape in a pipe": (live.pipe, "one\x1b[31mtwo"),
    "a C1 control": (live.pipe, "one\x9b2Jtwo"),
    "a carriage return": (live.pipe, "one\rtwo"),
    "bidi": (live.pipe, "one\u202etwo"),
    "a forged line": (live.pipe, "one\nforged: two"),
    "an escape that isn't ours on a terminal": (live.terminal, "one\x1b[5mtwo"),
    "the clipboard on a terminal": (live.terminal, "one\x1b]52;c;ZXZpbA==\x07two"),
    "broken JSON": (live.json_lines, '{"title": "one" forged"}'),
    "a raw control in JSON": (live.json_lines, '{"title": "one\x9b"}'),
    "a script": (live.html, f"{_PAGE}<script>x</script>"),
    "a handler": (live.html, f"{_PAGE}<b onclick=x>x</b>"),
    "a picture from elsewhere": (live.html, f"{_PAGE}<img src=https://example.org/>"),
    "a frame": (live.html, f"{_PAGE}<iframe srcdoc=x></iframe>"),
    "a link that runs": (live.html, f"{_PAGE}<a href='java\tscript:x'>x</a>"),
    "a link that runs, encoded": (live.html, f"{_PAGE}<a href='&#106;avascript:x'>x</a>"),
    "data as a link": (live.html, f"{_PAGE}<a href='data:text/html,x'>x</a>"),
    "a style of a page": (live.html, f"{_PAGE}<p style='position:fixed'>x"),
    "a style sheet of a page": (live.html, f"{_PAGE}<style>body {{display: none}}</style>"),
    "a refresh": (live.html, f"{_PAGE}<meta http-equiv=refresh content='0;url=https://example.org'>"),
    "no policy": (live.html, "<!doctype html><title>x</title><p>x"),
    "a picture that runs": (live.picture, "<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
    "a feed that is none": (live.feed, f"{_FEED}</feed>"),
    "a formula": (live.table, 'a,b\r\n1,"=1+1"\r\n'),
    "a formula behind a quote": (live.table, 'a,b\r\n1,"""=1+1"""\r\n'),
    "a formula behind a semicolon": (live.table, "a,b\r\n1,x;=1+1\r\n"),
    "a formula with a full-width sign": (live.table, "a,b\r\n1,\uff1d1+1\r\n"),
    "a row of a page's making": (live.table, "a,b\r\n1,2\r\nx\r\n"),
    "a second recipient": (live_files.mail, "Subject: x\r\nFrom: a@b.c\r\nTo: a@b.c\r\nBcc: d@e.f\r\n\r\nx"),
    "two subjects": (live_files.mail, "Subject: x\r\nFrom: a@b.c\r\nTo: a@b.c\r\nSubject: y\r\n\r\nx"),
    "everyone called": (live_files.hook, '{"message": "@everyone x"}'),
    "a link in a chat": (live_files.hook, '{"message": "[x](https://example.org)"}'),
}
"""Judge, and what it must not let through."""


def found() -> dict[str, bool]:
    return {name: is_found(judge, text) for name, (judge, text) in RAW.items()} | dict(_without_each_step())


def is_found(judge: live.Judge, text: str) -> bool:
    try:
        return bool(judge(text.encode()).faults)
    except Exception:  # noqa: BLE001 - no parser takes it
        return True


# --- the program without a step ---------------------------------------------------------------------------------------
class _Careless(Environment):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "autoescape": False})


@contextmanager
def _unescaped() -> Iterator[None]:
    from reports.render import html

    html.environment.cache_clear()
    with patch.object(html, "Environment", _Careless):
        yield
    html.environment.cache_clear()


@contextmanager
def _everywhere(room: str, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """In each module that has the function by whatever name."""
    module = __import__(room, fromlist=[name])
    real = getattr(module, name)
    with ExitStack() as stack:
        for each in [m for key, m in sys.modules.items() if key.partition(".")[0] in _ROOMS]:
            for called in [key for key, value in vars(each).items() if value is real]:
                stack.enter_context(patch.object(each, called, other))
        yield


def _as_it_is(text: str, **_: object) -> str:
    return text


def _as_json(value: Any, **_: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _with_the_address(url: str) -> str:
    return f"x/{url.rpartition('/')[2] or url}"


_VISIBLE: Final = partial(_everywhere, "reports.render.text", "visible", _as_it_is)
# A diff is of the text that was hashed, which has no controls, and the words of a notice were made plain before `--dry-run` shows
# them: of the two, none gets live by leaving out one step.
_STEPS: Final[dict[str, tuple[Callable[[], Any], tuple[str, ...]]]] = {
    "controls written out": (
        _VISIBLE,
        (
            "changes -v in a pipe",
            "changes -v on a terminal",
            "show URL in a pipe",
            "show URL on a terminal",
            "diff URL --format unified in a pipe",
            "read in a pipe",
            "errors",
            "crawl -v",
            "evidence",
            "export --format git --out OUT",
            "notices of each event",
        ),
    ),
    "controls of JSON": (
        partial(_everywhere, "reports.render.text", "json_line", _as_json),
        ("changes --json in a pipe", "export --format jsonl --scope history --out OUT"),
    ),
    "HTML escaped": (
        _unescaped,
        (
            "report --out OUT",
            "diff URL --format html in a pipe",
            "feed --limit 500 --out OUT",
            "export --format site --out OUT",
        ),
    ),
    "formulas marked": (
        partial(_everywhere, "reports.exports.csvfile", "safe_cell", _as_it_is),
        ("export --format csv --scope history --out OUT",),
    ),
    "names made of letters": (
        partial(_everywhere, "reports.exports.names", "page_name", _with_the_address),
        ("export --format git --out OUT", "export --format site --out OUT"),
    ),
    "addresses of WARC encoded": (
        partial(_everywhere, "reports.exports.warc", "_target", _as_it_is),
        ("export --format warc --out OUT",),
    ),
    "calls and links of chats broken": (
        partial(_everywhere, "reports.notices.wording", "_plain", _as_it_is),
        ("notices of each event",),
    ),
}
_CHOSEN: Final = (
    "<script>",
    "\x1b[2J",
    "\x9b2J",
    "Event: forged",
    "HTTP/1.1 200",
    "a;=1+1",
    "[click]",
    ".git/hooks",
    "one\n",
)


def _without_each_step() -> Iterator[tuple[str, bool]]:
    payloads = [
        each for each in PAYLOADS if any(each.text.startswith(some) or some in each.text[:30] for some in _CHOSEN)
    ]
    outputs = {each.name: each for each in every()}
    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "made.db")
        make_hostile(made, payloads)
        for number, (step, name, off) in enumerate(
            (step, name, off) for step, (off, names) in _STEPS.items() for name in names
        ):
            folder = Path(place, str(number))
            folder.mkdir()
            shutil.copyfile(made, folder / "store.db")
            program = Program(folder / "store.db", folder, payloads)
            yield f"{name}, without {step}", _is_live(outputs[name], program, off)


def _is_live(output: Any, program: Program, off: Callable[[], Any]) -> bool:
    with off():
        try:
            return bool(row(output, program)["live"])
        except Exception:  # noqa: BLE001 - nothing was written, or no parser takes it
            return True
