import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.coding.rules import RulesCoder, RulesOptions
from textq.errors import ConfigError
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.lexicon.entry import Entry, Lexicon
from textq.lexicon.read import read_codebook, read_lexicon
from textq.records import Coding, Span

LABEL = Label("类", "class")


def make_codebook(**instruments: str) -> Codebook:
    classes = tuple(
        Instrument(name, LABEL, "d", tuple(Subtype(subtype, LABEL, "d") for subtype in subtypes.split()))
        for name, subtypes in instruments.items()
    )
    return Codebook("tiny", "7", "en", classes, (), (), Instrument("none", LABEL, "nothing"))


ENTRIES = (
    Entry("grant", "money/aid", "anywhere", 1.0),
    Entry("award", "money/prize", "anywhere", 1.0),
    Entry("rules", "law", "anywhere", 1.0),
    Entry("ban", "law", "anywhere", 2.0),
    Entry("means", "none", "start", 1.0),
    Entry("grant rules", "", "stop", 1.0),
)
CODEBOOK = make_codebook(money="aid prize", law="")


@pytest.fixture
def coder() -> RulesCoder:
    return RulesCoder(Lexicon("tiny", "1.2", ENTRIES), CODEBOOK, RulesOptions(heading=0.5, stem=0.5, secondary=0.75))


def code(coder: RulesCoder, text: str, *, heading: str = "", stem: str = "") -> Coding:
    return coder.code("d#1", "ab12", text, heading=heading, stem=stem)


def test_coding_says_what_was_coded_by_whom(coder: RulesCoder) -> None:
    coding = code(coder, "1. A grant.")
    assert (coding.clause_id, coding.clause_sha256) == ("d#1", "ab12")
    assert (coding.coder_id, coding.codebook_version) == ("rules:tiny@1.2", "tiny@7")


def test_most_weighted_characters_win(coder: RulesCoder) -> None:
    assert code(coder, "a grant, a ban").instrument == "law"
    assert code(coder, "a grant, an award, a ban").instrument == "money"


def test_first_in_the_text_wins_a_tie(coder: RulesCoder) -> None:
    assert code(coder, "grant or rules").instrument == "money"
    assert code(coder, "rules or grant").instrument == "law"


def test_order_of_the_codebook_wins_a_tie_outside_the_text(coder: RulesCoder) -> None:
    assert code(coder, "nothing", heading="rules and grant").instrument == "money"


def test_subtype_is_the_best_of_the_winner(coder: RulesCoder) -> None:
    assert code(coder, "an award, a grant, an award").subtype == "prize"
    assert code(coder, "an award and a grant").subtype == "prize"
    assert code(coder, "a grant and an award").subtype == "aid"


def test_instrument_without_subtypes_has_none(coder: RulesCoder) -> None:
    assert code(coder, "a ban").subtype is None


def test_evidence_is_the_winners_terms_in_order(coder: RulesCoder) -> None:
    assert code(coder, "An AWARD, rules, a grant").evidence == (Span(3, 8, "award"), Span(19, 24, "grant"))


def test_stopper_is_no_evidence(coder: RulesCoder) -> None:
    assert code(coder, "the grant rules").instrument == "none"


def test_nothing_found_is_none_without_confidence(coder: RulesCoder) -> None:
    coding = code(coder, "a list of names")
    assert (coding.instrument, coding.subtype, coding.secondary) == ("none", None, None)
    assert (coding.evidence, coding.confidence) == ((), None)


@pytest.mark.parametrize("number", ["", "第五条 ", "（一）", "一、", "1. "])
def test_mark_of_none_behind_the_number(coder: RulesCoder, number: str) -> None:
    coding = code(coder, f"{number}means grants")
    assert (coding.instrument, coding.confidence) == ("none", 1.0)
    assert [span.label for span in coding.evidence] == ["means"]


def test_confidence_is_the_share_of_the_winner(coder: RulesCoder) -> None:
    assert code(coder, "a grant, an award, rules").confidence == pytest.approx(2 / 3)


def test_secondary_is_another_instrument_of_about_equal_weight(coder: RulesCoder) -> None:
    assert code(coder, "a ban, a grant").secondary == "money/aid"
    assert code(coder, "a grant, rules").secondary == "law"
    assert code(coder, "a grant, an award, rules").secondary is None
    assert code(coder, "a grant, an award").secondary is None


def test_none_has_no_secondary(coder: RulesCoder) -> None:
    assert code(coder, "means: rules").secondary is None


@pytest.mark.parametrize("place", ["heading", "stem"])
def test_context_counts_less_than_the_clause(coder: RulesCoder, place: str) -> None:
    assert code(coder, "a grant", **{place: "rules"}).instrument == "money"
    assert code(coder, "a grant", **{place: "rules, rules and a ban"}).instrument == "law"


def test_item_without_a_term_is_coded_by_its_stem_without_evidence(coder: RulesCoder) -> None:
    coding = code(coder, "small firms;", stem="a grant goes to:")
    assert (coding.instrument, coding.subtype, coding.evidence) == ("money", "aid", ())


def test_context_can_be_switched_off() -> None:
    coder = RulesCoder(Lexicon("tiny", "1", ENTRIES), CODEBOOK, RulesOptions(heading=0, stem=0))
    assert code(coder, "small firms", heading="grant", stem="grant").instrument == "none"


@pytest.mark.parametrize("options", [{"heading": -0.1}, {"stem": -1}, {"secondary": 1.5}, {"secondary": -0.5}])
def test_options_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"'{next(iter(options))}' parameter of RulesOptions"):
        RulesOptions(**options)


def test_coder_survives_pickling(coder: RulesCoder) -> None:
    assert code(pickle.loads(pickle.dumps(coder)), "a grant") == code(coder, "a grant")


def test_codebook_of_other_classes_from_files(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(
        'name: tones\nversion: "1"\nlanguage: en\ninstruments:\n'
        "  - {name: praise, en: Praise, definition: approves}\n  - {name: blame, en: Blame, definition: disapproves}\n"
        "none: {en: Neutral, definition: neither}\n",
        encoding="utf-8",
    )
    words = tmp_path / "tones"
    words.mkdir()
    (words / "all.csv").write_text(
        "term,code,match,weight,note\nexcellent,praise,anywhere,1,\npoor,blame,anywhere,1,\n", encoding="utf-8"
    )
    codebook = read_codebook(tmp_path / "codebook.yaml")
    coder = RulesCoder(read_lexicon(words, codebook), codebook)
    assert [code(coder, text).instrument for text in ("Excellent!", "Poor work", "Work")] == ["praise", "blame", "none"]


@given(st.text(alphabet="grantsuleb wd，。1.", max_size=40))
def test_evidence_lies_inside_the_text_ordered_and_disjoint(text: str) -> None:
    spans = code(RulesCoder(Lexicon("tiny", "1", ENTRIES), CODEBOOK), text).evidence
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    assert edges == sorted(edges)


@given(st.lists(st.sampled_from(["grant", "award", "rules", "ban", "other"]), min_size=1, max_size=8))
def test_an_unrelated_term_changes_no_coding(words: list[str]) -> None:
    text = " and ".join(words)
    more = Lexicon("tiny", "1", (*ENTRIES, Entry("unrelated", "law", "anywhere", 9.0)))
    assert code(RulesCoder(more, CODEBOOK), text) == code(RulesCoder(Lexicon("tiny", "1", ENTRIES), CODEBOOK), text)
