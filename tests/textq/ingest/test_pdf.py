import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from textq.errors import ReadError, ScannedError
from textq.ingest.pdf import read_pdf
from textq.ingest.read import read_file

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
SIZE, LEADING, LEFT, TOP = 16, 28, 80, 740
A_LINE = 27
"""Characters on a full line between the margins."""

SENTENCE = (
    "为促进跨境电子商务高质量发展，市人民政府每年安排专项资金五千万元，"
    "对符合条件的企业给予补助和贴息，并建设公共服务平台。"
)


def draw(pages: int, paint: Callable[[Canvas, int], None], **options: object) -> bytes:
    """Return a PDF whose pages ``paint`` fills."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    for page in range(1, pages + 1):
        canvas.setFont(FONT, SIZE)
        paint(canvas, page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def wrap(paragraph: str, width: int = A_LINE) -> list[str]:
    """Return the lines of a paragraph, the first one indented."""
    text = "　　" + paragraph
    return [text[at : at + width] for at in range(0, len(text), width)]


def put_lines(canvas: Canvas, lines: list[str], *, left: float = LEFT, top: float = TOP) -> None:
    for at, line in enumerate(lines):
        indent = len(line) - len(line.lstrip("　"))
        canvas.drawString(left + indent * SIZE, top - at * LEADING, line.lstrip("　"))


def typeset(paragraphs: list[str], *, per_page: int = 22, furniture: bool = True, **options: object) -> bytes:
    """Return pages of paragraphs as official documents are typeset."""
    lines = [line for paragraph in paragraphs for line in wrap(paragraph)]
    sheets = [lines[at : at + per_page] for at in range(0, len(lines), per_page)]

    def paint(canvas: Canvas, page: int) -> None:
        put_lines(canvas, sheets[page - 1])
        if furniture:
            canvas.drawCentredString(WIDTH / 2, 40, f"— {page} —")
            canvas.drawString(LEFT, 800, "杭州市人民政府公报")

    return draw(len(sheets), paint, **options)


PARAGRAPHS = [f"{mark}、{SENTENCE}" for mark in "一二三四五六七八九十"] * 2


def test_paragraphs_are_healed_over_lines_and_pages():
    assert read_pdf(typeset(PARAGRAPHS)).text.split("\n") == PARAGRAPHS


def test_a_paragraph_without_number_is_healed_over_lines():
    assert read_pdf(typeset([SENTENCE, SENTENCE[:40]], furniture=False)).text.split("\n") == [SENTENCE, SENTENCE[:40]]


def test_page_numbers_and_running_heads_are_dropped():
    text = read_pdf(typeset(PARAGRAPHS)).text
    assert "公报" not in text
    assert "—" not in text


def test_a_head_on_the_first_page_only_is_text():
    def paint(canvas: Canvas, page: int) -> None:
        put_lines(canvas, wrap(SENTENCE))
        if page == 1:
            canvas.drawString(LEFT, 800, "杭州市人民政府文件")

    assert "杭州市人民政府文件" in read_pdf(draw(3, paint)).text


def test_pages_are_spans_of_the_text():
    extract = read_pdf(typeset(PARAGRAPHS))
    assert [page.label for page in extract.pages] == [str(number) for number in range(1, len(extract.pages) + 1)]
    assert [page.end for page in extract.pages[:-1]] == [page.start for page in extract.pages[1:]]
    assert (extract.pages[0].start, extract.pages[-1].end) == (0, len(extract.text))
    assert len(extract.pages) > 2


def test_two_columns_are_read_one_after_the_other():
    columns = (
        [f"左栏第{number}段：{SENTENCE}" for number in "甲乙丙"],
        [f"右栏第{number}段：{SENTENCE}" for number in "甲乙丙"],
    )

    def paint(canvas: Canvas, _: int) -> None:
        for column, left in zip(columns, (60, 320), strict=True):
            put_lines(canvas, [line for paragraph in column for line in wrap(paragraph, 14)], left=left)

    assert read_pdf(draw(1, paint)).text.split("\n") == [*columns[0], *columns[1]]


def paint_table(canvas: Canvas, rows: list[list[str]], *, top: float = 600, height: float = 40) -> None:
    xs = [LEFT, LEFT + 60, LEFT + 280, LEFT + 420]
    canvas.grid(xs, [top - at * height for at in range(len(rows) + 1)])
    for at, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            for line, part in enumerate(text.split("\n")):
                canvas.drawString(x + 4, top - at * height - 16 - 18 * line, part)


def test_the_rows_of_a_ruled_table_are_lines_of_cells():
    rows = [["序号", "任务", "单位"], ["1", "建设公共\n服务平台", "商务局"], ["2", "设立基金", "财政局"]]

    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, wrap(SENTENCE))
        paint_table(canvas, rows)
        put_lines(canvas, wrap(SENTENCE), top=400)

    assert read_pdf(draw(1, paint)).text.split("\n") == [
        SENTENCE, "序号｜任务｜单位", "1｜建设公共服务平台｜商务局", "2｜设立基金｜财政局", SENTENCE
    ]  # fmt: skip


def test_a_frame_around_a_paragraph_is_no_table():
    def paint(canvas: Canvas, _: int) -> None:
        canvas.rect(60, 500, 480, 280)
        put_lines(canvas, wrap(SENTENCE))

    assert read_pdf(draw(1, paint)).text == SENTENCE


def test_letter_spaced_titles_and_justified_lines_have_no_blanks():
    def paint(canvas: Canvas, _: int) -> None:
        canvas.drawString(LEFT, TOP, "跨境电子商务专项资金管理办法", charSpace=4)
        put_lines(canvas, wrap(SENTENCE), top=600)

    assert read_pdf(draw(1, paint)).text.split("\n")[0] == "跨境电子商务专项资金管理办法"


ENGLISH = ["The zone shall promote trade", "and support the training of", "talents in all of its parks."]


def put_english(canvas: Canvas) -> None:
    canvas.setFont("Courier", 12)
    for at, line in enumerate(ENGLISH):
        canvas.drawString(LEFT, TOP - 16 * at, line)


def test_english_words_keep_their_blanks():
    def paint(canvas: Canvas, _: int) -> None:
        put_english(canvas)

    assert read_pdf(draw(1, paint)).text == " ".join(ENGLISH)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused_wherever_it_ends(share):
    data = typeset(PARAGRAPHS)
    with pytest.raises(ReadError, match="truncated"):
        read_pdf(data[: int(share * len(data))])


def test_a_damaged_file_is_refused_or_read_in_full():
    data = typeset(PARAGRAPHS)
    with pytest.raises(ReadError):
        read_pdf(data[: len(data) // 2] + b"\n%%EOF")


@pytest.mark.parametrize("data", [b"%PDF-1.4\n%%EOF", b"%PDF-1.7\n" + b"garbage " * 300 + b"%%EOF"])
def test_garbage_behind_the_signature_is_refused(data):
    with pytest.raises(ReadError):
        read_pdf(data)


def test_a_file_that_needs_a_password_is_refused():
    data = typeset([SENTENCE], encrypt=StandardEncryption("geheim", ownerPassword="owner", strength=128))
    with pytest.raises(ReadError, match="encrypted"):
        read_pdf(data)


def test_a_file_that_only_forbids_changes_is_read():
    protection = StandardEncryption("", ownerPassword="owner", canModify=0, strength=128)
    assert read_pdf(draw(1, lambda canvas, _: put_english(canvas), encrypt=protection)).text == " ".join(ENGLISH)


def page_image() -> ImageReader:
    return ImageReader(Image.new("L", (60, 80), 200))


def test_pages_of_images_are_scanned():
    def paint(canvas: Canvas, page: int) -> None:
        canvas.drawImage(page_image(), 0, 0, WIDTH, HEIGHT)
        canvas.drawCentredString(WIDTH / 2, 40, f"— {page} —")

    with pytest.raises(ScannedError, match="--ocr"):
        read_pdf(draw(2, paint))


def test_a_picture_beside_the_text_does_no_harm():
    def paint(canvas: Canvas, _: int) -> None:
        canvas.drawImage(page_image(), 100, 100, 60, 80)
        put_lines(canvas, wrap(SENTENCE))

    assert read_pdf(draw(1, paint)).text == SENTENCE


def test_pages_without_text_or_image_hold_no_text():
    with pytest.raises(ReadError, match="no text"):
        read_pdf(draw(2, lambda canvas, page: None))


def test_a_short_document_without_images_is_read():
    assert read_pdf(draw(1, lambda canvas, page: canvas.drawString(LEFT, TOP, "同意。"))).text == "同意。"


def without_character_map(data: bytes) -> bytes:
    """Return the PDF with a font whose codes stand for glyphs of nobody knows which characters."""
    return re.sub(rb"/UniGB-UCS2-H", b"/Identity-H  ", data)


def test_text_without_a_character_map_is_unreadable():
    data = without_character_map(typeset([SENTENCE], pageCompression=0))
    with pytest.raises(ReadError, match="unreadable text layer"):
        read_pdf(data)


def test_an_image_named_pdf_is_refused():
    buffer = io.BytesIO()
    Image.new("RGB", (10, 10)).save(buffer, "PNG")
    with pytest.raises(ReadError, match="PNG"):
        read_file(buffer.getvalue(), "扫描件.PDF")
