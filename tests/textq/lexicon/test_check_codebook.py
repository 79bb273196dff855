from pathlib import Path

import pytest

from tests.textq.lexicon.small_lists import CODEBOOK
from textq.lexicon.check_codebook import check_codebook, check_languages, find_kind, name_codes
from textq.lexicon.codebook import Example
from textq.lexicon.finding import is_sound
from textq.lexicon.read import builtin_codebook, read_codebook


def check(tmp_path: Path, old: str = "", new: str = "") -> dict[str, tuple[str, ...]]:
    assert old in CODEBOOK
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK.replace(old, new), encoding="utf-8")
    return {finding.kind: finding.cases for finding in check_codebook(read_codebook(path))}


def test_sound_codebook_has_no_findings(tmp_path: Path) -> None:
    assert check(tmp_path) == {}


def test_builtin_codebook_has_no_findings() -> None:
    assert check_languages(builtin_codebook(), builtin_codebook(lang="zh")) == ()


def test_languages_that_decide_otherwise_are_found(tmp_path: Path) -> None:
    stated = "rule: money given is pay, money taken is rule"
    assert stated in CODEBOOK
    path = tmp_path / "codebook.yaml"
    for chinese, kinds in (
        ("给钱属于 pay，收钱属于 rule", []),
        ("收钱属于 rule，给钱属于 pay", ["rule_unlike"]),
        ("给钱属于 pay", ["rule_without_codes", "rule_unlike"]),
    ):
        both = f"rule: {{zh: {chinese}, en: '{stated.removeprefix('rule: ')}'}}"
        path.write_text(CODEBOOK.replace(stated, both), encoding="utf-8")
        findings = check_languages(read_codebook(path), read_codebook(path, lang="zh"))
        assert [finding.kind for finding in findings] == kinds


@pytest.mark.parametrize(
    ("old", "new", "kind", "cases"),
    [
        ("decision: [有没有手段？]", "decision: []", "no_decision", ("small@1",)),
        ("decision: [有没有手段？]", "decision: ['']", "no_decision", ("small@1",)),
        ("is pay, money taken is rule", "is a means", "rule_without_codes", ("money given is a means",)),
        ("money taken is rule", "it is paid", "rule_without_codes", ("money given is pay, it is paid",)),
        ("- {text: 给予奖励。, code: pay}", "- {text: 给予补贴。, code: rule}", "two_codes",
         ("给予补贴。 → pay, rule",)),
        (", examples: [{text: 自公布之日起施行。, code: none}]", "", "no_example", ("none",)),
        ("    zh: 付\n", "", "no_label", ("pay (zh)",)),
        (", kind: border", "", "no_border", ("money given is pay, money taken is rule",)),
        ("{text: 发放补贴。, code: pay}", "{text: 收费。, code: rule}", "no_positive",
         ("money given is pay, money taken is rule",)),
        ("      - {text: 给予奖励。, code: pay}\n", "", "no_counterexample", ("rule",)),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(tmp_path: Path, old: str, new: str, kind: str, cases: tuple[str, ...]) -> None:
    assert check(tmp_path, old, new)[kind] == cases


def test_codebook_without_rules_is_no_codebook(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK[: CODEBOOK.index("rules:")], encoding="utf-8")
    findings = check_codebook(read_codebook(path))
    assert [(finding.kind, finding.level) for finding in findings] == [("no_rules", "error")]
    assert not is_sound(findings)


def test_rule_that_stands_twice(tmp_path: Path) -> None:
    rule = CODEBOOK[CODEBOOK.index("  - rule:") :]
    path = tmp_path / "codebook.yaml"
    path.write_text(
        CODEBOOK + rule.replace("发放", "发给").replace("处以", "处").replace("退还", "退"), encoding="utf-8"
    )
    assert [finding.kind for finding in check_codebook(read_codebook(path))] == ["rule_twice"]


def test_codes_in_a_statement_are_whole_names() -> None:
    codebook = builtin_codebook()
    (loans,) = [rule for rule in codebook.rules if rule.statement.startswith("Loans")]
    assert name_codes(loans, codebook) == ("environment/finance", "supply/funding")


def test_kind_of_an_example() -> None:
    assert find_kind(Example("a", "pay/aid"), "pay/aid") == "positive"
    assert find_kind(Example("a", "pay/aid"), "pay") == "positive"
    assert find_kind(Example("a", "pay/loan"), "pay/aid") == "negative"
    assert find_kind(Example("a", "pay/aid", "border"), "pay/aid") == "border"
