"""The tables of a run: documents with their power, and the scores, from what became of each file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from textq.frames import LIST_BREAK, Row, build_frame, document_row
from textq.ingest.document import Reading
from textq.ingest.manifest import CoverageRow
from textq.ingest.metadata.read import CONFLICT_MARK, UNKNOWN_UNIT_MARK, split_units
from textq.lexicon.power import rank_document
from textq.notation.numerals import parse_date
from textq.records import UNREAD, Document
from textq.scoring.aggregate import ScoreSpec, aggregate_scores
from textq.scoring.coverage import resolve_coverage
from textq.tables import DOCUMENTS

INCOMPLETE = "incomplete"
"""Coverage of a unit-period of which a document is known that could not be read."""

INCOMPLETE_STOCK = "incomplete_stock"
"""Coverage of the later periods of that unit: the document may still be in force, so that stocks lack it."""


@dataclass(frozen=True, slots=True)
class RunTables:
    """The tables of a run that are small enough to be held, by the contracts of :mod:`textq.tables`."""

    documents: pd.DataFrame
    scores: pd.DataFrame
    subtypes: pd.DataFrame
    coverage: pd.DataFrame


def build_documents(readings: Sequence[Reading], measured: Sequence[Row]) -> pd.DataFrame:
    """Return the documents table (DOCUMENTS); ``measured`` are the cells of each file that need its text."""
    rows = []
    for reading, cells in zip(readings, measured, strict=True):
        row = _reading_row(reading)
        if reading.document:
            row |= document_row(reading.document) | _power_row(reading.document) | dict(cells)
        rows.append(row)
    return build_frame(rows, DOCUMENTS)


def build_tables(
    documents: pd.DataFrame, coded: pd.DataFrame, declared: Sequence[CoverageRow], spec: ScoreSpec
) -> RunTables:
    """Return the tables of a run.

    Parameters
    ----------
    documents
        DOCUMENTS.
    coded
        One row a coded clause: ``doc_id``, ``instrument``, ``subtype``, ``n_characters``, ``is_new``.
    declared
        The coverage that the user states.
    """
    stated = pd.DataFrame([asdict(row) for row in declared]) if declared else None
    by_unit, unread = explode_units(documents), _explode_unread(documents)
    known = pd.concat([by_unit[["unit", "period"]], unread])
    coverage = resolve_coverage(known, stated, last_period=_last_period(documents))
    by_unit = by_unit.assign(last_period=_last_in_force(by_unit["repealed_on"]))
    columns = ["doc_id", "unit", "period", "shared", "last_period", "power"]
    scored = aggregate_scores(by_unit[columns], coded, coverage, spec)
    scores, subtypes = (_mark_incomplete(table, unread) for table in (scored.scores, scored.subtypes))
    return RunTables(documents, scores, subtypes, coverage)


def _reading_row(reading: Reading) -> dict[str, object]:
    return {
        "doc_id": reading.doc_id or None,
        "path": reading.file.path,
        "status": reading.status,
        "reason": reading.reason or None,
        "sha256": reading.sha256 or None,
        "representative_of": LIST_BREAK.join(reading.representative_of) or None,
        "doubts": LIST_BREAK.join(dict.fromkeys(doubt.field for doubt in reading.doubts)) or None,
        "notes": "; ".join(reading.notes) or None,
    } | _stated_cell(reading)


def _stated_cell(reading: Reading) -> dict[str, object]:
    """Return the unit and period of a file that was not read, where its manifest states both."""
    stated = reading.file.row.fields if reading.file.row and reading.document is None else {}
    day = parse_date(stated.get("issued_on", "") or stated.get("published_on", ""))
    if reading.status not in UNREAD or day is None or "units" not in stated:
        return {}
    return {"unit": LIST_BREAK.join(split_units(stated["units"])), "period": day.year}


def _power_row(document: Document) -> dict[str, object]:
    number = document.doc_number or document.promulgated_by
    power = rank_document(document.issuers, document.level, document.doc_type, document.title, number)
    return {"power": power.rank, "power_rule": power.rule}


def explode_units(documents: pd.DataFrame) -> pd.DataFrame:
    """Return one row a scored document and unit: read, dated, and for at least one place."""
    scored = documents[(documents["status"] == "read") & documents["period"].notna() & (documents["shared"] > 0)]
    return _explode(scored)


def _explode(documents: pd.DataFrame) -> pd.DataFrame:
    """Return one row a document and unit."""
    return documents.assign(unit=documents["unit"].str.split(LIST_BREAK)).explode("unit").astype({"unit": "string"})


def _last_period(documents: pd.DataFrame) -> int | None:
    """Return the last period of any document that was read or should have been."""
    periods = documents["period"].dropna()
    return int(periods.max()) if len(periods) else None


def _mark_incomplete(scores: pd.DataFrame, unread: pd.DataFrame) -> pd.DataFrame:
    """Flag the unit-periods for which a document is known that could not be read, and the stocks after them."""
    first = scores["unit"].map(unread.groupby("unit")["period"].min())
    cells = set(unread.itertuples(index=False, name=None))
    flagged = [cell in cells for cell in zip(scores["unit"], scores["period"], strict=True)]
    coverage = scores["coverage"].mask((scores["period"] > first).fillna(value=False), INCOMPLETE_STOCK)
    return scores.assign(coverage=coverage.mask(pd.Series(flagged, index=scores.index), INCOMPLETE))


def _explode_unread(documents: pd.DataFrame) -> pd.DataFrame:
    """Return one row an unread document and unit: ``unit``, ``period``."""
    exploded = _explode(_find_unread(documents))
    return exploded.loc[exploded["unit"] != "", ["unit", "period"]]


def _find_unread(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the unread documents whose unit and period the manifest states."""
    return documents[documents["status"].isin(UNREAD) & documents["period"].notna()]


