"""Small panels of units and of pairs that the tests of the fits share."""

import numpy as np
import pandas as pd

MEMBERS = ("unit_i", "unit_j")
DYADIC = {"dyadic": MEMBERS}


def draw_pairs(seed: int = 0, n_units: int = 9, n_periods: int = 6, share: float = 1.0) -> pd.DataFrame:
    """Return pairs without those of two designated members; every fourth unit is designated, from the second on."""
    rng = np.random.default_rng(seed)
    units = [f"{number:06d}" for number in range(330100, 330100 + n_units)]
    start = {unit: 2000 + int(rng.integers(1, n_periods)) for unit in units[1::4]}
    score = dict(zip(units, rng.uniform(1, 5, n_units), strict=True))
    rows = [
        {"unit_i": one, "unit_j": other, "period": 2000 + period}
        for place, one in enumerate(units)
        for other in units[place + 1 :]
        for period in range(n_periods)
        if not (one in start and other in start)
    ]
    frame = pd.DataFrame(rows)
    frame["treated_unit"] = [
        next((unit for unit in pair if unit in start), None)
        for pair in zip(frame["unit_i"], frame["unit_j"], strict=True)
    ]
    frame["did"] = frame["period"] >= frame["treated_unit"].map(start).fillna(np.inf)
    frame["did:score"] = frame["did"] * frame["treated_unit"].map(score).fillna(0.0)
    frame["distance"] = frame.groupby(list(MEMBERS))["period"].transform(lambda rows: rng.uniform(1, 9))
    frame["did:distance"] = frame["did"] * frame["distance"]
    frame["x"] = rng.normal(size=len(frame)) + frame["did"]
    frame["w"] = rng.uniform(0.2, 5, len(frame))
    frame["y"] = 0.5 * frame["did"] + 0.2 * frame["x"] + frame["distance"] + rng.normal(size=len(frame))
    return frame[rng.random(len(frame)) < share]


def draw_units(n_units: int, n_periods: int = 8, seed: int = 0) -> pd.DataFrame:
    """Return units of which every other one is treated, from the fourth period or later."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"unit": np.repeat(np.arange(n_units), n_periods), "period": np.tile(range(n_periods), n_units)}
    )
    frame["did"] = (frame["unit"] % 2 == 0) & (frame["period"] >= 3 + frame["unit"] % 3)
    frame["x"] = rng.normal(size=len(frame))
    frame["y"] = frame["did"] + frame["unit"] / 7 + rng.normal(size=len(frame))
    return frame
