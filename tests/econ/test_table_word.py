"""Word tables: three rules, the fonts of Chinese journals, what is read is what was printed."""

import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTAnno, LTChar, LTComponent, LTContainer, LTCurve

from econ.errors import SpecError
from econ.table import MINUS, Table, print_rows, unset_minus
from econ.table_word import read_word, write_word
from tests.econ.printed_tables import ODD, make_table

LANGS = ("zh", "en")


def write(table: Table, folder: Path, **options: bool) -> Path:
    path = folder / "table.docx"
    write_word(table, path, **options)
    return path


def open_table(path: Path) -> WordTable:
    (table,) = docx.Document(str(path)).tables
    return table


def list_rules(table: WordTable) -> list[tuple[int, str, int]]:
    """The rules drawn through all cells: row, side, eighths of a point."""
    rules = []
    for place, row in enumerate(table._tbl.tr_lst):
        drawn = [
            {(side.tag, side.get(qn("w:val")), side.get(qn("w:sz"))) for side in cell.iterfind(".//w:tcBorders/*", NS)}
            for cell in row.tc_lst
        ]
        assert all(cell == drawn[0] for cell in drawn)
        for tag, kind, size in drawn[0]:
            assert kind == "single"
            rules.append((place, tag.rpartition("}")[2], int(size)))
    return sorted(rules)


NS = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


@pytest.mark.parametrize("superscript", [False, True])
@pytest.mark.parametrize(
    "table", [make_table(2), make_table(4, "en"), make_table(8), ODD, replace(ODD, title="", notes=())]
)
def test_what_is_read_is_what_was_printed(tmp_path: Path, table: Table, superscript: bool) -> None:
    found = read_word(write(table, tmp_path, superscript=superscript))
    assert [[unset_minus(cell) for cell in row] for row in found] == [
        [unset_minus(cell) for cell in row] for row in print_rows(table)
    ]


def test_numbers_have_true_minus_signs(tmp_path: Path) -> None:
    found = read_word(write(make_table(2), tmp_path))
    assert found[4][1].startswith(f"{MINUS}12.3457")


@pytest.mark.parametrize("table", [make_table(4), replace(make_table(4), spans=()), replace(ODD, block_rules=True)])
def test_there_are_three_rules_and_no_other_border(tmp_path: Path, table: Table) -> None:
    word = open_table(write(table, tmp_path))
    head, last = len(table.spans), len(word.rows) - 1
    assert list_rules(word) == sorted([(0, "top", 12), (head, "bottom", 6), (last, "bottom", 12)])
    properties = word._tbl.tblPr
    borders = {side.tag.rpartition("}")[2]: side.get(qn("w:val")) for side in properties.iterfind("w:tblBorders/*", NS)}
    assert borders == dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), "nil")
    assert properties.find("w:tblStyle", NS) is None


