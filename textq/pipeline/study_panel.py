"""From the inputs of a study to its pair panel: outcome, pairs, treatment, intensities, controls."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd

from econ.combine import combine_units
from econ.errors import EconError
from econ.estimate import Dropped
from econ.filters import cut_window, filter_series
from econ.intensities import DID, PREFIX, Intensities, check_shares, interact_scores
from econ.pairs import PairSelection, select_pairs
from econ.synchronization import measure_synchronization
from econ.treatment import assign_treatment, check_absorbing, describe_timing, find_designated
from textq.config import NOTHING, PRE, Study
from textq.errors import ConfigError, StudyError
from textq.pipeline.study_inputs import INCOMPLETE, KEY, Inputs

OUTCOME = "synchronization"
SHARE = "share"
PERIOD = "period"
PROVINCE = "province"

_CONTROL_RULE = "log_difference"
_MOST_NAMED = 10


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
        Treated unit-periods that are covered but have no document in force.
    dropped : tuple of Dropped
    notes : tuple of str
    """

    panel: pd.DataFrame
    periods: tuple[int, ...]
    controls: tuple[str, ...]
    intensities: pd.DataFrame
    scales: pd.DataFrame
    treated_zero: pd.DataFrame
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


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
    designations = _select_designations(inputs.designations, series)
    window = _Window(tuple(int(period) for period in sorted(series["period"].unique())), _find_first(designations))
    outcome = _measure_outcome(study, series, window)
    selection = _select_pairs(study, inputs, series, designations, window)
    interacted = _interact(study, inputs, _treat(study, selection.pairs, designations, window))
    panel, controls = _add_controls(study, inputs, _add_provinces(inputs, interacted.panel))
    with name_section(study, "treatment"):
        notes = describe_timing(designations, window.periods, **_timing(study))
    return StudyPanel(
        panel=panel.merge(outcome, on=["unit_i", "unit_j", "period"], how="left", validate="one_to_one"),
        periods=window.periods,
        controls=controls,
        intensities=interacted.intensities,
        scales=pd.DataFrame(interacted.scales.items(), columns=["instrument", "scale"]),
        treated_zero=interacted.treated_zero,
        dropped=selection.dropped,
        notes=(*inputs.notes, *notes, *interacted.notes, *_describe_coverage(inputs, interacted.intensities)),
    )


def _prepare_series(study: Study, series: pd.DataFrame) -> pd.DataFrame:
    """Filter the whole series, then cut the window, so that the filter sees the years before it."""
    settings = study.outcome
    with name_section(study, "outcome"):
        filtered = series
        if settings.filter != NOTHING:
            filtered = filter_series(series, settings.filter, **settings.filter_options)  # type: ignore[arg-type]
        return cut_window(filtered, *settings.window) if settings.window else filtered


def _select_designations(designations: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return the designations of the units in the sample; the files of a roster list many others."""
    return designations[designations["unit"].isin(set(series["unit"]))].reset_index(drop=True)


def _find_first(designations: pd.DataFrame) -> int | None:
    dates = pd.to_datetime(designations["date"])
    return int(dates.min().year) if len(dates) else None


@dataclass(frozen=True, slots=True)
class _Window:
    """The periods of the panel, and the year of the first designation of any of its units."""

    periods: tuple[int, ...]
    first: int | None

    def list_before(self, years: Sequence[int]) -> list[int]:
        """Return those of ``years`` that lie before the first designation of any unit."""
        return [year for year in years if self.first is None or year < self.first]


def _measure_outcome(study: Study, series: pd.DataFrame, window: _Window) -> pd.DataFrame:
    settings = study.outcome
    stated = window.list_before(window.periods) if settings.standardise == PRE else settings.standardise
    recipe: dict[str, Any] = {
        "measure": settings.measure,
        "transform": settings.transform,
        "clip": settings.clip if settings.transform else None,
        "standardise": NOTHING if stated is None else stated,
        **settings.options,
    }
    with name_section(study, "outcome"):
        return measure_synchronization(series, **recipe)


def _select_pairs(
    study: Study, inputs: Inputs, series: pd.DataFrame, designations: pd.DataFrame, window: _Window
) -> PairSelection:
    recipe: dict[str, Any] = {
        "roles": study.pairs.roles,
        "gravity": study.pairs.gravity,
        "keep": study.pairs.keep,
        "gravity_years": _choose_years(study, inputs, window),
    }
    with name_section(study, "treatment"):
        designated = find_designated(designations, window.periods, **_timing(study))
    with name_section(study, "pairs"):
        return select_pairs(_list_units(study, inputs, series), designated, **recipe)


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
            f"{_name(absent)}. Add them, or take them out of the series."
        )
    return inputs.units[inputs.units["unit"].isin(set(sample))]


def _choose_years(study: Study, inputs: Inputs, window: _Window) -> list[int] | None:
    """Return the years whose averages make gravity; None where the file has one row a unit."""
    stated = study.pairs.gravity_years
    if study.pairs.gravity is None or inputs.units is None or PERIOD not in inputs.units.columns or stated is None:
        return None
    if stated == PRE:
        return window.list_before(sorted(int(year) for year in inputs.units[PERIOD].unique()))
    if isinstance(stated, str):
        raise ConfigError(f'{study.path}: [pairs] gravity_years must be "{PRE}", "none" or a list of years.')
    return list(stated)


def _treat(study: Study, pairs: pd.DataFrame, designations: pd.DataFrame, window: _Window) -> pd.DataFrame:
    with name_section(study, "treatment"):
        treated = assign_treatment(pairs, designations, window.periods, **_timing(study))
        check_absorbing(treated)
        return treated


def _timing(study: Study) -> dict[str, Any]:
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
    unread = _list_coverage(scores, interacted.intensities, INCOMPLETE)
    if settings.incomplete not in ("refuse", "keep"):
        raise ConfigError(f'{study.path}: [scores] incomplete must be "refuse" or "keep".')
    if unread and settings.incomplete == "refuse":
        raise StudyError(
            f"{study.path}, [scores]: in {len(unread)} treated unit-periods a document could not be read, so that "
            f"their intensity is too small: {_name(unread)}. Make it readable and score again, or set "
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


def _describe_coverage(inputs: Inputs, intensities: pd.DataFrame) -> tuple[str, ...]:
    if inputs.scores is None:
        return ()
    facts = {
        INCOMPLETE: "have a document that could not be read: their intensity is too small",
        "assumed": "have a coverage that is assumed, not declared: a zero may be a gap",
    }
    found = {kind: _list_coverage(inputs.scores, intensities, kind) for kind in facts}
    return tuple(
        f"{len(names)} treated unit-periods {facts[kind]}: {_name(names)}." for kind, names in found.items() if names
    )


def _list_coverage(scores: pd.DataFrame, intensities: pd.DataFrame, kind: str) -> list[str]:
    rows = scores.loc[scores["coverage"] == kind, ["unit", PERIOD]]
    treated = intensities[["unit", PERIOD]].merge(rows, on=["unit", PERIOD])
    return [f"{unit} {period}" for unit, period in treated.sort_values(["unit", PERIOD]).itertuples(index=False)]


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
        with name_section(study, "estimate"):
            added[control] = combine_units(panel, inputs.units, column, rule or _CONTROL_RULE)  # type: ignore[arg-type]
    return panel.assign(**added), tuple(added)


def _name(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
