"""The reading order of the rows of a page."""

from textq.ingest.pdf.reading_order import order_rows
from textq.ingest.pdf.segments import Segment

SIZE = 12.0


def segment(x0: float, x1: float, top: float) -> Segment:
    return Segment((), x0, x1, top, top + SIZE, SIZE)


def read(page: dict[str, Segment]) -> str:
    """Return the names of segments in reading order; those of one height are one row."""
    names = {id(one): name for name, one in page.items()}
    rows: dict[float, list[Segment]] = {}
    for one in sorted(page.values(), key=lambda one: (one.top, one.left)):
        rows.setdefault(one.top, []).append(one)
    return "".join(names[id(one)] for row, _ in order_rows(list(rows.values())) for one in row)


def columns(names: str, top: float, *, spans=((50, 280), (320, 550)), shift: float = 0) -> dict[str, Segment]:
    """Columns of equal length, the first names in the first one; each lies ``shift`` lower than the one before."""
    long = len(names) // len(spans)
    return {
        name: segment(*spans[at // long], top + 20 * (at % long) + shift * (at // long))
        for at, name in enumerate(names)
    }


def test_one_column_goes_from_top_to_bottom_whatever_stands_in_the_middle():
    assert read({"c": segment(50, 550, 180), "b": segment(250, 350, 140), "a": segment(50, 550, 100)}) == "abc"


def test_two_columns_are_read_one_after_the_other():
    assert read(columns("abcdefghij", 100)) == "abcdefghij"


def test_columns_whose_lines_stand_at_different_heights():
    assert read(columns("abcdefghij", 100, shift=9)) == "abcdefghij"


def test_columns_of_unequal_width():
    assert read(columns("abcdefghij", 100, spans=((50, 180), (200, 550)))) == "abcdefghij"


def test_three_columns():
    assert read(columns("abcdefghijkl", 100, spans=((50, 200), (225, 375), (400, 550)))) == "abcdefghijkl"


def test_a_line_across_both_columns_ends_what_stands_above_it():
    across = {"T": segment(100, 500, 50), "U": segment(50, 550, 300)}
    assert read(columns("abcdefgh", 100) | columns("ijklmnop", 350) | across) == "TabcdefghUijklmnop"


def test_half_a_page_of_columns_below_a_page_of_lines():
    lines = {name: segment(50, 550, 20 + 20 * at) for at, name in enumerate("ABCDEFGHIJ")}
    assert read(lines | columns("abcdefgh", 300)) == "ABCDEFGHIJabcdefgh"


def test_a_short_line_and_a_date_at_the_right_are_no_columns():
    page = {"a": segment(50, 200, 300), "b": segment(400, 550, 300), "c": segment(50, 550, 320)}
    assert read(page | {"d": segment(400, 550, 340)}) == "abcd"


def test_words_side_by_side_are_no_columns():
    """Bodies that sign together: short, so that few lines of either side are full."""
    page = {}
    for at, (left, right) in enumerate(zip("aceg", "bdfh", strict=True)):
        page |= {left: segment(50, 80 + 30 * at, 100 + 20 * at), right: segment(300, 460 - 30 * at, 100 + 20 * at)}
    assert read(page) == "abcdefgh"
