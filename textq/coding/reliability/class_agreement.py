"""Agreement on one category at a time: it against all others.

Specific agreement on category k is the chance that a second coder gives k to a clause to which a first one gave it:
Σ_i n_ik (n_ik − 1) / Σ_i n_ik (r_i − 1) over the clauses with r_i ≥ 2 codings; for two coders 2a / (2a + b + c)
(Cicchetti and Feinstein 1990; Uebersax 1982).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from textq.coding.arrays import divide_halves
from textq.coding.reliability.chance_agreement import measure_agreement
from textq.coding.reliability.coefficient import Coefficient, Why
from textq.coding.reliability.joint_codings import JointCodings
from textq.coding.reliability.krippendorff import measure_alpha
from textq.coding.resample import Resampling, estimate


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """Agreement on one category.

    Attributes
    ----------
    category
        Which one.
    n_codings
        How often it was given, among clauses coded at least twice.
    specific
        Specific agreement, from 0 to 1.
    kappa
        Conger's κ of the category against all others; Cohen's for two coders of the same clauses. Clauses coded once
        count towards chance agreement, as in :func:`~textq.coding.reliability.chance_agreement.measure_agreement`.
    alpha
        Krippendorff's α of the category against all others.
    """

    category: Any
    n_codings: int
    specific: Coefficient
    kappa: Coefficient
    alpha: Coefficient


def measure_classes(
    codings: JointCodings, *, resampling: Resampling | None = None, resampling_coded: Resampling | None = None
) -> list[ClassAgreement]:
    """Measure agreement on each category, over the clauses coded at least twice.

    Parameters
    ----------
    codings
        Any number of coders.
    resampling
        Draws for intervals, over ``codings.keep_pairable()``.
    resampling_coded
        Draws for those of κ, over ``codings.keep_coded()``; may be absent where no clause was coded once.

    Raises
    ------
    ConfigError
        If no clause was coded twice.
    """
    coded, pairable = codings.keep_coded(), codings.keep_pairable()
    if resampling_coded is None and len(coded.codes) == len(pairable.codes):
        resampling_coded = resampling
    specific = _measure_specific(pairable, resampling)
    counts = pairable.count().sum(axis=0)
    return [
        ClassAgreement(
            category,
            int(counts[at]),
            specific[at],
            measure_agreement(coded.contrast(at), "conger", resampling=resampling_coded),
            measure_alpha(pairable.contrast(at), resampling=resampling),
        )
        for at, category in enumerate(codings.categories)
    ]


def _measure_specific(codings: JointCodings, resampling: Resampling | None) -> list[Coefficient]:
    counts = codings.count()
    contributions = np.concatenate([counts * (counts - 1), counts * (counts.sum(axis=1) - 1)[:, None]], axis=1)
    return [
        Coefficient("specific", one.value, len(codings.codes), interval=one.interval, why=_explain(one.value))
        for one in estimate(contributions, divide_halves, resampling)
    ]


def _explain(value: float | None) -> Why:
    return "never_given" if value is None else ""
