"""Letter spacing, blanks that are but gaps, narrow gutters, and lists whose lines are short."""

import time

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.textq.ingest.test_pdf import FONT, SENTENCE, draw, put_lines, wrap
from tests.textq.ingest.test_pdf_layout import ENGINES, read_lines
from textq.ingest.pdf.page import Glyph
from textq.ingest.pdf.segments import gather_rows
from textq.ingest.pdf.spacing import find_gutters, measure_spacing

SPACED = "杭政〔2015〕44号，2015年6月29日，“单一窗口”（Single Window）。"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("spacing", [0, 1, 2, 3])
def test_spaced_letters_and_digits_are_no_words(spacing, engine):
    def paint(canvas: Canvas, _: int) -> None:
        text = canvas.beginText(20, 700)
        text.setFont(FONT, 12)
        text.setCharSpace(spacing)
        text.textLine(SPACED)
        canvas.drawText(text)

    assert read_lines(draw(1, paint), pdf_engine=engine) == [SPACED]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gap_behind_the_number_of_an_article_is_a_blank(engine):
    def paint(canvas: Canvas, _: int) -> None:
        canvas.drawString(80, 700, "第五条")
        canvas.drawString(80 + 3.25 * 16, 700, "为加快推进建设")

    assert read_lines(draw(1, paint), pdf_engine=engine) == ["第五条 为加快推进建设"]


def glyphs(text: str, left: float, top: float, *, size: float = 10, gap: float = 0) -> list[Glyph]:
    return [
        Glyph(char, left + at * (size + gap), top, left + at * (size + gap) + size, top + size, size)
        for at, char in enumerate(text)
    ]


def test_the_spacing_of_a_line_is_that_of_its_latin_letters_too():
    assert measure_spacing(glyphs("一二三四", 0, 0, gap=2)) == 2
    assert measure_spacing([*glyphs("一二三四", 0, 0, gap=2), *glyphs("AB", 50, 0)]) == 0
    assert measure_spacing(glyphs("一二三", 0, 0, gap=2)) == 0
    assert measure_spacing(glyphs("一二三四", 0, 0, gap=-1)) == 0


def test_a_gutter_of_one_character_is_shared_by_its_lines():
    lines = [[*glyphs("一二三四五", 0, 16 * at), *glyphs("六七八九十", 60, 16 * at)] for at in range(6)]
    assert find_gutters(lines) == [60]
    assert find_gutters(lines[:5]) == []
    assert all(len(row) == 2 for row in gather_rows(glyph for line in lines for glyph in line))


def test_gaps_in_other_places_are_no_gutter():
    lines = [[*glyphs("一二三四五", 0, 16 * at), *glyphs("六七八", 60 + 5 * at, 16 * at)] for at in range(6)]
    whole = [glyphs("一二三四五六七八九十", 0, 16 * at) for at in range(3, 9)]
    columns = [[*glyphs("一二三四五", 0, 16 * at), *glyphs("六七八九十", 60, 16 * at)] for at in (0, 1, 2, 9, 10, 11)]
    assert find_gutters(lines) == []
    assert find_gutters([*columns[:3], *whole, *columns[3:]]) == []


def test_a_page_full_of_gaps_takes_little_time():
    lines = [[one for x in range(0, 600, 6) for one in glyphs("一", x + at % 5, 2 * at, size=2)] for at in range(400)]
    start = time.process_time()
    find_gutters(lines)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("engine", ENGINES)
def test_two_columns_one_character_apart_are_read_one_after_the_other(engine):
    def paint(canvas: Canvas, _: int) -> None:
        canvas.setFont(FONT, 10)
        for left in (60, 60 + 23 * 10):
            for at, line in enumerate(part for part in wrap(SENTENCE * 3, 22)):
                canvas.drawString(left + 10 * line.count("　"), 700 - 16 * at, line.lstrip("　"))

    assert read_lines(draw(1, paint), pdf_engine=engine) == [SENTENCE * 3] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_short_lines_with_numbers_are_a_list(engine):
    names = [f"{at}.{name}市" for at, name in enumerate(("北京", "天津", "上海", "重庆", "沈阳", "长春"), 1)]
    assert read_lines(draw(1, lambda canvas, _: put_lines(canvas, names)), pdf_engine=engine) == names
