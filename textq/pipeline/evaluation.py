"""Gold clauses and a coder → how well it codes them, how far to trust its probabilities, what more gold would buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textq.coding.accuracy.abstention import Abstention, measure_abstention
from textq.coding.accuracy.certainty import Certainty, measure_certainty
from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.accuracy.learning_curve import (
    LearnAndCode,
    LearningCurve,
    LearningPlan,
    draw_learning_curve,
    plan_learning,
)
from textq.coding.accuracy.scores import Scores, measure_scores
from textq.coding.arrays import BoolArray, IntArray
from textq.coding.coder import Coder, has_learnt_from
from textq.coding.coders import find_coder, read_rules
from textq.coding.folds import assign_folds, number_groups
from textq.coding.resample import DRAWS, Resampling, draw_samples
from textq.coding.rules import RulesCoder
from textq.coding.trained.fit import Lesson, TrainingSpec, fit_model
from textq.coding.trained.model import TrainedCoder
from textq.errors import ClauseFileError
from textq.ingest.gold import Condition, GoldClause, read_gold
from textq.lexicon.codebook import Codebook, split_code
from textq.pipeline.agreement import By
from textq.pipeline.training import make_lesson
from textq.records import Coding


@dataclass(frozen=True, slots=True)
class LearntClauses:
    """Gold clauses from which the coder learnt.

    Attributes
    ----------
    n_clauses, n_documents
        How many, and in how many documents; None where documents are not known.
    scores
        Of the clauses that are left without them and without all clauses of their documents; None where none is left.
    """

    n_clauses: int
    n_documents: int | None
    scores: Scores | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a coder does on gold clauses.

    Attributes
    ----------
    coder_id, codebook
        Who coded, by which codebook.
    gold, codings
        The clauses and what the coder gave them, in the order of the file.
    judged
        The same as arrays.
    scores, abstention
        How well it codes.
    certainty
        How far its probabilities can be trusted; None where it states none.
    states_probabilities
        Whether its figures are meant as probabilities. Those of the lexicon are not: they put clauses in an order, and
        figures of calibration mean nothing.
    known
        The clauses it learnt from; None where there are none, or it cannot tell.
    curve
        By the number of clauses learnt from; None unless asked for.
    by, draws, seed
        How the intervals were drawn; ``draws`` is 0 where none were.
    """

    coder_id: str
    codebook: Codebook
    gold: tuple[GoldClause, ...]
    codings: tuple[Coding, ...]
    judged: Judged
    scores: Scores
    abstention: Abstention
    certainty: Certainty | None
    states_probabilities: bool
    known: LearntClauses | None
    curve: LearningCurve | None
    by: By
    draws: int
    seed: int


def evaluate_coder(
    path: Path,
    coder: Coder | str | None = None,
    *,
    codebook: Path | None = None,
    where: Sequence[Condition] = (),
    weight: str | None = None,
    by: By | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    learning_curve: bool = False,
) -> Evaluation:
    """Code the gold clauses of a file and compare.

    Parameters
    ----------
    path, where, weight
        As :func:`textq.ingest.gold.read_gold` takes them.
    coder
        A coder, or its name; default: the usual one.
    codebook
        The folder of another codebook.
    by
        What the intervals draw; default: documents where every clause names its own, else clauses.
    draws
        How many samples; 0: no intervals.
    seed
        Of the generators.
    learning_curve
        Also train textq's own kind of coder on ever more of the gold clauses, and code those of other documents.

    Raises
    ------
    ClauseFileError
        If the file cannot be used, or documents are asked for, or needed for a learning curve, and not known.
    ConfigError
        If there is no such coder, or there are too few documents for a learning curve.
    """
    chosen = find_coder(coder, codebook) if coder is None or isinstance(coder, str) else coder
    gold = tuple(read_gold(path, chosen.codebook, where=where, weight=weight))
    drawn = _choose_resampling(path, gold, by)
    plan = _plan(path, gold, seed) if learning_curve else None
    codings = tuple(chosen.code([clause.unit for clause in gold]))
    judged = _judge(gold, codings, chosen.codebook, drawn)
    samples = _draw(judged, draws, seed)
    certain = np.isfinite(judged.probabilities).any()
    return Evaluation(
        coder_id=chosen.coder_id,
        codebook=chosen.codebook,
        gold=gold,
        codings=codings,
        judged=judged,
        scores=measure_scores(judged, samples),
        abstention=measure_abstention(judged, samples),
        certainty=measure_certainty(judged, np.random.default_rng(seed), samples) if certain else None,
        states_probabilities=not isinstance(chosen, RulesCoder),
        known=_find_known(chosen, gold, judged, draws, seed),
        curve=None if plan is None else _learn(plan, gold, judged, codebook, draws, seed),
        by=drawn,
        draws=draws if samples is not None else 0,
        seed=seed,
    )


