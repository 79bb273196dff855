"""The coded clauses of a run, with their durable keys, as an audit is drawn from them and FIX is ordered by them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from econ.designations import NEVER, find_onsets
from textq.config import read_study
from textq.frames import LIST_BREAK
from textq.lexicon.places import builtin_zones
from textq.outcomes.read import read_designations
from textq.pipeline.review_corpus import name_clauses
from textq.pipeline.study_panel import state_timing
from textq.records import CODED_KINDS
from textq.review.strata import OF_DOCUMENTS, SampleFrame
from textq.run import Run

Note = tuple[str, Mapping[str, Any]]
"""What a user must know: its name among the words of the command, and the values in it."""

UNKNOWN_CONFIDENCE = 0.75
"""Taken for the confidence of a code without one; of a coder that abstains, ABSTAINED."""

ABSTAINED = 0.5

_PERIOD_BINS = 3
_UNKNOWN = "unknown"


def build_frame(run: Run, study: Path | None = None) -> tuple[SampleFrame, list[Note]]:
    """Return the coded clauses of a run as an audit can be drawn from them, and notes on what was not known."""
    coded = list_coded(run)
    documents = run.documents.dropna(subset="doc_id").drop_duplicates("doc_id").set_index("doc_id")
    numbers, doc_ids = pd.factorize(coded["doc_id"])
    classes = _list_classes(run, coded["instrument"])
    codes = {code: place for place, code in enumerate(classes)}
    labels, notes = _label_documents(documents.loc[list(doc_ids)], coded.groupby("doc_id").size(), study)
    frame = SampleFrame(
        keys=tuple(coded["key"]),
        shas=tuple(coded["clause_sha256"]),
        doc_ids=tuple(str(doc_id) for doc_id in doc_ids),
        documents=np.asarray(numbers, dtype=np.intp),
        classes=classes,
        predicted=np.array([codes[code] for code in coded["instrument"]], dtype=np.intp),
        p_wrong=estimate_errors(coded["confidence"], coded["unsure"]),
        unsure=coded["unsure"].fillna(value=False).to_numpy(dtype=bool),
        labels=labels,
    )
    return frame, notes


def list_coded(run: Run) -> pd.DataFrame:
    """Return the coded clauses of a run with the machine's codes, also where a person's took their place.

    Columns: key, clause_id, doc_id, kind, clause_sha256, copied_from, instrument, confidence, unsure.
    """
    clauses = run.clauses
    names = ("doc_id", "heading", "stem", "clause_sha256")
    keys, _ = name_clauses({name: _fill(clauses[name]) for name in names})
    table = clauses[["clause_id", "doc_id", "kind", "clause_sha256", "copied_from"]].assign(key=keys)
    codings = run.predictions[["clause_id", "instrument", "confidence", "unsure"]]
    return table[table["kind"].isin(CODED_KINDS)].merge(codings, on="clause_id", validate="one_to_one")


def estimate_errors(confidence: "pd.Series[float]", unsure: "pd.Series[bool]") -> "np.typing.NDArray[np.float64]":
    """Return how likely each code is wrong, as the machine states it, in [0, 1]."""
    stated = confidence.astype("Float64")
    assumed = unsure.fillna(value=False).map({True: ABSTAINED, False: UNKNOWN_CONFIDENCE}).astype("Float64")
    return np.asarray(1 - stated.fillna(assumed).to_numpy(dtype=float)).clip(0, 1)


def _fill(column: "pd.Series[str]") -> list[str]:
    return [str(text) for text in column.fillna("")]


def _list_classes(run: Run, given: "pd.Series[str]") -> tuple[str, ...]:
    """Return the codes of the run's codebook in order, and any other that was given."""
    return tuple(dict.fromkeys([*run.meta["classes"], *sorted(set(given))]))


def _label_documents(
    documents: pd.DataFrame, sizes: "pd.Series[int]", study: Path | None
) -> tuple[dict[str, tuple[str, ...]], list[Note]]:
    """Return the labels of each document in the variables of OF_DOCUMENTS."""
    units = documents["unit"].fillna("").str.split(LIST_BREAK)
    treated = _find_starts(documents["period"], study)
    did = [_name_cell(codes, period, treated) for codes, period in zip(units, documents["period"], strict=True)]
    provinces = [_name_province(codes) for codes in units]
    weights = np.asarray(sizes.reindex(documents.index), dtype=float)
    known = documents["period"].notna().to_numpy(dtype=bool)
    labels = {
        "did": tuple(did),
        "period": _bin_periods(documents["period"], weights),
        "province": tuple(provinces),
        "doc_type": tuple(_fill(documents["doc_type"].replace("", pd.NA).fillna(_UNKNOWN))),
    }
    n_undated = int((~known).sum())
    notes: list[Note] = [("undated", {"n": n_undated})] if n_undated else []
    return {name: labels[name] for name in OF_DOCUMENTS}, notes


def _find_starts(periods: "pd.Series[int]", study: Path | None) -> dict[str, int]:
    """Return the first treated year of each designated unit."""
    if study is None:
        return {zone.unit: zone.approved_on.year for zone in builtin_zones() if zone.approved_on}
    settings = read_study(study)
    known = periods.dropna()
    if settings.designations is None or not len(known):
        return _find_starts(periods, None)
    rows = read_designations(
        settings.designations.file, unit=settings.designations.unit, date=settings.designations.date,
        base_year=settings.series.base_year,
    )  # fmt: skip
    years = np.arange(int(known.min()), int(known.max()) + 1)
    onsets = find_onsets(rows, years, **state_timing(settings))
    return {str(unit): int(start) for unit, start in onsets["start"].items() if start != NEVER}


def _name_cell(units: Sequence[str], period: Any, starts: Mapping[str, int]) -> str:
    """Return the DID cell of a document: whether any of its places is treated in its year, or ever."""
    found = [starts[unit] for unit in units if unit in starts]
    if not found:
        return "never designated"
    if pd.isna(period):
        return "undated"
    return "treated" if min(found) <= int(period) else "not yet treated"


def _name_province(units: Sequence[str]) -> str:
    provinces = sorted({unit[:2] for unit in units if unit})
    return (provinces[0] if len(provinces) == 1 else "several") if provinces else _UNKNOWN


def _bin_periods(periods: "pd.Series[int]", weights: "np.typing.NDArray[np.float64]") -> tuple[str, ...]:
    """Cut the years into at most three spans that hold about as many clauses; the label names first and last."""
    years = sorted({int(period) for period in periods.dropna()})
    values = periods.fillna(0).to_numpy(dtype=int)
    mass = np.array([weights[values == year].sum() for year in years])
    middle = (np.cumsum(mass) - mass / 2) / max(float(mass.sum()), 1.0)
    bins = {year: min(int(at * _PERIOD_BINS), _PERIOD_BINS - 1) for year, at in zip(years, middle, strict=True)}
    spans = {number: [year for year in years if bins[year] == number] for number in set(bins.values())}
    names = {number: f"{span[0]}–{span[-1]}" if len(span) > 1 else f"{span[0]}" for number, span in spans.items()}
    return tuple(names[bins[year]] if year in bins else _UNKNOWN for year in values.tolist())
