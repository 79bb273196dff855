"""Two runs → what differs between them: settings, clauses, codes, scores, coefficients."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from textq.errors import ConfigError
from textq.export.parquet import read_parquet
from textq.export.run_folder import LATEST, META, Kind, find_run, read_meta
from textq.pipeline.difference_clauses import ClauseChanges, compare_clauses
from textq.pipeline.difference_settings import compare_settings
from textq.run import Run
from textq.scoring.difference import compare_numbers
from textq.tables import SCORES

if TYPE_CHECKING:
    from collections.abc import Mapping

CELL = ("unit", "period", "instrument")
"""What names a score."""

FIT = ("equation", "vcov", "term")
"""What names a coefficient."""

FIGURES = ("estimate", "std_error", "nobs")
"""What is compared of a coefficient."""


@dataclass(frozen=True, slots=True, repr=False)
class ScoresDifference:
    """What differs between two runs of ``textq score``.

    Attributes
    ----------
    before, after
        The runs.
    settings
        name, before, after (:func:`textq.pipeline.difference_settings.compare_settings`).
    clauses
        The clauses that are new, gone or changed, or whose code moved.
    counts
        By instrument, how many clauses of the corpus have it: instrument, before, after.
    scores
        unit, period, instrument, measure, before, after, change: by measure, the largest changes first.
    coverage
        unit, period, before, after: the unit-periods whose coverage differs; missing where a run has no score.
    """

    before: Run
    after: Run
    settings: pd.DataFrame
    clauses: ClauseChanges
    counts: pd.DataFrame
    scores: pd.DataFrame
    coverage: pd.DataFrame


@dataclass(frozen=True, slots=True, repr=False)
class EstimateDifference:
    """What differs between two runs of ``textq estimate``.

    Attributes
    ----------
    before, after
        The folders of the runs.
    settings
        name, before, after.
    coefficients
        equation, vcov, term, figure (estimate, std_error, nobs), before, after, change.
    """

    before: Path
    after: Path
    settings: pd.DataFrame
    coefficients: pd.DataFrame


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """What differs between two runs, or between the newest runs of two studies; None where a kind was not compared."""

    scores: ScoresDifference | None
    estimates: EstimateDifference | None


def compare_runs(before: Path, after: Path) -> Difference:
    """Compare two runs.

    Parameters
    ----------
    before, after
        The folder of a run, or that of a study, whose newest run is meant: of the kind of the other one; where both are
        studies, the newest scores, and the newest estimates where both have some.

    Raises
    ------
    RunError
        If there is no run in a folder, or only one of another kind.
    ConfigError
        If the two are of different kinds, or of a kind that is not compared.
    """
    kind = _choose_kind(before, after)
    if kind == "scores":
        return Difference(_compare_scores(before, after), None)
    if kind == "estimate":
        return Difference(None, _compare_estimates(before, after))
    both_estimate = all((path / LATEST["estimate"]).is_file() for path in (before, after))
    return Difference(_compare_scores(before, after), _compare_estimates(before, after) if both_estimate else None)


def _choose_kind(before: Path, after: Path) -> Kind | None:
    """Return the kind of the runs that are given; None where both are studies."""
    kinds = {path: _read_kind(path) for path in (before, after) if (path / META).is_file()}
    if len(set(kinds.values())) > 1:
        raise ConfigError(
            f"{before} holds a run of the kind {kinds[before]!r}, {after} one of the kind {kinds[after]!r}. Give two "
            "runs of one kind."
        )
    for path, kind in kinds.items():
        if kind not in ("scores", "estimate"):
            raise ConfigError(f"{path} holds a run of the kind {kind!r}. Compared are runs of score and of estimate.")
    return next(iter(kinds.values()), None)


def _read_kind(path: Path) -> Kind:
    meta: Mapping[str, Any] = read_meta(path)
    kind: Kind = meta.get("kind", "scores")
    return kind


def _compare_scores(before: Path, after: Path) -> ScoresDifference:
    first, second = (Run(find_run(path)) for path in (before, after))
    return ScoresDifference(
        before=first,
        after=second,
        settings=compare_settings(first.meta, second.meta),
        clauses=compare_clauses(first, second),
        counts=_compare_counts(first, second),
        scores=compare_numbers(first.scores, second.scores, CELL, _list_measures(), called="measure"),
        coverage=_compare_coverage(first.scores, second.scores),
    )


def _list_measures() -> list[str]:
    """Return what is compared of a score: its measures, then the sizes that they rest on."""
    numbers = [name for name, kind in SCORES.columns.items() if kind == "Float64"]
    return sorted(numbers, key=lambda name: name.startswith("n_"))


def _compare_counts(before: Run, after: Run) -> pd.DataFrame:
    first, second = before.meta["classes"], after.meta["classes"]
    rows = [(name, int(first.get(name, 0)), int(second.get(name, 0))) for name in dict.fromkeys([*first, *second])]
    return pd.DataFrame(rows, columns=["instrument", "before", "after"])


def _compare_coverage(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    key = ["unit", "period"]
    first, second = (table[[*key, "coverage"]].drop_duplicates() for table in (before, after))
    both = first.merge(second, on=key, how="outer", suffixes=("_before", "_after"))
    both = both.rename(columns={"coverage_before": "before", "coverage_after": "after"})
    moved = (both["before"] != both["after"]).fillna(value=True)
    return both[moved].sort_values(key).reset_index(drop=True)


def _compare_estimates(before: Path, after: Path) -> EstimateDifference:
    first, second = (find_run(path, "estimate") for path in (before, after))
    one, other = (read_parquet(path / "estimates.parquet", [*FIT, *FIGURES]) for path in (first, second))
    return EstimateDifference(
        before=first,
        after=second,
        settings=compare_settings(read_meta(first), read_meta(second)),
        coefficients=compare_numbers(one, other, FIT, FIGURES, called="figure"),
    )
