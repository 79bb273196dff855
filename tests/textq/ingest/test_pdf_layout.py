"""What the layout makes of pages: tables, running heads, footnotes, and the box of every character."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.textq.ingest.test_pdf import HEIGHT, LEFT, SENTENCE, WIDTH, draw, put_lines, wrap
from textq.ingest.extract import Extract, ReadSpec
from textq.ingest.pdf import read_pdf

ENGINES = ("pdfium", "pdfminer")


def read_lines(data: bytes, **options) -> list[str]:
    return read_pdf(data, ReadSpec(**options)).text.split("\n")


def put_row(canvas: Canvas, cells: list[str], y: float, lefts=(80, 140, 340)) -> None:
    """Print the cells of a row, each with its lines below one another, 18 points apart."""
    canvas.setFont("STSong-Light", 12)
    for left, cell in zip(lefts, cells, strict=True):
        for at, part in enumerate(cell.split("\n")):
            canvas.drawString(left, y - 18 * at, part)


ROWS = [
    ["序号", "任务", "责任单位"],
    ["1", "建设公共服务平台\n和统计监测中心", "市商务局"],
    ["2", "设立基金", "市财政局"],
]
TEXT = ["序号｜任务｜责任单位", "1｜建设公共服务平台和统计监测中心｜市商务局", "2｜设立基金｜市财政局"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_without_rules_is_read_row_by_row(engine):
    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, wrap(SENTENCE), top=780)
        for at, row in enumerate(ROWS):
            put_row(canvas, row, 640 - 50 * at)
        canvas.setFont("STSong-Light", 16)
        put_lines(canvas, wrap(SENTENCE), top=450)

    assert read_lines(draw(1, paint), pdf_engine=engine) == [SENTENCE, *TEXT, SENTENCE]


def test_rows_of_a_table_without_rules_are_told_by_their_numbers_where_no_room_parts_them():
    def paint(canvas: Canvas, _: int) -> None:
        for y, row in zip((640, 622, 586), ROWS, strict=True):
            put_row(canvas, row, y)

    assert read_lines(draw(1, paint)) == TEXT


def test_a_list_with_hanging_numbers_and_bodies_that_sign_are_no_table():
    def paint(canvas: Canvas, _: int) -> None:
        for at, body in enumerate(("商务部", "海关总署", "税务总局")):
            put_row(canvas, [f"{at + 1}.", body, "财政部"], 640 - 30 * at)

    assert "｜" not in read_pdf(draw(1, paint)).text


def grid(canvas: Canvas, rows: list[list[str]], top: float, height: float = 40) -> float:
    """Print a ruled table and return where it ends."""
    canvas.grid([76, 136, 336, 456], [top - at * height for at in range(len(rows) + 1)])
    for at, row in enumerate(rows):
        put_row(canvas, row, top - at * height - 14)
    return top - len(rows) * height


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_over_two_pages_has_its_head_once_and_its_torn_row_whole(engine):
    full = "建设覆盖全市的跨境电子商务公共服"  # sixteen characters of 12 points fill the cell of 200

    def paint(canvas: Canvas, page: int) -> None:
        if page == 1:
            put_lines(canvas, wrap(SENTENCE), top=780)
            grid(canvas, [ROWS[0], ["1", full, "市商务局"]], 140)
        else:
            end = grid(canvas, [ROWS[0], ["", "务平台", ""], ["2", "设立基金", "市财政局"]], 800)
            canvas.setFont("STSong-Light", 16)
            put_lines(canvas, wrap(SENTENCE), top=end - 60)
        canvas.setFont("STSong-Light", 10)
        canvas.drawCentredString(WIDTH / 2, 30, f"- {page} -")

    assert read_lines(draw(2, paint), pdf_engine=engine) == [
        SENTENCE, TEXT[0], f"1｜{full}务平台｜市商务局", "2｜设立基金｜市财政局", SENTENCE
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_that_no_rule_closes_at_the_end_of_its_page_is_whole(engine):
    full = "建设覆盖全市的跨境电子商务公共服"

    def paint(canvas: Canvas, page: int) -> None:
        if page == 1:
            put_lines(canvas, wrap(SENTENCE), top=780)
            canvas.lines([(76, y, 456, y) for y in (140, 100)])
            canvas.lines([(x, 140, x, 60) for x in (76, 136, 336, 456)])
            put_row(canvas, ROWS[0], 126)
            put_row(canvas, ["1", full, "市商务局"], 86)
        else:
            canvas.lines([(76, y, 456, y) for y in (800, 760, 680, 640)])
            canvas.lines([(x, 800, x, 640) for x in (76, 136, 336, 456)])
            for cells, y in ((ROWS[0], 786), (["", "务平台", ""], 746), (ROWS[2], 666)):
                put_row(canvas, cells, y)

    assert read_lines(draw(2, paint), pdf_engine=engine) == [
        SENTENCE, TEXT[0], f"1｜{full}务平台｜市商务局", "2｜设立基金｜市财政局"
    ]  # fmt: skip


def test_a_whole_row_behind_a_page_break_is_a_row_of_its_own():
    def paint(canvas: Canvas, page: int) -> None:
        rows = [ROWS[0], ["1", "建设平台", "市商务局"]] if page == 1 else [["", "设立基金", "市财政局"]]
        grid(canvas, rows, 120 if page == 1 else 800)
        put_lines(canvas, wrap(SENTENCE), top=700 if page == 1 else 500)

    assert "1｜建设平台｜市商务局\n｜设立基金｜市财政局" in read_pdf(draw(2, paint)).text


def test_a_cell_that_spans_two_rows_is_read_in_each_as_in_a_word_file():
    def paint(canvas: Canvas, _: int) -> None:
        canvas.lines([(76, 700, 456, 700), (136, 660, 456, 660), (76, 620, 456, 620)])
        canvas.lines([(x, 700, x, 620) for x in (76, 136, 336, 456)])
        put_row(canvas, ["平台\n建设", "建设公共服务平台", "市商务局"], 670)
        put_row(canvas, ["", "设立统计监测中心", "市统计局"], 640)

    assert read_lines(draw(1, paint)) == [
        "平台建设｜建设公共服务平台｜市商务局",
        "平台建设｜设立统计监测中心｜市统计局",
    ]


def paint_pages(canvas: Canvas, page: int, number: str, heads: tuple[str, ...]) -> None:
    put_lines(canvas, [f"第{page}页开头：{SENTENCE}"[:27], *wrap(SENTENCE)], top=700)
    canvas.setFont("STSong-Light", 9)
    canvas.drawString(LEFT, 810, heads[(page - 1) % len(heads)])
    canvas.drawCentredString(WIDTH / 2, 30, number)


@pytest.mark.parametrize("number", ["— {} —", "-{}-", "第{}页共6页", "第 {} 页 / 共 6 页", "{}/6", "· {} ·", "{}"])
@pytest.mark.parametrize("heads", [("云湖市人民政府公报",), ("云湖市人民政府公报", "二〇二一年第三期")])
def test_running_heads_and_page_numbers_are_dropped(number, heads):
    text = read_pdf(draw(6, lambda canvas, page: paint_pages(canvas, page, number.format(page), heads))).text
    assert "公报" not in text
    assert "第三期" not in text
    assert text.count("\n") == 11


@pytest.mark.parametrize("number", ["iii", "IV", "Ⅳ"])
def test_roman_page_numbers_are_dropped(number):
    assert number not in read_pdf(draw(1, lambda canvas, page: paint_pages(canvas, page, number, ("页眉",)))).text


def test_a_head_set_apart_is_dropped_from_two_pages():
    text = read_pdf(draw(2, lambda canvas, page: paint_pages(canvas, page, str(page), ("云湖市人民政府公报",)))).text
    assert "公报" not in text


def test_a_head_with_the_page_number_in_it_is_dropped():
    def paint(canvas: Canvas, page: int) -> None:
        paint_pages(canvas, page, "", (f"云湖市人民政府公报　第3期　{page + 40}",))

    assert "公报" not in read_pdf(draw(3, paint)).text


def test_annexes_on_pages_of_their_own_keep_their_marks():
    def paint(canvas: Canvas, page: int) -> None:
        canvas.drawString(LEFT, 790, f"附件{page}")
        put_lines(canvas, wrap(SENTENCE), top=700)

    assert [line for line in read_lines(draw(4, paint)) if line.startswith("附件")] == [
        "附件1",
        "附件2",
        "附件3",
        "附件4",
    ]


@pytest.mark.parametrize("mark", ["①", "[1]", "1 ", "*"])
@pytest.mark.parametrize("has_rule", [True, False])
def test_footnotes_stand_behind_the_text(mark, has_rule):
    note = f"{mark}指依法登记的企业法人。"

    def paint(canvas: Canvas, page: int) -> None:
        put_lines(canvas, wrap(SENTENCE * 5), top=780)
        if page == 1:
            canvas.setFont("STSong-Light", 9)
            canvas.drawString(LEFT, 90, note)
            canvas.drawString(LEFT, 78, "不包括分支机构。")
            if has_rule:
                canvas.line(LEFT, 106, LEFT + 140, 106)

    extract = read_pdf(draw(2, paint))
    (span,) = extract.footnotes
    assert extract.text[span.start : span.end].replace(" ", "") == note.replace(" ", "") + "不包括分支机构。"
    assert span.end == len(extract.text)
    assert extract.text[: span.start] == f"{SENTENCE * 5}\n" * 2
    assert [page.label for page in extract.pages] == ["1", "2", "1"]


def test_contents_keep_their_leaders():
    lines = ["一、总体要求……………………3", "二、主要任务......................7"]
    assert read_lines(draw(1, lambda canvas, _: put_lines(canvas, lines))) == lines


def characters(extract: Extract) -> dict[int, tuple[int, float, float, float, float]]:
    return {
        line.start + at: (line.page, left, line.top, right, line.bottom)
        for line in extract.lines
        for at, (left, right) in enumerate(zip(line.lefts, line.rights, strict=True))
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_every_printed_character_has_its_box(engine):
    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, wrap("⼈⺠政府 投入 5000 万元，" + SENTENCE))
        grid(canvas, ROWS, 500)

    extract = read_pdf(draw(1, paint), ReadSpec(pdf_engine=engine))
    found = characters(extract)
    assert {char for at, char in enumerate(extract.text) if at not in found} <= {"\n", "｜", " "}
    for at, (_, left, top, right, bottom) in found.items():
        if "\u4e00" <= extract.text[at] <= "\u9fff":
            assert 11 < right - left < 17, extract.text[at]
            assert 10 < bottom - top < 22
    first = found[extract.text.index("投")]
    assert first[1] == pytest.approx(
        LEFT + 2 * 16 + 4 * 16 + 16 * 0.207, abs=1.5
    )  # behind two blanks, 人民政府 and one
    assert first[2] < HEIGHT - 740 < first[4]


def test_both_engines_give_the_same_boxes():
    data = draw(1, lambda canvas, _: put_lines(canvas, wrap(SENTENCE)))
    one, two = (characters(read_pdf(data, ReadSpec(pdf_engine=engine))) for engine in ENGINES)
    assert one.keys() == two.keys()
    for at, box in one.items():
        assert box == pytest.approx(two[at], abs=4)


def test_slanted_watermarks_are_left_out():
    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, wrap(SENTENCE))
        canvas.translate(150, 500)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料")

    assert read_lines(draw(1, paint)) == [SENTENCE]
