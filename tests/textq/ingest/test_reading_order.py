"""The reading order of the lines of a page."""

from dataclasses import dataclass

from textq.ingest.reading_order import sort_lines


@dataclass(frozen=True)
class Box:
    name: str
    x0: float
    x1: float
    y0: float
    y1: float


def line(name: str, x0: float, x1: float, y: float) -> Box:
    return Box(name, x0, x1, y, y + 12)


def read(*lines: Box) -> str:
    return "".join(box.name for box in sort_lines(lines, width=600))


def columns(names: str, top: float) -> list[Box]:
    """Two columns: the first half of the names to the left, the second to the right."""
    half = len(names) // 2
    left = [line(name, 50, 280, top - 20 * at) for at, name in enumerate(names[:half])]
    return left + [line(name, 320, 550, top - 20 * at) for at, name in enumerate(names[half:])]


def test_one_column_goes_from_top_to_bottom_whatever_stands_in_the_middle() -> None:
    assert read(line("c", 50, 550, 100), line("b", 250, 350, 140), line("a", 50, 550, 180)) == "abc"


def test_two_columns_are_read_one_after_the_other() -> None:
    assert read(*columns("abcdefghij", 500)) == "abcdefghij"


def test_a_line_across_both_columns_ends_what_stands_above_it() -> None:
    lines = [line("T", 100, 500, 700), *columns("abcdefgh", 600), line("U", 50, 550, 400), *columns("ijklmnop", 380)]

    assert read(*lines) == "TabcdefghUijklmnop"


def test_a_short_line_and_a_date_at_the_right_are_no_columns() -> None:
    lines = [line("a", 50, 200, 300), line("b", 400, 550, 300), line("c", 50, 550, 280), line("d", 400, 550, 260)]

    assert read(*lines) == "abcd"
