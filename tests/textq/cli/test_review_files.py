"""``textq review export | import | merge | status`` as a user meets them."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import textq
from tests.textq.review.sheets import fill

Run = Callable[..., Any]


def read_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.fixture
def study(sample_run: textq.Run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))


@pytest.fixture
def audited(run_textq: Run, study: Path) -> Path:
    result = run_textq("review", "sample", study, "--size", 40, "--unit", "clause", "--coders", "anna,bao")
    assert result.code == 0, result.err
    return study


def code_all(run_textq: Run, study: Path, coder: str, word: str) -> None:
    sheet = study.parent / f"{coder}.xlsx"
    assert run_textq("review", "export", study, "--xlsx", sheet, "--coder", coder).code == 0
    n_rows = openpyxl.load_workbook(sheet).worksheets[0].max_row
    sheet.write_bytes(fill(sheet.read_bytes(), {f"J{at}": word for at in range(2, n_rows + 1)}))
    result = run_textq("review", "import", study, sheet, "--apply")
    assert result.code == 0, result.err


def test_an_audit_by_workbooks(run_textq: Run, audited: Path, tmp_path: Path) -> None:
    code_all(run_textq, audited, "anna", "供给")
    told = run_textq("review", "status", audited, "--lang", "en")
    assert "anna: 40 blind; 0 left to audit" in told.out
    assert "bao: no codes yet; 40 left to audit" in told.out
    assert "alpha: not yet" in told.out
    assert "every chain of hashes holds" in told.out
    code_all(run_textq, audited, "bao", "Ｓ")
    found = json.loads(run_textq("review", "status", audited, "--json").out)
    assert found["finals"] == {"agreed": 40}
    assert [one["done"] for one in found["samples"]] == [40]
    assert found["problems"] == []
    finals = tmp_path / "finals.csv"
    result = run_textq("review", "export", audited, "--csv", finals, "--qdc", tmp_path / "book.qdc", "--lang", "zh")
    assert "40 条最终编码" in result.out
    rows = read_rows(finals)
    assert {(row["instrument"], row["coder_id"], row["draw"]) for row in rows} == {
        ("supply", "human:anna+bao", "random")
    }
    assert run_textq("code", finals).code == 0


def test_a_dry_run_writes_nothing_and_names_what_is_wrong(run_textq: Run, audited: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "anna.xlsx"
    run_textq("review", "export", audited, "--xlsx", sheet, "--coder", "anna", "--lang", "en")
    filled = fill(sheet.read_bytes(), {"J2": "Supply", "J3": "Suply", "J4": "Demand", "K4": "Talent"})
    sheet.write_bytes(filled)
    again = run_textq("review", "export", audited, "--xlsx", sheet, "--coder", "anna")
    assert (again.code, "is there already" in again.err, sheet.read_bytes() == filled) == (2, True, True)
    result = run_textq("review", "import", audited, sheet, "--lang", "en", "--out", tmp_path / "rows.csv")
    assert result.code == 3
    assert "1 new codes" in result.out
    assert "Suply (meant: Supply?)" in result.out
    assert "Demand / Talent (contradicts itself: the subtype is one of Supply)" in result.out
    assert "--apply writes 1 events" in result.out
    assert len((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()) == 41
    assert json.loads(run_textq("review", "status", audited, "--json").out)["events"] == 1


def test_two_machines(run_textq: Run, audited: Path, tmp_path: Path) -> None:
    laptop = Path(shutil.copytree(audited, tmp_path / "laptop"))
    code_all(run_textq, laptop, "bao", "需求")
    result = run_textq("review", "export", laptop, "--json")
    paths = [file["path"] for file in json.loads(result.out)["files"]]
    bao = next(path for path in paths if path.endswith("events-bao.jsonl"))
    merged = json.loads(run_textq("review", "merge", audited, bao, "--json").out)
    assert (merged["new"], merged["known"]) == (40, 0)
    assert json.loads(run_textq("review", "merge", audited, bao, "--json").out)["new"] == 0
    assert "40" in run_textq("review", "merge", audited, bao, "--lang", "zh").out
    assert run_textq("review", "merge", audited).code == 2


def test_old_codings(run_textq: Run, study: Path, sample_run: textq.Run, tmp_path: Path) -> None:
    clauses = sample_run.clauses.merge(sample_run.documents[["doc_id", "title"]], on="doc_id")
    clauses = clauses[clauses["kind"].isin(["item", "provision", "paragraph"]) & (clauses["text"].str.len() > 30)].head(
        5
    )
    old = tmp_path / "nvivo.csv"
    with old.open("w", encoding="gb18030", newline="", errors="ignore") as stream:
        writer = csv.writer(stream)
        writer.writerow(["文件名称", "参考点", "节点"])
        writer.writerows([row.title, row.text[:25], "节点\\供给型\\人才"] for row in clauses.itertuples())
        writer.writerow(["没有的文件", "没有的话没有的话", "供给型"])
    result = run_textq("review", "import", study, "--quotes", old, "--coder", "old", "--lang", "zh")
    assert (result.code, "5 带来新编码" in result.out, "1 未找到" in result.out) == (3, True, True)
    rows = read_rows(tmp_path / "nvivo.csv.matches.csv")
    assert [row["status"] for row in rows] == ["new"] * 5 + ["unmatched"]
    assert rows[5]["why"] == "没有这个名称的文件"
    applied = json.loads(
        run_textq("review", "import", study, "--quotes", old, "--coder", "old", "--apply", "--json").out
    )
    assert applied["applied"] == {"events": 5, "left": 1}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("export", "--xlsx", "a.csv"), "ends in .xlsx"),
        (("import",), "give a FILE"),
        (("import", "--codes", "study/latest.txt", "study/latest.txt"), "go with --quotes"),
        (("import", "--quotes", "study/latest.txt", "--columns", "quote"), "give NAME=COLUMN"),
        (("import", "nowhere.xlsx"), "does not exist"),
    ],
)
def test_wrong_usage(run_textq: Run, study: Path, arguments: tuple[str, ...], word: str) -> None:
    command, *rest = arguments
    result = run_textq("review", command, study, *rest)
    assert result.code in (1, 2)
    assert word in result.err


def test_help_has_examples(run_textq: Run) -> None:
    for command in ("export", "import", "merge", "status"):
        told = run_textq("review", command, "--help").out
        assert "Examples:" in told
        assert f"textq review {command}" in told