def _choose_resampling(path: Path, gold: Sequence[GoldClause], by: By | None) -> By:
    if by == "document":
        _require_documents(path, gold, "use --by clause")
    return by or ("document" if all(clause.document for clause in gold) else "clause")


def _require_documents(path: Path, gold: Sequence[GoldClause], advice: str) -> None:
    if without := [clause.unit.clause_id for clause in gold if not clause.document]:
        raise ClauseFileError(
            f"{path}: the document of {len(without)} clauses is not known, of {without[0]!r} for one. Add a column "
            f"doc, or {advice}."
        )


def _judge(gold: Sequence[GoldClause], codings: Sequence[Coding], codebook: Codebook, by: By) -> Judged:
    return judge_codes(
        [clause.code for clause in gold],
        [coding.instrument for coding in codings],
        codebook.classes,
        gold_subtypes=[clause.subtype for clause in gold],
        coded_subtypes=[coding.subtype for coding in codings],
        probabilities=[coding.confidence for coding in codings],
        documents=[clause.document for clause in gold] if by == "document" else None,
        weights=[clause.weight for clause in gold],
        unsure=[coding.unsure for coding in codings],
    )


def _draw(judged: Judged, draws: int, seed: int) -> Resampling | None:
    if not draws or judged.n_groups < 2:
        return None
    return draw_samples(judged.groups, np.random.default_rng(seed), draws)


def _find_known(
    coder: Coder, gold: Sequence[GoldClause], judged: Judged, draws: int, seed: int
) -> LearntClauses | None:
    known: BoolArray = np.array([has_learnt_from(coder, clause.unit.sha256) for clause in gold])
    if not known.any():
        return None
    documents = {clause.document for clause, one in zip(gold, known, strict=True) if one and clause.document}
    kept = ~known & np.array([clause.document not in documents for clause in gold])
    left = judged.take(kept) if kept.any() else None
    return LearntClauses(
        int(known.sum()),
        len(documents) if documents else None,
        None if left is None else measure_scores(left, _draw(left, draws, seed)),
    )


def _plan(path: Path, gold: Sequence[GoldClause], seed: int) -> LearningPlan:
    _require_documents(path, gold, "leave out --learning-curve")
    lessons = [make_lesson(clause) for clause in gold]

    def can_learn(learnt: IntArray) -> bool:
        return can_train([lessons[at] for at in learnt])

    return plan_learning(number_groups([one.document for one in gold]), can_learn, np.random.default_rng(seed))


def can_train(lessons: Sequence[Lesson]) -> bool:
    """Tell whether lessons have documents for all folds of a training, two classes, and two codes outside each fold."""
    documents, codes = [one.document for one in lessons], np.array([one.code for one in lessons])
    if len(set(documents)) < TrainingSpec().folds or len({split_code(one.code)[0] for one in lessons}) < 2:
        return False
    folds = assign_folds(documents, TrainingSpec().folds)
    return all(len(set(codes[folds != fold])) > 1 for fold in np.unique(folds))


def _learn(
    plan: LearningPlan, gold: Sequence[GoldClause], judged: Judged, codebook: Path | None, draws: int, seed: int
) -> LearningCurve:
    return draw_learning_curve(
        judged.gold, len(judged.categories), plan, make_learner(gold, codebook), np.random.default_rng(seed),
        weights=judged.weights, draws=draws,
    )  # fmt: skip


def make_learner(gold: Sequence[GoldClause], codebook: Path | None = None) -> LearnAndCode:
    """Return what trains a coder on some of the gold clauses and codes others; a code is its place in the codebook."""
    rules, lessons = read_rules(codebook), [make_lesson(clause) for clause in gold]

    def learn_and_code(learnt: IntArray, coded: IntArray) -> IntArray:
        model = fit_model([lessons[at] for at in learnt], "learning", rules).model
        probabilities = TrainedCoder(model, rules, "").probabilities([gold[at].unit for at in coded])
        return np.asarray(probabilities.argmax(axis=1))

    return learn_and_code
