"""Networks draw units at their places without borders; a base map only whole, and with its approval number."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ.errors import FigureError, PairError
from econ.figure_basemap import read_base_map
from econ.figure_network import list_network, plot_network, tabulate_network

from .figure_cases import make_pairs, make_units
from .figure_checks import check_figure

RING = [[95.0, 15.0], [130.0, 15.0], [130.0, 50.0], [95.0, 50.0], [95.0, 15.0]]
DASH = [[108.0, 3.0], [112.0, 4.0]]
APPROVAL = "GS(2019)1822号"


def write_map(folder: Path, *geometries: object) -> Path:
    path = folder / "map.geojson"
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.fixture
def base_map(tmp_path: Path) -> Path:
    return write_map(
        tmp_path,
        {"type": "MultiPolygon", "coordinates": [[RING]]},
        {"type": "MultiLineString", "coordinates": [DASH]},
    )


def test_dots_stand_at_their_places_with_the_area_of_their_pairs() -> None:
    units = make_units(12)
    pairs = make_pairs(units, 0.5)
    dots, links = list_network(units, pairs, marked=units["unit"][:3])
    (axes,) = plot_network(units, pairs, marked=units["unit"][:3]).axes
    scatter = axes.collections[1]
    drawn = pd.DataFrame(np.column_stack([scatter.get_offsets(), scatter.get_sizes()])).sort_values([0, 1])
    expected = dots.sort_values(["longitude", "latitude"])
    np.testing.assert_allclose(drawn[[0, 1]], expected[["longitude", "latitude"]])
    assert np.corrcoef(drawn[2], expected["n_pairs"])[0, 1] > 0.999
    assert len(axes.collections[0].get_segments()) == len(links) == len(pairs)
    members = pd.concat([pairs["unit_i"], pairs["unit_j"]])
    assert dots.set_index("unit")["n_pairs"].to_dict() == members.value_counts().to_dict()


def test_pairs_of_several_periods_are_one_link_and_units_of_several_years_one_dot() -> None:
    units, pairs = make_units(5), make_pairs(make_units(5), 1.0)
    dots, links = list_network(
        pd.concat([units.assign(year=2010), units.assign(year=2011)]), pd.concat([pairs, pairs]), weight="gravity"
    )
    assert (len(dots), len(links)) == (5, 10)
    table = tabulate_network(dots, links)
    assert table["kind"].value_counts().to_dict() == {"pair": 10, "unit": 5}


def test_the_aspect_is_that_of_the_middle_latitude() -> None:
    units = make_units(12)
    (axes,) = plot_network(units, make_pairs(units, 0.5)).axes
    south, north = axes.get_ylim()
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.radians((south + north) / 2)))


def test_no_border_is_drawn() -> None:
    units = make_units(12)
    figure = plot_network(units, make_pairs(units, 0.5))
    assert len(figure.axes[0].patches) == 0
    assert "no borders are drawn" in figure.texts[-1].get_text().replace("\n", " ")


def test_names_that_would_stand_over_one_another_are_left_out() -> None:
    units = make_units(60).assign(longitude=lambda table: 110 + table["longitude"] / 100)
    labels = dict(zip(units["unit"], units["name"], strict=True))
    figure = plot_network(units, make_pairs(units), labels=labels)
    check_figure(figure)
    assert 0 < len(figure.axes[0].texts) < 30


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_base_map_is_drawn_whole_with_its_number(base_map: Path, lang: Any) -> None:
    units = make_units(12)
    figure = plot_network(units, make_pairs(units, 0.5), base_map=base_map, approval=APPROVAL, lang=lang)
    check_figure(figure)
    (axes,) = figure.axes
    assert len(axes.patches) == 1
    np.testing.assert_allclose(axes.patches[0].get_xy(), RING)
    np.testing.assert_allclose(axes.lines[0].get_xydata(), DASH)
    assert axes.get_xlim()[0] < 95
    assert axes.get_xlim()[1] > 130
    assert axes.get_ylim()[0] < 3
    number = {"zh": "审图号：", "en": "Map approval number: "}[lang] + APPROVAL
    assert number in figure.texts[-1].get_text().split("\n")


@pytest.mark.parametrize(
    "given", [{"base_map": "map.geojson"}, {"base_map": "map.geojson", "approval": " "}, {"approval": APPROVAL}]
)
def test_a_base_map_and_its_number_go_together(given: dict[str, Any]) -> None:
    units = make_units(4)
    with pytest.raises(FigureError, match="approval number alone"):
        plot_network(units, make_pairs(units, 1.0), **given)


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "polygons and lines. Got 'Point'"),
        ({"type": "Polygon", "coordinates": [[[1e6, 3e6], [2e6, 3e6], [1e6, 4e6]]]}, "beyond 180 and 90 degrees"),
        ({"type": "Polygon", "coordinates": [[["x", 1]]]}, "a geometry is broken"),
        ({"type": "Polygon"}, "a geometry is broken"),
        (None, "no polygon or line"),
    ],
)
def test_what_is_no_base_map_is_refused(tmp_path: Path, geometry: object, message: str) -> None:
    with pytest.raises(FigureError, match=message):
        read_base_map(write_map(tmp_path, geometry))


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    path.write_text("<kml/>", encoding="utf-8")
    with pytest.raises(FigureError, match=r"map\.geojson: no GeoJSON"):
        read_base_map(path)


def test_geometries_of_all_kinds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    parts = [{"type": "Polygon", "coordinates": [RING, RING]}, {"type": "LineString", "coordinates": DASH}]
    path.write_text(json.dumps({"type": "GeometryCollection", "geometries": parts}), encoding="utf-8")
    assert [shape.is_area for shape in read_base_map(path)] == [True, True, False]


def test_units_without_a_place_are_refused() -> None:
    units = make_units(4)
    pairs = make_pairs(units, 1.0)
    with pytest.raises(FigureError, match="1 have none: 000003"):
        plot_network(units.head(3), pairs)
    with pytest.raises(PairError, match="latitude"):
        plot_network(units.assign(latitude=95.0), pairs)
    with pytest.raises(FigureError, match="at least one pair"):
        plot_network(units, pairs.head(0))
    with pytest.raises(FigureError, match="weights of a network must be numbers from 0"):
        plot_network(units, pairs.assign(gravity=-1.0), weight="gravity")
    with pytest.raises(FigureError, match="Missing: nonsense"):
        plot_network(units, pairs, value="nonsense")
