"""Whether a coder's probabilities can be trusted: calibration, and errors among the most and the least certain clauses.

Clauses are put in the order of the probability p of the code they got. Clauses of equal p are never told apart: they
fall into one bin, and a share that cuts through them takes each of them in part.

Calibration: ten bins of equal mass (a clause belongs to the bin in which the middle of its ties lies), and the expected
calibration error Σ_b w_b |right_b − p_b| over their shares w_b (Naeini, Cooper and Hauskrecht 2015; equal mass: Nguyen
and O'Connor 2015). It is above zero even for perfect probabilities, because bins are finite: ``chance_error`` is its
mean if every clause were right with just its probability, found by drawing such outcomes (the consistency resampling of
Bröcker and Smith 2007). A bootstrap adds noise once more, so the interval of the
calibration error lies too high: compare the value, not the interval, with ``chance_error``.

Risk and coverage: E(c) is the share of errors among all clauses that lie among the most certain share c; the risk at
coverage c is E(c) / c, and its area ∫ E(c) / c dc (Geifman, Uziel and El-Yaniv 2019). With error rate e a perfect order
has the area e + (1 − e) ln(1 − e), a random one e.
"""

import math
from dataclasses import dataclass

import numpy as np

from textq.coding.accuracy.judged import Judged
from textq.coding.arrays import BoolArray, FloatArray, IntArray, divide_halves
from textq.coding.resample import Figure, Resampling, estimate, make_figure
from textq.errors import ConfigError

N_BINS = 10
LEAST_CERTAIN = 0.15
"""The share of clauses that a coder may leave to a person."""

COVERAGES = tuple(round(0.05 * step, 2) for step in range(1, 21))
"""Where the curve of risk is given."""

_SIMULATED = 200
"""Samples for the calibration error of perfect probabilities."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Clauses of similar probability: from and to which, how many, their mean probability, and the share right."""

    lowest: float
    highest: float
    n_clauses: int
    probability: float
    right: Figure


@dataclass(frozen=True, slots=True)
class Risk:
    """The share of errors among the most certain clauses that make up the share ``coverage`` of all."""

    coverage: float
    error: Figure


@dataclass(frozen=True, slots=True)
class Certainty:
    """How far the probabilities of a coder can be trusted.

    Attributes
    ----------
    n_clauses, n_without
        Clauses with a probability, which all figures are about, and those without.
    bins
        From the least certain up.
    calibration_error, chance_error
        The expected calibration error; what perfect probabilities would have on so many clauses.
    curve
        Risk at growing coverage.
    area, area_of_perfect_order, area_of_random_order
        Under that curve; less is better.
    error_least_certain, error_rest
        Error rates of the least certain ``LEAST_CERTAIN`` of the clauses, and of the rest.
    """

    n_clauses: int
    n_without: int
    bins: tuple[Bin, ...]
    calibration_error: Figure
    chance_error: float
    curve: tuple[Risk, ...]
    area: Figure
    area_of_perfect_order: float
    area_of_random_order: float
    error_least_certain: Figure
    error_rest: Figure


def measure_certainty(
    judged: Judged, generator: np.random.Generator, resampling: Resampling | None = None
) -> Certainty:
    """Measure how far the probabilities can be trusted.

    Parameters
    ----------
    judged
        At least one clause has a probability.
    generator
        Simulates perfect probabilities.
    resampling
        Draws for intervals, over the clauses of ``judged``.

    Raises
    ------
    ConfigError
        If no clause has a probability.
    """
    known = np.isfinite(judged.probabilities)
    if not known.any():
        raise ConfigError("the coder states no probability for any clause. Its certainty cannot be judged.")
    order = _Order(judged.probabilities[known], judged.right[known])
    weights = judged.relative_weights[known]
    found = order.measure(weights)
    drawn: FloatArray | None = None
    if resampling is not None:
        samples = (resampling.weigh_clauses(at)[known] for at in range(resampling.draws))
        drawn = np.array([order.measure(sample * weights) for sample in samples])
    figures = [
        make_figure(value, None if drawn is None else drawn[:, at], judged.n_groups) for at, value in enumerate(found)
    ]
    error = float(weights @ ~judged.right[known] / weights.sum())
    return Certainty(
        n_clauses=int(known.sum()),
        n_without=int((~known).sum()),
        bins=_list_bins(order, weights, resampling, known),
        calibration_error=figures[0],
        chance_error=order.simulate_error(weights, generator),
        curve=tuple(Risk(*pair) for pair in zip(COVERAGES, figures[4:], strict=True)),
        area=figures[1],
        area_of_perfect_order=error + (1 - error) * math.log1p(-error) if error < 1 else 1.0,
        area_of_random_order=error,
        error_least_certain=figures[2],
        error_rest=figures[3],
    )


