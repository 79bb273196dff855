"""From a ``study.toml`` to the smallest effect that it can detect: its recipe with simulated designations, written."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SpecError
from econ.power import DRAWS, FEWEST, SEED, simulate_power
from econ.power_coding import Coding, spread_errors
from econ.power_result import Power
from textq.config import Study, read_study
from textq.errors import ConfigError
from textq.export.run_folder import prepare_folder, write_run
from textq.pipeline.estimates import choose_folder
from textq.pipeline.power_tables import write_power
from textq.pipeline.study_inputs import Inputs, list_files, name_regressors, read_inputs
from textq.pipeline.study_labels import check_labels
from textq.pipeline.study_panel import StudyPanel, build_panel, name_section
from textq.pipeline.study_placebo import Progress, check_repeatable, state_recipe
from textq.provenance import describe_machine, describe_study
from textq.run import Run

ACCURACIES = (0.70, 0.85, 0.95)
AUDITS = (200, 500, 1000, 2000)
"""The accuracies of coding and the audited clauses that are tried where none are given."""

_COUNTED = ("stock", "count")
"""The measures that count clauses, so that coding them anew makes new ones."""


@dataclass(frozen=True, slots=True)
class PowerOptions:
    """What ``textq power`` is asked for beside the study; see ``econ.simulate_power``.

    ``confusion`` is a file of :func:`read_confusion`, tried beside the accuracies.

    Raises
    ------
    ConfigError
        Naming the option of the command line whose value is outside its range.
    """

    effects: tuple[float, ...] | None = None
    alpha: float = 0.05
    power: float = 0.8
    draws: int = DRAWS
    seed: int = SEED
    accuracies: tuple[float, ...] = ACCURACIES
    audits: tuple[int, ...] = AUDITS
    confusion: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what no study could be simulated with."""
        if not 0 < self.alpha < 0.5:
            raise ConfigError(f"--alpha must lie between 0 and 0.5. Got {self.alpha:g}.")
        if not self.alpha < self.power < 1:
            raise ConfigError(
                f"--power must lie between --alpha, {self.alpha:g}, which a test reaches without effect, and 1. "
                f"Got {self.power:g}."
            )
        if self.draws < FEWEST:
            raise ConfigError(
                f"--draws must be {FEWEST} or more: of fewer, neither the size of a test nor the upper end of a "
                f"smallest effect can be told. Got {self.draws}. A trial needs some 200, a paper 500 or more."
            )
        for accuracy in self.accuracies:
            if not 0 < accuracy <= 1:
                raise ConfigError(
                    f"--accuracy must give shares of clauses, above 0 and at most 1, such as .85. Got {accuracy:g}."
                )
        for audit in self.audits:
            if audit < 1:
                raise ConfigError(f"--audit must give numbers of clauses, 1 or more. Got {audit}.")
        if not np.isfinite(self.effects or ()).all():
            raise ConfigError("--effects must give finite numbers, such as .1,.2.")


@dataclass(frozen=True, slots=True, repr=False)
class StudyPower:
    """What ``textq power`` returns.

    Attributes
    ----------
    study, panel
        The study and its pair panel.
    power : Power
        See ``econ.simulate_power``.
    notes : tuple of str
        What a reader must know beside its notes.
    run_dir : Path or None
        Where it was written.
    """

    study: Study
    panel: StudyPanel
    power: Power
    notes: tuple[str, ...]
    run_dir: Path | None = None

    def __repr__(self) -> str:
        return f"StudyPower({str(self.run_dir)!r}, {self.power.draws['draw'].nunique():,} draws)"


def measure_power(
    study: str | Path | Study,
    options: PowerOptions | None = None,
    *,
    out: str | Path | None = None,
    settings: Sequence[str] = (),
    progress: Progress | None = None,
) -> StudyPower:
    """Simulate the power of a study on its own design, and write a run folder.

    Parameters
    ----------
    study, out, settings
        As in ``textq.estimate``.
    options
        None: all defaults.
    progress
        Called now and then with the number of draws done and to be done.

    Raises
    ------
    ConfigError, StudyError, TextqError, OSError
        If a setting, a file or the sample does not allow it; nothing is written then.
    """
    started_at = datetime.now().astimezone()
    chosen = options or PowerOptions()
    recipe = study if isinstance(study, Study) else read_study(Path(study), settings, os.environ)
    inputs = read_inputs(recipe)
    recipe = name_regressors(recipe, inputs)
    panel = build_panel(recipe, inputs)
    check_labels(recipe, panel)
    result = simulate_study(recipe, panel, inputs, chosen, progress)
    folder = Path(out) if out is not None else choose_folder(inputs.run)
    scores_run = str(inputs.run.meta["run_id"]) if inputs.run else None
    files = (*list_files(recipe), *([chosen.confusion] if chosen.confusion else []))
    described = describe_study(recipe, files, scores_run, "power", _state_options(chosen))
    prepare_folder(folder)

    def write(run_dir: Path) -> dict[str, object]:
        write_power(result, run_dir, str(described["run_id"]))
        versions = {name: version(name) for name in ("numpy", "pandas", "scipy")}
        return {**described, "versions": versions, "volatile": describe_machine(started_at)}

    return replace(result, run_dir=write_run(folder, started_at, write, kind="power"))


