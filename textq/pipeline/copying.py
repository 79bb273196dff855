"""Which clauses are copies of higher-level texts, measured on the texts as gathered and marked in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from textq.pipeline.gather import Kept, read_text
from textq.scoring.copies import Copying, measure_copying

_KEY = ["doc_id", "start"]
_MARKS = ["copied_from", "copied_share"]


@dataclass(frozen=True, slots=True)
class CopiedClauses:
    """The clauses that are copies: ``doc_id``, ``start``, ``copied_from``, ``copied_share``."""

    rows: pd.DataFrame

    def mark(self, clauses: pd.DataFrame) -> pd.DataFrame:
        """Return rows of the clauses table with the columns on copying filled in."""
        return clauses.drop(columns=_MARKS).merge(self.rows, on=_KEY, how="left")


def measure_copies(kept: Sequence[Kept], folder: Path) -> tuple[list[Kept], CopiedClauses]:
    """Return what is kept of each file with its share of new text, and the clauses that are copies."""
    counted = {one.reading.doc_id: one for one in kept if one.reading.document}
    described = [(doc_id, *_describe(one)) for doc_id, one in counted.items()]
    documents = pd.DataFrame(described, columns=["doc_id", "level", "place", "issued_on"])

    def read_clauses(doc_id: str) -> list[str]:
        text = read_text(folder, doc_id)
        return [text[start:end] for start, end in counted[doc_id].coded]

    copying = measure_copying(documents, read_clauses)
    shares = copying.new_share.to_dict()
    measured = [
        replace(one, cells={**one.cells, "new_share": shares[one.reading.doc_id]}) if one.reading.document else one
        for one in kept
    ]
    return measured, CopiedClauses(_locate(copying, counted))


def _describe(one: Kept) -> tuple[str | None, str, str | None]:
    document = one.reading.document
    assert document is not None
    dated = document.issued_on or document.published_on
    return document.level, document.place, str(dated) if dated else None


def _locate(copying: Copying, counted: dict[str, Kept]) -> pd.DataFrame:
    """Return the copied clauses by where they start, which is how the clauses table knows them."""
    starts = [
        counted[doc_id].coded[position][0]
        for doc_id, position in zip(copying.clauses["doc_id"], copying.clauses["position"], strict=True)
    ]
    return copying.clauses.assign(start=pd.array(starts, dtype="Int64"))[[*_KEY, *_MARKS]]
