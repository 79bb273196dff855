"""``textq codebook check``: what it says and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.lexicon.read import builtin_root

Run = Callable[..., Any]


def test_builtin_codebook_is_sound(run_textq: Run) -> None:
    done = run_textq("codebook", "check")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(" examples\nno errors\n")


def test_folder_and_file_are_the_same(run_textq: Run) -> None:
    by_folder = run_textq("codebook", "check", builtin_root(), "--json")
    by_file = run_textq("codebook", "check", builtin_root() / "codebook.yaml", "--json")
    assert by_folder == by_file
    assert json.loads(by_file.out)["findings"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("decision:\n", "decisions:\n", "error: decision is empty"),
        ("\nrules:\n", "\nrule:\n", "error: there are no rules for borderline clauses"),
        ("Warehouses at home are supply/infrastructure; abroad (海外仓) they are demand/overseas.",
         "Warehouses are hard.", "error: rules that name fewer than two codes"),
        ("境内仓储属于 supply/infrastructure；", "境内仓储属于 supply/service；",
         "error: rules that name other codes, or in another order, in Chinese than in English"),
    ],
)  # fmt: skip
def test_missing_rule_is_3(run_textq: Run, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (builtin_root() / "codebook.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "codebook.yaml").write_text(text.replace(old, new), encoding="utf-8")
    done = run_textq("codebook", "check", tmp_path)
    assert (done.code, done.err) == (3, "")
    assert said in done.out
    assert done.out.endswith("correct what is marked as an error first\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: demand/overseas}", "code: demand/abroad}", "an example has an unknown code: demand/abroad"),
        ("kind: border}", "kind: edge}", "unknown kind 'edge'"),
        ("  - rule:\n      zh: 境内仓储", "  - statement:\n      zh: 境内仓储", "'rule' is missing"),
    ],
)
def test_what_cannot_be_read_is_1(run_textq: Run, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (builtin_root() / "codebook.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "codebook.yaml").write_text(text.replace(old, new), encoding="utf-8")
    done = run_textq("codebook", "check", "codebook.yaml", "--lang", "zh")
    assert (done.code, done.out) == (1, "")
    assert said in done.err
