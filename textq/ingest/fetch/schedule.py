"""Which address comes next: hosts take turns, so that waiting for one is time for another."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from textq.ingest.fetch.download import Wanted


@dataclass(slots=True)
class Job:
    """A file to be fetched, and how often it was tried."""

    wanted: Wanted
    tries: int = 0


class HostQueue:
    """Jobs by host, in the order given."""

    def __init__(self) -> None:
        self._jobs: dict[str, deque[Job]] = {}

    def add(self, job: Job) -> None:
        """Put a job behind the others of its host."""
        self._jobs.setdefault(job.wanted.address.host, deque()).append(job)

    def put_back(self, job: Job) -> None:
        """Put a job before the others of its host: what the host answered holds for them, too."""
        self._jobs.setdefault(job.wanted.address.host, deque()).appendleft(job)

    def pop(self, get_ready_time: Callable[[str], float]) -> Job | None:
        """Return the first job of the host that is ready first, None if there is no job left."""
        if not self._jobs:
            return None
        host = min(self._jobs, key=get_ready_time)
        job = self._jobs[host].popleft()
        if not self._jobs[host]:
            del self._jobs[host]
        return job
