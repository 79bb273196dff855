from itertools import pairwise

import numpy as np
import pytest

from tests.benchmarks.audit.made_population import make_audit, make_population
from textq.errors import ReviewError
from textq.review.class_shares import estimate_shares
from textq.review.sample import draw_sample, plan_sample
from textq.review.sample_size import find_size, foresee, tabulate_sizes
from textq.review.strata import DEFAULT_STRATA, SampleFrame, Unit


@pytest.fixture(scope="module")
def frame() -> SampleFrame:
    return make_population(6, n_documents=300)[0]


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_larger_samples_know_more(frame: SampleFrame, unit: Unit) -> None:
    rows = tabulate_sizes(frame, DEFAULT_STRATA, unit)
    assert [row.size for row in rows] == sorted(row.size for row in rows)
    assert all(np.all(after.shares < before.shares) for before, after in pairwise(rows[1:]))
    assert rows[-1].accuracy < rows[0].accuracy


def test_all_clauses_leave_no_doubt(frame: SampleFrame) -> None:
    whole = tabulate_sizes(frame, DEFAULT_STRATA, "document", [len(frame) + 5])[0]
    assert whole.size == len(frame)
    assert whole.widest == 0


def test_whole_documents_cost_more_clauses_than_clauses_one_by_one(frame: SampleFrame) -> None:
    documents = foresee(frame, plan_sample(frame, DEFAULT_STRATA, 800, "document"), 800)
    clauses = foresee(frame, plan_sample(frame, DEFAULT_STRATA, 800, "clause"), 800)
    assert documents.design_effect > 1 > clauses.design_effect
    assert documents.widest > clauses.widest


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_the_size_found_is_enough_and_little_less_is_not(frame: SampleFrame, unit: Unit) -> None:
    size = find_size(frame, DEFAULT_STRATA, unit, 0.05)
    assert foresee(frame, plan_sample(frame, DEFAULT_STRATA, size, unit), size).widest <= 0.05
    less = int(0.8 * size)
    assert foresee(frame, plan_sample(frame, DEFAULT_STRATA, less, unit), less).widest > 0.05


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_what_was_foreseen_comes_about(unit: Unit) -> None:
    frame, true = make_population(7, n_documents=300)
    plan = plan_sample(frame, DEFAULT_STRATA, 900, unit)
    foreseen = foresee(frame, plan, 900)
    rng = np.random.default_rng(2)
    audits = [make_audit(frame, true, [(plan, draw_sample(frame, plan, rng)[0])]) for _ in range(40)]
    widths = np.mean([[(one.high - one.low) / 2 for one in estimate_shares(audit)] for audit in audits], axis=0)
    assert foreseen.shares == pytest.approx(widths, rel=0.45)


@pytest.mark.parametrize("width", [0, 0.5, -1, float("nan")])
def test_impossible_widths_are_refused(frame: SampleFrame, width: float) -> None:
    with pytest.raises(ReviewError, match="a share between 0 and"):
        find_size(frame, DEFAULT_STRATA, "document", width)