class _Order:
    """Clauses in the order of their probability, ties together; measured under any weights."""

    def __init__(self, probabilities: FloatArray, right: BoolArray) -> None:
        self.levels, self.level_of = np.unique(probabilities, return_inverse=True)
        self.right = right.astype(float)

    def measure(self, weights: FloatArray) -> FloatArray:
        """Return calibration error, area, errors of the least certain and of the rest, and the risks of the curve."""
        mass, hits = self.sum_levels(weights), self.sum_levels(weights * self.right)
        total = mass.sum()
        if total <= 0:
            return np.full(4 + len(COVERAGES), math.nan)
        wrong = np.concatenate([[0.0], np.cumsum((mass - hits)[::-1])]) / total
        reach = np.concatenate([[0.0], np.cumsum(mass[::-1])]) / total
        at = np.array([1 - LEAST_CERTAIN, *COVERAGES])
        errors = np.interp(at, reach, wrong)
        least = (wrong[-1] - errors[0]) / LEAST_CERTAIN
        return np.array(
            [self._add_up_bins(mass, hits), _integrate_risk(reach, wrong), least, errors[0] / at[0], *(errors / at)[1:]]
        )

    def find_bins(self, mass: FloatArray) -> IntArray:
        """Return the bin of each level of probability, from 0 for the least certain."""
        middles = (np.cumsum(mass) - mass / 2) / mass.sum()
        return np.asarray(np.minimum((middles * N_BINS).astype(np.intp), N_BINS - 1))

    def simulate_error(self, weights: FloatArray, generator: np.random.Generator) -> float:
        """Return the mean calibration error if every clause were right with its probability."""
        mass = self.sum_levels(weights)
        bins, probabilities = self.find_bins(mass)[self.level_of], self.levels[self.level_of]
        right = generator.random((_SIMULATED, len(weights))) < probabilities
        gaps = (right - probabilities) * weights
        into = (bins[:, None] == np.arange(N_BINS)).astype(float)
        return float(np.abs(gaps @ into).sum(axis=1).mean() / weights.sum())

    def sum_levels(self, values: FloatArray) -> FloatArray:
        """Return the sums over the clauses of each level of probability."""
        return np.asarray(np.bincount(self.level_of, values, len(self.levels)), dtype=float)

    def _add_up_bins(self, mass: FloatArray, hits: FloatArray) -> float:
        gaps = np.bincount(self.find_bins(mass), hits - mass * self.levels, N_BINS)
        return float(np.abs(gaps).sum() / mass.sum())


def _integrate_risk(reach: FloatArray, wrong: FloatArray) -> float:
    """Return ∫ E(c) / c dc of the piecewise linear E through (reach, wrong), which starts in (0, 0)."""
    starts, ends = reach[:-1], reach[1:]
    spans = ends - starts
    kept = spans > 0
    starts, ends, spans, base = starts[kept], ends[kept], spans[kept], wrong[:-1][kept]
    slopes = np.diff(wrong)[kept] / spans
    logs = np.log(np.divide(ends, starts, out=np.ones_like(ends), where=starts > 0))
    return float((slopes * spans + (base - slopes * starts) * logs).sum())


def _list_bins(order: _Order, weights: FloatArray, resampling: Resampling | None, known: BoolArray) -> tuple[Bin, ...]:
    """Return the bins of the sample; their intervals keep the bins' borders."""
    of_level = order.find_bins(order.sum_levels(weights))
    numbers = np.unique(of_level)
    inside = (of_level[order.level_of][:, None] == numbers) * weights[:, None]
    contributions = np.zeros((len(known), 2 * len(numbers)))
    contributions[known] = np.concatenate([inside * order.right[:, None], inside], axis=1)
    means = inside.T @ order.levels[order.level_of] / inside.sum(axis=0)
    shares = estimate(contributions, divide_halves, resampling)
    return tuple(
        Bin(
            float(order.levels[of_level == number].min()),
            float(order.levels[of_level == number].max()),
            int((inside[:, at] > 0).sum()),
            float(means[at]),
            shares[at],
        )
        for at, number in enumerate(numbers)
    )
