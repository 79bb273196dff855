"""From the inputs of a study to its pair panel: outcome, pairs, treatment, intensities, controls."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from econ.combine import combine_units
from econ.errors import EconError, name_first
from econ.estimate import Dropped
from econ.filters import cut_window, filter_series
from econ.intensities import DID, PREFIX, Intensities, check_shares, interact_scores
from econ.pairs import PairSelection, select_pairs
from econ.synchronization import measure_synchronization
from econ.treatment import assign_treatment, describe_timing, find_designated
from textq.config import BY_MEASURE, NOTHING, PRE, REFUSE, Study
from textq.errors import ConfigError, StudyError
from textq.pipeline.study_inputs import KEY, Inputs
from textq.pipeline.study_notes import (
    count_designations,
    count_entries,
    describe_coverage,
    describe_days,
    describe_outcome,
    list_coverage,
    name_units,
)
from textq.run_tables import INCOMPLETE

OUTCOME = "synchronization"
OUTCOME_KEY = ["unit_i", "unit_j", "period"]
SHARE = "share"
PERIOD = "period"
PROVINCE = "province"

_CONTROL_RULE = "log_difference"
_MEASURE_OPTIONS = ("window", "fisher", "ddof")


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """What a pair panel was made from, for what measures its outcome otherwise or repeats its recipe.

    Attributes
    ----------
    series : DataFrame
        unit, period, value: filtered, and cut to the window.
    outcome : DataFrame
        Synchronization of all pairs of units, whoever is designated.
    designations : DataFrame
        Those that can treat a unit of the sample.
    units : DataFrame
        The units of the sample with their variables.
    gravity_years : list of int or None
        As ``econ.form_pairs`` takes them.
    scores : DataFrame or None
        unit, period and the instruments of the equation, on the scale of the regressors.
    first : int or None
        The year of the first designation of any unit of the sample.
    """

    series: pd.DataFrame
    outcome: pd.DataFrame
    designations: pd.DataFrame
    units: pd.DataFrame
    gravity_years: list[int] | None
    scores: pd.DataFrame | None
    first: int | None


@dataclass(frozen=True, slots=True)
class StudyPanel:
    """The pair panel of a study and what was decided on the way.

    Attributes
    ----------
    panel : DataFrame
        One row a pair and period: outcome, treatment, ``did``, ``did:<instrument>``, controls.
    periods : tuple of int
    controls : tuple of str
        The columns of the controls.
    intensities : DataFrame
        unit, period and the scores (in the scale of the regressors) of the treated unit-periods.
    scales : DataFrame
        instrument, scale: what a score was divided by.
    treated_zero : DataFrame
        unit, name, period: treated unit-periods whose scores are all zero.
    dropped : tuple of Dropped
    notes : tuple of str
        What a reader of the estimates must know.
    checks : tuple of str
        What the check of the series noticed.
    design : StudyDesign
        What it was made from.
    names : Mapping
        By language ("zh", "en") and instrument, what the codebook of the run calls it.
    """

    panel: pd.DataFrame
    periods: tuple[int, ...]
    controls: tuple[str, ...]
    intensities: pd.DataFrame
    scales: pd.DataFrame
    treated_zero: pd.DataFrame
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]
    checks: tuple[str, ...]
    design: StudyDesign
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Window:
    """The periods of the panel, and the year of the first designation of any of its units."""

    periods: tuple[int, ...]
    first: int | None

    def list_before(self, years: Sequence[int], setting: str) -> list[int]:
        """Return those of ``years`` that lie before the first designation of any unit.

        Raises
        ------
        StudyError
            If there is none.
        """
        before = [year for year in years if self.first is None or year < self.first]
        if not before:
            raise StudyError(
                f'{setting} = "{PRE}" means the years before the first designation, in {self.first}. There is none: '
                f"the years are {years[0]}–{years[-1]}. Name the years."
            )
        return before


@contextmanager
def name_section(study: Study, name: str) -> Iterator[None]:
    """Say in which section of the study the refused value stands."""
    try:
        yield
    except EconError as error:
        raise StudyError(f"{study.path}, [{name}]: {error}") from error


def build_panel(study: Study, inputs: Inputs) -> StudyPanel:
    """Build the pair panel of a study.

    Raises
    ------
    ConfigError, StudyError
        If a setting does not fit the inputs, or a treated unit-period is not covered.
    """
    series = _prepare_series(study, inputs.series)
    designations = _select_designations(study, inputs.designations, series)
    window = _Window(tuple(int(period) for period in sorted(series["period"].unique())), _find_first(designations))
    outcome = _measure_outcome(study, series, window)
    units, gravity_years = _list_units(study, inputs, series), _choose_years(study, inputs, window)
    selection = _select_pairs(study, units, gravity_years, designations, window)
    interacted = _interact(study, inputs, _treat(study, selection.pairs, designations, window))
    scores = _scale_scores(inputs, interacted.scales)
    panel, controls = _add_controls(study, inputs, _add_provinces(inputs, interacted.panel))
    with name_section(study, "treatment"):
        notes = describe_timing(designations, window.periods, **state_timing(study))
    return StudyPanel(
        panel=panel.merge(outcome, on=OUTCOME_KEY, how="left", validate="one_to_one"),
        periods=window.periods,
        controls=controls,
        intensities=interacted.intensities,
        scales=pd.DataFrame(interacted.scales.items(), columns=["instrument", "scale"]),
        treated_zero=name_units(interacted.treated_zero),
        dropped=(
            *count_designations(inputs.designations, designations),
            *selection.dropped,
            *count_entries(interacted.panel, len(window.periods)),
        ),
        notes=(
            *notes,
            *describe_days(designations),
            *interacted.notes,
            *describe_coverage(inputs.scores, interacted.intensities),
            *describe_outcome(study.outcome.measure, outcome),
        ),
        checks=inputs.checks,
        design=StudyDesign(series, outcome, designations, units, gravity_years, scores, window.first),
        names=_name_instruments(inputs),
    )


def measure_outcome(study: Study, panel: StudyPanel) -> pd.DataFrame:
    """Measure the outcome of all pairs as a study says, which may say otherwise than the one of the panel.

    Raises
    ------
    ConfigError, StudyError
        As ``build_panel`` does.
    """
    return _measure_outcome(study, panel.design.series, _Window(panel.periods, panel.design.first))


def _scale_scores(inputs: Inputs, scales: Mapping[str, float]) -> pd.DataFrame | None:
    if inputs.scores is None or not scales:
        return None
    scaled = {name: inputs.scores[name] / scale for name, scale in scales.items()}
    return inputs.scores[["unit", PERIOD]].assign(**scaled)


def _name_instruments(inputs: Inputs) -> dict[str, dict[str, str]]:
    if inputs.run is None or inputs.scores is None:
        return {}
    instruments = [name for name in inputs.scores.columns if name not in KEY]
    return {lang: {name: inputs.run.name_code(name, lang) for name in instruments} for lang in ("zh", "en")}


def _prepare_series(study: Study, series: pd.DataFrame) -> pd.DataFrame:
    """Filter the whole series, then cut the window, so that the filter sees the years before it."""
    settings = study.outcome
    with name_section(study, "outcome"):
        filtered = series
        _check_window(study, series)
        if settings.filter != NOTHING:
            unknown = sorted(set(settings.filter_options) & {"series", "filter"})
            if unknown:
                raise ConfigError(f"{study.path}: [outcome] filter_options cannot hold {', '.join(unknown)}.")
            filtered = filter_series(series, settings.filter, **settings.filter_options)  # type: ignore[arg-type]
        return cut_window(filtered, *settings.window) if settings.window else filtered


def _check_window(study: Study, series: pd.DataFrame) -> None:
    """Refuse a window that begins before, or ends after, all values."""
    if study.outcome.window is None:
        return
    first, last = int(series[PERIOD].min()), int(series[PERIOD].max())
    if study.outcome.window[0] < first or study.outcome.window[1] > last:
        raise ConfigError(
            f"{study.path}: [outcome] window = {list(study.outcome.window)} goes beyond the series, which have values "
            f"from {first} to {last}. Narrow it."
        )


def _select_designations(study: Study, designations: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return the designations that can treat a unit of the sample: its own, and those of zones that reach it."""
    sample = set(series["unit"])
    reaching = designations["unit"].isin(sample)
    for column, wanted in (
        ("parent", study.treatment.county_zones == "parent"),
        ("widens_to", study.treatment.boundary == "widened"),
    ):
        if wanted and column in designations.columns:
            reaching |= designations[column].fillna("").map(lambda codes: bool(sample & set(codes.split(";"))))
    return designations[reaching].reset_index(drop=True)


