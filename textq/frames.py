"""Records → tables: one row a file, a clause, a coding."""

import json
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from textq.records import CODED_KINDS, Clause, Coding, Document
from textq.tables import CLAUSES, CODINGS, Contract, check

LIST_BREAK = ";"
DIVISION_BREAK = " > "


def document_row(document: Document) -> dict[str, object]:
    """Return the cells of the documents table that the document itself knows."""
    return {
        "title": document.title,
        "doc_number": document.doc_number,
        "issuers": LIST_BREAK.join(document.issuers),
        "unit": LIST_BREAK.join(document.units),
        "scope_reason": document.scope_reason,
        "level": document.level,
        "doc_type": document.doc_type,
        "issued_on": _to_iso(document.issued_on),
        "published_on": _to_iso(document.published_on),
        "effective_on": _to_iso(document.effective_on),
        "repealed_on": _to_iso(document.repealed_on),
        "shared": len(document.units),
        "period": find_period(document),
    }


def find_period(document: Document) -> int | None:
    """Return the year of issue, else of publication, else None; a file's own time never counts."""
    dated = document.issued_on or document.published_on
    return dated.year if dated else None


def _to_iso(day: object) -> str | None:
    return None if day is None else str(day)


def clauses_frame(clauses: Iterable[Clause]) -> pd.DataFrame:
    """Return the clauses table (CLAUSES)."""
    return build_frame(
        [
            {
                "clause_id": clause.clause_id,
                "clause_sha256": clause.sha256,
                "doc_id": clause.doc_id,
                "ordinal": clause.ordinal,
                "division": DIVISION_BREAK.join(clause.division),
                "heading": clause.heading,
                "stem": clause.stem,
                "kind": clause.kind,
                "page": clause.page,
                "start": clause.start,
                "end": clause.end,
                "text": clause.text,
            }
            for clause in clauses
        ],
        CLAUSES,
    )


def codings_frame(codings: Iterable[Coding]) -> pd.DataFrame:
    """Return the codings table (CODINGS); evidence is JSON [[start, end, term], …] in code points of the document."""
    return build_frame(
        [
            {
                "clause_id": coding.clause_id,
                "coder_id": coding.coder_id,
                "instrument": coding.instrument,
                "subtype": coding.subtype,
                "secondary": coding.secondary,
                "confidence": coding.confidence,
                "evidence": dump_evidence(coding),
                "context": json.dumps(coding.context, ensure_ascii=False),
                "clause_sha256": coding.clause_sha256,
                "codebook": coding.codebook_version,
            }
            for coding in codings
        ],
        CODINGS,
    )


def dump_evidence(coding: Coding) -> str:
    """Return the evidence of a coding as JSON: [[start, end, term], …]."""
    return json.dumps([[span.start, span.end, span.label] for span in coding.evidence], ensure_ascii=False)


def build_frame(rows: Sequence[Mapping[str, object]], contract: Contract) -> pd.DataFrame:
    """Return rows as a table that keeps its contract, also where there is no row."""
    return check(pd.DataFrame(rows, columns=list(contract.columns)), contract)


def count_characters(text: str) -> int:
    """Return the number of CJK characters, letters and digits."""
    return sum(map(str.isalnum, text))


def select_coded(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return the clauses that are coded and counted: provisions, paragraphs, items and annex rows."""
    return clauses[clauses["kind"].isin(CODED_KINDS)]
