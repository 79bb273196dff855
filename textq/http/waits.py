"""How long to wait before a request is repeated."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_WAIT = 600.0
"""Seconds. A server that asks to be left alone for longer is left alone for this run."""

_FIRST_BACKOFF = 2.0
"""Seconds before the first retry; each further one waits twice as long."""

_MOST_BACKOFF = 120.0


def choose_backoff(attempt: int, draw: random.Random) -> float:
    """Return the seconds before retry number ``attempt`` (1, 2 …): 2, 4, 8 …, at most 120, times 0.5 to 1.5."""
    return min(_FIRST_BACKOFF * 2.0 ** (min(attempt, 10) - 1), _MOST_BACKOFF) * draw.uniform(0.5, 1.5)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date; None if it says nothing."""
    value = (value or "").strip()
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