def test_parts_of_properties_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    word = open_table(write(make_table(4), tmp_path))
    order = ["tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
    assert [part.tag.rpartition("}")[2] for part in word._tbl.tblPr] == order
    cell = word.rows[0].cells[1]._tc.tcPr
    assert [part.tag.rpartition("}")[2] for part in cell] == ["tcW", "gridSpan", "tcBorders", "vAlign"]


@pytest.mark.parametrize("table", [make_table(4), make_table(4, "en"), ODD])
def test_every_run_names_the_font_of_each_script(tmp_path: Path, table: Table) -> None:
    document = docx.Document(str(write(table, tmp_path)))
    title = document.paragraphs[0]._p
    runs = list(document.element.body.iter(qn("w:r")))
    assert runs
    for run in runs:
        fonts = run.rPr.find(qn("w:rFonts"))
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs")} == {"Times New Roman"}
        assert fonts.get(qn("w:eastAsia")) == ("黑体" if run.getparent() is title else "宋体")


def test_sizes_are_those_of_journals(tmp_path: Path) -> None:
    document = docx.Document(str(write(make_table(4), tmp_path)))
    sizes = {run.font.size.pt for row in document.tables[0].rows for cell in row.cells for run in list_runs(cell)}
    assert sizes == {10.5}
    assert {run.font.size.pt for note in document.paragraphs[1:] for run in note.runs} == {9.0}


def list_runs(cell: "docx.table._Cell") -> list["docx.text.run.Run"]:
    return [run for paragraph in cell.paragraphs for run in paragraph.runs]


def test_chinese_runs_are_hinted_and_quotes_go_with_them(tmp_path: Path) -> None:
    document = docx.Document(str(write(ODD, tmp_path)))
    (run,) = list_runs(document.tables[0].rows[3].cells[3])
    assert run.text == "“引号”"
    assert run._r.rPr.rFonts.get(qn("w:hint")) == "eastAsia"


def test_title_is_bold_where_it_is_latin(tmp_path: Path) -> None:
    title = docx.Document(str(write(make_table(2), tmp_path))).paragraphs[0]
    assert [(run.text, run.font.bold) for run in title.runs] == [("表", False), ("1 ", True), ("基准回归", False)]


def test_numbers_stand_at_a_decimal_tab_and_texts_in_the_middle(tmp_path: Path) -> None:
    rows = open_table(write(make_table(4), tmp_path)).rows
    for row in rows[2:8]:
        stops = [stop for cell in row.cells[1:] for stop in cell.paragraphs[0].paragraph_format.tab_stops]
        assert [stop.alignment.name for stop in stops] == ["DECIMAL"] * 4
    places = {row.cells[2].paragraphs[0].paragraph_format.tab_stops[0].position for row in (*rows[2:8], rows[10])}
    assert len(places) == 1
    for row in rows[8:10]:
        assert {cell.paragraphs[0].alignment.name for cell in row.cells[1:]} == {"CENTER"}


def test_stars_are_raised_if_asked_for(tmp_path: Path) -> None:
    cell = open_table(write(make_table(2), tmp_path, superscript=True)).rows[2].cells[2]
    assert [(run.text, run.font.superscript) for run in list_runs(cell)] == [("0.0402", None), ("***", True)]
    plain = open_table(write(make_table(2), tmp_path)).rows[2].cells[2]
    assert [(run.text, run.font.superscript) for run in list_runs(plain)] == [("0.0402***", None)]


def test_rows_hold_together_and_heads_are_repeated(tmp_path: Path) -> None:
    table = make_table(4)
    rows = open_table(write(table, tmp_path)).rows
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert heads == [True, True, *[False] * (len(rows) - 2)]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    kept = [row.cells[1].paragraphs[0].paragraph_format.keep_with_next for row in rows[2:]]
    assert kept == [True, None, True, None, True, None, None, None, None]


def test_blocks_are_set_apart_by_space(tmp_path: Path) -> None:
    rows = open_table(write(make_table(4), tmp_path)).rows
    spaces = [row.cells[0].paragraphs[0].paragraph_format.space_before.pt for row in rows[2:]]
    assert spaces[6] > 5
    assert [*spaces[:6], *spaces[7:]] == pytest.approx([1.2] * 8, abs=0.05)


@pytest.mark.parametrize(("n_columns", "lies"), [(2, False), (4, False), (10, True), (14, True)])
def test_paper_is_a4_and_holds_the_table(tmp_path: Path, n_columns: int, lies: bool) -> None:
    document = docx.Document(str(write(make_table(n_columns), tmp_path)))
    (section,) = document.sections
    width, height = round(section.page_width.mm), round(section.page_height.mm)
    assert (width, height) == ((297, 210) if lies else (210, 297))
    assert (section.orientation.name == "LANDSCAPE") == lies
    room = section.page_width - section.left_margin - section.right_margin
    grid = sum(column.width for column in document.tables[0].columns)
    assert grid == pytest.approx(room, rel=0.01)


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"'表1 基准回归' has 40 columns .* more than A4 holds .* Split it"):
        write(make_table(40), tmp_path)
    assert not list(tmp_path.iterdir())


def test_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write(make_table(4), tmp_path).read_bytes()
    assert write(make_table(4), tmp_path).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "table.docx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_file_without_a_table_is_refused(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "empty.docx"))
    with pytest.raises(SpecError, match=r"empty\.docx: the file holds no table"):
        read_word(tmp_path / "empty.docx")


def test_characters_that_xml_cannot_hold_are_marked(tmp_path: Path) -> None:
    table = replace(make_table(2), title="a\x00b", notes=())
    assert docx.Document(str(write(table, tmp_path))).paragraphs[0].text == "a\ufffdb"


def test_table_without_rows_keeps_its_rules(tmp_path: Path) -> None:
    word = open_table(write(Table("t", ("", "(1)"), ()), tmp_path))
    assert list_rules(word) == [(0, "bottom", 12), (0, "top", 12)]


def walk(part: LTComponent) -> list[LTComponent]:
    return [part, *(inner for one in part for inner in walk(one))] if isinstance(part, LTContainer) else [part]


@pytest.mark.full
@pytest.mark.parametrize(("n_columns", "lang"), [(2, "zh"), (4, "zh"), (4, "en"), (8, "zh"), (12, "en")])
def test_pdf_has_three_rules_aligned_points_and_nothing_clipped(tmp_path: Path, n_columns: int, lang: str) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice: the file is converted to PDF and measured")
    write(make_table(n_columns, "zh" if lang == "zh" else "en"), tmp_path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "table.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    (page,) = extract_pages(tmp_path / "table.pdf")
    parts = walk(page)
    letters = [part for part in parts if isinstance(part, LTChar)]
    rules = [part for part in parts if isinstance(part, LTCurve) and part.width > 1]
    assert len({round(rule.y0) for rule in rules}) == 3
    assert not [part for part in parts if isinstance(part, LTCurve) and part.height > 2]
    left, right = min(rule.x0 for rule in rules), max(rule.x1 for rule in rules)
    assert all(left - 3 <= letter.x0 and letter.x1 <= right + 3 for letter in letters if letter.get_text().strip())
    assert not [part for part in parts if isinstance(part, LTAnno) and part.get_text() == "\ufffd"]
    top, bottom = max(rule.y0 for rule in rules), min(rule.y0 for rule in rules)
    points = [letter.x0 for letter in letters if letter.get_text() == "." and bottom < letter.y0 < top]
    assert len(points) == 7 * n_columns
    steps = [after - before for before, after in pairwise(sorted(points))]
    assert sum(step > 5 for step in steps) == n_columns - 1
    assert max((step for step in steps if step <= 5), default=0) < 1
