import random
from datetime import UTC, datetime

import pytest

from textq.ingest.fetch.pace import Clock, Pace, choose_backoff, parse_retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Sun, 01 Mar 2026 12:01:30 GMT", 90), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sunday, 01-Mar-26 12:00:10 GMT", 10), (None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None),
        ("١٢", None), ("9" * 400, None),
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


def test_hosts_have_a_pace_of_their_own() -> None:
    time, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    pace = Pace(2, Clock(lambda: time[0], sleep))
    pace.wait("a")
    time[0] = 10
    pace.note_end("a")
    time[0] = 10.5
    pace.wait("b")
    assert slept == []
    pace.wait("a")
    assert slept == [1.5]
    pace.slow_down("a", 7)
    pace.slow_down("a", 3)
    pace.note_end("a")
    pace.hold("a", 1)
    pace.wait("a")
    assert slept == [1.5, 7]
