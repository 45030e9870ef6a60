"""Time stamps of RFC 3161: the question to an authority, and what its answer says. Pure.

A stamp is over the text of a seal: the imprint is that text's SHA-256, which is the seal's hash. So ``openssl ts -verify -data``
takes the seal's file as it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_SHA256 = "2.16.840.1.101.3.4.2.1"
_UNFIT = (VerificationError, ValueError, x509.InvalidVersion, UnsupportedAlgorithm)


class TokenRefused(Exception):
    """An answer that stamps nothing, or not what was asked. The message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    data: bytes
    """In DER, as the authority wants it."""
    nonce: int


def question(text: str) -> Question:
    """Ask for the signer's certificate too: whoever checks the stamp later needs it."""
    asked = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    nonce = asked.nonce
    assert nonce is not None  # noqa: S101 - the builder makes one unless it is told not to
    return Question(asked.as_bytes(), nonce)


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Raises ValueError where there is none in it."""
    return x509.load_pem_x509_certificates(pem)


def stamped_at(token: bytes, text: str, *, nonce: int | None = None, trusted: bytes | None = None) -> datetime:
    """When the authority says that it saw the text. Raises TokenRefused where the token says no such thing.

    ``trusted``: PEM; the signature must lead to one of these certificates, as they stood at that time. Without, it isn't checked.
    """
    answer = _decoded(token)
    if answer.status != PKIStatus.GRANTED:
        raise TokenRefused(_refusal(answer))
    said = answer.tst_info
    imprint = said.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != sha256(text.encode()).digest():
        raise TokenRefused("the stamp is over something else")
    if nonce is not None and said.nonce != nonce:
        raise TokenRefused("the stamp answers another question (its nonce differs)")
    if trusted is not None:
        _check_signature(answer, imprint.message, certificates(trusted))
    return said.gen_time


def _decoded(token: bytes) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(with_sorted_certificates(token))
        if answer.status == PKIStatus.GRANTED:
            _ = answer.tst_info.gen_time
    except ValueError as error:
        raise TokenRefused(f"that is no time stamp ({str(error)[:120]})") from error
    return answer


def _refusal(answer: TimeStampResponse) -> str:
    try:
        name = PKIStatus(answer.status).name.lower().replace("_", " ")
    except ValueError:
        name = f"status {answer.status}"
    words = "; ".join(answer.status_string)
    return f"the authority answered: {name} ({words[:200]})" if words else f"the authority answered: {name}"


def _check_signature(answer: TimeStampResponse, imprint: bytes, trusted: Sequence[x509.Certificate]) -> None:
    roots = [one for one in trusted if one.issuer == one.subject] or list(trusted)
    between = [one for one in trusted if one not in roots]
    try:
        with warnings.catch_warnings():
            # A certificate that breaks the rules of its form (a serial number below 1) is only warned of by this cryptography.
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            VerifierBuilder(roots=roots, intermediates=between).build().verify(answer, imprint)
    except (*_UNFIT, CryptographyDeprecationWarning) as error:
        raise TokenRefused(f"its signature doesn't lead to a trusted certificate ({str(error)[:120]})") from error


# --- certificates in the order of DER ---------------------------------------------------------------------------------
def with_sorted_certificates(token: bytes) -> bytes:
    """The answer with its certificates in the order that DER wants of a set; they stand outside of what is signed.

    OpenSSL's authorities write them in the order of the chain, and a strict parser refuses half of these answers.
    """
    try:
        (place,) = (part for part in _parts(token, *_signed_data(token)) if part[0] == 0xA0)
        _, begin, end, _ = place
        inside = [token[start:stop] for _, _, stop, start in _parts(token, begin, end)]
    except (IndexError, ValueError):
        return token  # no token, no certificates, or no DER at all: the parser says which
    return token[:begin] + b"".join(sorted(inside)) + token[end:]


def _signed_data(token: bytes) -> tuple[int, int]:
    """Where the content of SignedData begins and ends: TimeStampResp > token > [0] > SignedData."""
    begin, end = 0, len(token)
    for place in (0, 1, 1, 0):
        _, begin, end, _ = list(_parts(token, begin, end))[place]
    return begin, end


def _parts(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The elements between two places: tag, where the content begins and ends, where the element begins."""
    while at < end:
        length, begin = data[at + 1], at + 2
        if length >= 0x80:
            size = length & 0x7F
            length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
        if begin + length > end:
            raise ValueError("an element is longer than the one that holds it")
        yield data[at], begin, begin + length, at
        at = begin + length
