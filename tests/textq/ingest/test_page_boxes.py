"""The printed box of a character shows that character: other readers of the page are the witness."""

import ctypes
import random
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest

from tests.textq.ingest.made_by_programs import find_program
from tests.textq.ingest.made_pdfs import Setting, set_document
from textq.ingest.extract import Extract, PdfEngine, ReadSpec
from textq.ingest.normalize import normalize_line
from textq.ingest.pdf import read_pdf
from textq.records import CELL_BREAK, Clause, Document, PrintedLine, Source
from textq.segment.clauses import split_clauses

ENGINES: tuple[PdfEngine, ...] = get_args(PdfEngine)

N_CLAUSES = 200

MARGIN = 0.1
"""The share of a box at each side that is not looked at, where neighbours may touch."""

INK = 160
"""Grey below which a pixel is ink."""

SETTINGS = (
    Setting(head=True, folio="— {} —"),
    Setting(columns=2, size=10.5, folio="{}"),
    Setting(table=True, notes=True),
    Setting(rotation=90),
    Setting(rotation=180),
    Setting(rotation=270, table=True),
)
CROPPED = (Setting(crop=36),)


@dataclass(frozen=True, slots=True)
class End:
    """The first or last character of a clause, and its box in points from the top left corner of a page."""

    character: str
    page: int
    left: float
    top: float
    right: float
    bottom: float

    def core(self) -> tuple[float, float, float, float]:
        """Return the box without its margin: left, top, right, bottom."""
        dx, dy = MARGIN * (self.right - self.left), MARGIN * (self.bottom - self.top)
        return self.left + dx, self.top + dy, self.right - dx, self.bottom - dy


@cache
def read(data: bytes, engine: PdfEngine) -> Extract:
    return read_pdf(data, ReadSpec(pdf_engine=engine))


def split(extract: Extract) -> list[Clause]:
    return split_clauses(Document("a", extract.text, Source("a.pdf", ""), pages=extract.pages))


def find_line(lines: Sequence[PrintedLine], offset: int) -> PrintedLine:
    line = lines[bisect_right(lines, offset, key=lambda line: line.start) - 1]
    assert line.start <= offset < line.end, f"character {offset} has no box"
    return line


def find_ends(extract: Extract, clause: Clause) -> Iterator[End]:
    for offset in (clause.start, clause.end - 1):
        if (character := extract.text[offset]) != CELL_BREAK:
            line = find_line(extract.lines, offset)
            at = offset - line.start
            yield End(character, line.page, line.lefts[at], line.top, line.rights[at], line.bottom)


def sample_ends(files: Sequence[bytes], engine: PdfEngine, n_clauses: int) -> list[tuple[bytes, list[End]]]:
    """Return the ends of some clauses drawn from all files, file by file."""
    clauses = [(data, clause) for data in files for clause in split(read(data, engine))]
    drawn = random.Random(20).sample(clauses, min(n_clauses, len(clauses)))
    return [
        (data, [end for owner, clause in drawn if owner is data for end in find_ends(read(data, engine), clause)])
        for data in files
    ]


def find_misses(data: bytes, ends: Sequence[End]) -> list[tuple[End, str]]:
    """Return the ends whose box shows no ink or, to pdfium, other characters."""
    document = pypdfium2.PdfDocument(data)
    misses = [(end, shown) for end in ends if (shown := look_at(document[end.page - 1], end)) != end.character]
    document.close()
    return misses


