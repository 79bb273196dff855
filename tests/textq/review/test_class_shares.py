from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from textq.errors import ReviewError
from textq.review.class_shares import Audit, estimate_shares, measure_accuracy, weigh_clauses

TRUE = np.array([0, 0, 1, 0, 1, 1, 1, 0])
PREDICTED = np.array([0, 1, 1, 0, 1, 0, 1, 0])


def make_audit(
    clauses: NDArray[np.intp], strata: NDArray[np.intp], n_frame: list[int], pi: NDArray[np.float64], **others: object
) -> Audit:
    whole = {
        "classes": ("a", "b"), "true": TRUE[clauses], "predicted": PREDICTED[clauses], "pi": pi, "strata": strata,
        "units": clauses, "n_frame": np.array(n_frame), "rounds": np.zeros(len(n_frame), dtype=int),
        "totals": np.bincount(PREDICTED, minlength=2).astype(float),
    }  # fmt: skip
    return Audit(**(whole | others))  # type: ignore[arg-type]


def list_stratified() -> list[Audit]:
    """All samples of 2 of the first 3 clauses and 3 of the last 5."""
    audits = []
    for first in combinations(range(3), 2):
        for second in combinations(range(3, 8), 3):
            clauses = np.array([*first, *second])
            strata = np.array([0, 0, 1, 1, 1])
            audits.append(make_audit(clauses, strata, [3, 5], np.array([2 / 3, 3 / 5])[strata]))
    return audits


def list_two_rounds() -> list[Audit]:
    """All samples of 2 of 8 clauses, and then 3 of the 6 left."""
    audits = []
    for first in combinations(range(8), 2):
        left = [clause for clause in range(8) if clause not in first]
        for second in combinations(left, 3):
            strata = np.array([0, 0, 1, 1, 1])
            pi = np.array([2 / 8, 3 / 6])[strata]
            audits.append(make_audit(np.array([*first, *second]), strata, [8, 6], pi, rounds=np.array([0, 1])))
    return audits


@pytest.mark.parametrize("audits", [list_stratified(), list_two_rounds()], ids=["strata", "rounds"])
@pytest.mark.parametrize("method", ["hajek", "difference"])
def test_over_all_samples_estimates_are_right_and_variances_are_theirs(audits: list[Audit], method: str) -> None:
    found = [estimate_shares(audit, method)[0] for audit in audits]  # type: ignore[arg-type]
    values = np.array([one.value for one in found])
    assert values.mean() == pytest.approx((TRUE == 0).mean())
    assert np.mean([one.se**2 for one in found]) == pytest.approx(values.var())


def test_documents_are_compared_not_their_clauses() -> None:
    true, documents = np.array([0, 1, 0, 0, 1, 1, 0, 1]), np.repeat(np.arange(4), 2)
    values, squares = [], []
    for drawn in combinations(range(4), 2):
        clauses = np.flatnonzero(np.isin(documents, drawn))
        audit = make_audit(
            clauses, np.zeros(4, dtype=int), [4], np.full(4, 0.5), true=true[clauses], units=documents[clauses]
        )
        (first, _) = estimate_shares(audit)
        values.append(first.value)
        squares.append(first.se**2)
    assert np.mean(values) == pytest.approx(0.5)
    assert np.mean(squares) == pytest.approx(np.var(values))


def test_an_audit_of_everything_is_the_truth_without_error() -> None:
    audit = make_audit(np.arange(8), np.zeros(8, dtype=int), [8], np.ones(8))
    found = measure_accuracy(audit)
    assert [one.value for one in found.shares] == [0.5, 0.5]
    assert [one.value for one in found.corrected] == pytest.approx([0.5, 0.5])
    assert [one.se for one in found.shares] == [0, 0]
    assert found.accuracy.value == 0.75
    assert found.counts.tolist() == [[3, 1], [1, 3]]
    assert found.confusion.tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert found.weighted.sum() == pytest.approx(1)
    assert [one.value for one in found.precision] == [0.75, 0.75]
    assert [one.value for one in found.recall] == [0.75, 0.75]
    assert found.machine == (0.5, 0.5)
    assert all(one.low == one.value == one.high for one in (*found.shares, *found.recall, found.accuracy))


