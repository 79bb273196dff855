"""What a study reads: series, units, designations, and the scores of a run, each as a frame that econ takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from econ.intensities import PREFIX
from textq.config import EVERY, REFUSE, Study
from textq.errors import ConfigError, StudyError
from textq.ingest.manifest import CoverageRow, read_coverage
from textq.lexicon.places import builtin_zones
from textq.lexicon.read import CODEBOOK_NAME, read_codebook
from textq.outcomes.problems import describe_problem
from textq.outcomes.read import read_designations, read_series, read_units
from textq.pipeline.study_notes import DOUBTFUL_DAY
from textq.records import NONE
from textq.run import Run, load_run
from textq.run_tables import INCOMPLETE, INCOMPLETE_STOCK
from textq.tables import SCORES

DOUBTFUL = ("jump", "level_break", "index")
"""What the check of a series finds that makes wrong numbers if it is no fact."""

STOCKS = ("stock", "power_stock")
"""The measures that count documents of earlier periods too."""

MEASURES = tuple(name for name, kind in SCORES.columns.items() if kind == "Float64" and not name.startswith("n_"))
"""The columns of scores.csv that can serve as an intensity."""

KEY = ("unit", "period", "coverage")
"""The columns of the scores that are no instrument."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a study.

    Attributes
    ----------
    series : DataFrame
        unit, period, value.
    designations : DataFrame
        unit, date, and what else the file says of a zone.
    units : DataFrame or None
        unit, the variables of gravity and controls, and year where they vary.
    scores : DataFrame or None
        unit, period, coverage, one column an instrument; a unit-period outside coverage has no row.
    run : Run or None
        The run of the scores.
    checks : tuple of str
        What the check of the series noticed.
    """

    series: pd.DataFrame
    designations: pd.DataFrame
    units: pd.DataFrame | None
    scores: pd.DataFrame | None
    run: Run | None
    checks: tuple[str, ...]


def read_inputs(study: Study) -> Inputs:
    """Read all files of a study.

    Raises
    ------
    ConfigError
        If the study asks for a measure that there is not, or states a coverage or a codebook that the run does not
        have.
    StudyError
        If values of the series are doubtful and the study does not keep them.
    SeriesFileError, RunError
        If a file, or the run, cannot be used.
    """
    year = study.series.base_year
    series, checks = _read_series(study)
    units = read_units(study.units.file, unit=study.units.unit, base_year=year) if study.units else None
    run = load_run(study.scores.run) if study.scores else None
    if run:
        _check_codebook(study, run)
    return Inputs(series, _read_designations(study), units, _read_scores(study, run) if run else None, run, checks)


def _read_designations(study: Study) -> pd.DataFrame:
    """Return the designations of the study's file, else those of the roster whose day is known."""
    settings = study.designations
    if settings:
        return read_designations(
            settings.file, unit=settings.unit, date=settings.date, base_year=study.series.base_year
        )
    rows = [
        (zone.unit, zone.name, zone.approved_on, zone.parent if zone.level == "county" else None, zone.doubtful)
        for zone in builtin_zones()
        if zone.approved_on
    ]
    roster = pd.DataFrame(rows, columns=["unit", "name", "date", "parent", DOUBTFUL_DAY])
    return roster.assign(date=pd.to_datetime(roster["date"]))


def _read_series(study: Study) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return unit, period, value of the one variable of the series, and what the file's check noticed."""
    settings = study.series
    found = read_series(
        settings.file, unit=settings.unit, period=settings.period, value=settings.value,
        base_year=settings.base_year, index_to_growth=settings.index_to_growth,
    )  # fmt: skip
    variables = [str(name) for name in found.table["variable"].unique()]
    if len(variables) > 1:
        raise ConfigError(
            f"{study.path}: {settings.file} holds {len(variables)} variables: {', '.join(variables)}. "
            "Name one of them under [series] value."
        )
    doubts = [describe_problem(problem) for problem in found.problems if problem.kind in DOUBTFUL]
    if doubts and settings.doubtful == REFUSE:
        listed = "".join(f"\n  {doubt}" for doubt in doubts)
        raise StudyError(
            f"{study.path}, [series]: {settings.file} would make doubtful numbers:{listed}\n"
            'Correct the file, set index_to_growth = true for an index (109.0), or doubtful = "keep" if all is right.'
        )
    checks = tuple(describe_problem(problem) for problem in found.problems)
    return found.table[["unit", "period", "value"]], checks


