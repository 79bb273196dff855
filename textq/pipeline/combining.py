"""Gold clauses and several coders → the file of an ensemble, with what it reaches on documents it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from textq.coding.accuracy.abstention import Abstention, measure_abstention
from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.accuracy.scores import Scores, compute_macro_f1, count_cells, measure_scores
from textq.coding.arrays import BoolArray, FloatArray
from textq.coding.coder import LearningCoder, has_learnt_from
from textq.coding.coders import ENSEMBLE_SUFFIX, read_rules
from textq.coding.ensemble.coder import EnsembleCoder
from textq.coding.ensemble.cross_fit import CrossFitted, cross_fit_ensemble
from textq.coding.ensemble.ensemble_file import write_ensemble
from textq.coding.ensemble.fit import FittedEnsemble, fit_ensemble
from textq.coding.ensemble.members import Member, describe_member
from textq.coding.ensemble.probabilities import ProbabilityCoder
from textq.coding.folds import assign_folds
from textq.coding.reliability.joint_codings import join_codings
from textq.coding.reliability.report import Reliability, measure_reliability
from textq.coding.resample import DRAWS, Figure, Resampling, draw_samples, estimate
from textq.coding.rules import RulesCoder
from textq.coding.trained.model_file import hash_lexicon
from textq.errors import ClauseFileError, ConfigError
from textq.ingest.gold import Condition, GoldClause, read_gold
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import builtin_root

FEWEST_CLAUSES = 50
FEWEST_DOCUMENTS = 10
"""With less than this neither weights nor a threshold can be learnt."""

N_FOLDS = 5
"""Parts of the documents, each judged by what was learnt from the others."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Gold clauses that cannot serve, since a coder learnt from them or from others of their documents.

    ``learnt_from`` tells of each coder that learns from how many of all gold clauses it did.
    """

    n_clauses: int
    n_documents: int
    learnt_from: dict[str, int]


@dataclass(frozen=True, slots=True)
class CombinedCoder:
    """A coder of the ensemble: what it weighs, and how well it codes alone."""

    coder_id: str
    weight: float
    scores: Scores


@dataclass(frozen=True, slots=True)
class Combination:
    """Several coders that were combined.

    Attributes
    ----------
    path, coder_id, codebook
        The file, what the ensemble is called in tables, and the codes it gives.
    fitted
        What was fitted on all clauses.
    n_clauses, n_documents
        The clauses that served.
    n_chosen
        How many of them were not drawn at random.
    n_without_document
        How many of them name neither document nor title, so that each was taken as a document of its own.
    left_out
        None where every clause could serve.
    coders
        Each alone, in the order of the weights.
    pooled, abstention
        The ensemble on clauses that helped neither to learn its weights nor to choose its threshold.
    best, gain
        The coder with the highest macro-F1 alone, and by how much the ensemble's is above it.
    agreement
        Of the coders with one another.
    draws, seed
        How the intervals were drawn, by document; ``draws`` is 0 where none were.
    """

    path: Path
    coder_id: str
    codebook: Codebook
    fitted: FittedEnsemble
    n_clauses: int
    n_documents: int
    n_chosen: int
    n_without_document: int
    left_out: LeftOut | None
    coders: tuple[CombinedCoder, ...]
    pooled: Scores
    abstention: Abstention
    best: str
    gain: Figure
    agreement: Reliability
    draws: int
    seed: int


def combine_coders(
    path: Path,
    names: Sequence[str],
    out: Path,
    *,
    codebook: Path | None = None,
    where: Sequence[Condition] = (),
    target: float = 0.05,
    draws: int = DRAWS,
    seed: int = 1,
) -> Combination:
    """Learn on gold clauses how to pool several coders and when to abstain, and write it into a file.

    Clauses from which a coder learnt are left out with all clauses of their documents. Where the file does not name
    the documents, the clauses of one title are one document; a clause without a title is its own.

    Parameters
    ----------
    path, where
        Gold clauses as :func:`textq.ingest.gold.read_gold` takes them.
    names
        At least two coders as :func:`textq.coding.coders.find_coder` takes them: the lexicon and trained ones.
    out
        A new file that ends in ``.json``; the coder's folders are named relative to it.
    codebook
        The folder of another codebook.
    target
        The share of errors, from 0 to 1, to be allowed among the codes of which the ensemble is sure.
    draws, seed
        Samples of documents for the intervals, and the seed of their generator.

    Raises
    ------
    ClauseFileError
        If the file cannot be used, or too few clauses are left.
    ConfigError
        If there are fewer than two coders, one cannot be combined, or the new file cannot be written there.
    ModelFileError
        If a trained coder cannot be loaded.
    """
    _check_out(out)
    root = (codebook or builtin_root()).resolve()
    material = _gather(path, names, out, root, where)
    fitted, crossed = _fit(material, target)
    combination = _measure(material, fitted, crossed, out, draws, seed)
    write_ensemble(fitted, out)
    return combination


@dataclass(frozen=True, slots=True)
class _Material:
    """What an ensemble is fitted on: gold clauses that no coder has seen, the document of each, coders and lexicon.

    ``given`` and ``opinions`` are what each coder gave to the clauses, and its probabilities, (clauses, classes).
    """

    gold: tuple[GoldClause, ...]
    documents: tuple[str, ...]
    members: tuple[Member, ...]
    coders: tuple[ProbabilityCoder, ...]
    given: tuple[tuple[str, ...], ...]
    opinions: tuple[FloatArray, ...]
    rules: RulesCoder
    left_out: LeftOut | None


def _gather(path: Path, names: Sequence[str], out: Path, root: Path, where: Sequence[Condition]) -> _Material:
    members, coders = _find_members(names, out, root)
    rules = read_rules(root)
    gold = read_gold(path, rules.codebook, where=where)
    kept, left_out = _leave_out(gold, coders)
    used = tuple(clause for clause, one in zip(gold, kept, strict=True) if one)
    documents = tuple(_name_document(clause) for clause in used)
    _check_enough(path, documents, left_out)
    asked = [coder.code_with_probabilities([clause.unit for clause in used]) for coder in coders]
    given = tuple(tuple(coding.instrument for coding in codings) for codings, _ in asked)
    return _Material(used, documents, members, coders, given, tuple(one for _, one in asked), rules, left_out)


def _check_out(out: Path) -> None:
    if out.suffix != ENSEMBLE_SUFFIX:
        raise ConfigError(f"{out}: the file of an ensemble ends in {ENSEMBLE_SUFFIX}. Give it such a name.")
    if out.exists():
        raise ConfigError(f"{out} is there already and is never overwritten. Give another name, or remove it.")
    if not out.parent.is_dir():
        raise ConfigError(f"{out}: there is no folder {out.parent}. Make it, or give another name.")


def _find_members(
    names: Sequence[str], out: Path, root: Path
) -> tuple[tuple[Member, ...], tuple[ProbabilityCoder, ...]]:
    if len(names) < 2:
        raise ConfigError(f"an ensemble needs at least two coders. Got {', '.join(names) or 'none'}.")
    described = [describe_member(name, out, root) for name in names]
    ids = [coder.coder_id for _, coder in described]
    if twice := next((one for one in ids if ids.count(one) > 1), None):
        raise ConfigError(f"{twice} was given twice. Name each coder once.")
    return tuple(member for member, _ in described), tuple(coder for _, coder in described)


def _name_document(clause: GoldClause) -> str:
    return clause.document or clause.unit.title or clause.unit.clause_id


def _leave_out(gold: Sequence[GoldClause], coders: Sequence[ProbabilityCoder]) -> tuple[BoolArray, LeftOut | None]:
    """Return which clauses stand in documents that no coder learnt from, and what is left out."""
    knows = np.array([[has_learnt_from(coder, clause.unit.sha256) for clause in gold] for coder in coders])
    known: BoolArray = np.any(knows, axis=0)
    if not known.any():
        return np.ones(len(gold), dtype=bool), None
    documents = [_name_document(clause) for clause in gold]
    left = {document for document, one in zip(documents, known, strict=True) if one}
    kept = np.array([document not in left for document in documents])
    learnt_from = {
        coder.coder_id: int(row.sum())
        for coder, row in zip(coders, knows, strict=True)
        if isinstance(coder, LearningCoder)
    }
    return kept, LeftOut(int((~kept).sum()), len(left), learnt_from)


def _check_enough(path: Path, documents: Sequence[str], left_out: LeftOut | None) -> None:
    n_documents = len(set(documents))
    if len(documents) >= FEWEST_CLAUSES and n_documents >= FEWEST_DOCUMENTS:
        return
    why = ""
    if left_out is not None:
        counts = ", ".join(f"{coder} from {n}" for coder, n in left_out.learnt_from.items() if n)
        why = f" without the documents that a coder learnt from ({counts} clauses)"
    raise ClauseFileError(
        f"{path}: {len(documents)} clauses of {n_documents} documents are left{why}. Weights need at least "
        f"{FEWEST_CLAUSES} clauses of {FEWEST_DOCUMENTS} documents that no coder has seen: code some by hand."
    )


def _fit(material: _Material, target: float) -> tuple[FittedEnsemble, CrossFitted]:
    units, codes = [clause.unit for clause in material.gold], [clause.code for clause in material.gold]
    codebook = material.rules.codebook
    classes = codebook.classes
    opinions = dict(zip([coder.coder_id for coder in material.coders], material.opinions, strict=True))
    fitted = fit_ensemble(
        opinions, codes, material.documents, codebook=codebook.edition, classes=classes, target=target,
        n_folds=N_FOLDS,
    )  # fmt: skip
    right = np.array([classes.index(code) for code in codes])
    folds = assign_folds(material.documents, N_FOLDS)
    crossed = cross_fit_ensemble(material.opinions, right, folds, target)
    found_again = replace(
        fitted, members=material.members, lexicon=hash_lexicon(material.rules),
        fitted_on=frozenset(unit.sha256[:16] for unit in units),
    )  # fmt: skip
    return found_again, crossed


def _measure(
    material: _Material, fitted: FittedEnsemble, crossed: CrossFitted, out: Path, draws: int, seed: int
) -> Combination:
    documents, classes = material.documents, fitted.classes
    codes = [clause.code for clause in material.gold]
    alone = [judge_codes(codes, one, classes, documents=documents) for one in material.given]
    together = _judge_pooled(codes, crossed, classes, documents)
    samples = draw_samples(together.groups, np.random.default_rng(seed), draws) if draws else None
    combined = tuple(
        CombinedCoder(coder_id, weight, measure_scores(judged, samples))
        for coder_id, weight, judged in zip(fitted.coders, fitted.pool.weights, alone, strict=True)
    )
    best = max(range(len(combined)), key=lambda at: combined[at].scores.macro_f1.value or 0.0)
    joint = join_codings(
        list(zip(*material.given, strict=True)), fitted.coders, categories=classes, documents=documents
    )
    return Combination(
        path=out,
        coder_id=EnsembleCoder(material.coders, fitted).coder_id,
        codebook=material.rules.codebook,
        fitted=fitted,
        n_clauses=len(codes),
        n_documents=len(set(documents)),
        n_chosen=sum(not clause.is_random for clause in material.gold),
        n_without_document=sum(not clause.document and not clause.unit.title for clause in material.gold),
        left_out=material.left_out,
        coders=combined,
        pooled=measure_scores(together, samples),
        abstention=measure_abstention(together, samples),
        best=combined[best].coder_id,
        gain=_measure_gain(together, alone[best], samples),
        agreement=measure_reliability(joint, np.random.default_rng(seed) if draws else None, draws),
        draws=draws,
        seed=seed,
    )


def _judge_pooled(
    codes: Sequence[str], crossed: CrossFitted, classes: Sequence[str], documents: Sequence[str]
) -> Judged:
    return judge_codes(
        codes,
        [classes[place] for place in crossed.probabilities.argmax(axis=1)],
        classes,
        probabilities=crossed.probabilities.max(axis=1).tolist(),
        documents=documents,
        unsure=(~crossed.sure).tolist(),
    )


def _measure_gain(pooled: Judged, best: Judged, samples: Resampling | None) -> Figure:
    """Return macro-F1 of the pool less that of the best coder, both on the same draws."""
    q = len(pooled.categories)
    cells = np.hstack([count_cells(one.gold, one.coded, one.weights, q) for one in (pooled, best)])

    def evaluate(sums: FloatArray) -> FloatArray:
        both = compute_macro_f1(sums.reshape(*sums.shape[:-1], 2, q, q))
        return np.asarray(both[..., :1] - both[..., 1:])

    return estimate(cells, evaluate, samples)[0]
