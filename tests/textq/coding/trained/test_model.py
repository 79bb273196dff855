import pickle
import random
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiled_ways import needs_loops, read_by
from tests.textq.lexicon.made_texts import texts
from textq.coding.coders import find_coder, read_rules
from textq.coding.trained import model as model_module
from textq.coding.trained.calibration import Calibration
from textq.coding.trained.features import read_units
from textq.coding.trained.fit import _Design, fit_model
from textq.coding.trained.model import SECONDARY, TrainedCoder
from textq.coding.trained.ngrams import NgramVocabulary
from textq.coding.trained.weights import NgramWeights
from textq.lexicon.codebook import split_code
from textq.records import CODED_KINDS, CodingUnit

from .conftest import SPEC, make_lessons, make_units

UNITS = [*make_units(80, seed=2), CodingUnit("empty", ""), CodingUnit("number", "第三条")]


def test_scores_are_those_of_scikit_learn(rules):
    """The matrix of training times the coefficients of scikit-learn, up to the rounding of weights."""
    from sklearn.linear_model import LogisticRegression

    lessons = make_lessons()
    model = fit_model(lessons, "all", rules, SPEC).model
    reading = read_units([lesson.unit for lesson in lessons], rules)
    design = _Design.of(reading, SPEC)
    labels = [lesson.code for lesson in lessons]
    regression = LogisticRegression(C=SPEC.strength, max_iter=2000, tol=1e-3).fit(design.matrix, labels)
    expected = regression.decision_function(design.matrix)
    found = model.score([lesson.unit for lesson in lessons], rules)[
        :, [model.codes.index(code) for code in regression.classes_]
    ]
    scales = np.concatenate([*(block[2] for block in design.blocks), np.ones(len(model.rules) + len(model.shapes))])
    largest_error = 0.006 * (1 + np.asarray((design.matrix / scales).sum(axis=1)).ravel())
    assert (np.abs(found - expected) <= largest_error[:, None]).all()
    assert np.abs(found - expected).mean() < 0.05
    assert expected.std() > 1


def test_scores_of_two_codes_are_those_of_scikit_learn(rules):
    from sklearn.linear_model import LogisticRegression

    lessons = [lesson for lesson in make_lessons() if lesson.code in {"law", "none"} and lesson.unit.text][:45]
    units = [lesson.unit for lesson in lessons]
    model = fit_model(lessons, "two", rules, SPEC).model
    matrix = _Design.of(read_units(units, rules), SPEC).matrix
    regression = LogisticRegression(C=SPEC.strength, max_iter=2000, tol=1e-3)
    expected = regression.fit(matrix, [lesson.code for lesson in lessons]).decision_function(matrix)
    scores = model.score(units, rules)
    found = scores[:, model.codes.index("none")] - scores[:, model.codes.index("law")]
    assert list(regression.classes_) == ["law", "none"]
    assert abs(regression.intercept_[0]) > 0.1
    assert np.abs(found - expected).mean() < 0.05


def test_probabilities_are_of_classes_in_order_and_add_to_one(coder):
    probabilities = coder.probabilities(UNITS)
    assert coder.model.classes == ("money", "law", "none")
    assert probabilities.shape == (len(UNITS), 3)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(UNITS)))
    assert coder.probabilities([]).shape == (0, 3)


def test_codings_say_the_likeliest(coder):
    codings, probabilities = coder.code(UNITS), coder.probabilities(UNITS)
    both = coder.code_with_probabilities(UNITS)
    assert both[0] == codings
    assert (both[1] == probabilities).all()
    scores = coder.model.calibrate(coder.model.score(UNITS, coder.rules))
    for unit, coding, of_classes, of_codes in zip(UNITS, codings, probabilities, scores, strict=True):
        assert (coding.clause_id, coding.clause_sha256) == (unit.clause_id, unit.sha256)
        assert (coding.coder_id, coding.codebook_version) == ("model:small@00000000", "tiny@7")
        assert coding.instrument == coder.model.classes[of_classes.argmax()]
        assert coding.confidence == pytest.approx(of_classes.max(), abs=5e-5)
        own = {split_code(code)[1]: p for code, p in zip(coder.model.codes, of_codes, strict=True)
               if split_code(code)[0] == coding.instrument}  # fmt: skip
        assert coding.subtype == max(own, key=own.__getitem__)
        assert coding.unsure is (coding.confidence < coder.model.abstain_below)
    assert {coding.instrument for coding in codings} == {"money", "law", "none"}
    assert len({coding.unsure for coding in codings}) == 2


def test_it_has_learnt(coder):
    lessons = make_lessons(200, seed=5)
    codings = coder.code([lesson.unit for lesson in lessons])
    right = [(one.instrument, one.subtype) == split_code(lesson.code)
             for one, lesson in zip(codings, lessons, strict=True)]  # fmt: skip
    assert np.mean(right) > 0.9


def test_secondary_is_the_next_instrument_if_it_is_likely_and_neither_is_none(coder):
    flat = TrainedCoder(replace(coder.model, calibration=Calibration(5.0, (0.0, 0.0, 0.0))), coder.rules, "v")
    noted = 0
    for coding, of_classes in zip(flat.code(UNITS), flat.probabilities(UNITS), strict=True):
        first, second = np.argsort(-of_classes, kind="stable")[:2]
        expected = of_classes[second] >= SECONDARY and 2 not in (first, second)
        assert (coding.secondary is not None) == expected
        if coding.secondary is not None:
            noted += 1
            assert split_code(coding.secondary)[0] == flat.model.classes[second]
            assert split_code(coding.secondary)[0] != coding.instrument
    assert 0 < noted < len(UNITS)


