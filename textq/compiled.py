"""Loops over arrays, compiled by numba (the extra ``fast``) where many characters are searched: the only door to numba.

A loop is a plain function of arrays and numbers. Where it is not compiled NumPy does the same, array by array; results
are equal to the last bit, so which of the two ran need not be known.
"""

from __future__ import annotations

from functools import cache, wraps
from pickle import UnpicklingError
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    Loop = TypeVar("Loop", bound=Callable[..., Any])

ENOUGH: float = 8_000_000
"""Characters that a process searches before its loops are compiled.

Every search counts: a text that is searched for terms and then for n-grams counts twice and more. Loading numba and
what it keeps on disk takes a second, and a loop saves some 0.1 µs a character: by then as much was lost without them.
Where nothing is on disk yet compiling takes ten seconds: once, or in every process where no folder can be written
(``NUMBA_CACHE_DIR`` names one).
"""

_BROKEN = (OSError, EOFError, UnpicklingError)
"""What reading or writing the files that numba keeps can end with: a full disk, a quota, a file cut short."""

_searched = 0
_counting = Lock()


def prefer_loops(n_characters: int) -> bool:
    """Tell whether so many characters should be searched by compiled loops: if they can be, after many were."""
    global _searched  # a count for the whole process; results do not depend on it
    with _counting:
        _searched += n_characters
    return _searched >= ENOUGH and can_compile()


def can_compile() -> bool:
    """Tell whether loops can be compiled here; looking takes as long as loading numba."""
    return _load_compiler() is not None


def compile_loop(loop: Loop) -> Loop:
    """Return a loop as machine code, which is kept on disk where numba finds a place for it.

    Raises
    ------
    RuntimeError
        If nothing compiles here: ask `prefer_loops` first, since Python alone takes a hundred times as long.
    """
    compiled: Loop = _compile(loop)
    return compiled


@cache
def _compile(loop: Loop) -> Loop:
    compiler = _load_compiler()
    if compiler is None:
        raise RuntimeError(
            f"The loop {loop.__name__} cannot be compiled: numba is not installed, cannot be loaded or is switched "
            "off. Ask prefer_loops, and use NumPy where it says no."
        )
    try:
        kept: Loop = compiler(cache=True, nogil=True)(loop)
    except RuntimeError:  # there is no folder that can be written
        compiled: Loop = compiler(nogil=True)(loop)
        return compiled
    return _guard_files(loop, kept, compiler)


def _guard_files(loop: Loop, kept: Loop, compiler: Callable[..., Any]) -> Loop:
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
            run = compiler(nogil=True)(loop)
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
