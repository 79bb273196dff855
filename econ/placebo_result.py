"""What a placebo returns: the statistics of every draw beside those of the true designations, and their p-values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import FitError, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from econ.estimate import Dropped

FloatArray = NDArray[np.float64]

TESTS = ("statistic", "observed", "two_sided", "left_sided", "right_sided", "n_draws", "mean", "std")

_TIE = 1e-9
"""Values that differ by less, relative to the observed one, are equal: rounding must not break ties."""

_GRAIN = 1e-7
"""Arrays whose values differ by less, relative to their largest one, have the same digest: the last bits of sums depend
on the machine."""


@dataclass(frozen=True, slots=True)
class PlaceboSpec:
    """The recipe of a placebo; two runs with the same one and the same data share their draws.

    Attributes
    ----------
    kind, timing, strata, seed
        As in ``econ.run_placebo``.
    recipe
        All other choices by name, as text.
    digest
        Of all that the draws are made from: units, dates, strata, periods, outcome, scores or statistic, numpy's
        version; see :func:`compute_digest`.
    """

    kind: str
    timing: str
    strata: str | None
    seed: int
    recipe: Mapping[str, str]
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Placebo:
    """A permutation test.

    Attributes
    ----------
    tests : DataFrame
        One row a statistic: ``statistic`` (its name), ``observed`` (under the true designations), ``two_sided``,
        ``left_sided`` and ``right_sided`` p-values, ``n_draws`` (draws that identify it), ``mean`` and ``std`` of the
        draws.
    draws : DataFrame
        One row a draw: ``draw`` (0, 1, …) and one column a statistic; NaN where the draw does not identify it. Then,
        of ``run_placebo``, ``substituted`` (the dyadic covariance was not positive semi-definite, and Σ_i S_i S_i' took
        its place), or of ``permute_designations``, ``failure`` (the class of the error that the statistic raised; "").
    estimate : DataFrame or None
        Of ``run_placebo``: term, estimate, std_error (dyadic-robust), statistic, p_value, conf_low, conf_high under the
        true designations, as ``fit_panel`` gives them on the same rows.
    n_pairs, n_designated : int or None
        Of the true sample; None after ``permute_designations``.
    spec : PlaceboSpec
    dropped : tuple of Dropped
        What the true sample leaves out, and why.
    notes : tuple of str
        What a reader must know before trusting the p-values.
    """

    tests: pd.DataFrame
    draws: pd.DataFrame
    spec: PlaceboSpec
    estimate: pd.DataFrame | None = None
    n_pairs: int | None = None
    n_designated: int | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the placebo as text: the recipe, the estimate, the p-values, what was left out, the notes."""
        recipe = ", ".join(f"{name} {value}" for name, value in self.spec.recipe.items())
        strata = f" within {self.spec.strata}" if self.spec.strata else ""
        lines = [
            f"Placebo by {self.spec.kind}{strata}: {len(self.draws):,} draws, seed {self.spec.seed}, "
            f"timing {self.spec.timing}" + (f", {recipe}" if recipe else "")
        ]
        if self.n_pairs is not None:
            lines.append(f"true sample: {self.n_pairs:,} pairs, {self.n_designated} designated units")
        for table in (self.estimate, self.tests):
            if table is not None:
                lines += ["", table.to_string(index=False, float_format=lambda value: f"{value:.6g}")]
        lines.append("")
        lines += [f"left out: {one.what} ({one.reason}): {one.count:,}" for one in self.dropped]
        return "\n".join([*lines, *self.notes])


def compute_p_values(observed: float, draws: FloatArray) -> tuple[float, float, float, int]:
    """Return two-, left- and right-sided p-values, and the number of draws behind them.

    p = (1 + #{draws at least as extreme}) / (1 + draws): the truth is one of the possible assignments and counts
    itself, so p is never zero and the test never too large (Phipson and Smyth 2010, Statistical Applications in
    Genetics and Molecular Biology 9(1)). At least as extreme: |x| ≥ |observed|; x ≤ observed; x ≥ observed; ties count.
    Draws that are NaN, as they do not identify the statistic, are left aside.

    Parameters
    ----------
    observed
        Of the true designations, finite.
    draws : (n,)
    """
    valid = draws[~np.isnan(draws)]
    slack = _TIE * abs(observed)
    extreme = (
        np.abs(valid) >= abs(observed) - slack,
        valid <= observed + slack,
        valid >= observed - slack,
    )
    two, left, right = (float((1 + flags.sum()) / (1 + len(valid))) for flags in extreme)
    return two, left, right, len(valid)


