"""Time: when a host may be asked again, and how long to wait before a retry."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_WAIT = 600.0
"""Seconds. A server that asks to be left alone for longer is left alone for this run."""

_FIRST_BACKOFF = 2.0
"""Seconds before the first retry; each further one waits twice as long."""

_MOST_BACKOFF = 120.0


def _read_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from; tests give their own, and wait for nothing."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _read_now


SYSTEM_CLOCK = Clock()


class Pace:
    """Keeps requests to one host apart: ``delay`` seconds from the end of one to the next."""

    def __init__(self, delay: float, clock: Clock) -> None:
        self._delay = delay
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._ready: dict[str, float] = {}

    def slow_down(self, host: str, delay: float) -> None:
        """Keep requests to ``host`` at least ``delay`` seconds apart from now on."""
        self._asked[host] = max(delay, self._asked.get(host, 0.0))

    def get_ready_time(self, host: str) -> float:
        """Return when ``host`` may be asked again, by the clock's monotonic time."""
        return self._ready.get(host, float("-inf"))

    def wait(self, host: str) -> None:
        """Sleep until ``host`` may be asked."""
        seconds = self.get_ready_time(host) - self._clock.monotonic()
        if seconds > 0:
            self._clock.sleep(seconds)

    def note_end(self, host: str) -> None:
        """Note that a request to ``host`` has just ended."""
        self.hold(host, max(self._delay, self._asked.get(host, 0.0)))

    def hold(self, host: str, seconds: float) -> None:
        """Leave ``host`` alone for at least ``seconds`` from now."""
        self._ready[host] = max(self.get_ready_time(host), self._clock.monotonic() + seconds)


def choose_backoff(attempt: int, draw: random.Random) -> float:
    """Return the seconds before retry number ``attempt`` (1, 2 …): 2, 4, 8 …, at most 120, times 0.5 to 1.5."""
    return min(_FIRST_BACKOFF * 2.0 ** (min(attempt, 10) - 1), _MOST_BACKOFF) * draw.uniform(0.5, 1.5)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date; None if it says nothing."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    moment = parse_moment(value)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def parse_moment(value: str | None) -> datetime | None:
    """Return the moment that a header such as Last-Modified names, None if it names none."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
