"""Covariance matrices of estimates, all from the scores of one pass over the rows.

With X̃ the regressors after the effects are taken out, e the residuals and w the weights, row r has the score
s_r = w_r x̃_r e_r. Every matrix here is V = c · A M A with the bread A = (X̃'WX̃)⁻¹, a meat M made of sums of scores,
and the small-sample factor c of :func:`compute_ssc`. It is computed from sums of A s_r, which cannot round to a
negative variance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from econ.codes import number_keys
from econ.errors import FitError
from econ.gram import multiply_columns
from econ.spec import MEMBERS, check_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from econ.spec import Ssc, VcovSpec

    FloatArray = NDArray[np.float64]
    Codes = NDArray[np.intp]

TOLERANCE = 1e-10
"""How negative an eigenvalue may be, for a matrix of unit scale, before the matrix counts as indefinite."""

_MIN_ROWS = 2  # of a run, on average, for its sums to be worth having


@dataclass(frozen=True)
class Design:
    """A fitted equation, as arrays.

    Attributes
    ----------
    columns : (n, k)
        The regressors after the absorbed effects are taken out (an intercept is one of them if nothing is absorbed).
    residuals : (n,)
        Of the fit.
    weights : (n,) or None
        Positive analytic weights.
    groups : Mapping
        Column name → (n,) codes ≥ 0, or (R,) where ``starts`` are known. The two members of a dyadic spec share one
        numbering of units.
    levels : Mapping
        Absorbed effect → number of its levels.
    nested : Mapping
        Column name of ``groups`` → the absorbed effects each of whose levels lies in one of its groups.
    n_absorbed : int
        Coefficients of all absorbed effects together: the rank of their dummies or, where that is not known, all levels
        less one for each effect after the first.
    starts : (R,) or None
        The rows where runs of rows of the same groups begin, where they are known.
    known_bread : (k, k) or None
        A, where it has been computed.
    known_sums : dict or None
        Where covariances of one fit share what they sum first: the sums of scores over runs of rows, by the bytes of
        the places where these begin.
    """

    columns: FloatArray
    residuals: FloatArray
    weights: FloatArray | None = None
    groups: Mapping[str, Codes] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    nested: Mapping[str, Collection[str]] = field(default_factory=dict)
    n_absorbed: int = 0
    starts: Codes | None = None
    known_bread: FloatArray | None = None
    known_sums: dict[bytes, FloatArray] | None = None
    _pair_sums: dict[tuple[str, ...], tuple[FloatArray, Codes, Codes]] = field(default_factory=dict, init=False)

    @cached_property
    def bread(self) -> FloatArray:
        """A, (k, k)."""
        return compute_bread(self.columns, self.weights) if self.known_bread is None else self.known_bread

    @cached_property
    def weighted_residuals(self) -> FloatArray:
        """Of each row, w e, (n,)."""
        return self.residuals if self.weights is None else self.weights * self.residuals

    @cached_property
    def influences(self) -> FloatArray:
        """A s of each row, (n, k)."""
        return self.columns @ self.bread * self.weighted_residuals[:, None]

    @cached_property
    def _starts(self) -> Codes | None:
        """The rows (R,) where runs of rows of the same groups begin; None if these are too short to be of use."""
        if self.starts is not None:
            return self.starts
        changes = np.ones(len(self.residuals), dtype=np.bool_)
        changes[1:] = np.logical_or.reduce([codes[1:] != codes[:-1] for codes in self.groups.values()])
        starts = np.flatnonzero(changes)
        return starts if len(starts) * _MIN_ROWS <= len(changes) else None

    def code_runs(self, column: str) -> Codes:
        """Return the codes of a column of ``groups``, one a run of rows."""
        codes, starts = self.groups[column], self._starts
        return codes if starts is None or self.starts is not None else codes[starts]

    def _sum_runs(self, starts: Codes) -> FloatArray:
        """Return the sums of scores over runs of rows, (R, k)."""
        known: dict[bytes, FloatArray] = {} if self.known_sums is None else self.known_sums
        key = starts.tobytes()
        if key not in known:
            known[key] = sum_runs(self.columns, starts, self.weighted_residuals)
        return known[key]

    def sum_influences(self, codes: Codes) -> FloatArray:
        """Return influences summed to groups, (G, k): V is made of sums of their outer products.

        ``codes`` are those of runs, made from :meth:`code_runs`.
        """
        if self._starts is None:
            return sum_by_group(self.columns, codes, self.weighted_residuals) @ self.bread
        return sum_by_group(self._sum_runs(self._starts), codes) @ self.bread

    def sum_pairs(self, by: tuple[str, ...]) -> tuple[FloatArray, Codes, Codes]:
        """Return influences summed to the pairs of two groups, (P, k), and the members of each."""
        if by not in self._pair_sums:
            pair, first, second = number_pairs(*map(self.code_runs, by))
            self._pair_sums[by] = self.sum_influences(pair), first, second
        return self._pair_sums[by]


@dataclass(frozen=True, slots=True)
class Covariance:
    """A covariance of estimates and what it rests on.

    Attributes
    ----------
    matrix : (k, k)
        Symmetric.
    df : float
        Degrees of freedom of the t distribution that goes with it.
    n_clusters : Mapping
        Number of clusters by kind.
    notes : tuple of str
        What a reader must know before trusting it, in sentences.
    """

    matrix: FloatArray
    df: float
    n_clusters: Mapping[str, int]
    notes: tuple[str, ...] = ()


def compute_bread(columns: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return A = (X̃'WX̃)⁻¹, (k, k), of linearly independent columns (n, k) and weights (n,)."""
    return invert_gram(multiply_columns(columns, weights))


