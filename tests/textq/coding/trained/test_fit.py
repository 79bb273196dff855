from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.coding.rules import RulesCoder
from textq.coding.trained import fit as fit_module
from textq.coding.trained.fit import Lesson, TrainingSpec, _cut_folds, fit_model
from textq.coding.trained.model import TrainedCoder
from textq.coding.trained.model_file import save_model
from textq.errors import TrainingError
from textq.lexicon.codebook import Codebook, Instrument, split_code
from textq.lexicon.entry import Entry, Lexicon
from textq.records import CodingUnit

from .conftest import LABEL, SPEC, make_lessons


def fit(lessons, rules, **changes):
    return fit_model(lessons, "m", rules, replace(SPEC, **changes))


def make_coarse(lessons):
    return [replace(lesson, code=split_code(lesson.code)[0]) for lesson in lessons]


def test_twice_the_same_bytes(rules, tmp_path):
    for folder in (tmp_path / "a", tmp_path / "b"):
        save_model(fit(make_lessons(60), rules).model, folder, rules, {})
    for name in ("model.json", "weights.tsv", "clauses.txt"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_each_document_is_left_out_as_a_whole(monkeypatch, rules):
    """Cross-fitted scores are those of a model that was fitted without the document."""
    lessons = make_lessons(60)
    folds = _cut_folds(lessons, 3)
    for inside, outside in folds:
        assert {lessons[at].document for at in inside}.isdisjoint(lessons[at].document for at in outside)
    assert sorted(at for _, outside in folds for at in outside) == list(range(60))

    fitted = []
    real_fit = fit_module._fit

    def watch(matrix, table, spec):
        fitted.append(matrix.shape[0])
        return real_fit(matrix, table, spec)

    monkeypatch.setattr(fit_module, "_fit", watch)
    fit(lessons, rules)
    assert fitted == [*(len(inside) for inside, _ in folds), 60]


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=60), st.integers(2, 6))
def test_folds_are_of_whole_documents_and_about_equal(documents, n_folds):
    lessons = [Lesson(CodingUnit(str(at), ""), "law", f"d{one}") for at, one in enumerate(documents)]
    if len(set(documents)) < n_folds:
        return
    folds = _cut_folds(lessons, n_folds)
    fold_of = {}
    for fold, (inside, outside) in enumerate(folds):
        assert sorted([*inside, *outside]) == list(range(len(lessons)))
        assert len(outside) > 0
        for at in outside:
            assert fold_of.setdefault(documents[at], fold) == fold
    sizes = [len(outside) for _, outside in folds]
    assert max(sizes) - min(sizes) <= max(Counter(documents).values())


def test_folds_do_not_depend_on_the_order_of_clauses():
    lessons = make_lessons(60)

    def group(some):
        return {frozenset(some[at].unit.clause_id for at in outside) for _, outside in _cut_folds(some, 4)}

    assert group(lessons) == group(lessons[::-1])


def test_probabilities_are_of_unseen_documents(rules):
    """A clause whose text tells nothing but its document is not recognised by it."""
    lessons = [
        Lesson(CodingUnit(f"{document}{at}", letter * 3 + "。" * at), ("law", "none")[document % 2], letter)
        for document, letter in enumerate("甲乙丙丁戊己庚辛壬癸子丑")
        for at in range(4)
    ]
    training = fit(lessons, rules)
    assert training.probabilities.sum(axis=1) == pytest.approx(np.ones(48))
    seen = TrainedCoder(training.model, rules, "v").code([lesson.unit for lesson in lessons])
    assert np.mean([one.instrument == lesson.code for one, lesson in zip(seen, lessons, strict=True)]) == 1
    classes = np.array(["money", "law", "none"])[training.probabilities.argmax(axis=1)]
    assert np.mean(classes == [lesson.code for lesson in lessons]) < 0.8


def test_gold_without_subtypes_gives_a_model_without(rules):
    training = fit(make_coarse(make_lessons()), rules)
    assert training.model.codes == ("money", "law", "none")
    coding = TrainedCoder(training.model, rules, "v").code([CodingUnit("x", "给予补助。")])[0]
    assert (coding.instrument, coding.subtype) == ("money", None)


