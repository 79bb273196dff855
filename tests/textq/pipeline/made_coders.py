"""A codebook of its own with a lexicon, two trained coders, and gold clauses that neither has seen.

A gold clause shows its code by a term of the lexicon and by two cues, one that the coder ``first`` has learnt and one
that ``second`` has. Each misleads at random, independently of the others, so that all together are better than each.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textq.export.scaffold import scaffold_codebook
from textq.pipeline.training import train_coder

TERMS = {"incentive": "a grant", "rule": "must", "none": "is repealed"}
CUES = {
    "first": {"incentive": "bonus for bakers", "rule": "visit by wardens", "none": "words of greeting"},
    "second": {"incentive": "cheap lamps", "rule": "locked gates", "none": "old songs"},
}
CODES = tuple(TERMS)
MISLEADING_TERM, MISLEADING_CUE = 0.5, 0.25
"""How often a term and a cue are those of a code drawn at random."""


@dataclass(frozen=True)
class Workplace:
    """A folder with the codebook ``mine``, the coders ``mine/models/first`` and ``second``, and three files of gold."""

    root: Path

    @property
    def codebook(self) -> Path:
        return self.root / "mine"

    @property
    def second(self) -> Path:
        return self.root / "second"

    @property
    def gold(self) -> Path:
        """Clauses that no coder has seen."""
        return self.root / "gold.jsonl"

    @property
    def learnt(self) -> Path:
        """Clauses from which the coder ``first`` learnt."""
        return self.root / "learnt.jsonl"


def make_rows(seed: int, n_documents: int, cues: Sequence[str], size: int = 10) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    rows = []
    for at in range(n_documents * size):
        code = CODES[random.integers(3)]
        drawn = [(TERMS, MISLEADING_TERM), *((CUES[name], MISLEADING_CUE) for name in cues)]
        term, *shown = (words[CODES[random.integers(3)] if random.random() < share else code] for words, share in drawn)
        text = f"On day {seed}/{at} the town {term}, with {' and '.join(shown)}."
        rows.append({"id": f"{seed}-{at}", "doc": f"{seed}-{at // size}", "text": text, "code": code})
    return rows


def write_rows(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def make_workplace(root: Path) -> Workplace:
    place = Workplace(root)
    scaffold_codebook(place.codebook, "mine", "en")
    write_rows(place.gold, make_rows(1, 40, ("first", "second")))
    for seed, name, file, out in ((2, "first", place.learnt, None), (3, "second", root / "more.jsonl", place.second)):
        write_rows(file, make_rows(seed, 20, (name,)))
        train_coder([file], name, out=out, codebook=place.codebook, draws=0)
    return place
