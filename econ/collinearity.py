"""Which regressors an equation can identify: columns that are absorbed, or are combinations of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.errors import FitError
from econ.estimate import Dropped
from econ.gram import multiply_columns
from econ.spec import INTERCEPT, MEMBERS
from econ.within import Absorber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.within import Effect

FloatArray = NDArray[np.float64]

_TOLERANCE = 1e-9  # of what is left of a column, relative to its own variation
_DIGITS = 1e-5  # of squares; where less is left about the mean, the mean is taken out first
_FLOOR = 1e-14  # of the same, relative to the raw column: what rounding leaves
_CLEAR = 1e-5  # shares of unexplained variance above this need no closer look
_FAR = 1e4  # columns so many times longer than rounding need none either
_SHARE_ROUNDING = 0.02  # shares of two decimals sum to one but for so much
_GLANCE = 1_000  # rows that show of most columns that they are no shares
_COEFFICIENT = 1e-7  # contributions to a linear combination below this are rounding


@dataclass(frozen=True, slots=True)
class Relation:
    """Column ``dropped`` is the sum of ``coefficients`` times the columns ``others`` (places), once effects are out."""

    dropped: int
    others: tuple[int, ...]
    coefficients: tuple[float, ...]


def choose_columns(
    raw: Sequence[FloatArray],
    within: FloatArray,
    terms: Sequence[str],
    effects: Sequence[Effect],
    weights: FloatArray | None,
    gram: FloatArray | None = None,
) -> tuple[list[int], tuple[Dropped, ...]]:
    """Return the places of the regressors to keep, and why the others go.

    In their order: a column goes if the effects absorb it, or if it is a linear combination of earlier columns, to a
    billionth of its length (about its mean, if there are effects, as any of them absorbs the constant).

    Parameters
    ----------
    raw : k of (n,)
        As given.
    within : (n, k)
        The same with the effects taken out.
    terms
        The k names.
    effects, weights
        What was absorbed, and how rows weigh.
    gram : (k, k) or None
        Weighted cross-products of ``within``, where they have been computed.

    Raises
    ------
    FitError
        If "node^…" absorbs a regressor, if nonnegative regressors sum to one that lies between 0 and 1, or if no
        regressor is left.
    """
    reaches = _find_reaches(raw, effects, weights)
    if gram is None:
        gram = multiply_columns(within, weights)
    absorbed = np.sqrt(np.diag(gram)) <= reaches
    _refuse_node_effects(raw, reaches, np.flatnonzero(absorbed), terms, effects, weights)
    _refuse_rounded_shares(raw, terms)
    places = np.flatnonzero(~absorbed)
    kept, relations = places.tolist(), list[Relation]()
    if not _is_clear(gram[np.ix_(places, places)], reaches[places]):
        weighted = within if weights is None else within * np.sqrt(weights)[:, None]
        kept, relations = _orthogonalize(weighted, reaches, places)
    _refuse_shares(raw, relations, terms)
    dropped = {}
    for place in map(int, np.flatnonzero(absorbed)):
        dropped[place] = Dropped(terms[place], _explain_absorbed(raw[place], effects), 1)
    for relation in relations:
        others = ", ".join(terms[place] for place in relation.others)
        dropped[relation.dropped] = Dropped(terms[relation.dropped], f"a linear combination of {others}", 1)
    if all(terms[place] == INTERCEPT for place in kept):
        reasons = "; ".join(f"{entry.what}: {entry.reason}" for entry in dropped.values())
        raise FitError(f"no regressor is left ({reasons}). Absorb less, or use a regressor that varies within units.")
    return kept, tuple(dropped[place] for place in sorted(dropped))


def _find_reaches(raw: Sequence[FloatArray], effects: Sequence[Effect], weights: FloatArray | None) -> FloatArray:
    """Return the length below which what is left of a column counts as nothing, (k,)."""
    lengths = _measure(raw, weights)
    own = _measure_own(raw, lengths, weights) if effects else lengths
    return np.maximum(_TOLERANCE * own, _FLOOR * lengths)


def _measure_own(raw: Sequence[FloatArray], lengths: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the lengths of columns about their means; from squares and means where that costs few digits."""
    means = np.array([np.average(column, weights=weights) for column in raw])
    n_rows = len(raw[0]) if weights is None else weights.sum()
    squares = lengths**2 - n_rows * means**2
    far = squares < _DIGITS * lengths**2
    own: FloatArray = np.sqrt(np.where(far, 0.0, squares))
    own[far] = _measure([raw[place] - means[place] for place in np.flatnonzero(far).tolist()], weights)
    return own


