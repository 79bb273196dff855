"""The recipe for did alone: all draws from one product of pairs and cohorts.

did of a pair is a step that depends on its cohort g alone, the earlier start of its members. So of the outcome only
a_dg = Σ_t p_gt y_dt matters, with p_g the step less its mean over time and y_dt less its pair mean: one column for each
cohort, computed once. Let w_g be the share of the sample's pairs in cohort g (p_g = 0 for those never treated),
c = Σ_g w_g p_g the period means, H = (p_g'p_h), and ā_g the mean of a_dg over the sample. With m pairs, by Frisch,
Waugh and Lovell,

    x̃'x̃ = m (Σ_g w_g H_gg − w'Hw),  x̃'y = Σ_d a_d,g(d) − m w'ā,  b = x̃'y / x̃'x̃,

and the score of a pair is a_d,g(d) − Σ_h w_h a_dh − (ā_g − w'ā) − b (p_g − c)'(p_g − c). It is the same estimate as
:func:`econ.placebo_recipe.fit_assignment` gives, without touching periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.designations import NEVER
from econ.placebo_recipe import SINGULAR, lack_outcome, select_sample, state_outcome, sum_sample

if TYPE_CHECKING:
    from econ.placebo_draws import Assignment
    from econ.placebo_recipe import Outcome, Recipe

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """A recipe with the products that its draws are made of.

    Attributes
    ----------
    recipe
        Without shares and scores.
    starts : (G,)
        The first treated periods that draws may give, sorted.
    lengths : (G + 1,)
        Treated periods of each cohort; the last entry, 0, is for the never-treated, here and below.
    inner : (G + 1, G + 1)
        H.
    products : (M, G + 1)
        a_dg.
    """

    recipe: Recipe
    starts: IntArray
    lengths: IntArray
    inner: FloatArray
    products: FloatArray


def build_cohorts(recipe: Recipe, starts: IntArray) -> Cohorts:
    """Return the products of a recipe and the starts (some of them :data:`NEVER`) that its draws may give to units."""
    starts = np.unique(starts[starts < NEVER])
    steps = (recipe.periods >= np.append(starts, NEVER)[:, None]).astype(np.float64)
    paths = steps - steps.mean(axis=1, keepdims=True)
    lengths = steps.sum(axis=1).astype(np.int64)
    return Cohorts(recipe, starts, lengths, paths @ paths.T, recipe.within @ paths.T)


def fit_cohorts(cohorts: Cohorts, assignment: Assignment) -> Outcome:
    """Repeat the recipe: sample, treatment, coefficient of did and its dyadic-robust standard error."""
    recipe, products, inner = cohorts.recipe, cohorts.products, cohorts.inner
    sample = select_sample(recipe, assignment.start < NEVER)
    first, second = recipe.first[sample], recipe.second[sample]
    cohort_of_unit = np.searchsorted(cohorts.starts, assignment.start)
    cohort = np.minimum(cohort_of_unit[first], cohort_of_unit[second])
    counts = np.bincount(cohort, minlength=len(inner))
    n_pairs = len(sample)
    weights = counts / max(n_pairs, 1)
    leaning = inner @ weights
    spread = n_pairs * float(weights @ (np.diag(inner) - leaning))
    if not spread > SINGULAR * float(counts @ cohorts.lengths):
        return lack_outcome(1, n_pairs)
    averages = sum_sample(products, sample) / n_pairs
    own = products.ravel()[sample * len(inner) + cohort]
    estimate = (float(own.sum()) - n_pairs * float(weights @ averages)) / spread
    distances = np.diag(inner) - 2 * leaning + weights @ leaning
    constants = averages - weights @ averages + estimate * distances
    scores = own - (products @ weights)[sample] - constants[cohort]
    return state_outcome(np.array([estimate]), scores[:, None] / spread, first, second)