def _find_first(designations: pd.DataFrame) -> int | None:
    dates = pd.to_datetime(designations["date"])
    return int(dates.min().year) if len(dates) else None


def choose_transform(study: Study) -> str | None:
    """Return the transform that is used: what the study says, else Cerqueira's with the measure that it goes with."""
    settings = study.outcome
    if settings.transform != BY_MEASURE:
        return settings.transform
    return "cerqueira" if settings.measure == "cerqueira_martins" else None


def _measure_outcome(study: Study, series: pd.DataFrame, window: _Window) -> pd.DataFrame:
    settings = study.outcome
    stated = (
        window.list_before(window.periods, "[outcome] standardise")
        if settings.standardise == PRE
        else settings.standardise
    )
    unknown = sorted(set(settings.options) - set(_MEASURE_OPTIONS))
    if unknown:
        known = ", ".join(_MEASURE_OPTIONS)
        raise ConfigError(f"{study.path}: [outcome] options can be {known}. Got {', '.join(unknown)}.")
    transform = choose_transform(study)
    recipe: dict[str, Any] = {
        "measure": settings.measure,
        "transform": transform,
        "clip": settings.clip if transform else None,
        "standardise": NOTHING if stated is None else stated,
        **settings.options,
    }
    with name_section(study, "outcome"):
        return measure_synchronization(series, **recipe)


