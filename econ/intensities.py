"""Scores of treated units → regressors did × S of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SpecError, TreatmentError, name_first
from econ.spec import check_choice
from econ.units import check_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Scale = Literal["sd", "none"]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

DID = "did"
PREFIX = "did:"

_MEMBERS = (("unit_i", "treated_i"), ("unit_j", "treated_j"))
_ROUNDING = 1e-12
"""An SD below this share of the largest score is none."""
_COLLINEAR = 0.02
"""Shares of two decimals sum to one but for so much."""


@dataclass(frozen=True, slots=True)
class Intensities:
    """A pair panel with its regressors, and what they rest on.

    Attributes
    ----------
    panel : DataFrame
        The rows and columns given, and float64 ``did`` and ``did:<instrument>``.
    intensities : DataFrame
        ``unit``, ``period`` and the scores of the treated unit-periods, on the scale of the regressors; sorted.
    scales : Mapping
        By instrument, what its scores were divided by: their SD among treated unit-periods, or 1.
    treated_zero : DataFrame
        ``unit``, ``period``: treated, covered, and a score of 0 in all instruments used, as where no document was in
        force, or none with these instruments.
    notes : tuple of str
        What a reader must know of them, in sentences.
    """

    panel: pd.DataFrame
    intensities: pd.DataFrame
    scales: Mapping[str, float]
    treated_zero: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def n_treated_zero(self) -> int:
        """How many treated unit-periods have a score of 0 in all instruments used."""
        return len(self.treated_zero)


def interact_scores(
    panel: pd.DataFrame, scores: pd.DataFrame, instruments: Sequence[str], *, scale: Scale = "sd"
) -> Intensities:
    """Add the regressors did and did × S of each instrument to a pair panel.

    did:k = (treated_i · S_ik + treated_j · S_jk) / scale_k: the designated member's score in pairs of role ``one``;
    in pairs of role ``both`` the sum, to which each member contributes from its own start on. Scores of untreated
    unit-periods play no part. Scores are not centred: did × (S − mean) without did would drop the level.

    Parameters
    ----------
    panel
        From ``assign_treatment``: ``unit_i``, ``unit_j``, ``period``, ``treated``, ``treated_i``, ``treated_j``.
    scores
        One row a covered unit-period: ``unit``, ``period``, one column of numbers an instrument. Rows in any order.
    instruments
        The columns to use.
    scale
        ``sd``: divide by the SD (n − 1) over the treated unit-periods, each counted once; ``none``: do not.

    Raises
    ------
    SpecError
        If ``scale`` or an instrument is unknown.
    TreatmentError
        If a treated unit-period is outside the coverage, or its score is missing or infinite; if nothing is treated;
        if a score does not vary under ``sd``.
    """
    check_choice("interact_scores", "scale", scale, get_args(Scale))
    _check_columns(panel, scores, instruments)
    cells = _list_cells(panel)
    table = _tabulate_scores(scores, cells, instruments)
    treated = table[cells.treated]
    spread = _measure_spread(treated, instruments) if scale == "sd" else np.ones(len(instruments))
    scaled = table / spread
    products = _sum_members(panel, cells, scaled)
    zero = cells.treated & (table == 0).all(axis=2)
    columns = {PREFIX + name: products[:, k] for k, name in enumerate(instruments)}
    return Intensities(
        panel.assign(**{DID: panel["treated"].to_numpy(dtype=float), **columns}),
        cells.frame(cells.treated).join(pd.DataFrame(scaled[cells.treated], columns=list(instruments))),
        dict(zip(instruments, spread.tolist(), strict=True)),
        cells.frame(zero),
        _write_notes(cells, zero, scale),
    )


def check_shares(panel: pd.DataFrame, columns: Sequence[str], scales: Mapping[str, float] | None = None) -> None:
    """Raise if regressors did × share sum to did, so that they are collinear with it.

    Treated rows in which all of several shares are 0 are no evidence: shares of nothing sum to nothing. With such rows
    the shares and did are not quite collinear, but their coefficients would be told apart by these rows alone.

    Parameters
    ----------
    panel
        With ``did`` and ``columns``, from :func:`interact_scores`.
    columns
        The regressors, such as ``did:supply``.
    scales
        ``Intensities.scales``, with which scaled shares become shares again. None: they are not scaled.

    Raises
    ------
    TreatmentError
        If Σ columns · scale = did but for the rounding of shares: of one column in all rows, of several where one of
        them is not 0.
    """
    check_columns(panel, [DID, *columns], "the panel", TreatmentError)
    scale = [1.0 if scales is None else scales[column.removeprefix(PREFIX)] for column in columns]
    products = panel[list(columns)].to_numpy(dtype=float)
    telling = (products != 0).any(axis=1) | (len(columns) == 1)
    did = panel[DID].to_numpy(dtype=float)
    if telling.any() and np.abs(products @ np.array(scale) - did)[telling].max() <= _COLLINEAR:
        n_others = int((did[~telling] != 0).sum())
        where = f" (but for {n_others:,} treated rows where all are 0)" if n_others else ""
        raise TreatmentError(
            f"the shares of the classes sum to one{where}, so that {', '.join(columns)} together with did are "
            "collinear. Leave one class out, or use counts, stocks or per_10k."
        )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The unit-periods of a panel: which are treated (units × periods), and the cells of each row's two members."""

    units: pd.Index
    periods: pd.Index
    treated: BoolArray
    members: tuple[IntArray, IntArray]
    period: IntArray

    def frame(self, mask: BoolArray) -> pd.DataFrame:
        """Return unit and period of the cells in ``mask``, sorted."""
        rows, columns = np.nonzero(mask)
        return pd.DataFrame({"unit": self.units[rows], "period": self.periods[columns]})


