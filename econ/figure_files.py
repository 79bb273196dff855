"""A figure → files: PDF, SVG and PNG of 600 dpi, and the numbers that it shows as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from econ.figure_fonts import is_truetype
from econ.figure_layout import list_texts
from econ.figure_library import load_matplotlib

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    import pandas as pd

    from econ.figure_library import Figure

ENDINGS = ("pdf", "svg", "png", "csv")
DPI = 600
_COMPRESSION = 3
"""Of PNG: a third of the time that the usual 6 takes, for files that are a tenth larger."""

_NOTHING: Mapping[str, Mapping[str, Any]] = {
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}
"""What would make files of two days or two versions differ is left out."""


def write_figure(figure: Figure, path: str | PathLike[str], data: pd.DataFrame) -> tuple[Path, ...]:
    """Write a figure as PDF (fonts embedded), SVG (letters as outlines) and PNG (600 dpi), and its data as CSV.

    The same figure gives the same bytes. Fonts are embedded as TrueType (42) where their outlines are; OpenType fonts
    with CFF outlines, such as Noto Sans CJK, as Type 3, as TrueType they are blank in some viewers.

    Parameters
    ----------
    figure
        Of one of the functions ``econ.plot_…``.
    path
        "figures/placebo" becomes figures/placebo.pdf, .svg, .png and .csv. One of these endings, in small or capital
        letters, is taken off before: "figures/placebo.pdf" gives the same four files.
    data
        The numbers that the figure shows; the modules ``econ.figure_…`` list them. UTF-8 with a byte-order mark.

    Returns
    -------
    tuple of Path
        The files, in this order.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    path = Path(path)
    stem = path.with_suffix("") if path.suffix.lower().removeprefix(".") in ENDINGS else path
    files = tuple(stem.with_name(f"{stem.name}.{ending}") for ending in ENDINGS)
    style = {"pdf.fonttype": choose_font_type(figure), "svg.fonttype": "path", "svg.hashsalt": "textq"}
    with load_matplotlib().rc_context(style):
        for file, (kind, metadata) in zip(files, _NOTHING.items(), strict=False):
            as_pixels = {"dpi": DPI, "pil_kwargs": {"compress_level": _COMPRESSION}}
            options: Mapping[str, Any] = as_pixels if kind == "png" else {}
            figure.savefig(file, format=kind, metadata=dict(metadata), **options)
    data.to_csv(files[-1], index=False, encoding="utf-8-sig", lineterminator="\n")
    return files


def choose_font_type(figure: Figure) -> int:
    """Return how a PDF embeds the fonts of a figure: 42 where all of them are TrueType, else 3."""
    families = {family for text in list_texts(figure) for family in text.get_fontfamily()}
    return 42 if all(map(is_truetype, sorted(families))) else 3
