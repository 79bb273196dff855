import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.textq.lexicon.made_texts import lexicons, texts
from textq.lexicon.entry import Entry, Lexicon
from textq.lexicon.fold import fold, is_whole
from textq.lexicon.match import Match, match_terms, skip_number
from textq.lexicon.pattern import compile_pattern


def lexicon(*entries: tuple[str, str, str]) -> Lexicon:
    return Lexicon("tiny", "1", tuple(Entry(term, code, match, 1.0) for term, code, match in entries))  # type: ignore[arg-type]


def anywhere(*terms: str) -> Lexicon:
    return lexicon(*((term, "a/b", "anywhere") for term in terms))


def found(text: str, words: Lexicon) -> list[str]:
    return [match.entry.term for match in match_terms(text, words)]


def test_longest_term_wins() -> None:
    assert found("建设海外仓网络", anywhere("仓", "海外", "海外仓")) == ["海外仓"]


def test_leftmost_term_wins_over_a_longer_one_that_begins_later() -> None:
    assert found("扩大出口信用保险", anywhere("扩大出口", "出口信用保险")) == ["扩大出口"]


def test_offsets_are_code_points_of_the_text() -> None:
    text = "😀第五条 给予补贴。"
    assert [text[m.start : m.end] for m in match_terms(text, anywhere("补贴"))] == ["补贴"]


@pytest.mark.parametrize(
    ("text", "stopper", "term"),
    [
        ("保护消费者", "消费者", "消费"),
        ("不准入境的物品", "不准入境", "准入"),
        ("依照行政许可法办理", "行政许可法", "行政许可"),
        ("散发宣传品", "宣传品", "宣传"),
    ],
)
def test_stopper_shields_and_yields_nothing(text: str, stopper: str, term: str) -> None:
    words = lexicon((stopper, "", "stop"), (term, "a/b", "anywhere"))
    assert found(text, words) == []
    assert found(f"{text}，{term}", words) == [term]


@pytest.mark.parametrize(
    "number", ["", "第五条 ", "第十二条　", "（一）", "(一)", "一、", "1.", "１．", "③", "第五条 （一）"]
)
def test_start_term_stands_behind_the_number(number: str) -> None:
    words = lexicon(("为了", "none", "start"))
    assert found(f"{number}为了发展", words) == ["为了"]
    assert found(f"{number}政府为了发展", words) == []


def test_start_term_elsewhere_does_not_hide_another() -> None:
    assert found("政府为了发展", lexicon(("为了", "none", "start"), ("了发展", "a/b", "anywhere"))) == ["了发展"]


def test_skip_number_leaves_decimals_and_mentions() -> None:
    assert skip_number("1.5亿元") == 0
    assert skip_number("第五条规定的补贴") == 0


def test_negating_term_voids_up_to_the_next_punctuation() -> None:
    words = lexicon(("取消", "", "negate"), ("补贴", "a/b", "anywhere"))
    assert [m.start for m in match_terms("取消原有补贴和补贴，新设补贴。", words)] == [12]


def test_two_negations_do_not_cancel() -> None:
    words = lexicon(("取消", "", "negate"), ("不再", "", "negate"), ("补贴", "a/b", "anywhere"))
    assert found("不再取消补贴", words) == []


@pytest.mark.parametrize("text", ["开展Ｂ２Ｂ出口", "开展B2B出口", "开展b2b出口"])
def test_width_and_case_do_not_matter(text: str) -> None:
    assert found(text, anywhere("B2B出口")) == ["B2B出口"]


def test_full_width_digits_match() -> None:
    assert found("监管代码１２１０", anywhere("1210")) == ["1210"]


def test_latin_terms_match_whole_words_only() -> None:
    words = anywhere("grant", "1210")
    assert found("A grant is given.", words) == ["grant"]
    assert found("immigrants and grantees", words) == []
    assert found("编号51210", words) == []


WORDS = anywhere("ab", "abc", "补贴", "政府补贴", "贴息", "Ａ补")


@given(st.text(alphabet="abcABC补贴息政府Ａ，。 İ"))
def test_matches_are_ordered_disjoint_and_fold_to_their_term(text: str) -> None:
    matches: list[Match] = match_terms(text, WORDS)
    edges = [edge for match in matches for edge in (match.start, match.end)]
    assert edges == sorted(edges)
    assert all(fold(text[m.start : m.end]) == fold(m.entry.term) for m in matches)


def guarded(term: str, must: str = "", must_not: str = "", code: str = "a/b") -> Entry:
    return Entry(term, code, "pattern" if "~" in term else "anywhere", 1.0, must, must_not)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("企业获得补贴", ["补贴"]),
        ("企业获得。补贴", []),
        ("企业不得获得补贴", []),
        ("企业获得补贴；不得挪用", ["补贴"]),
    ],
)
def test_guards_let_a_term_through(text: str, terms: list[str]) -> None:
    assert found(text, Lexicon("x", "1", (guarded("补贴", "企业", "不得"),))) == terms


