"""The event study of a study: did by event time, under each standardisation of the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from econ.errors import EconError
from econ.event_points import EventStudy
from econ.event_study import fit_event_study
from econ.synchronization import STANDARDISED
from textq.config import NOTHING, PRE, EventStudyConfig, Study
from textq.errors import StudyError
from textq.pipeline.study_panel import (
    OUTCOME,
    OUTCOME_KEY,
    StudyPanel,
    choose_transform,
    measure_outcome,
    name_section,
)

WINDOW = "window"
LISTED = "list"
"""The name of a standardisation over listed years."""


@dataclass(frozen=True, slots=True)
class StudyEvents:
    """Event studies of one panel.

    Attributes
    ----------
    by_outcome : Mapping
        By how the series are standardised ("window", "pre", "list", "none"), that of the study itself first.
    notes : tuple of str
        What a reader must know beside the notes of each.
    outcome : str
        The measure of synchronization, its filter and its transform, as the study names them.
    """

    by_outcome: Mapping[str, EventStudy]
    notes: tuple[str, ...]
    outcome: str


def fit_events(study: Study, panel: StudyPanel) -> StudyEvents | None:
    """Fit the event study that a study asks for; None if it asks for none.

    Where the outcome is standardised, the same equation is fitted with both standardisations: over the window a shock
    after the treatment moves the years before it, over the years before the first designation it does not.

    Raises
    ------
    StudyError
        If the equation cannot be fitted on this sample. A second standardisation that is not possible is a note.
    """
    settings = study.event_study
    if settings is None:
        return None
    with name_section(study, "event_study"):
        fitted = {_name_standardise(study, panel): _fit(study, settings, panel, panel.panel)}
    notes = [_describe_equation(panel)]
    for other in (WINDOW, PRE):
        if other in fitted or not _is_standardised(study):
            continue
        try:
            fitted[other] = _fit(study, settings, panel, _restandardise(study, panel, other))
        except (EconError, StudyError) as error:
            notes.append(f'The outcome cannot be standardised over "{other}": {error}')
    return StudyEvents(fitted, tuple(filter(None, notes)), _describe_outcome(study))


def _fit(study: Study, settings: EventStudyConfig, panel: StudyPanel, rows: pd.DataFrame) -> EventStudy:
    recipe: dict[str, Any] = {
        "window": settings.window,
        "reference": settings.reference,
        "beyond": settings.beyond,
        "normalise": settings.normalise,
        "draws": settings.draws,
        "seed": settings.seed,
        "vcov": study.estimate.vcov,
        "ssc": study.estimate.ssc,
    }
    return fit_event_study(rows, OUTCOME, study.estimate.absorb, regressors=panel.controls, **recipe)


def _is_standardised(study: Study) -> bool:
    return study.outcome.measure in STANDARDISED and study.outcome.standardise is not None


def _name_standardise(study: Study, panel: StudyPanel) -> str:
    """Return what the study standardises over; listed years that are those before the designations are "pre"."""
    if not _is_standardised(study):
        return NOTHING
    stated, first = study.outcome.standardise, panel.design.first
    if isinstance(stated, str):
        return stated
    before = [year for year in panel.periods if first is None or year < first]
    return PRE if sorted(stated or ()) == before else LISTED


def _restandardise(study: Study, panel: StudyPanel, standardise: str) -> pd.DataFrame:
    """Return the rows of the panel with the outcome standardised otherwise."""
    outcome = measure_outcome(replace(study, outcome=replace(study.outcome, standardise=standardise)), panel)
    made = [column for column in outcome.columns if column not in OUTCOME_KEY]
    return panel.panel.drop(columns=made).merge(outcome, on=OUTCOME_KEY, how="left", validate="one_to_one")


def _describe_outcome(study: Study) -> str:
    transform = choose_transform(study)
    parts = [
        study.outcome.measure,
        *([f"filter {study.outcome.filter}"] if study.outcome.filter != NOTHING else []),
        *([f"transform {transform}"] if transform else []),
    ]
    return ", ".join(parts)


def _describe_equation(panel: StudyPanel) -> str:
    if not len(panel.scales):
        return ""
    return "The event study is of did alone: did × score is not in its equation."
