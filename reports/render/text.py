"""Text of a page made safe to look at: nothing in it can move the cursor, reorder a line or forge one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

# Cc, Cf, Cs, Zl and Zp as ranges: ESC, CR and the C1 CSI (CWE-150), the bidi controls (CVE-2021-42574), zero-width characters,
# lone surrogates (stdout would raise), U+2028 and U+2029 (a line of its own in many programs), and the tag characters.
# Behind them the 66 noncharacters, which Unicode keeps out of interchange: with U+FFFE in it, no webhook could read its XML.
_UNSAFE_CLASS: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001343f"
    "\U000e0000-\U000e007f"
    "\ufdd0-\ufdef" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
)
_UNSAFE: Final = re.compile(f"[{_UNSAFE_CLASS}]")
_UNSAFE_KEEPING_LINES: Final = re.compile(f"(?![\n\t])[{_UNSAFE_CLASS}]")
UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_unsafe(character: str) -> bool:
    """The slow and plain definition that the ranges above are tested against."""
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_noncharacter or unicodedata.category(character) in UNSAFE_CATEGORIES


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str, *, lines: bool = False) -> str:
    r"""``text`` with every control, format and noncharacter written out, as ``\x1b`` or ``\u202e``.

    ``lines`` lets LF and TAB through; without it the result is one line.
    """
    return (_UNSAFE_KEEPING_LINES if lines else _UNSAFE).sub(_escape, text)


def _escape_json(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def json_line(value: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """One JSON object on one line, readable in any script, with control and format characters as ``\\uXXXX``.

    They can only stand inside strings, so that what is read back is equal to ``value``.
    """
    return _UNSAFE.sub(_escape_json, json.dumps(value, ensure_ascii=ascii_only, allow_nan=False))


def json_text(value: Mapping[str, Any]) -> str:
    """The same on many lines, for people to look at: what stands raw in a string of JSON is never one of its line ends."""
    return _UNSAFE_KEEPING_LINES.sub(_escape_json, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))
