"""When requests may be sent again, for all threads together."""

import threading

from textq.http.clock import Clock


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
