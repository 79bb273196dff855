"""What an event study returns: effects by event time under either normalisation, their band, their test, HonestDiD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from econ.errors import FitError
from econ.estimate import LEVEL, TIDY, Estimate, WaldTest, build_params
from econ.event_times import COUNTS, EVENT_TIME
from econ.honest import build_honest
from econ.simultaneous import compute_sup_t
from econ.spec import check_choice

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    from econ.spec import VcovLike

    FloatArray = NDArray[np.float64]

Normalise = Literal["reference", "pre_mean"]
Beyond = Literal["bin", "drop"]


@dataclass(frozen=True, slots=True)
class Design:
    """What an event study needs beside its estimate to be drawn up anew.

    Attributes
    ----------
    column
        Of the event times.
    terms
        Event time → its term in the equation; without the reference.
    reference, window, beyond, draws, seed, n_never, notes
        As in ``EventStudy``.
    bins
        The ends of the window that hold event times beyond it.
    counts
        The columns of counts, by event time, reference included.
    """

    column: str
    terms: dict[int, str]
    reference: int
    window: tuple[int, int]
    beyond: Beyond
    bins: tuple[int, ...]
    counts: pd.DataFrame
    n_never: int
    notes: tuple[str, ...]
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by event time.

    Attributes
    ----------
    points : DataFrame
        One row an event time with rows, in order, the reference too: event_time, name ("≤−4" for a bin), estimate,
        std_error, statistic, p_value, conf_low, conf_high (95 % pointwise), band_low, band_high (95 % for all points at
        once), n_rows, n_pairs, n_units, n_treated_units (Int64; NA where the columns do not tell).
    vcov : DataFrame
        Covariance of the points, event times by event times.
    critical : float
        Half the width of the band in standard errors; NaN if the covariance is not finite.
    leads : WaldTest or None
        That all event times before 0 are equal: those estimated are zero, relative to the reference. None if the
        covariance does not allow the test, or one of them rests on one treated unit; ``notes`` say why.
    reference : int
        The event time whose coefficient is left out.
    window : tuple
        The first and the last event time.
    beyond : str
        "bin": rows beyond the window are in the bins at its ends. "drop": they are left out.
    normalise : str
        "reference": points are relative to the reference, which is 0. "pre_mean": to the mean of the points before 0.
    n_never : int
        Rows of never-treated pairs or units, which have no event time.
    estimate : Estimate
        The equation, always relative to the reference.
    notes : tuple of str
        What a reader must know of the design, beside the notes of the estimate, in sentences.
    draws, seed : int
        Of the band.
    design : Design
        From which, with the estimate, all this is drawn up.
    """

    points: pd.DataFrame
    vcov: pd.DataFrame
    critical: float
    leads: WaldTest | None
    reference: int
    window: tuple[int, int]
    beyond: Beyond
    normalise: Normalise
    n_never: int
    estimate: Estimate
    notes: tuple[str, ...]
    draws: int
    seed: int
    design: Design

    def table(self) -> pd.DataFrame:
        """Return ``points``, as a copy."""
        return self.points.copy()

    def summary(self) -> str:
        """Return the event study as text: the equation, its points, the band, the test of the leads, the notes."""
        estimate, spec = self.estimate, self.estimate.spec
        controls = [term for term in estimate.params["term"] if term not in self.design.terms.values()]
        right = " + ".join([self.design.column, *controls, *(f"[{effect}]" for effect in estimate.absorbed)])
        clusters = ", ".join(f"{count:,} by {kind}" for kind, count in estimate.n_clusters.items())
        errors = f"{spec.vcov.kind}, ssc {spec.vcov.ssc}" + (f", clusters: {clusters}" if clusters else "")
        base = (
            f"event time {self.reference}" if self.normalise == "reference" else "the mean of the event times below 0"
        )
        lines = [
            f"{spec.outcome} ~ {right}, relative to {base}",
            f"{estimate.nobs:,} rows, {self.n_never:,} of them never treated; standard errors: {errors}; "
            f"t({estimate.df:g})",
            "",
            self.points.drop(columns=EVENT_TIME).to_string(index=False, float_format=lambda value: f"{value:.6g}"),
            "",
            f"Band: ± {self.critical:.4g} standard errors hold all points at once in 95 %, of multivariate "
            f"t({estimate.df:g}); {self.draws:,} draws, seed {self.seed}.",
        ]
        lines += _describe_leads(self.leads, self.reference)
        lines.append(f"R² {estimate.r2:.4f}, within {estimate.r2_within:.4f}")
        lines += [f"left out: {one.what} ({one.reason}): {one.count:,}" for one in estimate.dropped]
        return "\n".join([*lines, *self.notes, *estimate.notes])

    def with_normalise(self, normalise: Normalise) -> EventStudy:
        """Return the same event study relative to another base, by the linear map of :func:`fit_event_study`.

        Raises
        ------
        SpecError
            If the base is not known.
        """
        check_choice("with_normalise", "normalise", normalise, get_args(Normalise))
        return assemble_points(self.estimate, self.design, normalise)

    def with_vcov(self, vcov: VcovLike, ssc: str | None = None) -> EventStudy:
        """Return the same event study with another covariance; ``vcov`` and ``ssc`` as in ``fit_panel``.

        Raises
        ------
        SpecError, FitError
            As ``fit_panel`` does.
        """
        return assemble_points(self.estimate.with_vcov(vcov, ssc), self.design, self.normalise)

    def tabulate_honest(self) -> pd.DataFrame:
        """Return β and Σ as HonestDiD takes them, relative to event time −1 whatever the reference and normalisation.

        Columns, rows and source: :func:`econ.honest.build_honest`. numPrePeriods and numPostPeriods are the numbers of
        rows whose period is "pre" and "post".

        Raises
        ------
        SpecError
            If −1 or another event time between the first and the last has no rows, or there is no lead before −1.
        FitError
            If the covariance is not finite.
        """
        event_times = [int(event_time) for event_time in self.points[EVENT_TIME]]
        return build_honest(event_times, self.design.bins, *_lay_out(self.estimate, self.design, event_times))

    def export_honest(self, path: str | PathLike[str]) -> None:
        """Write :meth:`tabulate_honest` as a CSV file; each number has the digits that tell its double from others.

        In R, without the bins, into which there is no step of one period::

            d <- read.csv("honest.csv")
            k <- !as.logical(d$bin)
            S <- as.matrix(d[k, -(1:5)])[, k]
            d <- d[k, ]
            HonestDiD::createSensitivityResults_relativeMagnitudes(
              betahat = d$estimate, sigma = S,
              numPrePeriods = sum(d$period == "pre"), numPostPeriods = sum(d$period == "post"))

        Its intervals rest on normal quantiles, not on t with the degrees of freedom of the estimate.

        Raises
        ------
        SpecError, FitError
            As ``tabulate_honest`` does.
        """
        self.tabulate_honest().to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def assemble_points(estimate: Estimate, design: Design, normalise: Normalise) -> EventStudy:
    """Draw up the points and their covariance under a normalisation, the band, and the test of the leads.

    Parameters
    ----------
    estimate
        Of an equation with the terms of the design, relative to its reference.
    design, normalise
        See :class:`EventStudy`.
    """
    event_times = [int(event_time) for event_time in design.counts.index]
    estimates, vcov = _normalise(*_lay_out(estimate, design, event_times), event_times, normalise)
    table = build_params([str(event_time) for event_time in event_times], estimates, vcov, estimate.df)
    if normalise == "reference":  # keep the intervals of the bootstrap, where there are some
        own = estimate.params.set_index("term")
        for place, event_time in enumerate(event_times):
            if event_time in design.terms:
                table.loc[place, list(TIDY[1:])] = own.loc[design.terms[event_time], list(TIDY[1:])].to_numpy(float)
    critical = compute_sup_t(vcov, estimate.df, LEVEL, design.draws, design.seed)
    reach = critical * table["std_error"]
    points = pd.concat(
        [
            pd.DataFrame({EVENT_TIME: event_times, "name": [_name(place, design) for place in event_times]}),
            table.drop(columns="term").assign(band_low=estimates - reach, band_high=estimates + reach),
            design.counts.reset_index(drop=True)[list(COUNTS)],
        ],
        axis=1,
    )
    leads, notes = _test_leads(estimate, design)
    return EventStudy(
        points=points,
        vcov=pd.DataFrame(vcov, index=design.counts.index, columns=design.counts.index),
        critical=critical,
        leads=leads,
        reference=design.reference,
        window=design.window,
        beyond=design.beyond,
        normalise=normalise,
        n_never=design.n_never,
        estimate=estimate,
        notes=(*design.notes, *notes, *_describe_wild(estimate, normalise)),
        draws=design.draws,
        seed=design.seed,
        design=design,
    )


