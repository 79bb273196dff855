"""The placebo of a study: its equation with the designations on other cities, continued from an earlier run."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from econ.errors import TreatmentError
from econ.intensities import DID, PREFIX
from econ.placebo import run_placebo
from econ.placebo_result import Placebo, PlaceboSpec
from textq.config import Study
from textq.errors import StudyError
from textq.export.parquet import read_parquet
from textq.export.run_folder import META, RUNS, hash_file, read_meta
from textq.pipeline.study_panel import OUTCOME, StudyPanel, name_section, state_pairs, state_timing

DRAWS = "placebo_draws"
TESTS = "placebo"
"""The files of a run that hold the draws and the p-values."""

_STORED = (f"{TESTS}.parquet", f"{DRAWS}.parquet")
_SAME = ("code", "econ", "lists", "scores_run", "inputs")
_FREE = ("event_study", "labels", "figures")
"""Sections of a study that its placebo does not depend on."""

Progress = Callable[[int, int], None]


def run_study_placebo(
    study: Study, panel: StudyPanel, previous: Placebo | None = None, progress: Progress | None = None
) -> Placebo | None:
    """Run the placebo that a study asks for; None if it asks for none.

    Parameters
    ----------
    study, panel
        A study and its panel.
    previous
        An earlier one of the same study, whose draws are continued.
    progress
        Called now and then with the number of draws done and to be done.

    Raises
    ------
    StudyError
        If the recipe of the study cannot be repeated, or the sample does not allow it.
    """
    settings = study.placebo
    if settings is None:
        return None
    check_repeatable(study, panel, "placebo", "leave [placebo] out, or use econ.permute_designations")
    chosen = {"kind": settings.kind, "sample": settings.sample, "studentise": settings.studentise}
    options: dict[str, Any] = {**chosen, **state_recipe(study, panel)}
    with name_section(study, "placebo"):
        try:
            return run_placebo(
                **options, strata=settings.strata, draws=settings.draws, seed=settings.seed, previous=previous,
                progress=progress,
            )  # fmt: skip
        except TreatmentError as error:
            if settings.kind == "unit" or not _lacks_scores(panel, options["instruments"]):
                raise
            raise TreatmentError(
                f'{error} With kind = "{settings.kind}" a designated city may be treated from the second year on, so '
                f'did × scores needs its scores in all years. What works: did alone (estimate.regressors = ["{DID}"]), '
                "or scores for all years of these cities."
            ) from error


def _lacks_scores(panel: StudyPanel, instruments: Sequence[str]) -> bool:
    """Return whether a designated unit has no finite score in some year from the second on."""
    scores, design = panel.design.scores, panel.design
    if scores is None or not instruments:
        return False
    units = set(design.designations["unit"]) & set(design.units["unit"])
    cells = pd.MultiIndex.from_product([sorted(units), list(panel.periods)[1:]])
    found = scores.set_index(["unit", "period"])[list(instruments)].reindex(cells)
    return not bool(np.isfinite(found.to_numpy(dtype=float, na_value=np.nan)).all())


def state_recipe(study: Study, panel: StudyPanel) -> dict[str, Any]:
    """Return the recipe of a study as ``econ.run_placebo`` and ``econ.simulate_power`` take it."""
    design = panel.design
    instruments = [term.removeprefix(PREFIX) for term in study.estimate.regressors if term != DID]
    return {
        "frame": design.outcome,
        "designations": design.designations,
        "units": design.units,
        "outcome": OUTCOME,
        **state_pairs(study),
        "gravity_years": design.gravity_years,
        **state_timing(study),
        "scores": design.scores if instruments else None,
        "instruments": instruments,
    }


def check_repeatable(study: Study, panel: StudyPanel, name: str, other: str) -> None:
    """Refuse an equation that is not did (and did × scores) with pair and period effects.

    Raises
    ------
    StudyError
        Naming the section, what else the study has, and what ``other`` can be done than to change it.
    """
    settings = study.estimate
    others = [
        *(f"the control {control}" for control in panel.controls),
        *([] if set(settings.absorb) == {"pair", "period"} else [f"absorb = {list(settings.absorb)}"]),
        *([] if DID in settings.regressors else [f"regressors without {DID}"]),
    ]
    if others:
        raise StudyError(
            f"{study.path}, [{name}]: the recipe is repeated for {DID} and {DID} × scores with pair and period "
            f"effects. The study has {', '.join(others)}. Change that by --set, or {other}."
        )


def describe_placebo(placebo: Placebo) -> dict[str, object]:
    """Return what ``run.json`` says of a placebo: its recipe and seed, with which its draws can be continued."""
    return {**asdict(placebo.spec), "draws": len(placebo.draws)}


def find_placebo(folder: Path, described: Mapping[str, object]) -> Placebo | None:
    """Return the longest placebo among the runs below a folder by the same study and NumPy; None if there is none.

    Parameters
    ----------
    folder
        The study's folder.
    described
        What ``run.json`` will say of the run that is to be made: code, settings, inputs.
    """
    wanted = _describe_recipe(described)
    best: tuple[int, Path, Mapping[str, Any]] | None = None
    for path in sorted((folder / RUNS).glob(f"[!.]*/{META}")):
        meta = read_meta(path.parent)
        stored: Any = meta.get(TESTS)
        longer = stored and (best is None or stored["draws"] > best[0])
        same = _read_numpy(meta) == version("numpy")
        if longer and same and _describe_recipe(meta) == wanted and _is_whole(path.parent, meta):
            best = stored["draws"], path.parent, stored
    if best is None:
        return None
    _, run_dir, stored = best
    spec = PlaceboSpec(**{name: value for name, value in stored.items() if name != "draws"})
    tests, draws = (read_parquet(run_dir / name) for name in _STORED)
    return Placebo(tests=tests, draws=draws, spec=spec)


def _read_numpy(meta: Mapping[str, Any]) -> object:
    """Return the version of NumPy that a run was made with."""
    return meta.get("versions", {}).get("numpy")


def _is_whole(run_dir: Path, meta: Mapping[str, Any]) -> bool:
    """Return whether the files that are read are as the run wrote them."""
    return all(
        (run_dir / name).is_file() and hash_file(run_dir / name) == meta["outputs"].get(name) for name in _STORED
    )


def _describe_recipe(meta: Mapping[str, Any]) -> dict[str, object]:
    """Return what the draws of a placebo depend on: all that ``run.json`` says but the number of draws."""
    settings = {name: value for name, value in meta.get("settings", {}).items() if name not in _FREE}
    placebo = {name: value for name, value in (settings.pop("placebo", None) or {}).items() if name != "draws"}
    recipe = {name: meta.get(name) for name in _SAME} | {"settings": settings, "placebo": placebo}
    plain: dict[str, object] = json.loads(json.dumps(recipe))
    return plain