def test_mixed_subtypes_are_refused(rules):
    lessons = make_lessons(60)
    lessons[0] = replace(lessons[0], code="money")
    with pytest.raises(TrainingError, match=r"The codes money are not among money/aid, .*or for no clause at all"):
        fit(lessons, rules)


@pytest.mark.parametrize("code", ["monye/aid", "money/", "", "law/x"])
def test_codes_of_another_codebook_are_refused(rules, code):
    with pytest.raises(TrainingError, match="are not among money/aid, money/prize, law, none"):
        fit([*make_lessons(60), Lesson(CodingUnit("x", "t"), code, "d0")], rules)


def test_too_few_documents_are_refused(rules):
    with pytest.raises(TrainingError, match="2 documents are too few for 3 folds"):
        fit(make_lessons(40, n_documents=2), rules)
    with pytest.raises(TrainingError, match="0 documents are too few"):
        fit([], rules)


def test_one_class_alone_is_refused(rules):
    lessons = [lesson for lesson in make_lessons() if lesson.code.startswith("money")]
    with pytest.raises(TrainingError, match="All clauses have one class"):
        fit(lessons, rules)


def test_a_class_that_one_document_has_alone_is_refused(rules):
    lessons = [replace(one, document="d0" if one.code == "none" else one.document)
               for one in make_lessons() if one.code in {"law", "none"}]  # fmt: skip
    lessons = [one for one in lessons if (one.code == "none") == (one.document == "d0")]
    with pytest.raises(TrainingError, match="all clauses have the code law, so that nothing can be learnt"):
        fit(lessons, rules)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_weights_that_are_none_are_refused(rules, weight):
    lessons = make_lessons(60)
    lessons[3] = replace(lessons[3], weight=weight)
    with pytest.raises(TrainingError, match="weight that is no number above 0"):
        fit(lessons, rules)


def test_weights_that_are_not_found_are_refused(rules, monkeypatch):
    monkeypatch.setattr(fit_module, "_MAX_STEPS", 1)
    with pytest.raises(TrainingError, match=r"No weights were found in 1 steps with a strength of 1\.5"):
        fit(make_lessons(60), rules)


def test_a_code_without_a_clause_is_never_given(rules):
    lessons = [lesson for lesson in make_lessons() if lesson.code not in {"money/prize", "law"}]
    training = fit(lessons, rules, shares={"money": 0.4, "law": 0.3, "none": 0.3})
    probabilities = training.model.calibrate(training.model.score([one.unit for one in make_lessons(80, 9)], rules))
    assert training.model.codes == ("money/aid", "money/prize", "law", "none")
    assert probabilities[:, 1:3].max() < 1e-12


def test_two_codes_only(rules):
    lessons = [lesson for lesson in make_lessons() if lesson.code in {"law", "none"}]
    coder = TrainedCoder(fit(lessons, rules).model, rules, "v")
    codings = coder.code([CodingUnit("a", "企业不得擅自改变。"), CodingUnit("b", "自2020年起施行。")])
    assert [coding.instrument for coding in codings] == ["law", "none"]


def test_a_codebook_of_one_instrument():
    codebook = Codebook("one", "1", "en", (Instrument("law", LABEL, "d"),), (), (), Instrument("none", LABEL, "d"))
    rules = RulesCoder(Lexicon("one", "1", (Entry("ban", "law", "anywhere", 1.0),)), codebook)
    lessons = [lesson for lesson in make_lessons() if lesson.code in {"law", "none"}]
    coder = TrainedCoder(fit(lessons, rules).model, rules, "v")
    assert coder.model.codes == ("law", "none")
    assert coder.code([CodingUnit("a", "企业不得擅自改变。")])[0].instrument == "law"


def test_clauses_that_count_more_win(rules):
    """The same text with two codes gets that of the heavier ones."""
    base = [lesson for lesson in make_lessons() if lesson.code in {"law", "none"}]
    disputed = [Lesson(CodingUnit(f"x{at}", "disputed words"), ("law", "none")[at % 2], f"e{at}") for at in range(20)]
    unit = disputed[0].unit
    for heavy in ("law", "none"):
        weighted = [replace(one, weight=5.0 if one.code == heavy else 0.2) for one in disputed]
        doubted = [replace(one, is_sure=one.code == heavy) for one in disputed]
        for lessons in ([*base, *weighted], [*base, *doubted]):
            model = fit(lessons, rules, unsure_weight=0.01).model
            assert TrainedCoder(model, rules, "v").code([unit])[0].instrument == heavy


