"""A base map of the user, read from GeoJSON: its areas and lines in degrees, all of them, as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from econ.errors import FigureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_DEPTH = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
"""By kind of geometry: how many lists lie around a line or ring."""

_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Shape:
    """A line, or a ring around an area: (n, 2) longitude and latitude in degrees."""

    points: NDArray[np.float64]
    is_area: bool


def read_base_map(path: Path) -> tuple[Shape, ...]:
    """Read polygons and lines of a GeoJSON file (RFC 7946), none of them left out.

    Raises
    ------
    FigureError
        If it is no GeoJSON, holds other geometries, or coordinates that are no degrees.
    OSError
        If it cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FigureError(f"{path}: no GeoJSON in UTF-8 ({error}). Export the base map as GeoJSON.") from error
    try:
        shapes = tuple(shape for geometry in _list_geometries(content, path) for shape in _list_shapes(geometry, path))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FigureError(f"{path}: a geometry is broken ({error!r}). Export the base map as GeoJSON anew.") from error
    if not shapes:
        raise FigureError(f"{path}: no polygon or line in it. Export the base map as GeoJSON.")
    for shape in shapes:
        if not (np.abs(shape.points) <= (180.0, 90.0)).all():
            raise FigureError(
                f"{path}: coordinates beyond 180 and 90 degrees. Export the base map in degrees of longitude and "
                "latitude (WGS 84 or CGCS2000), not in a projection."
            )
    return shapes


def _list_geometries(content: Any, path: Path) -> Iterator[Any]:
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "FeatureCollection":
        for feature in content["features"]:
            yield from _list_geometries(feature, path)
    elif kind == "Feature":
        if content["geometry"] is not None:
            yield from _list_geometries(content["geometry"], path)
    elif kind == "GeometryCollection":
        for geometry in content["geometries"]:
            yield from _list_geometries(geometry, path)
    elif kind in _DEPTH:
        yield content
    else:
        raise FigureError(
            f"{path}: a base map has polygons and lines. Got {kind!r}. Leave other things out of the file."
        )


def _list_shapes(geometry: Any, path: Path) -> Iterator[Shape]:
    kind = geometry["type"]
    parts = [geometry["coordinates"]]
    for _ in range(_DEPTH[kind]):
        parts = [inner for part in parts for inner in part]
    for part in parts:
        points = np.array([[float(value) for value in point[:2]] for point in part], dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise FigureError(f"{path}: a {kind} whose points are no pairs of numbers. Export the base map anew.")
        yield Shape(points, kind in _AREAS)