def _select_pairs(
    study: Study, units: pd.DataFrame, gravity_years: list[int] | None, designations: pd.DataFrame, window: _Window
) -> PairSelection:
    with name_section(study, "treatment"):
        designated = find_designated(designations, window.periods, **state_timing(study))
    with name_section(study, "pairs"):
        return select_pairs(units, designated, **state_pairs(study), gravity_years=gravity_years)


def state_pairs(study: Study) -> dict[str, Any]:
    """Return the rules by which pairs are formed, as econ takes them, but for the years of gravity."""
    return {"roles": study.pairs.roles, "gravity": study.pairs.gravity, "keep": study.pairs.keep}


def _list_units(study: Study, inputs: Inputs, series: pd.DataFrame) -> pd.DataFrame:
    """Return the units that have a series, with their variables where the study names a file of units."""
    sample = series["unit"].drop_duplicates()
    if inputs.units is None:
        if study.pairs.gravity is not None:
            raise ConfigError(
                f"{study.path}: [pairs] gravity = {study.pairs.gravity!r} needs population, gdp, area, rank, longitude "
                'and latitude of each unit. Name their file under [units], or set gravity = "none" and keep = "none".'
            )
        return pd.DataFrame({"unit": sample})
    absent = sorted(set(sample) - set(inputs.units["unit"]))
    if absent:
        raise StudyError(
            f"{study.path}, [units]: {len(absent)} units have a series but no row in the file of units: "
            f"{name_first(absent)}. Add them, or take them out of the series."
        )
    return inputs.units[inputs.units["unit"].isin(set(sample))]


def _choose_years(study: Study, inputs: Inputs, window: _Window) -> list[int] | None:
    """Return the years whose averages make gravity; None where the file has one row a unit."""
    stated = study.pairs.gravity_years
    if study.pairs.gravity is None or inputs.units is None or PERIOD not in inputs.units.columns or stated is None:
        return None
    if stated == PRE:
        return window.list_before(sorted(int(year) for year in inputs.units[PERIOD].unique()), "[pairs] gravity_years")
    if isinstance(stated, str):
        raise ConfigError(f'{study.path}: [pairs] gravity_years must be "{PRE}", "none" or a list of years.')
    return list(stated)


def _treat(study: Study, pairs: pd.DataFrame, designations: pd.DataFrame, window: _Window) -> pd.DataFrame:
    with name_section(study, "treatment"):
        return assign_treatment(pairs, designations, window.periods, **state_timing(study))


