"""Where the store is when nobody says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import platformdirs

ENVIRONMENT: Final = "CSTO_WATCH_DB"
FILE_NAME: Final = "csto-watch.db"


def default_store(environment: Mapping[str, str], folder: Path) -> str:
    """``CSTO_WATCH_DB``; else ``data/csto-watch.db`` in the project's own folder; else the user's data folder."""
    if named := environment.get(ENVIRONMENT, "").strip():
        return named
    if is_project(folder):
        return f"sqlite:///data/{FILE_NAME}"
    data = Path(platformdirs.user_data_dir("csto-watch", appauthor=False))
    return f"sqlite:///{(data / FILE_NAME).as_posix()}"


def is_project(folder: Path) -> bool:
    """Whether ``folder`` is a checkout of this project, not merely some Scrapy project."""
    if not (folder / "scrapy.cfg").is_file():
        return False
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return False
    return isinstance(project, dict) and project.get("name") == "csto-watch"
