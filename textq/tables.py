"""The contracts of the tables: columns, types and key, checked where a table passes from one stage to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textq.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns of a table with their pandas dtypes, in order, and the columns that identify a row.

    Dates are ISO strings (2016-03-21); a list is joined by ";".
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]


DOCUMENTS = Contract(
    "documents",
    {
        "doc_id": "string",
        "path": "string",
        "status": "string",
        "reason": "string",
        "title": "string",
        "doc_number": "string",
        "promulgated_by": "string",
        "issuers": "string",
        "unit": "string",
        "scope_reason": "string",
        "level": "string",
        "place": "string",
        "doc_type": "string",
        "issued_on": "string",
        "published_on": "string",
        "effective_on": "string",
        "repealed_on": "string",
        "validity": "string",
        "shared": "Int64",
        "representative_of": "string",
        "n_characters": "Int64",
        "n_clauses": "Int64",
        "sha256": "string",
        "period": "Int64",
        "power": "Int64",
        "power_rule": "string",
        "new_share": "Float64",
        "near_duplicates": "string",
        "attachments": "string",
        "ocr_confidence": "Float64",
        "doubts": "string",
        "notes": "string",
    },
    key=("path",),
)
CLAUSES = Contract(
    "clauses",
    {
        "clause_id": "string",
        "clause_sha256": "string",
        "doc_id": "string",
        "ordinal": "Int64",
        "division": "string",
        "heading": "string",
        "stem": "string",
        "kind": "string",
        "page": "Int64",
        "start": "Int64",
        "end": "Int64",
        "n_characters": "Int64",
        "responsible": "string",
        "copied_from": "string",
        "copied_share": "Float64",
        "ocr_confidence": "Float64",
        "text": "string",
    },
    key=("clause_id",),
)
LINES = Contract(
    "lines",
    {
        "doc_id": "string",
        "start": "Int64",
        "end": "Int64",
        "page": "Int64",
        "top": "float64",
        "bottom": "float64",
        "lefts": "object",
        "rights": "object",
        "confidence": "Float64",
    },
    key=("doc_id", "start"),
)
CODINGS = Contract(
    "codings",
    {
        "clause_id": "string",
        "coder_id": "string",
        "instrument": "string",
        "subtype": "string",
        "secondary": "string",
        "confidence": "Float64",
        "unsure": "boolean",
        "evidence": "string",
        "context": "string",
        "clause_sha256": "string",
        "codebook": "string",
    },
    key=("clause_id", "coder_id"),
)
SUGGESTIONS = Contract("suggestions", {**CODINGS.columns, "how": "string", "track": "string"}, key=CODINGS.key)
"""What the machine had given the clauses whose final code is people's: its rows of CODINGS, how the final code came
about (:data:`textq.pipeline.review_codes.HOW`), and whether the clause was coded blind in an audit sample
(``audit``) or in free correction (``free``).
"""

COVERAGE = Contract(
    "coverage",
    {"unit": "string", "first_period": "Int64", "last_period": "Int64", "coverage": "string"},
    key=("unit",),
)
_MEASURES = {
    "n_documents": "Float64",
    "n_clauses": "Float64",
    "n_characters": "Float64",
    "count": "Float64",
    "share": "Float64",
    "per_10k": "Float64",
    "log_count": "Float64",
    "stock": "Float64",
    "power_sum": "Float64",
    "power_stock": "Float64",
    "count_new": "Float64",
    "coverage": "string",
}
_CELL = {"unit": "string", "period": "Int64", "codebook": "string", "instrument": "string"}
SCORES = Contract("scores", _CELL | _MEASURES, key=("unit", "period", "codebook", "instrument"))
SUBTYPES = Contract(
    "subtypes",
    _CELL | {"subtype": "string"} | _MEASURES,
    key=("unit", "period", "codebook", "instrument", "subtype"),
)


def check(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return ``table`` with the contract's columns in their order and types.

    Raises
    ------
    TableError
        If a column is missing or of another type, or the key has gaps or doubles.
    """
    missing = [column for column in contract.columns if column not in table.columns]
    if missing:
        raise TableError(f"the table {contract.name} lacks the columns {', '.join(missing)}.")
    table = table[list(contract.columns)]
    try:
        table = table.astype(dict(contract.columns))
    except (TypeError, ValueError) as error:
        raise TableError(f"the table {contract.name} holds a value of the wrong type: {error}.") from error
    key = list(contract.key)
    if table[key].isna().any(axis=None):
        raise TableError(f"the table {contract.name} has rows without {' + '.join(key)}.")
    doubled = table.loc[table.duplicated(key), key]
    if len(doubled):
        row = ", ".join(str(value) for value in doubled.iloc[0])
        raise TableError(f"the table {contract.name} has {len(doubled)} doubled rows; the first is ({row}).")
    return table.reset_index(drop=True)
