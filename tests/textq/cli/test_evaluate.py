"""``textq evaluate``: figures, tables, the warning about clauses learnt from, what is refused."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from textq.coding.accuracy.learning_curve import LearningCurve, LearningPoint
from textq.coding.resample import Figure, Interval
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import builtin_codebook
from textq.records import Coding, CodingUnit, Span

Run = Callable[..., Any]

WRONG = {8, 9, 14, 19, 24, 29, 34, 39}


class EchoCoder:
    """Gives the code that stands in the text ("supply/talent 0.9"), with its probability; knows some texts."""

    coder_id = "echo@1"

    def __init__(self, known: Sequence[str] = (), *, unsure_below: float = 0.0) -> None:
        self.known = {hashlib.sha256(text.encode()).hexdigest() for text in known}
        self.unsure_below = unsure_below

    @property
    def codebook(self) -> Codebook:
        return builtin_codebook()

    def knows(self, sha256: str) -> bool:
        return sha256 in self.known

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        return [self._code(unit) for unit in units]

    def _code(self, unit: CodingUnit) -> Coding:
        code, _, probability = unit.text.partition(" ")
        instrument, _, subtype = code.partition("/")
        stated = float(probability) if probability else None
        return Coding(
            unit.clause_id, unit.sha256, self.coder_id, self.codebook.edition, instrument, subtype or None, None,
            (Span(0, 2, "secret word"),), stated, unsure=stated is not None and stated < self.unsure_below,
        )  # fmt: skip


def make_rows() -> list[dict[str, Any]]:
    """Forty clauses of eight documents; the least certain are wrong."""
    rows = []
    for at in range(40):
        code, wrong = (("supply/talent", "demand/trade"), ("none", "environment/tax"))[at % 2]
        given = wrong if at in WRONG else code
        instrument, _, subtype = code.partition("/")
        rows.append({
            "id": f"c{at}", "doc": f"d{at // 5}", "text": f"{given} {0.55 if at in WRONG else 0.8 + at / 400}",
            "code": instrument, "subtype": subtype, "draw": "random" if at < 30 else "enriched",
            "pi": 2 if at < 20 else 1,
        })  # fmt: skip
    return rows


@pytest.fixture
def coder(monkeypatch: pytest.MonkeyPatch) -> Callable[[EchoCoder], None]:
    def put(coder: EchoCoder) -> None:
        monkeypatch.setattr("textq.pipeline.evaluation.find_coder", lambda *_: coder)

    put(EchoCoder())
    return put


@pytest.fixture
def gold(tmp_path: Path, coder: Callable[[EchoCoder], None]) -> Path:
    return write_jsonl(tmp_path / "gold.jsonl", make_rows())


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def read_json(done: Any) -> Any:
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def read_table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_summary_says_the_figures(run_textq: Run, gold: Path) -> None:
    done = run_textq("evaluate", gold)
    assert (done.code, done.err) == (0, "")
    for said in [
        "40 clauses of 8 documents, coded by echo@1 with the codebook instruments@",
        "intervals: 2,000 samples of documents, seed 1",
        "Rows: gold; columns: coder",
        "expected calibration error",
        "in the least certain 15% of clauses",
        "area under risk and coverage",
    ]:
        assert said in done.out
    assert re.search(r"^accuracy +0\.800  \[", done.out, re.MULTILINE)


def test_chinese(run_textq: Run, gold: Path) -> None:
    done = run_textq("evaluate", gold, "--lang", "zh")
    assert "40 条条款, 来自 8 份文件, 由 echo@1 编码" in done.out
    assert "供给型" in done.out
    assert "按文件自助抽样 2,000 次" in done.out


def test_json_holds_every_figure(run_textq: Run, gold: Path) -> None:
    found = read_json(run_textq("evaluate", gold, "--json"))
    assert (found["schema_version"], found["by"], found["draws"], found["seed"]) == (1, "document", 2000, 1)
    assert found["scores"]["accuracy"]["value"] == pytest.approx(0.8)
    assert found["scores"]["confusion"][0] == [16, 0, 4, 0]
    assert found["certainty"]["error_least_certain"]["value"] == pytest.approx(1)
    assert found["certainty"]["error_rest"]["value"] == pytest.approx(0.05 / 0.85)
    assert (found["known"], found["learning_curve"], found["out"]) == (None, None, None)


def test_lexicon_coder(run_textq: Run, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "市财政每年安排专项资金，对企业给予补助。", "code": "supply", "subtype": "funding"},
        {"id": "b", "text": "本办法自2018年1月1日起施行。", "code": "none"},
    ]
    done = run_textq("evaluate", write_jsonl(tmp_path / "gold.jsonl", rows), "--coder", "rules")
    assert done.code == 0
    assert "coded by rules:" in done.out
    assert "is its share of the scores, no probability, so there is nothing to calibrate" in done.out


def test_a_lexicon_coder_is_not_calibrated(run_textq: Run, repository: Path, tmp_path: Path) -> None:
    gold = repository / "corpus" / "training" / "written.jsonl"
    asked = ("evaluate", gold, "--where", "code!=none", "--coder", "rules", "--draws", "0", "--out", "tables")
    done = run_textq(*asked)
    assert done.code == 0
    assert "Stated probability" not in done.out
    assert "calibration error" not in done.out
    assert "in the least certain 15% of clauses" in done.out
    assert "故不列校准结果" in run_textq(*asked, "--lang", "zh").out
    certainty = read_json(run_textq(*asked, "--json"))["certainty"]
    assert (certainty["bins"], certainty["calibration_error"], certainty["chance_error"]) == ([], None, None)
    assert certainty["error_rest"]["value"] is not None
    tables = sorted(path.name for path in (tmp_path / "tables").iterdir())
    assert tables == ["confusion.csv", "errors.csv", "risk_coverage.csv", "scores.csv"]


def test_unknown_coder_is_1_and_named(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("evaluate", write_jsonl(tmp_path / "gold.jsonl", make_rows()), "--coder", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "nobody" in done.err


def test_where_keeps_rows(run_textq: Run, gold: Path) -> None:
    done = run_textq("evaluate", gold, "--where", "draw=random", "--where", "doc!=d0")
    assert "25 clauses of 5 documents" in done.out
    assert "only rows with draw=random, doc!=d0" in done.out


def test_weights_count(run_textq: Run, gold: Path) -> None:
    plain, weighted = (read_json(run_textq("evaluate", gold, "--json", *more)) for more in ([], ["--weight", "pi"]))
    assert sum(map(sum, weighted["scores"]["confusion"])) == 60
    assert sum(map(sum, plain["scores"]["confusion"])) == 40
    assert "clauses are weighted" in run_textq("evaluate", gold, "--weight", "pi").out


def test_by_clause_without_documents(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "loose.jsonl", [{**row, "doc": None} for row in make_rows()])
    assert "documents are not known" in run_textq("evaluate", "loose.jsonl").out
    done = run_textq("evaluate", "loose.jsonl", "--by", "document")
    assert done.code == 1
    assert "the document of 40 clauses is not known, of 'c0' for one" in done.err
    assert read_json(run_textq("evaluate", gold, "--by", "clause", "--json"))["by"] == "clause"


def test_one_document_has_no_intervals(run_textq: Run, gold: Path) -> None:
    done = run_textq("evaluate", gold, "--where", "doc=d1")
    assert done.code == 0
    assert "there is one document only" in done.out
    assert "[" not in done.out


def test_seed_and_draws_decide_the_intervals(run_textq: Run, gold: Path) -> None:
    outs = [run_textq("evaluate", gold, "--draws", 100, "--seed", seed).out for seed in (1, 1, 2)]
    assert outs[0] == outs[1] != outs[2]
    assert "no samples were drawn" in run_textq("evaluate", gold, "--draws", 0).out


def test_clauses_learnt_from_are_warned_about(run_textq: Run, gold: Path, coder: Callable[[EchoCoder], None]) -> None:
    texts = [row["text"] for row in make_rows()]
    coder(EchoCoder([texts[0], texts[6]]))
    done = run_textq("evaluate", gold)
    assert "*** WARNING: the coder learnt from 2 of these clauses (of 2 documents)" in done.out
    assert "*** Without them and their documents 30 are left: macro-F1 " in done.out
    known = read_json(run_textq("evaluate", gold, "--json"))["known"]
    assert (known["n_clauses"], known["n_documents"], known["scores_without"]["n_clauses"]) == (2, 2, 30)
    assert "*** 警告: 2 条条款 (来自 2 份文件)曾用于训练" in run_textq("evaluate", gold, "--lang", "zh").out


def test_nothing_but_clauses_learnt_from(run_textq: Run, gold: Path, coder: Callable[[EchoCoder], None]) -> None:
    coder(EchoCoder([row["text"] for row in make_rows()]))
    assert "Without them and their documents no clause is left" in run_textq("evaluate", gold).out


def test_abstention_is_told(run_textq: Run, gold: Path, coder: Callable[[EchoCoder], None]) -> None:
    assert "unsure" not in run_textq("evaluate", gold).out
    coder(EchoCoder(unsure_below=0.6))
    assert "the coder is unsure of 8 clauses: error rate 1.000" in run_textq("evaluate", gold).out
    abstention = read_json(run_textq("evaluate", gold, "--json"))["abstention"]
    assert (abstention["error_unsure"]["value"], abstention["error_sure"]["value"]) == (1, 0)


def test_coder_without_probabilities(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    rows = [{**row, "text": row["text"].split(" ")[0]} for row in make_rows()]
    found = read_json(run_textq("evaluate", write_jsonl(tmp_path / "plain.jsonl", rows), "--json", "--out", "tables"))
    assert found["certainty"] is None
    assert not (tmp_path / "tables" / "calibration.csv").exists()


def test_out_holds_the_tables(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    done = run_textq("evaluate", gold, "--out", "tables")
    assert "wrote tables" in done.out
    folder = tmp_path / "tables"
    assert sorted(path.name for path in folder.iterdir()) == [
        "calibration.csv", "confusion.csv", "errors.csv", "risk_coverage.csv", "scores.csv",
    ]  # fmt: skip
    confusion = read_table(folder / "confusion.csv")
    assert confusion[0] == {"gold": "supply", "supply": "16", "environment": "0", "demand": "4", "none": "0"}
    assert read_table(folder / "risk_coverage.csv")[-1]["coverage"] == "1.0"
    assert sum(int(row["n_clauses"]) for row in read_table(folder / "calibration.csv")) == 40
    assert {"macro_f1", "precision"} <= {row["measure"] for row in read_table(folder / "scores.csv")}


def test_errors_are_listed_without_text(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    run_textq("evaluate", gold, "--out", "tables")
    errors = read_table(tmp_path / "tables" / "errors.csv")
    assert len(errors) == 8
    assert list(errors[0].values()) == [
        "c8", "d1", "supply", "talent", "demand", "trade", "0.55", "False", "1", "[[0, 2]]",
    ]  # fmt: skip
    assert list(errors[0])[0:7:3] == ["id", "gold_subtype", "probability"]
    assert "secret" not in (tmp_path / "tables" / "errors.csv").read_text(encoding="utf-8-sig")


def test_errors_with_text(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    run_textq("evaluate", gold, "--out", "tables", "--with-text")
    errors = read_table(tmp_path / "tables" / "errors.csv")
    assert errors[0]["text"] == "demand/trade 0.55"
    assert errors[0]["evidence"] == '[[0, 2, "secret word"]]'


def test_learning_curve(run_textq: Run, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make_learner(*_: object) -> Callable[..., Any]:
        codes = [["supply", "environment", "demand", "none"].index(row["code"]) for row in make_rows()]

        def learn_and_code(learnt: Sequence[int], coded: Sequence[int]) -> Any:
            import numpy as np

            every = max(2, len(learnt) // 4)
            return np.array([codes[at] if (at + 1) % every else 1 for at in coded])

        return learn_and_code

    monkeypatch.setattr("textq.pipeline.evaluation.make_learner", make_learner)
    found = read_json(run_textq("evaluate", gold, "--learning-curve", "--json", "--out", "tables"))
    assert [point["n_clauses"] for point in found["learning_curve"]["points"]] == [30]
    assert (found["learning_curve"]["why"], found["learning_curve"]["left_out"]) == ("few_points", [])
    assert [row["kind"] for row in read_table(tmp_path / "tables" / "learning_curve.csv")] == ["measured"]
    assert "nothing is expected beyond: fewer than three" in run_textq("evaluate", gold, "--learning-curve").out


def test_learning_curve_of_too_few_documents_is_1_before_anything_is_coded(
    run_textq: Run, gold: Path, coder: Callable[[EchoCoder], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = EchoCoder()
    coder(echo)
    monkeypatch.setattr(echo, "code", lambda _: pytest.fail("coded"))
    done = run_textq("evaluate", gold, "--learning-curve", "--where", "doc!=d0", "--where", "doc!=d1")
    assert (done.code, done.out) == (1, "")
    assert "the 6 documents are too few for a learning curve" in done.err


def test_learning_curve_needs_documents(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "loose.jsonl", [{**row, "doc": None} for row in make_rows()])
    done = run_textq("evaluate", "loose.jsonl", "--by", "clause", "--learning-curve")
    assert (done.code, done.out) == (1, "")
    assert "Add a column doc, or leave out --learning-curve" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--where", "draw"], "no condition"),
        (["--with-text"], "Give --out DIR"),
        (["--by", "coder"], "--by"),
    ],
)
def test_wrong_usage_is_2(run_textq: Run, gold: Path, arguments: list[str], message: str) -> None:
    done = run_textq("evaluate", gold, *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_unknown_code_is_1_with_its_line(run_textq: Run, tmp_path: Path) -> None:
    rows = make_rows()
    rows[2]["code"] = "supplies"
    done = run_textq("evaluate", write_jsonl(tmp_path / "gold.jsonl", rows), "--coder", "rules")
    assert (done.code, done.out) == (1, "")
    assert "gold.jsonl:3: the code 'supplies' is not in the codebook" in done.err


@pytest.mark.parametrize("name", ["scores", "learning_curve"])
def test_gold_is_not_written_over(
    run_textq: Run, coder: Callable[[EchoCoder], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    echo = EchoCoder()
    coder(echo)
    monkeypatch.setattr(echo, "code", lambda _: pytest.fail("coded"))
    gold = tmp_path / f"{name}.csv"
    gold.write_text("id,text,code\n1,none,none\n", encoding="utf-8")
    before = gold.read_bytes()
    done = run_textq("evaluate", gold, "--out", ".")
    assert (done.code, done.out, gold.read_bytes()) == (2, "", before)
    assert "would write a table over" in done.err


def test_older_tables_do_not_stay_beside_new_ones(run_textq: Run, gold: Path, tmp_path: Path) -> None:
    run_textq("evaluate", gold, "--out", "tables")
    (tmp_path / "tables" / "learning_curve.csv").write_text("old", encoding="utf-8")
    (tmp_path / "tables" / "notes.csv").write_text("mine", encoding="utf-8")
    run_textq("evaluate", gold, "--out", "tables")
    assert not (tmp_path / "tables" / "learning_curve.csv").exists()
    assert (tmp_path / "tables" / "notes.csv").exists()


def test_json_says_that_one_document_gave_no_draws(run_textq: Run, gold: Path) -> None:
    assert read_json(run_textq("evaluate", gold, "--where", "doc=d1", "--json"))["draws"] == 0


def test_gaps_of_the_learning_curve_are_told(run_textq: Run, gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    curve = LearningCurve((LearningPoint(30, Figure(0.5, Interval(0.4, 0.6, 0.2))),), (), None, "no_error")
    monkeypatch.setattr("textq.pipeline.evaluation.draw_learning_curve", lambda *_, **__: curve)
    done = run_textq("evaluate", gold, "--learning-curve")
    assert "samples in which the learning curve is not defined" in done.out
    assert "at one number of clauses no error was left" in done.out
