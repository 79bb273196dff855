import numpy as np
import pytest

from textq.review.anchoring import Pull, compare_shares, measure_pull


def decide(rng: np.random.Generator, n: int, shown: float, hidden: float, n_documents: int = 60) -> Pull | None:
    seen = rng.random(n) < 0.8
    agreed = rng.random(n) < np.where(seen, shown, hidden)
    return measure_pull(agreed, seen, rng.integers(0, n_documents, n))


def test_newcombes_published_example() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873), table II, method 10: 56/70 − 48/80
    assert compare_shares(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert compare_shares(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert compare_shares(10, 10, 0, 10) == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_too_few_decisions_tell_nothing() -> None:
    agreed, documents = np.ones(200, dtype=bool), np.arange(200)
    assert measure_pull(agreed, np.arange(200) >= 29, documents) is None
    assert measure_pull(agreed, np.arange(200) < 59, documents) is None
    assert measure_pull(agreed, np.arange(200) < 160, documents) is not None


def test_the_pull_is_the_difference_of_the_shares() -> None:
    shown = np.arange(200) < 100
    agreed = np.where(shown, np.arange(200) % 10 < 9, np.arange(200) % 10 < 6)
    pull = measure_pull(agreed, shown, np.arange(200) // 4)
    assert pull is not None
    assert (pull.shown, pull.hidden, pull.value) == (0.9, 0.6, pytest.approx(0.3))
    assert pull.by == "document"
    assert pull.low < 0.3 < pull.high


def test_few_documents_are_no_basis_of_an_interval() -> None:
    pull = decide(np.random.default_rng(1), 300, 0.9, 0.7, n_documents=10)
    assert pull is not None
    assert pull.by == "clause"


def test_full_agreement_still_has_an_interval() -> None:
    pull = measure_pull(np.ones(200, dtype=bool), np.arange(200) < 150, np.arange(200))
    assert pull is not None
    assert pull.low < 0 < pull.high


def test_a_large_pull_is_seen_and_a_small_one_seldom() -> None:
    rng = np.random.default_rng(4)
    strong = [decide(rng, 600, 0.97, 0.75) for _ in range(50)]
    none = [decide(rng, 600, 0.85, 0.85) for _ in range(200)]
    assert sum(one is not None and one.is_too_large for one in strong) >= 47
    assert sum(one is not None and one.is_too_large for one in none) <= 2


def test_intervals_cover_the_true_pull_where_errors_come_by_document() -> None:
    rng = np.random.default_rng(6)
    covered = []
    for _ in range(400):
        documents = np.repeat(np.arange(50), 10)
        shown = rng.random(500) < 0.8
        level = rng.normal(0, 0.1, 50)[documents]
        agreed = rng.random(500) < np.clip(np.where(shown, 0.85, 0.75) + level, 0, 1)
        pull = measure_pull(agreed, shown, documents)
        assert pull is not None
        covered.append(pull.low <= 0.1 <= pull.high)
    assert 0.915 <= np.mean(covered) <= 0.985
