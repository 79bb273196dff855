"""Published numbers, and those of pyfixest on thirty panels drawn by seed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ.panel import fit_panel
from tests.reference.panel.designs import SEEDS, draw_design

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "panel" / "output.csv"


@pytest.fixture(scope="module")
def toy(shared: Path) -> pd.DataFrame:
    """The 4,950 dyads of the README of fastDyadRobust."""
    return pd.read_csv(shared / "data" / "dyadic" / "toyData_fastDyadRobust.csv.gz")


@pytest.fixture(scope="module")
def staggered(shared: Path) -> pd.DataFrame:
    """The simulated panel base_stagg of fixest."""
    table = pd.read_csv(shared / "data" / "did" / "base_stagg.csv.gz")
    return table.assign(did=(table["treated"] == 1) & (table["year"] >= table["year_treated"]))


@pytest.fixture(scope="module")
def trade(shared: Path) -> pd.DataFrame:
    """International trade flows in six years, with their logarithm."""
    table = pd.read_csv(shared / "data" / "dyadic" / "agtpa_applications.csv.gz")
    years, abroad = table["year"].isin(range(1986, 2007, 4)), table["exporter"] != table["importer"]
    table = table[years & abroad & (table["trade"] > 0)]
    return table.assign(ln_trade=np.log(table["trade"]), ln_dist=np.log(table["dist"]))


def test_dyads_of_fastdyadrobust(toy: pd.DataFrame) -> None:
    estimate = fit_panel(toy, "dy", ["dx1", "dx2"], None, {"dyadic": ("src", "dst")})
    np.testing.assert_allclose(estimate.params["estimate"], [0.41162753, 0.93443819, -0.47571772], atol=5e-9)
    np.testing.assert_allclose(estimate.params["std_error"], [0.20751883, 0.09215473, 0.07933073], atol=5e-9)
    assert estimate.n_clusters == {"pair": 4950, "unit": 100}
    assert estimate.df == 99


@pytest.mark.parametrize(
    ("vcov", "errors", "tolerance"),
    [
        ("hc1", [0.0491508, 0.0247860, 0.0251498], 5e-8),
        ({"jackknife": ("src", "dst")}, [0.219088, 0.102912, 0.087641], 5e-7),
    ],
)
def test_other_errors_of_the_same_dyads(toy: pd.DataFrame, vcov: object, errors: list[float], tolerance: float) -> None:
    estimate = fit_panel(toy, "dy", ["dx1", "dx2"], [], vcov, ssc="none")
    np.testing.assert_allclose(estimate.params["std_error"], errors, atol=tolerance)


def test_minimum_wages_and_teen_employment(shared: Path) -> None:
    table = pd.read_csv(shared / "data" / "did" / "mpdta.csv.gz")
    table["did"] = (table["first.treat"] > 0) & (table["year"] >= table["first.treat"])
    estimate = fit_panel(table, "lemp", ["did"], ["countyreal", "year"], {"cluster": "countyreal"})
    assert estimate.params["estimate"][0] == pytest.approx(-0.03655, abs=5e-6)


def test_castle_doctrine(shared: Path) -> None:
    table = pd.read_csv(shared / "data" / "did" / "castle.csv.gz")
    estimate = fit_panel(table, "l_homicide", ["post"], ["sid", "year"], {"cluster": "sid"})
    assert estimate.params["estimate"][0] == pytest.approx(0.081812, abs=5e-7)


@pytest.mark.parametrize(("regressors", "expected"), [(["did", "x1"], -3.683), (["did"], -3.468)])
def test_staggered_panel_of_fixest(staggered: pd.DataFrame, regressors: list[str], expected: float) -> None:
    estimate = fit_panel(staggered, "y", regressors, ["id", "year"], {"cluster": "id"})
    assert estimate.params["estimate"][0] == pytest.approx(expected, abs=5e-4)


def test_gravity(trade: pd.DataFrame) -> None:
    regressors, absorb = ["ln_dist", "cntg", "lang", "clny"], ["exporter^year", "importer^year"]
    estimate = fit_panel(trade, "ln_trade", regressors, absorb, {"cluster": "pair_id"})
    np.testing.assert_allclose(estimate.params["estimate"], [-1.216, 0.223, 0.661, 0.670], atol=5e-4)
    assert estimate.nobs == 25_689


@pytest.mark.parametrize("name", ["staggered", "trade"])
def test_linearmodels_finds_the_same(request: pytest.FixtureRequest, name: str) -> None:
    table = request.getfixturevalue(name)
    equations = {
        "staggered": ("y", ["did", "x1"], ["id", "year"], {"cluster": "id"}),
        "trade": ("ln_trade", ["ln_dist", "cntg"], ["exporter^year", "importer^year"], {"cluster": "pair_id"}),
    }
    own = fit_panel(table, *equations[name])
    other = fit_panel(table, *equations[name], engine="linearmodels")
    np.testing.assert_allclose(other.params["estimate"], own.params["estimate"], rtol=1e-8)
    np.testing.assert_allclose(other.vcov, own.vcov, rtol=1e-8)
    assert "linearmodels" in other.versions


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    """What pyfixest found: one row a design and term."""
    return pd.read_csv(REFERENCE)


@pytest.mark.parametrize("seed", SEEDS)
def test_designs_of_pyfixest(reference: pd.DataFrame, seed: int) -> None:
    design, expected = draw_design(seed), reference[reference["seed"] == seed]
    drawn = design.frame["y"].sum()
    assert drawn == pytest.approx(expected["outcome_sum"].iloc[0], rel=1e-12), "numpy draws other numbers: run make.py"
    estimate = fit_panel(
        design.frame, "y", design.regressors, design.absorb, {"cluster": design.cluster}, weights=design.weights
    )
    assert list(estimate.params["term"]) == list(expected["term"])
    assert estimate.nobs == expected["nobs"].iloc[0]
    assert estimate.nobs + sum(entry.count for entry in estimate.dropped if entry.what == "rows") == len(design.frame)
    np.testing.assert_allclose(estimate.params["estimate"], expected["estimate"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(estimate.params["std_error"], expected["std_error"], rtol=1e-8)


@pytest.mark.full
def test_stored_numbers_are_those_of_pyfixest(reference: pd.DataFrame) -> None:
    pytest.importorskip("pyfixest")
    from tests.reference.panel.make import fit_with_pyfixest

    for seed in SEEDS:
        fitted, stored = fit_with_pyfixest(draw_design(seed)), reference[reference["seed"] == seed]
        np.testing.assert_allclose(fitted["estimate"], stored["estimate"], rtol=0, atol=1e-9)
        known = fitted["std_error"].notna().to_numpy()
        np.testing.assert_allclose(fitted["std_error"][known], stored["std_error"][known], rtol=1e-8)
