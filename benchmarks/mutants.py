"""How many planted faults in the four files that everything rests on do the tests find? Prints one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

FILES = ("storage/hashing.py", "storage/archive.py", "crawler/pages/urls.py", "crawler/pages/outcome.py")
WANTED = 0.80
FOUND = {"killed", "timeout", "caught by type check"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutation score of the four files that everything rests on.")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    shutil.rmtree("mutants", ignore_errors=True)
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    subprocess.run(
        [mutmut, "run", "--max-children", str(options.children)], stdout=sys.stderr, env=environment, check=False
    )
    said = subprocess.run([mutmut, "results", "--all", "true"], capture_output=True, text=True, check=True).stdout
    rows = {file: tally(said, file) for file in FILES}
    for row in rows.values():
        judged = sum(row.values()) - row.get("skipped", 0)
        found = sum(count for what, count in row.items() if what in FOUND)
        row["score"] = round(found / judged, 3) if judged else 0.0
    print(json.dumps(rows, indent=1))
    sys.exit(0 if all(row["score"] >= WANTED for row in rows.values()) else 1)


def tally(said: str, file: str) -> Counter:
    module = re.escape(file.removesuffix(".py").replace("/", "."))
    return Counter(re.findall(rf"^\s*{module}\.\S+: (.+?)\s*$", said, re.MULTILINE))


if __name__ == "__main__":
    main()
