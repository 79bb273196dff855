"""Time coding on one core: ``OPENBLAS_NUM_THREADS=1 python tests/benchmarks/speed/bench_coding.py [MEGABYTES]``.

Codes clauses of laws (``laws.jsonl.gz`` of the data outside the repository; without it the sample, repeated) with
the rules and the trained coders that are there, in columns and as records, by NumPy alone and, where numba is
installed, by compiled loops. Beside them stands the usual way with the same terms: jieba, spaCy's PhraseMatcher, TF-IDF
and a linear model, timed on a slice. Prints CPU seconds (the least of several rounds, of either way), MB of UTF-8 a
second, and the ratio to the usual way in the same run: machines differ, ratios less.
"""

import gzip
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import jieba
import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from textq.coding.coders import BUILTIN_MODELS, find_coder, read_rules
from textq.compiled import SEARCHED
from textq.errors import TextqError
from textq.ingest.document import read_document
from textq.ingest.extract import ReadSpec
from textq.ingest.files import find_files
from textq.lexicon.places import builtin_gazetteer
from textq.records import CODED_KINDS, CodingUnit, Document, Source
from textq.segment.clauses import split_clauses

ROOT = Path(__file__).parents[3]
LAWS = Path(os.environ.get("TEXTQ_SHARED") or ROOT.parent / "shared") / "data" / "policy" / "laws.jsonl.gz"
BUDGET = 20.0
"""CPU seconds for the rounds of each stage, of either way; there are three at least."""

FEWEST = 3
BATCH = 20_000
MEGABYTES = 20.0
SLICE = 0.2
"""Megabytes for the usual way: it would take minutes for all."""

WAYS = {"by NumPy": math.inf} | ({"compiled": 0} if find_spec("numba") else {})
"""How many characters are searched before loops are compiled, by the name of the way."""

LIBRARIES = ["numpy", "scipy", "jieba", "spacy", "scikit-learn", *(["numba"] if len(WAYS) > 1 else [])]

LEARNT = 2_000
"""Clauses that the linear model of the usual way is fitted on, with the codes of the rules."""


@dataclass(frozen=True)
class UsualWay:
    """Words by jieba, terms by spaCy's PhraseMatcher, and a linear model on TF-IDF of the words."""

    matcher: PhraseMatcher
    vectorizer: TfidfVectorizer
    model: SGDClassifier

    def code(self, units: Sequence[CodingUnit]) -> tuple[int, list[str]]:
        """Return how many terms were found, and a code for each unit."""
        words = [jieba.lcut(unit.text) for unit in units]
        n_found = sum(len(self.matcher(Doc(self.matcher.vocab, words=one))) for one in words)
        return n_found, list(self.model.predict(self.vectorizer.transform(words)))


def main(megabytes: float) -> None:
    """Print one line a stage."""
    units = list(take(list_units(), megabytes))
    rules = read_rules()
    usual = learn_usual_way(units[:LEARNT])
    batches = [units[at : at + BATCH] for at in range(0, len(units), BATCH)]
    part = list(take(iter(units), SLICE))
    print(f"{len(units)} clauses, {measure_size(units):.1f} MB; {rules.coder_id}, {len(rules.lexicon.entries)} entries")
    seconds = {"usual way, on a slice": time_batches(usual.code, [part]) * measure_size(units) / measure_size(part)}
    stages: dict[str, Callable[[Sequence[CodingUnit]], object]] = {
        "rules, codes in columns": lambda units: rules.decide(rules.score(units)),
        "rules, with records": lambda units: len(rules.code(units)),
    }
    for name in BUILTIN_MODELS:
        try:
            coder = find_coder(name)
        except TextqError as error:
            print(f"without the coder {name!r}: {error}")
            continue
        stages[f"trained {name}, probabilities in columns"] = coder.probabilities
        stages[f"trained {name}, with records"] = lambda units, coder=coder: len(coder.code(units))  # type: ignore[misc]
    for name, code in stages.items():
        for way in WAYS:
            SEARCHED.enough = WAYS[way]
            if SEARCHED.prefer_loops(0) is (way == "by NumPy"):
                sys.exit(
                    "Set no NUMBA_DISABLE_JIT, and mend numba or remove it: it is installed, but does not compile."
                )
            code(part)
            seconds[f"{name}, {way}"] = time_batches(code, batches)
    print(", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    first = next(iter(seconds.values()))
    for name, spent in seconds.items():
        print(f"{name:56} {spent:8.2f} s {measure_size(units) / spent:8.2f} MB/s {first / spent:8.1f} × usual")


def time_batches(code: Callable[[Sequence[CodingUnit]], object], batches: Sequence[Sequence[CodingUnit]]) -> float:
    """Return the CPU seconds of all batches, each the least of as many rounds as the budget allows."""
    rounds: list[list[float]] = []
    while len(rounds) < FEWEST or sum(map(sum, rounds)) < BUDGET:
        rounds.append([clock(lambda batch=batch: code(batch)) for batch in batches])  # type: ignore[misc]
    return sum(map(min, zip(*rounds, strict=True)))


def list_units() -> Iterator[CodingUnit]:
    """Yield clauses of laws, or those of the sample corpus again and again."""
    while True:
        documents = read_laws() if LAWS.is_file() else read_sample()
        for document in documents:
            for clause in split_clauses(document):
                if clause.kind in CODED_KINDS:
                    yield CodingUnit(clause.clause_id, clause.text, document.title, clause.heading, clause.stem)


def read_laws() -> Iterator[Document]:
    """Yield the laws as documents."""
    with gzip.open(LAWS, "rt", encoding="utf-8") as file:
        for number, row in enumerate(map(json.loads, file)):
            yield Document(f"law-{number}", row["text"], Source(LAWS.name, ""), title=row["title"])


def read_sample() -> Iterator[Document]:
    """Yield the documents of the sample corpus."""
    for file in find_files([ROOT / "corpus"]).files:
        if document := read_document(file, builtin_gazetteer(), ReadSpec()).document:
            yield document


def take(units: Iterator[CodingUnit], megabytes: float) -> Iterator[CodingUnit]:
    """Yield units until their texts reach a size."""
    size = 0
    for unit in units:
        yield unit
        size += len(unit.text.encode())
        if size >= megabytes * 1e6:
            return


def learn_usual_way(units: Sequence[CodingUnit]) -> UsualWay:
    """Return the usual way with the terms of the built-in lexicon."""
    rules = read_rules()
    matcher = PhraseMatcher(spacy.blank("zh").vocab)
    terms = [entry.term for entry in rules.lexicon.entries if entry.match != "pattern"]
    matcher.add("terms", [Doc(matcher.vocab, words=jieba.lcut(term)) for term in terms])
    vectorizer = TfidfVectorizer(analyzer=lambda words: words)
    features = vectorizer.fit_transform(jieba.lcut(unit.text) for unit in units)
    model = SGDClassifier(random_state=1).fit(features, [coding.instrument for coding in rules.code(units)])
    return UsualWay(matcher, vectorizer, model)


def measure_size(units: Sequence[CodingUnit]) -> float:
    """Return the megabytes of UTF-8 of the texts."""
    return sum(len(unit.text.encode()) for unit in units) / 1e6


def clock(run: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("Set OPENBLAS_NUM_THREADS=1: several threads would count as CPU seconds of one core.")
    main(float(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)
