"""Pages without readable text, the second witness, recognition, and hostile files."""

import re
import zlib
from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.textq.ingest.test_pdf import HEIGHT, LEFT, SENTENCE, WIDTH, draw, page_image, put_lines, typeset, wrap
from textq.errors import ConfigError, ReadError, ScannedError
from textq.ingest import ocr
from textq.ingest.extract import ReadSpec
from textq.ingest.ocr import RecognisedLine
from textq.ingest.pdf import engines, read_pdf
from textq.ingest.pdf.limits import check_streams, require_whole
from textq.ingest.pdf.page import Glyph, PrintedPage
from textq.ingest.pdf.page_kinds import classify_page
from textq.ingest.pdf.witness import name_pages, sample_pages

ENGINES = ("pdfium", "pdfminer")


def put_scan(canvas: Canvas) -> None:
    canvas.drawImage(page_image(), 0, 0, WIDTH, HEIGHT)


def mixed(pages: int = 5, scans: Sequence[int] = (2, 3)) -> bytes:
    def paint(canvas: Canvas, page: int) -> None:
        if page in scans:
            put_scan(canvas)
        else:
            put_lines(canvas, wrap(SENTENCE * 3))

    return draw(pages, paint)


@pytest.mark.parametrize("engine", ENGINES)
def test_scans_among_pages_of_text_are_named(engine):
    extract = read_pdf(mixed(), ReadSpec(pdf_engine=engine))
    assert extract.text.split("\n") == [SENTENCE * 3] * 3
    assert [note for note in extract.notes if "pages 2-3" in note and "scanned" in note]


def recognise(data: bytes, pages: Sequence[int]) -> list[RecognisedLine]:
    return [
        RecognisedLine(text, page, LEFT, top, LEFT + 16 * len(text), top + 16, confidence)
        for page in pages
        for text, top, confidence in (
            ("为促进跨境电子商务高质量发展，市人民政府每年安排专项资", 100, 0.98),
            ("金五千万元。", 128, 0.96),
        )
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_scans_are_recognised_where_asked_for(engine, monkeypatch):
    monkeypatch.setattr(ocr, "recognise_pages", recognise)
    extract = read_pdf(mixed(), ReadSpec(pdf_engine=engine, ocr=True))
    assert "为促进跨境电子商务高质量发展，市人民政府每年安排专项资金五千万元。" in extract.text.split("\n")
    assert "text recognised on pages 2-3, mean confidence .97" in extract.notes
    assert {line.page for line in extract.lines if line.confidence} == {2, 3}
    line = next(line for line in extract.lines if line.page == 2)
    assert (line.lefts[1] - line.lefts[0], line.confidence) == (pytest.approx(16), pytest.approx(0.98))


def test_a_scan_is_recognised_as_a_whole_and_stays_a_scan_if_nothing_is(monkeypatch):
    data = draw(2, lambda canvas, _: put_scan(canvas))
    monkeypatch.setattr(ocr, "recognise_pages", recognise)
    assert read_pdf(data, ReadSpec(ocr=True)).text.count("专项资金五千万元") == 2
    monkeypatch.setattr(ocr, "recognise_pages", lambda data, pages: [])
    with pytest.raises(ScannedError):
        read_pdf(data, ReadSpec(ocr=True))


def test_a_readable_file_is_never_recognised(monkeypatch):
    monkeypatch.setattr(ocr, "recognise_pages", None)
    assert read_pdf(typeset([SENTENCE], furniture=False), ReadSpec(ocr=True)).text == SENTENCE


def page(text: str = "", **options) -> PrintedPage:
    return PrintedPage(1, 600, 800, [Glyph(char, 0, 0, 10, 10, 10) for char in text], **options)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (page(SENTENCE), "text"),
        (page("同意。"), "short"),
        (page(), "short"),
        (page("杭州市人民政府", image_share=0.03), "short"),
        (page("— 3 —", image_share=0.9), "scan"),
        (page(image_share=0.01), "scan"),
        (page("\ue000\ue001" * 20), "unreadable"),
        (page("\ufffd" * 20), "unreadable"),
        (page("龘靐齉" * 10), "unreadable"),
    ],
)
def test_kinds_of_pages(found, kind):
    assert classify_page(found) == kind


