"""A workbook for coding goes through LibreOffice: twenty codes are changed there, exactly these twenty come back."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

import textq
from tests.textq.review.sheets import BOOK, FACTS, make_rows, make_standing
from textq.cli import main
from textq.review.changes import compare_rows
from textq.review.code_words import CodeWords
from textq.review.workbook import build_workbook
from textq.review.workbook_read import read_workbook

pytestmark = pytest.mark.full

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" '
    'script:language="StarBasic">\n'
)
_LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">\n'
    '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" '
    'library:readonly="false" library:passwordprotected="false">\n <library:element library:name="Module1"/>\n'
    "</library:library>\n"
)
_RECODE = """Sub Recode
  Dim opening(0) As New com.sun.star.beans.PropertyValue
  Dim saving(0) As New com.sun.star.beans.PropertyValue
  Dim book, sheet, at
  opening(0).Name = "Hidden"
  opening(0).Value = True
  book = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, opening())
  sheet = book.Sheets.getByIndex(0)
  For at = {first} To {last}
    sheet.getCellByPosition({column}, at).String = "{word}"
  Next at
  saving(0).Name = "FilterName"
  saving(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL("{target}", saving())
  book.close(True)
End Sub
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The profile of a LibreOffice of its own."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice (soffice)")
    profile = tmp_path_factory.mktemp("office")
    run_office(profile, "--terminate_after_init")
    return profile


def run_office(profile: Path, *arguments: str) -> None:
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def recode(profile: Path, source: Path, target: Path, *, column: int, rows: range, word: str) -> None:
    """Let the spreadsheet program open a workbook, write a word into a stretch of a column, save and close it."""
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True, exist_ok=True)
    macro = _RECODE.format(
        source=source.as_uri(), target=target.as_uri(), column=column, first=rows.start, last=rows.stop - 1, word=word
    )
    (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
    (library / "Module1.xba").write_text(_HEAD + macro.replace('"', "&quot;") + "</script:module>\n", encoding="utf-8")
    run_office(profile, "macro:///Standard.Module1.Recode")
    assert target.is_file(), "the macro did not run"


def run_textq(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code, capsys.readouterr().out


def test_twenty_codes_of_an_audit(
    office: Path, sample_run: textq.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))
    assert run_textq(capsys, "review", "sample", out, "--size", 120, "--unit", "clause", "--coders", "anna,bao")[0] == 0
    sent, back = tmp_path / "anna.xlsx", tmp_path / "back.xlsx"
    assert run_textq(capsys, "review", "export", out, "--xlsx", sent, "--coder", "anna", "--lang", "zh")[0] == 0
    recode(office, sent, tmp_path / "as_is.xlsx", column=9, rows=range(1, 1), word="")
    code, told = run_textq(capsys, "review", "import", out, tmp_path / "as_is.xlsx", "--json")
    counts = json.loads(told)["counts"]
    assert (code, {name for name, count in counts.items() if count}) == (0, {"unchanged"})
    recode(office, sent, back, column=9, rows=range(7, 27), word="需求型")
    keys = [
        row[1] for row in openpyxl.load_workbook(sent).worksheets[0].iter_rows(min_row=8, max_row=27, values_only=True)
    ]
    code, told = run_textq(capsys, "review", "import", out, back, "--apply", "--json")
    plan = json.loads(told)
    assert (code, plan["counts"]["new"], plan["applied"]) == (0, 20, {"events": 20, "left": 0})
    assert [row["clause_key"] for row in plan["rows"]] == keys
    assert {row["after"] for row in plan["rows"]} <= {"Demand", "需求型"}
    code, told = run_textq(capsys, "review", "import", out, back, "--json")
    assert json.loads(told)["rows"] == []
    decisions = tmp_path / "decisions.csv"
    run_textq(capsys, "review", "export", out, "--decisions", decisions)
    lines = decisions.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert len(lines) == 20
    assert all(",anna,demand," in line for line in lines)


def test_texts_like_formulas_stay_texts(office: Path, tmp_path: Path) -> None:
    rows = make_rows()
    (tmp_path / "sent.xlsx").write_bytes(build_workbook(rows, FACTS, BOOK))
    recode(office, tmp_path / "sent.xlsx", tmp_path / "back.xlsx", column=11, rows=range(1, 6), word="供给")
    data = (tmp_path / "back.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [sheet.cell(at, 7).value.strip() for at in range(2, 11)] == [row.text.strip() for row in rows]
    assert {sheet.cell(at, 7).data_type for at in range(2, 11)} == {"s"}
    returned = read_workbook(data, "back.xlsx")
    assert returned.exported is not None
    changes = compare_rows(returned, make_standing(rows), CodeWords(BOOK))
    assert [change.status for change in changes] == ["new"] * 5 + ["unchanged"] * 4
