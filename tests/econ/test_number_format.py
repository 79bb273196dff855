"""Number formats: what is shown under them is what is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ.number_format import build_format, choose_value, show_value
from econ.table import Number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (Number(0.0352, 3, stars="**"), '0.000"**"'),
        (Number(0.0352, 3, ("(", ")")), '"("0.000")";"("-0.000")"'),
        (Number(-0.5, 2, ("[", "]"), "*"), '"["0.00"]""*";"["-0.00"]""*"'),
        (Number(0.5, 3, leading_zero=False), ".000"),
        (Number(1234.5, 1, grouped=True), "#,##0.0"),
        (Number(2300, 0, grouped=True), "#,##0"),
        (Number(7, 0, leading_zero=False), "0"),
        (Number(1e-9, 3, stars="*"), '0.00E+00"*"'),
        (Number(1, 0, ('"', "")), '\\"0;\\"-0'),
    ],
)
def test_formats(number: Number, code: str) -> None:
    assert build_format(number) == code
    assert show_value(number.value, code) == str(number)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (-0.5, '0.000"**"', "-0.500**"),
        (0.285, "0.00", "0.29"),
        (-0.5, '"("0.0")";"("-0.0")"', "(-0.5)"),
        (0.0, '"("0.0")";"("-0.0")"', "(0.0)"),
        (1234567.5, "#,##0.00_x_)", "1,234,567.50"),
        (0.5, "#,###.00", ".50"),
        (9.999e-5, "0.00E+00", "1.00e-04"),
        (-1.5e-120, "0.00E+00", "-1.50e-120"),
        (0, "0.00E+00", "0.00e+00"),
        (3, 'a\\0"0;"0', "a00;3"),
    ],
)
def test_formats_are_applied_as_spreadsheets_do(value: float, code: str, shown: str) -> None:
    assert show_value(value, code) == shown


@given(
    st.floats(-1e7, 1e7) | st.floats(-0.01, 0.01) | st.decimals(-10, 10, places=3).map(float),
    st.integers(0, 5),
    st.sampled_from([("", ""), ("(", ")"), ("[", "]")]),
    st.sampled_from(["", "*", "***", "†"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_number_reads_as_it_prints(
    value: float, digits: int, brackets: tuple[str, str], stars: str, grouped: bool, zero: bool, adaptive: bool
) -> None:
    number = Number(value, digits, brackets, stars, grouped, zero, adaptive)
    code = build_format(number, 1.4)
    shown = {show_value(value, code), show_value(float(number.bare.replace(",", "")) + 0.0, code)}
    assert str(number) in shown


@pytest.mark.parametrize(("value", "digits", "held"), [(0.285, 2, 0.28), (0.2851, 2, 0.2851), (2300.0, 0, 2300)])
def test_printed_number_is_held_only_where_its_format_would_show_another(
    value: float, digits: int, held: float
) -> None:
    number = Number(value, digits)
    assert choose_value(number, build_format(number)) == held


@pytest.mark.parametrize("space", [0.3, 0.5, 1.17, 2.6, 4.0])
def test_space_behind_a_number_is_kept_free(space: float) -> None:
    code = build_format(Number(1, 1), space)
    widths = {"x": 0.5, ")": 0.333, "i": 0.278}
    assert sum(map(widths.__getitem__, code.removeprefix("0.0").replace("_", ""))) == pytest.approx(space, abs=0.1)
    assert show_value(1, code) == "1.0"
