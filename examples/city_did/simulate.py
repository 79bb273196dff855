"""Make ``data.csv`` and ``truth.csv``: 23 cities over ten years, in which the effects of designation are known.

``python simulate.py [FOLDER]`` writes them beside this script, or into FOLDER: same seed, same bytes. Codes, names and
years of approval are facts; every number is invented. For city i, year t and outcome y

    y_it = level_i + path_t + effect · did_it + Σ_k slope_k · (control_kit − level_ki) + e_it
    control_kit = level_ki + path_kt + shift_k · did_it + u_kit

with e and u persistent (AR(1)) and independent between cities. City and year effects absorb levels and paths. So a
regression with the controls finds ``effect``, and one without them ``effect`` + Σ_k slope_k · shift_k.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 1
"""Of the stored panel; checks use 1,000, 1,001, …"""

YEARS = range(2010, 2020)
CITIES = (  # GB/T 2260 code, names, year of approval as a cross-border e-commerce pilot zone (0: not until 2019)
    ("310000", "上海市", "Shanghai", 2016),
    ("320100", "南京市", "Nanjing", 2018),
    ("320200", "无锡市", "Wuxi", 2018),
    ("320300", "徐州市", "Xuzhou", 2019),
    ("320400", "常州市", "Changzhou", 0),
    ("320500", "苏州市", "Suzhou", 2016),
    ("320600", "南通市", "Nantong", 2019),
    ("320700", "连云港市", "Lianyungang", 0),
    ("320800", "淮安市", "Huai'an", 0),
    ("320900", "盐城市", "Yancheng", 0),
    ("321000", "扬州市", "Yangzhou", 0),
    ("321100", "镇江市", "Zhenjiang", 0),
    ("321200", "泰州市", "Taizhou (Jiangsu)", 0),
    ("321300", "宿迁市", "Suqian", 0),
    ("330100", "杭州市", "Hangzhou", 2015),
    ("330200", "宁波市", "Ningbo", 2016),
    ("330300", "温州市", "Wenzhou", 2019),
    ("330400", "嘉兴市", "Jiaxing", 0),
    ("330500", "湖州市", "Huzhou", 0),
    ("330600", "绍兴市", "Shaoxing", 2019),
    ("330800", "衢州市", "Quzhou", 0),
    ("331000", "台州市", "Taizhou (Zhejiang)", 0),
    ("331100", "丽水市", "Lishui", 0),
)

PERSISTENCE = 0.7
"""Of all that is drawn: e_t = 0.7 e_{t−1} + innovation."""

DECIMALS = 4


@dataclass(frozen=True)
class Control:
    """A share of GDP: the range of the cities' levels, its change from first to last year, noise, shift by did."""

    lowest: float
    highest: float
    change: float
    noise: float
    shift: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """An outcome: effect of did, slopes of the controls, levels without and with designation, change, noise."""

    effect: float
    slopes: dict[str, float]
    levels: tuple[float, float]
    change: float
    noise: float


DRAWN = {
    "government": Control(0.08, 0.18, 0.03, 0.015),
    "primary": Control(0.05, 0.10, -0.01, 0.010),
    "secondary": Control(0.40, 0.50, -0.06, 0.020),
    "fdi": Control(0.025, 0.06, -0.005, 0.006, shift=0.02),
    "investment": Control(0.45, 0.75, 0.10, 0.06),
    "trade": Control(0.35, 0.90, -0.05, 0.08, shift=0.10),
    "retail": Control(0.32, 0.42, 0.03, 0.02),
}
"""The share of tertiary industry is what primary and secondary industry leave."""

CONTROLS = ("government", "secondary", "tertiary", "fdi", "investment", "trade", "retail")

