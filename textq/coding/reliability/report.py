"""Intercoder reliability: all that is said of how far coders agree, in one result."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from textq.coding.arrays import FloatArray
from textq.coding.reliability.chance_agreement import measure_agreement, measure_percent
from textq.coding.reliability.class_agreement import ClassAgreement, measure_classes
from textq.coding.reliability.coefficient import Coefficient
from textq.coding.reliability.cohen import Kappa, list_pairs, measure_holsti, measure_kappa, tabulate_pair
from textq.coding.reliability.joint_codings import JointCodings
from textq.coding.reliability.krippendorff import measure_alpha
from textq.coding.resample import DRAWS, draw_samples

DOMINANT = 0.7
"""From this share of the codings on one category is said to dominate, so that κ and α are low by construction (the
paradox of Feinstein and Cicchetti 1990). The share itself is a choice of textq: with two categories chance agreement is
then 0.58 and more."""


@dataclass(frozen=True, slots=True)
class CoderPair:
    """Two coders over the clauses that both coded.

    Attributes
    ----------
    coders
        Their names.
    percent
        The share of clauses on which they agree.
    kappa
        Cohen's.
    table : (q, q)
        Clauses by category of the first (rows) and of the second coder.
    """

    coders: tuple[str, str]
    percent: float
    kappa: Kappa
    table: FloatArray


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement among coders.

    Attributes
    ----------
    coders, categories
        Their names, in order.
    n_categories
        How many categories the coders could give, on which ``ac1`` and ``brennan_prediger`` depend.
    n_clauses, n_single, n_documents
        Clauses coded at least twice, which all figures are about; clauses coded once, which count towards chance
        agreement alone; documents of the former, None where documents are not known.
    n_groups
        What can be drawn: ``n_documents``, or ``n_clauses`` where documents are not known.
    percent, holsti
        Not corrected for chance.
    alpha, ac1, fleiss, conger, brennan_prediger
        Corrected for chance. ``fleiss`` and ``conger`` equal nearly α and Cohen's κ for many clauses and two coders.
        α leaves clauses coded once out altogether (Krippendorff 2019); in the others these count towards the shares of
        the categories, on which chance agreement depends (Gwet 2014), as in irrCAC.
    classes
        Agreement on each category.
    pairs
        Every two coders with clauses in common.
    largest, largest_share
        The category given most often, and its share of the codings.
    """

    coders: tuple[str, ...]
    categories: tuple[Any, ...]
    n_categories: int
    n_clauses: int
    n_single: int
    n_documents: int | None
    n_groups: int
    percent: Coefficient
    holsti: Coefficient
    alpha: Coefficient
    ac1: Coefficient
    fleiss: Coefficient
    conger: Coefficient
    brennan_prediger: Coefficient
    classes: tuple[ClassAgreement, ...]
    pairs: tuple[CoderPair, ...]
    largest: Any
    largest_share: float

    @property
    def overall(self) -> Mapping[str, Coefficient]:
        """The coefficients over all categories, by name, the headline first."""
        listed = (self.alpha, self.ac1, self.percent, self.holsti, self.conger, self.fleiss, self.brennan_prediger)
        return {one.name: one for one in listed}

    @property
    def is_dominated(self) -> bool:
        """Whether one category holds so many codings that chance agreement is high (the κ paradox)."""
        return self.largest_share >= DOMINANT


def measure_reliability(
    codings: JointCodings,
    generator: np.random.Generator | None = None,
    draws: int = DRAWS,
    *,
    possible: Sequence[Hashable] = (),
) -> Reliability:
    """Measure how far coders agree, over the clauses coded at least twice.

    Of clauses coded once AC1, Fleiss' and Conger's κ take the shares of the categories, which chance agreement depends
    on (Gwet 2014); α, percent agreement and Holsti's coefficient leave them out.

    Parameters
    ----------
    codings
        Of nominal categories.
    generator
        Draws the documents (clauses, where ``codings.groups`` are these) for the intervals; no intervals without it.
    draws
        How many samples.
    possible
        Categories that the coders could give; those of ``codings`` always count among them.

    Raises
    ------
    ConfigError
        If no clause was coded twice, or a generator is given and there is one document only.
    """
    coded, pairable = codings.keep_coded(), codings.keep_pairable()
    samples = None if generator is None else draw_samples(pairable.groups, generator, draws)
    of_coded = samples
    if generator is not None and len(coded.codes) > len(pairable.codes):
        of_coded = draw_samples(coded.groups, generator, draws)
    counts = pairable.count().sum(axis=0)
    every = replace(coded, categories=tuple(dict.fromkeys((*codings.categories, *possible))))
    return Reliability(
        coders=codings.coders,
        categories=codings.categories,
        n_categories=len(every.categories),
        n_clauses=len(pairable.codes),
        n_single=int((codings.n_coders_of == 1).sum()),
        n_documents=pairable.n_groups if codings.by_document else None,
        n_groups=pairable.n_groups,
        percent=measure_percent(pairable, resampling=samples),
        holsti=measure_holsti(pairable),
        alpha=measure_alpha(pairable, resampling=samples),
        ac1=measure_agreement(every, "gwet", resampling=of_coded),
        fleiss=measure_agreement(coded, "fleiss", resampling=of_coded),
        conger=measure_agreement(coded, "conger", resampling=of_coded),
        brennan_prediger=measure_agreement(every, "brennan_prediger", resampling=of_coded),
        classes=tuple(measure_classes(coded, resampling=samples, resampling_coded=of_coded)),
        pairs=tuple(_describe_pair(pair) for pair in list_pairs(pairable)),
        largest=codings.categories[int(counts.argmax())],
        largest_share=float(counts.max() / counts.sum()),
    )


def _describe_pair(pair: JointCodings) -> CoderPair:
    table = tabulate_pair(pair)
    first, second = pair.coders
    return CoderPair((first, second), float(np.trace(table) / table.sum()), measure_kappa(pair), table)