def test_only_clauses_drawn_at_random_calibrate(rules):
    lessons = make_lessons()
    wrong = [replace(one, code="law" if one.code == "none" else one.code, is_random=False) for one in lessons[:40]]
    all_random = fit(lessons, rules)
    none_random = fit([replace(one, is_random=False) for one in lessons], rules)
    mixed = fit([*wrong, *lessons[40:]], rules)
    assert none_random.model.calibration == all_random.model.calibration
    drawn = fit([*(replace(one, is_random=True) for one in wrong), *lessons[40:]], rules)
    assert mixed.model.calibration != drawn.model.calibration
    assert mixed.model.bias.tolist() == drawn.model.bias.tolist()


def test_shares_shift_the_classes(rules):
    plain = fit(make_lessons(), rules)
    shares = {"money": 0.05, "law": 0.9, "none": 0.05}
    shifted = fit(make_lessons(), rules, shares=shares)
    assert shifted.model.bias.tolist() == plain.model.bias.tolist()
    assert shifted.model.calibration.temperature == plain.model.calibration.temperature
    shift = np.subtract(shifted.model.calibration.bias, plain.model.calibration.bias)
    assert shift == pytest.approx(np.log([0.05 / 0.5, 0.9 / 0.25, 0.05 / 0.25]), abs=2e-4)
    assert shifted.probabilities.mean(axis=0)[1] > plain.probabilities.mean(axis=0)[1]


@pytest.mark.parametrize("shares", [{}, {"money": 0.5}, {"money": 0.3, "law": 0.3, "none": 0.2, "other": 0.2}])
def test_shares_of_other_classes_are_refused(rules, shares):
    with pytest.raises(TrainingError, match="Shares are needed for each of money, law, none"):
        fit(make_lessons(60), rules, shares=shares)


@pytest.mark.parametrize(
    "changes",
    [
        {"strength": 0.0}, {"strength": float("nan")}, {"fewest": 0}, {"folds": 1}, {"unsure_weight": 0.0},
        {"unsure_weight": 1.1}, {"abstain_share": 1.0}, {"abstain_share": -0.1}, {"smallest": -1.0},
        {"shares": {"a": 0.0}}, {"shares": {"a": 1.0}}, {"shares": {"a": float("nan")}},
    ],
)  # fmt: skip
def test_settings_out_of_their_range_are_refused(changes):
    with pytest.raises(TrainingError, match=f"The {next(iter(changes))!r} parameter of TrainingSpec is out of"):
        TrainingSpec(**changes)


def test_rare_and_light_ngrams_are_left_out(rules):
    lessons = [*make_lessons(60), Lesson(CodingUnit("x", "unseenword"), "law", "d0")]
    model = fit(lessons, rules, smallest=0.1).model
    ngrams = {place: set(table.vocabulary.ngrams) for place, table in model.ngrams.items()}
    assert any("罚" in ngram for ngram in ngrams["text"])
    assert not any("uns" in ngram for ngram in ngrams["text"])
    assert all(len(ngram) <= 3 for ngram in ngrams["text"])
    for table in model.ngrams.values():
        assert (np.abs(table.weights).max(axis=1) >= 0.1 - 1e-6).all()
    everything = fit(lessons, rules).model.ngrams["text"].vocabulary.ngrams
    assert ngrams["text"] < set(everything)


def test_weights_are_whole_hundredths(training):
    model = training.model
    for weights in (model.rules, model.shapes, model.bias, *(table.weights for table in model.ngrams.values())):
        assert weights.dtype == np.float32
        assert weights * 100 == pytest.approx(np.round(weights * 100), abs=1e-3)


def test_the_coder_is_unsure_of_the_share_asked_for(rules):
    training = fit(make_lessons(), rules, abstain_share=0.25)
    share = (training.probabilities.max(axis=1) < training.model.abstain_below).mean()
    assert share == pytest.approx(0.25, abs=0.02)
    assert fit(make_lessons(60), rules, abstain_share=0.0).model.abstain_below == 0


def test_it_remembers_the_texts_it_learnt_from(training):
    assert training.model.trained_on == {lesson.unit.sha256[:16] for lesson in make_lessons()}
