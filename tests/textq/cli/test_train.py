"""``textq train``: a coder in a folder from coded clauses, what is said of it, what is refused."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.cli.train import _parse_shares, command
from textq.coding.trained.fit import TrainingSpec
from textq.export.scaffold import scaffold_codebook

Run = Callable[..., Any]

SHARES = ("--share", "supply=0.2", "--share", "environment=0.6", "--share", "demand=0.08", "--share", "none=0.12")


@pytest.fixture(scope="session")
def rows(repository: Path) -> list[dict[str, Any]]:
    """Some 30 clauses of each class, written for textq."""
    written = (repository / "corpus" / "training" / "written.jsonl").read_text(encoding="utf-8").splitlines()
    kept: Counter[str] = Counter()
    chosen = []
    for row in map(json.loads, written[::17]):
        kept[row["code"]] += 1
        if kept[row["code"]] <= 30:
            chosen.append(row)
    return chosen


@pytest.fixture
def gold(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    return write_jsonl(tmp_path / "gold.jsonl", rows)


@pytest.fixture
def coarse(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    """The same without subtypes, which is quicker."""
    return write_jsonl(tmp_path / "coarse.jsonl", [{**row, "subtype": ""} for row in rows])


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def read_card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return card


def test_a_coder_is_trained_and_codes(run_textq: Run, gold: Path, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    trained = run_textq("train", gold, "--out", "mine", "--name", "mine")

    assert (trained.code, trained.err) == (0, "")
    assert f"learnt from {len(rows)} clauses of " in trained.out
    assert "On documents it had not seen" in trained.out
    assert "macro-F1 " in trained.out
    assert "wrote mine: model:mine@" in trained.out
    assert "textq score … --coder mine" in trained.out
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["clauses.txt", "model.json", "weights.tsv"]
    card = read_card(tmp_path / "mine")["trained_with"]
    assert card["n_clauses"] == len(rows)
    assert card["n_of_code"] == dict(sorted(Counter(
        "/".join(filter(None, (row["code"], row["subtype"]))) for row in rows
    ).items()))  # fmt: skip
    assert [file["name"] for file in card["files"]] == ["gold.jsonl"]

    coded = run_textq("code", gold, "--coder", "mine", "--out", "codings.csv")
    assert (coded.code, coded.err) == (0, "")
    with (tmp_path / "codings.csv").open(encoding="utf-8-sig", newline="") as file:
        codings = list(csv.DictReader(file))
    assert [coding["id"] for coding in codings] == [row["id"] for row in rows]
    assert sum(coding["instrument"] == row["code"] for coding, row in zip(codings, rows, strict=True)) > len(rows) * 0.8

    evaluated = run_textq("evaluate", gold, "--coder", "mine", "--draws", "20")
    assert evaluated.code == 0
    assert f"the coder learnt from {len(rows)} of these clauses" in evaluated.out


def test_the_same_gold_gives_the_same_coder(run_textq: Run, coarse: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run_textq("train", coarse, "--out", name).code == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_one_json_object(run_textq: Run, coarse: Path, rows: list[dict[str, Any]]) -> None:
    result = json.loads(run_textq("train", coarse, "--out", "mine", "--json").out)
    assert result["schema_version"] >= 1
    assert (result["folder"], result["n_clauses"]) == ("mine", len(rows))
    assert result["coder"].startswith("model:trained@")
    assert set(result["f1"]) == {"supply", "environment", "demand", "none"}
    assert 0 < result["macro_f1"] <= 1
    assert 0 < result["unsure_below"] < 1


def test_chinese(run_textq: Run, coarse: Path, rows: list[dict[str, Any]]) -> None:
    trained = run_textq("train", coarse, "--out", "mine", "--lang", "zh")
    assert f"由 {len(rows)} 条条款" in trained.out
    assert "在未见过的文件上" in trained.out
    assert "写出 mine: model:trained@" in trained.out
    assert "使用: textq score … --coder mine" in trained.out


def test_codes_with_few_clauses_are_named_with_their_numbers(
    run_textq: Run, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    few = [{**row, "subtype": ""} for row in rows if row["code"] != "demand"]
    few += [{**row, "subtype": ""} for row in rows if row["code"] == "demand"][:7]
    write_jsonl(tmp_path / "few.jsonl", few)
    kept = run_textq("train", "few.jsonl", "--where", "code!=none", "--out", "mine")
    assert "note: fewer than 30 clauses teach little: Demand 7. Code more of them" in kept.out
    assert "without a clause to learn from, which are never given: No instrument\n" in kept.out
    found = json.loads(run_textq("train", "few.jsonl", "--where", "code!=none", "--out", "other", "--json").out)
    assert found["few"] == {"demand": 7, "none": 0}
    chinese = run_textq("train", "few.jsonl", "--where", "code!=none", "--out", "third", "--lang", "zh").out
    assert "注意: 训练条款不足 30 条、难以学好的类目: 需求型 7。" in chinese


def test_enough_clauses_are_not_remarked_upon(run_textq: Run, coarse: Path) -> None:
    assert "clauses teach little" not in run_textq("train", coarse, "--out", "mine").out


def test_a_subtype_with_few_clauses_is_named(run_textq: Run, gold: Path, rows: list[dict[str, Any]]) -> None:
    n = sum(row["subtype"] == "talent" for row in rows)
    assert 0 < n < 30
    assert f"Supply/Talent {n}" in run_textq("train", gold, "--out", "mine").out


def test_clauses_that_may_have_been_chosen_are_noted_unless_shares_are_given(
    run_textq: Run, tmp_path: Path, coarse: Path, rows: list[dict[str, Any]]
) -> None:
    note = f"note: {len(rows)} clauses do not say that they were drawn at random"
    silent = run_textq("train", coarse, "--out", "a")
    assert note in silent.out
    assert "by --share" in silent.out
    assert f"{len(rows)} 条条款未注明随机抽取" in run_textq("train", coarse, "--out", "b", "--lang", "zh").out
    assert "drawn at random" not in run_textq("train", coarse, "--out", "c", *SHARES).out
    drawn = [{**row, "subtype": "", "draw": "random"} for row in rows]
    write_jsonl(tmp_path / "drawn.jsonl", drawn)
    assert "drawn at random" not in run_textq("train", "drawn.jsonl", "--out", "d").out
    assert json.loads(run_textq("train", coarse, "--out", "e", "--json").out)["n_not_said_random"] == len(rows)


def test_shares_change_the_coder(run_textq: Run, coarse: Path, tmp_path: Path) -> None:
    assert run_textq("train", coarse, "--out", "plain").code == 0
    assert run_textq("train", coarse, "--out", "shifted", *SHARES).code == 0
    plain, shifted = read_card(tmp_path / "plain"), read_card(tmp_path / "shifted")
    assert plain["sha256"] == shifted["sha256"]
    assert plain["class_bias"] != shifted["class_bias"]
    assert shifted["trained_with"]["settings"]["shares"] == {
        "supply": 0.2, "environment": 0.6, "demand": 0.08, "none": 0.12,
    }  # fmt: skip


def test_shares_are_read_as_numbers() -> None:
    assert _parse_shares(()) is None
    assert _parse_shares(("a=0.25", " b = .5")) == {"a": 0.25, "b": 0.5}


def test_options_have_the_defaults_of_training() -> None:
    defaults = {option.name: option.default for option in command.params}
    spec = TrainingSpec()
    assert (defaults["strength"], defaults["folds"]) == (spec.strength, spec.folds)
    assert spec.shares is None


@pytest.mark.parametrize(
    "share", ["supply", "supply=", "=0.5", "supply=x", "supply=nan", "supply=1", "supply=0", "a=-1"]
)
def test_shares_that_are_none_are_refused(run_textq: Run, coarse: Path, share: str) -> None:
    refused = run_textq("train", coarse, "--out", "mine", "--share", share)
    assert refused.code == 2
    assert f"--share {share!r} is not CODE=SHARE" in refused.err


def test_shares_that_stand_twice_or_are_not_of_all_classes_are_refused(
    run_textq: Run, coarse: Path, tmp_path: Path
) -> None:
    twice = run_textq("train", coarse, "--out", "mine", "--share", "none=0.1", "--share", "none=0.2")
    assert twice.code == 2
    assert "--share is given twice for 'none'" in twice.err
    lacking = run_textq("train", coarse, "--out", "mine", "--share", "none=0.1")
    assert lacking.code == 1
    assert "Shares are needed for each of supply, environment, demand, none. Got none." in lacking.err
    assert not (tmp_path / "mine").exists()


def test_only_rows_that_a_condition_keeps_are_learnt_from(
    run_textq: Run, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    marked = [{**row, "subtype": "", "kept": at % 4 != 0} for at, row in enumerate(rows)]
    write_jsonl(tmp_path / "marked.jsonl", marked)
    trained = run_textq("train", "marked.jsonl", "--out", "mine", "--where", "kept!=false", "--json")
    assert json.loads(trained.out)["n_clauses"] == sum(row["kept"] for row in marked)


def test_weights_are_said_and_change_the_figures(run_textq: Run, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    weighted = [{**row, "subtype": "", "w": 1 + 4 * (row["code"] == "none")} for row in rows]
    write_jsonl(tmp_path / "weighted.jsonl", weighted)
    plain = run_textq("train", "weighted.jsonl", "--out", "plain")
    heavy = run_textq("train", "weighted.jsonl", "--out", "heavy", "--weight", "w")
    assert "clauses are weighted; numbers of clauses are not" in heavy.out
    assert "weighted" not in plain.out.replace("weighted.jsonl", "")
    assert [line for line in heavy.out.splitlines() if "macro-F1" in line] != [
        line for line in plain.out.splitlines() if "macro-F1" in line
    ]


def test_several_files_are_learnt_from_and_none_twice(
    run_textq: Run, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    plain = [{**row, "subtype": ""} for row in rows]
    (tmp_path / "more").mkdir()
    write_jsonl(tmp_path / "gold.jsonl", plain[::2])
    write_jsonl(tmp_path / "more" / "gold.jsonl", plain[1::2])
    trained = run_textq("train", "gold.jsonl", "more/gold.jsonl", "--out", "mine", "--json")
    assert json.loads(trained.out)["n_clauses"] == len(rows)
    files = read_card(tmp_path / "mine")["trained_with"]["files"]
    assert len({file["sha256"] for file in files}) == 2

    refused = run_textq("train", "gold.jsonl", "gold.jsonl", "--out", "again")
    assert refused.code == 1
    assert "is in an earlier file too. Leave one of them out." in refused.err


@pytest.mark.parametrize("make", ["file", "full"])
def test_what_is_there_is_never_overwritten(run_textq: Run, coarse: Path, tmp_path: Path, make: str) -> None:
    if make == "file":
        (tmp_path / "mine").write_text("mine", encoding="utf-8")
    else:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    refused = run_textq("train", coarse, "--out", "mine")
    assert refused.code in {1, 2}
    assert "mine" in refused.err
    assert [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.name in {"thesis.txt", "mine"}
            and path.is_file()] == ["mine"]  # fmt: skip


def test_an_empty_folder_is_filled(run_textq: Run, coarse: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert run_textq("train", coarse, "--out", "mine").code == 0
    assert (tmp_path / "mine" / "model.json").is_file()


def test_without_out_or_codebook_there_is_no_place_for_it(run_textq: Run, coarse: Path) -> None:
    refused = run_textq("train", coarse)
    assert refused.code == 1
    assert "the folder of the new coder is not known. Give --out FOLDER" in refused.err


@pytest.mark.parametrize("name", ["../up", "a/b", "..", "rules", "", "a b"])
def test_names_that_cannot_be_used_are_refused_before_training(run_textq: Run, coarse: Path, name: str) -> None:
    refused = run_textq("train", coarse, "--out", "mine", "--name", name)
    assert refused.code == 1
    assert f"{name!r} is no name for a coder" in refused.err


def test_with_a_codebook_the_coder_goes_beside_it(run_textq: Run, tmp_path: Path) -> None:
    scaffold_codebook(tmp_path / "mine", "mine", "en")
    rows = [
        {"id": f"{code}{at}", "doc": f"d{at}", "text": text, "code": code}
        for at in range(6)
        for code, text in (("rule", f"Owners shall sweep part {at}."), ("none", f"This notice has {at} pages."))
    ]
    write_jsonl(tmp_path / "gold.jsonl", rows)
    trained = run_textq("train", "gold.jsonl", "--codebook", "mine", "--name", "first")
    assert (trained.code, trained.err) == (0, "")
    assert (tmp_path / "mine" / "models" / "first" / "model.json").is_file()
    assert "--codebook mine --coder " in trained.out.splitlines()[-1]

    again = run_textq("train", "gold.jsonl", "--codebook", "mine", "--name", "first")
    assert again.code == 1
    assert "is there already and is never overwritten" in again.err

    coded = run_textq("code", "gold.jsonl", "--codebook", "mine", "--coder", "first")
    assert [json.loads(line)["instrument"] for line in coded.out.splitlines()] == ["rule", "none"] * 6


def test_runs_and_codes_that_are_none_are_refused(run_textq: Run, coarse: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    folder = run_textq("train", "run", "--out", "mine")
    assert folder.code == 1
    assert "run is a folder. Give a file of rows" in folder.err

    write_jsonl(tmp_path / "bad.jsonl", [{"id": "1", "text": "t", "code": "suply"}])
    unknown = run_textq("train", "bad.jsonl", "--out", "mine")
    assert unknown.code == 1
    assert "bad.jsonl:1: the code 'suply' is not in the codebook" in unknown.err

    write_jsonl(tmp_path / "few.jsonl", [{"id": "1", "text": "t", "code": "supply"}])
    few = run_textq("train", "few.jsonl", "--out", "mine")
    assert few.code == 1
    assert "1 documents are too few for 5 folds" in few.err
    assert not (tmp_path / "mine").exists()
