"""Records → tables: one row a file, a clause, a coding."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from textq.records import CODED_KINDS, Clause, Coding, Document, PrintedLine
from textq.tables import Contract, check

LIST_BREAK = ";"
DIVISION_BREAK = " > "


Row = Mapping[str, object]


def document_row(document: Document) -> dict[str, object]:
    """Return the cells of the documents table that the document itself knows."""
    return {
        "title": document.title,
        "doc_number": document.doc_number,
        "promulgated_by": document.promulgated_by or None,
        "issuers": LIST_BREAK.join(document.issuers),
        "unit": LIST_BREAK.join(document.units),
        "scope_reason": document.scope_reason,
        "level": document.level,
        "place": document.place or None,
        "doc_type": document.doc_type,
        "issued_on": _to_iso(document.issued_on),
        "published_on": _to_iso(document.published_on),
        "effective_on": _to_iso(document.effective_on),
        "repealed_on": _to_iso(document.repealed_on),
        "validity": document.validity or None,
        "shared": len(document.units),
        "period": find_period(document),
        "attachments": _dump_attachments(document),
    }


def text_row(document: Document, clauses: Iterable[Clause]) -> Row:
    """Return the cells of the documents table that need the text: the size of its coded clauses, how it was read."""
    lengths = [count_characters(clause.text) for clause in clauses if clause.kind in CODED_KINDS]
    return {
        "n_clauses": len(lengths),
        "n_characters": sum(lengths),
        "ocr_confidence": _mean_confidence(document.lines, 0, len(document.text)),
    }


def _dump_attachments(document: Document) -> str | None:
    found = [[attachment.name, attachment.url] for attachment in document.attachments]
    return json.dumps(found, ensure_ascii=False) if found else None


def find_period(document: Document) -> int | None:
    """Return the year of issue, else of publication, else None; a file's own time never counts."""
    dated = document.issued_on or document.published_on
    return dated.year if dated else None


def _to_iso(day: object) -> str | None:
    return None if day is None else str(day)


def clause_rows(clauses: Iterable[Clause], lines: Sequence[PrintedLine] = ()) -> list[Row]:
    """Return rows of CLAUSES; ``lines`` are the printed lines of their document, as far as it has any.

    Which clauses are copies is known only when all documents are read; those cells are absent.
    """
    return [
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
            "n_characters": count_characters(clause.text),
            "responsible": LIST_BREAK.join(clause.responsible) or None,
            "ocr_confidence": _mean_confidence(lines, clause.start, clause.end),
            "text": clause.text,
        }
        for clause in clauses
    ]


def coding_rows(codings: Iterable[Coding]) -> list[Row]:
    """Return rows of CODINGS; evidence is JSON [[start, end, term], …] in code points of the document."""
    return [
        {
            "clause_id": coding.clause_id,
            "coder_id": coding.coder_id,
            "instrument": coding.instrument,
            "subtype": coding.subtype,
            "secondary": coding.secondary,
            "confidence": coding.confidence,
            "unsure": coding.unsure,
            "evidence": dump_evidence(coding),
            "context": json.dumps(coding.context, ensure_ascii=False),
            "clause_sha256": coding.clause_sha256,
            "codebook": coding.codebook_version,
        }
        for coding in codings
    ]


def line_rows(doc_id: str, lines: Iterable[PrintedLine]) -> list[Row]:
    """Return rows of LINES."""
    return [
        {
            "doc_id": doc_id,
            "start": line.start,
            "end": line.end,
            "page": line.page,
            "top": line.top,
            "bottom": line.bottom,
            "lefts": line.lefts,
            "rights": line.rights,
            "confidence": line.confidence,
        }
        for line in lines
    ]


def _mean_confidence(lines: Sequence[PrintedLine], start: int, end: int) -> float | None:
    """Return the mean confidence of the recognised characters in ``[start, end)``; None if none was recognised."""
    first = bisect_right(lines, start, key=lambda line: line.end)
    last = bisect_left(lines, end, key=lambda line: line.start)
    found = [
        (line.confidence, min(line.end, end) - max(line.start, start))
        for line in lines[first:last]
        if line.confidence is not None
    ]
    n_characters = sum(length for _, length in found)
    return sum(confidence * length for confidence, length in found) / n_characters if n_characters else None


def dump_evidence(coding: Coding) -> str:
    """Return the evidence of a coding as JSON: [[start, end, term], …]."""
    return json.dumps([[span.start, span.end, span.label] for span in coding.evidence], ensure_ascii=False)


def build_frame(rows: Sequence[Row], contract: Contract) -> pd.DataFrame:
    """Return rows as a table that keeps its contract, also where there is no row."""
    return check(pd.DataFrame(rows, columns=list(contract.columns)), contract)


def count_characters(text: str) -> int:
    """Return the number of CJK characters, letters and digits."""
    return sum(map(str.isalnum, text))