def look_at(page: pypdfium2.PdfPage, end: End) -> str:
    """Return the characters that pdfium finds in a box, nothing where the box has no ink."""
    if show_box(page, end).min() > INK:
        return ""
    left, top, right, bottom = end.core()
    (x0, y0), (x1, y1) = turn_to_page(page, left, top), turn_to_page(page, right, bottom)
    shown = page.get_textpage().get_text_bounded(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return normalize_line(shown)


def turn_to_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Return a point of the page as shown, from its top left corner, in the coordinates of the file."""
    fine = 1000
    width, height = (round(side * fine) for side in page.get_size())
    inner_x, inner_y = ctypes.c_double(), ctypes.c_double()
    pypdfium2.raw.FPDF_DeviceToPage(
        page, 0, 0, width, height, 0, round(x * fine), round(y * fine), ctypes.byref(inner_x), ctypes.byref(inner_y)
    )
    return inner_x.value, inner_y.value


def show_box(page: pypdfium2.PdfPage, end: End, scale: float = 3) -> np.ndarray:
    width, height = page.get_size()
    crop = (end.left, height - end.bottom, width - end.right, end.top)
    return page.render(scale=scale, grayscale=True, crop=crop).to_numpy()


@cache
def make_files(repository: Path) -> list[bytes]:
    corpus = sorted((repository / "corpus/documents").glob("*.pdf"))
    return [path.read_bytes() for path in corpus] + [set_document(setting).data for setting in SETTINGS + CROPPED]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_boxes_of_a_clause_show_its_first_and_last_character(engine, repository):
    sample = sample_ends(make_files(repository), engine, N_CLAUSES)
    assert sum(len(ends) for _, ends in sample) > 1.9 * N_CLAUSES
    assert [miss for data, ends in sample for miss in find_misses(data, ends)] == []


def test_boxes_beside_their_characters_are_seen():
    data = set_document(Setting()).data
    [(_, ends)] = sample_ends([data], "pdfium", 10)
    moved = [replace(end, top=end.top + 20, bottom=end.bottom + 20) for end in ends]
    blank = [replace(end, left=5, right=20) for end in ends]
    assert len(find_misses(data, moved)) > len(ends) / 2
    assert {shown for _, shown in find_misses(data, blank)} == {""}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_boxes_of_a_real_document_show_its_characters(engine, shared):
    data = next((shared / "data/policy/originals").glob("*.pdf")).read_bytes()
    sample = sample_ends([data], engine, N_CLAUSES)
    assert [miss for _, ends in sample for miss in find_misses(data, ends)] == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("setting", SETTINGS + CROPPED)
def test_every_character_but_the_cell_breaks_has_a_box(setting, engine):
    extract = read(set_document(setting).data, engine)
    printed = {offset for line in extract.lines for offset in range(line.start, line.end)}
    missing = [character for at, character in enumerate(extract.text) if at not in printed]
    assert set(missing) <= {"\n", CELL_BREAK, " "}
    assert all(line.top < line.bottom for line in extract.lines)
    assert all(left <= right for line in extract.lines for left, right in zip(line.lefts, line.rights, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clause_is_on_the_page_of_its_first_character(engine, repository):
    for data in make_files(repository):
        extract = read(data, engine)
        for clause in split(extract):
            if extract.text[clause.start] != CELL_BREAK and clause.start < min(note_starts(extract)):
                assert clause.page == find_line(extract.lines, clause.start).page


def note_starts(extract: Extract) -> list[int]:
    """Where footnotes start, which stand behind the text and so on no page of their own."""
    return [note.start for note in extract.footnotes] or [len(extract.text)]


@pytest.fixture(scope="module")
def crop_by_poppler(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, End], str]:
    """Return what poppler reads in a box; skip without poppler."""
    program = find_program("pdftotext")
    if program is None:
        pytest.skip("needs pdftotext")
    file = tmp_path_factory.mktemp("poppler") / "file.pdf"

    def crop(data: bytes, end: End) -> str:
        file.write_bytes(data)
        left, top, right, bottom = (round(10 * side) for side in end.core())
        area = ["-x", left, "-y", top, "-W", max(right - left, 1), "-H", max(bottom - top, 1)]
        pages = ["-f", end.page, "-l", end.page, "-r", 720, "-enc", "UTF-8"]
        done = subprocess.run(
            map(str, [program, *pages, *area, file, "-"]), capture_output=True, timeout=60, check=True
        )
        return normalize_line(done.stdout.decode())

    return crop


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_poppler_sees_the_same_characters_in_the_boxes(engine, repository, crop_by_poppler):
    files = make_files(repository)[: -len(CROPPED)]  # poppler counts from the corner of the page that was not cropped
    sample = sample_ends(files, engine, N_CLAUSES // 2)
    seen = [(end, crop_by_poppler(data, end)) for data, ends in sample for end in ends]
    assert [(end, shown) for end, shown in seen if shown != end.character] == []
