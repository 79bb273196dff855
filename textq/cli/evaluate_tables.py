"""The tables that ``textq evaluate --out`` writes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from textq.coding.resample import Figure
from textq.export.csv import write_csv
from textq.pipeline.evaluation import Evaluation
from textq.records import Span

TABLES = ("scores", "confusion", "errors", "calibration", "risk_coverage", "learning_curve")
"""What the files in the folder are called, each with the ending .csv."""


def write_tables(evaluation: Evaluation, folder: Path, *, with_text: bool = False) -> None:
    """Write scores, confusion, calibration, risk_coverage, learning_curve (if there is one) and errors, all .csv.

    Tables of these names that stand in the folder are replaced, and removed where there is nothing to write: they would
    be taken for a part of this evaluation. ``with_text`` puts the text of clauses, and the words
    that are their evidence, into errors.csv.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "scores": _list_scores(evaluation),
        "confusion": _tabulate_confusion(evaluation),
        "errors": pd.DataFrame(_list_errors(evaluation, with_text=with_text), columns=_name_columns(with_text)),
    }
    if evaluation.certainty is not None:
        tables["risk_coverage"] = _list_risks(evaluation)
        if evaluation.states_probabilities:
            tables["calibration"] = _list_bins(evaluation)
    if evaluation.curve is not None:
        tables["learning_curve"] = _list_points(evaluation)
    for name in TABLES:
        if name in tables:
            write_csv(tables[name], folder / f"{name}.csv")
        else:
            (folder / f"{name}.csv").unlink(missing_ok=True)


def _list_scores(evaluation: Evaluation) -> pd.DataFrame:
    scores = evaluation.scores
    overall = {
        "accuracy": scores.accuracy, "macro_f1": scores.macro_f1, "kappa": scores.kappa,
        "subtype_accuracy": scores.subtype_accuracy,
    }  # fmt: skip
    rows = [{"code": "", "measure": name, **_spread(figure)} for name, figure in overall.items()]
    for one in scores.classes:
        for name, figure in (("precision", one.precision), ("recall", one.recall), ("f1", one.f1)):
            rows.append({"code": one.category, "measure": name, **_spread(figure)})
    return pd.DataFrame(rows)


def _tabulate_confusion(evaluation: Evaluation) -> pd.DataFrame:
    categories = evaluation.judged.categories
    table = pd.DataFrame(evaluation.scores.confusion, columns=list(categories))
    table.insert(0, "gold", list(categories))
    return table


def _list_bins(evaluation: Evaluation) -> pd.DataFrame:
    assert evaluation.certainty is not None
    return pd.DataFrame(
        {
            "lowest": one.lowest,
            "highest": one.highest,
            "n_clauses": one.n_clauses,
            "probability": one.probability,
            **_spread(one.right, "right"),
        }
        for one in evaluation.certainty.bins
    )


def _list_risks(evaluation: Evaluation) -> pd.DataFrame:
    assert evaluation.certainty is not None
    return pd.DataFrame({"coverage": one.coverage, **_spread(one.error, "error")} for one in evaluation.certainty.curve)


def _list_points(evaluation: Evaluation) -> pd.DataFrame:
    """Points that were measured, then those that the fitted law expects."""
    curve = evaluation.curve
    assert curve is not None
    rows: list[dict[str, Any]] = [
        {"kind": "measured", "n_clauses": one.n_clauses, **_spread(one.macro_f1, "macro_f1")} for one in curve.points
    ]
    if curve.law is not None:
        rows += [
            {"kind": "expected", "n_clauses": one.n_clauses, **_spread(one.macro_f1, "macro_f1")}
            for one in curve.law.prospects
        ]
    return pd.DataFrame(rows)


def _list_errors(evaluation: Evaluation, *, with_text: bool) -> Iterator[tuple[object, ...]]:
    for clause, coding, weight in zip(evaluation.gold, evaluation.codings, evaluation.judged.weights, strict=True):
        wrong_subtype = bool(clause.subtype) and clause.subtype != coding.subtype
        if clause.code != coding.instrument or wrong_subtype:
            yield (
                clause.unit.clause_id, clause.document, clause.code, clause.subtype, coding.instrument, coding.subtype,
                coding.confidence, coding.unsure, weight, _spell_evidence(coding.evidence, with_text=with_text),
                *([clause.unit.text] if with_text else []),
            )  # fmt: skip


def _name_columns(with_text: bool) -> list[str]:
    columns = ["id", "doc", "gold", "gold_subtype", "coded", "coded_subtype", "probability", "unsure", "weight"]
    return [*columns, "evidence", *(["text"] if with_text else [])]


def _spell_evidence(evidence: tuple[Span, ...], *, with_text: bool) -> str:
    """Offsets alone: what a span is called may hold the clause's own words."""
    spans = [[span.start, span.end, span.label] if with_text else [span.start, span.end] for span in evidence]
    return json.dumps(spans, ensure_ascii=False)


def _spread(figure: Figure, name: str = "value") -> dict[str, float | None]:
    interval = figure.interval
    return {
        name: figure.value,
        "conf_low": interval.low if interval else None,
        "conf_high": interval.high if interval else None,
    }