def test_term_that_its_guards_forbid_hides_nothing() -> None:
    words = Lexicon("x", "1", (guarded("财政补贴", "企业"), guarded("补贴"), guarded("财政")))
    assert found("财政补贴", words) == ["财政", "补贴"]
    assert found("企业的财政补贴", words) == ["财政补贴"]


def test_same_term_with_other_guards_has_another_code() -> None:
    entries = (guarded("补贴", code="none"), guarded("补贴", "企业"), guarded("补贴", "居民", code="c"))
    words = Lexicon("x", "1", entries)
    texts = ("补贴", "企业补贴", "居民补贴", "居民企业补贴")
    assert [match_terms(text, words)[0].entry.code for text in texts] == ["none", "a/b", "c", "a/b"]


def test_guarded_entry_goes_before_a_stopper_of_the_same_term() -> None:
    words = Lexicon("x", "1", (Entry("补贴", "", "stop", 1.0), guarded("补贴", "企业")))
    assert (found("补贴", words), found("企业补贴", words)) == ([], ["补贴"])


def test_pattern_is_a_match_like_others() -> None:
    words = Lexicon("x", "1", (guarded("给予~6补贴"), guarded("给予"), guarded("补贴资金"), guarded("予企")))
    assert found("给予企业补贴资金", words) == ["给予~6补贴"]
    assert found("给予。补贴资金", words) == ["给予", "补贴资金"]


def test_longer_term_wins_over_a_pattern_and_a_stopper_over_its_equal() -> None:
    pattern = guarded("补~2贴")
    assert found("补贴资金", Lexicon("x", "1", (pattern, guarded("补贴资金")))) == ["补贴资金"]
    assert found("补贴资金", Lexicon("x", "1", (pattern, Entry("补贴", "", "stop", 1.0)))) == []


def test_pattern_at_the_start_of_the_clause() -> None:
    words = Lexicon("x", "1", (guarded("^为~6目的"), guarded("为~9目的地")))
    assert found("第五条　为此目的地", words) == ["^为~6目的"]
    assert found("第五条　因为此目的地", words) == ["为~9目的地"]


def test_patterns_are_not_evidence_in_names_or_behind_negations() -> None:
    words = Lexicon("x", "1", (guarded("给予~6补贴"), Entry("取消", "", "negate", 1.0)))
    assert found("《给予企业补贴办法》取消给予补贴，给予补贴", words) == ["给予~6补贴"]
    assert found("给予《补贴办法》", words) == ["给予~6补贴"]


def test_pattern_that_a_guard_forbids_may_begin_later() -> None:
    words = Lexicon("x", "1", (guarded("给予~9补贴", must_not="~1:甲"),))
    assert [m.start for m in match_terms("甲给予乙给予补贴", words)] == [4]


def test_patterns_cut_no_words_and_leave_the_number_alone() -> None:
    words = Lexicon("x", "1", (guarded("grant~9firm"), guarded("条~3补贴")))
    assert found("immigrant of a firm", words) == []
    assert found("第五条 补贴", words) == []


def find_naively(text: str, lexicon: Lexicon) -> list[tuple[int, int, Entry]]:
    """The definition once more, place by place, without automaton and gates."""
    folded, body, reached, void, chosen = fold(text), skip_number(text), -1, 0, []
    names = [name.span() for name in re.finditer("《[^《》\\n]*》", text)]
    for place in range(body - 1, len(text)):
        candidates = []
        for rank, entry in zip(lexicon.ranks, lexicon.entries, strict=True):
            pattern = compile_pattern(entry.term) if entry.match == "pattern" else None
            at_start = entry.match == "start" or (pattern is not None and pattern.pattern.at_start)
            start = place + at_start
            ends = dict(pattern.find(folded)) if pattern else {start: start + len(entry.term)}
            if start < body or start not in ends or (at_start and start != body):
                continue
            if (end := ends[start]) > len(text) or not (pattern or folded[start:end] == fold(entry.term)):
                continue
            must, must_not = entry.guards
            if (
                is_whole(folded, start, end)
                and not any(first < start < last for first, last in names)
                and (not must or must.is_met(folded, start, end))
                and not (must_not and must_not.is_met(folded, start, end))
            ):
                candidates.append((-end, rank, start, entry))
        if candidates and place >= reached:
            end, _, start, entry = min(candidates)
            reached = -end
            if entry.match == "negate":
                mark = re.compile("[，。；：！？,;!?\\n]").search(text, reached)
                void = max(void, mark.start() if mark else len(text))
            elif entry.match != "stop" and start >= void:
                chosen.append((start, reached, entry))
    return chosen


@given(lexicons(), texts)
@settings(deadline=None)
def test_matches_are_those_of_the_definition(lexicon: Lexicon, text: str) -> None:
    assert [(one.start, one.end, one.entry) for one in match_terms(text, lexicon)] == find_naively(text, lexicon)


def test_empty_lexicon_matches_nothing() -> None:
    assert match_terms("补贴", anywhere()) == []


def test_lexicon_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(WORDS))
    assert copy == WORDS
    assert found("政府补贴", copy) == ["政府补贴"]
