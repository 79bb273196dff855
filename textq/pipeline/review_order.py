"""From a run (and a study) to the order in which FIX serves its clauses: p(wrong) × influence, blind to any outcome."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from textq.config import Study, read_study
from textq.errors import ReviewError
from textq.pipeline.review_frame import estimate_errors, list_coded
from textq.pipeline.study_inputs import name_regressors, read_inputs
from textq.pipeline.study_panel import build_panel
from textq.review.fix_order import order_clauses
from textq.review.influence import Cells, PairDesign, Presences, measure_influence
from textq.run import Run
from textq.run_tables import explode_units
from textq.store.corpus import FixCells, set_order
from textq.store.store import Store

_SEED = 20_261_122
"""Of the random tenth, where the caller gives none: the same run is served in the same order."""


def order_run(store: Store, run_dir: Path, study_file: Path | None = None, *, seed: int = _SEED) -> None:
    """Set the order of FIX for the run that is loaded in the store.

    Raises
    ------
    ReviewError
        If the study takes its scores from another run.
    ConfigError, StudyError, RunError
        If the study or the run cannot be used.
    """
    set_order(store, list_order(Run(run_dir), study_file, seed=seed))


def list_order(run: Run, study_file: Path | None = None, *, seed: int = _SEED) -> list[FixCells]:
    """Return the coded clauses of a run in the order of FIX.

    Without a study influence is the weight of a clause in the stocks (as textq score was told to depreciate and share
    them), with one also the leverage of its city-years among the study's pairs; see :mod:`textq.review.influence`.

    Raises
    ------
    ReviewError
        If the study takes its scores from another run.
    """
    coded = list_coded(run)
    influence = _measure(run, coded, study_file)
    p_wrong = estimate_errors(coded["confidence"], coded["unsure"])
    order, is_random = order_clauses(p_wrong, influence, np.random.default_rng(seed))
    keys = coded["key"].tolist()
    return [
        (keys[place], rank, bool(random), float(p_wrong[place]), float(influence[place]))
        for rank, (place, random) in enumerate(zip(order.tolist(), is_random.tolist(), strict=True))
    ]


def _measure(run: Run, coded: pd.DataFrame, study_file: Path | None) -> "np.typing.NDArray[np.float64]":
    """Return the influence of each coded clause."""
    doc_ids = pd.Index(coded["doc_id"].unique())
    by_unit = explode_units(run.documents)
    by_unit = by_unit[by_unit["doc_id"].isin(doc_ids)]
    if not len(by_unit):
        return np.zeros(len(coded))
    study = read_study(study_file) if study_file else None
    measure = study.scores.measure if study and study.scores else "stock"
    parameters: Any = run.meta["parameters"]
    units, periods = _list_cells(run)
    presences = _list_presences(by_unit, doc_ids, units, periods, split=parameters["sharing"] == "split")
    design = _read_design(study, run, units, periods) if study else None
    of_documents = measure_influence(
        presences, _fill_cells(run, units, periods), len(doc_ids), measure=measure,
        depreciation=float(parameters["depreciation"]), design=design,
    )  # fmt: skip
    influence = of_documents[doc_ids.get_indexer(pd.Index(coded["doc_id"]))]
    if measure == "count_new":
        influence = np.where(coded["copied_from"].isna(), influence, 0.0)
    return np.asarray(influence, dtype=float)


def _list_cells(run: Run) -> tuple[pd.Index, list[int]]:
    """Return the units that were searched, and the periods of the scores, one after the other."""
    coverage = run.coverage
    units = pd.Index(coverage["unit"].astype(object))
    return units, list(range(int(coverage["first_period"].min()), int(coverage["last_period"].max()) + 1))


def _list_presences(
    by_unit: pd.DataFrame, doc_ids: pd.Index, units: pd.Index, periods: Sequence[int], *, split: bool
) -> Presences:
    """Return where the documents count; a unit that was not searched has no cell."""
    known = by_unit[by_unit["unit"].isin(units)]
    repealed = known["repealed_on"].str.slice(0, 4).astype("Int64") - 1
    last = repealed.fillna(periods[-1]).to_numpy(dtype=np.intp)
    shared = known["shared"].to_numpy(dtype=float)
    return Presences(
        documents=doc_ids.get_indexer(pd.Index(known["doc_id"])).astype(np.intp),
        units=units.get_indexer(pd.Index(known["unit"])).astype(np.intp),
        first=known["period"].to_numpy(dtype=np.intp) - periods[0],
        last=(last - periods[0]).astype(np.intp),
        weights=1 / shared if split else np.ones(len(known)),
        powers=known["power"].to_numpy(dtype=float, na_value=np.nan),
    )


def _fill_cells(run: Run, units: pd.Index, periods: Sequence[int]) -> Cells:
    """Return what the scores say of each unit-period; those outside of coverage are not covered."""
    cells = run.scores.drop_duplicates(["unit", "period"])
    rows = units.get_indexer(pd.Index(cells["unit"]))
    columns = cells["period"].to_numpy(dtype=np.intp) - periods[0]
    shape = (len(units), len(periods))
    covered, n_clauses, n_characters = np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape)
    covered[rows, columns] = True
    n_clauses[rows, columns] = cells["n_clauses"].to_numpy(dtype=float)
    n_characters[rows, columns] = cells["n_characters"].to_numpy(dtype=float)
    return Cells(covered, n_clauses, n_characters)


def _read_design(study: Study, run: Run, units: pd.Index, periods: Sequence[int]) -> PairDesign | None:
    """Return what the study's pairs make of the cities; None for a study without scores.

    Raises
    ------
    ReviewError
        If the study takes its scores from another run, whose clauses these are not.
    """
    inputs = read_inputs(study)
    if inputs.run is None:
        return None
    if inputs.run.meta["run_id"] != run.meta["run_id"]:
        raise ReviewError(
            f"{study.path}: [scores] run is {inputs.run.run_dir.name}, but the run under review is {run.run_dir.name}. "
            "Name the same run, or review the other one."
        )
    panel = build_panel(name_regressors(study, inputs), inputs)
    pairs = panel.panel[["unit_i", "unit_j"]].drop_duplicates()
    ends = pd.concat([pairs["unit_i"], pairs["unit_j"]]).value_counts()
    degrees = ends.reindex(units).fillna(0).to_numpy(dtype=float)
    treated = np.zeros((len(units), len(periods)), dtype=bool)
    cells = panel.intensities[["unit", "period"]]
    rows = units.get_indexer(pd.Index(cells["unit"]))
    columns = cells["period"].to_numpy(dtype=np.intp) - periods[0]
    inside = (rows >= 0) & (columns >= 0) & (columns < len(periods))
    treated[rows[inside], columns[inside]] = True
    return PairDesign(degrees, len(pairs), treated, len(panel.periods))
