"""From a ``study.toml`` to estimates: read, build the pair panel, fit the equations, write a run folder."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from econ.diagnostics import correlate_columns, measure_inflation
from econ.errors import FitError
from econ.estimate import Estimate, WaldTest
from econ.intensities import DID, PREFIX
from econ.keys import PAIR_ID
from econ.panel import fit_panel
from econ.placebo_result import Placebo
from econ.spec import MEMBERS
from textq.config import Study, read_study
from textq.export.run_folder import prepare_folder, write_run
from textq.pipeline.study_events import StudyEvents, fit_events
from textq.pipeline.study_exports import write_exports
from textq.pipeline.study_figures import Undrawn, check_figures, write_figures
from textq.pipeline.study_inputs import list_files, name_regressors, read_inputs
from textq.pipeline.study_labels import check_labels
from textq.pipeline.study_panel import OUTCOME, StudyPanel, build_panel, name_section
from textq.pipeline.study_placebo import TESTS, Progress, describe_placebo, find_placebo, run_study_placebo
from textq.pipeline.study_tables import BY_PAIR, HEADLINE, write_tables
from textq.provenance import describe_machine, describe_study
from textq.run import Run


@dataclass(frozen=True, slots=True, repr=False)
class StudyResult:
    """What ``textq estimate`` returns.

    Attributes
    ----------
    study : Study
    panel : StudyPanel
        The pair panel and how it came about.
    estimates : Mapping
        By name: each instrument alone and ``all``, with ``did`` in the equation as the study says.
    without_did : Mapping
        The same without ``did``; empty where the study has it not.
    covariances : Mapping
        The headline under the default covariance, dyadic-robust, and clustered by pair.
    equality : WaldTest or None
        That all instruments have the same coefficient; None for a single one, or too few clusters.
    correlations, inflation : DataFrame
        Of the intensities over treated unit-periods; of the regressors once the effects are taken out.
    events : StudyEvents or None
        The event study, if the study asks for one.
    placebo : Placebo or None
        Likewise.
    run_dir : Path or None
        Where it was written.
    undrawn : tuple of Undrawn
        The figures that were not drawn, and why.
    """

    study: Study
    panel: StudyPanel
    estimates: Mapping[str, Estimate]
    without_did: Mapping[str, Estimate]
    covariances: Mapping[str, Estimate]
    equality: WaldTest | None
    correlations: pd.DataFrame
    inflation: pd.DataFrame
    events: StudyEvents | None = None
    placebo: Placebo | None = None
    run_dir: Path | None = None
    undrawn: tuple[Undrawn, ...] = ()

    def __repr__(self) -> str:
        return f"StudyResult({str(self.run_dir)!r}, {len(self.panel.panel):,} rows)"

    @property
    def headline(self) -> Estimate:
        """The equation with all regressors."""
        return self.estimates[HEADLINE]


def estimate(
    study: str | Path | Study,
    *,
    out: str | Path | None = None,
    settings: Sequence[str] = (),
    progress: Progress | None = None,
    drawing: Progress | None = None,
) -> StudyResult:
    """Estimate a study: synchronization of city pairs on instrument intensities.

    Parameters
    ----------
    study
        A ``study.toml``, or one that is read already.
    out
        The study's folder; the default is the one of the scores' run. The run goes to ``out/runs/<stamp>-<run id>``.
    settings
        "section.key=value" each; they win over the file.
    progress
        Called now and then with the number of placebo draws done and to be done.
    drawing
        The same of figures.

    Returns
    -------
    StudyResult

    Raises
    ------
    ConfigError, StudyError, TextqError, OSError
        If a setting, a file or the sample does not allow the estimate; nothing is written then.
    """
    started_at = datetime.now().astimezone()
    recipe = study if isinstance(study, Study) else read_study(Path(study), settings, os.environ)
    check_figures(recipe)
    inputs = read_inputs(recipe)
    recipe = name_regressors(recipe, inputs)
    panel = build_panel(recipe, inputs)
    check_labels(recipe, panel)
    result = replace(fit_study(recipe, panel), events=fit_events(recipe, panel))
    folder = Path(out) if out is not None else choose_folder(inputs.run)
    described = describe_study(recipe, list_files(recipe), str(inputs.run.meta["run_id"]) if inputs.run else None)
    previous = find_placebo(folder, described) if recipe.placebo else None
    placebo = run_study_placebo(recipe, panel, previous, progress)
    result = replace(result, placebo=placebo)
    prepare_folder(folder)
    undrawn: list[Undrawn] = []

    def write(run_dir: Path) -> Mapping[str, object]:
        write_tables(result, run_dir, str(described["run_id"]))
        undrawn.extend(write_figures(result, run_dir, drawing))
        write_exports(result, inputs, str(described["run_id"]), run_dir)
        versions = dict(result.headline.versions)
        drawn = {TESTS: describe_placebo(placebo)} if placebo else {}
        return {**described, **drawn, "versions": versions, "volatile": describe_machine(started_at)}

    return replace(result, run_dir=write_run(folder, started_at, write, kind="estimate"), undrawn=tuple(undrawn))


def choose_folder(run: Run | None) -> Path:
    """Return the study's folder of the run of the scores; without scores the one that textq score writes to."""
    return run.run_dir.resolve().parent.parent if run else Path("textq-out")


