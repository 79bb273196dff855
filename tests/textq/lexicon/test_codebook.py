import pytest

from textq.lexicon.codebook import Codebook, Example, Instrument, Label, Rule, Subtype, split_code

LABEL = Label("类", "class")


@pytest.fixture
def codebook() -> Codebook:
    aid = Subtype("aid", LABEL, "money", examples=(Example("give", "money/aid"),))
    return Codebook(
        name="tiny",
        version="2",
        language="en",
        instruments=(
            Instrument("money", LABEL, "d", (aid, Subtype("loan", LABEL, "d"))),
            Instrument("law", LABEL, "d"),
        ),
        decision=(),
        rules=(Rule("r", (Example("ban", "law"),)),),
        none=Instrument("none", LABEL, "nothing", examples=(Example("title", "none"),)),
    )


def test_codes_are_subtypes_or_the_instrument_where_it_has_none(codebook: Codebook) -> None:
    assert codebook.codes == ("money/aid", "money/loan", "law")


def test_ranks_follow_the_order_of_the_codebook_with_none_last(codebook: Codebook) -> None:
    assert list(codebook.ranks) == ["money", "money/aid", "money/loan", "law", "none"]


def test_examples_are_gathered_from_every_place(codebook: Codebook) -> None:
    assert [example.text for example in codebook.examples] == ["give", "title", "ban"]


@pytest.mark.parametrize(("code", "parts"), [("a/b", ("a", "b")), ("a", ("a", None)), ("none", ("none", None))])
def test_split_code(code: str, parts: tuple[str, str | None]) -> None:
    assert split_code(code) == parts


def test_classes_are_the_instruments_and_none(codebook: Codebook) -> None:
    assert codebook.classes == ("money", "law", "none")


def test_codes_are_called_in_the_language_or_the_other_one() -> None:
    codebook = Codebook(
        name="tiny",
        version="2",
        language="en",
        instruments=(
            Instrument("money", Label("钱", "Money"), "d", (Subtype("aid", Label("", "Aid"), "d"),)),
            Instrument("law", Label("", ""), "d"),
        ),
        decision=(),
        rules=(),
        none=Instrument("none", Label("无", "None of them"), "nothing"),
    )
    called = {code: codebook.call(code, "zh") for code in ("money/aid", "money", "none", "law", "money/x", "y/z")}
    assert called == {
        "money/aid": ("钱", "Aid"),
        "money": ("钱", ""),
        "none": ("无", ""),
        "law": ("law", ""),
        "money/x": ("钱", "x"),
        "y/z": ("y", "z"),
    }
    assert codebook.call("money/aid", "en") == ("Money", "Aid")