OUTCOMES = {
    "gdp": Outcome(  # trillion yuan
        effect=0.25,
        slopes={
            "government": -0.4,
            "secondary": 0.5,
            "tertiary": 1.0,
            "fdi": 1.5,
            "investment": 0.1,
            "trade": 0.2,
            "retail": 0.3,
        },
        levels=(0.7, 1.4),
        change=0.35,
        noise=0.08,
    ),
    "gdp_per_head": Outcome(  # 10,000 yuan
        effect=0.90,
        slopes={
            "government": -3.0,
            "secondary": 4.0,
            "tertiary": 7.0,
            "fdi": 6.0,
            "investment": 1.0,
            "trade": 0.8,
            "retail": 2.0,
        },
        levels=(6.0, 9.0),
        change=5.0,
        noise=0.50,
    ),
}


def find_truth(outcome: str) -> tuple[float, float]:
    """Return what did is worth without and with the controls in the equation."""
    recipe = OUTCOMES[outcome]
    through = sum(slope * DRAWN[name].shift for name, slope in recipe.slopes.items() if name in DRAWN)
    return recipe.effect + through, recipe.effect


def simulate_panel(seed: int = SEED) -> pd.DataFrame:
    """Return the panel: 230 rows, one a city and year."""
    rng = np.random.default_rng(seed)
    approved = np.array([year for *_, year in CITIES])
    did = (approved[:, None] > 0) & (np.array(YEARS) >= approved[:, None])
    panel = pd.DataFrame(
        [(unit, name, english, year) for unit, name, english, _ in CITIES for year in YEARS],
        columns=["unit", "name", "name_en", "year"],
    )
    levels, shares = {}, {}
    for name, control in DRAWN.items():
        levels[name] = rng.uniform(control.lowest, control.highest, (len(CITIES), 1))
        drawn = levels[name] + _grow(control.change) + control.shift * did + _draw_noise(rng, control.noise)
        shares[name] = drawn.round(DECIMALS)
    for table in (levels, shares):
        table["tertiary"] = (1 - table["primary"] - table["secondary"]).round(DECIMALS)
    columns = {}
    for name, outcome in OUTCOMES.items():
        medians = np.where(approved > 0, outcome.levels[1], outcome.levels[0])
        level = medians * np.exp(rng.normal(0, 0.2, len(CITIES)))
        moved = sum(slope * (shares[control] - levels[control]) for control, slope in outcome.slopes.items())
        noise = _draw_noise(rng, outcome.noise)
        values = level[:, None] + _grow(outcome.change) + outcome.effect * did + moved + noise
        columns[name] = values.round(DECIMALS).ravel()
    controls = {name: shares[name].ravel() for name in CONTROLS}
    return panel.assign(**columns, did=did.astype(int).ravel(), **controls)


def _grow(change: float) -> NDArray[np.float64]:
    """Return a straight path over the years, which starts at 0."""
    return np.linspace(0.0, change, len(YEARS))


def _draw_noise(rng: np.random.Generator, spread: float) -> NDArray[np.float64]:
    """Return an AR(1) of every city, (cities, years), whose standard deviation is ``spread`` in every year."""
    noise = rng.normal(0.0, spread, (len(CITIES), len(YEARS)))
    innovation = np.sqrt(1 - PERSISTENCE**2)
    for place in range(1, len(YEARS)):
        noise[:, place] = PERSISTENCE * noise[:, place - 1] + innovation * noise[:, place]
    return noise


def list_truth() -> pd.DataFrame:
    """Return truth.csv: what did is worth, one row an outcome and equation."""
    rows = [
        (outcome, controls, round(value, 10))
        for outcome in OUTCOMES
        for controls, value in zip(("no", "yes"), find_truth(outcome), strict=True)
    ]
    return pd.DataFrame(rows, columns=["outcome", "controls", "did"])


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 with mark, so that a spreadsheet shows the names."""
    text = table.to_csv(index=False, lineterminator="\n", float_format=f"%.{DECIMALS}f")
    path.write_bytes(text.encode("utf-8-sig"))


def main(folder: Path) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(simulate_panel(), folder / "data.csv")
    write_csv(list_truth(), folder / "truth.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
