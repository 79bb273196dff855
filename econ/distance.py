"""Distance and gravity of pairs, from the places and sizes of units; on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Gravity = Literal["anchor", "simple"]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

EARTH_RADIUS = 6371.0088
"""The mean radius of the Earth in km (IUGG)."""

SIZES: Mapping[str, tuple[str, ...]] = {
    "anchor": ("population", "gdp", "area", "rank"),
    "simple": ("population", "gdp"),
}
"""The unit variables of each gravity score."""

PLACE = ("longitude", "latitude")

_POWERS: Mapping[str, float] = {"anchor": 0.25, "simple": 0.5}


def measure_distances(places: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Return great-circle distances in km.

    d = 2R·arcsin √h with h = sin²((φ_i − φ_j)/2) + cos φ_i · cos φ_j · sin²((λ_i − λ_j)/2): the haversine formula
    (Sinnott 1984, Virtues of the Haversine, Sky and Telescope 68).

    Parameters
    ----------
    places : (n, 2)
        Longitude λ and latitude φ of each unit, in degrees.
    first, second : (m,)
        The rows of the two members of each pair.
    """
    longitude, latitude = np.radians(places).T
    across = np.sin((longitude[first] - longitude[second]) / 2) ** 2
    along = np.sin((latitude[first] - latitude[second]) / 2) ** 2
    h = along + np.cos(latitude[first]) * np.cos(latitude[second]) * across
    distances: FloatArray = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return distances


def measure_gravity(
    sizes: FloatArray, distances: FloatArray, first: IntArray, second: IntArray, gravity: Gravity
) -> FloatArray:
    """Return the gravity of pairs, F = m_i·m_j / d².

    Under ``anchor`` m = (P·G·S·A)^¼: population, real GDP, land area and administrative rank (Zhang, Chen, Zhu and Yan
    2023, 财经研究 49(7)); under ``simple`` m = √(P·G).

    Parameters
    ----------
    sizes : (n, 4) or (n, 2)
        The variables of :data:`SIZES`, all > 0.
    distances : (m,)
        In km, > 0.
    first, second : (m,)
        The rows of the two members of each pair.
    """
    masses = np.prod(sizes, axis=1) ** _POWERS[gravity]
    scores: FloatArray = masses[first] * masses[second] / distances**2
    return scores
