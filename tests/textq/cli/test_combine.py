"""``textq combine``: what is printed, what is refused, and that the file it writes codes, scores and is evaluated."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.textq.pipeline.made_coders import Workplace, make_workplace

Run = Callable[..., Any]

CODERS = ("--codebook", "mine", "--coder", "rules", "--coder", "first", "--coder", "second", "--out", "team.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return make_workplace(tmp_path_factory.mktemp("combine"))


@pytest.fixture(autouse=True)
def _in_a_copy(made: Workplace, tmp_path: Path) -> None:
    shutil.copytree(made.root, tmp_path, dirs_exist_ok=True)


def test_summary_says_the_figures(run_textq: Run) -> None:
    done = run_textq("combine", "gold.jsonl", *CODERS)
    assert (done.code, done.err) == (0, "")
    for said in [
        "400 clauses of 40 documents, by the codebook mine@0.1",
        "Each coder alone, and together",
        "model:second@",
        "intervals: 2,000 samples of documents, seed 1",
        "Krippendorff's α 0.",
        "macro-F1 together less that of the best coder alone (model:second@",
        "sharpness ",
        "with 5.0% errors allowed, codes of a probability of 0.",
        "on documents not used to choose that: ",
        "wrote team.json: ensemble:",
        "use it: textq score … --coder team.json",
    ]:
        assert said in done.out
    assert "WARNING" not in done.out
    assert "note:" not in done.out
    assert "no better than" not in done.out


def test_chinese_and_no_share_without_errors(run_textq: Run) -> None:
    done = run_textq("combine", "gold.jsonl", *CODERS, "--target-error", "0", "--lang", "zh")
    for said in [
        "400 条条款, 来自 40 份文件",
        "合并",
        "编码器之间的一致性",
        "无法在 0.0% 的错误率内保留任何条款",
        "写出 team.json: ensemble:",
    ]:
        assert said in done.out


def test_json_holds_every_figure(run_textq: Run) -> None:
    done = run_textq("combine", "gold.jsonl", *CODERS, "--target-error", "0.2", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert (found["schema_version"], found["n_clauses"], found["left_out"]) == (1, 400, None)
    assert sum(one["weight"] for one in found["coders"]) == pytest.approx(1)
    assert found["together"]["macro_f1"]["value"] > max(one["scores"]["macro_f1"]["value"] for one in found["coders"])
    assert found["threshold"]["target"] == 0.2
    assert found["abstention"]["kept"] > 0.8
    assert len(found["agreement"]["pairs"]) == 3


def test_clauses_learnt_from_are_warned_about(run_textq: Run, tmp_path: Path) -> None:
    with (tmp_path / "gold.jsonl").open("a", encoding="utf-8") as file:
        file.writelines((tmp_path / "learnt.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:12])
    done = run_textq("combine", "gold.jsonl", *CODERS)
    assert "*** WARNING: model:first@" in done.out
    assert "learnt from 12 of the clauses.\n" in done.out
    assert "*** They and their documents are left out (12 clauses of 2 documents)" in done.out
    assert "400 clauses of 40 documents" in done.out


def test_chosen_clauses_and_missing_documents_are_noted(run_textq: Run, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (tmp_path / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    loose = [{**row, "doc": None, "draw": "enriched" if at < 100 else "random"} for at, row in enumerate(rows)]
    (tmp_path / "loose.jsonl").write_text("".join(json.dumps(row) + "\n" for row in loose), encoding="utf-8")
    done = run_textq("combine", "loose.jsonl", *CODERS, "--where", "code!=rule")
    assert "only rows with code!=rule" in done.out
    assert "clauses were not drawn at random (column draw)" in done.out
    assert "each counts as a document of its own" in done.out


def test_a_coder_that_knows_nothing_of_its_own_brings_nothing(run_textq: Run) -> None:
    where = ("--where", "doc!=1-0")
    done = run_textq("combine", "gold.jsonl", "--codebook", "mine", "--coder", "rules", "--coder", "first", *where,
                     "--out", "team.json")  # fmt: skip
    assert "together they are no better than model:first@" in done.out


def test_its_file_codes_evaluates_and_scores(run_textq: Run, tmp_path: Path) -> None:
    run_textq("combine", "gold.jsonl", *CODERS)
    with_it = ("--codebook", "mine", "--coder", "team.json")

    assert run_textq("code", "gold.jsonl", *with_it, "--out", "codings.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "codings.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == 400
    assert {row["unsure"].lower() for row in rows} == {"true", "false"}

    done = run_textq("evaluate", "gold.jsonl", *with_it)
    assert "coded by ensemble:" in done.out
    assert "*** WARNING: the coder learnt from 400 of these clauses" in done.out

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "order.txt").write_text("§ 1 Stalls\nOwners must sweep the street.\n", encoding="utf-8")
    done = run_textq("score", "docs", *with_it, "--out", "study")
    assert done.code == 0
    (run_json,) = (tmp_path / "study" / "runs").glob("*/run.json")
    run = json.loads(run_json.read_text(encoding="utf-8"))
    assert run["coder"].startswith("ensemble:")
    assert run["lexicon"].startswith("instruments@")
    assert run["classes"]["rule"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coder", "rules", "--out", "a.json"], "at least two coders"),
        (["--coder", "rules", "--coder", "rules", "--out", "a.json"], "at least two coders"),
        (["--coder", "rules", "--coder", "llm", "--out", "a.json"], "--coder llm cannot be combined by this command"),
        (["--coder", "rules", "--coder", "first"], "--out"),
        (["--coder", "rules", "--coder", "first", "--out", "a.json", "--target-error", "1.5"], "--target-error"),
        (["--coder", "rules", "--coder", "first", "--out", "a.json", "--where", "draw"], "no condition"),
    ],
)
def test_wrong_usage_is_2(run_textq: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run_textq("combine", "gold.jsonl", "--codebook", "mine", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert not (tmp_path / "a.json").exists()


def test_an_existing_file_is_kept(run_textq: Run, tmp_path: Path) -> None:
    (tmp_path / "team.json").write_text("mine", encoding="utf-8")
    done = run_textq("combine", "gold.jsonl", *CODERS)
    assert (done.code, done.out) == (1, "")
    assert "team.json is there already and is never overwritten" in done.err
    assert (tmp_path / "team.json").read_text(encoding="utf-8") == "mine"
