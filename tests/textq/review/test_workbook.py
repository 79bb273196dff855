import io
import zipfile

import openpyxl
import pytest

from tests.textq.review.sheets import BOOK, FACTS, TEXTS, build, fill, make_rows
from textq.errors import ReviewError
from textq.lexicon.read import builtin_codebook
from textq.review.answers import Answer
from textq.review.workbook import build_workbook
from textq.review.workbook_read import read_table, read_unsure, read_workbook

BUILT = build(make_rows())


def test_sheets_and_their_state() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build(make_rows())))
    assert book.sheetnames == ["编码", "编码手册", "说明", "_lists", "_meta", "_rows"]
    english = openpyxl.load_workbook(io.BytesIO(build(make_rows(), lang="en")))
    assert english.sheetnames == ["Coding", "Codebook", "Guide", "_lists", "_meta", "_rows"]
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible"] * 3 + ["hidden"] * 3
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:O10"
    assert dict(row[:2] for row in book["_meta"].iter_rows(values_only=True))["run_id"] == "made"


def test_the_codebook_stands_in_it_as_it_is_given() -> None:
    chinese = builtin_codebook(lang="zh")
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(make_rows(), FACTS, chinese)))
    cells = {cell for row in book["编码手册"].iter_rows(values_only=True) for cell in row}
    assert {one.definition for one in (*chinese.instruments, chinese.none)} <= cells
    assert {*chinese.decision, *(rule.statement for rule in chinese.rules)} <= cells


def test_grey_cells_are_locked_and_white_ones_are_free() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(build(make_rows()))).worksheets[0]
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter
    locked = {sheet.cell(1, at).value: sheet.cell(2, at).protection.locked for at in range(1, 16)}
    assert [name for name, is_locked in locked.items() if not is_locked] == ["类目", "子类", "拿不准", "备注"]


def test_drop_downs_point_to_a_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build(make_rows())))
    rules = book.worksheets[0].data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ["'_lists'!$A$1:$A$4", "'_lists'!$B$1:$B$20", "'_lists'!$C$1:$C$1"]
    assert [str(rule.sqref) for rule in rules] == ["L2:L10", "M2:M10", "N2:N10"]
    assert [row[0] for row in book["_lists"].iter_rows(max_row=4, values_only=True)] == [
        "供给型",
        "环境型",
        "需求型",
        "非政策工具",
    ]


def test_no_text_becomes_a_formula() -> None:
    data = build(make_rows(answer=Answer("none", None, False, "=HYPERLINK(1)")))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [sheet.cell(at, 7).value for at in range(2, 11)] == list(TEXTS)
    assert {sheet.cell(at, 7).data_type for at in range(2, 11)} == {"s"}
    assert [sheet.cell(at, 7).quotePrefix for at in range(2, 11)] == [True] * 5 + [False] * 4


def test_the_same_input_gives_the_same_bytes() -> None:
    assert build(make_rows()) == build(make_rows())


def test_an_audit_shows_no_suggestion() -> None:
    rows = make_rows(suggestion="supply/talent", confidence=0.37)
    with pytest.raises(ReviewError, match="audit would show"):
        build(rows, queue="audit")
    assert "机器建议" in head_of(build(rows))
    assert "机器建议" not in head_of(build(make_rows(), queue="audit"))


def head_of(data: bytes) -> list[object]:
    return [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][1]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_written_is_read_back(lang: str) -> None:
    rows = make_rows(
        suggestion="demand", confidence=0.5, answer=Answer("supply", "talent", False, "见第三条"), stands="abc"
    )
    sheet = read_workbook(build(rows, lang=lang), "x.xlsx")
    assert sheet.facts is not None
    assert (sheet.facts.coder, sheet.facts.codebook, sheet.facts.lang) == ("anna", BOOK.edition, lang)
    assert [row.key for row in sheet.rows] == [row.key for row in rows]
    assert [row.text for row in sheet.rows] == [text.strip() for text in TEXTS]
    assert sheet.exported is not None
    kept = sheet.exported[rows[0].key]
    assert (kept.answer, kept.shown, kept.stands) == (rows[0].answer, True, "abc")


def test_numbers_come_back_as_they_were_typed() -> None:
    sheet = read_workbook(fill(build(make_rows()), {"L2": 1, "L3": 2.0, "L4": "３", "N5": True}), "x.xlsx")
    assert [row.code for row in sheet.rows[:3]] == ["1", "2", "３"]
    assert sheet.rows[3].unsure == "1"


def test_a_formula_without_a_value_is_refused() -> None:
    with pytest.raises(ReviewError, match="L3 of 编码 holds a formula"):
        read_workbook(fill(build(make_rows()), {"L3": "=L2"}), "x.xlsx")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0" + bytes(100), b"id,class\n1,2\n"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(ReviewError, match=r"no \.xlsx file"):
        read_workbook(data, "x.xlsx")


def test_a_bomb_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", bytes(3 * 2**20))
    with pytest.raises(ReviewError, match="unpacks to 3 MB"):
        read_workbook(packed.getvalue(), "x.xlsx")


def retype(data: bytes, encoding: str) -> bytes:
    """Return a workbook whose first sheet has a document type with entities, in some encoding."""
    kinds = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 9))
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in book.namelist():
            content = book.read(part)
            if part.endswith("sheet1.xml"):
                body = content.partition(b"?>")[2] if content.startswith(b"<?xml") else content
                body = body.replace(
                    b"</sheetData>", b'<row><c t="inlineStr"><is><t>&a8;</t></is></c></row></sheetData>'
                )
                text = (b'<!-- -->\n<!DOCTYPE l [<!ENTITY a0 "AAAAAAAAAA">' + kinds + b"]>" + body).decode()
                content = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
            changed.writestr(part, content)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_is_read(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("the workbook was read"))
    with pytest.raises(ReviewError, match=r"part xl/worksheets/sheet1\.xml declares a document type"):
        read_workbook(retype(BUILT, encoding), "x.xlsx")


def test_a_later_form_is_refused() -> None:
    data = build(make_rows())
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["_meta"]["B1"] = "textq-review 99"
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(ReviewError, match="textq-review 99"):
        read_workbook(written.getvalue(), "x.xlsx")


def test_a_workbook_of_something_else_is_refused() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", "b"])
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(ReviewError, match="no sheet has the columns"):
        read_workbook(written.getvalue(), "x.xlsx")


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_tables_of_text(between: str) -> None:
    text = between.join(["clause_key", "类别", "备注"]) + "\n" + between.join(["00", "供给", '"两\n行"']) + "\n\n"
    sheet = read_table(text, "x.csv")
    assert [(row.line, row.key, row.code, row.memo) for row in sheet.rows] == [(2, "00", "供给", "两\n行")]
    assert sheet.facts is None
    assert sheet.columns == {"clause_key", "class", "memo"}


def test_a_broken_table_says_where() -> None:
    with pytest.raises(ReviewError, match=r"x\.csv:2: no row"):
        read_table('clause_key,class\n"a,b', "x.csv")
    with pytest.raises(ReviewError, match="needs the columns clause_key"):
        read_table("a,b\n1,2\n", "x.csv")


@pytest.mark.parametrize(
    ("written", "is_unsure"), [("", False), ("是", True), ("Ｘ", True), ("否", False), ("YES", True), ("也许", None)]
)
def test_unsure(written: str, is_unsure: bool | None) -> None:
    assert read_unsure(written) is is_unsure


def test_a_blind_sheet_says_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build(make_rows(), queue="audit")))
    assert any("抽检" in str(row[1]) for row in book["说明"].iter_rows(values_only=True))
    assert FACTS.queue == "fix"
