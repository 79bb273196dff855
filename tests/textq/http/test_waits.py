import random
from datetime import UTC, datetime

import pytest

from textq.http.waits import choose_backoff, parse_retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Sun, 01 Mar 2026 12:01:30 GMT", 90), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sunday, 01-Mar-26 12:00:10 GMT", 10), (None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None),
        ("١٢", None), ("9" * 400, None), ("1e9", None),
    ],
)  # fmt: skip
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


def test_backoff_doubles_within_its_jitter_and_is_seeded() -> None:
    for attempt in range(1, 30):
        wait = choose_backoff(attempt, random.Random(attempt))
        middle = min(2**attempt, 120)
        assert 0.5 * middle <= wait <= 1.5 * middle
        assert wait == choose_backoff(attempt, random.Random(attempt))
    assert len({choose_backoff(1, random.Random(seed)) for seed in range(10)}) == 10
