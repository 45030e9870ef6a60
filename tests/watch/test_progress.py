"""How a crawl shows itself while it runs."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from replica.server import ReplicaServer
from replica.site import ReplicaSite
from storage.records import Outcome, RecordedCapture
from tests.watch.test_streams import on_terminal
from watch.progress import Bar, Quiet, Rate, Verbose, Warned, progress_for

CAPTURE = RecordedCapture(7, "https://en.odkb-csto.org/x\x1b[31m/", Outcome.OK)


def test_a_verbose_crawl_writes_a_line_for_each_acknowledged_capture_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = progress_for(verbose=True)
    progress.started(None)
    progress.total(3)
    progress.captured(CAPTURE)
    progress.finished()
    printed = capsys.readouterr()
    assert printed.err == "captured 7 ok https://en.odkb-csto.org/x\\x1b[31m/\n"
    assert printed.out == ""


def test_each_line_is_flushed_when_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8"))  # type: ignore[arg-type]
    Verbose().captured(CAPTURE)
    assert raw.getvalue().startswith(b"captured 7 ok ")


def test_a_pipe_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    progress = progress_for(verbose=False)
    assert isinstance(progress, Quiet)
    progress.started(5)
    progress.captured(CAPTURE)
    progress.finished()
    assert capsys.readouterr() == ("", "")


def test_a_warning_comes_once_and_when_the_crawl_begins(capsys: pytest.CaptureFixture[str]) -> None:
    progress = progress_for(verbose=False, warning="nobody is named")
    assert isinstance(progress, Warned)
    assert capsys.readouterr().err == ""
    progress.started(None)
    progress.captured(CAPTURE)
    assert capsys.readouterr().err == "nobody is named\n"


def test_a_bar_can_be_driven_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    bar.started(None)
    bar.total(2)
    bar.captured(CAPTURE)
    bar.finished()
    assert "\x1b[31m" not in capsys.readouterr().err


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, ""), (0.5, ""), (2.0, "25.0/s"), (100.0, "0.5/s")])
def test_a_batch_told_at_once_makes_no_wild_rate(seconds: float, shown: str) -> None:
    clock = [1000.0]
    progress = Progress(get_time=lambda: clock[0], auto_refresh=False, console=Console(file=io.StringIO()))
    progress.add_task("crawling", total=50)
    (task,) = progress.tasks
    clock[0] += seconds
    for _ in range(50):
        clock[0] += 1e-6
        progress.update(task.id, advance=1)
    assert Rate().render(task).plain == shown


def test_a_terminal_shows_a_bar_with_counts_of_outcomes(tmp_path: Path) -> None:
    with ReplicaServer(ReplicaSite(articles=12, seed=4)) as server:
        arguments = (
            "--db",
            f"sqlite:///{tmp_path / 's.db'}",
            "crawl",
            "--base-url",
            server.base_url,
            "--delay",
            "0",
            "--mode",
            "full",
        )
        shown = on_terminal(tmp_path, *arguments, width=160)
    assert "crawling" in shown
    assert "ok 1" in shown
    assert "complete" in shown
