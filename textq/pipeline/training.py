"""Gold clauses → a trained coder in a folder, with what it reached on documents it did not see."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from textq.coding.accuracy.certainty import Certainty, measure_certainty
from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.accuracy.scores import Scores, measure_scores
from textq.coding.coders import RULES, read_rules
from textq.coding.resample import DRAWS, draw_samples
from textq.coding.trained.fit import Lesson, Training, TrainingSpec, fit_model
from textq.coding.trained.model import TrainedModel
from textq.coding.trained.model_file import is_model_name, load_coder, save_model
from textq.errors import ConfigError, TrainingError
from textq.ingest.gold import Condition, GoldClause, read_gold
from textq.lexicon.codebook import Codebook, split_code
from textq.records import join_code

FEW = 30
"""Of a class or subtype with fewer clauses than this little can be learnt."""


@dataclass(frozen=True, slots=True)
class TrainedResult:
    """A coder that was trained.

    Attributes
    ----------
    folder
        Where its files are.
    coder_id, codebook
        What it is called in tables, and the codes it gives.
    model
        The model itself.
    lessons
        What it learnt from.
    few
        Classes and codes of which fewer than `FEW` clauses were there, and how many; one with none is never given.
    n_not_said_random
        Clauses of which nothing says that they were drawn at random, though the shares of the classes among them became
        what the coder expects elsewhere; 0 where shares were given.
    judged, scores, certainty
        Each clause as coded by a model that had not seen its document; intervals by document.
    codebook_folder
        Where its codebook is; None for the one that comes with textq.
    """

    folder: Path
    coder_id: str
    codebook: Codebook
    model: TrainedModel
    lessons: tuple[Lesson, ...]
    few: Mapping[str, int]
    n_not_said_random: int
    judged: Judged
    scores: Scores
    certainty: Certainty
    codebook_folder: Path | None = None


def train_coder(
    paths: Sequence[Path],
    name: str = "trained",
    *,
    out: Path | None = None,
    codebook: Path | None = None,
    where: Sequence[Condition] = (),
    weight: str | None = None,
    spec: TrainingSpec | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> TrainedResult:
    """Train a coder on files of gold clauses and write it into a folder.

    Parameters
    ----------
    paths, where, weight
        Files as :func:`textq.ingest.gold.read_gold` takes them.
    name
        How the coder is called: up to 80 letters and digits, with dots and hyphens between them.
    out
        The folder it is written to, which must not hold anything; default: ``models/<name>`` of the codebook's folder.
    codebook
        The folder of the codebook and its lexicon; default: what comes with textq, and then ``out`` must be given.
    spec
        How it is trained.
    draws, seed
        Samples of documents for the intervals, and the seed of their generator.

    Raises
    ------
    ClauseFileError, TrainingError
        If a file cannot be used, or what is in them is too little to learn from.
    ConfigError
        If the name cannot be used, or the folder is missing or not empty.
    """
    _check_name(name)
    folder = _choose_folder(out, codebook, name)
    rules = read_rules(codebook)
    gold = read_gold_files(paths, rules.codebook, where=where, weight=weight)
    lessons = [make_lesson(clause) for clause in gold]
    settings = spec or TrainingSpec()
    training = fit_model(lessons, name, rules, settings)
    judged = judge_training(training, lessons, rules.codebook)
    samples = draw_samples(judged.groups, np.random.default_rng(seed), draws) if draws else None
    scores = measure_scores(judged, samples)
    trained_with = describe_training(paths, lessons, settings, scores)
    save_model(training.model, folder, rules, trained_with)
    coder = load_coder(folder, rules)
    certainty = measure_certainty(judged, np.random.default_rng(seed), samples)
    return TrainedResult(
        folder=folder,
        coder_id=coder.coder_id,
        codebook=rules.codebook,
        model=coder.model,
        lessons=tuple(lessons),
        few=count_few(lessons, (*rules.codebook.classes, *coder.model.codes)),
        n_not_said_random=0 if settings.shares else count_not_said_random(gold),
        judged=judged,
        scores=scores,
        certainty=certainty,
        codebook_folder=codebook,
    )


def read_gold_files(
    paths: Sequence[Path], codebook: Codebook, *, where: Sequence[Condition] = (), weight: str | None = None
) -> list[GoldClause]:
    """Return the gold clauses of several files.

    Raises
    ------
    TrainingError
        If two files hold clauses of the same id.
    """
    clauses: dict[str, GoldClause] = {}
    for path in paths:
        for clause in read_gold(path, codebook, where=where, weight=weight):
            if clause.unit.clause_id in clauses:
                raise TrainingError(
                    f"{path}: the clause {clause.unit.clause_id!r} is in an earlier file too. Leave one of them out."
                )
            clauses[clause.unit.clause_id] = clause
    return list(clauses.values())


def make_lesson(clause: GoldClause) -> Lesson:
    """Return a gold clause as a lesson.

    One that its coder was not sure of (column ``sure``: 0) counts less (`TrainingSpec.unsure_weight`). Where a file
    does not name the documents, the clauses of one title are one document; a clause without a title is its own.
    """
    document = clause.document or clause.unit.title or clause.unit.clause_id
    return Lesson(
        clause.unit,
        join_code(clause.code, clause.subtype),
        document,
        weight=clause.weight,
        is_sure=clause.is_sure,
        is_random=clause.is_random,
    )


def count_few(lessons: Sequence[Lesson], codes: Sequence[str]) -> dict[str, int]:
    """Return those of the codes, or classes, that have fewer than `FEW` lessons, and how many they have."""
    classes = Counter(split_code(lesson.code)[0] for lesson in lessons)
    counts = classes | Counter(lesson.code for lesson in lessons)
    return {
        code: counts[code] for code in codes if counts[code] < FEW and (classes[split_code(code)[0]] or "/" not in code)
    }


def count_not_said_random(gold: Sequence[GoldClause]) -> int:
    """Return how many of the clauses that a training calibrates with do not say that they were drawn at random.

    It takes those that may have been drawn at random, or all where none may.
    """
    judged = [clause for clause in gold if clause.is_random] or gold
    return sum(not clause.is_said_random for clause in judged)


def judge_training(training: Training, lessons: Sequence[Lesson], codebook: Codebook) -> Judged:
    """Return what cross-fitting gave each lesson, beside its code; lessons count by their weights."""
    return judge_codes(
        [split_code(lesson.code)[0] for lesson in lessons],
        [codebook.classes[at] for at in training.probabilities.argmax(axis=1)],
        codebook.classes,
        probabilities=training.probabilities.max(axis=1).tolist(),
        documents=[lesson.document for lesson in lessons],
        weights=[lesson.weight for lesson in lessons],
    )


def describe_training(
    paths: Sequence[Path], lessons: Sequence[Lesson], spec: TrainingSpec, scores: Scores
) -> dict[str, Any]:
    """Return what a model's card says of its training: files with their hashes, counts, settings, figures."""
    return {
        "files": [{"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in paths],
        "n_clauses": len(lessons),
        "n_documents": len({lesson.document for lesson in lessons}),
        "n_of_code": dict(sorted(Counter(lesson.code for lesson in lessons).items())),
        "settings": asdict(spec),
        "scikit_learn": version("scikit-learn"),
        "cross_fitted": {
            name: None if figure.value is None else round(figure.value, 3)
            for name, figure in (("macro_f1", scores.macro_f1), ("kappa", scores.kappa))
        },
    }


def _check_name(name: str) -> None:
    if not is_model_name(name) or name == RULES:
        raise ConfigError(
            f"{name!r} is no name for a coder. Use up to 80 letters and digits, with dots and hyphens only between "
            f"them, and not {RULES!r}."
        )


def _choose_folder(out: Path | None, codebook: Path | None, name: str) -> Path:
    if out is None and codebook is None:
        raise ConfigError("the folder of the new coder is not known. Give --out FOLDER (or --codebook DIR).")
    folder = out or Path(str(codebook)) / "models" / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} is there already and is never overwritten. Give another --out, or another --name.")
    return folder
