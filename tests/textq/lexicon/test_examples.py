import json
from pathlib import Path

import pytest

from tests.textq.lexicon.small_lists import read_lists
from textq.coding.rules import RulesCoder
from textq.errors import LexiconError
from textq.lexicon.codebook import Codebook
from textq.lexicon.entry import Lexicon
from textq.lexicon.examples import Outcome, list_cases, read_cases, run_cases

ROWS = ("补贴,pay,anywhere,2,,,", "奖励,pay,anywhere,2,,,", "不得,rule,anywhere,2,,,", "罚款,rule,anywhere,2,,,")


def run(lists: tuple[Lexicon, Codebook], path: Path, *rows: dict[str, object]) -> list[Outcome]:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    lexicon, codebook = lists
    return run_cases(read_cases(path, codebook, lexicon), lexicon, RulesCoder(lexicon, codebook).code)


def test_examples_of_a_codebook(tmp_path: Path) -> None:
    lexicon, codebook = read_lists(tmp_path, *ROWS)
    cases = list_cases(codebook)
    assert [(case.place, case.kind) for case in cases[-4:]] == [
        ("none", "positive"), ("rule 1", "positive"), ("rule 1", "negative"), ("rule 1", "border"),
    ]  # fmt: skip
    assert all(one.passed for one in run_cases(cases, lexicon, RulesCoder(lexicon, codebook).code))


def test_example_that_fails_says_what_it_got(tmp_path: Path) -> None:
    lexicon, codebook = read_lists(tmp_path, *ROWS[:2])
    failed = [
        one for one in run_cases(list_cases(codebook), lexicon, RulesCoder(lexicon, codebook).code) if not one.passed
    ]
    assert [(one.case.place, one.code, one.terms) for one in failed] == [
        ("pay", "none", ()), ("rule", "none", ()), ("rule 1", "none", ()), ("rule 1", "none", ()),
    ]  # fmt: skip


def test_examples_of_entries(tmp_path: Path) -> None:
    lists = read_lists(tmp_path, *ROWS, "(给予|发放)~4补贴,pay,pattern,1,,拖欠,")
    pattern = "(给予|发放)~4补贴"
    outcomes = run(
        lists,
        tmp_path / "examples.jsonl",
        {"text": "给予一次性补贴。", "code": "pay", "entry": pattern},
        {"text": "拖欠给予的补贴。", "entry": pattern, "matches": False},
        {"text": "给予补贴。", "entry": pattern, "matches": False},
        {"text": "（一）同上。", "stem": "不得：", "code": "rule"},
        {"text": "同上。", "heading": "奖励", "code": "rule"},
    )
    assert [one.passed for one in outcomes] == [True, True, False, True, False]
    assert [one.case.place for one in outcomes][:2] == ["examples.jsonl:1", "examples.jsonl:2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON object"),
        ('["给予补贴"]', "not an object with the fields text, stem"),
        ('{"text": "给予补贴", "kode": "pay"}', "not an object with the fields text, stem"),
        ('{"text": "给予补贴", "code": 1}', "not an object with the fields text, stem"),
        ('{"text": "给予补贴"}', "needs a text, and a code or an entry"),
        ('{"text": " ", "code": "pay"}', "needs a text, and a code or an entry"),
        ('{"text": "给予补贴", "code": "gift"}', "'gift' is no code of codebook small@1"),
        ('{"text": "给予补贴", "entry": "补帖"}', "no entry has the term '补帖'"),
    ],
)
def test_broken_lines_are_refused(tmp_path: Path, line: str, message: str) -> None:
    lexicon, codebook = read_lists(tmp_path, *ROWS)
    path = tmp_path / "examples.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=f"examples.jsonl:2: .*{message}"):
        read_cases(path, codebook, lexicon)