def _measure(columns: Sequence[FloatArray] | FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the weighted lengths of columns, (n,) each."""
    return np.sqrt([column @ (column if weights is None else column * weights) for column in columns])


def _name_effects(effects: Sequence[Effect]) -> str:
    return " + ".join(effect.name for effect in effects)


def _explain_absorbed(column: FloatArray, effects: Sequence[Effect]) -> str:
    if np.ptp(column) == 0:
        return f"no variation: always {column[0]:g}"
    return f"absorbed by {_name_effects(effects)}"


def _orthogonalize(
    columns: FloatArray, reaches: FloatArray, places: NDArray[np.intp]
) -> tuple[list[int], list[Relation]]:
    """Take each column's projection on the earlier ones out; return those that are left, and the others' relations."""
    kept: list[int] = []
    relations = []
    basis = np.empty((len(columns), 0))
    for place in map(int, places):
        rest = columns[:, place].copy()
        for _ in range(2):
            rest -= basis @ (basis.T @ rest)
        length = np.linalg.norm(rest)
        if length > reaches[place]:
            kept.append(place)
            basis = np.column_stack([basis, rest / length])
        else:
            relations.append(_relate(columns, place, kept))
    return kept, relations


def _is_clear(gram: FloatArray, reaches: FloatArray) -> bool:
    """Whether no column is near a combination of others: the Cholesky pivots of their correlations are large."""
    own = np.sqrt(np.diag(gram))
    if not len(own) or (own < _FAR * reaches).any():
        return False
    try:
        pivots = np.diag(np.linalg.cholesky(gram / np.outer(own, own)))
    except np.linalg.LinAlgError:
        return False
    return bool((pivots**2 > _CLEAR).all())


def _relate(columns: FloatArray, place: int, kept: list[int]) -> Relation:
    """Find the combination of kept columns that a column is."""
    scales = np.linalg.norm(columns[:, kept], axis=0)
    shares = np.linalg.lstsq(columns[:, kept] / scales, columns[:, place], rcond=None)[0]
    reach = _COEFFICIENT * np.linalg.norm(columns[:, place])
    named = [index for index, share in enumerate(shares) if abs(share) > reach]
    return Relation(
        place, tuple(kept[index] for index in named), tuple(float(shares[index] / scales[index]) for index in named)
    )


def _refuse_node_effects(
    raw: Sequence[FloatArray],
    reaches: FloatArray,
    absorbed: NDArray[np.intp],
    terms: Sequence[str],
    effects: Sequence[Effect],
    weights: FloatArray | None,
) -> None:
    """Refuse regressors that take the effects of both members to be absorbed: the symmetric one, or both ordered."""
    nodes = [effect for effect in effects if effect.codes.ndim > 1 or _is_ordered_node(effect)]
    if not nodes or not len(absorbed):
        return
    needed, columns = np.ones(len(absorbed), dtype=bool), [raw[place] for place in absorbed]
    for node in nodes:
        others = [effect for effect in effects if effect is not node]
        left = Absorber(others, weights).residualize_columns(columns)
        needed &= _measure(left.T, weights) > reaches[absorbed]
    lost = [terms[place] for place in absorbed[needed]]
    if lost and (len(nodes) > 1 or nodes[0].codes.ndim > 1):
        raise refuse_lost_terms(_name_effects(nodes), lost)


def refuse_lost_terms(effects: str, lost: Sequence[str]) -> FitError:
    """Return the error of terms that the effects of both members of a pair absorb: what these are, and what is not."""
    return FitError(
        f"{effects} absorbs {', '.join(lost)}. Whatever is a sum f_it + f_jt over the two members of "
        "a pair is a combination of these effects; where every pair has at most one designated member, so are the "
        "treatment, its product with the designated member's score, and sums of scores. Identified are products "
        "that vary by pair (treatment × distance, × same province, × |difference in human capital|), products of "
        "the two members' scores, or the treatment in a sample that also has pairs of two designated members. "
        "Use one of these, or absorb pair and period."
    )


def _is_ordered_node(effect: Effect) -> bool:
    """Whether an effect is that of one member in a period, such as unit_i^period."""
    parts = effect.name.split("^")
    return len(parts) > 1 and bool(set(parts) & set(MEMBERS))


def _refuse_rounded_shares(raw: Sequence[FloatArray], terms: Sequence[str]) -> None:
    """Refuse two or more nonnegative regressors that sum to one between 0 and 1 but for the rounding of shares."""
    some = np.array([column[:_GLANCE] for column in raw])
    low, high = some.min(axis=1), some.max(axis=1)
    for place in np.flatnonzero((low >= 0) & (high <= 1 + _SHARE_ROUNDING)).tolist():
        low[place], high[place] = raw[place].min(), raw[place].max()
    small = np.flatnonzero((low >= 0) & (high > 0) & (high <= 1 + _SHARE_ROUNDING))
    for whole in small[(high[small] <= 1) & (low[small] < high[small])].tolist():
        others, rounding = small[small != whole], _SHARE_ROUNDING * high[whole]
        parts = [place for place in others.tolist() if (raw[place] <= raw[whole] + rounding).all()]
        if len(parts) > 1 and np.abs(sum(raw[place] for place in parts) - raw[whole]).max() <= rounding:
            raise _refuse_parts([terms[place] for place in parts], terms[whole])


def _refuse_shares(raw: Sequence[FloatArray], relations: Sequence[Relation], terms: Sequence[str]) -> None:
    """Refuse regressors that are the parts of another one, such as the treatment split into shares."""
    for relation in relations:
        places = np.array([relation.dropped, *relation.others])
        signed = np.array([-1.0, *relation.coefficients])
        for whole in range(len(places)):
            parts = np.arange(len(places)) != whole
            columns = np.array([raw[place] for place in places[parts]]).T
            if _is_split(raw[places[whole]], columns, -signed[parts] / signed[whole]):
                raise _refuse_parts([terms[place] for place in places[parts]], terms[places[whole]])


def _refuse_parts(parts: Sequence[str], whole: str) -> FitError:
    return FitError(
        f"{', '.join(parts)} add up to {whole} in every row: shares that sum to one, times the treatment, are the "
        f"treatment once more, and their coefficients cannot be told from its own. Leave {whole} or one of the shares "
        "out, or use stocks of clauses instead of shares."
    )


def _is_split(whole: FloatArray, parts: FloatArray, coefficients: FloatArray) -> bool:
    """Whether a column that varies between 0 and 1 is two or more nonnegative ones times positive coefficients."""
    if len(coefficients) < 2 or (coefficients <= 0).any():
        return False
    if parts.min() < 0 or whole.min() < 0 or whole.max() > 1 or np.ptp(whole) == 0:
        return False
    return bool(np.abs(parts @ coefficients - whole).max() <= 1e-9)
