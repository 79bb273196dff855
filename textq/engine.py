"""Map a stage over many items: here, or in worker processes."""

import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from textq.errors import ConfigError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 8


def map_items(function: Callable[[Item], Result], items: Sequence[Item], *, jobs: int = 1) -> Iterator[Result]:
    """Yield ``function(item)`` for each item in order; with ``jobs`` > 1 in so many spawned processes.

    ``function`` must then be importable (a partial of a module-level function), and scripts need a main guard.

    Raises
    ------
    ConfigError
        If ``jobs`` is less than one.
    """
    if jobs < 1:
        raise ConfigError(f"The 'jobs' parameter of map_items must be at least 1. Got {jobs} instead.")
    if jobs == 1 or len(items) < 2:
        yield from map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(min(jobs, len(items)), mp_context=get_context("spawn"), initializer=_leave_interrupts)
    with pool:
        try:
            yield from pool.map(function, items, chunksize=_CHUNK)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _leave_interrupts() -> None:
    """Let only the parent process hear Ctrl-C; it then ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
