from collections.abc import Sequence
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiled_ways import WAYS, Way, read_by
from tests.textq.lexicon.made_texts import lexicons, texts
from textq.lexicon import batch, chunk
from textq.lexicon.batch import MatchTable
from textq.lexicon.chunk import Chunk, find_bodies
from textq.lexicon.entry import WITHOUT_CODE, Entry, Lexicon, MatchKind
from textq.lexicon.match import match_terms, skip_number
from textq.lexicon.read import builtin_lexicon

Found = list[list[tuple[int, int, Entry]]]

NUMBERS = "".join(
    (
        "第编部分章节条款项目之一二十百千两零〇（）()、.．， 　12１３AaⅣⅰ①㈠⒈⑴",
        chunk._DECIDING,
        "规定的称关于本法国办企业\n\t年个个",
    )
)
ENGLISH = ("Article 5", "§ 3", "Part II", "Section 4.", "Chapter", " ", "“")
numbered = st.lists(
    st.sampled_from((*NUMBERS, "第五条", "（一）", "一、", "1.2", "第三章", *ENGLISH)), max_size=16
).map("".join)


def group(found: MatchTable, lexicon: Lexicon, n_texts: int) -> Found:
    grouped: Found = [[] for _ in range(n_texts)]
    columns = (column.tolist() for column in (found.text, found.start, found.end, found.entry))
    for text, start, end, entry in zip(*columns, strict=True):
        grouped[text].append((start, end, lexicon.entries[entry]))
    return grouped


def match_all(documents: Sequence[str], lexicon: Lexicon) -> Found:
    return group(lexicon.matcher.match(documents), lexicon, len(documents))


def define_all(documents: Sequence[str], lexicon: Lexicon) -> Found:
    return [[(found.start, found.end, found.entry) for found in match_terms(text, lexicon)] for text in documents]


@pytest.mark.parametrize("way", WAYS)
@given(lexicons(), st.lists(texts, max_size=6))
@settings(max_examples=200, deadline=None)
def test_many_texts_give_what_each_gives(way: Way, lexicon: Lexicon, documents: list[str]) -> None:
    with read_by(way):
        assert match_all(documents, lexicon) == define_all(documents, lexicon)


@pytest.mark.parametrize("way", WAYS)
@given(st.lists(texts | numbered, max_size=20))
@settings(deadline=None)
def test_builtin_lexicon_finds_the_same_in_many_texts(way: Way, documents: list[str]) -> None:
    with read_by(way):
        assert match_all(documents, builtin_lexicon()) == define_all(documents, builtin_lexicon())


@pytest.mark.parametrize("way", WAYS)
@given(lexicons(), st.lists(texts, max_size=8))
@settings(deadline=None)
def test_chunks_make_no_difference(way: Way, lexicon: Lexicon, documents: list[str]) -> None:
    whole = match_all(documents, lexicon)
    with pytest.MonkeyPatch.context() as patch, read_by(way):
        patch.setattr(batch, "CHUNK", 40)
        patch.setattr(batch, "CHUNK_IN_LOOPS", 40)
        assert match_all(documents, lexicon) == whole


@given(st.lists(texts | numbered, max_size=20))
@settings(deadline=None)
def test_known_bodies_make_no_difference(documents: list[str]) -> None:
    bodies = np.array([skip_number(text) for text in documents], dtype=np.int64)
    found = group(builtin_lexicon().matcher.match(documents, bodies), builtin_lexicon(), len(documents))
    assert found == match_all(documents, builtin_lexicon())


