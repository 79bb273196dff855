"""Pairs of cities as links between dots at their longitude and latitude; borders only from a base map of the user."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ.errors import FigureError, name_first
from econ.figure_basemap import read_base_map
from econ.figure_library import load_matplotlib
from econ.figure_page import GREY, INK, Page, list_round, open_page, show_round
from econ.figure_words import say
from econ.spec import MEMBERS
from econ.units import check_columns, read_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from econ.figure_basemap import Shape
    from econ.figure_library import Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

_PLACE = ("longitude", "latitude")
_MARKED, _UNMARKED, _LAND = "#d55e00", "#f2f2f2", "#a6a6a6"
_MOST_NAMES = 30


def plot_network(
    units: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    value: str | None = None,
    weight: str | None = None,
    marked: Iterable[str] | None = None,
    labels: Mapping[str, str] | None = None,
    base_map: str | PathLike[str] | None = None,
    approval: str = "",
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw pairs as links between units at their longitude and latitude, without borders.

    Degrees are drawn as they are, with the aspect of the middle latitude; no projection is claimed.

    Parameters
    ----------
    units
        unit, longitude, latitude (degrees), and ``value``; one row a unit, or several with the same values.
    pairs
        unit_i, unit_j, and ``weight``; one row a pair, or several (a pair and period).
    value
        The column of units (from 0) that the area of a dot shows; the number of its pairs if None.
    weight
        The column of pairs (from 0) that the darkness of a link shows; all alike if None.
    marked
        Units whose dots are filled, such as the treated ones; none are told apart if None.
    labels
        Unit → its name, or ``value`` → what to print for it. Names stand beside the largest dots where there is room.
    base_map
        A GeoJSON file of the user, drawn whole and unchanged in grey. textq comes with none.
    approval
        Its approval number (审图号), which is printed in the figure. A base map is refused without it.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If a column is missing, a pair names a unit without a place, a base map has no approval number or cannot be
        read; PairError if the places of the units are missing or out of range.
    """
    if (base_map is None) != (not approval.strip()):
        raise FigureError(
            "a base map is drawn with its approval number alone (审图号, such as GS(2019)1822号), and the number "
            "without a base map says nothing. Give both base_map= and approval=, or neither of them."
        )
    shapes = () if base_map is None else read_base_map(Path(base_map))
    names = dict(labels or {})
    dots, links = list_network(units, pairs, value=value, weight=weight, marked=marked)
    shown = names.get(value, value) if value else say("network_degree", lang)
    counts = {"pairs": f"{len(links):,}", "units": f"{len(dots):,}"}
    below = [*notes, say("network_links" if base_map is None else "network_map", lang, **counts)]
    below += [
        say("network_size", lang, shown, f"{dots['value'].max():,.3g}"),
        *([say("network_names", lang)] if _list_named(dots, names) else []),
    ]
    below += ["\n" + say("approval", lang, approval.strip())] if base_map is not None else []
    texts = [*(names.get(str(unit), "") for unit in dots["unit"]), shown, approval]
    with open_page(size=size, lang=lang, height=5.0, texts=texts, title=title, notes=below) as page:
        _draw(page, dots, links, shapes, names, has_marks=marked is not None)
    return page.figure


