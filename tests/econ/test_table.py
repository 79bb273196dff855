"""How a number is printed, and what a table prints."""

import pytest

from econ.table import Interval, Number, Span, Table, print_rows, set_minus, show_number, unset_minus

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (Number(0.5, 4, stars="***"), "0.5000***"),
        (Number(-0.0123, 3, ("(", ")")), "(-0.012)"),
        (Number(-0.0023, 3), "-0.0023"),
        (Number(-0.00023, 3), "-0.00023"),
        (Number(-0.0000123, 4), "-0.000012"),
        (Number(-0.00000123, 4), "-1.23e-06"),
        (Number(0.0023, 2, adaptive=False), "0.00"),
        (Number(-0.0023, 2, adaptive=False), "0.00"),
        (Number(-0.0, 3), "0.000"),
        (Number(0.0, 3), "0.000"),
        (Number(12345.6, 0, grouped=True), "12,346"),
        (Number(0.4, 0), "0"),
        (Number(-0.5, 2, leading_zero=False), "-.50"),
        (Number(10.5, 1, leading_zero=False), "10.5"),
        (Number(NAN, 3, ("(", ")")), "(–)"),
        (Number(-INF, 3), "-∞"),
        (Interval(-0.5, 1, 2), "[-0.50, 1.00]"),
        (Interval(-INF, 0.004, 2, leading_zero=False), "[-∞, .0040]"),
    ],
)
def test_numbers_print(number: Number | Interval, printed: str) -> None:
    assert str(number) == printed


@pytest.mark.parametrize(
    ("value", "decimals", "in_powers"), [(0.5, 3, False), (0.0051, 4, False), (0.00051, 5, False), (0.000051, 2, True)]
)
def test_decimals_are_those_printed(value: float, decimals: int, in_powers: bool) -> None:
    number = Number(value, 3)
    assert (number.decimals, number.in_powers) == (decimals, in_powers)
    assert len(number.bare.partition("e")[0].partition(".")[2]) == decimals


def test_numbers_in_sentences_print_likewise() -> None:
    assert show_number(0.25) == str(Number(0.25, 4)) == "0.2500"


def test_rows_are_spans_head_and_blocks() -> None:
    table = Table("T", ("", "(1)", "(2)"), ((("a", Number(1.0, 1), ""),), (("n", "x", "y"),)), spans=((Span("S", 2),),))
    assert print_rows(table) == [["", "S", ""], ["", "(1)", "(2)"], ["a", "1.0", ""], ["n", "x", "y"]]


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("-0.5", "−0.5"),
        ("(-.5)", "(−.5)"),
        ("[-1, -2]", "[−1, −2]"),
        ("[-∞, 1]", "[−∞, 1]"),
        ("1.2e-05", "1.2e−05"),
        ("2015-03-07", "2015-03-07"),
        ("one-way, 5-6, a-1", "one-way, 5-6, a-1"),
        ("(1)-(4)", "(1)-(4)"),
    ],
)
def test_minus_signs_stand_before_numbers_alone(text: str, typeset: str) -> None:
    assert set_minus(text) == typeset
    assert unset_minus(typeset) == text