def enter(term: str, must: str = "", must_not: str = "", match: MatchKind = "anywhere") -> Entry:
    kind: MatchKind = "pattern" if set(term) & set("~#(^") else match
    return Entry(term, "" if kind in WITHOUT_CODE else "a", kind, 1.0, must, must_not)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("entries", "text", "expected"),
    [
        ([enter("补贴", "~4:支持")], "支持一二补贴，补贴一二支持，支持一二三补贴", ["补贴", "补贴"]),
        ([enter("补贴", "~4:支持")], "支持一二三补贴", []),
        ([enter("补贴", "~4:支持")], "补贴一二三支持", []),
        ([enter("补贴", "~4:企业们|支持")], "补贴一二支持，", ["补贴"]),
        ([enter("。补", "支持"), enter("。补贴")], "支持补。补，支持。补贴，补", ["。补", "。补贴"]),
        ([enter("补", match="start"), enter("贴", "支持")], "补支持贴", ["补", "贴"]),
        ([enter("补贴", "企业们|支持")], "补贴一二。支持", []),
        ([enter("补贴", "", "支持")], "支持；补贴，支 持", ["补贴"]),
        ([enter("(补~3)?贴资")], "贴资，补贴贴资", ["贴资", "补贴贴资"]),
        ([enter("grant~4rules")], "grant a rules. grant a rulesx", ["grant a rules"]),
        ([enter("grant~4rules")], "a grant of rules, agrant of rules", ["grant of rules"]),
        ([enter("，补"), enter("取消", match="negate")], "取消补贴，补贴", ["，补"]),
        ([enter("补贴"), enter("取消", match="negate")], "取消补贴\n补贴，取消", ["补贴"]),
        ([enter("补~3贴")], "补一二三贴补一二三四贴补。贴", ["补一二三贴"]),
        ([enter("补~3贴~3资")], "补贴一二贴一资", ["补贴一二贴一资"]),
        ([enter("补(一)?~3(贴|贴资)")], "补一一贴资", ["补一一贴资"]),
        ([enter("#(万元|元)~3以上")], "五十万元以上、1,234.5元的以上、万元以上", ["五十万元以上", "1,234.5元的以上"]),
        ([enter("#(万|元)")], "5万元", ["5万元"]),
        ([enter("#元")], "百分之五元，三点五元，a5元，b2b5元，" + "1" * 20 + "元", ["百分之五元", "三点五元"]),
        ([enter("#元", "", "~1:百分")], "百分之五元", ["五元"]),
        ([enter("到#年")], "到2030年，到达年", ["到2030年"]),
        ([enter("^#日"), enter("日内")], "第五条　3日内；3日内", ["3日", "日内"]),
        ([enter("^为~3补"), enter("为了补贴")], "一、为了补贴，为了补贴", ["为了补", "为了补贴"]),
    ],
)
def test_edges_of_the_definition(way: Way, entries: list[Entry], text: str, expected: list[str]) -> None:
    lexicon = Lexicon("x", "1", tuple(entries))
    with read_by(way):
        found = match_all([text], lexicon)
    assert found == define_all([text], lexicon)
    assert [text[start:end] for start, end, _ in found[0]] == expected


_digits = st.text(alphabet="15.,点%百千万亿零三十分之元年日给a", max_size=14)
_counted = [
    "#元",
    "#(万元|元|万)",
    "#(万|万亿)?元~3(百|千)",
    "给#元",
    "#%~3元",
    "(#)?年",
    "(三)?#(个)?日",
    "第#(年|日)",
]


@pytest.mark.parametrize("way", WAYS)
@given(st.lists(_digits, max_size=5), st.sets(st.sampled_from(_counted), min_size=1))
@settings(max_examples=200, deadline=None)
def test_numbers_are_found_as_the_definition_says(way: Way, documents: list[str], patterns: set[str]) -> None:
    entries = [
        Entry(pattern, "a", "pattern", 1.0, "", guard) for pattern in sorted(patterns) for guard in ("", "~1:给")
    ]
    lexicon = Lexicon("x", "1", tuple(entries))
    with read_by(way):
        assert match_all(documents, lexicon) == define_all(documents, lexicon)


@pytest.mark.parametrize("way", WAYS)
def test_no_texts_and_no_entries(way: Way) -> None:
    with read_by(way):
        assert len(builtin_lexicon().matcher.match([])) == 0
        assert len(Lexicon("x", "1", ()).matcher.match(["补贴", ""])) == 0


