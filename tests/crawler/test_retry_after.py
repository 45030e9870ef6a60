from __future__ import annotations

import pytest

from crawler.middlewares.retry import retry_after

NOW = 1_792_000_000.0  # 2026-10-14T17:46:40Z


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"3", 3.0),
        (b" 120 ", 120.0),
        (b"1000000000", 1e9),
        (b"Wed, 14 Oct 2026 17:46:50 GMT", 10.0),
        (b"Wed, 14 Oct 2026 17:00:00 GMT", 0.0),
        (b"-5", None),
        (b"soon", None),
        (b"", None),
        (None, None),
        (b"Wed Oct 14 17:46:50 2026", None),
        ("²".encode(), None),
    ],
)
def test_a_retry_after_is_seconds_a_date_or_nothing(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
