"""Precision, recall, F1, κ: scikit-learn as second witness; intervals as if drawn documents stood in the data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix, precision_recall_fscore_support

from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.accuracy.scores import measure_scores
from textq.coding.resample import draw_samples, find_quantiles
from textq.errors import ConfigError

CODES = ("x", "y", "z")


def make_judged(n: int = 60, seed: int = 1, *, accuracy: float = 0.7, documents: int = 12) -> Judged:
    generator = np.random.default_rng(seed)
    gold = generator.integers(0, 3, n)
    coded = np.where(generator.random(n) < accuracy, gold, generator.integers(0, 3, n))
    return judge_codes(
        [CODES[at] for at in gold], [CODES[at] for at in coded], CODES,
        gold_subtypes=["s" if at else None for at in gold], coded_subtypes=["s" if at % 5 else "t" for at in range(n)],
        documents=generator.integers(0, documents, n).tolist(), weights=generator.uniform(0.5, 2, n).tolist(),
    )  # fmt: skip


def repeat(judged: Judged, times: Any) -> Judged:
    at = np.repeat(np.arange(len(judged.gold)), times)
    return Judged(
        judged.categories, judged.gold[at], judged.coded[at], np.arange(len(at)), False, judged.weights[at],
        judged.probabilities[at], judged.subtypes[at], judged.unsure[at],
    )  # fmt: skip


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0.1, 5)), min_size=2, max_size=30))
def test_scikit_learn_agrees(rows: list[tuple[int, int, float]]) -> None:
    gold, coded, weights = map(np.array, zip(*rows, strict=True))
    found = measure_scores(
        judge_codes([CODES[at] for at in gold], [CODES[at] for at in coded], CODES, weights=weights.tolist())
    )
    options = {"sample_weight": weights, "labels": [0, 1, 2]}
    precision, recall, f1, _ = precision_recall_fscore_support(gold, coded, zero_division=np.nan, **options)
    assert found.accuracy.value == pytest.approx(accuracy_score(gold, coded, sample_weight=weights))
    assert found.macro_f1.value == pytest.approx(np.nanmean(f1))
    assert found.confusion == pytest.approx(confusion_matrix(gold, coded, **options))
    for at, one in enumerate(found.classes):
        for ours, theirs in ((one.precision, precision[at]), (one.recall, recall[at]), (one.f1, f1[at])):
            assert ours.value == (None if np.isnan(theirs) else pytest.approx(theirs))
    if len({*gold.tolist(), *coded.tolist()}) > 1:
        assert found.kappa.value == pytest.approx(cohen_kappa_score(gold, coded, **options))


def test_counts_are_of_clauses() -> None:
    found = measure_scores(judge_codes(["x", "x", "y"], ["x", "y", "y"], CODES, weights=[1, 2, 3]))
    assert [(one.n_gold, one.n_coded) for one in found.classes] == [(2, 1), (1, 2), (0, 0)]
    assert (found.n_clauses, found.n_documents) == (3, None)


def test_code_that_never_occurs_is_left_out_of_the_mean() -> None:
    found = measure_scores(judge_codes(["x", "y"], ["x", "y"], CODES))
    assert found.macro_f1.value == 1
    assert (found.classes[2].precision.value, found.classes[2].f1.value) == (None, None)


def test_code_that_is_never_found_counts_zero() -> None:
    found = measure_scores(judge_codes(["x", "y"], ["x", "x"], CODES))
    assert found.classes[1].f1.value == 0
    assert found.macro_f1.value == pytest.approx((2 / 3 + 0) / 2)


def test_subtype_is_right_only_with_its_code() -> None:
    found = measure_scores(
        judge_codes(
            ["x", "x", "y", "z"], ["x", "y", "y", "z"], CODES,
            gold_subtypes=["s", "s", "s", None], coded_subtypes=["s", "s", "t", None],
        )
    )  # fmt: skip
    assert (found.subtype_accuracy.value, found.n_subtypes) == (pytest.approx(1 / 3), 3)


def test_no_subtypes_no_accuracy_of_them() -> None:
    found = measure_scores(
        judge_codes(["x", "y"], ["x", "y"], CODES), draw_samples(np.arange(2), np.random.default_rng(1))
    )
    assert (found.subtype_accuracy.value, found.subtype_accuracy.interval) == (None, None)


def test_one_code_only_has_no_kappa() -> None:
    assert measure_scores(judge_codes(["x", "x"], ["x", "x"], CODES)).kappa.value is None


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "kappa", "subtype_accuracy"])
def test_draws_are_documents_with_all_their_clauses(name: str) -> None:
    judged = make_judged()
    samples = draw_samples(judged.groups, np.random.default_rng(2), 60)
    drawn = [repeat(judged, samples.weigh_clauses(at).astype(int)) for at in range(60)]
    low, high = np.quantile(
        [getattr(measure_scores(one), name).value for one in drawn], find_quantiles(samples.n_groups)
    )
    interval = getattr(measure_scores(judged, samples), name).interval
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_weights_undo_an_enriched_draw() -> None:
    """Twice as many clauses of x were drawn: with weight 1/2 they count as in the corpus."""
    plain = measure_scores(judge_codes(["x", "x", "y", "y"], ["x", "y", "y", "y"], CODES))
    enriched = measure_scores(
        judge_codes(["x"] * 4 + ["y"] * 2, ["x", "x", "y", "y", "y", "y"], CODES, weights=[0.5] * 4 + [1] * 2)
    )
    assert enriched.accuracy.value == plain.accuracy.value
    assert enriched.classes[1].precision.value == plain.classes[1].precision.value


def test_take_keeps_documents_together() -> None:
    judged = judge_codes(list("xxyy"), list("xyxy"), CODES, documents=["a", "b", "a", "c"])
    kept = judged.take(np.array([False, True, True, True]))
    assert (kept.gold.tolist(), kept.groups.tolist(), kept.n_groups) == ([0, 1, 1], [1, 0, 2], 3)
    with pytest.raises(ConfigError, match="no clause is left"):
        judged.take(np.zeros(4, dtype=bool))


@pytest.mark.parametrize(
    ("gold", "coded", "more", "message"),
    [
        ([], [], {}, "of the same clauses"),
        (["x"], ["x", "y"], {}, "Got 1, 2 values"),
        (["x"], ["x"], {"documents": ["a", "b"]}, "Got 1, 1, 2 values"),
        (["x"], ["w"], {}, "codes outside the codebook: w. Use x, y, z"),
        (["x"], ["x"], {"weights": [0]}, "above zero"),
        (["x"], ["x"], {"weights": [float("nan")]}, "above zero"),
        (["x"], ["x"], {"probabilities": [1.2]}, "must lie in"),
    ],
)
def test_unsuitable_values_are_refused(gold: list[str], coded: list[str], more: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        judge_codes(gold, coded, CODES, **more)


@pytest.mark.parametrize("unit", [1e-13, 1e-9, 1e300])
def test_the_unit_of_weights_does_not_matter(unit: float) -> None:
    gold, coded, weights = ["x", "y", "x", "z"], ["x", "y", "y", "z"], np.array([1.0, 2, 1, 3])
    plain, scaled = (measure_scores(judge_codes(gold, coded, CODES, weights=weights * by)) for by in (1, unit))
    assert scaled.kappa.value == pytest.approx(plain.kappa.value)
    assert scaled.macro_f1.value == pytest.approx(plain.macro_f1.value)
    assert scaled.confusion == pytest.approx(plain.confusion * unit)
