import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib import util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.textq.ingest.made_pdfs import Setting, scan_document, set_document, show_pages
from tests.textq.ingest.made_text import LINES, PARAGRAPHS, error_rate
from textq.errors import ReadError
from textq.ingest import ocr
from textq.ingest.ocr import RecognisedLine, find_recogniser, rapid, recognise_pages, tesseract
from textq.ingest.ocr.marks import widen_marks
from textq.ingest.ocr.recogniser import PageImage, Recogniser
from textq.ingest.ocr.render import render_pages

FINDERS = {"rapidocr": rapid.find_rapid, "tesseract": tesseract.find_tesseract}

MOST_ERRORS = {"rapidocr": (0.005, 0.01), "tesseract": (0.05, 0.05)}
"""Edits a character on clean pages, and on pages askew by a degree, at 150 dpi, with the traces of JPEG."""


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Recogniser | None], None]:
    """Let one recogniser serve."""
    return lambda recogniser: monkeypatch.setattr(ocr, "_choose_recogniser", lambda: recogniser)


@pytest.fixture(params=FINDERS)
def recogniser(request: pytest.FixtureRequest, use) -> str:
    """The name of an installed recogniser, which serves."""
    found = FINDERS[request.param]()
    if found is None:
        pytest.skip(f"needs {request.param}")
    use(found)
    return request.param


ON_A_PAGE = 9
"""Paragraphs that one page holds."""


def scan(skew: float = 0, quality: int = 0, dpi: int = 200) -> bytes:
    """Return a scan of the first page of the document."""
    page = set_document(Setting(), PARAGRAPHS[:ON_A_PAGE]).data
    return scan_document(show_pages(page, dpi=dpi, skew=skew, quality=quality))


def measure_errors(data: bytes) -> float:
    return error_rate("".join(LINES[:ON_A_PAGE]), "".join(line.text for line in recognise_pages(data, [1])))


@pytest.mark.full
def test_clean_pages_are_recognised(recogniser):
    assert measure_errors(scan()) < MOST_ERRORS[recogniser][0]


@pytest.mark.full
def test_noisy_pages_are_recognised(recogniser):
    assert measure_errors(scan(skew=1, quality=30, dpi=150)) < MOST_ERRORS[recogniser][1]


@pytest.mark.full
def test_lines_stand_where_they_are_printed(recogniser):
    """The witness is the ink: rows of pixels that are blank part the lines of the page."""
    image = next(render_pages(scan(), [1], 144))
    dark = np.flatnonzero((image.grey < 128).any(axis=1))
    runs = np.split(dark, np.flatnonzero(np.diff(dark) > 6) + 1)
    lines = recognise_pages(scan(), [1])
    assert len(lines) == len(runs)
    for line, run in zip(lines, runs, strict=True):
        assert (line.page, line.top, line.bottom) == (
            1,
            pytest.approx(run[0] / 2, abs=7),
            pytest.approx(run[-1] / 2, abs=7),
        )
        columns = np.flatnonzero((image.grey[run[0] : run[-1]] < 128).any(axis=0))
        assert (line.left, line.right) == (pytest.approx(columns[0] / 2, abs=8), pytest.approx(columns[-1] / 2, abs=8))
        assert 0.5 < line.confidence <= 1


@pytest.mark.full
def test_recognising_twice_gives_the_same(recogniser):
    assert recognise_pages(scan(), [1]) == recognise_pages(scan(), [1])


@pytest.mark.full
def test_a_blank_page_has_no_lines(recogniser):
    assert recognise_pages(scan_document([Image.new("L", (600, 800), 255)]), [1]) == []


@pytest.mark.full
def test_nothing_is_downloaded_and_nothing_logged(recogniser, monkeypatch, capfd):
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    rapid._load_engine.cache_clear()
    assert recognise_pages(scan(), [1])
    assert capfd.readouterr() == ("", "")


def test_without_a_recogniser_the_extra_is_named(use):
    use(None)
    with pytest.raises(ReadError, match=re.escape('pip install "textq[ocr]"')):
        recognise_pages(b"", [1])
    assert find_recogniser() is None


@pytest.mark.parametrize("absent", ["rapidocr", "onnxruntime"])
def test_tesseract_serves_where_the_extra_is_not_installed(monkeypatch, absent):
    installed = util.find_spec
    monkeypatch.setattr(rapid.util, "find_spec", lambda name: None if name == absent else installed(name))
    monkeypatch.setattr(ocr, "find_tesseract", lambda: Recogniser("tesseract 5", 300, list))
    assert find_recogniser() == "tesseract 5"


def test_a_wheel_without_models_is_refused(monkeypatch):
    monkeypatch.setattr(rapid.metadata, "files", lambda _: [])
    with pytest.raises(ReadError, match="no model"):
        rapid._find_model("det")


