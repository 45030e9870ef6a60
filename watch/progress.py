"""How a crawl shows itself while it runs: a bar on a terminal, acknowledged captures with -v, silence in a pipe."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from reports.render.text import visible
from storage.records import RecordedCapture
from watch import output

_SOONEST: Final = 1.0
"""No rate is shown before so many seconds."""


class CrawlProgress(Protocol):
    """What a crawl tells while it runs. Called from the crawl's own thread, in this order of first calls."""

    def started(self, total: int | None) -> None: ...

    def total(self, pages: int) -> None: ...

    def captured(self, capture: RecordedCapture) -> None:
        """After the commit: from here on no crash loses it."""

    def finished(self) -> None: ...


class Verbose:
    """``captured ID OUTCOME URL`` to stderr, flushed, a line for each acknowledged capture."""

    def started(self, total: int | None) -> None:
        """Says nothing: the lines are read by programs."""

    def total(self, pages: int) -> None:
        """Says nothing."""

    def captured(self, capture: RecordedCapture) -> None:
        output.note(f"captured {capture.id} {capture.outcome.value} {visible(capture.url)}")

    def finished(self) -> None:
        """Says nothing."""


class Quiet:
    def started(self, total: int | None) -> None:
        """Says nothing."""

    def total(self, pages: int) -> None:
        """Says nothing."""

    def captured(self, capture: RecordedCapture) -> None:
        """Says nothing."""

    def finished(self) -> None:
        """Says nothing."""


class Rate(ProgressColumn):
    """Pages a second since the crawl began. Captures are told by the batch: between two of one batch no time passes, so that a
    rate of the last few would be one of the batch's own."""

    def render(self, task: Task) -> Text:
        elapsed = task.elapsed or 0.0
        is_told = task.completed > 0 and elapsed >= _SOONEST
        return Text(f"{task.completed / elapsed:.1f}/s" if is_told else "", style="progress.data.speed")


class _Outcomes(ProgressColumn):
    """ "ok 120 · not_modified 31 · gone 1": the commonest first."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self._counts = counts

    def render(self, task: Task) -> Text:
        return Text(" · ".join(f"{name} {count}" for name, count in self._counts.most_common(5)))


class Bar:
    """Rate, time and a count of each outcome, on one line of a terminal."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            Rate(),
            TimeElapsedColumn(),
            _Outcomes(self._counts),
            console=output.stderr_console(),
            refresh_per_second=4,
        )
        self._task: TaskID = self._progress.add_task("crawling", total=None)

    def started(self, total: int | None) -> None:
        self._progress.start()
        self._progress.update(self._task, total=total)

    def total(self, pages: int) -> None:
        self._progress.update(self._task, total=pages)

    def captured(self, capture: RecordedCapture) -> None:
        if capture.url in self._seen:
            return  # a second look is no page more
        self._seen.add(capture.url)
        self._counts[capture.outcome.value] += 1
        self._progress.update(self._task, advance=1)

    def finished(self) -> None:
        self._progress.stop()


class Warned:
    """Says something once, when the crawl really begins: an order that is refused has nobody to warn."""

    def __init__(self, inner: CrawlProgress, warning: str) -> None:
        self._inner, self._warning = inner, warning
        self.total, self.captured, self.finished = inner.total, inner.captured, inner.finished

    def started(self, total: int | None) -> None:
        output.note(self._warning)
        self._inner.started(total)


def progress_for(*, verbose: bool, warning: str | None = None) -> CrawlProgress:
    progress: CrawlProgress = Verbose() if verbose else Bar() if sys.stderr.isatty() else Quiet()
    return Warned(progress, warning) if warning else progress


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """What is to be told how much is done, of how much: a bar on a terminal, None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=output.stderr_console(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
