"""``textq agree RUN``: a review in place of files."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.textq.coding.reliability.made_codings import read_reference
from tests.textq.pipeline.made_audits import code_audit, draw_audit, make_published, make_review, write_study
from tests.textq.store.made import list_keys
from textq.coding.reliability.joint_codings import MISSING

Run = Callable[..., Any]


def list_values(name: str) -> list[list[int | None]]:
    return [[None if code == MISSING else int(code) for code in row] for row in read_reference(name).codes]


def make_two_rounds(out: Path) -> None:
    write_study(out)
    store = make_review(out, 20)
    keys = list_keys(store)
    for name, part in (("first", keys[:10]), ("second", keys[10:])):
        draw_audit(store, part, name)
        given = dict.fromkeys(part, "c1") | {part[1]: "c2", part[2]: "none"}
        code_audit(store, {"anna": given, "bao": {**given, part[0]: "c2"}}, name)
    store.close()


@pytest.mark.parametrize(
    ("data", "where", "printed"),
    [
        ("wikipedia_alpha", ("codes", "coefficients", "alpha", "value"), 0.691358),
        ("four_coders", ("codes", "coefficients", "alpha", "value"), 0.743421),
        ("four_coders", ("codes", "coefficients", "ac1", "value"), 0.77544),
        ("four_coders", ("codes", "coefficients", "ac1", "standard_error"), 0.14295),
        ("four_coders", ("codes", "coefficients", "fleiss", "value"), 0.76117),
        ("four_coders", ("codes", "coefficients", "conger", "value"), 0.76282),
        ("fleiss_counts", ("codes", "coefficients", "fleiss", "value"), 0.209931),
        ("skin_condition", ("codes", "pairs", 0, "kappa", "value"), 0.3449),
        ("skin_condition", ("codes", "pairs", 0, "kappa", "standard_error"), 0.0724),
    ],
)
def test_published_answers(run_textq: Run, tmp_path: Path, data: str, where: tuple[Any, ...], printed: float) -> None:
    make_published(tmp_path / "out", list_values(data))
    done = run_textq("agree", "out", "--json", "--draws", 0)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    for part in where:
        found = found[part]
    assert round(found, len(str(printed).partition(".")[2])) == printed


def test_summary_says_rounds_and_what_was_left_out(run_textq: Run, tmp_path: Path) -> None:
    make_two_rounds(tmp_path / "out")
    done = run_textq("agree", "out", "--draws", 100)
    assert (done.code, done.err) == (0, "")
    for said in [
        "20 clauses of 5 documents coded at least twice",
        "coders: anna, bao",
        "left out: 0 codings marked unsure, 0 skipped, 0 taken back; 0 clauses that one coder alone coded",
        "By sample",
        "Two coders coded the same 20 clauses from 5 documents; agreement was 90.0 percent",
    ]:
        assert said in done.out
    chinese = run_textq("agree", "out", "--draws", 0, "--lang", "zh").out
    assert "两名编码员对来自 5 份文件的 20 条条款分别编码，一致率为 90.0%" in chinese
    assert "各次抽样" in chinese


def test_a_run_in_the_study_is_the_same_review(run_textq: Run, tmp_path: Path) -> None:
    make_two_rounds(tmp_path / "out")
    both = [json.loads(run_textq("agree", path, "--json", "--draws", 0).out) for path in ("out", "out/runs/made")]
    assert both[0]["codes"] == both[1]["codes"]
    assert [one["sample"] for one in both[0]["rounds"]] == ["first", "second"]
    assert both[0]["sentence"]["zh"].startswith("两名编码员")


def test_accuracy_is_for_the_paper_only_when_the_audit_is_settled(run_textq: Run, tmp_path: Path) -> None:
    write_study(tmp_path / "out")
    store = make_review(tmp_path / "out", 20)
    keys = list_keys(store)
    with store.write() as connection:
        connection.execute("UPDATE suggestion SET instrument = 'c1'")
    draw_audit(store, keys[:12])
    given = dict.fromkeys(keys[:9], "c1")
    code_audit(store, {"anna": given | {keys[9]: "c1"}, "bao": given | {keys[0]: "c2"}})
    done = run_textq("agree", "out", "--draws", 0, "--table", "t.md")
    said = "of the samples' clauses 2 are not coded; 1 are to be adjudicated; 1 were coded by fewer people than planned"
    assert said in done.out
    table = (tmp_path / "t.md").read_text(encoding="utf-8")
    assert said in table
    assert "5 codings of the samples are still to come" in table
    assert "was right for" not in done.out
    machine = json.loads(run_textq("agree", "out", "--draws", 0, "--json").out)["machine"]
    assert [machine[name] for name in ("final", "n_due", "n_open", "n_single", "n_exposed")] == [False, 2, 1, 1, 0]
    assert machine["sentence"]["zh"].startswith("机器编码的准确率尚不能写入论文：抽检样本中尚无人编码的 2 条")
    code_audit(store, {"bao": dict.fromkeys([keys[0], *keys[9:12]], "c1"), "anna": dict.fromkeys(keys[10:12], "c1")})
    store.close()
    machine = json.loads(run_textq("agree", "out", "--draws", 0, "--json").out)["machine"]
    assert (machine["final"], "right for" in machine["sentence"]["en"]) == (True, True)


def test_files_are_written(run_textq: Run, tmp_path: Path) -> None:
    make_two_rounds(tmp_path / "out")
    done = run_textq("agree", "out", "--draws", 50, "--out", "a.csv", "--disagreements", "d.csv")
    assert done.code == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["sample"] for row in rows} == {"", "first", "second"}
    differing = list(csv.DictReader((tmp_path / "d.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["anna"], row["bao"]) for row in differing] == [("c1", "c2")] * 2
    assert all(row["text"] for row in differing)


@pytest.mark.parametrize("ending", ["tex", "docx", "xlsx", "html", "md"])
def test_table_for_the_paper(run_textq: Run, tmp_path: Path, ending: str) -> None:
    make_two_rounds(tmp_path / "out")
    assert run_textq("agree", "out", "--draws", 50, "--table", f"t.{ending}").code == 0
    assert (tmp_path / f"t.{ending}").stat().st_size > 500
    if ending == "md":
        text = (tmp_path / "t.md").read_text(encoding="utf-8")
        assert "Krippendorff's α" in text
        assert "| second |" in text


def test_table_of_files(run_textq: Run, tmp_path: Path) -> None:
    for name, codes in (("anna", "xyxy"), ("bao", "xyxx")):
        rows = "".join(f"{at},{code}\n" for at, code in enumerate(codes))
        (tmp_path / f"{name}.csv").write_text(f"id,code\n{rows}", encoding="utf-8")
    assert run_textq("agree", "anna.csv", "bao.csv", "--table", "t.md", "--lang", "zh").code == 0
    assert "编码者间信度" in (tmp_path / "t.md").read_text(encoding="utf-8")


def test_one_coder_is_told_that_nothing_can_be_said(run_textq: Run, tmp_path: Path) -> None:
    write_study(tmp_path / "out")
    store = make_review(tmp_path / "out", 10)
    keys = list_keys(store)
    draw_audit(store, keys)
    code_audit(store, {"anna": dict.fromkeys(keys, "c1")})
    store.close()
    done = run_textq("agree", "out")
    assert (done.code, done.out) == (1, "")
    assert "nothing can be said about it yet" in done.err
    assert "textq review out --coder NAME" in done.err


def test_a_folder_goes_alone(run_textq: Run, tmp_path: Path) -> None:
    write_study(tmp_path / "out")
    (tmp_path / "a.csv").write_text("id,code\n1,x\n", encoding="utf-8")
    assert run_textq("agree", "out", "a.csv").code == 2
    done = run_textq("agree", "out")
    assert done.code == 1
    assert "no review was begun here" in done.err
