"""The table to confirm: written, filled in by other programs, read back, and refused where it must be."""

import csv
import re
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from textq.errors import ManifestError
from textq.ingest.confirm import CHECK_NAME, CheckRow, list_checks, read_confirmed, write_check
from textq.ingest.extract import Extract
from textq.ingest.metadata.read import read_metadata
from textq.lexicon.places import builtin_gazetteer
from textq.records import Document, Doubt, Source

SHA = "ab" * 32
OTHER = "cd" * 32
COLUMNS = ["path", "doc_id", "sha256", "field", "found", "why", "text", "confirmed"]


def row(field: str = "title", found: str = "", why: str = "none found", text: str = "正文") -> CheckRow:
    return CheckRow("a.pdf", "hz-1", SHA, field, found, why, text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / CHECK_NAME


def fill(path: Path, *rows: tuple[str, object], sha256: str = SHA) -> Path:
    """Save a book as a spreadsheet does, with the columns needed and these fields and values."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["sha256", "field", "confirmed"])
    for field, value in rows:
        sheet.append([sha256, field, value])
    book.save(path)
    return path


def test_another_reader_finds_the_same_cells(path: Path) -> None:
    write_check([row(), row("units", "330100", "two places")], path)
    header, first, second = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert header == COLUMNS
    assert first == ["a.pdf", "hz-1", SHA, "title", "", "none found", "正文", ""]
    assert second[3:6] == ["units", "330100", "two places"]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_check([row()], first)
    write_check([row()], second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        assert {member.date_time[0] for member in packed.infolist()} == {1980}
        years = re.findall(rb"W3CDTF\">(\d{4})", packed.read("docProps/core.xml"))
    assert years == [b"2000", b"2000"]


def test_the_header_is_frozen_and_a_second_sheet_says_how(path: Path) -> None:
    write_check([row()], path)
    book = openpyxl.load_workbook(path)
    assert [sheet.freeze_panes for sheet in book.worksheets] == ["A2", "A2"]
    words = "".join(str(cell.value) for line in book.worksheets[1].iter_rows() for cell in line)
    assert "issued_on" in words
    assert "地名" in words
    assert book.worksheets[0].column_dimensions["F"].width > 40


@settings(deadline=None, max_examples=15)
@given(st.text(max_size=30), st.sampled_from(["", "=", "+", "-", "@", "=HYPERLINK(", "\t=", "'"]))
def test_no_text_becomes_a_formula(tmp_path_factory: pytest.TempPathFactory, text: str, beginning: str) -> None:
    path = tmp_path_factory.mktemp("check") / CHECK_NAME
    write_check([row(text=beginning + text, found="=1+1", why="+cmd|' /C calc'!A0")], path)
    with zipfile.ZipFile(path) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    cells = openpyxl.load_workbook(path).worksheets[0][2]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # "n" is an empty cell
    assert cells[4].value == "=1+1"
    assert read_confirmed(path) == {}


def test_an_answer_comes_back(path: Path) -> None:
    write_check([row(), row("issued_on"), row("issuers")], path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["H2"], sheet["H3"] = " 关于发展的通知 ", "2016年3月21日"
    book.save(path)
    assert read_confirmed(path) == {SHA: {"title": "关于发展的通知", "issued_on": "2016-03-21"}}


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("issued_on", datetime(2016, 3, 21), "2016-03-21"),
        ("issued_on", date(2016, 3, 21), "2016-03-21"),
        ("issued_on", "二〇一六年三月二十一日", "2016-03-21"),
        ("issued_on", "-", "-"),
        ("units", 330100, "330100"),
        ("units", 330100.0, "330100"),
        ("units", "１１０１０５", "110105"),
        ("units", "杭州市；义乌", "330100;330782"),
        ("units", "南京市鼓楼区", "320106"),
        ("units", "襄樊市", "420600"),
        ("units", "-", "-"),
        ("level", "county", "county"),
        ("doc_number", "杭政办[2019]3号", "杭政办[2019]3号"),
        ("validity", "失效", "失效"),
    ],
)
def test_each_kind_of_cell(path: Path, field: str, cell: object, value: str) -> None:
    assert read_confirmed(fill(path, (field, cell))) == {SHA: {field: value}}


@pytest.mark.parametrize(
    ("field", "cell", "reason"),
    [
        ("colour", "red", "unknown field 'colour'"),
        ("issued_on", "2016", "is no date"),
        ("issued_on", 42450, "is no date"),
        ("issued_on", "2016-02-30", "is no date"),
        ("level", "city", "must be one of central"),
        ("units", "鼓楼区", "the name of 4 places (320106 南京市"),
        ("units", "某某市", "the name of no place"),
        ("units", 33010, "six-digit code"),
        ("units", "999999", "999999 is the code of no place in the gazetteer"),
        ("issued_on", "2999-01-01", "issued_on 2999-01-01 lies in the future"),
        ("issued_on", "2017年5月", "of an unknown day, the first of the month"),
        ("title", "=1+1", "Write its value as text"),
        ("title", True, "Write its value as text"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(path: Path, field: str, cell: object, reason: str) -> None:
    with pytest.raises(ManifestError, match=r"check_documents\.xlsx:3.*") as error:
        read_confirmed(fill(path, ("title", "通知"), (field, cell)))
    assert reason in str(error.value)


def test_two_values_for_one_field_are_refused(tmp_path: Path) -> None:
    first = fill(tmp_path / "1.xlsx", ("title", "甲"), ("title", "甲"))
    second = fill(tmp_path / "2.xlsx", ("title", "乙"))
    assert read_confirmed([first]) == {SHA: {"title": "甲"}}
    with pytest.raises(ManifestError, match=r"2\.xlsx:2: title '乙' .* but '甲' in .*1\.xlsx:2"):
        read_confirmed([first, second])


def test_several_files_and_documents(tmp_path: Path) -> None:
    first = fill(tmp_path / "1.xlsx", ("title", "甲"))
    second = fill(tmp_path / "2.xlsx", ("title", "乙"), sha256=OTHER.upper())
    assert read_confirmed([first, second]) == {SHA: {"title": "甲"}, OTHER: {"title": "乙"}}
    assert read_confirmed([]) == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_saved_as_csv(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "check.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([COLUMNS, ["a", "b", SHA, "units", "", "", "正文，一", "杭州市"], [""] * 8])
    assert read_confirmed(path) == {SHA: {"units": "330100"}}


def test_the_sheet_is_found_by_its_header(path: Path) -> None:
    write_check([row()], path)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["H2"] = "甲"
    book.move_sheet("how to", -1)
    book.save(path)
    assert read_confirmed(path) == {SHA: {"title": "甲"}}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no book", b"<html></html>"])
def test_what_is_no_book_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ManifestError, match=r"no \.xlsx file"):
        read_confirmed(path)


def test_a_book_that_fills_the_memory_is_refused(path: Path) -> None:
    write_check([row()], path)
    with zipfile.ZipFile(path) as small, zipfile.ZipFile(path.with_name("big.xlsx"), "w", zipfile.ZIP_DEFLATED) as big:
        for name in small.namelist():
            filler = b"<row><c/></row>" * 200_000 if "sheet1" in name else b""
            big.writestr(name, small.read(name).replace(b"</sheetData>", filler + b"</sheetData>"))
    start = time.process_time()
    with pytest.raises(ManifestError, match="unpacks to 3 MB"):
        read_confirmed(path.with_name("big.xlsx"))
    assert time.process_time() - start < 1


def test_a_book_without_the_columns_is_refused(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["title", "甲"])
    book.save(path)
    with pytest.raises(ManifestError, match="no sheet has the columns sha256, field, confirmed"):
        read_confirmed(path)
    with pytest.raises(ManifestError, match="cannot be opened"):
        read_confirmed(path.with_name("absent.xlsx"))


def test_a_hash_cut_short_is_refused(path: Path) -> None:
    with pytest.raises(ManifestError, match="64 hex digits"):
        read_confirmed(fill(path, ("title", "甲"), sha256="abcdef"))


def test_the_questions_about_a_document() -> None:
    document = Document("hz-1", "标题\n" + "正文。" * 100, Source("x/a.pdf", SHA))
    (one,) = list_checks(document, [Doubt("issued_on", "", "not found")])
    assert (one.path, one.sha256, one.field, one.why, len(one.text)) == ("x/a.pdf", SHA, "issued_on", "not found", 202)
    assert "\n" not in one.text


TEXT = "关于发展外贸的意见\n各有关单位：\n一、完善流程。"


def test_a_confirmed_value_wins_and_answers_its_doubt() -> None:
    asked = read_metadata(Extract(TEXT), builtin_gazetteer())
    assert {doubt.field for doubt in asked.doubts} == {"issuers", "issued_on", "units"}
    answers = {"issuers": "商务部;财政部", "issued_on": "2016-03-21", "units": "-", "level": "central"}
    found = read_metadata(Extract(TEXT), builtin_gazetteer(), confirmed=answers)
    assert (found.issuers, found.issued_on, found.doubts) == (("商务部", "财政部"), date(2016, 3, 21), ())
    assert (found.units, found.scope_reason, found.level) == ((), "confirmed", "central")


def test_a_hyphen_says_that_there_is_none() -> None:
    text = "杭政〔2019〕1号\n杭州市人民政府关于发展的通知\n各单位：\n请执行。\n杭州市人民政府\n2019年1月2日"
    nothing = dict.fromkeys(("title", "doc_number", "issuers", "level", "doc_type", "issued_on"), "-")
    found = read_metadata(Extract(text), builtin_gazetteer(), confirmed=nothing)
    assert (found.title, found.doc_number, found.issuers, found.level) == ("", None, (), None)
    assert (found.doc_type, found.issued_on) == ("", None)
    assert {doubt.field for doubt in found.doubts} == {"units"}
