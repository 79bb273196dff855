from pathlib import Path

from tests.textq.lexicon.small_lists import read_lists
from textq.coding.rules import RulesCoder
from textq.lexicon.diff import diff_lexicons, find_moves
from textq.records import CodingUnit

OLD = ("补贴,pay,anywhere,2,,,", "奖励,pay,anywhere,2,,,", "罚款,rule,anywhere,2,,,", "税,rule,anywhere,2,,,")


def test_what_changed(tmp_path: Path) -> None:
    old, _ = read_lists(tmp_path / "old", *OLD)
    new, _ = read_lists(
        tmp_path / "new", "补贴,pay,anywhere,2,,,now with a note", "奖励,pay,anywhere,3,,,",
        "罚款,rule,anywhere,2,,免予,", "贴息,pay,anywhere,2,,,", "罚款,rule,anywhere,1,,,",
    )  # fmt: skip
    diff = diff_lexicons(old, new)
    assert [(entry.term, entry.must_not) for entry in diff.added] == [("罚款", "免予"), ("贴息", "")]
    assert [entry.term for entry in diff.removed] == ["税"]
    assert [(a.term, a.weight, b.weight) for a, b in diff.changed] == [("奖励", 2, 3), ("罚款", 2, 1)]


def test_guards_alone_are_a_change(tmp_path: Path) -> None:
    old, _ = read_lists(tmp_path / "old", "罚款,rule,anywhere,2,,,")
    new, _ = read_lists(tmp_path / "new", "罚款,rule,anywhere,2,,免予,")
    diff = diff_lexicons(old, new)
    assert (diff.added, diff.removed) == ((), ())
    assert [(a.must_not, b.must_not) for a, b in diff.changed] == [("", "免予")]


def test_order_and_notes_are_no_change(tmp_path: Path) -> None:
    old, _ = read_lists(tmp_path / "old", *OLD)
    new, _ = read_lists(tmp_path / "new", *(f"{row}why" for row in reversed(OLD)))
    diff = diff_lexicons(old, new)
    assert (diff.added, diff.removed, diff.changed) == ((), (), ())


def test_clauses_that_move(tmp_path: Path) -> None:
    units = [CodingUnit("a", "给予奖励。"), CodingUnit("b", "处以罚款。"), CodingUnit("c", "无。")]
    before = RulesCoder(*read_lists(tmp_path / "old", *OLD)).code(units)
    after = RulesCoder(*read_lists(tmp_path / "new", OLD[0], OLD[2])).code(units)
    assert [(move.clause_id, move.old, move.new) for move in find_moves(before, after)] == [("a", "pay", "none")]
