"""Files of every format → the same grid of cells."""

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from textq.errors import SeriesFileError
from textq.outcomes.cells import fold_text, name_cell, read_grid, show_cell

TEXT = "城市,年份,gdp\n杭州,2010,5949.17\n徐州,2010,\n"


def write_workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_of_csv(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding=encoding)
    rows = read_grid(path).cells.tolist()
    assert rows == [["城市", "年份", "gdp"], ["杭州", "2010", "5949.17"], ["徐州", "2010", None]]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT.replace(",", delimiter), encoding="utf-8")
    assert read_grid(path).cells[0].tolist() == ["城市", "年份", "gdp"]


def test_codes_kept_as_text_for_excel(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('unit,gdp\n"=""330100""",1\n', encoding="utf-8")
    assert read_grid(tmp_path / "a.csv").cells[1].tolist() == ["330100", "1"]


def test_rows_of_different_length_are_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("标题\n\n城市,2010\n", encoding="utf-8")
    assert read_grid(path).cells.tolist() == [["标题", None], [None, None], ["城市", "2010"]]


def test_workbook_keeps_addresses_numbers_and_days(tmp_path: Path) -> None:
    rows: list[list[object]] = [[], [None, "城市", 2010], [None, " 杭州 ", 5949.17], [None, date(2015, 3, 7), 330100]]
    cells = read_grid(write_workbook(tmp_path / "a.xlsx", 一=rows)).cells
    assert cells[1:].tolist() == [[None, "城市", 2010.0], [None, "杭州", 5949.17], [None, date(2015, 3, 7), 330100.0]]


def test_only_sheet_with_cells_is_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", Sheet1=[["城市", "2010"]], Sheet2=[], Sheet3=[])
    assert read_grid(path).cells.tolist() == [["城市", "2010"]]


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", GDP=[["甲"]], 人口=[["乙"]])
    assert read_grid(path, sheet="人口").cells.tolist() == [["乙"]]
    with pytest.raises(SeriesFileError, match="several sheets: GDP, 人口"):
        read_grid(path)
    with pytest.raises(SeriesFileError, match=r"no sheet '人'\. It has GDP, 人口"):
        read_grid(path, sheet="人")


def test_stata_names_values_and_value_names(tmp_path: Path) -> None:
    table = pd.DataFrame({"city": pd.Categorical(["杭州", "徐州"]), "year": [2010, 2011], "gdp": [1.5, None]})
    table.to_stata(tmp_path / "a.dta", write_index=False, version=118)
    rows = read_grid(tmp_path / "a.dta").cells.tolist()
    assert rows == [["city", "year", "gdp"], ["杭州", 2010.0, 1.5], ["徐州", 2011.0, None]]


def test_old_stata_texts_are_gb18030(tmp_path: Path) -> None:
    as_written = "杭州市".encode("gb18030").decode("latin-1")
    pd.DataFrame({"city": [as_written], "gdp": [1.0]}).to_stata(tmp_path / "a.dta", write_index=False, version=114)
    assert read_grid(tmp_path / "a.dta").cells[1].tolist() == ["杭州市", 1.0]


def test_old_stata_texts_of_another_encoding_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"city": ["Café"], "gdp": [1.0]}).to_stata(tmp_path / "a.dta", write_index=False, version=114)
    with pytest.raises(SeriesFileError, match="not GB18030"):
        read_grid(tmp_path / "a.dta")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"\xb3\xff\x00", "neither UTF-8 nor GB18030"),
        ("a.csv", b'a,"b\nc', "no CSV"),
        ("a.csv", b"", "holds no cells"),
        ("a.xls", b"<html><table></table></html>", "no workbook"),
        ("a.xlsx", b"", "no workbook"),
        ("a.dta", b"no stata", "Stata"),
        ("a.sav", b"", "'.sav' is not known"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SeriesFileError, match=message):
        read_grid(tmp_path / name)


def test_absent_files_and_sheets_of_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesFileError, match="is no file"):
        read_grid(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8")
    with pytest.raises(SeriesFileError, match="has no sheets"):
        read_grid(tmp_path / "a.csv", sheet="GDP")


@given(row=st.integers(0, 100_000), column=st.integers(0, 16_000))
def test_addresses_are_those_of_spreadsheets(row: int, column: int) -> None:
    assert name_cell(row, column) == f"{get_column_letter(column + 1)}{row + 1}"


def test_cells_as_text() -> None:
    assert [show_cell(cell) for cell in (None, 330100.0, 1.5, date(2015, 3, 7))] == ["", "330100", "1.5", "2015-03-07"]
    assert fold_text("杭　州 ＧＤＰ") == "杭州gdp"
