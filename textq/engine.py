"""Map a stage over many items in worker processes: an item that exhausts or kills one does no harm to the rest."""

import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Timer
from typing import IO, Any, Generic, TypeVar

from textq.errors import ConfigError

Item = TypeVar("Item")
Result = TypeVar("Result")

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space of a worker process, where the system keeps such limits (Linux)."""

_AHEAD = 4
"""Items a worker may be ahead of the one whose result is awaited, so that results do not pile up."""

_HEADER = struct.Struct("!Q")
_WORKER = [sys.executable, "-m", "textq.worker"]
_SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """What stands in place of the result of an item whose worker died or was stopped, and why."""

    item: Item
    reason: str


def map_items(
    function: Callable[[Item], Result], items: Sequence[Item], *, jobs: int = 1, time_limit: float = 300.0
) -> Iterator[Result | Lost[Item]]:
    """Yield ``function(item)`` for each item in order, computed in ``jobs`` worker processes.

    ``function`` must be importable (a partial of a module-level function). Workers start this module's own program,
    never the caller's, so scripts need no main guard. An item that takes longer than ``time_limit`` seconds, or ends
    its worker, gives :class:`Lost`; an exception of ``function`` is raised here.

    Raises
    ------
    ConfigError
        If ``jobs`` is less than one, or the time limit is not positive.
    """
    if jobs < 1:
        raise ConfigError(f"The 'jobs' parameter of map_items must be at least 1. Got {jobs} instead.")
    if not time_limit > 0:
        raise ConfigError(f"The 'time_limit' parameter of map_items must be positive. Got {time_limit} instead.")
    workers = [_Worker(function, time_limit) for _ in range(min(jobs, len(items)))]
    try:
        yield from _map_ahead(_lend(workers), items, n_threads=len(workers))
    finally:
        for worker in workers:
            worker.stop()


def _lend(workers: Sequence["_Worker"]) -> Callable[[Any], Any]:
    """Return a function for threads that runs an item on whichever worker is free."""
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def run(item: Any) -> Any:
        worker = idle.get()
        try:
            return worker.run(item)
        finally:
            idle.put(worker)

    return run


def _map_ahead(run: Callable[[Any], Any], items: Sequence[Any], *, n_threads: int) -> Iterator[Any]:
    """Yield results in order, a few computed ahead; what has not begun when the caller stops is never begun."""
    threads = ThreadPoolExecutor(max(1, n_threads))
    pending: deque[Future[Any]] = deque()
    try:
        for item in items:
            pending.append(threads.submit(run, item))
            if len(pending) >= n_threads * _AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


class _Worker:
    """A child process that computes one item at a time; it starts with the first item, and anew when it was lost."""

    def __init__(self, function: Callable[[Any], Any], time_limit: float) -> None:
        self._function = function
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._overran = False

    def run(self, item: Item) -> Any:
        """Return the function's value for ``item``, or Lost."""
        process = self._process or self._start()
        timer = Timer(self._time_limit, self._overrun)
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            write_message(process.stdin, item)
            succeeded, value = read_message(process.stdout)
        except (EOFError, BrokenPipeError, OSError):
            return Lost(item, self._explain_loss())
        finally:
            timer.cancel()
        if not succeeded:
            raise value
        return value

    def stop(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **_SINGLE_THREADED, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._overran = False
        self._process = subprocess.Popen(_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self._process.stdin is not None
        write_message(self._process.stdin, (self._function, MEMORY_LIMIT))
        return self._process

    def _overrun(self) -> None:
        self._overran = True
        if self._process is not None:
            self._process.kill()

    def _explain_loss(self) -> str:
        process = self._process
        status = process.wait() if process else None
        self.stop()
        if self._overran:
            return f"it took longer than {self._time_limit:g} s. Raise the time limit if the file is worth it."
        return f"the process that read it ended abruptly (status {status}), perhaps out of memory."


def write_message(stream: IO[bytes], message: object) -> None:
    """Write one pickled message with its length; the other end is this program too."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_HEADER.pack(len(data)) + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """Read one message.

    Raises
    ------
    EOFError
        If the other end is gone.
    """
    (length,) = _HEADER.unpack(_read_exactly(stream, _HEADER.size))
    return pickle.loads(_read_exactly(stream, length))


def _read_exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError("the other process is gone")
    return data


def _close(stream: Any) -> None:
    """Close a pipe whose other end is gone; what could not be written is lost by intent."""
    with suppress(OSError):
        stream.close()