def test_rapidocr_is_loaded_when_it_is_used_and_not_before():
    code = "import sys, textq.ingest.ocr as o; o.find_recogniser(); print({'rapidocr', 'pypdfium2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def stand_in(image: PageImage) -> list[RecognisedLine]:
    """Return the size of the page in points, below a line that stands above it."""
    height, width = (side / image.scale for side in image.grey.shape)
    return [
        RecognisedLine("below", image.page, 0, 20, width, height, 1),
        RecognisedLine("(一)目标:上", image.page, 0, 10, width, height, 0.5),
    ]


@pytest.mark.parametrize(("setting", "size"), [
    (Setting(), (595, 842)), (Setting(rotation=90), (842, 595)), (Setting(crop=36), (523, 770))
])  # fmt: skip
def test_pages_are_shown_turned_and_cropped_and_lines_go_from_top_to_bottom(use, setting, size):
    use(Recogniser("stand-in", 100, stand_in))
    lines = recognise_pages(set_document(setting).data, [3, 1])
    assert [(line.page, line.text) for line in lines] == [
        (3, "（一）目标：上"), (3, "below"), (1, "（一）目标：上"), (1, "below")
    ]  # fmt: skip
    assert (lines[0].right, lines[0].bottom) == pytest.approx(size, abs=1)


def test_a_giant_page_is_rendered_smaller():
    width, height = 14400, 14400
    data = set_document(Setting()).data.replace(b"[ 0 0 595.2756 841.8898 ]", b"[ 0 0 %d %d ]" % (width, height))
    image = next(render_pages(data, [1], 300))
    assert image.grey.size < 21_000_000
    assert image.grey.shape[1] / image.scale == pytest.approx(width, rel=0.001)


@pytest.mark.parametrize("page", [0, 4, -1])
def test_a_page_that_the_file_lacks_is_refused(use, page):
    use(Recogniser("stand-in", 72, stand_in))
    with pytest.raises(ReadError, match="has 3 pages"):
        recognise_pages(set_document(Setting()).data, [page])


def test_a_damaged_file_is_refused(use):
    use(Recogniser("stand-in", 72, stand_in))
    with pytest.raises(ReadError, match="damaged"):
        recognise_pages(b"%PDF-1.4 nothing", [1])


def run_program(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a script stand for Tesseract."""
    run = subprocess.run
    monkeypatch.setattr(
        tesseract.subprocess, "run", lambda command, **options: run([sys.executable, "-c", script], **options)
    )


IMAGE = PageImage(1, np.zeros((10, 20), np.uint8), 2.0)


def test_a_failure_of_tesseract_is_told(monkeypatch):
    run_program(monkeypatch, "import sys; print('no space left', file=sys.stderr); sys.exit(3)")
    with pytest.raises(ReadError, match=r"exit code 3: no space left"):
        tesseract._recognise_page(IMAGE)


def test_a_page_that_takes_too_long_is_given_up(monkeypatch):
    run_program(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(tesseract, "_TIMEOUT", 0.2)
    with pytest.raises(ReadError, match=r"over 0\.2 seconds"):
        tesseract._recognise_page(IMAGE)


ROWS = [
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
    "4\t1\t1\t1\t1\t0\t10\t20\t90\t30\t-1\t",
    "5\t1\t1\t1\t1\t1\t10\t22\t40\t28\t90\t跨境",
    "5\t1\t1\t1\t1\t2\t50\t20\t20\t20\t60\tB2B",
    "5\t1\t1\t1\t1\t3\t70\t20\t30\t20\t60\tfirst",
    "5\t1\t1\t1\t2\t1\t10\t60\t40\t30\t50\t“",
    "5\t1\t1\t1\t3\t1\t10\t90\t40\t30\t95\t ",
]


def test_words_of_tesseract_become_lines(monkeypatch):
    run_program(monkeypatch, f"import sys; sys.stdout.buffer.write({chr(10).join(ROWS)!r}.encode())")
    assert tesseract._recognise_page(IMAGE) == [
        RecognisedLine("跨境B2B first", 1, 5, 10, 50, 25, pytest.approx(0.66)),
        RecognisedLine("“", 1, 5, 30, 25, 45, 0.5),
    ]


def test_tesseract_without_chinese_does_not_serve(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/tesseract")
    run_program(monkeypatch, "print('List of available languages (1):\\neng')")
    assert tesseract.find_tesseract() is None


@pytest.mark.parametrize(("text", "wide"), [
    ("(一)总体目标", "（一）总体目标"),
    ("(1)出口额达到1,000万美元;", "（1）出口额达到1,000万美元；"),
    ("自9:30起执行!", "自9:30起执行！"),
    ("(see the annex, page 3)", "(see the annex, page 3)"),
    ("", ""),
    ("(1)", "(1)"),
])  # fmt: skip
def test_marks_of_chinese_lines_are_full_width(text, wide):
    assert widen_marks(text) == wide


@given(st.text("(),:;!?第一A1。 "))
def test_widening_keeps_the_length_and_is_done_once(text):
    assert len(widen_marks(text)) == len(text)
    assert widen_marks(widen_marks(text)) == widen_marks(text)
