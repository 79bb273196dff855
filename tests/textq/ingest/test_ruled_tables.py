"""Rules → rows: double rules, and rows that a page break leaves open."""

from itertools import pairwise

import pytest

from textq.ingest.pdf.page import Rule
from textq.ingest.pdf.ruled_tables import find_rows


def draw_box(left: float, top: float, right: float, bottom: float) -> list[Rule]:
    return [
        Rule(left, top, right, top),
        Rule(left, bottom, right, bottom),
        Rule(left, top, left, bottom),
        Rule(right, top, right, bottom),
    ]


@pytest.mark.parametrize("room", [0.0, 1.5, 3.0])
def test_cells_with_borders_of_their_own_are_side_by_side(room):
    xs, ys = (50, 100, 300, 400), (100, 140, 180, 220)
    boxes = [
        draw_box(left + room, top + room, right, bottom) for left, right in pairwise(xs) for top, bottom in pairwise(ys)
    ]
    outer = draw_box(50, 100, 400, 220)
    rows = find_rows([*outer, *(rule for box in boxes for rule in box)])
    assert [[cell is not None for cell in row.cells] for row in rows] == [[True] * 3] * 3


def test_a_row_that_a_page_break_leaves_open_ends_where_its_verticals_end():
    flat = [Rule(50, y, 400, y) for y in (100, 140)]
    rows = find_rows([*flat, *(Rule(x, 100, x, 170) for x in (50, 100, 400))])
    assert [(row.top, row.bottom) for row in rows] == [(100, 140), (140, 170)]


def test_a_cell_that_spans_rows_is_named_in_each():
    flat = [Rule(50, 100, 400, 100), Rule(100, 140, 400, 140), Rule(50, 180, 400, 180)]
    first, second = find_rows([*flat, *(Rule(x, 100, x, 180) for x in (50, 100, 400))])
    assert second.cells[0] is None
    assert second.from_above == (first.cells[0], None)
    assert first.from_above == (None, None)
