"""The documents say what the program does: commands, options, keys, exit codes, links, the crontab, what the demo prints.

``python -m tests.test_documentation`` writes the help texts of docs/commands.md anew.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from crawler.exit_codes import ExitCode
from crawler.run import CrawlSummary
from crawler.settings import CSTO_FILE_MAXSIZE, CSTO_FILE_TIMEOUT, DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT
from storage.records import EventKind, Outcome, PageState
from tests.watch.conftest import NEWS, environment, make_store
from watch import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_ALL = typer.main.get_command(cli.app)
COMMANDS = frozenset(_ALL.commands)  # type: ignore[attr-defined]
SUBCOMMANDS = frozenset({"review accept", "review reject", "config check"})

_CALL = re.compile(
    r"(?:(?<![\w/-])|(?<=\.venv/bin/))csto-watch((?: --db \S+| --debug)*) ([a-z]+(?:-[a-z]+)*)(?=[\s`)]|$)([^\n`|#]*)"
)
_HELP = re.compile(r"(^#{2,3} `csto-watch([a-z -]*)`\n\n```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
_CRON_FIELD = re.compile(r"\*|\d+(?:-\d+)?(?:/\d+)?(?:,\d+)*|\*/\d+")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, info: str) -> list[str]:
    """The fenced blocks of a document whose info string is ``info``."""
    return re.findall(rf"^```{info}\n(.*?)^```$", text(path), re.MULTILINE | re.DOTALL)


def code_of(path: Path) -> str:
    """What stands as code: fenced or between backticks."""
    fenced = re.findall(r"^ *```[^\n]*\n(.*?)^ *```$", text(path), re.MULTILINE | re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`[^`\n]+`", text(path))])


def calls() -> Iterator[tuple[str, str, str]]:
    """(document, command, rest of the line) wherever a document calls the program."""
    for path in DOCUMENTS:
        for match in _CALL.finditer(code_of(path)):
            yield path.name, match[2], match[3]


@cache
def help_of(command: str) -> str:
    ended = CliRunner().invoke(cli.app, [*command.split(), "--help"], prog_name="csto-watch", env={"COLUMNS": "80"})
    return ended.output.strip("\n") + "\n"


def section(command: str) -> str:
    """What docs/commands.md says of a command, up to the next heading."""
    found = re.search(rf"^## `csto-watch {command}`\n(.*?)(?=^## |\Z)", text(COMMANDS_PAGE), re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section on {command}"
    return found[1]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_stands_in_the_readme_and_has_a_section_of_its_own(command: str) -> None:
    assert f"| `csto-watch {command}` |" in text(README)
    assert section(command)


@pytest.mark.parametrize("command", sorted(COMMANDS | SUBCOMMANDS | {""}))
def test_the_help_text_in_the_documents_is_the_programs(command: str) -> None:
    written = {match[2].strip(): match[3] for match in _HELP.finditer(text(COMMANDS_PAGE))}
    assert written.get(command) == help_of(command), "python -m tests.test_documentation writes it anew"


def test_every_command_that_a_document_calls_exists() -> None:
    found = list(calls())
    assert len(found) > 40
    assert {(name, command) for name, command, _ in found if command not in COMMANDS} == set()


def test_every_option_that_a_document_gives_a_command_exists() -> None:
    wrong = [
        (name, command, option)
        for name, command, rest in calls()
        for option in re.findall(r"(?<!\S)--[a-z-]+", re.split(r"&&|\|\||;|>", rest)[0])
        if option not in help_of(command)
    ]
    assert wrong == []


def test_no_command_of_a_later_version_is_promised() -> None:
    named = set(re.findall(r"`csto-watch ([a-z]+(?:-[a-z]+)*)", "\n".join(map(text, DOCUMENTS))))
    assert named <= COMMANDS
    assert set(re.findall(r"^## `csto-watch ([a-z]+(?:-[a-z]+)*)", text(COMMANDS_PAGE), re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("code", list(ExitCode), ids=lambda code: code.name)
def test_every_exit_code_stands_in_the_readme(code: ExitCode) -> None:
    assert re.search(rf"^\| {code.value} \| \S", text(README), re.MULTILINE)


def test_no_exit_code_is_made_up() -> None:
    table = text(README).partition("### Exit codes")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {code.value for code in ExitCode}


@pytest.mark.parametrize("word", [*Outcome, *PageState, *EventKind], ids=str)
def test_the_rules_explain_every_outcome_state_and_event(word: str) -> None:
    assert re.search(rf"^\| `{word}`|^\| .*`{word}`.* \|", text(ROOT / "docs" / "rules.md"), re.MULTILINE)


def test_the_limits_that_the_documents_name_are_the_settings() -> None:
    told = text(ROOT / "docs" / "politeness.md")
    assert f"{DOWNLOAD_MAXSIZE // 2**20} MiB and {DOWNLOAD_TIMEOUT} s an answer" in told
    assert f"(`--media`) {CSTO_FILE_MAXSIZE // 2**20} MiB and {CSTO_FILE_TIMEOUT} s" in told


def test_the_keys_of_a_crawls_summary_are_documented() -> None:
    assert keys_missing("crawl", {field.name for field in fields(CrawlSummary)}) == set()


@pytest.fixture(scope="module")
def db_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{(tmp_path_factory.mktemp('documented') / 'store.db').as_posix()}"
    make_store(url)
    return url


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("changes", []),
        ("pages", []),
        ("history", [f"{NEWS}/edited/"]),
        ("show", [f"{NEWS}/edited/"]),
        ("search", ["council"]),
        ("status", []),
        ("verify", []),
    ],
)
def test_the_keys_of_the_json_are_documented(command: str, arguments: list[str], db_url: str) -> None:
    ended = CliRunner().invoke(cli.app, ["--db", db_url, command, *arguments, "--json"])
    printed = json.loads(ended.stdout.splitlines()[0])
    assert len(printed) > 3
    assert keys_missing(command, set(printed)) == set()


def test_the_keys_of_a_diff_are_documented(db_url: str) -> None:
    ended = CliRunner().invoke(cli.app, ["--db", db_url, "diff", f"{NEWS}/edited/", "--format", "json"])
    assert keys_missing("diff", set(json.loads(ended.stdout))) == set()


def keys_missing(command: str, keys: set[str]) -> set[str]:
    return keys - set(re.findall(r"`(\w+)`", section(command)))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_that_is_there(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text(path))
    local = [target.partition("#")[0] for target in targets if not target.startswith(("https://", "#"))]
    assert [target for target in local if not (path.parent / target).is_file()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_into_a_document_leads_to_a_heading(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]*\.md)#([^)\s]+)\)", text(path))
    assert [(name, anchor) for name, anchor in targets if anchor not in anchors(path.parent / name)] == []


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_the_documentation_is_linked_from_somewhere() -> None:
    linked = {
        (path.parent / target).resolve()
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s#]+)", text(path))
        if not target.startswith("https://")
    }
    assert {path.name for path in (ROOT / "docs").glob("*.md") if path.resolve() not in linked} == set()


def test_every_path_of_the_project_that_is_named_exists() -> None:
    rooms = "crawler|storage|reports|watch|replica|tests|benchmarks"
    named = {match for path in DOCUMENTS for match in re.findall(rf"`((?:{rooms})/[\w./]+)`", text(path))}
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_target_of_make_that_is_named_exists() -> None:
    named = {match for path in DOCUMENTS for match in re.findall(r"(?<!git )\bmake ([a-z-]+)", code_of(path))}
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    assert {"demo", "test", "lint", "types"} <= named <= targets


def test_the_changelog_tells_of_the_version_that_pyproject_names() -> None:
    version = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", text(ROOT / "CHANGELOG.md"), re.MULTILINE)


def crontab() -> list[str]:
    (block,) = blocks(README, "crontab")
    return block.splitlines()


def test_the_crontab_sets_what_it_needs_and_calls_the_program() -> None:
    settings = [line for line in crontab() if re.fullmatch(r"[A-Z_]+=\S+", line)]
    jobs = [line for line in crontab() if line not in settings]
    assert {line.partition("=")[0] for line in settings} == {"MAILTO", "CSTO_WATCH_CONTACT"}
    assert len(jobs) >= 3
    for line in jobs:
        *when, command = line.split(maxsplit=5)
        assert all(_CRON_FIELD.fullmatch(field) for field in when), line
        assert "%" not in command, "cron takes it for a line end"
        assert _CALL.search(command)


@pytest.mark.parametrize("line", [line for line in crontab() if not re.match(r"[A-Z_]+=", line)], ids=str)
def test_the_shell_of_cron_can_read_its_line(line: str) -> None:
    command = line.split(maxsplit=5)[5]
    assert subprocess.run(["/bin/sh", "-n", "-c", command], check=False).returncode == 0
    assert shlex.split(command)


@pytest.mark.parametrize(("code", "printed"), [(0, ""), (75, ""), (12, "crawl ended with 12\nwhat went wrong\n")])
def test_cron_mails_a_crawl_that_failed_and_no_other(code: int, printed: str, tmp_path: Path) -> None:
    project = tmp_path / "csto-watch"
    program = project / ".venv" / "bin" / "csto-watch"
    program.parent.mkdir(parents=True)
    (project / "data").mkdir()
    program.write_text(f"#!/bin/sh\necho what went wrong >&2\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    first = next(line for line in crontab() if " crawl " in line)
    shell = ["/bin/sh", "-c", first.split(maxsplit=5)[5]]
    done = subprocess.run(shell, env={**environment(), "HOME": str(tmp_path)}, capture_output=True, check=False)
    assert (done.stdout + done.stderr).decode() == printed


def test_no_document_names_a_private_machine_or_a_made_up_address() -> None:
    every = "\n".join(map(text, DOCUMENTS))
    assert re.findall(r"(?<![\w.~-])/(?:home|root|Users|work|tmp|mnt|opt|srv)/\S*", every) == []
    mails = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", every)
    assert set(mails) <= {"example.org", "example.com"}
    hosts = set(re.findall(r"https?://(?:[^/\s@`]*@)?([\w.-]+)", every))
    assert hosts <= KNOWN_HOSTS, hosts - KNOWN_HOSTS


KNOWN_HOSTS = frozenset(
    {
        "tsa.example.org",
        *("en.odkb-csto.org", "odkb-csto.org", "www.odkb-csto.org", "127.0.0.1"),
        *("example.org", "example.com", "iipc.github.io", "keepachangelog.com", "semver.org"),
    }
)


@pytest.mark.slow
def test_what_the_readme_shows_of_the_demo_is_what_it_prints(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "watch", "demo", "--out", str(tmp_path / "demo")],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        cwd=tmp_path,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    printed = [_single_spaced(line) for line in [*done.stdout.splitlines(), *done.stderr.splitlines()]]
    (shown,) = blocks(README, "text demo")
    untrue = [line for line in shown.splitlines() if line.strip(" …") and not any(_is_in(line, p) for p in printed)]
    assert untrue == []


def _single_spaced(line: str) -> str:
    return " ".join(line.split())


def _is_in(shown: str, printed: str) -> bool:
    """Whether a line that may leave something out (…) stands in a printed one."""
    parts = [re.escape(_single_spaced(part)) for part in shown.split("…")]
    return re.search(".*".join(parts), printed) is not None


def write_help() -> None:
    """Put the program's own help texts into docs/commands.md."""
    page = text(COMMANDS_PAGE)
    written = _HELP.sub(lambda match: f"{match[1]}{help_of(match[2].strip())}{match[4]}", page)
    COMMANDS_PAGE.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    write_help()
