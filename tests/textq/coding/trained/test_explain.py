import re
from dataclasses import replace

import numpy as np
import pytest

from textq.coding.rule_scores import list_entries
from textq.coding.trained import stretches as stretches_module
from textq.coding.trained.explain import add_up_characters, add_up_context, explain
from textq.coding.trained.features import read_units
from textq.coding.trained.model import TrainedCoder
from textq.coding.trained.ngrams import NgramVocabulary
from textq.coding.trained.stretches import SMALLEST
from textq.coding.trained.weights import NgramWeights
from textq.export.evidence_context import CONTEXT_NAMES
from textq.lexicon.match import skip_number
from textq.records import CodingUnit, Span

from .conftest import make_units

UNITS = [
    *make_units(80, seed=4),
    CodingUnit("empty", "", heading="补助"),
    CodingUnit("number", "第三条"),
    CodingUnit("none", "第二条　本办法所称企业，是指下列活动", stem="下列：", heading="第一章"),
    CodingUnit("terms", "给予补助，给予奖励，企业不得", stem="奖励，不得：", heading="补助 不得"),
]


@pytest.fixture(scope="module")
def parts(coder):
    """What is explained: the units as read, and for each the best code and the best code of the next class."""
    reading = read_units(UNITS, coder.rules)
    codes = coder.model.calibrate(coder.model.score_reading(reading))
    verdicts = coder._judge(codes, coder.probabilities(UNITS))
    return reading, verdicts.code, verdicts.rival


def test_contributions_add_up_to_the_log_odds(coder, parts):
    reading, codes, rivals = parts
    model = coder.model
    added = add_up_characters(*parts, model, list_entries(coder.rules.lexicon, coder.codebook))
    ends = np.cumsum([len(unit.text) for unit in UNITS])
    of_texts = np.diff(np.concatenate([[0.0], added.cumsum()])[np.concatenate([[0], ends])])
    _, context = add_up_context(*parts, model)

    scores, rows = model.score_reading(reading), np.arange(len(UNITS))
    odds = scores[rows, codes] - scores[rows, rivals] - (model.bias[codes] - model.bias[rivals])
    assert of_texts + context.sum(axis=1) == pytest.approx(odds, abs=1e-4)
    assert np.abs(of_texts).max() > 1
    assert (np.abs(context).max(axis=0) > 0).sum() >= 8


def test_the_sum_of_a_stretch_is_what_its_characters_add(coder, parts):
    entries = list_entries(coder.rules.lexicon, coder.codebook)
    added = add_up_characters(*parts, coder.model, entries)
    first = n_longer = 0
    for unit, reason in zip(UNITS, explain(*parts, coder.model, entries), strict=True):
        for span in reason.spans:
            own = added[first + span.start : first + span.end].sum()
            assert float(span.label.rpartition(" ")[2]) == pytest.approx(own, abs=0.05 + 1e-6)
            n_longer += span.end - span.start > 1
        first += len(unit.text)
    assert n_longer > len(UNITS) / 2


def test_with_nothing_left_out_every_term_and_character_that_speaks_for_the_code_is_marked(coder, parts, monkeypatch):
    for name, value in {"N_STRETCHES": 10**6, "SMALLEST": 0.0, "SMALLEST_ALONE": 0.0, "LEAST": 0.0}.items():
        monkeypatch.setattr(stretches_module, name, value)
    entries = list_entries(coder.rules.lexicon, coder.codebook)
    added = add_up_characters(*parts, coder.model, entries)
    matches = parts[0].scores.matches
    first, n_found = 0, 0
    for number, (unit, reason) in enumerate(zip(UNITS, explain(*parts, coder.model, entries), strict=True)):
        own = added[first : first + len(unit.text)].copy()
        here = matches.text == number
        words = [found.span() for found in re.finditer("[A-Za-z0-9０-９]+", unit.text)]
        for start, end in [*words, *zip(matches.start[here], matches.end[here], strict=True)]:
            own[start:end] = own[start:end].mean().round(6)
        marked = [at for span in reason.spans for at in range(span.start, span.end) if unit.text[at].isalnum()]
        spoken = [at for at, char in enumerate(unit.text) if own[at] > 0 and char.isalnum()]
        assert marked == spoken
        first += len(unit.text)
        n_found += len(marked)
    assert n_found > len(UNITS)


