"""What a hostile page may put into a title, a text or an address (FAULTS group O): payloads, and where in a record each stands.

A payload in its place carries a token of its own (``zq017t``: payload 17, title). So a figure can tell
that a payload was really there and not lost on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PLANTED: Final = "planted"
"""The variable of ``window`` that a payload sets where it lives."""
FORGED: Final = "forged"
"""Begins each line that a payload would forge."""
TOKEN: Final = re.compile(r"zq(\d{3})([a-z])")
PLACES: Final = {
    "t": "title",
    "p": "paragraph",
    "e": "paragraph that was edited",
    "q": "quote",
    "l": "list item",
    "h": "heading",
    "r": "table row",
    "a": "text of a link",
    "k": "address of a link",
    "s": "source of a picture",
    "i": "text of a picture",
    "f": "address of a file",
    "g": "language",
    "u": "address of the page, as the crawler writes it",
    "n": "name of an imported file, which is its address",
    "m": "address that the page moved to",
    "c": "reason of a capture",
    "w": "header of the answer",
    "y": "media type of the answer",
    "o": "note of a run",
    "b": "bytes of the answer",
}

_CALL: Final = f"window.{PLANTED}=1"
_HTML: Final = (
    f"<script>{_CALL}</script>",
    f"</title></textarea></style></script><script>{_CALL}</script>",
    f'"><img src=x onerror="{_CALL}">',
    f"'><img src=x onerror='{_CALL}'>",
    f"x onmouseover={_CALL} autofocus onfocus={_CALL} y",
    f"<svg/onload={_CALL}>",
    f"<svg><animate onbegin={_CALL} attributeName=x dur=1s>",
    f"<math><mtext><mglyph><style><!--</style><img title='--><img src=x onerror={_CALL}>'>",
    f"<iframe srcdoc='<script>parent.{PLANTED}=1</script>'></iframe>",
    "<iframe src=//pictures.example.org/a></iframe>",
    f"<form action=https://pictures.example.org/a><button formaction=javascript:{_CALL}>go</button></form>",
    "<base href=https://pictures.example.org/>",
    "<meta http-equiv=refresh content='0;url=https://pictures.example.org/'>",
    "<link rel=stylesheet href=https://pictures.example.org/a.css>",
    "<style>@import 'https://pictures.example.org/a.css';body{display:none}</style>",
    "<p style='background:url(https://pictures.example.org/a.png);position:fixed'>over all</p>",
    "<img src=https://pictures.example.org/a.png>",
    "<object data=https://pictures.example.org/a></object><embed src=https://pictures.example.org/b>",
    "<ins>not ours</ins><del>nor this</del><s>nor that</s>",
    "<!-- forged comment -->",
    f"--><script>{_CALL}</script><!--",
    "]]><forged/><![CDATA[",
    "<?xml-stylesheet href='https://pictures.example.org/a.xsl'?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>&e;",
    "&lt;script&gt;window.planted=1&lt;/script&gt;",
    "&#60;script&#62;&#x3c;script&#x3e;",
    "+ADw-script+AD4-window.planted=1+ADw-/script+AD4-",
    "\uff1cscript\uff1ewindow.planted=1\uff1c/script\uff1e",
    f"`'\"><b onclick={_CALL}>unpaired \" ' `",
)
_ADDRESSES: Final = (
    f"javascript:{_CALL}",
    f"java\tscript:{_CALL}",
    f"java\nscript:{_CALL}",
    f"\x01javascript:{_CALL}",
    f"&#106;avascript:{_CALL}",
    f"JaVaScRiPt&colon;{_CALL}",
    f"vbscript:{_CALL}",
    f"data:text/html,<script>{_CALL}</script>",
    f'https://example.org/"onmouseover="{_CALL}',
    "//pictures.example.org/a.png",
    "https://example.org\\@pictures.example.org/",
    "file:///etc/passwd",
)
_TEMPLATES: Final = (
    "{{ 7 * 7 }}{{ config }}{{ self.__init__.__globals__ }}",
    "{% raw %}{% include 'page.html.j2' %}{# gone #}",
    "%s %(name)s {0} {0.__class__} ${HOME} $(id) `id`",
)
_SHEETS: Final = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A2)",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    '"=1+1"',
    "a;=1+1;+2",
    "a\n=1+1",
    "%1|=1",
)
_NAMES: Final = (
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/cron.d/evil",
    "%2e%2e/%2e%2e/etc",
    "CON",
    "nul.txt",
    "-rf --output=x",
    "~/.ssh/authorized_keys",
    ".git/hooks/post-checkout",
    "a/.GIT/config",
    "x" * 300,
    "\u0436" * 200,
)
_CONTROLS: Final = (
    "\x1b[5;7mblink\x1b[0m",
    "\x1b[2J\x1b[H\x1b[8mhidden",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;window title\x1b\\",
    "\x1b]8;;https://pictures.example.org/\x1b\\click\x1b]8;;\x1b\\",
    "\x9b2J\x9d0;title\x9c",
    f"one\r{FORGED}: two",
    f"one\n{FORGED}: ERROR everything is well",
    f"one\x0b{FORGED}\x0c{FORGED}\x85{FORGED}\u2028{FORGED}\u2029{FORGED}",
    "bell\x07 back\x08\x08\x08\x08space delete\x7f",
    "\u202egpj.exe\u202c",
    "\u2066isolate\u2069 \u061cmark \u200f",
    "zero\u200bwidth\u2060joined\ufeffmark\u00ad",
    "\U000e0041\U000e0042tags",
    "[bold red]markup[/bold red][link=https://pictures.example.org/]here[/link]",
    ":warning: [/] \\[x]",
)
_XML: Final = (
    "nul\x00inside",
    "\x0bvertical\x0eshift",
    "\ufffe\uffff\ufdd0 no characters",
    "\ud800lone\udfff",
)
_HEADERS: Final = (
    "x\r\nBcc: victim@example.org\r\n\r\nforged body",
    "x\nSubject: forged\nX-Forged: 1",
    "x\r\n\r\nHTTP/1.1 200 OK\r\nX-Forged: 1\r\n\r\n<script>window.planted=1</script>",
    "x\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nX-Forged: 1\r\n\r\n",
    "=?utf-8?q?x=0d=0aX-Forged:_1?=",
)
_GIT: Final = (
    "x\n\nEvent: forged\nSigned-off-by: Mallory <m@example.org>",
    "Signed-off-by: Mallory <m@example.org>",
    "---\ndiff --git a/x b/x",
    "# a comment\n>8\n# ------------------------ >8 ------------------------",
    'x\ndata 5\nM 100644 inline ".git/config"\ncommit refs/heads/forged',
    "fixup! amend! reword",
)
_CHATS: Final = (
    "[click](javascript:window.planted=1) ![x](https://pictures.example.org/a.png)",
    "@everyone @channel <!channel> <@U12345> <https://pictures.example.org/|bank>",
    "*bold* _it_ ~~no~~ `code` ```block``` > quote # head",
)
_SEARCHES: Final = (
    "'; DROP TABLE page; --",
    'NEAR(a b) OR * NOT ^ title:x "unpaired',
)


@dataclass(frozen=True, slots=True)
class Payload:
    number: int
    kind: str
    text: str

    def at(self, place: str) -> str:
        """The payload as it stands in a place. A long one has the token first: it is cut at its end."""
        token = f"zq{self.number:03}{place}"
        return f"{token} {self.text}" if len(self.text) > 150 else f"{self.text} {token}"


_KINDS: Final = {
    "html": _HTML,
    "address": _ADDRESSES,
    "template": _TEMPLATES,
    "formula": _SHEETS,
    "name": _NAMES,
    "control": _CONTROLS,
    "xml": _XML,
    "header": _HEADERS,
    "git": _GIT,
    "chat": _CHATS,
    "search": _SEARCHES,
}
PAYLOADS: Final = tuple(
    Payload(number, kind, text)
    for number, (kind, text) in enumerate((kind, text) for kind, texts in _KINDS.items() for text in texts)
)
