"""Map a stage over many items in worker processes: an item that exhausts or kills one does no harm to the rest."""

import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Timer
from typing import IO, Any, Generic, TypeVar

from textq.errors import ConfigError

Item = TypeVar("Item")
Result = TypeVar("Result")

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space of a worker process, where the system keeps such limits (Linux)."""

_AHEAD = 4
"""Items a worker may be ahead of the one whose result is awaited, so that results do not pile up."""

_START_LIMIT = 120.0
"""Seconds in which a worker must have started."""

_GRACE = 2.0
"""Seconds that a worker has to end other programs before it is killed."""

_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
"""The variables by which systems name the folder of temporary files."""

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
) -> Generator[Result | Lost[Item]]:
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
    """A child process that computes one item at a time; it starts with the first item, and anew when it was lost.

    It leads a process group and has a folder for temporary files of its own, so that no program it started and no copy
    of a document outlives it.
    """

    def __init__(self, function: Callable[[Any], Any], time_limit: float) -> None:
        self._function = function
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._lock = Lock()
        self._overran = self._stopped = False

    def run(self, item: Item) -> Any:
        """Return the function's value for ``item``, or Lost."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(self._time_limit, self._overrun)
        timer.start()
        try:
            write_message(process.stdin, item)
            succeeded, value = read_message(process.stdout)
        except (EOFError, OSError):
            return Lost(item, self._explain_loss())
        finally:
            timer.cancel()
            timer.join()
            if self._overran:
                self._end()
        if not succeeded:
            raise value
        return value

    def stop(self) -> None:
        """End the process, whatever it does, and start none any more."""
        self._stopped = True
        self._end()

    def _start(self) -> "subprocess.Popen[bytes]":
        """Start the process and wait until it has imported the function: that takes no time from an item."""
        with self._lock:
            if self._stopped:
                raise ChildProcessError("the work was stopped.")
            self._overran = False
            self._folder = tempfile.mkdtemp(prefix="textq-")
            self._process = process = _open_process(self._folder)
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(_START_LIMIT, self._kill)
        timer.start()
        try:
            write_message(process.stdin, (self._function, MEMORY_LIMIT))
            read_message(process.stdout)
        except (EOFError, OSError) as error:
            self._end()
            raise ChildProcessError("a worker process did not start; what it wrote to stderr says why.") from error
        finally:
            timer.cancel()
        return process

    def _overrun(self) -> None:
        self._overran = True
        self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            _end_process(self._process)

    def _end(self) -> None:
        """Kill the process and what it started, and delete its temporary files."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            _end_process(process)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what could not be written is lost by intent
                        stream.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _explain_loss(self) -> str:
        if self._overran:
            return f"it took longer than {self._time_limit:g} s. Raise the time limit if the file is worth it."
        status = self._process.wait() if self._process else None
        self._end()
        return f"the process that read it ended abruptly (status {status}), perhaps out of memory."


def _open_process(folder: str) -> "subprocess.Popen[bytes]":
    """Start a worker that leads a process group and keeps its temporary files in ``folder``."""
    search = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, **_SINGLE_THREADED, **dict.fromkeys(_TEMPORARY, folder), "PYTHONPATH": search}
    return subprocess.Popen(
        _WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
    )


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    """End a process and what it started: it is asked to, so that it can end other programs, and then killed."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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
