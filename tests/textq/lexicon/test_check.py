from pathlib import Path

import pytest

from tests.textq.lexicon.small_lists import read_lists
from textq.lexicon.check import check_lexicon, check_use, measure_use
from textq.lexicon.finding import is_sound

PAY = ["补贴,pay,anywhere,2,,,", "补助,pay,anywhere,2,,,", "资助,pay,anywhere,2,,,", "贴息,pay,anywhere,2,,,"]
RULE = ["不得,rule,anywhere,2,,,", "罚款,rule,anywhere,2,,,", "禁止,rule,anywhere,2,,,", "责令,rule,anywhere,2,,,"]
SOUND = [*PAY, "奖金,pay,anywhere,2,,,", *RULE, "许可,rule,anywhere,2,,,"]
BLOCK = {"version": "1", "source": "own", "licence": "MIT"}


def find(tmp_path: Path, *rows: str) -> dict[str, tuple[str, ...]]:
    return {finding.kind: finding.cases for finding in check_lexicon(*read_lists(tmp_path, *rows), BLOCK)}


def test_sound_lexicon_has_no_findings(tmp_path: Path) -> None:
    assert find(tmp_path, *SOUND) == {}


def test_code_without_entry_is_an_error(tmp_path: Path) -> None:
    findings = check_lexicon(*read_lists(tmp_path, *PAY), BLOCK)
    assert {finding.kind: finding.cases for finding in findings} == {"no_entry": ("rule",), "thin": ("pay 4",)}
    assert not is_sound(findings)


def test_provenance_that_is_missing_is_named(tmp_path: Path) -> None:
    findings = check_lexicon(*read_lists(tmp_path, *SOUND), {"version": "1", "source": " "})
    assert [(finding.kind, finding.cases) for finding in findings] == [("no_provenance", ("source", "licence"))]
    assert is_sound(findings)


def test_weight_outside_the_grades(tmp_path: Path) -> None:
    assert find(tmp_path, *SOUND, "奖励,pay,anywhere,1.7,,,") == {"off_grade": ("奖励 → pay 1.7",)}


def test_term_inside_a_term_of_another_code(tmp_path: Path) -> None:
    assert find(tmp_path, *SOUND, "骗取补贴,rule,anywhere,2,,,") == {"overlap": ("骗取补贴 → rule; 补贴 → pay",)}


@pytest.mark.parametrize(
    ("guards", "never"),
    [
        ("人民政府,政府", True),
        ("人民政府|财政,政府", False),
        ("~5:人民政府,政府", True),
        ("人民政府,~5:政府", False),
        ("~20:人民政府,~5:政府", False),
        ("~3:人民政府,", True),
        ("~4:人民政府,", False),
        ("~3:给予奖,", False),
        ("~2:给予奖,", False),
        ("~1:给予奖,", True),
        ("~1:先奖励后,", False),
    ],
)
def test_guards_that_can_never_hold(tmp_path: Path, guards: str, never: bool) -> None:
    assert ("never_holds" in find(tmp_path, *SOUND, f"奖励,pay,anywhere,2,{guards},")) == never


def test_a_guard_found_impossible_matches_nothing(tmp_path: Path) -> None:
    lexicon, _ = read_lists(tmp_path, "奖励,pay,anywhere,2,~3:人民政府,,", "奖金,pay,anywhere,2,~4:人民政府,,")
    texts = ["人民政府奖励", "奖励人民政府", "人民政府奖金", "奖金人民政府"]
    assert len(lexicon.matcher.match(texts[:2])) == 0
    assert len(lexicon.matcher.match(texts[2:])) == 2


def test_use_in_a_corpus(tmp_path: Path) -> None:
    lexicon, _ = read_lists(
        tmp_path, "补贴,pay,anywhere,2,,,", "处罚,rule,anywhere,2,,,", "奖励,pay,anywhere,2,,,", "不予奖励,,stop,1,,,",
        "罚款,rule,anywhere,2,,,",
    )  # fmt: skip
    documents = [["给予补贴。", "补贴。"], *[["补贴"]] * 5, ["不予奖励。", "处罚。"], ["处罚。"], ["处罚。"], ["无。"]]
    uses = {use.entry.term: use for use in measure_use(lexicon, documents)}
    assert (uses["补贴"].n_matches, uses["补贴"].n_documents) == (7, 6)
    assert (uses["奖励"].n_matches, uses["奖励"].n_standing) == (0, 1)
    found = {finding.kind: finding.cases for finding in check_use(list(uses.values()), len(documents))}
    assert found == {
        "saturated_50": ("补贴 → pay 60%",),
        "saturated_25": ("处罚 → rule 30%",),
        "hidden": ("奖励 → pay 1",),
        "dead": ("罚款 → rule",),
    }


def test_terms_are_counted_where_they_stand(tmp_path: Path) -> None:
    lexicon, _ = read_lists(
        tmp_path, "奖励,pay,start,2,,,", "补贴,pay,start,2,,,", "罚款,rule,anywhere,2,,,",
        "(罚|没收)~2金,rule,pattern,2,,,", "免税,,stop,1,,,",
    )  # fmt: skip
    uses = measure_use(lexicon, [["给予奖励。"], ["无。"]])
    assert [use.n_standing for use in uses] == [1, 0, 0, None, None]
    cases = {finding.kind: finding.cases for finding in check_use(uses, 2)}
    assert cases["hidden"] == ("奖励 → pay 1",)
    assert "奖励 → pay" not in cases["dead"]


def test_few_documents_say_nothing_of_saturation(tmp_path: Path) -> None:
    lexicon, _ = read_lists(tmp_path, "补贴,pay,anywhere,2,,,")
    assert check_use(measure_use(lexicon, [["补贴"]] * 7), 7) == ()
    assert [finding.kind for finding in check_use(measure_use(lexicon, [["补贴"]] * 8), 8)] == ["saturated_80"]


def test_empty_corpus(tmp_path: Path) -> None:
    lexicon, _ = read_lists(tmp_path, "补贴,pay,anywhere,2,,,")
    assert [use.n_documents for use in measure_use(lexicon, [])] == [0]