def test_the_coder_is_sure_from_the_threshold_on(coder):
    (coding,) = coder.code(UNITS[:1])
    for threshold, unsure in ((coding.confidence, False), (coding.confidence + 1e-4, True)):
        one = TrainedCoder(replace(coder.model, abstain_below=threshold), coder.rules, "v")
        assert one.code(UNITS[:1])[0].unsure is unsure


def test_codings_and_probabilities_come_together(coder):
    codings, probabilities = coder.code_with_probabilities(UNITS)
    assert codings == coder.code(UNITS)
    assert probabilities.tolist() == coder.probabilities(UNITS).tolist()


def test_a_batch_is_coded_like_each_clause_alone(coder):
    assert coder.code(UNITS) == [coding for unit in UNITS for coding in coder.code([unit])]
    alone = np.concatenate([coder.model.score([unit], coder.rules) for unit in UNITS])
    assert alone.tolist() == coder.model.score(UNITS, coder.rules).tolist()


@needs_loops
def test_compiled_loops_give_the_same_scores_and_reasons(coder):
    scores, codings = [], []
    for way in ("numpy", "loops"):
        with read_by(way):
            scores.append(coder.model.score(UNITS, coder.rules).tobytes())
            codings.append(coder.code(UNITS))
    assert scores[0] == scores[1]
    assert codings[0] == codings[1]
    assert any(coding.evidence for coding in codings[0])


@needs_loops
def test_compiled_loops_give_the_same_codings_of_the_sample_corpus(sample_run):
    full = find_coder("full")
    clauses = sample_run.clauses
    clauses = clauses[clauses["kind"].isin(CODED_KINDS)].sample(200, random_state=7)
    columns = (clauses[name] for name in ("clause_id", "text", "heading", "stem"))
    units = [CodingUnit(*one[:2], heading=one[2], stem=one[3]) for one in zip(*columns, strict=True)]
    probabilities, codings = [], []
    for way in ("numpy", "loops"):
        with read_by(way):
            codings_of_way, of_units = full.code_with_probabilities(units)
        probabilities.append(of_units.tobytes())
        codings.append(codings_of_way)
    assert probabilities[0] == probabilities[1]
    assert codings[0] == codings[1]
    assert len({(coding.instrument, coding.subtype) for coding in codings[0]}) > 5


@needs_loops
@given(st.lists(texts, max_size=12))
@settings(deadline=None)
def test_compiled_loops_give_the_same_scores_of_any_text(drawn):
    rules = read_rules()
    units = [CodingUnit(str(at), text, "", text[:9], text[-9:]) for at, text in enumerate(drawn)]
    found = []
    for way in ("numpy", "loops"):
        with read_by(way):
            scores = rules.score(units)
        matches = [(table.text, table.start, table.end, table.entry) for table in (scores.matches, scores.contexts)]
        columns = scores.in_text, scores.in_stem, scores.in_heading, *chain.from_iterable(matches)
        found.append([column.tobytes() for column in columns])
    assert found[0] == found[1]


def test_order_of_clauses_does_not_matter(coder):
    order = random.Random(3).sample(range(len(UNITS)), len(UNITS))
    codings = coder.code(UNITS)
    assert coder.code([UNITS[at] for at in order]) == [codings[at] for at in order]


def test_many_clauses_are_coded_in_batches(coder, monkeypatch):
    codings, probabilities = coder.code(UNITS), coder.probabilities(UNITS)
    monkeypatch.setattr(model_module, "_BATCH", 17)
    assert coder.code(UNITS) == codings
    assert coder.probabilities(UNITS) == pytest.approx(probabilities)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds(
    CodingUnit, st.just("x"), *[st.text("企业补助不得第条一. \n０５a𠀀，：", max_size=25)] * 4
), max_size=4))  # fmt: skip
def test_any_clause_gets_a_code(coder, units):
    codings = coder.code(units)
    assert [coding.clause_id for coding in codings] == ["x"] * len(units)
    assert all(0 < coding.confidence <= 1 for coding in codings)


def test_a_model_without_ngrams_goes_by_the_lexicon_alone(coder):
    bare = replace(coder.model, ngrams={})
    expected = coder.model.score(UNITS, coder.rules)
    for place, table in coder.model.ngrams.items():
        only = replace(bare, ngrams={place: table}).score(UNITS, coder.rules)
        expected = expected - (only - bare.score(UNITS, coder.rules))
    assert bare.score(UNITS, coder.rules) == pytest.approx(expected, abs=1e-4)


def test_the_weight_of_one_ngram_moves_the_scores_of_the_clauses_that_have_it(coder):
    table = NgramWeights(NgramVocabulary(("企业",)), np.array([[0, 4, 0, 0]], dtype=np.float32))
    bare = replace(coder.model, ngrams={})
    moved = replace(bare, ngrams={"text": table}).score(UNITS, coder.rules) - bare.score(UNITS, coder.rules)
    assert moved[:, [0, 2, 3]].tolist() == np.zeros((len(UNITS), 3)).tolist()
    assert ((moved[:, 1] > 0) == ["企业" in unit.text for unit in UNITS]).all()


def test_it_knows_what_it_learnt_from(coder):
    assert all(coder.knows(lesson.unit.sha256) for lesson in make_lessons())
    assert not coder.knows(CodingUnit("x", "a text of its own").sha256)


def test_it_travels_to_other_processes(coder):
    copied = pickle.loads(pickle.dumps(coder))
    assert copied.code(UNITS[:9]) == coder.code(UNITS[:9])


def test_it_is_a_coder(coder):
    def ask(one) -> tuple[str, str, list]:
        return one.coder_id, one.codebook.edition, one.code([])

    assert ask(coder) == ("model:small@00000000", "tiny@7", [])
