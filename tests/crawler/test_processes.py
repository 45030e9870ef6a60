"""The real program in a real process: reactor, signals, locks, Scrapy's own commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.pages.learning import SECOND_LOOKS
from storage.lock import store_lock
from storage.records import RunMode
from tests.crawler.conftest import Rig

Make = Callable[..., Rig]
ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.slow


def command(it: Rig, *arguments: str) -> list[str]:
    base = [sys.executable, "-m", "watch", "--db", it.db_url]
    return [*base, "crawl", "csto-en", "--base-url", it.server.base_url, *arguments]


def test_crawl_prints_one_json_object_and_keeps_what_it_acknowledged(rig: Make) -> None:
    it = rig(12)
    done = subprocess.run(
        command(it, "--delay", "0", "--json", "-v"), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["captures"] == {"ok": len(it.site.truths)}
    assert summary["exit_code"] == 0
    lines = [line.split(" ") for line in done.stderr.splitlines() if line.startswith("captured ")]
    assert len({line[3] for line in lines}) == len(it.site.truths)
    assert len(lines) == len(it.site.truths) + SECOND_LOOKS
    assert {line[2] for line in lines} == {"ok"}


def test_a_second_crawl_leaves_at_once_with_75_and_not_one_request(rig: Make) -> None:
    it = rig(12)
    first = subprocess.Popen(command(it, "--delay", "5"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(it.server.log) >= 1)
        before = len(it.server.log)
        second = subprocess.run(command(it, "--delay", "0"), capture_output=True, text=True, timeout=60, check=False)
        assert (second.returncode, second.stdout) == (75, "")
        assert len(second.stderr.strip().splitlines()) == 1
        assert len(it.server.log) <= before + 1
    finally:
        first.kill()
        first.wait()


def test_a_store_that_is_held_is_refused_before_scrapy_is_imported(tmp_path: Path) -> None:
    """Its import takes longer than all that was done until then."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    order = ["--db", url, "crawl", "--base-url", "http://127.0.0.1:9"]
    code = f"import sys; from watch import cli; code = cli.run({order}); print(code, 'scrapy' in sys.modules)"
    with store_lock(url):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "75 False\n"
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_crawl_cleanly_and_the_next_one_goes_on(rig: Make, number: signal.Signals) -> None:
    it = rig(30)
    process = subprocess.Popen(command(it, "--delay", "0.05", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: len(it.server.log) >= 45)
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 11, err
    summary = json.loads(out)
    assert summary["outcome"] == "interrupted"
    kept = summary["captures"]["ok"]
    assert 0 < kept < len(it.site.truths)
    run = it.crawl(RunMode.DUE)
    assert run.captures["ok"] == len(it.site.truths) - kept


def test_scrapy_knows_the_spider_and_can_crawl_with_it(rig: Make) -> None:
    it = rig(6)
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert listed.stdout.split() == ["news"], listed.stderr
    arguments = ["-a", "site=csto-en", "-a", f"base_url={it.server.base_url}", "-a", "delay=0"]
    environment = {**os.environ, "CSTO_WATCH_DB": it.db_url}
    done = subprocess.run(
        [*scrapy, "crawl", "news", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(it.states().values()) == {"listed"}, done.stderr


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
