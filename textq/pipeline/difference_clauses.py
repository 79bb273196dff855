"""Which clauses of two runs are the same, which are new, gone or changed, and whose code moved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from textq.notation.shingles import fold_letters
from textq.pipeline.clause_keys import add_keys
from textq.run import Run

COLUMNS = (
    "what", "document", "clause_before", "clause_after", "code_before", "code_after", "coder_before", "coder_after",
    "text_before", "text_after",
)  # fmt: skip
"""Of the clauses that differ. ``what`` is added, gone, text (another text, the same code) or code (another code, be the
text the same or not); a cell of a run that has not the clause is missing.
"""

_ALIKE = 0.5
"""From this share of common pairs of characters on (Dice), one clause may be another one's new text."""

_MOST_PAIRS = 250_000
"""Pairs of clauses of one document that are compared; in a document with more, all of them are new and gone."""


@dataclass(frozen=True, slots=True)
class ClauseChanges:
    """What became of the coded clauses.

    Attributes
    ----------
    rows
        The clauses that differ (``COLUMNS``), in the order of the documents.
    n_same
        Clauses with the same text and the same code.
    n_confirmed
        Of these, those whose code came from somebody else before.
    """

    rows: pd.DataFrame
    n_same: int
    n_confirmed: int


def compare_clauses(before: Run, after: Run) -> ClauseChanges:
    """Compare the coded clauses of two runs.

    Clauses are the same if they have the same key: document, heading, stem and text. A document is the same by its id,
    or by its path where its file has changed. Clauses without a partner are the same if they alone share a text and its
    place; else, within a document, one is the new text of the other if the two are alike.
    """
    renamed = _match_documents(before, after)
    left, right = _list_clauses(before, {}), _list_clauses(after, renamed)
    pairs = dict(_match_keys(left, right))
    pairs |= dict(_match_texts(left.drop(list(pairs)), right.drop(list(pairs.values()))))
    rows = _join(left, right, pairs)
    same_text, same_code, same_coder = (
        (rows[f"{name}_before"] == rows[f"{name}_after"]).fillna(value=False).astype(bool)
        for name in ("sha", "code", "coder")
    )
    rows["what"] = "code"
    rows.loc[same_code, "what"] = "text"
    rows.loc[rows["clause_before"].isna(), "what"] = "added"
    rows.loc[rows["clause_after"].isna(), "what"] = "gone"
    same = same_text & same_code
    return ClauseChanges(
        rows=rows.loc[~same, list(COLUMNS)].reset_index(drop=True),
        n_same=int(same.sum()),
        n_confirmed=int((same & ~same_coder).sum()),
    )


def _match_documents(before: Run, after: Run) -> dict[str, str]:
    """Return the ids of documents before, by the ids after, of those whose file changed under the same path."""
    first, second = (run.documents[run.documents["status"] == "read"] for run in (before, after))
    gone = first[~first["doc_id"].isin(second["doc_id"])].set_index("path")["doc_id"]
    new = second[~second["doc_id"].isin(first["doc_id"])]
    named = dict(zip(gone.index, gone, strict=True))
    pairs = zip(new["path"], new["doc_id"], strict=True)
    return {doc_id: named[path] for path, doc_id in pairs if path in named}


def _list_clauses(run: Run, renamed: Mapping[str, str]) -> pd.DataFrame:
    """Return the coded clauses with their keys and codes, in order, numbered from 0."""
    clauses = run.clauses.assign(doc_id=run.clauses["doc_id"].replace(dict(renamed)))
    codings = run.codings[["clause_id", "coder_id", "instrument", "subtype"]].assign(
        code=run.codings["instrument"].str.cat(run.codings["subtype"], sep="/").fillna(run.codings["instrument"])
    )
    columns = ["doc_id", "clause_id", "clause_sha256", "text", "key", "place"]
    return add_keys(clauses)[columns].merge(codings, on="clause_id").reset_index(drop=True)


def _match_keys(left: pd.DataFrame, right: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield the rows of the same clause: by key, then by text and place where only one on each side is left."""
    for columns in (["key"], ["clause_sha256", "place"]):
        found = _match_unique(left, right, columns)
        yield from found
        left, right = left.drop([row for row, _ in found]), right.drop([row for _, row in found])


def _match_unique(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> list[tuple[int, int]]:
    one, other = (
        frame.loc[~frame.duplicated(columns, keep=False), columns].reset_index(names="row") for frame in (left, right)
    )
    both = one.merge(other, on=columns, suffixes=("_left", "_right"))
    return [(int(a), int(b)) for a, b in zip(both["row_left"], both["row_right"], strict=True)]


def _match_texts(left: pd.DataFrame, right: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield the rows of clauses of one document of which one is the other's new text, the most alike first."""
    there = dict(list(right.groupby("doc_id", sort=False)))
    for doc_id, here in left.groupby("doc_id", sort=False):
        if doc_id in there and len(here) * len(there[doc_id]) <= _MOST_PAIRS:
            yield from _pair_alike(_list_bigrams(here), _list_bigrams(there[doc_id]))


def _list_bigrams(clauses: pd.DataFrame) -> list[tuple[int, frozenset[str]]]:
    folded = [(int(row), fold_letters(text)) for row, text in clauses["text"].items()]  # type: ignore[call-overload]
    return [(row, frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1)))) for row, text in folded]


def _pair_alike(
    left: Iterable[tuple[int, frozenset[str]]], right: Iterable[tuple[int, frozenset[str]]]
) -> Iterator[tuple[int, int]]:
    others = list(right)
    alike = [
        (-2 * len(bigrams & their) / (len(bigrams) + len(their)), row, other)
        for row, bigrams in left
        for other, their in others
    ]
    taken: tuple[set[int], set[int]] = (set(), set())
    for likeness, row, other in sorted(alike):
        if -likeness >= _ALIKE and row not in taken[0] and other not in taken[1]:
            taken[0].add(row)
            taken[1].add(other)
            yield row, other


def _join(left: pd.DataFrame, right: pd.DataFrame, pairs: Mapping[int, int]) -> pd.DataFrame:
    """Return all clauses of both runs, a row each, in the order of the run before; the new ones last."""
    names = {"clause_id": "clause", "clause_sha256": "sha", "code": "code", "coder_id": "coder", "text": "text"}
    first = left[["doc_id", *names]].rename(columns={old: f"{new}_before" for old, new in names.items()})
    second = right[["doc_id", *names]].rename(columns={old: f"{new}_after" for old, new in names.items()})
    first = first.assign(row=left.index, partner=[pairs.get(row, -1) for row in left.index])
    second = second.assign(partner=right.index)
    rows = first.merge(second, on="partner", how="outer", suffixes=("", "_after")).sort_values(["row", "partner"])
    return rows.assign(document=rows["doc_id"].fillna(rows["doc_id_after"]))
