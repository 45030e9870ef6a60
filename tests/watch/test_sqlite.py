"""The WAL-reset bug of SQLite: 3.7.0 to 3.51.2, but for 3.44.6 and 3.50.7 and later of those branches."""

from __future__ import annotations

import pytest

from watch.sqlite import Release, has_wal_reset_bug


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_a_release_has_the_bug_or_has_it_not(version: Release, has_bug: bool) -> None:
    assert has_wal_reset_bug(version) is has_bug
