"""Score the rules coder on hand-coded clauses: ``python tests/benchmarks/quality/bench_rules.py GOLD.jsonl``.

Each line of the file is an object with ``text``, ``heading``, ``stem``, ``code``, ``subtype`` and ``doc``; lines with
``dev_document`` true are left out. Intervals are 95 % percentiles of a bootstrap over documents.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score, confusion_matrix, f1_score

from textq.coding.rules import RulesCoder
from textq.lexicon.read import builtin_codebook, builtin_lexicon
from textq.records import NONE, Coding

DRAWS = 1000
Row = dict[str, str]


def main(path: Path) -> None:
    """Print the table for one file of gold clauses."""
    rows = [
        row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if not row.get("dev_document")
    ]
    coder = RulesCoder(builtin_lexicon(), builtin_codebook())
    codings = [coder.code(row["id"], "", row["text"], heading=row["heading"], stem=row["stem"]) for row in rows]
    classes = (*coder.codebook.instrument_names, NONE)
    draws = np.array([score_all(rows, codings, classes, at) for at in draw_documents(rows)])
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    print(f"{coder.coder_id} on {path.name}: {len(rows)} clauses of {len({row['doc'] for row in rows})} documents")
    names = (*(f"F1 {name}" for name in classes), "macro-F1", "kappa", "accuracy", "subtype accuracy")
    for name, value, lower, upper in zip(names, score_all(rows, codings, classes), low, high, strict=True):
        print(f"{name:18} {value:.3f}  [{lower:.3f}, {upper:.3f}]")
    print("rows gold, columns coded:", *classes)
    print(confusion_matrix([row["code"] for row in rows], [c.instrument for c in codings], labels=list(classes)))
    print_subtypes(rows, codings)


def score_all(
    rows: Sequence[Row], codings: Sequence[Coding], classes: Sequence[str], at: Sequence[int] | None = None
) -> list[float]:
    """Return F1 per class, macro-F1, Cohen's kappa, accuracy, and the subtype's accuracy where gold has one."""
    chosen = range(len(rows)) if at is None else at
    gold, coded = [rows[i]["code"] for i in chosen], [codings[i].instrument for i in chosen]
    f1 = f1_score(gold, coded, labels=list(classes), average=None, zero_division=0.0)
    subtypes = [codings[i].subtype == rows[i]["subtype"] for i in chosen if rows[i]["subtype"]]
    accuracy = float(np.mean([a == b for a, b in zip(gold, coded, strict=True)]))
    return [*f1, float(np.mean(f1)), cohen_kappa_score(gold, coded), accuracy, float(np.mean(subtypes))]


def draw_documents(rows: Sequence[Row]) -> list[list[int]]:
    """Return bootstrap samples of clause positions, whole documents drawn with replacement."""
    by_document: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        by_document[row["doc"]].append(i)
    groups, generator = list(by_document.values()), np.random.default_rng(1)
    samples = (generator.integers(len(groups), size=len(groups)) for _ in range(DRAWS))
    return [[i for group in sample for i in groups[group]] for sample in samples]


def print_subtypes(rows: Sequence[Row], codings: Sequence[Coding]) -> None:
    """Print recall of each subtype, with the number of its gold clauses."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for row, coding in zip(rows, codings, strict=True):
        if row["subtype"]:
            right = coding.instrument == row["code"] and coding.subtype == row["subtype"]
            hits[f"{row['code']}/{row['subtype']}"].append(right)
    for code, right in sorted(hits.items()):
        print(f"{code:28} {np.mean(right):.2f} of {len(right)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/benchmarks/quality/bench_rules.py GOLD.jsonl")
    main(Path(sys.argv[1]))