def state_timing(study: Study) -> dict[str, Any]:
    """Return the rules of the treatment, as econ takes them."""
    settings = study.treatment
    return {"timing": settings.timing, "boundary": settings.boundary, "county_zones": settings.county_zones}


def _interact(study: Study, inputs: Inputs, treated: pd.DataFrame) -> Intensities:
    """Add did and did × the score of each instrument in the equation; without one, scores are not needed."""
    instruments = _list_instruments(study, inputs)
    if not instruments:
        nothing = pd.DataFrame({"unit": pd.Series(dtype="string"), PERIOD: pd.Series(dtype="int64")})
        return Intensities(treated.assign(**{DID: treated["treated"].astype(float)}), nothing, {}, nothing, ())
    scores, settings = inputs.scores, study.scores
    if scores is None or settings is None:
        raise ConfigError(
            f"{study.path}: the regressors {', '.join(PREFIX + name for name in instruments)} need scores. "
            "Name the run that has them under [scores] run."
        )
    recipe: dict[str, Any] = {"scale": study.treatment.scale}
    with name_section(study, "treatment"):
        interacted = interact_scores(treated, scores.drop(columns="coverage"), instruments, **recipe)
        if settings.measure == SHARE and DID in study.estimate.regressors:
            check_shares(interacted.panel, [PREFIX + name for name in instruments], interacted.scales)
    unread = list_coverage(scores, interacted.intensities, INCOMPLETE)
    if unread and settings.incomplete == REFUSE:
        raise StudyError(
            f"{study.path}, [scores]: in {len(unread)} treated unit-periods a document could not be read, so that "
            f"their intensity is too small: {name_first(unread)}. Make it readable and score again, or set "
            'incomplete = "keep".'
        )
    return interacted


def _list_instruments(study: Study, inputs: Inputs) -> list[str]:
    """Return the instruments whose scores the equation uses."""
    known = [] if inputs.scores is None else [name for name in inputs.scores.columns if name not in KEY]
    wanted = [term for term in study.estimate.regressors if term != DID]
    unknown = [term for term in wanted if not term.startswith(PREFIX) or (known and term[len(PREFIX) :] not in known)]
    if unknown:
        terms = ", ".join([DID, *(PREFIX + name for name in known)])
        raise ConfigError(
            f"{study.path}: [estimate] regressors can be {terms}. Got {', '.join(unknown)}. "
            "Other variables of the units are named under controls."
        )
    return [term.removeprefix(PREFIX) for term in wanted]


def _add_provinces(inputs: Inputs, panel: pd.DataFrame) -> pd.DataFrame:
    """Add the unordered pair of provinces, to be absorbed with the period, where the units say in which they lie."""
    if inputs.units is None or PROVINCE not in inputs.units.columns:
        return panel
    known = inputs.units.dropna(subset=PROVINCE).drop_duplicates("unit").set_index("unit")[PROVINCE]
    names = known.map(lambda province: f"{province:g}" if isinstance(province, float) else str(province))
    first, second = (panel[member].map(names) for member in ("unit_i", "unit_j"))
    lower, upper = first.where(first <= second, second), second.where(first <= second, first)
    return panel.assign(province_pair=lower + "-" + upper)


def _add_controls(study: Study, inputs: Inputs, panel: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Add a column for each control, "column" or "column:rule", made of the variables of the two units."""
    if not study.estimate.controls:
        return panel, ()
    if inputs.units is None:
        raise ConfigError(f"{study.path}: [estimate] controls need a file of units. Name it under [units].")
    added = {}
    for control in study.estimate.controls:
        column, _, rule = control.partition(":")
        if column not in inputs.units.columns:
            known = ", ".join(name for name in inputs.units.columns if name not in ("unit", "name", PERIOD))
            raise ConfigError(f"{study.path}: the control {control!r} is no column of the file of units: {known}.")
        with name_section(study, "estimate"):
            added[control] = combine_units(panel, inputs.units, column, rule or _CONTROL_RULE)  # type: ignore[arg-type]
    return panel.assign(**added), tuple(added)
