"""``textq agree``: the files people have, what is printed and written, what is refused."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.textq.lexicon.small_lists import CODEBOOK
from textq.lexicon.read import builtin_lexicon

Run = Callable[..., Any]

ANNA = {"a": "supply", "b": "supply", "c": "none", "d": "demand", "e": "environment", "f": "none"}
BAO = {**ANNA, "b": "demand", "f": "environment"}


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "anna.csv", [{"id": name, "instrument": code} for name, code in ANNA.items()])


@pytest.fixture
def bao(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "bao.jsonl", [{"id": name, "code": code} for name, code in BAO.items()])


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows = [
        {"id": f"{document}{at}", "doc": document, "coder_a": ["supply", "talent"], "coder_b": ["supply", "talent"]}
        for document in "xyz"
        for at in range(4)
    ]
    rows[0]["coder_b"] = ["demand", "trade"]
    rows[5]["coder_b"] = ["supply", "funding"]
    rows[7] |= {"coder_a": ["none", ""], "coder_b": ["none", ""]}
    rows[9] |= {"coder_a": ["demand", "trade"], "coder_b": ["demand", "trade"]}
    return write_jsonl(tmp_path / "gold.jsonl", rows)


def read_json(done: Any) -> Any:
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def test_files_are_coders(run_textq: Run, anna: Path, bao: Path) -> None:
    found = read_json(run_textq("agree", anna, bao, "--json"))
    assert found["codes"]["coders"] == ["anna", "bao"]
    assert found["codes"]["n_clauses"] == 6
    assert found["codes"]["coefficients"]["percent"]["value"] == pytest.approx(4 / 6)
    assert found["codes"]["categories"] == ["supply", "environment", "demand", "none"]
    assert (found["schema_version"], found["by"], found["subtypes"]) == (1, "clause", None)


def test_summary_says_the_figures(run_textq: Run, gold: Path) -> None:
    done = run_textq("agree", gold)
    assert (done.code, done.err) == (0, "")
    for said in [
        "12 clauses of 3 documents coded at least twice\n",
        "coders: coder_a, coder_b",
        "Krippendorff's α",
        "Gwet's AC1",
        "Cohen's κ",
        "Gwet's AC1 (q = 4)",
        "percent agreement         0.917",
        "intervals: 2,000 samples of documents",
        "Rows: coder_a; columns: coder_b",
        "code and subtype together: α = ",
        "2 clauses on which coders differ",
        "Two coders coded the same 12 clauses from 3 documents; agreement was 91.7 percent",
    ]:
        assert said in done.out


def test_chinese(run_textq: Run, gold: Path) -> None:
    done = run_textq("agree", gold, "--lang", "zh")
    assert "编码者间信度" in done.out
    assert "供给型" in done.out
    assert "两名编码员对来自 3 份文件的 12 条条款分别编码，一致率为 91.7%，Holsti 系数为 0.917" in done.out


def test_dominance_of_one_code_is_explained(run_textq: Run, gold: Path) -> None:
    assert "κ paradox" in run_textq("agree", gold).out
    assert "κ 悖论" in run_textq("agree", gold, "--lang", "zh").out


def test_no_dominance_no_explanation(run_textq: Run, anna: Path, bao: Path) -> None:
    assert "κ paradox" not in run_textq("agree", anna, bao).out


def test_by_chooses_what_is_drawn(run_textq: Run, gold: Path) -> None:
    by_default, by_clause = (read_json(run_textq("agree", gold, "--json", *more)) for more in ([], ["--by", "clause"]))
    assert (by_default["by"], by_clause["by"]) == ("document", "clause")
    intervals = [each["codes"]["coefficients"]["alpha"]["interval"] for each in (by_default, by_clause)]
    assert intervals[0] != intervals[1]


def test_clauses_without_documents_are_noted(run_textq: Run, anna: Path, bao: Path) -> None:
    assert "documents are not known" in run_textq("agree", anna, bao).out


def test_by_document_without_documents_is_1(run_textq: Run, anna: Path, bao: Path) -> None:
    done = run_textq("agree", anna, bao, "--by", "document")
    assert (done.code, done.out) == (1, "")
    assert "the document of 6 clauses is not known, of 'a' for one" in done.err


def test_seed_and_draws_decide_the_intervals(run_textq: Run, gold: Path) -> None:
    outs = [run_textq("agree", gold, "--draws", 100, "--seed", seed).out for seed in (1, 1, 2)]
    assert outs[0] == outs[1] != outs[2]
    done = run_textq("agree", gold, "--draws", 0)
    assert "no samples were drawn" in done.out
    assert "[" not in done.out


@pytest.mark.parametrize("names", ["coder_a,coder_b", "a, b"])
def test_coders_name_columns(run_textq: Run, gold: Path, names: str) -> None:
    found = read_json(run_textq("agree", gold, "--coders", names, "--json"))
    assert found["codes"]["coefficients"]["percent"]["value"] == pytest.approx(11 / 12)


def test_cells_of_csv_hold_codes_in_any_form(run_textq: Run, tmp_path: Path) -> None:
    rows = [
        {"id": 1, "anna": "supply/talent", "bao": '["supply", "talent"]'},
        {"id": 2, "anna": "none", "bao": "none"},
        {"id": 3, "anna": "supply/funding", "bao": ""},
    ]
    found = read_json(run_textq("agree", write_csv(tmp_path / "two.csv", rows), "--coders", "anna,bao", "--json"))
    assert (found["codes"]["n_clauses"], found["codes"]["n_single"]) == (2, 1)
    assert found["subtypes"]["categories"] == ["supply/talent", "supply/funding", "none"]


def test_one_file_may_hold_several_coders_in_rows(run_textq: Run, tmp_path: Path) -> None:
    rows = [
        {"clause_id": name, "coder_id": coder, "instrument": code}
        for coder, codes in {"anna": ANNA, "bao": BAO, "chen": ANNA}.items()
        for name, code in codes.items()
    ]
    found = read_json(run_textq("agree", write_csv(tmp_path / "all.csv", rows), "--json"))
    assert [pair["coders"] for pair in found["codes"]["pairs"]] == [["anna", "bao"], ["anna", "chen"], ["bao", "chen"]]
    assert found["codes"]["pairs"][1]["percent"] == 1


def test_coders_of_the_same_name_keep_their_files_names(run_textq: Run, tmp_path: Path) -> None:
    for name, codes in (("old", ANNA), ("new", BAO)):
        rows = [{"id": one, "coder_id": "rules", "instrument": code} for one, code in codes.items()]
        write_csv(tmp_path / f"{name}.csv", rows)
    found = read_json(run_textq("agree", "old.csv", "new.csv", "--json"))
    assert found["codes"]["coders"] == ["old:rules", "new:rules"]


def test_codings_of_textq_code_are_read(run_textq: Run, tmp_path: Path, anna: Path) -> None:
    clauses = [{"id": name, "text": "市财政安排专项资金，建设公共海外仓。"} for name in ANNA]
    write_jsonl(tmp_path / "clauses.jsonl", clauses)
    run_textq("code", "clauses.jsonl", "--coder", "rules", "--out", "rules.csv")
    found = read_json(run_textq("agree", anna, "rules.csv", "--json"))
    assert found["codes"]["coders"] == ["anna", f"rules:instruments@{builtin_lexicon().version}"]


def test_draws_without_a_code_are_told(run_textq: Run, tmp_path: Path, anna: Path, bao: Path) -> None:
    assert "samples in which a code did not occur" in run_textq("agree", anna, bao).out
    for name in ("one", "two"):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": "xy"[at % 2]} for at in range(60)])
    assert "samples in which" not in run_textq("agree", "one.csv", "two.csv").out


def test_any_codebook(run_textq: Run, tmp_path: Path) -> None:
    for name, codes in (("one", "xyxyz"), ("two", "xyxxz")):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": code} for at, code in enumerate(codes)])
    assert read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["codes"]["categories"] == ["x", "y", "z"]


def test_codebook_gives_order_and_names(run_textq: Run, tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(CODEBOOK.replace("pay", "zeal"), encoding="utf-8")
    for name, codes in (("one", ["rule", "zeal", "mine"]), ("two", ["zeal", "zeal", "mine"])):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": code} for at, code in enumerate(codes)])
    own = read_json(run_textq("agree", "one.csv", "two.csv", "--codebook", ".", "--json"))
    assert (own["codes"]["categories"], own["codebook"]) == (["zeal", "rule", "mine"], "small@1")
    assert read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["codes"]["categories"][0] == "mine"
    assert "付" in run_textq("agree", "one.csv", "two.csv", "--codebook", ".", "--lang", "zh").out
    done = run_textq("agree", "one.csv", "two.csv", "--codebook", "nowhere")
    assert (done.code, done.out) == (1, "")
    assert "--codebook nowhere does not exist." in done.err


def test_one_code_only_is_said(run_textq: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": "x"} for at in range(4)])
    done = run_textq("agree", "one.csv", "two.csv")
    assert done.code == 0
    assert "Krippendorff's α is not defined: all codings are in one category" in done.out
    assert re.search(r"\bnan\b", done.out) is None
    assert (
        read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["codes"]["coefficients"]["alpha"]["value"] is None
    )


def test_out_holds_every_figure(run_textq: Run, tmp_path: Path, gold: Path) -> None:
    assert run_textq("agree", gold, "--out", "figures.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "figures.csv").read_text(encoding="utf-8-sig"))))
    found = {(row["level"], row["coefficient"], row["category"], row["first_coder"]): row for row in rows}
    assert float(found["code", "percent", "", ""]["value"]) == pytest.approx(11 / 12)
    assert float(found["subtype", "percent", "", ""]["value"]) == pytest.approx(10 / 12)
    assert {"code", "subtype"} == {row["level"] for row in rows}
    assert found["code", "specific", "none", ""]["value"] == "1.0"
    assert found["code", "kappa", "", "coder_a"]["second_coder"] == "coder_b"


def test_disagreements_are_listed(run_textq: Run, tmp_path: Path, gold: Path) -> None:
    assert run_textq("agree", gold, "--disagreements", "talk.csv").code == 0
    assert (tmp_path / "talk.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "id,doc,coder_a,coder_b", "x0,x,supply/talent,demand/trade", "y1,y,supply/talent,supply/funding",
    ]  # fmt: skip


def test_missing_subtype_is_no_disagreement(run_textq: Run, tmp_path: Path) -> None:
    rows = [{"id": at, "code": "supply", "subtype": "talent" if at < 2 else "funding"} for at in range(10)]
    write_csv(tmp_path / "full.csv", rows)
    write_csv(tmp_path / "half.csv", [{**row, "subtype": "" if row["id"] == 3 else row["subtype"]} for row in rows])
    found = read_json(run_textq("agree", "full.csv", "half.csv", "--json"))
    assert (found["n_disagreements"], found["n_without_subtype"], found["subtypes"]["n_clauses"]) == (0, 1, 9)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": "id,instrument\n1,x\n"}, "a.csv holds the codings of one coder only (a)"),
        ({"a.csv": "id,instrument\n1,x\n", "b.csv": "id,instrument\n2,x\n"}, "they share no id"),
        (
            {"a.csv": "id,instrument\n1,x\n1,y\n", "b.csv": "id,instrument\n1,x\n"},
            "a.csv:3: a coded the clause '1' twice",
        ),
        ({"a.csv": "id,text\n1,x\n", "b.csv": "id,code\n1,x\n"}, "a.csv:2: there is no column instrument or code"),
        ({"a.csv": "number,code\n1,x\n", "b.csv": "id,code\n1,x\n"}, "a.csv:2: every coding needs the id"),
        ({"a.csv": "id,code\n", "b.csv": "id,code\n1,x\n"}, "a.csv holds no coding"),
        ({"a.csv": "id,code\n1,x,y\n", "b.csv": "id,code\n1,x\n"}, "a.csv:2: more cells than columns"),
        ({"a.jsonl": '{"id": 1\n', "b.csv": "id,code\n1,x\n"}, "a.jsonl:1: no JSON object"),
        ({"a.jsonl": "[1]\n", "b.csv": "id,code\n1,x\n"}, "a.jsonl:1: no JSON object but list"),
        ({"a.jsonl": '{"id": 1, "code": {"x": 1}}\n', "b.csv": "id,code\n1,x\n"}, "a.jsonl:1: no code: {'x': 1}"),
        ({"a.xlsx": "id,code\n1,x\n", "b.csv": "id,code\n1,x\n"}, "clause files end in .jsonl or .csv"),
    ],
)
def test_unusable_files_are_1_and_say_where(
    run_textq: Run, tmp_path: Path, files: Mapping[str, str], message: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = run_textq("agree", *files)
    assert (done.code, done.out) == (1, "")
    assert message in done.err


def test_files_of_one_name_and_coder_are_refused(run_textq: Run, tmp_path: Path, anna: Path) -> None:
    (tmp_path / "second").mkdir()
    copy = tmp_path / "second" / "anna.csv"
    copy.write_bytes(anna.read_bytes())
    done = run_textq("agree", anna, copy)
    assert done.code == 1
    assert "2 files are called anna" in done.err


def test_absent_file_is_1(run_textq: Run, anna: Path) -> None:
    done = run_textq("agree", anna, "nowhere.csv")
    assert (done.code, done.out) == (1, "")
    assert "nowhere.csv" in done.err


def test_folder_without_a_run_is_1(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("agree", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "holds no run" in done.err


@pytest.mark.parametrize("names", ["anna", "anna,anna", ""])
def test_one_column_of_coders_is_2(run_textq: Run, anna: Path, names: str) -> None:
    assert run_textq("agree", anna, "--coders", names).code == 2


def test_one_file_for_two_outputs_is_2(run_textq: Run, tmp_path: Path, gold: Path) -> None:
    done = run_textq("agree", gold, "--out", "x.csv", "--disagreements", tmp_path / "x.csv")
    assert (done.code, done.out) == (2, "")
    assert "--out and --disagreements name the same file" in done.err
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("option", ["--out", "--disagreements"])
def test_files_read_are_not_written_over(run_textq: Run, anna: Path, bao: Path, option: str) -> None:
    before = anna.read_bytes()
    done = run_textq("agree", anna, bao, option, anna)
    assert done.code == 2
    assert f"{option} is FILE itself" in done.err
    assert anna.read_bytes() == before


@pytest.mark.parametrize("names", ["anna,anna,bao", "a,coder_a,b"])
def test_a_column_is_one_coder(run_textq: Run, tmp_path: Path, names: str) -> None:
    rows = [{"id": at, "anna": "none", "bao": "none", "coder_a": "none", "coder_b": "none"} for at in range(3)]
    done = run_textq("agree", write_csv(tmp_path / "all.csv", rows), "--coders", names)
    assert (done.code, done.out) == (1, "")
    assert "would be two coders" in done.err


def test_columns_of_notes_are_no_coders(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) | {"coder_note": "see page 3"} for line in gold.read_text(encoding="utf-8").splitlines()]
    done = run_textq("agree", write_jsonl(tmp_path / "notes.jsonl", rows))
    assert (done.code, done.out) == (1, "")
    assert "coder_note gave no code of the codebook" in done.err
    assert "--coders" in done.err


def test_one_document_has_no_intervals_and_says_so(run_textq: Run, tmp_path: Path) -> None:
    for name, codes in (("one", ANNA), ("two", BAO)):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": code, "doc": "d"} for at, code in codes.items()])
    assert read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["draws"] == 0
    done = run_textq("agree", "one.csv", "two.csv")
    assert "no samples were drawn" in done.out
    assert "all clauses are of one document, so there are no intervals; --by clause" in done.out


def test_codes_outside_the_codebook_are_listed_as_written(run_textq: Run, tmp_path: Path) -> None:
    for name, codes in (("one", ["supply", "Supply", "none"]), ("two", ["supply", "supply", "none"])):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": code} for at, code in enumerate(codes)])
    done = run_textq("agree", "one.csv", "two.csv")
    assert re.search(r"codes that are not in the codebook instruments@\S+: Supply ", done.out)
    assert re.search(r"^supply +3 ", done.out, re.MULTILINE)
    assert re.search(r"^Supply +1 ", done.out, re.MULTILINE)
    assert read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["unknown_codes"] == ["Supply"]


def test_chance_of_codes_that_nobody_gave_counts(run_textq: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_csv(tmp_path / f"{name}.csv", [{"id": at, "code": "supply"} for at in range(4)])
    codes = read_json(run_textq("agree", "one.csv", "two.csv", "--json"))["codes"]
    assert (codes["n_categories"], codes["categories"]) == (4, ["supply"])
    assert [codes["coefficients"][name]["value"] for name in ("ac1", "brennan_prediger", "alpha")] == [1, 1, None]


def test_subtypes_that_are_not_compared_are_told(run_textq: Run, tmp_path: Path) -> None:
    rows = [{"id": at, "code": "supply", "subtype": "talent"} for at in range(4)]
    write_csv(tmp_path / "full.csv", rows)
    write_csv(tmp_path / "bare.csv", [{**row, "subtype": ""} for row in rows])
    assert "subtypes are not compared: fewer than two coders" in run_textq("agree", "full.csv", "bare.csv").out
