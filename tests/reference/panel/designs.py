"""Thirty panels drawn by seed: units and pairs, unbalanced, weighted, with singletons, gaps and collinear columns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SEEDS = range(30)

PAIR_EFFECTS = (
    ("pair_id",),
    ("pair_id", "period"),
    ("pair_id", "province_pair^period"),
    ("unit_i^period", "unit_j^period"),
    ("pair_id", "unit_i^period", "unit_j^period"),
)
UNIT_EFFECTS = (("unit",), ("unit", "period"), ("unit", "province^period"), ("unit", "period", "industry"))


@dataclass(frozen=True)
class PanelDesign:
    """One equation: a long table and the arguments of a fit."""

    frame: pd.DataFrame
    regressors: tuple[str, ...]
    absorb: tuple[str, ...]
    cluster: str
    weights: str | None


def draw_design(seed: int) -> PanelDesign:
    """Return the design of a seed: pairs if it is even, units if it is odd."""
    rng = np.random.default_rng(seed)
    of_pairs = seed % 2 == 0
    frame = _draw_pairs(rng) if of_pairs else _draw_units(rng)
    frame = _draw_columns(frame, rng)
    choices = PAIR_EFFECTS if of_pairs else UNIT_EFFECTS
    absorb = choices[seed // 2 % len(choices)]
    frame = _thin(frame, rng)
    if rng.random() < 0.5:
        for column in ("y", "x1"):
            frame.loc[rng.random(len(frame)) < 0.05, column] = np.nan
    regressors = ("did", "x1", "x2", "constant_in_unit", "x1_plus_x2") if rng.random() < 0.5 else ("did", "x1", "x2")
    weights = "weight" if rng.random() < 0.5 else None
    return PanelDesign(frame, regressors, absorb, "pair_id" if of_pairs else "unit", weights)


def _draw_pairs(rng: np.random.Generator) -> pd.DataFrame:
    n_units, n_periods = int(rng.integers(9, 15)), int(rng.integers(4, 9))
    first, second = np.triu_indices(n_units, 1)
    pair = np.repeat(np.arange(len(first)), n_periods)
    period = np.tile(np.arange(n_periods), len(first))
    province = rng.integers(0, 3, n_units)
    start = np.where(rng.random(n_units) < 0.4, rng.integers(1, n_periods, n_units), n_periods)
    unit_i, unit_j = first[pair], second[pair]
    return pd.DataFrame(
        {
            "unit_i": [f"c{unit:02d}" for unit in unit_i],
            "unit_j": [f"c{unit:02d}" for unit in unit_j],
            "pair_id": [f"c{low:02d}-c{high:02d}" for low, high in zip(unit_i, unit_j, strict=True)],
            "period": 2010 + period,
            "province_pair": np.sort(np.column_stack([province[unit_i], province[unit_j]]), axis=1) @ [10, 1],
            "group": pair,
            "did": (period >= np.minimum(start[unit_i], start[unit_j])).astype(float),
        }
    )


def _draw_units(rng: np.random.Generator) -> pd.DataFrame:
    n_units, n_periods = int(rng.integers(20, 60)), int(rng.integers(4, 12))
    unit = np.repeat(np.arange(n_units), n_periods)
    period = np.tile(np.arange(n_periods), n_units)
    start = np.where(rng.random(n_units) < 0.5, rng.integers(1, n_periods, n_units), n_periods)
    return pd.DataFrame(
        {
            "unit": [f"c{number:02d}" for number in unit],
            "period": 2010 + period,
            "province": rng.integers(0, 4, n_units)[unit],
            "industry": rng.integers(0, 6, len(unit)),
            "group": unit,
            "did": (period >= start[unit]).astype(float),
        }
    )


def _draw_columns(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n_rows, group = len(frame), frame["group"].to_numpy()
    effect = rng.random(group.max() + 1)[group]
    x1 = rng.random(n_rows) + effect
    x2 = 100 * rng.random(n_rows) + 10 * frame["did"].to_numpy()
    error = rng.random(group.max() + 1)[group] * (rng.random(n_rows) - 0.5)
    return frame.assign(
        x1=x1,
        x2=x2,
        constant_in_unit=effect,
        x1_plus_x2=x1 + x2,
        weight=0.1 + 5 * rng.random(n_rows),
        y=0.3 * frame["did"].to_numpy() + x1 - 0.02 * x2 + 2 * effect + error,
    )


def _thin(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave rows out (in two designs of three), so that levels with a single row appear; then shuffle."""
    share = (1.0, 0.75, 0.5)[int(rng.integers(3))]
    return frame[rng.random(len(frame)) < share].sample(frac=1.0, random_state=int(rng.integers(2**31)))