def test_table_is_ordered_by_text_and_place() -> None:
    lexicon = Lexicon("x", "1", (Entry("补", "a", "anywhere", 1), Entry("补贴", "b", "anywhere", 1)))
    found = lexicon.matcher.match(["", "补补贴", "，补"])
    assert list(map(list, (found.text, found.start, found.end, found.entry))) == [
        [1, 1, 2],
        [0, 1, 1],
        [1, 3, 2],
        [0, 1, 0],
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("length", [1, 2, 3, 50, 1001])
def test_long_rows_of_overlapping_matches(way: Way, length: int) -> None:
    lexicon = Lexicon("x", "1", tuple(Entry("补" * n, "a", "anywhere", 1) for n in (2, 3, 5)))
    documents = ["补" * length, "贴" + "补" * length, "补" * (length + 1)]
    with read_by(way):
        assert match_all(documents, lexicon) == define_all(documents, lexicon)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("piece", ["采购文件，不得，", "采购文件", "不得", "给予", "给予1万元", "补", "《"])
def test_one_long_sentence_takes_about_as_long_as_many_short_ones(way: Way, piece: str) -> None:
    """Where each match looked at all words of its sentence it took a hundred times as long."""
    matcher = builtin_lexicon().matcher

    def clock(text: str) -> float:
        start = process_time()
        matcher.match([text])
        return process_time() - start

    sentence, sentences = piece * 20_000, (piece * 10 + "。") * 2_000
    with read_by(way):
        matcher.match([piece])
        assert min(clock(sentence) for _ in range(2)) < 20 * min(clock(sentences) for _ in range(2)) + 0.2


def test_places_beyond_the_packed_order() -> None:
    lexicon = Lexicon("x", "1", (Entry("补", "a", "anywhere", 1), Entry("补贴", "b", "anywhere", 1)))
    start, end, entry = np.array([1 << 61, 3, 3]), np.array([(1 << 61) + 1, 4, 5]), np.array([0, 0, 1])
    found = lexicon.matcher._sort(start, end, entry)
    assert (found.start.tolist(), found.entry.tolist()) == ([3, 3, 1 << 61], [1, 0, 0])


def read_bodies(documents: list[str]) -> list[int]:
    lengths = np.array(list(map(len, documents)), dtype=np.int64)
    joined = Chunk(documents, lengths, builtin_lexicon().matcher._chars_of)
    assert all(body <= limit for body, limit in zip(map(skip_number, documents), joined.limits.tolist(), strict=True))
    return joined.find_bodies(np.arange(len(documents))).tolist()


@given(st.lists(numbered, max_size=30))
@settings(max_examples=300, deadline=None)
def test_bodies_begin_where_the_number_ends(documents: list[str]) -> None:
    assert read_bodies(documents) == find_bodies(documents) == [skip_number(text) for text in documents]


def test_bodies_of_no_texts_and_of_empty_ones() -> None:
    assert find_bodies([]) == []
    assert find_bodies(["", " ", "一、", "补" * 20, "1" * 20]) == [0, 1, 2, 0, 0]


@pytest.mark.parametrize(
    "mark",
    [
        *(
            "第五条",
            "第三章",
            "第一部分",
            "第五条之二",
            "（一）",
            "一）",
            "一、",
            "一.",
            "1.",
            "1、",
            "12．",
            "（1）",
            "1)",
        ),
        *("①", "㈠", "⒈", "⑴", "Ⅳ.", "ⅰ.", "a)", "（A）", "1.2", "1.2.3", "第五条 （一）", "一、（二）", "1.（1）"),
        *("一、二", "1、2", "第", "第一", "（一", "一、二 ", "第五条　", "1. ", "Article 5 ", "§ 3", "Part II"),
    ],
)
def test_no_other_ideograph_decides_on_the_mark_before_it(mark: str) -> None:
    plain = np.flatnonzero(chunk._plain_points())
    others = [chr(point) for point in plain.tolist() if chr(point) not in chunk._DECIDING]
    assert len(others) > 20_000
    assert {skip_number(mark + char) for char in others} == {skip_number(f"{mark}国")}