def list_network(
    units: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    value: str | None = None,
    weight: str | None = None,
    marked: Iterable[str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the figure shows: dots (unit, longitude, latitude, n_pairs, value, marked), links (units, weight).

    Raises
    ------
    FigureError, PairError
        As :func:`plot_network` does.
    """
    check_columns(pairs, [*MEMBERS, *([weight] if weight else [])], "the table of pairs", FigureError)
    check_columns(units, ["unit", *([value] if value else [])], "the table of units", FigureError)
    places = read_units(units, _PLACE)
    links = pairs[[*MEMBERS, *([weight] if weight else [])]].drop_duplicates(list(MEMBERS), ignore_index=True)
    links = links.rename(columns={weight: "weight"}) if weight else links.assign(weight=1.0)
    members = pd.concat([links[MEMBERS[0]], links[MEMBERS[1]]])
    unknown = sorted(set(members) - set(places.index))
    if unknown or not len(links):
        raise FigureError(
            f"a network needs pairs whose units have a longitude and a latitude. {len(unknown)} have none: "
            f"{name_first(unknown)}." if unknown else "a network needs at least one pair. Got none."
        )  # fmt: skip
    dots = places.loc[sorted(set(members))].rename_axis("unit").reset_index()
    dots["n_pairs"] = dots["unit"].map(members.value_counts()).astype("int64")
    own = units.drop_duplicates("unit").set_index("unit")[value] if value else None
    dots["value"] = dots["n_pairs"].astype(float) if own is None else dots["unit"].map(own).astype(float)
    dots["marked"] = dots["unit"].isin(set(() if marked is None else marked))
    for name, column in (("value", dots["value"]), ("weight", links["weight"])):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        if not (numbers >= 0).all() or not np.isfinite(numbers).all():
            raise FigureError(
                f"the {name}s of a network must be numbers from 0. Some are missing, negative or infinite."
            )
    return dots, links


def tabulate_network(dots: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return dots and links in one table: kind (unit or pair), then their columns."""
    return pd.concat([dots.assign(kind="unit"), links.assign(kind="pair")], ignore_index=True)[
        ["kind", *dots.columns, *links.columns]
    ]


def _draw(
    page: Page, dots: pd.DataFrame, links: pd.DataFrame, shapes: Sequence[Shape], labels: Mapping[str, str], *,
    has_marks: bool,
) -> None:  # fmt: skip
    west, east, south, north = _find_bounds(dots, shapes)
    aspect = 1 / math.cos(math.radians((south + north) / 2))
    width = page.sheet.width - 0.8
    page.height = min(width * (north - south) * aspect / (east - west) + 0.6, 0.7 * page.sheet.tallest)
    axes = page.figure.subplots()
    axes.set_aspect(aspect)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    for shape in shapes:
        if shape.is_area:
            axes.fill(*shape.points.T, facecolor="#f0f0f0", edgecolor=_LAND, linewidth=0.4 * page.line, zorder=0)
        else:
            axes.plot(*shape.points.T, color=_LAND, linewidth=0.6 * page.line, zorder=0)
    _draw_links(page, axes, dots, links)
    areas = _draw_dots(page, axes, dots, has_marks=has_marks)
    _mark_degrees(page, axes)
    page.after.append(lambda: _place_names(page, axes, dots, areas, labels))


def _find_bounds(dots: pd.DataFrame, shapes: Sequence[Shape]) -> tuple[float, float, float, float]:
    """Return west, east, south, north: of the dots, or of the whole base map, with a margin."""
    points = np.concatenate([dots[list(_PLACE)].to_numpy(dtype=float), *(shape.points for shape in shapes)])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    reach = max(east - west, north - south, 0.5)
    margin = 0.02 * reach if shapes else 0.06 * reach
    across, along = (max(0.25 * reach - side, 0) / 2 + margin for side in (east - west, north - south))
    return west - across, east + across, south - along, north + along


def _draw_links(page: Page, axes: Axes, dots: pd.DataFrame, links: pd.DataFrame) -> None:
    places = dots.set_index("unit")[list(_PLACE)]
    ends = np.stack([places.loc[links[member]].to_numpy(dtype=float) for member in MEMBERS], axis=1)
    weights = links["weight"].to_numpy(dtype=float)
    shade = weights / weights.max() if weights.max() > 0 else np.ones(len(weights))
    densest = min(0.35, max(0.05, 60 / len(links)))
    colours = np.zeros((len(links), 4))
    colours[:, 3] = densest * (0.15 + 0.85 * shade)
    order = np.argsort(weights, kind="stable")
    collection = load_matplotlib("collections").LineCollection
    axes.add_collection(
        collection(ends[order], colors=colours[order], linewidths=0.7 * page.line, zorder=1), autolim=False
    )


def _draw_dots(page: Page, axes: Axes, dots: pd.DataFrame, *, has_marks: bool) -> np.ndarray:
    """Draw the dots, the large ones below; return their areas in square points."""
    values = dots["value"].to_numpy(dtype=float)
    largest = (9 * page.line) ** 2
    areas = np.maximum(largest * values / (values.max() or 1.0), (1.6 * page.line) ** 2)
    is_marked = dots["marked"].to_numpy(dtype=bool)
    order = np.argsort(-areas, kind="stable")
    groups = [
        (is_marked, _MARKED, "network_marked"),
        (~is_marked, _UNMARKED if has_marks else GREY, "network_unmarked"),
    ]
    faces = np.where(is_marked, _MARKED, groups[1][1])
    places = dots[list(_PLACE)].to_numpy(dtype=float)
    axes.scatter(
        places[order, 0], places[order, 1], s=areas[order], c=list(faces[order]), edgecolors=INK,
        linewidths=0.5 * page.line, zorder=2,
    )  # fmt: skip
    if has_marks:
        line = load_matplotlib("lines").Line2D
        style = {"linestyle": "", "marker": "o", "markersize": 6 * page.line, "markeredgecolor": INK}
        handles = [
            line([], [], markerfacecolor=colour, markeredgewidth=0.5 * page.line, **style) for _, colour, _ in groups
        ]
        page.add_legend(handles, [say(word, page.lang) for _, _, word in groups])
    return areas


def _mark_degrees(page: Page, axes: Axes) -> None:
    for which, limits, suffixes in (("x", axes.get_xlim(), "EW"), ("y", axes.get_ylim(), "NS")):
        values = list_round(*limits, 6)
        shown = show_round([abs(value) for value in values])
        texts = [
            f"{text}°" + ("" if not value else suffixes[0] if value > 0 else suffixes[1])
            for text, value in zip(shown, values, strict=True)
        ]
        axes.set_xticks(values, texts) if which == "x" else axes.set_yticks(values, texts)
    axes.tick_params(labelcolor=GREY, labelsize=0.85 * page.small)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#cccccc")


def _list_named(dots: pd.DataFrame, labels: Mapping[str, str]) -> list[int]:
    """Return the places of the dots that have a name, the largest first."""
    values = dots["value"].to_numpy(dtype=float)
    order = np.lexsort((dots["unit"].map(str).to_numpy(), -values))
    return [int(place) for place in order if labels.get(str(dots["unit"].iloc[place]))][:_MOST_NAMES]


def _place_names(page: Page, axes: Axes, dots: pd.DataFrame, areas: np.ndarray, labels: Mapping[str, str]) -> None:
    """Write the names of the largest dots: right, left, above or below; where none of these is free, not at all."""
    renderer = page.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    inside = axes.get_window_extent(renderer)
    places = dots[list(_PLACE)].to_numpy(dtype=float)
    centres = axes.transData.transform(places)
    pixels = page.figure.dpi / 72
    reach = np.sqrt(areas) / 2 * pixels
    taken: list[tuple[float, float, float, float]] = []
    for place in _list_named(dots, labels):
        away = reach[place] + 1.5 * pixels * page.line
        for dx, dy, ha, va in ((1, 0, "left", "center"), (-1, 0, "right", "center"), (0, 1, "center", "bottom"),
                               (0, -1, "center", "top")):  # fmt: skip
            text = axes.annotate(
                labels[str(dots["unit"].iloc[place])], (float(places[place, 0]), float(places[place, 1])), ha=ha, va=va,
                xytext=(dx * away / pixels, dy * away / pixels), textcoords="offset points", fontsize=page.small * 0.9,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.4},
                zorder=3,
            )  # fmt: skip
            box = text.get_window_extent(renderer)
            own = (box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1)
            is_free = not any(_overlap(own, other) for other in taken) and not _hides(own, centres, reach, place)
            if is_free and box.x0 >= inside.x0 and box.x1 <= inside.x1 and box.y0 >= inside.y0 and box.y1 <= inside.y1:
                taken.append(own)
                break
            text.remove()


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _hides(box: tuple[float, float, float, float], centres: np.ndarray, reach: np.ndarray, own: int) -> bool:
    """Return whether a text stands over a dot that is not its own."""
    x = np.clip(centres[:, 0], box[0], box[2]) - centres[:, 0]
    y = np.clip(centres[:, 1], box[1], box[3]) - centres[:, 1]
    hidden = np.hypot(x, y) < 0.6 * reach
    hidden[own] = False
    return bool(hidden.any())
