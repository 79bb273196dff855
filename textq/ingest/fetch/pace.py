"""When a host may be asked again."""

from textq.http.clock import Clock


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
