"""Evidence on a terminal: brackets without colours, nothing that a terminal would obey, any codebook."""

import io
import re

import pytest

from tests.textq.export.coded_clauses import CODEBOOK, TEXT, build_coding, build_unit
from textq.export.evidence_terminal import describe_evidence, has_colours
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.lexicon.entry import Entry, Lexicon
from textq.records import Coding, CodingUnit, Span

ANSI = re.compile("\x1b\\[[0-9;]*m")


def describe(unit: CodingUnit, coding: Coding, *, colours: bool = False, lang: str = "en") -> list[str]:
    return list(describe_evidence([unit], [coding], CODEBOOK, colours=colours, lang=lang))  # type: ignore[arg-type]


def test_evidence_stands_in_brackets_with_its_code() -> None:
    coding = build_coding("a", "apple", "red", Span(2, 6, "专项资金 +1.2"), Span(12, 14, "pear"))

    assert describe(build_unit(), coding) == [
        "a  apple/red  Apple/Red",
        "   安排[专项资金｜apple/red +1.2]，对企业给予[补贴｜pear]。",
    ]


def test_all_that_is_known_is_shown() -> None:
    unit = build_unit("a", title="办法", heading="第二章", stem="支持：")
    coding = build_coding(
        "a", "apple", "red", confidence=0.825, secondary="pear", unsure=True, context=("支持", "奖励 +0.4")
    )

    assert describe(unit, coding, lang="zh") == [
        "a  apple/red  苹果/红  0.82  次要 pear  ? 存疑",
        "   办法 › 第二章 › 支持：",
        f"   {TEXT}",
        "   上下文: 支持; 奖励 +0.4",
    ]


def test_terms_of_a_lexicon_are_shown_with_their_subtype() -> None:
    coding = build_coding("a", "apple", None, Span(2, 6, "专项资金"), Span(12, 14, "补贴"))
    lexicon = Lexicon("x", "1", (Entry("专项资金", "apple/red", "anywhere", 1.0),))
    lines = list(describe_evidence([build_unit()], [coding], CODEBOOK, lexicon=lexicon))

    assert lines[1] == "   安排[专项资金｜apple/red]，对企业给予[补贴｜apple]。"


@pytest.mark.parametrize(
    ("lang", "shown"), [("zh", "上下文: 条款长度 +0.8; 长度"), ("en", "context: length +0.8; 长度")]
)
def test_names_of_the_context_are_in_the_language(lang: str, shown: str) -> None:
    coding = build_coding("a", "apple", "red", context=("length +0.8", "长度"))

    assert describe(build_unit(), coding, lang=lang)[-1] == f"   {shown}"


def test_overlapping_evidence_has_brackets_for_each_stretch() -> None:
    coding = build_coding("a", "pear", None, Span(0, 4, "apple/red"), Span(2, 6, ""))

    assert (
        describe(build_unit(), coding)[1] == "   [安排｜apple/red][专项｜apple/red; pear][资金｜pear]，对企业给予补贴。"
    )


def test_colours_change_nothing_but_the_brackets() -> None:
    coding = build_coding("a", "apple", "red", Span(2, 6, "专项资金 +1.2"))
    header, text = describe(build_unit(), coding, colours=True)

    assert "\x1b[4m\x1b[36m专项资金\x1b[0m" in text
    assert ANSI.sub("", text) == "   安排专项资金｜apple/red +1.2，对企业给予补贴。"
    assert ANSI.sub("", header) == "a  apple/red  Apple/Red"


def test_instruments_have_the_colours_of_their_order() -> None:
    many = tuple(Instrument(f"i{at}", Label("", f"I{at}"), "") for at in range(7))
    codebook = Codebook("x", "1", "en", many, (), (), CODEBOOK.none)
    names = [*codebook.instrument_names, "none"]
    codings = [build_coding(name, name, None) for name in names]
    lines = list(describe_evidence([build_unit(name) for name in names], codings, codebook, colours=True))
    styles = [re.findall(r"\x1b\[([0-9;]*)m", line)[2] for line in lines[::2]]

    assert styles == ["36", "33", "35", "32", "34", "31", "1;36", "2"]


@pytest.mark.parametrize("colours", [False, True])
def test_control_characters_are_spelt_out(colours: bool) -> None:
    hostile = "补\x1b[2J贴\u202e\r\n第二行"
    unit = build_unit(f"a{hostile}", hostile, heading=hostile)
    coding = build_coding(f"a{hostile}", "apple", None, Span(0, len(hostile), hostile), context=(hostile,))
    shown = ANSI.sub("", "\n".join(describe(unit, coding, colours=colours)))

    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", shown)
    assert "\\x1b[2J" in shown
    assert "\n   第二行" in shown


@pytest.mark.parametrize("colours", [False, True])
def test_codes_and_their_names_are_spelt_out(colours: bool) -> None:
    hostile = Instrument("a\x1b[2J", Label("", "A\x1b[3J"), "", (Subtype("s\x1b[4J", Label("", "S\x1b[5J"), ""),))
    codebook = Codebook("x", "1", "en", (hostile,), (), (), CODEBOOK.none)
    coding = build_coding("a", hostile.name, hostile.subtypes[0].name, secondary="b\x1b[6J")
    (header, _) = describe_evidence([build_unit()], [coding], codebook, colours=colours)

    assert "\x1b" not in ANSI.sub("", header)
    assert [f"\\x1b[{at}J" in header for at in range(2, 7)] == [True] * 5


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    stream: io.StringIO, environment: dict[str, str], expected: bool
) -> None:
    assert has_colours(stream, environment) is expected