class Engine:
    """An engine of given pages."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def __call__(self, data, most_pages, only=None):
        for number, text in enumerate(self.texts, 1):
            if not only or number in only:
                glyphs = [Glyph(char, 50 + 10 * at, 100, 60 + 10 * at, 110, 10) for at, char in enumerate(text)]
                yield PrintedPage(number, 800, 800, glyphs)


def use(monkeypatch, first: Engine, second: Engine):
    monkeypatch.setitem(engines._LOADERS, "pdfium", lambda: first)
    monkeypatch.setitem(engines._LOADERS, "pdfminer", lambda: second)
    return read_pdf(b"%PDF-1.4\nstartxref\n0\n%%EOF")


def test_disagreement_of_the_engines_is_named(monkeypatch):
    extract = use(monkeypatch, Engine(*[SENTENCE] * 3), Engine(SENTENCE, SENTENCE, SENTENCE.replace("政府", "攻俯")))
    assert [note for note in extract.notes if "two readers disagree on page 3" in note]


def test_engines_that_agree_need_no_note(monkeypatch):
    assert use(monkeypatch, Engine(SENTENCE), Engine(SENTENCE)).notes == ()


@pytest.mark.parametrize("bad", ["\ue000" * 40, "", "\ufffd" * 40])
def test_a_page_that_one_engine_cannot_read_is_taken_from_the_other(monkeypatch, bad):
    extract = use(monkeypatch, Engine(SENTENCE, bad), Engine(SENTENCE, "第二页" + SENTENCE))
    assert "第二页" in extract.text
    assert [note for note in extract.notes if "page 2" in note and "pdfminer" in note]


def test_text_that_one_engine_passes_over_and_the_other_cannot_read_is_refused(monkeypatch):
    with pytest.raises(ReadError, match="unreadable"):
        use(monkeypatch, Engine(""), Engine("\ufffd" * 40))


def test_a_page_unreadable_to_both_is_left_out_and_named(monkeypatch):
    texts = (SENTENCE, "\ue000" * 30, SENTENCE)
    extract = use(monkeypatch, Engine(*texts), Engine(*texts))
    assert "\ue000" not in extract.text
    assert [note for note in extract.notes if note.startswith("page 2 with an unreadable text layer")]


def test_samples_and_names_of_pages():
    assert [sample_pages(count) for count in (1, 2, 3, 14, 5000)] == [
        [1],
        [1, 2],
        [1, 2, 3],
        [1, 7, 14],
        [1, 2501, 5000],
    ]
    assert name_pages([3]) == "page 3"
    assert name_pages([1, 2, 3, 7]) == "pages 1-3, 7"


@pytest.mark.parametrize("engine", ENGINES)
def test_invisible_text_without_an_image_is_left_out_and_noted(engine):
    def paint(canvas: Canvas, _: int) -> None:
        put_lines(canvas, wrap(SENTENCE))
        canvas.addLiteral("3 Tr")
        canvas.drawString(LEFT, 300, "不印出来的文字")

    extract = read_pdf(draw(1, paint), ReadSpec(pdf_engine=engine))
    assert extract.text == SENTENCE
    assert [note for note in extract.notes if "invisible" in note and "left out" in note]


@pytest.mark.parametrize("engine", ENGINES)
def test_too_many_pages_are_refused(engine):
    with pytest.raises(ReadError, match="at most 2 are read"):
        read_pdf(draw(3, lambda canvas, _: None), ReadSpec(pdf_engine=engine, most_pages=2))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_of_countless_characters_is_refused(engine):
    def paint(canvas: Canvas, _: int) -> None:
        canvas.setFont("STSong-Light", 1)
        for at in range(300):
            canvas.drawString(10, 2 * at + 10, SENTENCE * 7)

    with pytest.raises(ReadError, match="no printed page"):
        read_pdf(draw(1, paint), ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_form_inside_itself_is_no_trap(engine):
    data = draw(1, lambda canvas, _: put_form(canvas), pageCompression=0)
    assert read_pdf(data, ReadSpec(pdf_engine=engine)).text == SENTENCE[:27]


def put_form(canvas: Canvas) -> None:
    canvas.beginForm("loop")
    canvas.setFont("STSong-Light", 16)
    canvas.drawString(LEFT, 700, SENTENCE[:27])
    canvas.endForm()
    canvas.doForm("loop")


def test_an_unknown_engine_is_refused():
    with pytest.raises(ConfigError, match="'pdf_engine'"):
        read_pdf(typeset([SENTENCE]), ReadSpec(pdf_engine="mupdf"))


def pack(times: int, size: int) -> bytes:
    stream = b"0" * size
    for _ in range(times):
        stream = zlib.compress(stream, 9)
    return b"1 0 obj <<%s>> stream\n%s\nendstream endobj" % (b"/Filter [" + b"/FlateDecode " * times + b"]", stream)


@pytest.mark.parametrize("times", [1, 2])
def test_streams_that_unpack_to_far_too_much_are_refused(times):
    check_streams(pack(times, 2**20))
    with pytest.raises(ReadError, match="unpacks to more than 128 MiB"):
        check_streams(pack(times, 129 * 2**20))


def test_a_search_for_streams_takes_linear_time():
    check_streams(b"stream\n" * 200_000)
    check_streams((b"obj /FlateDecode stream\n" + zlib.compress(b"x" * 99)) * 20_000)


def test_ends_of_files():
    end = b"startxref\n9\n%%EOF"
    require_whole(b"%PDF" + end + b"\n" * 5000)
    require_whole(b"%PDF" + end + b"<!-- page -->")
    for data, why in [
        (b"%PDF", "marker"),
        (b"%PDF %%EOF", "marker"),
        (end + b"x" * 2000, "marker"),
        (end + b"\n7 0 obj <</Type", "later revision"),
        (b"%PDF-1.4\n1 0 obj<</Linearized 1/L 99999>>" + end, "of 99,999 bytes"),
    ]:
        with pytest.raises(ReadError, match=f"truncated PDF.*{re.escape(why)}"):
            require_whole(data)


def test_two_pdfs_in_one_file_are_refused():
    one = mixed(1, ())
    with pytest.raises(ReadError, match="two PDFs in one file"):
        read_pdf(one + one)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_stream_is_never_read_as_a_whole_page(engine):
    text = "\n".join(f"BT 1 0 0 1 72 {800 - 16 * at} Tm (line {at} of the text {at * 7919}) Tj ET" for at in range(45))
    whole = draw(1, lambda canvas, _: canvas._code.append(text))
    stream, end = (whole.index(mark) for mark in (b"stream", b"endstream"))
    packed = zlib.compress(text.encode())
    whole = whole[:stream] + b"stream\n" + packed + b"\n" + whole[end:]
    whole = re.sub(rb"/Filter \[[^\]]*\]", b"/Filter /FlateDecode", whole)
    start = whole.index(packed)
    check_streams(whole)
    for at in range(start + 8, start + len(packed) - 8, 20):
        with pytest.raises(ReadError, match="damaged PDF: a stream"):
            read_pdf(whole[:at] + b"\xff\x00\xff\x00" + whole[at + 4 :], ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_that_is_listed_and_not_there_is_missed(engine):
    whole = draw(2, lambda canvas, _: put_lines(canvas, wrap(SENTENCE * 3)))
    first, second = re.search(rb"/Kids \[ (\d+) 0 R (\d+) 0 R \]", whole).groups()
    lost = whole.replace(first + b" 0 R " + second + b" 0 R", first + b" 0 R " + b"9" * len(second) + b" 0 R")
    with pytest.raises(ReadError, match="1 of the pages it lists are not in it"):
        read_pdf(lost, ReadSpec(pdf_engine=engine))
