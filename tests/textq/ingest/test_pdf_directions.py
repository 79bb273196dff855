"""Pages that are set sideways, upside down or in vertical lines, or whose neighbours lie across."""

import re

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.textq.ingest.test_pdf import HEIGHT, LEADING, LEFT, SENTENCE, SIZE, TOP, WIDTH, draw, put_lines, wrap
from tests.textq.ingest.test_pdf_layout import ENGINES, ROWS, TEXT, grid
from textq.ingest.extract import Extract, PdfEngine, ReadSpec
from textq.ingest.pdf import read_pdf
from textq.ingest.pdf.directions import set_upright
from textq.ingest.pdf.page import Glyph, PrintedPage, find_turn
from textq.ingest.pdf.with_pdfium import read_pages

LINES = [*wrap(f"一、{SENTENCE}"), *wrap(f"二、{SENTENCE}")]
PROSE = [f"一、{SENTENCE}", f"二、{SENTENCE}"]


def read(data: bytes, engine: PdfEngine) -> Extract:
    return read_pdf(data, ReadSpec(pdf_engine=engine))


def put_turned(canvas: Canvas, turn: int) -> None:
    """Print lines on a page that must be turned back by ``turn`` degrees to be read."""
    canvas.saveState()
    canvas.translate(*{90: (0, HEIGHT), 180: (WIDTH, HEIGHT), 270: (WIDTH, 0)}[turn])
    canvas.rotate(-turn)
    put_lines(canvas, LINES, top=500)
    canvas.restoreState()


def put_vertically(canvas: Canvas) -> None:
    """Print lines from top to bottom, the next one to the left."""
    for at, line in enumerate(LINES):
        for step, char in enumerate(line):
            if char != "　":
                canvas.drawString(480 - at * LEADING, 780 - step * SIZE * 1.1, char)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_that_is_turned_in_the_page_is_read_in_its_own_direction(turn, engine):
    found = read(draw(1, lambda canvas, _: put_turned(canvas, turn)), engine)
    assert (found.text.split("\n"), found.notes) == (PROSE, ())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_turned_in_the_page_and_turned_back_for_the_viewer_is_read(engine):
    def paint(canvas: Canvas, _: int) -> None:
        put_turned(canvas, 90)
        canvas.setPageSize((HEIGHT, WIDTH))  # reportlab means the size as shown
        canvas.setPageRotation(270)

    assert read(draw(1, paint), engine).text.split("\n") == PROSE


@pytest.mark.parametrize("engine", ENGINES)
def test_vertical_lines_are_read_from_right_to_left(engine):
    found = read(draw(1, lambda canvas, _: put_vertically(canvas)), engine)
    assert (found.text.split("\n"), found.notes) == (PROSE, ())


@pytest.mark.parametrize("engine", ENGINES)
def test_the_boxes_of_turned_text_lie_where_the_page_shows_it(engine):
    found = read(draw(1, lambda canvas, _: put_turned(canvas, 90)), engine)
    first = found.lines[0]
    # The line that begins LEFT + 2 characters from the left and 500 from the foot of its own page, which is turned.
    # Upright, x counts from the left and y downwards: (x, y) is shown at (y, x), counted from the lower right corner.
    assert first.top == pytest.approx(LEFT + 2 * SIZE, abs=1)
    assert first.lefts[0] == pytest.approx(500, abs=0.3 * SIZE)


@pytest.mark.parametrize("engine", ENGINES)
def test_words_that_stand_turned_beside_the_text_are_left_out_with_a_note(engine):
    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, LINES)
        canvas.rotate(90)
        canvas.drawString(300, -40, "内部资料")

    found = read(draw(1, paint), engine)
    assert found.text.split("\n") == PROSE
    assert found.notes == ("page 1 with words that stand turned beside the text: these were left out",)


def test_a_column_of_digits_is_no_vertical_text():
    glyphs = [Glyph(str(at % 10), 80, 20 + at * 20, 90, 36 + at * 20, 16) for at in range(30)]
    words = [Glyph("市", 120 + at * 16, 20 + at // 10 * 20, 136 + at * 16, 36 + at // 10 * 20, 16) for at in range(60)]
    page = PrintedPage(1, 600, 800, [*glyphs, *words])
    assert set_upright(page).turn == 0


@pytest.mark.parametrize(
    ("direction", "rotation", "turn"),
    [((1, 0), 0, 0), ((0, 1), 0, 270), ((0, -1), 0, 90), ((-1, 0), 0, 180), ((0, 1), 90, 0), ((1, 0), 270, 270)],
)
def test_the_direction_of_text_and_the_rotation_of_its_page_add_up(direction, rotation, turn):
    assert find_turn(*direction, rotation) == turn


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("is_table", [True, False])
def test_a_page_that_lies_across_leaves_the_paragraphs_of_the_others_whole(is_table, engine):
    def paint(canvas: Canvas, page: int) -> None:
        if page == 1:
            put_lines(canvas, LINES, top=TOP)
            return
        canvas.setPageSize((HEIGHT, WIDTH))
        if is_table:
            grid(canvas, ROWS, 500)
        else:
            put_lines(canvas, wrap(SENTENCE * 2, 44) * 4, top=500)

    lines = read(draw(2, paint), engine).text.split("\n")
    assert lines[:2] == PROSE
    assert lines[2:] == (TEXT if is_table else [SENTENCE * 2] * 4)


def test_characters_whose_font_states_no_height_stand_on_one_line():
    data = draw(1, lambda canvas, _: put_lines(canvas, ["一、市政府，区政府；。一"]))
    bare = re.sub(rb"(/(?:Ascent|Descent)\s+)(-?\d+)", lambda found: found[1] + b"0".ljust(len(found[2])), data)
    assert bare != data
    (page,) = read_pages(bare, 1)
    assert {(round(glyph.top), round(glyph.bottom), round(glyph.right - glyph.left)) for glyph in page.glyphs} == {
        (round(page.glyphs[0].top), round(page.glyphs[0].top + SIZE), SIZE)
    }