def name_regressors(study: Study, inputs: Inputs) -> Study:
    """Return the study with one regressor for each instrument of the scores in the place of did:*."""
    if inputs.scores is None:
        return study
    every = [f"{PREFIX}{name}" for name in inputs.scores.columns if name not in KEY]
    named = [every if term == f"{PREFIX}{EVERY}" else [term] for term in study.estimate.regressors]
    terms = dict.fromkeys(term for group in named for term in group)
    return replace(study, estimate=replace(study.estimate, regressors=tuple(terms)))


def list_files(study: Study) -> tuple[Path, ...]:
    """Return the files that a study names, its own among them."""
    units = study.units.file if study.units else None
    coverage = study.scores.coverage if study.scores else None
    codebook = study.scores.codebook / CODEBOOK_NAME if study.scores and study.scores.codebook else None
    dated = study.designations.file if study.designations else None
    named = (study.path, study.series.file, dated, units, coverage, codebook, study.figures.base_map)
    return tuple(path for path in named if path is not None)


def _check_codebook(study: Study, run: Run) -> None:
    """Refuse a run that was coded by another codebook than the study names."""
    folder = study.scores.codebook if study.scores else None
    if folder is None:
        return
    edition, found = read_codebook(folder / CODEBOOK_NAME).edition, run.meta["codebook"]
    if edition != found:
        raise ConfigError(
            f"{study.path}: [scores] codebook is {edition}, but the run {run.run_dir.name} was coded by {found}. Score "
            f"the corpus again with --codebook {folder}, or name the codebook of the run."
        )


def _read_scores(study: Study, run: Run) -> pd.DataFrame:
    settings = study.scores
    if settings is None or settings.measure not in MEASURES:
        given = settings and settings.measure
        raise ConfigError(f"{study.path}: [scores] measure must be one of {', '.join(MEASURES)}. Got {given!r}.")
    instruments = [name for name in run.meta["classes"] if name != NONE]
    table = run.scores[run.scores["instrument"].isin(instruments)]
    wide = table.pivot(index=["unit", "period", "coverage"], columns="instrument", values=settings.measure)
    wide = settle_stocks(wide[instruments].rename_axis(columns=None).reset_index(), run.coverage, settings.measure)
    if settings.coverage is None:
        return wide
    return apply_coverage(wide, read_coverage(settings.coverage), str(settings.coverage))


def settle_stocks(scores: pd.DataFrame, coverage: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Let periods after an unread document be incomplete for stocks; for other measures they are as covered."""
    lacking = scores["coverage"] == INCOMPLETE_STOCK
    covered = scores["unit"].map(coverage.set_index("unit")["coverage"])
    settled = INCOMPLETE if measure in STOCKS else covered
    return scores.assign(coverage=scores["coverage"].mask(lacking, settled))


def apply_coverage(scores: pd.DataFrame, stated: Sequence[CoverageRow], source: str) -> pd.DataFrame:
    """Return the scores of the unit-periods that ``stated`` lists, zeros for units in which nothing was found.

    Units that it does not list keep the coverage of the run.

    Raises
    ------
    ConfigError
        If it lists a period of a unit with documents for which the run has no score.
    """
    declared = pd.DataFrame(
        [(row.unit, period, "declared") for row in stated for period in range(row.first_period, row.last_period + 1)],
        columns=["unit", "period", "coverage"],
    ).astype(dict(scores.dtypes[["unit", "period", "coverage"]]))
    listed = scores["unit"].isin(set(declared["unit"]))
    found = declared.merge(scores.drop(columns="coverage"), on=["unit", "period"], how="left", indicator="where")
    absent = found["where"] == "left_only"
    unscored = found[absent & found["unit"].isin(set(scores["unit"]))]
    if len(unscored):
        first = unscored.iloc[0]
        raise ConfigError(
            f"{source} lists {len(unscored)} unit-periods of units with documents that the run has not scored, e.g. "
            f"{first['unit']} in {first['period']}. Score the corpus again with this coverage beside its manifest."
        )
    instruments = [column for column in scores.columns if column not in KEY]
    found.loc[absent, instruments] = 0.0
    incomplete = scores.loc[scores["coverage"] == INCOMPLETE, ["unit", "period"]].assign(unread=True)
    found = found.merge(incomplete, on=["unit", "period"], how="left")
    found.loc[found["unread"].notna(), "coverage"] = INCOMPLETE
    return pd.concat([scores[~listed], found[list(scores.columns)]], ignore_index=True)
