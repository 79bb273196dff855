"""Columns and pages: what a column needs, which page holds a table, where decimal points stand."""

from dataclasses import replace

import pytest

from econ.errors import SpecError
from econ.table import Number, Span, Table
from econ.table_layout import count_lines, lay_out, measure_columns, measure_unbroken
from tests.econ.printed_tables import make_table


def test_column_needs_what_stands_on_both_sides_of_the_point() -> None:
    rows = (("a", Number(-1.25, 2, stars="***")), ("", Number(0.5, 2, ("(", ")"))), ("n", Number(12345, 0)))
    (need,) = measure_columns(Table("", ("", "(1)"), (rows,)))
    assert need.before == pytest.approx(0.564 + 0.5)
    assert need.after == pytest.approx(0.25 + 2 * 0.5 + 3 * 0.5)
    assert need.unbroken == pytest.approx(2.5)


@pytest.mark.parametrize(("text", "width"), [("政策 abc", 1.388), ("政策", 1.0), ("a Ma", 1.333), ("", 0.0)])
def test_lines_break_between_chinese_letters_and_between_words(text: str, width: float) -> None:
    assert measure_unbroken(text) == pytest.approx(width)


@pytest.mark.parametrize(
    ("text", "room", "lines"), [("", 3, 1), ("政策强度", 4, 1), ("政策强度", 3, 2), ("ab cd", 1, 2), ("ab cd", 2.3, 1)]
)
def test_lines_are_counted(text: str, room: float, lines: int) -> None:
    assert count_lines(text, room) == lines


@pytest.mark.parametrize("n_columns", [2, 4, 6, 8, 10, 14])
def test_columns_fill_the_page_and_hold_their_numbers(n_columns: int) -> None:
    table = make_table(n_columns)
    layout = lay_out(table)
    assert sum(layout.widths) == pytest.approx(layout.page[0] - 2 * layout.margin)
    for need, width, point in zip(measure_columns(table), layout.widths[1:], layout.points[1:], strict=True):
        assert point >= need.before * layout.size - 1e-9
        assert width - point >= need.after * layout.size - 1e-9


def test_type_gets_smaller_with_the_number_of_columns() -> None:
    layouts = [lay_out(make_table(n_columns)) for n_columns in range(2, 20, 2)]
    looks = [(layout.page[0] < layout.page[1], layout.size) for layout in layouts]
    assert looks[0] == (True, 10.5)
    assert looks == sorted(looks, reverse=True)
    assert looks[-1][1] < 7.5


def test_columns_of_numbers_are_alike_where_there_is_room() -> None:
    _, *others = lay_out(make_table(4)).widths
    assert max(others) == pytest.approx(min(others))


def test_heads_above_several_columns_are_not_torn() -> None:
    table = replace(make_table(2), spans=((Span("W" * 30, 2),),))
    layout = lay_out(table)
    assert sum(layout.widths[1:]) >= 30 * 0.944 * layout.size


def test_table_that_no_page_holds_is_refused() -> None:
    with pytest.raises(SpecError, match=r"has 60 columns besides the names of its rows, .* A4 holds even at 5\.5"):
        lay_out(make_table(60))
