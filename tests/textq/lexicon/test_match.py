import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.lexicon.entry import Entry, Lexicon
from textq.lexicon.match import START, Match, fold, match_terms, skip_number


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


def test_fold_keeps_chinese_punctuation() -> None:
    assert fold("（一）；ＡＢ％") == "（一）；ab%"


@given(st.text())
def test_fold_keeps_length_and_is_idempotent(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    assert START not in fold(text)


WORDS = anywhere("ab", "abc", "补贴", "政府补贴", "贴息", "Ａ补")


@given(st.text(alphabet="abcABC补贴息政府Ａ，。 İ"))
def test_matches_are_ordered_disjoint_and_fold_to_their_term(text: str) -> None:
    matches: list[Match] = match_terms(text, WORDS)
    edges = [edge for match in matches for edge in (match.start, match.end)]
    assert edges == sorted(edges)
    assert all(fold(text[m.start : m.end]) == fold(m.entry.term) for m in matches)


def test_empty_lexicon_matches_nothing() -> None:
    assert match_terms("补贴", anywhere()) == []


def test_lexicon_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(WORDS))
    assert copy == WORDS
    assert found("政府补贴", copy) == ["政府补贴"]