def fit_study(study: Study, panel: StudyPanel) -> StudyResult:
    """Fit the equations of a study on its panel.

    Raises
    ------
    StudyError
        If an equation cannot be fitted on this sample.
    """
    regressors = study.estimate.regressors
    with name_section(study, "estimate"):
        estimates = {name: _fit(study, panel, terms) for name, terms in _list_equations(regressors).items()}
        others = tuple(term for term in regressors if term != DID)
        bare = _list_equations(others) if others and others != regressors else {}
        without = {name: _fit(study, panel, terms) for name, terms in bare.items()}
        headline = estimates[HEADLINE]
        instruments = [term for term in headline.params["term"] if term.startswith(PREFIX)]
        terms = [term for term in headline.params["term"] if term in panel.panel.columns]
        return StudyResult(
            study=study,
            panel=panel,
            estimates=estimates,
            without_did=without,
            covariances=_compare_covariances(study, headline),
            equality=_test_equality(headline, instruments),
            correlations=_correlate(panel, [one.removeprefix(PREFIX) for one in instruments]),
            inflation=_measure_inflation(study, panel, terms),
        )


def _list_equations(regressors: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return each instrument alone and all together; a single one is the headline itself."""
    instruments = [term for term in regressors if term.startswith(PREFIX)]
    alone = instruments if len(instruments) > 1 else []
    equations = {
        one.removeprefix(PREFIX): tuple(term for term in regressors if term == one or term not in instruments)
        for one in alone
    }
    return equations | {HEADLINE: tuple(regressors)}


def _fit(study: Study, panel: StudyPanel, regressors: Sequence[str]) -> Estimate:
    settings = study.estimate
    recipe: dict[str, Any] = {"vcov": settings.vcov, "ssc": settings.ssc, "engine": settings.engine}
    fitted = fit_panel(panel.panel, OUTCOME, [*regressors, *panel.controls], settings.absorb, **recipe)
    return _add_history(fitted, panel)


def _add_history(fitted: Estimate, panel: StudyPanel) -> Estimate:
    """Let the estimate tell what was left out, and what to bear in mind, before it was fitted."""
    return replace(fitted, dropped=(*panel.dropped, *fitted.dropped), notes=(*fitted.notes, *panel.notes))


def _compare_covariances(study: Study, headline: Estimate) -> dict[str, Estimate]:
    """Return the headline first, then dyadic and clustered by pair, but for the one that it has itself."""
    by_pair = headline.with_vcov({"cluster": PAIR_ID}, study.estimate.ssc)
    others = {"dyadic": headline.with_vcov({"dyadic": MEMBERS}), BY_PAIR: by_pair}
    own = headline.spec.vcov
    return {own.kind: headline} | {
        name: one for name, one in others.items() if (one.spec.vcov.kind, one.spec.vcov.by) != (own.kind, own.by)
    }


def _test_equality(headline: Estimate, instruments: Sequence[str]) -> WaldTest | None:
    """Return the test that all instruments have one effect; None where the covariance does not allow it."""
    if len(instruments) < 2:
        return None
    try:
        return headline.test_equal(instruments)
    except FitError:
        return None


def _correlate(panel: StudyPanel, instruments: Sequence[str]) -> pd.DataFrame:
    return correlate_columns(panel.intensities, instruments) if instruments else pd.DataFrame()


def _measure_inflation(study: Study, panel: StudyPanel, terms: Sequence[str]) -> pd.DataFrame:
    if len(terms) < 2:
        return pd.DataFrame({"term": pd.Series(dtype="string"), "vif": pd.Series(dtype="float64")})
    return measure_inflation(panel.panel, terms, study.estimate.absorb)
