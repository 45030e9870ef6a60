"""Here every server, every capture and a browser is at hand: a test that skips for want of one is a failure."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

WANTS = ("server", "captures", "postgres", "openssl", "chromium")


def main(report: str) -> int:
    cases = list(ElementTree.parse(report).iter("testcase"))
    skipped = [(case, case.find("skipped")) for case in cases]
    wrong = [
        f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}"
        for case, skip in skipped
        if skip is not None and any(word in f"{skip.get('message')} {skip.text}".lower() for word in WANTS)
    ]
    for line in wrong:
        sys.stdout.write(f"skipped, and may not be: {line}\n")
    if not any("captures" in str(case.get("classname")) + str(case.get("name")) for case in cases):
        wrong.append("no test of the captures ran")
    return 1 if wrong or len(cases) < 100 else 0


if __name__ == "__main__":
    if not Path(sys.argv[1]).is_file():
        raise SystemExit(f"no test report at {sys.argv[1]}")
    raise SystemExit(main(sys.argv[1]))
