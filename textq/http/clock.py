"""Where time comes from."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


def _read_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from; tests give their own, and wait for nothing."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], datetime] = _read_now


SYSTEM_CLOCK = Clock()
