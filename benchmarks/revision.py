"""Which commit a figure was measured on."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def revision() -> str:
    """The commit that is measured; ``-dirty`` where files differ from it, those of the figures themselves aside."""
    commit, changed = (
        _git("rev-parse", "--short", "HEAD"),
        _git("status", "--porcelain", "-uno", "--", ":!docs/figures"),
    )
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
