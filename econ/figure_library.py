"""The door of matplotlib, which is no part of the plain install: loaded when a figure is drawn, missed by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from econ.errors import FigureError

if TYPE_CHECKING:
    from matplotlib.artist import Artist as Artist
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure
    from matplotlib.legend import Legend as Legend
    from matplotlib.text import Text as Text

OLDEST = (3, 8)
"""The first version of matplotlib that figures are made for."""


def load_matplotlib(part: str = "") -> Any:
    """Return matplotlib, or one of its modules ("figure", "backends.backend_agg").

    Raises
    ------
    FigureError
        If it is not installed, or too old.
    """
    try:
        library = import_module("matplotlib")
    except ImportError as error:
        raise FigureError(
            'figures need matplotlib, which is not installed. Run: pip install "textq[figures]"'
        ) from error
    if library.__version_info__[:2] < OLDEST:
        raise FigureError(
            f"figures need matplotlib {'.'.join(map(str, OLDEST))} or later. Installed is {library.__version__}. Run: "
            'pip install --upgrade "textq[figures]"'
        )
    return import_module(f"matplotlib.{part}") if part else library