def invert_gram(gram: FloatArray) -> FloatArray:
    """Return the inverse of a positive definite matrix, symmetric; scales do not matter."""
    scale = np.sqrt(np.diag(gram))
    inverse = np.linalg.inv(gram / np.outer(scale, scale)) / np.outer(scale, scale)
    return np.asarray((inverse + inverse.T) / 2)


def compute_vcov(spec: VcovSpec, design: Design) -> Covariance:
    """Return the covariance of the estimates.

    Let S_g be the sum of the scores of group g, n the rows, K the coefficients and c the factor as in
    :func:`compute_ssc`.

    * ``iid``: M = σ² A⁻¹, σ² = Σ w e² / n, so that c makes it Σ w e² / (n − K); t(n − K).
    * ``hc1``: M = Σ_r s_r s_r' (White 1980; HC0 where ``ssc`` is "none"); t(n − K).
    * ``cluster``: M = Σ_g S_g S_g' (Liang and Zeger 1986); t(G − 1).
    * ``twoway``: V = V_a + V_b − V_ab, each as ``cluster`` (Cameron, Gelbach and Miller 2011); t(min G − 1). Where V is
      not positive semi-definite its negative eigenvalues are set to zero, as they do, and a note says so. With the
      two members of unordered pairs it depends on which of them is called i; a note says that too.
    * ``dyadic``: M = Σ_i S_i S_i' − Σ_d S_d S_d', with S_d the sum over the rows of pair d (all periods, either order
      of its members) and S_i = Σ_{d∋i} S_d: every product of two pairs that share a member counts once (Fafchamps
      and Gubert 2007; Cameron and Miller 2014; Aronow, Samii and Assenova 2015). Where M is not positive
      semi-definite, or a variance vanishes, Σ_i S_i S_i', which is at least as large, takes its place, and a note says
      so; t(C − 1) with C units.

    Parameters
    ----------
    spec, design
        The recipe, whose columns are keys of ``design.groups``, and the fitted equation.

    Raises
    ------
    SpecError
        If the kind is another one.
    FitError
        If the equation is saturated (n ≤ K), or there is only one cluster, or one pair.
    """
    check_choice("compute_vcov", "kind", spec.kind, tuple(_SANDWICHES))
    return _SANDWICHES[spec.kind](spec, design)


def compute_ssc(ssc: Ssc, design: Design, by: tuple[str, ...] = (), n_groups: int | None = None) -> float:
    """Return the small-sample factor c of a covariance.

    "none": c = 1. The others: c = n / (n − K) without clusters, c = G/(G − 1) · (n − 1)/(n − K) with them, where G is
    the smaller number of groups of two columns, and the number of units for ``dyadic``. They differ in K alone, the k
    regressors and the coefficients of absorbed effects that they count; with l_f the levels of effect f:

    * "fixest": K = k + 1 + Σ (l_f − 1) over the effects that are not nested in the clusters (K = k where nothing is
      absorbed). An effect is nested if it is so in any of the columns. Levels that are redundant beyond one an effect
      are counted (``K.fixef = "nonnested"``, ``K.exact = FALSE``).
    * "reghdfe": the same where an effect is nested (its ``nested_adj`` is the 1); else k + ``n_absorbed``, since it
      leaves out what its mobility groups make redundant.
    * "stata": K = k + ``n_absorbed``, nested or not: areg, and regress with dummies.

    Sources: the vignette "On standard-errors" of the R package fixest and ``get_ssc`` of pyfixest 0.60;
    ``Regression.mata`` and ``DoF.mata`` of reghdfe 6; the methods and formulas of Stata's [R] regress and [R] areg.

    Parameters
    ----------
    ssc, design
        The correction and the fitted equation.
    by, n_groups
        The columns of the clusters and G; none for ``iid`` and ``hc1``.

    Raises
    ------
    FitError
        If n ≤ K.
    """
    if ssc == "none":
        return 1.0
    n_rows, df = len(design.residuals), count_df(ssc, design, by)
    return n_rows / df if n_groups is None else n_groups / (n_groups - 1) * (n_rows - 1) / df


