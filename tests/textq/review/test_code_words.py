import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.lexicon.read import builtin_codebook
from textq.review.code_words import CodeWords, GivenCode, UnknownCode, call_code

BOOK = builtin_codebook()
WORDS = CodeWords(BOOK)


def widen(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@pytest.mark.parametrize(
    "written",
    [
        "供给",
        "供给型",
        "S",
        "s",
        "Ｓ",
        "supply",
        "SUPPLY",
        "Supply-side",
        "1",
        "１",
        " 供给型 ",
        "供给型工具",
        "S 供给型 (supply)",
    ],
)
def test_one_class_has_many_words(written: str) -> None:
    assert WORDS.read(written) == GivenCode("supply")


@pytest.mark.parametrize("written", ["0", "０", "无", "none", "非政策工具", "None"])
def test_none_is_a_code(written: str) -> None:
    assert WORDS.read(written) == GivenCode("none")


@pytest.mark.parametrize(
    "written",
    [
        "人才",
        "supply/talent",
        "供给型/人才",
        "供给型：人才",
        "供给型 人才",
        "1.1",
        "政策工具\\供给型\\人才",
        "supply>talent",
        "供给/1",
    ],
)
def test_a_subtype_may_stand_alone_or_below_its_class(written: str) -> None:
    assert WORDS.read(written) == GivenCode("supply", "talent")


def test_two_cells() -> None:
    assert WORDS.read("供给", "人才") == GivenCode("supply", "talent")
    assert WORDS.read("供给", "供给型/人才") == GivenCode("supply", "talent")
    assert WORDS.read("", "人才") == GivenCode("supply", "talent")
    assert WORDS.read("供给", "") == GivenCode("supply")
    assert WORDS.read("", "  ") is None


def test_cells_that_exclude_each_other() -> None:
    found = WORDS.read("需求", "人才")
    assert isinstance(found, UnknownCode)
    assert (found.why, found.nearest) == ("contradiction", ("demand", "supply/talent"))


def test_the_nearest_code_is_offered() -> None:
    found = WORDS.read("公给型")
    assert isinstance(found, UnknownCode)
    assert (found.why, found.nearest[0]) == ("unknown", "supply")
    below = WORDS.read("供给", "人材")
    assert isinstance(below, UnknownCode)
    assert below.nearest[0] == "supply/talent"


def test_what_could_be_two_is_none() -> None:
    tools = (Subtype("fund", Label("资金", "Fund"), "x"),)
    book = Codebook(
        "b", "1", "zh", tuple(Instrument(n, Label(n, n), "x", tools) for n in ("park", "plan")), (), (), BOOK.none
    )
    words = CodeWords(book)
    found = words.read("资金")
    assert isinstance(found, UnknownCode)
    assert (found.why, found.nearest) == ("ambiguous", ("park/fund", "plan/fund"))
    assert isinstance(words.read("p"), UnknownCode)
    assert words.read("plan", "资金") == GivenCode("plan", "fund")


def test_words_of_ones_own() -> None:
    words = CodeWords(BOOK, {"补贴": "supply/funding"})
    assert words.read(" 补贴") == GivenCode("supply", "funding")


@given(st.sampled_from(BOOK.codes + BOOK.classes), st.booleans(), st.booleans(), st.sampled_from(["zh", "en"]))
def test_every_code_is_read_in_every_dress(code: str, wide: bool, upper: bool, lang: str) -> None:
    for written in (code, call_code(BOOK, code, lang)):
        dressed = widen(written) if wide else written
        found = WORDS.read(dressed.upper() if upper else f" {dressed} ")
        assert isinstance(found, GivenCode)
        assert found.code == code


@given(st.text(max_size=300), st.text(max_size=30))
def test_any_words_are_read_or_refused(written: str, subtype: str) -> None:
    found = WORDS.read(written, subtype)
    if isinstance(found, GivenCode):
        assert found.code in BOOK.ranks
    elif found is None:
        assert not any(one.isalnum() for one in unicodedata.normalize("NFKC", written + subtype))
    else:
        assert all(code in BOOK.ranks for code in found.nearest)
