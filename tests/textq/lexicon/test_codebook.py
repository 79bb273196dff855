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
