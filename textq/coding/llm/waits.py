"""Time, for all threads together."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from; tests give their own, and wait for nothing."""

    sleep: Callable[[float], object]
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Gate:
    """Lets requests pass, unless the server has asked to be left alone; then all threads wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready = float("-inf")
        self._lock = threading.Lock()

    def hold(self, seconds: float) -> None:
        """Let nothing pass for at least ``seconds`` from now."""
        with self._lock:
            self._ready = max(self._ready, self._clock.monotonic() + seconds)

    def pass_through(self) -> None:
        """Sleep until requests may pass."""
        with self._lock:
            seconds = self._ready - self._clock.monotonic()
        if seconds > 0:
            self._clock.sleep(seconds)
