"""What every figure must be: all texts inside the canvas and apart from one another, in fonts with their letters."""

from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

SIZES = ("a4", "slide")
LANGS = ("zh", "en")


def list_seen(figure: Figure) -> list[Text]:
    """The texts with letters that are drawn, found without the help of the package."""
    found = []
    for text in figure.findobj(Text):
        box = text.get_window_extent()
        if text.get_visible() and text.get_text().strip() and box.width > 0:
            found.append(text)
    ticks = [
        label
        for axes in figure.axes
        if axes.axison
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels()
    ]
    unseen = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        for label in (tick.label1, tick.label2)
    } - {id(label) for label in ticks}
    return [text for text in found if id(text) not in unseen]


def check_figure(figure: Figure) -> None:
    """Raise unless the figure can be read in full, on the canvas as it is and after it was drawn once more."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    texts = list_seen(figure)
    assert texts
    boxes = [(text.get_window_extent(canvas.get_renderer()), text.get_text()) for text in texts]
    for box, shown in boxes:
        assert box.x0 >= -1, shown
        assert box.y0 >= -1, shown
        assert box.x1 <= width + 1, shown
        assert box.y1 <= height + 1, shown
    for (one, first), (other, second) in combinations(boxes, 2):
        apart = one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1 or one.y1 <= other.y0 + 1 or other.y1 <= one.y0 + 1
        assert apart, (first, second)
    for text in texts:
        check_letters(text)


def check_letters(text: Text) -> None:
    """Raise unless each letter is in a font of the text that draws no boxes for letters."""
    known = set()
    for family in text.get_fontfamily():
        assert not family.startswith("Last Resort")
        known |= set(get_font(findfont(FontProperties(family=[family]), fallback_to_default=False)).get_charmap())
    assert {letter for letter in text.get_text() if not letter.isspace() and ord(letter) not in known} == set()


def measure_ink(figure: Figure) -> np.ndarray:
    """The lightness of the pixels at the edge of the canvas: all white if nothing is cut off."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].min(axis=2)
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