def check_observed(observed: Mapping[str, float]) -> None:
    """Raise unless all statistics of the true designations are finite.

    Raises
    ------
    FitError
        Naming the statistic.
    """
    for name, value in observed.items():
        if not np.isfinite(value):
            raise FitError(
                f"the true designations give the statistic {name!r} the value {value}, so there is nothing to compare "
                "draws with: no pair of the sample may be treated, the effects may absorb the treatment, or scores "
                "repeat one another. Look at the sample, or leave the statistic out."
            )


def tabulate_tests(observed: Mapping[str, float], draws: pd.DataFrame) -> pd.DataFrame:
    """Return ``Placebo.tests``, of finite observed statistics and ``Placebo.draws``."""
    rows = []
    for name, value in observed.items():
        column = draws[name].to_numpy(dtype=np.float64)
        two, left, right, n_draws = compute_p_values(value, column)
        valid = column[~np.isnan(column)]
        mean = float(valid.mean()) if n_draws else np.nan
        std = float(valid.std(ddof=1)) if n_draws > 1 else np.nan
        rows.append((name, value, two, left, right, n_draws, mean, std))
    return pd.DataFrame(rows, columns=list(TESTS))


def compute_digest(parts: Iterable[tuple[str, object]]) -> str:
    """Return a sha256 of named arrays, tables and texts, and of numpy's version, whose generator makes the draws.

    Floats count to 7 digits of the largest of their array.
    """
    digest = hashlib.sha256(np.__version__.encode())
    for name, value in parts:
        digest.update(f"\n{name}:".encode())
        digest.update(_write_bytes(value))
    return digest.hexdigest()


def _write_bytes(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        lacking = np.isnan(value)
        filled = np.where(lacking, 0, value)
        scale = float(np.abs(filled).max(initial=0.0)) if value.dtype.kind == "f" else 0.0
        whole = np.rint(filled / (scale * _GRAIN)) if scale else filled
        head = f"{value.dtype.kind}{value.shape}{scale:.6e}".encode()
        return head + np.packbits(lacking).tobytes() + whole.astype(np.int64).tobytes()
    if isinstance(value, pd.DataFrame):
        return value.to_csv(index=False).encode()
    if isinstance(value, pd.Index):
        return repr(value.tolist()).encode()
    return repr(value).encode()


def reuse_draws(previous: object, spec: PlaceboSpec, observed: Mapping[str, float], draws: int) -> FloatArray:
    """Return the draws (up to ``draws``, statistics) of an earlier run, once it is sure that they are of this one.

    Raises
    ------
    SpecError
        If the recipe or the seed is another, or the true designations gave other values.
    """
    names = list(observed)
    if previous is None:
        return np.empty((0, len(names)))
    if not isinstance(previous, Placebo):
        raise SpecError(f"The 'previous' parameter must be a Placebo or None. Got {type(previous).__name__} instead.")
    then, now = (replace(one, digest="") for one in (previous.spec, spec))
    if then != now or list(previous.tests["statistic"]) != names:
        raise SpecError(
            f"the previous placebo has another recipe, so its draws cannot be continued: {then} then, {now} now. Use "
            "the same options and seed, or start anew."
        )
    if previous.spec.digest != spec.digest:
        raise SpecError(
            "the previous placebo was run on other data, so its draws cannot be continued: the units, strata, "
            "designations, periods, outcome (of any pair that a draw may use), scores or the statistic, or the version "
            "of numpy, are others than then. Start anew."
        )
    values = previous.tests["observed"].to_numpy(dtype=float)
    if not np.allclose(values, list(observed.values()), rtol=1e-9, atol=1e-12):
        raise SpecError(
            f"the previous placebo was run on other data: its true statistics were {values.tolist()}, now they are "
            f"{list(observed.values())}. Start anew."
        )
    return previous.draws[names].to_numpy(dtype=np.float64)[:draws]
