"""Both ways of reading texts: by NumPy, and by compiled loops."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Literal

import pytest

from textq import compiled

Way = Literal["numpy", "loops"]

needs_loops = pytest.mark.skipif(find_spec("numba") is None, reason="needs numba")

WAYS = ("numpy", pytest.param("loops", marks=needs_loops))
"""What a test takes that must pass both ways."""


@contextmanager
def read_by(way: Way) -> Iterator[None]:
    """Read all texts one way, however short they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "ENOUGH", math.inf if way == "numpy" else 0)
        assert compiled.prefer_loops(0) is (way == "loops"), "numba is installed, but does not compile"
        yield
