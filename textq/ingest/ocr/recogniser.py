"""What passes between a page's image and the text recognised on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PageImage:
    """The image of one page as it is shown.

    ``grey`` is of shape (height, width), 0 = black, 255 = white; ``scale`` says how many pixels a point (1/72 inch)
    takes.
    """

    page: int
    grey: "NDArray[np.uint8]"
    scale: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of text recognised on a page: its box in points from the top left corner, its confidence in [0, 1]."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A program or library that recognises text: its name and version, and the resolution that suits it."""

    name: str
    dpi: int
    recognise: Callable[[PageImage], list[RecognisedLine]]
