import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.textq.lexicon.made_texts import PATTERNS, texts
from textq.errors import LexiconError
from textq.lexicon.fold import fold
from textq.lexicon.pattern import Pattern, PatternFinder, compile_pattern, parse_pattern
from textq.lexicon.pattern_gates import Gate, Link
from textq.lexicon.pattern_parts import Gap, Group, Literal, Number, max_length


def found(source: str, text: str) -> list[str]:
    folded = fold(text)
    return [folded[start:end] for start, end in compile_pattern(source).find(folded)]


def test_pattern_is_read_into_its_parts() -> None:
    assert parse_pattern("^(不再|Ｂ)?给予~12#元") == Pattern(
        (Group(((Literal("不再"),), (Literal("b"),)), True), Literal("给予"), Gap(12), Number(), Literal("元")), True
    )


def test_special_characters_stand_for_themselves_after_a_backslash() -> None:
    assert parse_pattern(r"\(补\~\#\|\?\^\\贴\)\9") == Pattern((Literal(r"(补~#|?^\贴)9"),), False)


@pytest.mark.parametrize(
    ("source", "column", "why"),
    [
        ("", 1, "it is empty"),
        ("补\n贴", 1, "cannot be printed"),
        ("补" * 201, 201, "more than 200 characters"),
        ("补)", 2, r"'\)' stands outside parentheses; write \\\)"),
        ("补|贴", 2, r"'\|' stands outside parentheses"),
        ("补(贴", 2, "the parenthesis is not closed"),
        ("补((贴)", 2, "the parenthesis is not closed"),
        ("补(贴|)", 4, "an alternative that may be empty"),
        ("补()", 2, "an alternative that may be empty"),
        ("补((贴)?)", 2, "an alternative that may be empty"),
        ("补?", 2, r"'\?' follows no closing parenthesis"),
        ("补(贴)??", 6, r"'\?' follows no closing parenthesis"),
        ("补^", 2, r"'\^' may only stand at the very beginning"),
        ("补\\", 2, "nothing follows the backslash"),
        ("补~贴", 2, "a gap is written ~1 to ~60"),
        ("补~0贴", 2, "a gap is written ~1 to ~60"),
        ("补~61贴", 2, "a gap is written ~1 to ~60"),
        ("补~" + "9" * 150 + "贴", 2, "a gap is written ~1 to ~60"),
        ("补~3~4贴", 4, "two gaps stand side by side"),
        ("补~60贴~60补~60贴~60补~1贴", 18, "its gaps span more than 240 characters"),
        ("~3补", 1, "it can begin or end with a gap"),
        ("补~3", 1, "it can begin or end with a gap"),
        ("^~3补", 1, "it can begin or end with a gap"),
        ("(补)?~3贴", 1, "it can begin or end with a gap"),
        ("补(贴|~3款)", None, None),
        ("补(贴|款~3)", 1, "it can begin or end with a gap"),
        ("((((补))))", 4, "more than 3 deep"),
        ("补(" + "|".join("一二三四五六七八九十"[n % 10] * (n // 10 + 1) for n in range(65)) + ")", None, "more than"),
        ("#", 1, "no literal text stands in all its matches"),
        ("(补)?", 1, "no literal text stands in all its matches"),
        ("(补|#)", 1, "no literal text stands in all its matches"),
        ("ab", 1, "no literal text stands in all its matches"),
        ("a~3b~3c", 1, "no literal text stands in all its matches"),
        ("，~3。", 1, "no literal text stands in all its matches"),
        ("абв~3#", None, None),
        ("补~3(ab)?", 1, "it can begin or end with a gap"),
    ],
)
def test_broken_pattern_is_refused_with_the_column(source: str, column: int | None, why: str | None) -> None:
    if why is None:
        assert parse_pattern(source).gates
        return
    with pytest.raises(LexiconError, match=why) as refused:
        parse_pattern(source)
    assert column is None or f"column {column}:" in str(refused.value)


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("(给予|发放)~4(补贴|补助)", "给予企业补贴，发放补助", ["给予企业补贴", "发放补助"]),
        ("给予~4补贴", "给予甲乙丙丁戊补贴", []),
        ("给予~4补贴", "给予。补贴；给予\n补贴", []),
        ("给予~9补贴", "给予补贴和补贴", ["给予补贴"]),
        ("(补贴|补贴资金)", "补贴资金", ["补贴资金"]),
        ("(不再)?给予", "不再给予", ["不再给予", "给予"]),
        ("给予~6补贴", "给予给予补贴", ["给予给予补贴", "给予补贴"]),
        ("Ｂ２Ｂ~2出口", "b2b 出口", ["b2b 出口"]),
        ("grant~9firm", "grant to a firm", ["grant to a firm"]),
        ("grant~9firm", "grants to a firm", []),
        ("grant~9firm", "grant to affirm", []),
        ("grant~9firm", "grantfirm", []),
        ("grant~9补贴", "grant补贴 grants补贴", ["grant补贴"]),
        ("补贴~9grant", "补贴grant 补贴agrant", ["补贴grant"]),
        ("tax (credit|relief)", "Tax Relief", ["tax relief"]),
        (r"\(补\)", "(补)（补）", ["(补)"]),
    ],
)
def test_what_a_pattern_finds(source: str, text: str, expected: list[str]) -> None:
    assert found(source, text) == expected


@pytest.mark.parametrize(
    "number",
    [
        *(
            "5",
            "12000",
            "1,200.5",
            "３０％",
            "5‰",
            "百分之五",
            "百分之3.5",
            "百分之百",
            "百分之三点五",
            "二十",
            "两千三百",
            "〇",
        ),
        *("1.5亿", "三点五万", "3000万", "十五万", "壹佰", "1千"),
    ],
)
def test_numbers(number: str) -> None:
    assert found("给#元", f"给{number}元") == [f"给{fold(number)}元"]
    assert found("#元", f"给{number}元")[0] == f"{fold(number)}元"


@pytest.mark.parametrize("text", ["给元", "给万元", "给百元", "给.5元", "给1,23元", "给5.元", "给一%二元"])
def test_no_numbers(text: str) -> None:
    assert found("给#元", text) == []


def test_pattern_does_not_begin_inside_a_number() -> None:
    assert found("#万元", "1,234.5万元、二十三万元") == ["1,234.5万元", "二十三万元"]


def test_start_is_left_to_the_matcher() -> None:
    assert parse_pattern("^补贴").at_start
    assert found("^补贴", "给予补贴") == ["补贴"]


@pytest.mark.parametrize(
    ("source", "gates"),
    [
        ("(给予|发放)~4补贴", [Gate(frozenset({"给予", "发放"}), 0), Gate(frozenset({"补贴"}), 6)]),
        ("(不再)?给予#元", [Gate(frozenset({"给予"}), 2), Gate(frozenset({"元"}), 2 + 2 + 83)]),
        ("补(贴|助)(款)?", [Gate(frozenset({"补贴", "补助"}), 1)]),
        ("(给~3补|奖)#", [Gate(frozenset({"给", "奖"}), 0)]),
        ("ab~3补", [Gate(frozenset({"补"}), 5)]),
        ("#(个)?(工作)?日", [Gate(frozenset({"日"}), 86)]),
    ],
)
def test_gates_stand_in_every_match(source: str, gates: list[Gate]) -> None:
    assert [*parse_pattern(source).gates] == gates


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("(给|发(放)?)~4补(贴|助)~2款", [Link(("给", "发放", "发"), 0), Link(("补贴", "补助"), 4), Link(("款",), 2)]),
        ("补贴", [Link(("补贴",), 0)]),
        ("补~3(贴)?~3款", []),
        ("补~3#", []),
        ("grant~3补", []),
        ("(补~3贴)款", []),
    ],
)
def test_links_are_words_with_plain_gaps(source: str, links: list[Link]) -> None:
    assert [*parse_pattern(source).links] == links


