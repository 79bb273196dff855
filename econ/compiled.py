"""Loops over arrays, compiled by numba (the extra ``fast``) where there is much to do: the only door to numba.

A loop is a plain function of arrays and numbers. Where it is not compiled NumPy does the same, array by array.
"""

from __future__ import annotations

from functools import cache, wraps
from pickle import UnpicklingError
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    Loop = TypeVar("Loop", bound=Callable[..., Any])

_BROKEN = (OSError, EOFError, UnpicklingError)
"""What reading or writing the files that numba keeps can end with: a full disk, a quota, a file cut short."""


class Work:
    """Work of one kind that this process has done, in whatever it is counted by.

    Loading numba and what it keeps on disk takes a second: loops pay once as much was lost without them. Where nothing
    is on disk yet compiling takes ten seconds: once, or in every process where no folder can be written
    (``NUMBA_CACHE_DIR`` names one).

    Parameters
    ----------
    enough
        Work from which loops are preferred.
    """

    def __init__(self, enough: float) -> None:
        self.enough = enough
        self._done = 0
        self._counting = Lock()

    def prefer_loops(self, n: int) -> bool:
        """Tell whether the next ``n`` should be done by compiled loops: if they can be, after much was done."""
        with self._counting:
            self._done += n
        return self._done >= self.enough and can_compile()


def can_compile() -> bool:
    """Tell whether loops can be compiled here; looking takes as long as loading numba."""
    return _load_compiler() is not None


def compile_loop(loop: Loop, *, reorder: bool = False) -> Loop:
    """Return a loop as machine code, which is kept on disk where numba finds a place for it.

    Parameters
    ----------
    loop
        A function of arrays and numbers.
    reorder
        Whether sums of floats may be taken in another order, several at a time: the last digits may differ.

    Raises
    ------
    RuntimeError
        If nothing compiles here: ask ``Work.prefer_loops`` first, since Python alone takes a hundred times as long.
    """
    compiled: Loop = _compile(loop, reorder)
    return compiled


@cache
def _compile(loop: Loop, reorder: bool) -> Loop:
    load = _load_compiler()
    if load is None:
        raise RuntimeError(
            f"The loop {loop.__name__} cannot be compiled: numba is not installed, cannot be loaded or is switched "
            "off. Ask prefer_loops, and use NumPy where it says no."
        )
    options: dict[str, Any] = {"nogil": True} | ({"fastmath": {"reassoc", "contract"}} if reorder else {})
    try:
        kept: Loop = load(cache=True, **options)(loop)
    except RuntimeError:  # there is no folder that can be written
        compiled: Loop = load(**options)(loop)
        return compiled
    return _guard_files(loop, kept, lambda: load(**options)(loop))


def _guard_files(loop: Loop, kept: Loop, compile_again: Callable[[], Loop]) -> Loop:
    """Return a loop that is compiled once more, and kept nowhere, if the files of the kept one cannot be used.

    These are read and written when the loop is first called with arguments of new types; it opens no files itself.
    """
    run: Callable[..., Any] = kept

    @wraps(loop)
    def call(*arguments: Any) -> Any:
        nonlocal run
        try:
            return run(*arguments)
        except _BROKEN:
            if run is not kept:
                raise
            run = compile_again()
        return run(*arguments)

    return cast("Loop", call)


@cache
def _load_compiler() -> Callable[..., Any] | None:
    """Return what compiles, None where numba is not installed, cannot be loaded, or is told to compile nothing."""
    try:
        from numba import config, njit
    except (ImportError, OSError):  # llvmlite raises OSError where its library cannot be loaded
        return None
    settings: Any = config
    compiler: Callable[..., Any] | None = None if settings.DISABLE_JIT else njit
    return compiler
