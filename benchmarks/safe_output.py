"""Safe output: every payload of a hostile page through every output; nothing live, no path left, no control character raw.

``python -m benchmarks.safe_output [--part] [--seed 1] [--only NAME]``: one JSON object, exit 1 if anything is live. A store
holds each payload in each place that a page has a say in (hostile_texts.py, hostile_store.py); every output is made of it
(hostile_outputs.py) and read by judges (live.py, live_files.py). A payload counts as gone through an output only where its token
was found there. Controls: what is written without the step that makes it safe must be found (careless.py).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import careless
from benchmarks.hostile_outputs import Program, every, row
from benchmarks.hostile_store import make_hostile
from benchmarks.hostile_texts import PAYLOADS, PLACES, Payload

PART: Final = 11
"""One of each kind: more than a twentieth."""


def figures(part: bool, seed: int, only: str = "") -> dict[str, Any]:
    payloads = drawn(seed, PART) if part else PAYLOADS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "store.db"
        make_hostile(store, payloads)
        program = Program(store, folder, payloads)
        rows = {output.name: row(output, program) for output in every() if only in output.name}
    return {
        "payloads": len(payloads),
        "kinds": len({each.kind for each in payloads}),
        "places": len(PLACES),
        "outputs": len(rows),
        "pairs": sum(each["payloads"] for each in rows.values()),
        "checks": sum(each["checks"] for each in rows.values()),
        "live": sum(each["live"] for each in rows.values()),
        "by_output": rows,
        "controls": careless.found(),
    }


def drawn(seed: int, count: int) -> list[Payload]:
    """Some of every kind."""
    chance = random.Random(seed)
    kinds = defaultdict(list)
    for each in PAYLOADS:
        kinds[each.kind].append(each)
    first = [chance.choice(some) for some in kinds.values()]
    others = chance.sample([each for each in PAYLOADS if each not in first], count - len(first))
    return sorted([*first, *others], key=lambda each: each.number)


def is_good(found: dict[str, Any]) -> bool:
    controls = found["controls"]
    return bool(found["live"] == 0 and found["payloads"] >= PART and controls and all(controls.values()))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", action="store_true", help=f"{PART} payloads, some of every kind")
    parser.add_argument("--only", default="", help="outputs with this in their name")
    options = parser.parse_args(arguments)
    found = figures(options.part, options.seed, options.only)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
