"""The recipes: every kind of covariance has one way to be written, all others are refused."""

import pytest

from econ.errors import SpecError
from econ.spec import VcovSpec, check_choice, parse_vcov


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        ("iid", VcovSpec("iid")),
        ("hc1", VcovSpec("hc1")),
        ({"cluster": "pair_id"}, VcovSpec("cluster", ("pair_id",))),
        ({"twoway": ("unit_i", "unit_j")}, VcovSpec("twoway", ("unit_i", "unit_j"))),
        ({"dyadic": ["unit_i", "unit_j"]}, VcovSpec("dyadic", ("unit_i", "unit_j"), "none")),
        ({"jackknife": ("unit_i", "unit_j")}, VcovSpec("jackknife", ("unit_i", "unit_j"), "none")),
        ({"jackknife": "unit"}, VcovSpec("jackknife", ("unit",), "none")),
        ({"wild": "unit", "draws": 99, "seed": 3}, VcovSpec("wild", ("unit",), "fixest", 99, 3)),
    ],
)
def test_vcov_becomes_its_spec(given: object, spec: VcovSpec) -> None:
    assert parse_vcov(given) == spec  # type: ignore[arg-type]


def test_ssc_that_is_named_wins() -> None:
    assert parse_vcov({"dyadic": ("a", "b")}, "fixest").ssc == "fixest"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("hc3", "must be"),
        ({}, "must be"),
        (None, "must be"),
        ({"cluster": "a", "iid": ()}, "must be"),
        ({"cluster": ("a", "b")}, "takes 1 columns"),
        ({"dyadic": "unit_i"}, "takes 2 columns"),
        ({"dyadic": ("a", "a")}, "different columns"),
        ({"cluster": 3}, "as strings"),
        ({"cluster": "a", "draws": 9}, "no option 'draws'"),
        ({"wild": "a", "draws": 0}, "no option 'draws' with the value 0"),
        ({"wild": "a", "draws": True}, "no option 'draws'"),
    ],
)
def test_other_vcovs_are_refused(given: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_vcov(given)  # type: ignore[arg-type]


def test_unknown_ssc_is_refused() -> None:
    with pytest.raises(SpecError, match=r"The 'ssc' parameter of fit_panel must be one of .* Got 'small' instead"):
        parse_vcov("iid", "small")


def test_choices_are_not_confused_by_type() -> None:
    with pytest.raises(SpecError, match="Got True instead"):
        check_choice("f", "ddof", True, (0, 1))
    check_choice("f", "ddof", 1, (0, 1))
    check_choice("f", "keep", None, (None, "upper_half"))