def simulate_study(
    study: Study, panel: StudyPanel, inputs: Inputs, options: PowerOptions, progress: Progress | None = None
) -> StudyPower:
    """Simulate the power of a study on its panel.

    Raises
    ------
    StudyError
        If the recipe of the study cannot be repeated, or an option does not suit it.
    """
    check_repeatable(study, panel, "estimate", "take the power of the equation without it for a guide")
    recipe: dict[str, Any] = state_recipe(study, panel)
    unused = _name_unused(study)
    vcov: Any = study.estimate.vcov
    with name_section(study, "estimate"):
        coding, notes = _build_coding(study, panel, inputs.run, options)
        power = simulate_power(
            **recipe, coding=coding, vcov=vcov, strata=study.placebo.strata if study.placebo else None,
            effects=options.effects, alpha=options.alpha, power=options.power, draws=options.draws,
            seed=options.seed, progress=progress,
        )  # fmt: skip
    return StudyPower(study, panel, power, (*unused, *notes))


def _name_unused(study: Study) -> tuple[str, ...]:
    """Return a note on the settings of the placebo that power has no use for; none where they change nothing."""
    if study.placebo is None:
        return ()
    plain = {"kind": "unit", "sample": "recipe", "studentise": "dyadic"}
    others = [f"placebo.{name} = {getattr(study.placebo, name)}" for name in plain
              if getattr(study.placebo, name) != plain[name]]  # fmt: skip
    if not others:
        return ()
    return (
        f"{' and '.join(others)}: not used here. Power gives the designations to other units, forms the pairs anew, "
        "and tests as [estimate] does; of [placebo] it takes the strata alone.",
    )


def _build_coding(
    study: Study, panel: StudyPanel, run: Run | None, options: PowerOptions
) -> tuple[Coding | None, tuple[str, ...]]:
    """Return how the scores are coded, or None, and why their coding errors are not simulated."""
    if study.scores is None or run is None or not len(panel.scales):
        return None, ()
    measure = study.scores.measure
    if measure not in _COUNTED:
        return None, (
            f"Coding errors are simulated for measure = {' and '.join(_COUNTED)}, not for {measure}, which is no "
            "number of clauses: the power is that of scores without coding error.",
        )
    table = run.scores.pivot(index=["unit", "period"], columns="instrument", values=measure)
    counts = table[list(run.meta["classes"])].rename_axis(columns=None).reset_index()
    clauses = counts.drop(columns=["unit", "period"]).to_numpy(dtype=float)
    if not (clauses == clauses.round()).all():
        return None, (f"The {measure} of the run is no whole number of clauses: coding errors are not simulated.",)
    confusions = _spread_accuracies(options.accuracies, clauses.shape[1])
    few = [audit for audit in options.audits if audit < clauses.shape[1]]
    if few:
        raise ConfigError(f"--audit must give {clauses.shape[1]} clauses (one a class) or more. Got {few[0]}.")
    if options.confusion is not None:
        confusions[options.confusion.stem] = read_confusion(options.confusion, list(run.meta["classes"]))
    scales = {str(name): float(scale) for name, scale in panel.scales.itertuples(index=False)}
    return Coding(counts, scales, measure == "stock", confusions, options.audits), ()


def _spread_accuracies(accuracies: Sequence[float], n_classes: int) -> dict[str, NDArray[np.float64]]:
    try:
        return {f"{one:g}": spread_errors(one, n_classes) for one in accuracies}
    except SpecError as error:
        raise ConfigError(f"--accuracy: {error}") from error


def read_confusion(path: Path, classes: Sequence[str]) -> NDArray[np.float64]:
    """Return Pr(coded k | gold l), (K, K), of a table of counts: a row a gold class, named in the column ``gold``.

    ``textq evaluate --out`` writes one.

    Raises
    ------
    ConfigError
        If its classes are not those of the run, a count is none, or a class has no gold clause.
    """
    try:
        table = pd.read_csv(path, encoding="utf-8-sig").set_index("gold")
        counts = table.loc[list(classes), list(classes)].to_numpy(dtype=np.float64)
    except (KeyError, ValueError) as error:
        raise ConfigError(
            f"{path}: a confusion matrix is a CSV table with the column gold and one column of counts a class, and a "
            f"row a class: {', '.join(classes)}. Take confusion.csv of textq evaluate --out, of the same codebook."
        ) from error
    sizes = counts.sum(axis=1)
    if not np.isfinite(counts).all() or (counts < 0).any() or not (sizes > 0).all():
        lacking = [name for name, size in zip(classes, sizes, strict=True) if not size > 0]
        raise ConfigError(
            f"{path}: counts must be numbers from 0, and each class needs a gold clause"
            + (f"; none is of {', '.join(lacking)}" if lacking else "")
            + ". Evaluate the coder on more clauses."
        )
    chances: NDArray[np.float64] = (counts / sizes[:, None]).T
    return chances


def _state_options(options: PowerOptions) -> dict[str, object]:
    return {
        "effects": None if options.effects is None else list(options.effects),
        "alpha": options.alpha,
        "power": options.power,
        "draws": options.draws,
        "seed": options.seed,
        "accuracies": list(options.accuracies),
        "audits": list(options.audits),
        "confusion": options.confusion and options.confusion.name,
    }
