"""Figures on agreement as tables of rows, for CSV: every coefficient, and the clauses on which coders differ."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from textq.coding.reliability.coefficient import Coefficient
from textq.coding.reliability.report import Reliability
from textq.export.csv import write_csv
from textq.pipeline.agreement import Agreement
from textq.pipeline.review_agreement import ReviewAgreement


def list_figures(agreement: Agreement) -> pd.DataFrame:
    """Return every figure as a row: level (code, subtype), coefficient, coders, category, value and its uncertainty."""
    levels = {"code": agreement.codes, "subtype": agreement.subtypes}
    rows = [row for level, one in levels.items() if one is not None for row in _list_level(level, one)]
    return pd.DataFrame(rows)


def list_disagreements(agreement: Agreement) -> pd.DataFrame:
    """Return the clauses on which coders differ, a column a coder."""
    rows = [(one.clause_id, one.document, *one.given) for one in agreement.disagreements]
    return pd.DataFrame(rows, columns=["id", "doc", *agreement.codes.coders])


def list_rounds(review: ReviewAgreement) -> pd.DataFrame:
    """Return every figure as a row, as of files, with the sample it is of: ``""`` is all samples together."""
    parts = [("", review.agreement), *((one.sample.sample, one.agreement) for one in review.rounds)]
    frames = [list_figures(one).assign(sample=name) for name, one in parts if one is not None]
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def list_review_disagreements(review: ReviewAgreement) -> pd.DataFrame:
    """Return the clauses on which coders differ, a column a coder; ``key`` names a clause over several runs."""
    differing = review.agreement.disagreements if review.agreement is not None else ()
    clauses = review.clauses
    rows = [
        (one.clause_id, clauses[one.clause_id].clause_id, one.document, clauses[one.clause_id].text, *one.given)
        for one in differing
        if one.clause_id in clauses
    ]
    return pd.DataFrame(rows, columns=["key", "id", "doc", "text", *review.coders])


def _list_level(level: str, one: Reliability) -> Iterator[dict[str, Any]]:
    for coefficient in one.overall.values():
        yield _to_row(level, coefficient)
    for each in one.classes:
        for coefficient in (each.specific, each.kappa, each.alpha):
            yield _to_row(level, coefficient, category=str(each.category))
    for pair in one.pairs:
        yield _to_row(level, pair.kappa.coefficient, coders=pair.coders)


def _to_row(level: str, one: Coefficient, *, category: str = "", coders: tuple[str, ...] = ("", "")) -> dict[str, Any]:
    return {
        "level": level,
        "coefficient": one.name,
        "category": category,
        "first_coder": coders[0],
        "second_coder": coders[1],
        "n_clauses": one.n_clauses,
        "value": one.value,
        "standard_error": one.standard_error,
        "conf_low": one.interval.low if one.interval else None,
        "conf_high": one.interval.high if one.interval else None,
        "why": one.why,
    }


def write_rows(rows: pd.DataFrame) -> bytes:
    """Return a table of rows as the bytes of a CSV file, as :func:`textq.export.csv.write_csv` writes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_csv(rows, path)
        return path.read_bytes()
