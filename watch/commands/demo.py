"""demo: the main job on the replica, to be watched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watch import output
from watch.errors import WrongArgumentError

if TYPE_CHECKING:
    from replica.site import ReplicaSite

_ARTICLES = 40


def demo(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder for its store; else a new one.")
    ] = None,
) -> None:
    """Watch the main job done on a small made-up site.

    It stands on this machine, is crawled, edited and crawled again; then what changed is listed.

    \b
    Example:
      csto-watch demo
    """
    from replica.server import ReplicaServer  # noqa: PLC0415
    from replica.site import ReplicaSite  # noqa: PLC0415

    folder = _folder(out)
    db_url = f"sqlite:///{(folder / 'demo.db').as_posix()}"
    site = ReplicaSite(articles=_ARTICLES, seed=2026)
    with ReplicaServer(site) as server:
        _say(f"A small site in the shape of the CSTO's stands at {server.base_url}: {_ARTICLES} articles.")
        _say("First crawl: everything is new.")
        crawl = ("crawl", "csto-en", "--base-url", server.base_url, "--mode", "full", "--delay", "0")
        _run(db_url, *crawl)
        _say("Now an editor is at work:")
        edited = _edit(site)
        _say("Second crawl: every page is asked again, and every answer's bytes differ.")
        _run(db_url, *crawl)
    _say("What changed:")
    _run(db_url, "changes")
    _say(f"One of them, word by word (csto-watch diff {edited}):")
    _run(db_url, "diff", edited)
    _say("How it went (csto-watch status):")
    _run(db_url, "status")
    _say(f"The store is {folder / 'demo.db'}; look at it with: csto-watch --db {db_url} pages")


def _folder(out: Path | None) -> Path:
    if out is None:
        return Path(tempfile.mkdtemp(prefix="csto-watch-demo-"))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongArgumentError(f"--out: {out} can't be made: {error.strerror}") from None
    if (out / "demo.db").exists():
        raise WrongArgumentError(f"--out: {out} holds the store of a demo already; name another folder")
    return out.resolve()


def _edit(site: ReplicaSite) -> str:
    """The site's own address of an article of which one word was replaced."""
    reworded = site.pick("paragraphs")
    edits = {
        "one word replaced": site.replace_word(reworded),
        "a headline changed": site.retitle(site.pick()),
        "one digit changed": site.change_digit(site.pick("digit")),
        "the date changed": site.set_date(site.pick("date"), date(2026, 3, 5)),
        "a paragraph removed": site.remove_paragraph(site.pick("paragraphs")),
        "a link's target changed": site.set_link_target(site.pick("link")),
        "a page deleted (410)": site.delete(site.pick(), 410),
        "a page moved (301)": site.move(site.pick()),
        "a page taken off the lists": site.unlist(_pick_news(site)),
        "an article added": site.add_article(),
    }
    for what, edit in edits.items():
        output.note(f"  {what:<28} {edit.url}")
    return site.url(reworded)


def _pick_news(site: ReplicaSite) -> str:
    """From a list with many others: a list that loses its only page is another story."""
    while True:
        address = site.pick()
        if address.startswith("/news/"):
            return address


def _say(text: str) -> None:
    output.flush()
    output.note(f"\n=== {text}")


def _run(db_url: str, *arguments: str) -> None:
    """A command as a person would type it, in a process of its own: Scrapy's reactor runs once in each."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "watch", "--db", db_url, *arguments], check=False, env=os.environ.copy()
    )
    if done.returncode != 0:
        raise DemoError(f"csto-watch {' '.join(arguments)} ended with {done.returncode}")


class DemoError(Exception):
    exit_code = 1