def test_stretches_lie_in_the_text_in_order_without_overlap(coder):
    codings = coder.code(UNITS)
    assert max(len(coding.evidence) for coding in codings) >= 2
    for unit, coding in zip(UNITS, codings, strict=True):
        bounds = [place for span in coding.evidence for place in (span.start, span.end)]
        assert bounds == sorted(bounds)
        assert all(0 <= span.start < span.end <= len(unit.text) for span in coding.evidence)
        for span in coding.evidence:
            text, _, value = span.label.rpartition(" ")
            assert text == unit.text[span.start : span.end]
            assert float(value) >= SMALLEST


def test_the_number_of_a_clause_is_never_marked(coder):
    units = [
        CodingUnit("x", f"{number}给予补助{number}。") for number in ("第一百二十条　", "（十三）", "12. ", "三、")
    ]
    for unit, coding in zip(units, coder.code(units), strict=True):
        assert coding.evidence
        assert all(span.start >= skip_number(unit.text) > 0 for span in coding.evidence)


def test_clauses_without_an_instrument_have_reasons_too(coder):
    (coding,) = coder.code([UNITS[-2]])
    assert coding.instrument == "none"
    assert any("本办法所称" in span.label for span in coding.evidence)


def test_an_empty_clause_has_no_evidence(coder):
    (coding,) = coder.code([CodingUnit("empty", "", heading="补助")])
    assert coding.evidence == ()


def test_what_an_ngram_adds_is_spread_over_its_characters(coder):
    weights = np.zeros((2, 4), dtype=np.float32)
    weights[:, 2] = 6, 3
    model = replace(
        coder.model, ngrams={"text": NgramWeights(NgramVocabulary(("先进", "进")), weights)},
        rules=np.zeros_like(coder.model.rules), shapes=np.zeros_like(coder.model.shapes),
    )  # fmt: skip
    reading = read_units([CodingUnit("x", "第一条 甲先进乙"), CodingUnit("y", "先")], coder.rules)
    codes, rivals = np.array([2, 2]), np.array([0, 0])
    added = add_up_characters(reading, codes, rivals, model, list_entries(coder.rules.lexicon, coder.codebook))
    assert added.tolist() == [0, 0, 0, 0, 0, 1.5, 3, 0, 0]
    assert TrainedCoder(model, coder.rules, "v").code([reading.units[0]])[0].evidence == (Span(5, 7, "先进 +4.5"),)


def test_what_a_code_adds_by_its_terms_is_parted_by_their_weight(coder):
    rules = np.zeros_like(coder.model.rules)
    rules[coder.model.rule_names.index("text:money/aid"), 0] = 1
    model = replace(coder.model, ngrams={}, rules=rules, shapes=np.zeros_like(coder.model.shapes))
    reading = read_units([CodingUnit("x", "补助 grant")], coder.rules)
    added = add_up_characters(
        reading, np.array([0]), np.array([3]), model, list_entries(coder.rules.lexicon, coder.codebook)
    )
    total = np.log(1 + 2 * 2.0 + 5 * 1.5)
    assert added == pytest.approx([total * 2 / 11.5] * 2 + [0] + [total * 1.5 / 11.5] * 5, abs=1e-5)


def test_context_names_what_stood_outside_the_text_strongest_first(coder):
    names = set(add_up_context(read_units(UNITS, coder.rules), np.zeros(84, int), np.ones(84, int), coder.model)[0])
    assert {"stem", "heading", "terms in the stem", "terms in the heading", "length", "no term found"} <= names
    seen = set()
    for coding in coder.code(UNITS):
        values = [float(entry.rpartition(" ")[2]) for entry in coding.context]
        assert values == sorted(values, reverse=True)
        assert all(value >= SMALLEST for value in values)
        assert len(values) <= 3
        seen |= {entry.rpartition(" ")[0] for entry in coding.context}
    assert len(seen) > 3
    assert seen <= names


def test_every_name_of_the_context_has_a_translation(coder):
    reading = read_units(UNITS[:1], coder.rules)
    names, _ = add_up_context(reading, np.array([0]), np.array([1]), coder.model)
    assert sorted(names) == sorted(CONTEXT_NAMES)


def test_terms_of_the_stem_count_as_context(coder):
    rules = np.zeros_like(coder.model.rules)
    rules[coder.model.rule_names.index("stem:money/aid"), 0] = 1
    model = replace(
        coder.model, ngrams={}, rules=rules, shapes=np.zeros_like(coder.model.shapes), bias=np.zeros(4, np.float32)
    )
    (coding,) = TrainedCoder(model, coder.rules, "v").code([CodingUnit("x", "甲乙", stem="补助")])
    assert coding.instrument == "money"
    assert coding.context == (f"terms in the stem +{np.log(5):.1f}",)
    assert coding.evidence == ()