def _last_in_force(repealed_on: "pd.Series[str]") -> "pd.Series[int]":
    """Return the last year at whose end a document is in force: the one before the year of its repeal."""
    return repealed_on.str.slice(0, 4).astype("Int64") - 1


def find_warnings(tables: RunTables) -> dict[str, list[str]]:
    """Return the paths of documents that are kept out of the scores or need a second look, by what is the matter.

    ``undated``, ``ambiguous_place`` and ``no_place`` are kept out. ``outside_coverage`` lie outside the periods
    declared for their unit; ``unranked`` have no power, so that power sums are missing; ``conflict`` are stated
    otherwise in the manifest; ``unknown_unit`` name a code that is not in the gazetteer; ``incomplete`` were not read
    and leave the scores of their unit-period so. ``doubtful`` have fields to confirm; ``near_duplicates`` nearly repeat
    another document; ``recognised`` hold text that was recognised (OCR).
    """
    read = tables.documents[tables.documents["status"] == "read"]
    by_unit = explode_units(tables.documents).merge(tables.coverage, on="unit")
    inside = by_unit["period"].between(by_unit["first_period"], by_unit["last_period"])
    found = {
        "undated": read[read["period"].isna()],
        "ambiguous_place": read[read["scope_reason"] == "ambiguous_place"],
        "no_place": read[read["scope_reason"] == "unknown"],
        "unknown_unit": read[read["notes"].str.contains(UNKNOWN_UNIT_MARK, na=False)],
        "incomplete": _find_unread(tables.documents),
        "outside_coverage": by_unit[~inside],
        "unranked": read[(read["shared"] > 0) & read["power"].isna()],
        "doubtful": read[read["doubts"].notna()],
        "near_duplicates": read[read["near_duplicates"].notna()],
        "recognised": read[read["ocr_confidence"].notna()],
        "conflict": read[read["notes"].str.contains(CONFLICT_MARK, na=False)],
    }
    return {name: list(dict.fromkeys(rows["path"])) for name, rows in found.items() if len(rows)}
