"""``textq lexicon``: what it says and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.lexicon.read import COLUMNS, builtin_lexicon

Run = Callable[..., Any]

CODEBOOK = """
name: small
version: "1"
language: zh
decision: [有没有手段？]
instruments:
  - {name: pay, zh: 付, en: pay, definition: 出钱, examples: [{text: 给予补贴。, code: pay}]}
  - {name: rule, zh: 管, en: rule, definition: 管理, examples: [{text: 不得进入。, code: rule}]}
none: {zh: 无, en: none, definition: 没有手段}
rules: []
"""


@pytest.fixture
def lists(tmp_path: Path) -> Callable[..., str]:
    def write(name: str, *rows: str) -> str:
        (tmp_path / name / "instruments").mkdir(parents=True)
        (tmp_path / name / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
        text = "\n".join((",".join(COLUMNS), *rows)) + "\n"
        (tmp_path / name / "instruments" / "list.csv").write_text(text, encoding="utf-8")
        return name

    return write


def write_clauses(folder: Path) -> str:
    rows = [{"id": f"c{n}", "doc": f"d{n % 8}", "text": "给予补贴。" if n % 8 else "无。"} for n in range(16)]
    (folder / "clauses.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return "clauses.jsonl"


def test_builtin_lexicon_is_sound(run_textq: Run) -> None:
    done = run_textq("lexicon", "check")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"rules:instruments@{builtin_lexicon().version}: ")
    assert done.out.endswith("no errors\n")
    assert "guards" not in done.out
    assert "outside the grades" not in done.out
    assert "manifest" not in done.out


def test_builtin_examples_pass(run_textq: Run) -> None:
    done = run_textq("lexicon", "test", "--json")
    assert (done.code, done.err) == (0, "")
    assert all(example["passed"] for example in json.loads(done.out)["examples"])


def test_error_is_3(run_textq: Run, lists: Callable[..., str]) -> None:
    done = run_textq("lexicon", "check", lists("mine", "补贴,pay,anywhere,2,,,"))
    assert (done.code, done.err) == (3, "")
    assert "error: codes without an entry. Add entries (1)\n  rule\n" in done.out
    assert done.out.endswith("correct what is marked as an error first\n")


def test_chinese(run_textq: Run, lists: Callable[..., str]) -> None:
    done = run_textq("lexicon", "check", lists("mine", "补贴,pay,anywhere,2,,,"), "--lang", "zh")
    assert "错误: 没有任何词条的类目: 补充词条 (1)\n  rule\n" in done.out


def test_corpus(run_textq: Run, lists: Callable[..., str], tmp_path: Path) -> None:
    mine = lists("mine", "补贴,pay,anywhere,2,,,", "不得,rule,anywhere,2,,,")
    done = run_textq("lexicon", "check", mine, "--corpus", write_clauses(tmp_path), "--json")
    found = json.loads(done.out)
    assert (done.code, found["n_documents"]) == (0, 8)
    cases = {finding["kind"]: finding["cases"] for finding in found["findings"]}
    assert cases["saturated_80"] == ["补贴 → pay 88%"]
    assert cases["dead"] == ["不得 → rule"]


def test_run_as_corpus(run_textq: Run, sample_run: Any) -> None:
    done = run_textq("lexicon", "check", "--corpus", sample_run.run_dir, "--json")
    found = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert found["n_documents"] == sample_run.clauses["doc_id"].nunique()
    assert "dead" in {finding["kind"] for finding in found["findings"]}


def test_failing_example_is_3(run_textq: Run, lists: Callable[..., str]) -> None:
    done = run_textq("lexicon", "test", lists("mine", "补贴,pay,anywhere,2,,,"))
    assert done.code == 3
    assert done.out.endswith(
        ": 1 of 2 examples come out as they say\n"
        "rule (positive): 不得进入。\n  must be rule, is none\n  counted: nothing\n"
    )


def test_diff(run_textq: Run, lists: Callable[..., str], tmp_path: Path) -> None:
    old = lists("old", "补贴,pay,anywhere,2,,,", "不得,rule,anywhere,2,,,")
    new = lists("new", "补贴,pay,anywhere,2,,给予,", "不得,rule,anywhere,3,,,", "严禁,rule,anywhere,2,,,")
    done = run_textq("lexicon", "diff", old, new, "--corpus", write_clauses(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert "1 added, 0 removed, 2 changed\n  + 严禁 rule 2\n" in done.out
    assert "  ~ 补贴 pay 2 → 补贴 [- 给予] pay 2\n" in done.out
    assert "14 of 16 clauses get another code\n  c1: pay → none\n" in done.out
    assert "  2 more (--json lists all)\n" in done.out
    assert json.loads(run_textq("lexicon", "diff", old, new, "--json").out)["moves"] is None


def test_clause_without_text_is_refused(run_textq: Run, tmp_path: Path) -> None:
    (tmp_path / "clauses.csv").write_text("id,text\na,\n", encoding="utf-8")
    done = run_textq("lexicon", "check", "--corpus", "clauses.csv")
    assert (done.code, done.out) == (1, "")
    assert done.err == "error: clauses.csv:2: the clause has no text. Add the field text.\n"
