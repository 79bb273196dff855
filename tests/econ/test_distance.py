"""Great circles and gravity against other formulas."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ.distance import EARTH_RADIUS, measure_distances, measure_gravity

FIRST, SECOND = np.array([0]), np.array([1])

places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def measure(first: tuple[float, float], second: tuple[float, float]) -> float:
    return float(measure_distances(np.array([first, second]), FIRST, SECOND)[0])


@pytest.mark.parametrize(
    ("first", "second", "share_of_circle"),
    [
        ((10.0, 0.0), (11.0, 0.0), 1 / 360),
        ((10.0, 20.0), (10.0, 50.0), 30 / 360),
        ((0.0, 0.0), (90.0, 0.0), 1 / 4),
        ((0.0, 90.0), (77.0, -90.0), 1 / 2),
        ((-179.0, 0.0), (179.0, 0.0), 2 / 360),
    ],
)
def test_arcs_that_are_known_shares_of_a_great_circle(
    first: tuple[float, float], second: tuple[float, float], share_of_circle: float
) -> None:
    assert measure(first, second) == pytest.approx(2 * math.pi * EARTH_RADIUS * share_of_circle, rel=1e-12)


@given(places, places)
def test_distance_equals_the_angle_between_two_vectors(first: tuple[float, float], second: tuple[float, float]) -> None:
    def point(longitude: float, latitude: float) -> np.ndarray:
        x, y = math.radians(longitude), math.radians(latitude)
        return np.array([math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)])

    a, b = point(*first), point(*second)
    angle = math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))

    # near the antipodes arcsin has a vertical slope: a rounding of 1e-16 becomes 1e-8 of the radius
    assert measure(first, second) == pytest.approx(EARTH_RADIUS * angle, rel=1e-9, abs=2e-4)


@given(places, places)
def test_distance_is_symmetric(first: tuple[float, float], second: tuple[float, float]) -> None:
    assert measure(first, second) == measure(second, first)


def test_gravity_by_hand() -> None:
    sizes = np.array([[16.0, 1.0, 81.0, 1.0], [1.0, 1.0, 1.0, 4.0]])

    anchor = measure_gravity(sizes, np.array([3.0]), FIRST, SECOND, "anchor")
    simple = measure_gravity(sizes[:, :2], np.array([3.0]), FIRST, SECOND, "simple")

    assert anchor[0] == pytest.approx(2 * 3 * math.sqrt(2) / 9, rel=1e-15)
    assert simple[0] == pytest.approx(4 / 9, rel=1e-15)
