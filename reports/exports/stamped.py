"""The time stamps in a folder of evidence: their files, the lines that check them with openssl, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.instants import rfc3339
from reports.render.text import visible
from storage.stamps import Stamp


def seal_name(number: int) -> str:
    return f"seals/seal-{number:06}.txt"


def stamp_files(stamps: Sequence[Stamp]) -> Iterator[tuple[str, bytes]]:
    for name, stamp in _named(stamps):
        yield f"{name}.tsr", stamp.token
        if stamp.trusted is not None:
            yield f"{name}.pem", stamp.trusted


def _named(stamps: Sequence[Stamp]) -> Iterator[tuple[str, Stamp]]:
    """Each with its name without an ending; a second authority's stamp of one seal has a number behind it."""
    seen: dict[int, int] = {}
    for stamp in stamps:
        count = seen[stamp.seal_number] = seen.get(stamp.seal_number, 0) + 1
        yield f"stamps/seal-{stamp.seal_number:06}" + (f"-{count}" if count > 1 else ""), stamp


_FUNCTION = """stamped() {
  ca="${CA:-$3}"
  if ! command -v openssl > /dev/null; then
    echo "NOT CHECKED: $1, for there is no openssl here"
  elif [ -z "$ca" ]; then
    echo "NOT CHECKED: $1, for the authority's certificate isn't known: CA=FILE.pem sh check.sh"
  elif openssl ts -verify -data "$2" -in "$1" -CAfile "$ca" > /dev/null 2>&1; then
    echo "Stamped $4: $2"
  elif openssl ts -verify -data "$2" -in "$1" -CAfile "$ca" -attime "$5" > /dev/null 2>&1; then
    echo "Stamped $4: $2 (a certificate has run out since)"
  else
    echo "BROKEN: $1 is no time stamp of $2 by whom $ca names"; exit 1
  fi
}
"""


def stamp_checks(stamps: Sequence[Stamp]) -> str:
    """Lines of check.sh; none where there is no stamp."""
    lines = []
    for name, stamp in _named(stamps):
        ca = '""' if stamp.trusted is None else f"{name}.pem"
        at = stamp.stamped_at
        lines.append(f"stamped {name}.tsr {seal_name(stamp.seal_number)} {ca} {rfc3339(at)} {int(at.timestamp())}\n")
    return _FUNCTION + "".join(lines) if lines else ""


def about_stamps(stamps: Sequence[Stamp]) -> list[str]:
    """Sections of README.txt."""
    if not stamps:
        return []
    said = "\n".join(
        f"  {rfc3339(stamp.stamped_at)}  {seal_name(stamp.seal_number)}  by {visible(stamp.authority)}"
        for stamp in stamps
    )
    name, first = next(_named(stamps))
    return [_ABOUT.format(said=said, name=name, seal=seal_name(first.seal_number))]


_ABOUT = """TIME STAMPS

Somebody else (an authority as of RFC 3161) signed that these seals, and so all that is under them, were there:

{said}

The signed token is the file that ends in .tsr, the certificate that the authority was trusted by the one that ends in .pem.
check.sh looks at both where openssl is installed, and says NOT CHECKED where it isn't. By hand:

  openssl ts -verify -data {seal} -in {name}.tsr -CAfile {name}.pem
  openssl ts -reply -in {name}.tsr -text

Don't take the .pem on trust: get the authority's certificate from the authority, and run `CA=FILE.pem sh check.sh`. Once a
certificate has run out, add `-attime SECONDS` (since 1970, the time of the stamp); check.sh does so by itself and says it.
"""