def _lay_out(estimate: Estimate, design: Design, event_times: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return δ and its covariance with a zero for the reference."""
    places = [place for place, event_time in enumerate(event_times) if event_time in design.terms]
    names = [design.terms[event_times[place]] for place in places]
    estimates, vcov = np.zeros(len(event_times)), np.zeros((len(event_times),) * 2)
    estimates[places] = estimate.params.set_index("term").loc[names, "estimate"].to_numpy(dtype=float)
    vcov[np.ix_(places, places)] = estimate.vcov.loc[names, names].to_numpy(dtype=float)
    return estimates, vcov


def _normalise(
    estimates: FloatArray, vcov: FloatArray, event_times: list[int], normalise: Normalise
) -> tuple[FloatArray, FloatArray]:
    """Return Mδ and MVM', M = I − 1a' with a = 1/P at the P event times before 0."""
    if normalise == "reference":
        return estimates, vcov
    before = np.array(event_times) < 0
    change = np.eye(len(event_times)) - before / before.sum()
    return change @ estimates, _symmetrize(change @ vcov @ change.T)


def _symmetrize(matrix: FloatArray) -> FloatArray:
    return np.asarray((matrix + matrix.T) / 2)


def _name(event_time: int, design: Design) -> str:
    sign = ("≤" if event_time == design.window[0] else "≥") if event_time in design.bins else ""
    return sign + str(event_time).replace("-", "−")


def _test_leads(estimate: Estimate, design: Design) -> tuple[WaldTest | None, list[str]]:
    terms = {place: term for place, term in design.terms.items() if place < 0}
    n_units = design.counts["n_treated_units"].fillna(0)
    lone = [place for place in sorted([*terms, design.reference]) if n_units[place] == 1]
    if lone:
        return None, [
            f"The leads are not tested jointly: at the event times {', '.join(map(str, lone))} there is one treated "
            "unit, whose own noise no standard error here counts, and the test would reject nearly always. Compare "
            "with designations elsewhere: econ.permute_designations."
        ]
    try:
        return estimate.test_zero(list(terms.values())), []
    except FitError as error:
        return None, [f"The leads are not tested jointly: {error}"]


def _describe_leads(test: WaldTest | None, reference: int) -> list[str]:
    if test is None:
        return []
    result = f"F({test.df_num}, {test.df_denom:g}) = {test.statistic:.4g}, p = {test.p_value:.4g}"
    return [f"Leads, relative to event time {reference}: {test.hypothesis}: {result}"]


def _describe_wild(estimate: Estimate, normalise: Normalise) -> list[str]:
    if estimate.spec.vcov.kind != "wild":
        return []
    shown = "the band and the joint test" if normalise == "reference" else "all intervals and the joint test"
    return [
        f"The bootstrap is of one coefficient at a time: {shown} here rest on the clustered covariance and t(G − 1)."
    ]