def sum_by_group(values: FloatArray, codes: Codes, factors: FloatArray | None = None) -> FloatArray:
    """Return the sums of ``values`` (n, k) over the groups that have rows, shape (G, k); ``codes`` (n,) are ≥ 0.

    Rows are multiplied by ``factors`` (n,) before, if there are any.
    """
    if (codes[1:] >= codes[:-1]).all():
        return sum_runs(values, np.flatnonzero(np.append(True, codes[1:] != codes[:-1])), factors)
    columns = (column if factors is None else column * factors for column in values.T)
    sums = np.column_stack([np.bincount(codes, column) for column in columns])
    return np.asarray(sums[np.bincount(codes) > 0])


def sum_runs(values: FloatArray, starts: Codes, factors: FloatArray | None = None) -> FloatArray:
    """Return the sums of ``values`` (n, k) over the runs of rows that begin at ``starts`` (R,), shape (R, k).

    Rows are multiplied by ``factors`` (n,) before, if there are any. Runs of one length are summed faster.
    """
    shape = len(starts), len(values) // len(starts)
    even = shape[0] * shape[1] == len(values) and (starts == np.arange(0, len(values), shape[1])).all()
    if even and factors is not None:
        return np.asarray(np.einsum("krl,rl->kr", values.T.reshape(-1, *shape), factors.reshape(shape)).T)
    columns = (column if factors is None else column * factors for column in values.T)
    if even:
        return np.column_stack([column.reshape(shape) @ np.ones(shape[1]) for column in columns])
    return np.column_stack([np.add.reduceat(column, starts) for column in columns])


def count_df(ssc: Ssc, design: Design, by: tuple[str, ...] = ()) -> int:
    """Return n − K; parameters as of :func:`compute_ssc`."""
    n_rows, n_coefficients = len(design.residuals), _count_coefficients(ssc, design, by)
    if n_rows <= n_coefficients:
        raise FitError(
            f"the equation is saturated: {n_rows} rows for {n_coefficients} coefficients, so no covariance can be "
            "computed. Use more rows, or fewer regressors and absorbed effects."
        )
    return n_rows - n_coefficients


def _count_coefficients(ssc: Ssc, design: Design, by: tuple[str, ...]) -> int:
    """Return K; "none" counts like "stata", for the t distribution."""
    n_regressors = int(design.columns.shape[1])
    if not design.levels:
        return n_regressors
    nested = {effect for column in by for effect in design.nested.get(column, ())}
    if ssc == "fixest" or (ssc == "reghdfe" and nested):
        return n_regressors + 1 + sum(size - 1 for effect, size in design.levels.items() if effect not in nested)
    return n_regressors + design.n_absorbed


def _check_clusters(n_clusters: Mapping[str, int]) -> None:
    for name, count in n_clusters.items():
        if count < 2:
            raise FitError(f"{name!r} has one cluster, so no covariance can be computed. Cluster by another column.")


def _compute_iid(spec: VcovSpec, design: Design) -> Covariance:
    squares = design.residuals**2 if design.weights is None else design.weights * design.residuals**2
    variance = compute_ssc(spec.ssc, design) * float(squares.mean())
    return Covariance(variance * design.bread, count_df(spec.ssc, design), {})


def _compute_hc1(spec: VcovSpec, design: Design) -> Covariance:
    influences = design.influences
    factor = compute_ssc(spec.ssc, design)
    return Covariance(factor * (influences.T @ influences), count_df(spec.ssc, design), {})


def _compute_cluster(spec: VcovSpec, design: Design) -> Covariance:
    (column,) = spec.by
    sums = design.sum_influences(design.code_runs(column))
    return assemble_cluster(spec, design, sums.T @ sums, len(sums))


def assemble_cluster(spec: VcovSpec, design: Design, meat: FloatArray, n_groups: int) -> Covariance:
    """Return the clustered covariance, given Σ_g S_g S_g' of the influences (k, k) and the number of groups."""
    (column,) = spec.by
    _check_clusters({column: n_groups})
    factor = compute_ssc(spec.ssc, design, spec.by, n_groups)
    return Covariance(factor * meat, n_groups - 1, {column: n_groups})


