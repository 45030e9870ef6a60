"""``io_shim.c``, compiled where there is a compiler, and the environment in which a program runs with it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("io_shim.c")


class NoCompiler(RuntimeError):
    """The figure or test is skipped, with this as the reason."""


def built(folder: Path) -> Path:
    """The shared object in ``folder``. Raises NoCompiler."""
    compiler = next((found for name in ("gcc", "cc", "clang") if (found := shutil.which(name))), None)
    if compiler is None or platform.system() != "Linux":
        raise NoCompiler("the shim before the C library needs Linux and a C compiler")
    target = folder / "io_shim.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(target), str(SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoCompiler(f"{SOURCE.name} can't be compiled here: {done.stderr.strip()[-300:]}")
    return target


def environment(shim: Path, **settings: object) -> dict[str, str]:
    """This process's, with the shim and its settings, which ``io_shim.c`` lists."""
    given = {f"CSTO_SHIM_{name.upper()}": str(value) for name, value in settings.items() if value is not None}
    return {**os.environ, "PYTHONPATH": str(SOURCE.parent.parent), "LD_PRELOAD": str(shim), **given}
