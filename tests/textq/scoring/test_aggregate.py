"""The score table against a plain loop over random corpora, and what it refuses."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from textq.errors import ConfigError
from textq.scoring.aggregate import ScoreSpec, aggregate_scores
from textq.scoring.coverage import resolve_coverage

SPEC = ScoreSpec("book@1", ("a", "b"), (("a", "x"), ("a", "y")), depreciation=0.2)


def draw_corpus(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw documents for one or two units, with clauses, ends and ranks."""
    draw = np.random.default_rng(seed)
    documents, clauses = [], []
    for number in range(draw.integers(1, 12)):
        units = draw.choice(["u1", "u2", "u3"], size=draw.integers(1, 3), replace=False)
        period, end = int(draw.integers(2010, 2016)), draw.choice([0, 2012, 2014])
        shared = {"doc_id": f"d{number}", "period": period, "shared": len(units), "power": int(draw.integers(1, 6))}
        documents += [{**shared, "unit": unit, "last_period": int(end) or pd.NA} for unit in units]
        for _ in range(draw.integers(0, 6)):
            instrument = str(draw.choice(["a", "b", "none"]))
            subtype = str(draw.choice(["x", "y"])) if instrument == "a" else None
            clauses.append((f"d{number}", instrument, subtype, int(draw.integers(5, 90)), bool(draw.integers(0, 2))))
    documents_table = pd.DataFrame(documents).astype({"period": "Int64", "last_period": "Int64", "power": "Int64"})
    columns = ["doc_id", "instrument", "subtype", "n_characters", "is_new"]
    coverage = resolve_coverage(documents_table, None, last_period=2015)
    return documents_table, pd.DataFrame(clauses, columns=columns), coverage


def score_by_loop(documents: list[Any], clauses: list[Any], unit: str, period: int, code: str) -> list[float]:
    """The same cell, clause by clause."""
    count = stock = power_sum = power_stock = count_new = n_clauses = n_characters = 0.0
    for document in (one for one in documents if one.unit == unit):
        for clause in (one for one in clauses if one.doc_id == document.doc_id):
            if document.period == period:
                n_clauses += 1
                n_characters += clause.n_characters
            if clause.instrument != code:
                continue
            if document.period == period:
                count += 1
                power_sum += document.power
                count_new += clause.is_new
            in_force = document.last_period is pd.NA or pd.isna(document.last_period) or document.last_period >= period
            if document.period <= period and in_force:
                stock += 0.8 ** (period - document.period)
                power_stock += document.power * 0.8 ** (period - document.period)
    share = count / n_clauses if n_clauses else 0.0
    per_10k = 10_000 * count / n_characters if n_characters else 0.0
    return [n_clauses, n_characters, count, share, per_10k, math.log1p(count), stock, power_sum, power_stock, count_new]


@pytest.mark.parametrize("seed", range(25))
def test_every_cell_equals_the_plain_loop(seed: int) -> None:
    documents, clauses, coverage = draw_corpus(seed)
    scores = aggregate_scores(documents, clauses, coverage, SPEC).scores

    columns = ["n_clauses", "n_characters", "count", "share", "per_10k", "log_count", "stock", "power_sum"]
    rows = list(documents.itertuples()), list(clauses.itertuples())
    for row in scores.itertuples():
        cell = [getattr(row, name) for name in (*columns, "power_stock", "count_new")]
        assert cell == pytest.approx(score_by_loop(*rows, row.unit, row.period, row.instrument))


def test_a_document_without_rank_leaves_power_sums_missing_and_counts_whole() -> None:
    documents, clauses, coverage = draw_corpus(3)
    documents["power"] = pd.array([pd.NA] * len(documents), dtype="Int64")
    scores = aggregate_scores(documents, clauses, coverage, SPEC).scores

    assert scores.loc[scores["count"] > 0, "power_sum"].isna().all()
    assert (scores.loc[scores["count"] == 0, "power_sum"] == 0).all()
    assert scores["count"].notna().all()


@pytest.mark.parametrize("depreciation", [-0.1, 1.0, 2.0])
def test_a_depreciation_outside_its_range_is_refused(depreciation: float) -> None:
    with pytest.raises(ConfigError, match=r"'depreciation' parameter must lie in \[0, 1\)"):
        ScoreSpec("book@1", ("a",), depreciation=depreciation)


def test_no_document_gives_an_empty_table_with_its_columns() -> None:
    documents, clauses, coverage = draw_corpus(1)
    scores = aggregate_scores(documents.head(0), clauses.head(0), coverage.head(0), SPEC).scores

    assert len(scores) == 0
    assert "per_10k" in scores.columns