def _compute_twoway(spec: VcovSpec, design: Design) -> Covariance:
    """Give all three parts the factor of the smaller number of groups."""
    first, second = map(design.code_runs, spec.by)
    sums = [design.sum_influences(codes) for codes in (first, second, _cross(first, second))]
    one, two, both = (group.T @ group for group in sums)
    return assemble_twoway(spec, design, (one, two, both), (len(sums[0]), len(sums[1])))


def assemble_twoway(
    spec: VcovSpec, design: Design, meats: tuple[FloatArray, FloatArray, FloatArray], n_groups: tuple[int, int]
) -> Covariance:
    """Return the two-way covariance, given Σ S S' of the influences by either column and by both, (k, k) each."""
    one, two, both = meats
    n_clusters = dict(zip(spec.by, n_groups, strict=True))
    _check_clusters(n_clusters)
    matrix, notes = one + two - both, []
    if _is_indefinite(matrix, one + two):
        matrix = _floor_eigenvalues(matrix)
        notes.append("The two-way covariance was not positive semi-definite; its negative eigenvalues were set to 0.")
    if set(spec.by) == set(MEMBERS):
        notes.append(
            "Two-way clustering by the members of unordered pairs depends on which of them is called i. "
            "The dyadic covariance does not."
        )
    smallest = min(n_clusters.values())
    factor = compute_ssc(spec.ssc, design, spec.by, smallest)
    return Covariance(factor * matrix, smallest - 1, n_clusters, tuple(notes))


def _compute_dyadic(spec: VcovSpec, design: Design) -> Covariance:
    """Sum the rows to pairs and the pairs to units."""
    by_pair, first, second = design.sum_pairs(spec.by)
    n_units = int(max(first.max(), second.max())) + 1
    by_unit = np.array([np.bincount(first, sums, n_units) + np.bincount(second, sums, n_units) for sums in by_pair.T]).T
    by_unit = by_unit[np.bincount(first, minlength=n_units) + np.bincount(second, minlength=n_units) > 0]
    return assemble_dyadic(spec, design, by_unit, by_pair.T @ by_pair, len(by_pair))


def assemble_dyadic(
    spec: VcovSpec, design: Design, by_unit: FloatArray, by_pair: FloatArray, n_pairs: int
) -> Covariance:
    """Return the dyadic covariance, given the influences S_i of the units (C, k) and Σ_d S_d S_d' of pairs (k, k)."""
    n_clusters = {"pair": n_pairs, "unit": len(by_unit)}
    _check_clusters(n_clusters)
    outer = by_unit.T @ by_unit
    matrix, notes = outer - by_pair, []
    if _is_indefinite(matrix, outer, floor=TOLERANCE):
        matrix = outer
        notes.append(
            "The dyadic-robust covariance was not positive semi-definite, or had a variance of zero. The sum of the "
            "outer products of the unit scores, in which the product of a pair with itself counts twice, took its "
            "place: its variances are at least as large."
        )
    factor = compute_ssc(spec.ssc, design, spec.by, len(by_unit))
    return Covariance(factor * matrix, len(by_unit) - 1, n_clusters, tuple(notes))


def number_pairs(first: Codes, second: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the codes of the unordered pairs of two members (n,), and the lower and the upper member of each pair."""
    lower, upper = first, second
    if (first > second).any():
        lower, upper = np.minimum(first, second), np.maximum(first, second)
    n_units = int(upper.max()) + 1
    pair, keys = number_keys(lower * n_units + upper, n_units**2)
    return pair, keys // n_units, keys % n_units


def _cross(first: Codes, second: Codes) -> Codes:
    """Return the codes of the groups that two columns form together."""
    n_second = int(second.max()) + 1
    return number_keys(first * n_second + second, (int(first.max()) + 1) * n_second)[0]


def _is_indefinite(matrix: FloatArray, reference: FloatArray, floor: float = 0.0) -> bool:
    """Whether an eigenvalue is negative, or a variance below ``floor``, once the variances of ``reference`` are one."""
    scale = np.sqrt(np.diag(reference))
    scale[scale == 0] = 1.0
    scaled = matrix / np.outer(scale, scale)
    return bool(np.linalg.eigvalsh(scaled).min() < -TOLERANCE or np.diag(scaled).min() < floor)


def _floor_eigenvalues(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)


_SANDWICHES: Mapping[str, Callable[[VcovSpec, Design], Covariance]] = {
    "iid": _compute_iid,
    "hc1": _compute_hc1,
    "cluster": _compute_cluster,
    "twoway": _compute_twoway,
    "dyadic": _compute_dyadic,
}
