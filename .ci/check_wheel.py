"""The wheel, in an empty environment, runs the demo: data files, migrations and templates are in it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def main(dist: str) -> None:
    wheel = max(Path(dist).glob("*.whl"), key=lambda path: path.stat().st_mtime).resolve()
    with tempfile.TemporaryDirectory() as folder:
        venv.create(f"{folder}/env", with_pip=True)
        python = f"{folder}/env/bin/python"
        lock = Path("requirements.lock").resolve()
        run = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*run, "--require-hashes", "-r", str(lock)], check=True)
        subprocess.run([*run, "--no-deps", str(wheel)], check=True)
        done = subprocess.run(
            [f"{folder}/env/bin/csto-watch", "demo"], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode or "changed" not in (done.stdout + done.stderr):
            raise SystemExit(f"the demo from the wheel ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    sys.stdout.write(f"{wheel.name} installs and runs the demo in an empty environment\n")


if __name__ == "__main__":
    main(sys.argv[1])