def _check_columns(panel: pd.DataFrame, scores: pd.DataFrame, instruments: Sequence[str]) -> None:
    made = [name for names in _MEMBERS for name in names]
    check_columns(panel, [*made, "period", "treated"], "the panel of assign_treatment", TreatmentError)
    check_columns(scores, ["unit", "period"], "the scores", TreatmentError)
    known = [name for name in scores.columns if name not in ("unit", "period")]
    unknown = [name for name in instruments if name not in known]
    if unknown or isinstance(instruments, str) or not instruments or len(set(instruments)) < len(instruments):
        raise SpecError(
            f"instruments must be different columns of the scores: {', '.join(known)}. Got {instruments!r}."
        )
    for name in instruments:
        if scores[name].dtype.kind not in "iuf":
            raise TreatmentError(
                f"{name} must be a column of numbers, not {scores[name].dtype}. pd.to_numeric converts."
            )
    doubled = scores[scores.duplicated(["unit", "period"])]
    if len(doubled):
        raise TreatmentError(f"the scores have more than one row for {_name_cells(doubled)}. Keep one of each.")


def _list_cells(panel: pd.DataFrame) -> _Cells:
    codes, units = pd.factorize(pd.concat([panel["unit_i"], panel["unit_j"]]), sort=True)
    period, periods = pd.factorize(panel["period"], sort=True)
    members = codes[: len(panel)], codes[len(panel) :]
    treated = np.zeros((len(units), len(periods)), dtype=bool)
    for member, (_, column) in zip(members, _MEMBERS, strict=True):
        on = panel[column].to_numpy(dtype=float) > 0
        treated[member[on], period[on]] = True
    if not treated.any():
        raise TreatmentError(
            "no unit is treated in the panel, so that no score plays a part. Look at the designations."
        )
    return _Cells(pd.Index(units), pd.Index(periods), treated, members, period)


def _tabulate_scores(scores: pd.DataFrame, cells: _Cells, instruments: Sequence[str]) -> FloatArray:
    """Return the scores of treated cells, 0 elsewhere: (units, periods, instruments)."""
    rows, columns = (
        cells.units.get_indexer(pd.Index(scores["unit"])),
        cells.periods.get_indexer(pd.Index(scores["period"])),
    )
    inside = (rows >= 0) & (columns >= 0)
    covered = np.zeros(cells.treated.shape, dtype=bool)
    covered[rows[inside], columns[inside]] = True
    _refuse_cells(
        cells, cells.treated & ~covered, "outside the coverage of the scores (they have no row)",
        "State in coverage.csv that their documents were searched, choose another window, or leave these units out.",
    )  # fmt: skip
    table = np.zeros((*cells.treated.shape, len(instruments)))
    table[rows[inside], columns[inside]] = scores.loc[inside, list(instruments)].to_numpy(dtype=float, na_value=np.nan)
    unknown = cells.treated & ~np.isfinite(table).all(axis=2)
    _refuse_cells(cells, unknown, "without a finite score", "Complete the scores, or leave these units out.")
    return np.where(cells.treated[:, :, None], table, 0.0)


def _refuse_cells(cells: _Cells, mask: BoolArray, problem: str, remedy: str) -> None:
    if mask.any():
        names = _name_cells(cells.frame(mask))
        raise TreatmentError(f"there are treated unit-periods {problem}: {names}. {remedy}")


def _measure_spread(treated: FloatArray, instruments: Sequence[str]) -> FloatArray:
    """Return the SD (n − 1) of each instrument over treated unit-periods (n, k)."""
    if len(treated) < 2:
        raise TreatmentError("one treated unit-period has no SD. Use scale = 'none'.")
    spread: FloatArray = treated.std(axis=0, ddof=1)
    constant = spread <= _ROUNDING * np.abs(treated).max(axis=0)
    if constant.any():
        names = ", ".join(name for name, flat in zip(instruments, constant, strict=True) if flat)
        raise TreatmentError(
            f"{names} is the same in all {len(treated):,} treated unit-periods: it has no SD, and its slope cannot be "
            "told from did. Leave it out."
        )
    return spread


def _sum_members(panel: pd.DataFrame, cells: _Cells, table: FloatArray) -> FloatArray:
    """Return Σ over the two members of treated · S, (rows, instruments)."""
    sums = np.zeros((len(panel), table.shape[2]))
    for member, (_, column) in zip(cells.members, _MEMBERS, strict=True):
        sums += panel[column].to_numpy(dtype=float)[:, None] * table[member, cells.period]
    return sums


def _write_notes(cells: _Cells, zero: BoolArray, scale: Scale) -> tuple[str, ...]:
    n = int(cells.treated.sum())
    notes = []
    if scale == "sd":
        notes.append(f"Scores are divided by their SD among {n:,} treated unit-periods; they are not centred.")
    if zero.any():
        names = _name_cells(cells.frame(zero))
        notes.append(
            f"{zero.sum():,} of {n:,} treated unit-periods have a score of 0 in all instruments used: {names}."
        )
    return tuple(notes)


def _name_cells(frame: pd.DataFrame) -> str:
    return name_first([f"{unit} in {period}" for unit, period in zip(frame["unit"], frame["period"], strict=True)])
