"""The shim before the C library for tests: a real process whose writes fail, or whose clock is off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.shim import NoCompiler, built, environment


def shim_in(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    try:
        return built(folder)
    except NoCompiler as error:
        pytest.skip(str(error))


def run(shim: Path, *arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """The program with the shim before it."""
    command = [sys.executable, "-m", "watch", *arguments]
    return subprocess.run(
        command, env=environment(shim, **settings), capture_output=True, text=True, check=False, timeout=120
    )
