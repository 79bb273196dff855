import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiled_ways import WAYS, Way, read_by
from tests.textq.coding.plain_rules import decide
from tests.textq.lexicon.made_texts import lexicons, texts
from textq.coding import rules
from textq.coding.rules import RulesCoder, RulesOptions
from textq.errors import ConfigError
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.lexicon.entry import Entry, Lexicon
from textq.lexicon.read import read_codebook, read_lexicon
from textq.records import Coding, CodingUnit, Span

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
    (coding,) = coder.code([CodingUnit("d#1", text, heading=heading, stem=stem)])
    return coding


def test_coding_says_what_was_coded_by_whom(coder: RulesCoder) -> None:
    coding = code(coder, "1. A grant.")
    assert (coding.clause_id, coding.clause_sha256) == ("d#1", hashlib.sha256(b"1. A grant.").hexdigest())
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
        "term,code,match,weight,must,must_not,note\nexcellent,praise,anywhere,1,,,\npoor,blame,anywhere,1,,,\n",
        encoding="utf-8",
    )
    codebook = read_codebook(tmp_path / "codebook.yaml")
    coder = RulesCoder(read_lexicon(words, codebook), codebook)
    assert [code(coder, text).instrument for text in ("Excellent!", "Poor work", "Work")] == ["praise", "blame", "none"]


TINY = RulesCoder(Lexicon("tiny", "1", ENTRIES), CODEBOOK)
MORE = RulesCoder(Lexicon("tiny", "1", (*ENTRIES, Entry("unrelated", "law", "anywhere", 9.0))), CODEBOOK)
DRAWN = make_codebook(a="b c", d="")
PARTS = texts | st.sampled_from(("", "补贴", "给予补贴", "项目"))
SHARES = st.sampled_from((0.0, 0.5, 0.75, 1.0))


@st.composite
def coders(draw: st.DrawFn) -> RulesCoder:
    options = RulesOptions(heading=draw(SHARES), stem=draw(SHARES), secondary=draw(SHARES))
    return RulesCoder(draw(lexicons()), DRAWN, options)


@st.composite
def units(draw: st.DrawFn) -> CodingUnit:
    return CodingUnit("u", draw(texts), heading=draw(PARTS), stem=draw(PARTS))


@pytest.mark.parametrize("way", WAYS)
@given(coders(), st.lists(units(), max_size=6))
@settings(max_examples=100, deadline=None)
def test_codings_are_those_of_the_definition(way: Way, coder: RulesCoder, drawn: list[CodingUnit]) -> None:
    with read_by(way):
        codings = coder.code(drawn)
    assert len(codings) == len(drawn)
    for unit, coding in zip(drawn, codings, strict=True):
        instrument, subtype, secondary, evidence, confidence, context = decide(coder, unit)
        assert (coding.instrument, coding.subtype, coding.secondary) == (instrument, subtype, secondary)
        assert tuple((span.start, span.end, span.label) for span in coding.evidence) == evidence
        assert coding.confidence == (None if confidence is None else pytest.approx(float(confidence)))
        assert coding.context == context


@given(coders(), st.lists(units(), max_size=8))
@settings(max_examples=30, deadline=None)
def test_batches_make_no_difference(coder: RulesCoder, drawn: list[CodingUnit]) -> None:
    alone = [coding for unit in drawn for coding in coder.code([unit])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "_BATCH", 3)
        assert coder.code(drawn) == alone


def test_no_units(coder: RulesCoder) -> None:
    assert coder.code([]) == []
    assert coder.score([]).in_text.shape == (0, 4)


def test_units_keep_their_order_and_ids(coder: RulesCoder) -> None:
    units = [CodingUnit(f"d#{at}", text) for at, text in enumerate(("a ban", "", "a grant", "a ban"))]
    codings = coder.code(units)
    assert [coding.clause_id for coding in codings] == ["d#0", "d#1", "d#2", "d#3"]
    assert [coding.instrument for coding in codings] == ["law", "none", "money", "law"]


def test_scores_are_weighted_characters_by_place(coder: RulesCoder) -> None:
    units = [CodingUnit("1", "a ban, a grant", heading="rules", stem="award: rules"), CodingUnit("2", "means")]
    scores = coder.score(units)
    assert scores.codes == ("money/aid", "money/prize", "law", "none")
    assert scores.in_text.tolist() == [[5, 0, 6, 0], [0, 0, 0, 5]]
    assert scores.in_stem.tolist() == [[0, 5, 5, 0], [0, 0, 0, 0]]
    assert scores.in_heading.tolist() == [[0, 0, 5, 0], [0, 0, 0, 0]]
    assert len(scores) == 2


def test_scores_hold_the_matches(coder: RulesCoder) -> None:
    scores = coder.score([CodingUnit("1", "x"), CodingUnit("2", "a ban, a grant", heading="x", stem="rules")])
    found = scores.matches
    assert [found.text.tolist(), found.start.tolist(), found.end.tolist()] == [[1, 1], [2, 9], [5, 14]]
    assert [ENTRIES[entry].term for entry in found.entry.tolist()] == ["ban", "grant"]
    assert scores.stems[1] == scores.contexts.text[0]
    assert scores.headings[0] == scores.stems[0] != scores.headings[1]


def test_decisions_are_positions_of_codes(coder: RulesCoder) -> None:
    units = [CodingUnit("1", "a ban, a grant"), CodingUnit("2", "nothing"), CodingUnit("3", "means")]
    decisions = coder.decide(coder.score(units))
    assert decisions.code.tolist() == [2, 3, 3]
    assert decisions.secondary.tolist() == [0, -1, -1]
    assert decisions.confidence.tolist()[0] == pytest.approx(6 / 11)
    assert np.isnan(decisions.confidence[1])
    assert decisions.confidence[2] == 1


def test_context_names_the_terms_of_the_winner(coder: RulesCoder) -> None:
    coding = code(coder, "a grant", stem="award and ban", heading="grant")
    assert coding.context == ("award", "grant")


def test_lexicon_with_other_codes_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"codes that codebook tiny@7 does not know: wages"):
        RulesCoder(Lexicon("tiny", "1", (Entry("pay", "wages", "anywhere", 1.0), *ENTRIES)), CODEBOOK)


def test_half_characters_are_coded(coder: RulesCoder) -> None:
    assert code(coder, "a \ud800 grant").instrument == "money"


@given(st.text(alphabet="grantsuleb wd，。1.", max_size=40))
def test_evidence_lies_inside_the_text_ordered_and_disjoint(text: str) -> None:
    spans = code(TINY, text).evidence
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    assert edges == sorted(edges)


@given(st.lists(st.sampled_from(["grant", "award", "rules", "ban", "other"]), min_size=1, max_size=8))
def test_an_unrelated_term_changes_no_coding(words: list[str]) -> None:
    text = " and ".join(words)
    assert code(MORE, text) == code(TINY, text)