@given(st.sampled_from(PATTERNS), texts)
def test_gates_and_openings_and_length_bound_every_match(source: str, text: str) -> None:
    pattern, folded = parse_pattern(source), fold(text)
    for start, end in compile_pattern(source).find(folded):
        assert end - start <= pattern.longest
        assert not pattern.openings or folded.startswith(pattern.openings, start)
        for gate in pattern.gates:
            assert any(start <= folded.find(word, start, end) <= start + gate.reach for word in gate.words)


@given(st.sampled_from(PATTERNS), texts)
def test_match_is_what_is_found_at_the_beginning(source: str, text: str) -> None:
    finder, folded = compile_pattern(source), fold(text)
    ends = dict(finder.find(folded))
    assert finder.match(folded) == ends.get(0)


_literals = st.text(alphabet="补贴ab(|)?~#^\\1 ", min_size=1, max_size=4)


@given(_literals)
def test_any_text_can_be_escaped(text: str) -> None:
    source = "补" + "".join(f"\\{char}" for char in text)
    assert found(source, f"甲补{text}") == [fold(f"补{text}")]


@given(st.text(alphabet="补贴a(|)?~#^\\16", max_size=25))
def test_every_pattern_is_refused_or_compiled(source: str) -> None:
    try:
        finder = compile_pattern(source)
    except LexiconError:
        return
    assert finder.match("") is None
    assert finder.find("") == []


def test_largest_patterns_can_be_searched_for() -> None:
    sources = ["补" + "~60贴" * 4, "补(" + "|".join(f"~9#{char}~9" for char in "一二三四五六七八九十") + ")款"]
    assert all(found(source, "补贴款") == [] for source in sources)


def test_pattern_beyond_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pattern, "expression", "(?:补{1000}){1000}")
    with pytest.raises(LexiconError, match="too large to be searched for"):
        PatternFinder(parse_pattern("补")).match("补")


def test_finder_survives_pickling() -> None:
    finder = compile_pattern("补~3贴")
    assert finder.match("补或贴") == 3
    assert pickle.loads(pickle.dumps(finder)).match("补或贴") == 3


def test_longest_number_is_known() -> None:
    number = "百分之" + "1" * 15 + ",123" * 5 + "十" * 20 + "." + "1" * 15 + "十" * 8 + "%"
    assert len(number) == max_length(Number())
    assert found("#元", f"{number}元")[0] == f"{number}元"
