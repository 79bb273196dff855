"""The workbook of a run's tables, read back by openpyxl."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from textq.export import workbook
from textq.export.workbook import Sheet, write_workbook

WHAT = {"en": "a row", "zh": "一行"}


def make_sheets() -> list[Sheet]:
    scores = pd.DataFrame(
        {
            "unit": pd.Series(["330100", "440100"], dtype="string"),
            "period": pd.Series([2018, None], dtype="Int64"),
            "share": [1 / 3, float("nan")],
            "unsure": [True, False],
            "bound": [float("inf"), 1.0],
        }
    )
    texts = pd.DataFrame({"text": ["=1+1", "-3", "+", "@A1", "#N/A", "'x", "a\x00b", None, "长" * 200]})
    return [Sheet("scores", scores, WHAT), Sheet("texts", texts, WHAT)]


@pytest.fixture
def book(tmp_path: Path) -> openpyxl.Workbook:
    write_workbook(make_sheets(), tmp_path / "t.xlsx", facts=[("textq estimate", "0123456789ab")])
    return openpyxl.load_workbook(tmp_path / "t.xlsx")


def test_numbers_are_numbers_in_full_and_codes_are_text(book: openpyxl.Workbook) -> None:
    rows = list(book["scores"].iter_rows(values_only=True))

    assert rows[0] == ("unit", "period", "share", "unsure", "bound")
    assert rows[1] == ("330100", 2018, 1 / 3, True, "inf")
    assert rows[2] == ("440100", None, None, False, 1.0)
    assert [cell.data_type for cell in book["scores"][2]] == ["s", "n", "n", "b", "s"]


def test_texts_are_never_formulas_or_errors(book: openpyxl.Workbook) -> None:
    cells = [cell for (cell,) in book["texts"].iter_rows(min_row=2)]

    assert [cell.value for cell in cells[:7]] == ["=1+1", "-3", "+", "@A1", "#N/A", "'x", "a\ufffdb"]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:6])


def test_heads_stay_in_sight_and_long_texts_are_wrapped(book: openpyxl.Workbook) -> None:
    assert [sheet.freeze_panes for sheet in book] == [None, "A2", "A2"]
    assert book["texts"]["A10"].alignment.wrap_text
    assert book["texts"].row_dimensions[10].height == 7 * 15
    assert book["texts"].column_dimensions["A"].width == 60


def test_the_first_sheet_says_what_is_there(book: openpyxl.Workbook) -> None:
    rows = list(book[workbook.EXPLANATION].iter_rows(values_only=True))

    assert book.sheetnames == ["说明", "scores", "texts"]
    assert rows[0][:2] == ("textq estimate", "0123456789ab")
    assert ("scores", "一行", "a row", 2) in rows
    assert ("scores: unit", "单位代码", "Code of the unit", None) in rows


def test_too_long_a_table_is_left_out_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    write_workbook(make_sheets(), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")

    assert book.sheetnames == ["说明", "scores"]
    assert [row[3] for row in book["说明"].iter_rows(values_only=True) if row[0] == "texts"] == [
        "9: 太长，见CSV文件 / too long, see its CSV file"
    ]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(make_sheets(), tmp_path / name)

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_text_beyond_excels_limit_ends_in_dots(tmp_path: Path) -> None:
    write_workbook([Sheet("texts", pd.DataFrame({"text": ["x" * 40_000]}), WHAT)], tmp_path / "t.xlsx")
    value = openpyxl.load_workbook(tmp_path / "t.xlsx")["texts"]["A2"].value

    assert value == "x" * 32_766 + "…"
