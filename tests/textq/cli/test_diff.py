import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import textq
from tests.textq.cli.conftest import Outcome
from tests.textq.pipeline.made_reviews import correct, score_corpus, write_corpus

Run = Callable[..., Outcome]
pytestmark = pytest.mark.usefixtures("in_this_process")


@pytest.fixture
def runs(tmp_path: Path) -> tuple[textq.Run, textq.Run]:
    """Before and after somebody moved one clause and confirmed another."""
    corpus, out = write_corpus(tmp_path / "corpus"), tmp_path / "out"
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market", "zz#2": "supply/funding"})
    return first, score_corpus(corpus, out)


def test_what_moved_is_told(run_textq: Run, runs: tuple[textq.Run, textq.Run]) -> None:
    done = run_textq("diff", runs[0].run_dir, "out")

    assert done.code == 0
    assert "8 the same, 0 new, 0 gone, 0 with another text, 1 with another code" in done.out
    assert "Supply/Funding → Demand/Markets" in done.out or "Supply/Funding → Demand/" in done.out
    assert "(human:anna)" in done.out
    assert "code hz#2" in done.out
    assert "the same code from another coder: 1" in done.out
    assert "330100 2016 Supply count: 2 → 1" in done.out


def test_in_chinese(run_textq: Run, runs: tuple[textq.Run, textq.Run]) -> None:
    done = run_textq("diff", runs[0].run_dir, runs[1].run_dir, "--lang", "zh")
    assert "条款: 相同 8, 新增 0, 消失 0, 文字改动 0, 编码改变 1" in done.out
    assert "330100 2016 供给型 count: 2 → 1" in done.out
    assert "参数.review" in done.out


def test_json_has_all(run_textq: Run, runs: tuple[textq.Run, textq.Run]) -> None:
    done = run_textq("diff", runs[0].run_dir, runs[1].run_dir, "--json")
    found = json.loads(done.out)

    assert found["schema_version"] == 1
    assert found["estimates"] is None
    assert [row["clause_after"] for row in found["scores"]["clauses"]] == ["hz#2"]
    assert {"unit": "330100", "period": 2016, "instrument": "supply", "measure": "count", "before": 2.0, "after": 1.0,
            "change": -1.0} in found["scores"]["scores"]  # fmt: skip
    assert found["scores"]["n_confirmed"] == 1


def test_a_table_of_all_that_differs(run_textq: Run, runs: tuple[textq.Run, textq.Run], tmp_path: Path) -> None:
    done = run_textq("diff", runs[0].run_dir, runs[1].run_dir, "--out", "moved.csv")
    with (tmp_path / "moved.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert done.code == 0
    assert "wrote moved.csv" in done.out
    clauses = [row for row in rows if row["kind"] == "clause"]
    assert [(row["what"], row["clause_after"], row["before"], row["after"]) for row in clauses] == [
        ("code", "hz#2", "supply/funding", "demand/market")
    ]
    assert {row["kind"] for row in rows} == {"setting", "clause", "count", "score"}


def test_nothing_differs(run_textq: Run, runs: tuple[textq.Run, textq.Run], tmp_path: Path) -> None:
    done = run_textq("diff", "out", "out", "--out", "moved.csv")

    assert done.code == 0
    assert "settings, versions and inputs are the same" in done.out
    assert "the scores are the same" in done.out
    assert len((tmp_path / "moved.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def test_an_absent_run_is_named(run_textq: Run, runs: tuple[textq.Run, textq.Run]) -> None:
    done = run_textq("diff", "out", "nowhere")
    assert done.code == 1
    assert "nowhere does not exist" in done.err


def test_the_summary_of_score_tells_of_the_review(run_textq: Run, runs: tuple[textq.Run, textq.Run]) -> None:
    done = run_textq("score", "corpus", "--out", "out", "--coder", "rules")
    assert "the codes of 2 are those that people settled (corrected 2)" in done.out
    assert "coding error unknown: nobody has audited a sample yet" in done.out

    left = run_textq("score", "corpus", "--out", "out", "--coder", "rules", "--no-review", "--json")
    assert "the codes that people settled are left out (--no-review)" in left.err
    assert "review" not in json.loads(left.out)
    assert json.loads(left.out)["run_id"] == runs[0].meta["run_id"]
