"""Both ways of working on arrays: by NumPy, and by compiled loops."""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from typing import Literal

import pytest

from econ.compiled import Work
from econ.pair_loops import JOINED
from textq.compiled import SEARCHED

Way = Literal["numpy", "loops"]

needs_loops = pytest.mark.skipif(find_spec("numba") is None, reason="needs numba")

WAYS = ("numpy", pytest.param("loops", marks=needs_loops))
"""What a test takes that must pass both ways."""


@contextmanager
def work_by(way: Way, work: Work) -> Iterator[None]:
    """Do all work of a kind one way, however little it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "enough", math.inf if way == "numpy" else 0)
        assert work.prefer_loops(0) is (way == "loops"), "numba is installed, but does not compile"
        yield


def read_by(way: Way) -> AbstractContextManager[None]:
    """Read all texts one way."""
    return work_by(way, SEARCHED)


def join_by(way: Way) -> AbstractContextManager[None]:
    """Join all pairs one way."""
    return work_by(way, JOINED)
