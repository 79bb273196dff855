"""Excel tables: numbers stay numbers, their formats show what is printed, texts stay texts."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from econ.errors import SpecError
from econ.table import Number, Table, print_rows
from econ.table_excel import read_excel, write_excel
from tests.econ.printed_tables import ODD, make_table


def write(tables: Table | dict[str, Table], folder: Path) -> Path:
    path = folder / "table.xlsx"
    write_excel(tables, path)
    return path


def open_sheet(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path, rich_text=True).worksheets[0]


def find_row(sheet: Worksheet, name: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, 1).value) == name)


@pytest.mark.parametrize(
    "table", [make_table(2), make_table(4, "en"), make_table(12), ODD, replace(ODD, title="", notes=())]
)
def test_what_is_read_is_what_was_printed(tmp_path: Path, table: Table) -> None:
    assert read_excel(write(table, tmp_path)) == print_rows(table)


def test_cells_hold_the_unrounded_numbers(tmp_path: Path) -> None:
    table = make_table(4)
    sheet = open_sheet(write(table, tmp_path))
    first = find_row(sheet, "政策强度")
    for cell, number in zip(sheet[first][1:], table.blocks[0][0][1:], strict=True):
        assert isinstance(number, Number)
        assert cell.value == pytest.approx(number.value, rel=1e-15)
        assert cell.number_format.startswith(f'0.0000"{number.stars}"')
        assert cell.data_type == "n"
    assert sheet.cell(find_row(sheet, "观测值"), 2).value == 2300


def test_printed_digits_are_held_where_a_format_would_round_otherwise(tmp_path: Path) -> None:
    sheet = open_sheet(write(ODD, tmp_path))
    row = find_row(sheet, "halves")
    assert [sheet.cell(row, column).value for column in (2, 3, 4)] == [0.28, 2.67, -0.12]


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    path = write(ODD, tmp_path)
    sheet = open_sheet(path)
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None and cell.data_type != "n"]
    assert {cell.data_type for cell in texts} == {"s"}
    assert {cell.number_format for cell in texts} == {"@"}
    leading = [cell for cell in texts if str(cell.value)[0] in "=+-@"]
    assert len(leading) == 9
    assert all(cell.quotePrefix for cell in leading)
    with zipfile.ZipFile(path) as archive:
        assert not re.search(rb"<f[ >]", archive.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("table", [make_table(4), replace(make_table(4), spans=()), ODD])
def test_there_are_three_rules(tmp_path: Path, table: Table) -> None:
    sheet = open_sheet(write(table, tmp_path))
    first, head = 2, 2 + len(table.spans)
    last = head + sum(map(len, table.blocks))
    drawn = set()
    for row in sheet.iter_rows(max_col=len(table.head)):
        kept = [
            {
                (side, line.style)
                for side in ("top", "bottom", "left", "right")
                if (line := getattr(cell.border, side)) is not None and line.style
            }
            for cell in row
        ]
        assert all(cell == kept[0] for cell in kept)
        drawn |= {(row[0].row, side, style) for side, style in kept[0]}
    assert drawn == {(first, "top", "medium"), (head, "bottom", "thin"), (last, "bottom", "medium")}
    assert not sheet.sheet_view.showGridLines


def test_fonts_follow_the_script(tmp_path: Path) -> None:
    sheet = open_sheet(write(make_table(4), tmp_path))
    note = sheet.cell(sheet.max_row - 1, 1).value
    fonts = {(bool(re.search(r"[\u4e00-\u9fff]", str(part.text))), part.font.rFont, part.font.sz) for part in note}
    assert fonts == {(True, "宋体", 9.0), (False, "Times New Roman", 9.0)}
    assert sheet.cell(find_row(sheet, "政策强度"), 1).font.name == "宋体"
    assert sheet.cell(find_row(sheet, "R²"), 2).font.name == "Times New Roman"
    assert sheet.cell(1, 1).value[1].font.b
    assert sheet.cell(1, 1).value[0].font.rFont == "黑体"


def test_head_stays_in_view_and_is_printed_on_each_page(tmp_path: Path) -> None:
    sheet = open_sheet(write(make_table(4), tmp_path))
    assert sheet.freeze_panes == "B4"
    assert sheet.print_title_rows == "$2:$3"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert open_sheet(write(make_table(2), tmp_path)).page_setup.orientation == "portrait"


def test_columns_are_wide_enough_for_chinese_letters_and_numbers(tmp_path: Path) -> None:
    names = replace(make_table(2), blocks=((("八个汉字的变量名", Number(1, 2), Number(-123456.789, 3, stars="***")),),))
    sheet = open_sheet(write(names, tmp_path))
    assert sheet.column_dimensions["A"].width >= 16
    assert sheet.column_dimensions["C"].width >= len("-123456.789***")
    long = open_sheet(write(make_table(2), tmp_path))
    row = find_row(long, str(make_table(2).blocks[0][2][0]))
    assert long.column_dimensions["A"].width < 50
    assert long.row_dimensions[row].height > 1.8 * long.row_dimensions[row + 1].height


def test_texts_behind_the_names_stay_on_one_line(tmp_path: Path) -> None:
    rows = (("did", "逐一剔除城市的刀切法"), ("", "聚类到城市对的稳健"), ("", "短"))
    write_excel(Table("", ("", "标准误"), (rows,), lang="zh"), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert len({sheet.row_dimensions[row].height for row in (2, 3, 4)}) == 1


def test_title_and_notes_span_the_table(tmp_path: Path) -> None:
    sheet = open_sheet(write(make_table(4), tmp_path))
    areas = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:E1", "A13:E13", "A14:E14", "B2:C2", "D2:E2"} == areas
    assert all(sheet.cell(row, 1).alignment.wrap_text for row in (1, 13, 14))


def test_several_tables_get_a_sheet_each_and_one_that_lists_them(tmp_path: Path) -> None:
    tables = {"表1": make_table(2), "Odd": ODD}
    path = write(tables, tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["表1", "Odd", "说明"]
    for name, table in tables.items():
        assert read_excel(path, name) == print_rows(table)
    listed = [[cell.value for cell in row] for row in book["说明"].iter_rows(max_row=3)]
    assert listed[0] == ["工作表", "表题", "注释"]
    assert listed[2] == ["Odd", ODD.title, "\n".join(ODD.notes)]
    assert openpyxl.load_workbook(write({"a": ODD}, tmp_path)).sheetnames == ["a", "Notes"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "at least one table"),
        ([""], "no name for a sheet"),
        (["a/b"], "no name for a sheet"),
        (["x" * 32], "no name for a sheet"),
        (["'a"], "no name for a sheet"),
        (["a", "A"], "two sheets"),
        (["notes"], "two sheets"),
    ],
)
def test_names_that_no_sheet_can_have_are_refused(tmp_path: Path, names: list[str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        write(dict.fromkeys(names, ODD), tmp_path)
    assert not list(tmp_path.iterdir())


def test_unknown_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"there is no sheet 'b'\. Choose one of Table\."):
        read_excel(write(ODD, tmp_path), "b")


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    first = write({"a": ODD, "b": make_table(4)}, tmp_path).read_bytes()
    assert write({"a": ODD, "b": make_table(4)}, tmp_path).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "table.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2


def test_numbers_beyond_the_digits_of_spreadsheets_are_written_as_text(tmp_path: Path) -> None:
    table = Table("", ("", "(1)"), ((("big", Number(1234567890123456789.0, 2)),),))
    path = write(table, tmp_path)
    assert open_sheet(path).cell(2, 2).data_type == "s"
    assert read_excel(path) == print_rows(table)
