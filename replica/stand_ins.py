"""What a site may serve in an article's place without saying so by its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StandIn:
    """``outcomes``: what a capture of it may be called. None of them makes a version."""

    status: int
    outcomes: tuple[str, ...]


STAND_INS: Final[dict[str, StandIn]] = {
    "soft_404": StandIn(200, ("soft_404",)),
    "maintenance": StandIn(200, ("maintenance", "soft_404", "extract_failed")),
    "login": StandIn(200, ("blocked", "soft_404", "extract_failed")),
    "captcha": StandIn(200, ("blocked",)),
    "empty": StandIn(200, ("empty",)),
    "home": StandIn(200, ("soft_404", "extract_failed")),
    "redirect_home": StandIn(302, ("soft_404", "gone", "moved")),
    "teasers": StandIn(200, ("soft_404", "extract_failed", "suspect")),
    "cut": StandIn(200, ("partial", "undecodable")),
    "pdf": StandIn(200, ("wrong_type",)),
}

LOGIN_FORM: Final = (
    '<form name="form_auth" method="post" action="/auth/?login=yes"><input type="text" name="USER_LOGIN">'
    '<input type="password" name="USER_PASSWORD"><input type="submit" name="Login" value="OK"></form>'
)
CAPTCHA_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>"
    '<form action="/check" method="post"><img src="/captcha/{token}.png" alt="captcha"><input name="captcha_word">'
    '<input type="hidden" name="captcha_sid" value="{token}"></form>'
    "<script>setTimeout(function(){{}},5000)</script></body></html>"
)
MAINTENANCE_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>"
    "<!-- {token} --></body></html>"
)
PDF_BYTES: Final = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG_BYTES: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)
"""One pixel."""
