"""Runs numbered draws, here or in several processes, and tells how far it is."""

from __future__ import annotations

import numbers
import pickle
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Evaluate = Callable[[int], Sequence[float]]
    Progress = Callable[[int, int], None]

FloatArray = NDArray[np.float64]

_CHUNKS = 8
"""So many pieces of work a process: few enough to be cheap, enough to show progress and to share the load."""


def check_draws(function: str, draws: object, seed: object, workers: object) -> tuple[int, int, int]:
    """Return ``draws``, ``seed`` and ``workers``; draws and workers must be whole numbers from 1, and seed one from 0.

    Raises
    ------
    SpecError
        Naming the parameter.
    """
    checked = []
    for parameter, value, least in (("draws", draws, 1), ("seed", seed, 0), ("workers", workers, 1)):
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < least:
            raise SpecError(
                f"The {parameter!r} parameter of {function} must be a whole number from {least}. Got {value!r} instead."
            )
        checked.append(int(value))
    return checked[0], checked[1], checked[2]


def run_draws(
    evaluate: Evaluate, numbers: range, n_statistics: int, workers: int = 1, progress: Progress | None = None
) -> FloatArray:
    """Return the statistics of draws, (draws, n_statistics), in the order of their numbers.

    Parameters
    ----------
    evaluate
        Number of a draw → its statistics.
    numbers
        Of the draws.
    workers
        Processes. With more than one ``evaluate`` must be a function of a module, or a ``functools.partial`` of one.
    progress
        Called with the draws done and all draws of this run, at intervals.

    Raises
    ------
    SpecError
        If ``evaluate`` cannot be sent to other processes, or they end before they are done.
    """
    results = np.empty((len(numbers), n_statistics))
    size = max(1, -(-len(numbers) // (workers * _CHUNKS)))
    chunks = {start: numbers[start : start + size] for start in range(0, len(numbers), size)}
    done = 0
    for start, rows in _run_chunks(evaluate, chunks, workers):
        results[start : start + len(rows)] = rows
        done += len(rows)
        if progress is not None:
            progress(done, len(numbers))
    return results


def _run_chunks(
    evaluate: Evaluate, chunks: dict[int, range], workers: int
) -> Iterator[tuple[int, list[Sequence[float]]]]:
    """Yield the place and the statistics of each chunk, as it is done."""
    if workers == 1 or len(chunks) < 2:
        for start, chunk in chunks.items():
            yield start, [evaluate(number) for number in chunk]
        return
    _check_picklable(evaluate)
    context = get_context("spawn")  # forking a process that has threads may hang
    with ProcessPoolExecutor(workers, context, _install, (evaluate,)) as pool:
        try:
            futures = {pool.submit(_evaluate_chunk, chunk): start for start, chunk in chunks.items()}
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BrokenProcessPool as error:
            raise SpecError(
                "the other processes ended before they were done. They start anew and import what they run: put the "
                "statistic in a module, not in a notebook or at the prompt; guard the entry of a script by "
                "if __name__ == '__main__':; or use workers=1. If it is none of these, memory may have run out."
            ) from error


def _check_picklable(evaluate: Evaluate) -> None:
    try:
        pickle.dumps(evaluate)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise SpecError(
            f"the statistic cannot be sent to other processes ({error}). Use a function that stands at the top of a "
            "module (functools.partial may bind its arguments), or workers=1."
        ) from error


_installed: list[Evaluate] = []
"""In a worker process: the one function that it evaluates."""


def _install(evaluate: Evaluate) -> None:
    _installed[:] = [evaluate]


def _evaluate_chunk(chunk: range) -> list[Sequence[float]]:
    return [_installed[0](number) for number in chunk]
