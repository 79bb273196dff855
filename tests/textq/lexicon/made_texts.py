"""Texts and lexicons that hypothesis draws: pieces that match, nearly match, and get in each other's way."""

from typing import cast

from hypothesis import strategies as st

from textq.errors import LexiconError
from textq.lexicon.entry import MATCH_KINDS, WITHOUT_CODE, Entry, Lexicon, MatchKind, check_entry

TERMS = (
    *("补贴", "财政补贴", "补贴资金", "补", "消费", "消费者", "取消", "不再", "为", "为了", "一体化", "项目", "条"),
    *("B2B", "b2b出口", "1210", "grant", "grant rules", "ant", "😀", "资", "奖励"),
)
PATTERNS = (
    *("(给予|提供)~5(补贴|奖励)", "#万元", "grant~4rules", "^为了~6目的", "^为~3补贴", "(不再)?给予~4#元"),
    *("补~2消费(者)?", "(企业(a|b)?|园区)~8#", "第#条", "grant(s)?", "(补~3)?贴资", "(补~2a|奖励)~3#", "(消|消费)~3者"),
    *("#万元~4(给予|补)", "(消(费者)?|补~2费)者", "补(贴|贴资|贴资金)?~4(企业|园区|业)~3(奖励|励)", "(财政)?(补|补贴)"),
)
ALTERNATIVES = ("企业", "园区", "给予", "grant", "a", "奖励", "资", "1", "目的", "政补")
PIECES = (
    *("补贴", "财政", "资金", "消费", "者", "取消", "不再", "为", "了", "B2B", "ｂ2b", "出口", "grant", "Grant", "s"),
    *(" rules", "ant", "。", "，", "；", "\n", "\r", "《", "》", "一、", "（一）", "第五条", "　", " ", "1.", "1210"),
    *("12万元", "３０％元", "百分之五", "1,200.5", "二十万元", "😀", "給予", "给予", "提供", "企业", "园区", "ab", "É"),
    *("İ", "ς", "Σ", "\x02", "\ud800", "项目", "条", "奖励", "目的", "第", "x", "_", "业", "贴", "a"),
)

texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@st.composite
def _guards(draw: st.DrawFn) -> str:
    distance = draw(st.sampled_from(("", "", "~1:", "~3:", "~6:")))
    alternatives = draw(st.lists(st.sampled_from(ALTERNATIVES), unique=True, max_size=3))
    return distance + "|".join(alternatives) if alternatives else ""


@st.composite
def _entries(draw: st.DrawFn) -> Entry | None:
    match = cast("MatchKind", draw(st.sampled_from(MATCH_KINDS)))
    term = draw(st.sampled_from(PATTERNS if match == "pattern" else TERMS))
    code = draw(st.sampled_from(("a/b", "a/c", "d", "none")))
    weight = draw(st.sampled_from((0.5, 1.0, 1.25, 2.0)))
    if match in WITHOUT_CODE:
        return Entry(term, "", match, weight)
    entry = Entry(term, code, match, weight, draw(_guards()), draw(_guards()))
    try:
        check_entry(entry)
    except LexiconError:
        return None
    return entry


@st.composite
def lexicons(draw: st.DrawFn) -> Lexicon:
    """Draw a lexicon with entries of every kind."""
    entries = draw(st.lists(_entries(), max_size=20))
    distinct = {entry.key: entry for entry in entries if entry}
    return Lexicon("drawn", "1", tuple(distinct.values()))
