"""The coder that asks several coders, and pools what they say."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import BoolArray, FloatArray
from textq.coding.coder import has_learnt_from
from textq.coding.ensemble.fit import FittedEnsemble
from textq.coding.ensemble.pool import check_probabilities, pool_probabilities
from textq.coding.ensemble.probabilities import ProbabilityCoder
from textq.coding.rules import RulesCoder
from textq.errors import ConfigError
from textq.lexicon.codebook import Codebook
from textq.records import Coding, CodingUnit

_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Pooled:
    """What several coders say together.

    Attributes
    ----------
    probabilities
        Of each class, shape (units, classes).
    agreement
        The summed weight of the coders whose first choice is the pool's, shape (units,), from 0 to 1.
    sure
        Whether the probability of the first choice reaches the threshold, shape (units,).
    """

    probabilities: FloatArray
    agreement: FloatArray
    sure: BoolArray


class EnsembleCoder:
    """Codes clauses by the pooled opinion of several coders.

    ``confidence`` is the pooled probability of the instrument; a coding is ``unsure`` where it is below the fitted
    threshold, or where no coder would have chosen that instrument alone. Subtype, secondary, evidence and context are
    those of the coder with the greatest weight that chose the instrument too.
    """

    def __init__(self, coders: Sequence[ProbabilityCoder], fitted: FittedEnsemble) -> None:
        ids = tuple(coder.coder_id for coder in coders)
        if ids != fitted.coders:
            raise ConfigError(
                f"the ensemble was fitted for the coders {', '.join(fitted.coders)}, not for "
                f"{', '.join(ids) or 'none'}. Give those in their order, or fit it again."
            )
        for coder in coders:
            if (coder.codebook.edition, coder.codebook.classes) != (fitted.codebook, fitted.classes):
                raise ConfigError(
                    f"{coder.coder_id} codes by {coder.codebook.edition}, the ensemble was fitted for "
                    f"{fitted.codebook} with the classes {', '.join(fitted.classes)}. Fit it again."
                )
        self._coders = tuple(coders)
        self._fitted = fitted
        self._id = f"ensemble:{_name(fitted)}"

    @property
    def coder_id(self) -> str:
        """``"ensemble:"`` and eight hex digits that stand for coders, lexicon, weights and threshold."""
        return self._id

    @property
    def codebook(self) -> Codebook:
        """The codes it gives, ``none`` besides."""
        return self._coders[0].codebook

    @property
    def rules(self) -> RulesCoder | None:
        """The lexicon's coder by which one of its coders codes; None where none does."""
        found = (getattr(coder, "rules", None) for coder in self._coders)
        return next((rules for rules in found if isinstance(rules, RulesCoder)), None)

    def knows(self, sha256: str) -> bool:
        """Tell whether a clause whose text has this SHA-256 helped to fit the ensemble or to train a coder of it."""
        return sha256[:16] in self._fitted.fitted_on or any(has_learnt_from(coder, sha256) for coder in self._coders)

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        """Return the pooled probability of each class, of shape (units, classes)."""
        return self.pool(units).probabilities

    def pool(self, units: Sequence[CodingUnit]) -> Pooled:
        """Return what the coders say together of ``units``."""
        return self._pool([self._check(coder, coder.probabilities(units), units) for coder in self._coders])

    def _pool(self, opinions: Sequence[FloatArray]) -> Pooled:
        pooled = pool_probabilities(opinions, self._fitted.pool)
        first = pooled.argmax(axis=1)
        chosen = np.stack([one.argmax(axis=1) == first for one in opinions])
        agreement = np.array(self._fitted.pool.weights) @ chosen
        return Pooled(pooled, agreement, pooled.max(axis=1) >= self._fitted.abstention.threshold)

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return one coding a unit, in their order."""
        if not units:
            return []
        first, *others = np.argsort(-np.array(self._fitted.pool.weights), kind="stable").tolist()
        codings, opinion = self._coders[first].code_with_probabilities(units)
        opinions = [opinion if at == first else one.probabilities(units) for at, one in enumerate(self._coders)]
        pairs = zip(self._coders, opinions, strict=True)
        pooled = self._pool([self._check(coder, one, units) for coder, one in pairs])
        instruments = [self._fitted.classes[place] for place in pooled.probabilities.argmax(axis=1)]
        sources = self._find_sources(units, instruments, codings, others)
        return [
            self._build(unit, instrument, source, float(pooled.probabilities[row].max()), bool(pooled.sure[row]))
            for row, (unit, instrument, source) in enumerate(zip(units, instruments, sources, strict=True))
        ]

    def _find_sources(
        self, units: Sequence[CodingUnit], instruments: Sequence[str], codings: Sequence[Coding], others: Sequence[int]
    ) -> list[Coding | None]:
        """Return the coding of the coder with the greatest weight that gives the instrument, or None, for each unit.

        ``codings`` are those of the first coder; ``others`` are asked in their order for units that still want one.
        """
        pairs = zip(codings, instruments, strict=True)
        sources = [coding if coding.instrument == instrument else None for coding, instrument in pairs]
        for place in others:
            wanting = [row for row, source in enumerate(sources) if source is None]
            if not wanting:
                break
            for row, coding in zip(wanting, self._coders[place].code([units[row] for row in wanting]), strict=True):
                sources[row] = coding if coding.instrument == instruments[row] else None
        return sources

    def _check(self, coder: ProbabilityCoder, probabilities: FloatArray, units: Sequence[CodingUnit]) -> FloatArray:
        check_probabilities(probabilities, len(self._fitted.classes), coder.coder_id)
        if len(probabilities) != len(units):
            raise ConfigError(
                f"{coder.coder_id} gave {len(probabilities)} rows of probabilities for {len(units)} units."
            )
        return probabilities

    def _build(
        self, unit: CodingUnit, instrument: str, source: Coding | None, probability: float, is_sure: bool
    ) -> Coding:
        return Coding(
            clause_id=unit.clause_id,
            clause_sha256=unit.sha256,
            coder_id=self.coder_id,
            codebook_version=self.codebook.edition,
            instrument=instrument,
            subtype=source.subtype if source else None,
            secondary=source.secondary if source else None,
            evidence=source.evidence if source else (),
            confidence=round(probability, 4),
            context=source.context if source else (),
            unsure=source is None or not is_sure,
        )


def _name(fitted: FittedEnsemble) -> str:
    parts = (fitted.codebook, fitted.classes, fitted.coders, fitted.lexicon, fitted.pool, fitted.abstention.threshold)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_ID_DIGITS]
