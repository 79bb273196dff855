import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from econ import compiled
from econ.compiled import Work


def double(number: int) -> int:
    return 2 * number


def add_up(numbers: np.ndarray) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing was loaded yet."""
    monkeypatch.setattr(compiled, "_load_compiler", compiled._load_compiler.__wrapped__)
    monkeypatch.setattr(compiled, "_compile", compiled._compile.__wrapped__)
    return monkeypatch


@pytest.mark.usefixtures("fresh")
def test_loops_are_preferred_once_enough_was_done() -> None:
    pytest.importorskip("numba", reason="needs numba")
    work = Work(enough=10)
    assert [work.prefer_loops(n) for n in (9, 0, 1, 0)] == [False, False, True, True]


def test_numpy_does_all_without_numba(fresh: pytest.MonkeyPatch) -> None:
    fresh.setitem(sys.modules, "numba", None)
    assert not Work(enough=0).prefer_loops(10)
    with pytest.raises(RuntimeError, match="loop double cannot be compiled"):
        compiled.compile_loop(double)


def test_numpy_does_all_where_a_library_of_numba_cannot_be_loaded(fresh: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "numba":
                raise OSError("Could not find/load shared object file")

    fresh.delitem(sys.modules, "numba", raising=False)
    fresh.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    assert not Work(enough=0).prefer_loops(10)


def test_numpy_does_all_where_numba_is_told_to_compile_nothing(fresh: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba", reason="needs numba")
    assert Work(enough=0).prefer_loops(10)
    fresh.setattr(numba.config, "DISABLE_JIT", 1)
    assert not Work(enough=0).prefer_loops(10)


def test_a_loop_is_compiled_where_nothing_can_be_kept(fresh: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba", reason="needs numba")

    def refuse(**options: bool) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(**options)

    fresh.setattr(compiled, "_load_compiler", lambda: refuse)
    assert compiled.compile_loop(double)(4) == 8


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), EOFError("Ran out of input")])
@pytest.mark.parametrize("step", ["load_overload", "save_overload"])
def test_a_loop_is_compiled_where_what_is_kept_cannot_be_used(
    fresh: pytest.MonkeyPatch, tmp_path: Path, step: str, error: Exception
) -> None:
    numba = pytest.importorskip("numba", reason="needs numba")
    caching = pytest.importorskip("numba.core.caching", reason="needs numba")
    failed = []

    def fail(*_: object) -> None:
        failed.append(step)
        raise error

    fresh.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    fresh.setattr(caching.FunctionCache, step, fail)
    loop = compiled.compile_loop(double)
    assert [loop(4), loop(4.5), loop(5)] == [8, 9.0, 10]
    assert failed == [step]


def test_an_error_of_the_loop_itself_is_not_hidden(fresh: pytest.MonkeyPatch) -> None:
    calls = []

    def compiler(**options: bool) -> Callable[[object], Callable[[int], int]]:
        def run(number: int) -> int:
            calls.append(options.get("cache", False))
            raise OSError("of the loop")

        return lambda _: run

    fresh.setattr(compiled, "_load_compiler", lambda: compiler)
    loop = compiled.compile_loop(double)
    for _ in range(2):
        with pytest.raises(OSError, match="of the loop"):
            loop(1)
    assert calls == [True, False, False]


def test_a_compiled_loop_gives_what_the_loop_gives(fresh: pytest.MonkeyPatch, tmp_path: Path) -> None:
    numba = pytest.importorskip("numba", reason="needs numba")
    fresh.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert compiled.compile_loop(double)(21) == double(21) == 42
    assert list(tmp_path.rglob("*double*.nbi"))


@pytest.mark.usefixtures("fresh")
def test_sums_are_reordered_only_where_that_is_asked_for() -> None:
    pytest.importorskip("numba", reason="needs numba")
    numbers = np.random.default_rng(1).normal(size=1000)
    in_order, reordered = compiled.compile_loop(add_up), compiled.compile_loop(add_up, reorder=True)
    assert in_order(numbers) == add_up(numbers)
    assert reordered(numbers) == pytest.approx(add_up(numbers), rel=1e-12)
