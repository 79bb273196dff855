"""Which pairs of units exist, and in which role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.distance import PLACE, SIZES, Gravity, measure_distances, measure_gravity
from econ.errors import PairError, SpecError, name_first
from econ.estimate import Dropped
from econ.spec import ROLES, Role, check_choice
from econ.units import check_codes, read_units

Keep = Literal["upper_half", "same_province", "different_province"] | Mapping[str, float] | None

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

_NAMED = ("upper_half", "same_province", "different_province")
_BOUNDED = ("strongest", "within_km", "beyond_km")


@dataclass(frozen=True, slots=True)
class PairSelection:
    """The pairs of a sample, as ``form_pairs`` returns them, and what was left out at each step.

    The pairs in ``dropped`` and those kept add up to all pairs of the units.
    """

    pairs: pd.DataFrame
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Pairs (m,) as rows of the table of units, in lexicographic order; gravity NaN and no distances if not needed."""

    first: IntArray
    second: IntArray
    gravity: FloatArray
    distances: FloatArray | None


def form_pairs(
    units: pd.DataFrame,
    designated: Iterable[str],
    roles: Sequence[Role] = ("one", "neither"),
    gravity: Gravity | None = None,
    keep: Keep = None,
    gravity_years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return the unordered pairs of units: unit_i, unit_j, role, gravity; unit_i < unit_j, sorted.

    Roles come first: ``keep`` chooses among the pairs that they leave, so the median is that of these pairs.

    Parameters
    ----------
    units
        One row a unit, or a unit and ``year`` (or ``period``): ``unit`` (all text or all integers) and what is needed:
        ``population``, ``gdp``, ``area``, ``rank`` (municipality 4, sub-provincial 3, provincial capital 2, other 1),
        ``longitude``, ``latitude`` (degrees), ``province``.
    designated
        The units treated within the window, see ``econ.find_designated``. Those not in ``units`` are left aside.
    roles
        Which pairs to form, by how many of their members are designated: ``neither``, ``one``, ``both``.
    gravity
        None (NaN); ``anchor``: F = (P_i·G_i·S_i·A_i)^¼ · (P_j·G_j·S_j·A_j)^¼ / d²_ij of population, GDP, area, rank
        and great-circle distance in km (Zhang, Chen, Zhu and Yan 2023, 财经研究 49(7)); ``simple``:
        F = √(P_i·G_i) · √(P_j·G_j) / d²_ij.
    keep
        None: all. ``upper_half``: of m pairs the ⌊m/2⌋ with the highest gravity. ``same_province``,
        ``different_province``. {"strongest": k}: pairs among the k with the highest gravity of either member.
        {"within_km": d}: distance ≤ d. {"beyond_km": d}: distance > d. Of equal gravity the first in order stay.
    gravity_years
        The years over which population, GDP and area are averaged; None if ``units`` has one value of each.

    Raises
    ------
    SpecError
        If an option is unknown, or does not go with another one.
    PairError
        If unit variables are missing, doubled or out of range, two units lie on one spot, or no pair is left.
    """
    return select_pairs(units, designated, roles, gravity, keep, gravity_years).pairs


def select_pairs(
    units: pd.DataFrame,
    designated: Iterable[str],
    roles: Sequence[Role] = ("one", "neither"),
    gravity: Gravity | None = None,
    keep: Keep = None,
    gravity_years: Sequence[int] | None = None,
) -> PairSelection:
    """Form pairs as :func:`form_pairs` does, and count what is left out: by role, by ``keep``, by ties at its cut.

    Raises
    ------
    SpecError, PairError
        As ``form_pairs`` does.
    """
    _check_roles(roles)
    rule, bound = _read_keep(keep)
    _check_gravity(gravity, gravity_years, rule)
    table = read_units(units, _list_columns(gravity, rule), gravity_years)
    inside, n_outside = _mark_designated(table, designated)
    first, second = np.triu_indices(len(table), 1)
    numbers = inside[first].astype(np.intp) + inside[second]
    wanted = np.isin(numbers, [ROLES.index(role) for role in roles])
    candidates = _measure_pairs(table, first[wanted], second[wanted], gravity)
    kept, cuts = _apply_keep(candidates, table, rule, bound)
    if not kept.any():
        raise PairError(
            f"no pair is left of {len(table)} units, {inside.sum()} of them designated. Widen roles or keep."
        )
    dropped = (
        Dropped("designated units", "not among the units of the sample", n_outside),
        *_count_roles(numbers[~wanted]),
        *cuts,
    )
    pairs = _build_frame(table.index, candidates, numbers[wanted], kept)
    return PairSelection(pairs, tuple(step for step in dropped if step.count))


def mark_upper_half(gravity: FloatArray) -> BoolArray:
    """Return which ⌊m/2⌋ of m pairs have the highest gravity; of equal ones the first stay."""
    kept = np.zeros(len(gravity), dtype=bool)
    kept[np.argsort(-gravity, kind="stable")[: len(gravity) // 2]] = True
    return kept


def _check_roles(roles: Sequence[Role]) -> None:
    if isinstance(roles, str) or not roles or len(set(roles)) < len(roles):
        raise SpecError(
            f"The 'roles' parameter of form_pairs must be a list of different roles. Got {roles!r} instead."
        )
    for role in roles:
        check_choice("form_pairs", "roles", role, ROLES)


def _read_keep(keep: Keep) -> tuple[str | None, float]:
    """Return the rule and its bound (0 without one)."""
    if isinstance(keep, Mapping) and len(keep) == 1:
        rule, bound = next(iter(keep.items()))
        number = isinstance(bound, int | float) and not isinstance(bound, bool) and 0 < bound < np.inf
        if rule in _BOUNDED and number and (rule != "strongest" or bound == int(bound)):
            return rule, bound
    elif keep is None or (isinstance(keep, str) and keep in _NAMED):
        return keep, 0
    raise SpecError(
        f"The 'keep' parameter of form_pairs must be one of None, {', '.join(map(repr, _NAMED))}, "
        "{'strongest': k} (a whole number of pairs), {'within_km': d}, {'beyond_km': d} (d > 0). "
        f"Got {keep!r} instead."
    )


def _check_gravity(gravity: Gravity | None, years: Sequence[int] | None, rule: str | None) -> None:
    check_choice("form_pairs", "gravity", gravity, (None, *get_args(Gravity)))
    if gravity is None and rule in ("upper_half", "strongest"):
        raise SpecError(f"keep {rule!r} of form_pairs needs gravity: 'anchor' or 'simple'. Got None instead.")
    if years is not None and (gravity is None or not len(years)):
        raise SpecError(f"gravity_years of form_pairs must be one or more years, given with gravity. Got {years!r}.")


def _list_columns(gravity: Gravity | None, rule: str | None) -> list[str]:
    sizes = SIZES[gravity] if gravity else ()
    place = PLACE if gravity or rule in ("within_km", "beyond_km") else ()
    province = ("province",) if rule in ("same_province", "different_province") else ()
    return [*sizes, *place, *province]


def _mark_designated(table: pd.DataFrame, designated: Iterable[str]) -> tuple[BoolArray, int]:
    """Return which units of the table are designated (n,), and how many designated ones it lacks."""
    if isinstance(designated, str) or not isinstance(designated, Iterable):
        raise PairError(f"designated must be a list of unit codes. Got {designated!r}.")
    codes = pd.Series(sorted(set(designated), key=str), dtype=object)
    check_codes(codes, "designated", like=table.index.to_series())
    inside: BoolArray = table.index.isin(codes)
    return inside, len(codes) - int(inside.sum())


def _measure_pairs(table: pd.DataFrame, first: IntArray, second: IntArray, gravity: Gravity | None) -> _Candidates:
    if PLACE[0] not in table:
        return _Candidates(first, second, np.full(len(first), np.nan), None)
    distances = measure_distances(table[list(PLACE)].to_numpy(dtype=float), first, second)
    if gravity is None:
        return _Candidates(first, second, np.full(len(first), np.nan), distances)
    on_one_spot = np.flatnonzero(distances == 0)
    if len(on_one_spot):
        names = [f"{table.index[first[k]]}-{table.index[second[k]]}" for k in on_one_spot]
        raise PairError(f"there are pairs with the distance 0: {name_first(names)}. Correct the coordinates.")
    sizes = table[list(SIZES[gravity])].to_numpy(dtype=float)
    return _Candidates(first, second, measure_gravity(sizes, distances, first, second, gravity), distances)


def _apply_keep(
    pairs: _Candidates, table: pd.DataFrame, rule: str | None, bound: float
) -> tuple[BoolArray, tuple[Dropped, ...]]:
    """Return which pairs stay (m,), and the counts of the others by reason."""
    if rule is None:
        return np.ones(len(pairs.first), dtype=bool), ()
    if rule == "upper_half":
        kept = mark_upper_half(pairs.gravity)
        return kept, _count_cut(pairs.gravity, kept)
    if rule == "strongest":
        kept, reason = _mark_strongest(pairs, int(bound)), f"not among the {bound:g} strongest of either member"
    elif pairs.distances is not None and rule == "within_km":
        kept, reason = pairs.distances <= bound, f"more than {bound:g} km apart"
    elif pairs.distances is not None and rule == "beyond_km":
        kept, reason = pairs.distances > bound, f"no more than {bound:g} km apart"
    else:
        province = table["province"].to_numpy()
        same = province[pairs.first] == province[pairs.second]
        kept = same if rule == "same_province" else ~same
        reason = "in different provinces" if rule == "same_province" else "in the same province"
    return kept, (Dropped("pairs", reason, int((~kept).sum())),)


def _mark_strongest(pairs: _Candidates, k: int) -> BoolArray:
    """Return which pairs are among the k with the highest gravity of either member; of equal ones the first."""
    members = np.concatenate([pairs.first, pairs.second])
    order = np.lexsort((-np.tile(pairs.gravity, 2), members))
    sorted_members = members[order]
    ranks = np.arange(len(order)) - np.searchsorted(sorted_members, sorted_members)
    kept = np.zeros(len(pairs.first), dtype=bool)
    kept[order[ranks < k] % len(pairs.first)] = True
    return kept


def _count_cut(gravity: FloatArray, kept: BoolArray) -> tuple[Dropped, ...]:
    """Count the pairs below the median, and apart from them those that tie with the last one kept."""
    if not kept.any():
        return ()
    cut = gravity[kept].min()
    n_tied = int((gravity[~kept] == cut).sum())
    n_equal = int((gravity == cut).sum())
    return (
        Dropped("pairs", "below the median of gravity", int((~kept).sum()) - n_tied),
        Dropped("pairs", f"tied at the median of gravity ({n_equal} pairs are equal; the first stay)", n_tied),
    )


def _count_roles(numbers: NDArray[np.intp]) -> tuple[Dropped, ...]:
    """Count the pairs that are left out for their role (numbers of designated members)."""
    counts = np.bincount(numbers, minlength=len(ROLES))
    return tuple(
        Dropped("pairs", f"{role} of the members designated", int(n)) for role, n in zip(ROLES, counts, strict=True)
    )


def _build_frame(codes: pd.Index, pairs: _Candidates, numbers: NDArray[np.intp], kept: BoolArray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_i": codes[pairs.first[kept]],
            "unit_j": codes[pairs.second[kept]],
            "role": np.array(ROLES, dtype=object)[numbers[kept]],
            "gravity": pairs.gravity[kept],
        }
    )
