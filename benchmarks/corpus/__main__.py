"""Prints a page, or writes all pages of a site into a folder: ``python -m benchmarks.corpus FAMILY SEED [PAGE]``."""

import argparse
import sys
from pathlib import Path

from benchmarks.corpus import FAMILIES, NOISES, Site, make_site, random_site


def main() -> None:
    """Reads the arguments and shows what they name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("family", choices=[*FAMILIES, "random"])
    parser.add_argument("seed", type=int)
    parser.add_argument("page", type=int, nargs="?", default=0)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--fetch", type=int, default=0)
    parser.add_argument("--noise", action="store_true", help="all kinds of noise")
    parser.add_argument("--truth", action="store_true", help="the labels instead of the page")
    parser.add_argument("--out", type=Path, help="write every page of the site into this folder")
    args = parser.parse_args()
    site = (
        random_site(args.seed, args.pages) if args.family == "random" else make_site(args.family, args.seed, args.pages)
    )
    noise = frozenset(NOISES) if args.noise else frozenset()
    if args.out:
        write(site, args.out, args.fetch, noise)
    elif args.truth:
        print(site.articles[args.page])
    else:
        sys.stdout.buffer.write(site.render(site.articles[args.page], fetch=args.fetch, noise=noise))


def write(site: Site, folder: Path, fetch: int, noise: frozenset[str]) -> None:
    """Every page, its labels and the 404 page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "404.html").write_bytes(site.probe(fetch=fetch, noise=noise))
    for number, truth in enumerate(site.articles):
        (folder / f"{number}.html").write_bytes(site.render(truth, fetch=fetch, noise=noise))
        (folder / f"{number}.txt").write_text("\n\n".join([truth.title, str(truth.published), *map(str, truth.blocks)]))


if __name__ == "__main__":
    main()
