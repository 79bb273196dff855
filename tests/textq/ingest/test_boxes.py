"""Boxes of characters become printed lines."""

from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.boxes import Box, make_printed_lines
from textq.records import PrintedLine


def box(left: float, top: float = 10.0, page: int = 1) -> Box:
    return Box(page, left, top, left + 10, top + 12)


def test_characters_side_by_side_are_one_line():
    assert list(make_printed_lines([box(20), box(30.04)], 5)) == [
        PrintedLine(5, 1, 10.0, 22.0, (20.0, 30.0), (30.0, 40.0))
    ]


def test_a_blank_takes_the_gap():
    (line,) = make_printed_lines([box(20), None, box(45)], 0)
    assert (line.lefts, line.rights) == ((20.0, 30.0, 45.0), (30.0, 45.0, 55.0))


def test_a_lower_line_and_another_page_begin_anew_and_what_was_not_printed_between_has_no_box():
    lines = list(make_printed_lines([None, box(20), None, box(20, 30), box(30, 30, page=2), None], 0, 0.5))
    assert [(line.start, line.end, line.page, line.confidence) for line in lines] == [
        (1, 2, 1, 0.5), (3, 4, 1, 0.5), (4, 5, 2, 0.5)
    ]  # fmt: skip


def test_a_raised_character_stays_on_its_line():
    (line,) = make_printed_lines([box(20), Box(1, 30, 6, 36, 14), box(36)], 0)
    assert (line.top, line.bottom) == (6.0, 22.0)


boxes = st.none() | st.builds(box, st.floats(0, 500), st.sampled_from([10.0, 30.0, 50.0]), st.sampled_from([1, 2]))


@given(st.lists(boxes), st.integers(0, 100))
def test_every_printed_character_is_on_exactly_one_line_with_its_own_box(places, start):
    found = {}
    for line in make_printed_lines(places, start):
        for at, (left, right) in enumerate(zip(line.lefts, line.rights, strict=True), line.start):
            assert at not in found
            found[at] = (line.page, left, right)
    for at, place in enumerate(places, start):
        if place:
            assert found[at] == (place.page, round(place.left, 1), round(place.right, 1))
