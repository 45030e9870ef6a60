"""Renews the golden readings: ``python -m tests.pages.golden --write [--render]``; without ``--write``, says what differs."""

from __future__ import annotations

import argparse
import sys

from tests.pages import golden


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.golden", description=__doc__)
    parser.add_argument("--write", action="store_true", help="what is read today is right from now on")
    parser.add_argument("--render", action="store_true", help="render the pages anew, too")
    options = parser.parse_args()
    if options.render:
        golden.save(golden.rendered())
    rows = list(golden.readings(golden.saved()))
    known = {(row["site"], row["url"]): row for row in golden.expected()[1]} if golden.READ.exists() else {}
    changed = [f"{row['site']} {row['url']}" for row in rows if known.get((row["site"], row["url"])) != row]
    print("\n".join([*changed, f"{len(changed)} of {len(rows)} pages are read otherwise"]))
    if options.write:
        golden.write(rows)
    elif changed:
        sys.exit(1)


if __name__ == "__main__":
    main()