def test_weights_undo_unequal_probabilities() -> None:
    strata = np.array([0, 0, 0, 0, 1, 1])
    pi = np.array([1.0, 1, 1, 1, 0.1, 0.1])
    audit = make_audit(
        np.arange(6), strata, [4, 20], pi, true=np.array([0, 0, 0, 0, 1, 1]), predicted=np.array([0, 0, 0, 1, 1, 0])
    )
    found = measure_accuracy(audit)
    assert [one.value for one in found.shares] == pytest.approx([4 / 24, 20 / 24])
    assert found.accuracy.value == pytest.approx(13 / 24)
    assert found.confusion[:, 1] == pytest.approx([0.5, 0.5])
    assert found.recall[0].value == pytest.approx(0.75)
    assert found.precision[1].value == pytest.approx(10 / 11)


def test_clauses_without_a_code_are_made_up_for_in_their_stratum() -> None:
    strata = np.array([0, 0, 0, 1, 1])
    audit = make_audit(np.arange(5), strata, [30, 20], np.array([0.1, 0.1, 0.1, 0.1, 0.1]))
    undone = replace(audit, true=np.array([0, 1, -1, 0, 1]))
    weights = weigh_clauses(undone)
    assert weights.tolist() == pytest.approx([15, 15, 10, 10])
    assert measure_accuracy(undone).n_done == 4
    assert measure_accuracy(undone).n_drawn == 5


def test_a_round_that_nobody_coded_changes_nothing() -> None:
    first = make_audit(np.arange(4), np.array([0, 0, 1, 1]), [40, 2], np.array([0.05, 0.05, 1, 1]))
    both = make_audit(
        np.arange(8), np.array([0, 0, 1, 1, 2, 2, 2, 2]), [40, 2, 38], np.array([0.05, 0.05, 1, 1, *[0.1] * 4]),
        rounds=np.array([0, 0, 1]), true=np.array([*TRUE[:4], -1, -1, -1, -1]),
    )  # fmt: skip
    assert [one.value for one in estimate_shares(both)] == pytest.approx([one.value for one in estimate_shares(first)])


def test_too_little_coded_is_said() -> None:
    audit = make_audit(np.arange(3), np.zeros(3, dtype=int), [8], np.full(3, 3 / 8), true=np.array([0, -1, -1]))
    with pytest.raises(ReviewError, match="only 1 of the audit's 3 clauses"):
        measure_accuracy(audit)


def test_shares_of_none_and_all_keep_room_for_doubt() -> None:
    audit = make_audit(
        np.arange(8), np.zeros(8, dtype=int), [800], np.full(8, 0.01), true=np.zeros(8, dtype=int),
        predicted=np.zeros(8, dtype=int), totals=np.array([800.0, 0.0]),
    )  # fmt: skip
    found = measure_accuracy(audit)
    assert (found.shares[0].value, found.shares[0].high) == (1, 1)
    # Clopper and Pearson: 0 of 8, upper end 1 − .025^(1/8)
    assert found.shares[1].high == pytest.approx(1 - 0.025 ** (1 / 8))
    assert found.shares[0].low == pytest.approx(0.025 ** (1 / 8))
    assert np.isnan(found.precision[1].value)
    assert np.isnan(found.confusion[:, 1]).all()


def test_intervals_lie_within_shares_and_around_their_estimate() -> None:
    for audit in list_stratified():
        for one in (*estimate_shares(audit), *measure_accuracy(audit).recall):
            if np.isfinite(one.value):
                assert 0 <= one.low <= one.value <= one.high <= 1
                assert one.high - one.low > 0.1
