"""The study of 23 cities: its data, its four columns by other packages, and its files from a clean folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import PanelOLS

from econ import bootstrap
from econ.estimate import Estimate, FKind
from econ.spec import VcovLike, VcovSpec
from econ.table import print_rows, unset_minus
from econ.table_html import read_html
from econ.table_latex import read_latex
from econ.table_markdown import read_markdown
from econ.table_word import read_word
from examples.city_did import estimate, simulate
from textq.lexicon.places import builtin_gazetteer, builtin_zones

NUMBERS = tuple(estimate.COLUMNS)


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return estimate.read_panel()


@pytest.fixture(scope="module")
def columns(panel: pd.DataFrame) -> dict[str, Estimate]:
    return estimate.fit_columns(panel)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return simulate.list_truth()


# The data


def test_stored_files_are_those_of_the_seed(tmp_path: Path) -> None:
    simulate.main(tmp_path)
    for name in ("data.csv", "truth.csv"):
        assert (tmp_path / name).read_bytes() == (estimate.HERE / name).read_bytes()


def test_codes_names_and_years_are_facts() -> None:
    """All prefecture-level cities of the three places but two; designated as the roster of pilot zones says."""
    gazetteer = builtin_gazetteer()
    approved = {zone.unit: zone.approved_on.year for zone in builtin_zones() if zone.approved_on}
    for unit, name, _, year in simulate.CITIES:
        assert gazetteer.place_of(unit).name == name
        assert year == (approved[unit] if approved.get(unit, 9999) in simulate.YEARS else 0)
    assert len(simulate.CITIES) == 23
    assert sum(year > 0 for *_, year in simulate.CITIES) == 10


def test_shares_are_shares(panel: pd.DataFrame) -> None:
    assert len(panel) == 230
    assert panel[[*simulate.CONTROLS, *simulate.OUTCOMES]].gt(0).all(axis=None)
    assert (panel["secondary"] + panel["tertiary"] < 1).all()


def sweep(values: np.ndarray) -> np.ndarray:
    """Take the effects out of the columns of a balanced panel, sorted by city and year."""
    grid = values.reshape(len(simulate.CITIES), len(simulate.YEARS), -1)
    means = grid.mean(axis=1, keepdims=True) + grid.mean(axis=0, keepdims=True) - grid.mean(axis=(0, 1))
    return (grid - means).reshape(values.shape)


@pytest.fixture(scope="module")
def gaps(truth: pd.DataFrame) -> np.ndarray:
    """Estimates of did less the truth, (seeds, columns), by least squares written out."""
    rows = []
    for seed in range(1_000, 1_200):
        drawn = simulate.simulate_panel(seed)
        within = {name: sweep(drawn[[name]].to_numpy(dtype=float))[:, 0] for name in drawn.columns[4:]}
        row = [
            np.linalg.lstsq(np.column_stack([within[term] for term in ("did", *controls)]), within[outcome])[0][0]
            for outcome, controls in estimate.COLUMNS.values()
        ]
        rows.append(np.array(row) - truth["did"].to_numpy())
    return np.array(rows)


def test_other_seeds_find_the_truth_on_average(gaps: np.ndarray) -> None:
    errors = gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    assert (np.abs(gaps.mean(axis=0)) < 3.5 * errors).all()
    assert (errors < [0.004, 0.005, 0.02, 0.025]).all()


def test_intervals_by_city_hold_the_truth(columns: dict[str, Estimate], truth: pd.DataFrame) -> None:
    for (_, value), fitted in zip(truth["did"].items(), columns.values(), strict=True):
        for vcov in (estimate.ERRORS["clustered"], estimate.WILD):
            did = estimate.read_did(fitted.with_vcov(vcov))
            assert did["conf_low"] < value < did["conf_high"]


def test_the_truth_of_two_columns_goes_through_the_controls(truth: pd.DataFrame) -> None:
    """Trade rises by .10 and FDI by .02 of GDP: .2 · .10 + 1.5 · .02 in GDP, .8 · .10 + 6 · .02 in GDP per head."""
    assert truth["did"].to_list() == pytest.approx([0.25 + 0.05, 0.25, 0.90 + 0.20, 0.90])


@pytest.mark.full
def test_intervals_hold_the_truth_as_often_as_the_readme_says(truth: pd.DataFrame) -> None:
    vcovs: dict[str, VcovLike] = {
        "classical": "iid",
        "robust to heteroskedasticity": "hc1",
        "clustered by city": {"cluster": "unit"},
        "wild cluster bootstrap by city": {"wild": "unit", "draws": 999},
    }
    held = np.zeros((len(vcovs), len(truth)))
    for seed in range(1_000, 1_400):
        columns = estimate.fit_columns(simulate.simulate_panel(seed))
        for column, (fitted, value) in enumerate(zip(columns.values(), truth["did"], strict=True)):
            for row, vcov in enumerate(vcovs.values()):
                did = estimate.read_did(fitted.with_vcov(vcov))
                held[row, column] += did["conf_low"] <= value <= did["conf_high"]
    lines = (estimate.HERE / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    stated = {name: shares for name, *shares in cells}
    for name, counts in zip(vcovs, held, strict=True):
        np.testing.assert_allclose([float(share) for share in stated[name]], counts / 400, atol=0.006)


# The four columns by other packages


def fit_dummies(panel: pd.DataFrame, number: str, **options: object) -> object:
    outcome, controls = estimate.COLUMNS[number]
    dummies = [pd.get_dummies(panel[effect], prefix=effect, drop_first=True) for effect in ("unit", "year")]
    design = sm.add_constant(pd.concat([panel[["did", *controls]], *dummies], axis=1).astype(float))
    return sm.OLS(panel[outcome], design).fit(**options)


@pytest.mark.parametrize("number", NUMBERS)
def test_equals_dummies_in_statsmodels(panel: pd.DataFrame, columns: dict[str, Estimate], number: str) -> None:
    fitted, other = columns[number], fit_dummies(panel, number)
    terms = list(fitted.params["term"])
    conventional = fitted.with_vcov("iid")
    np.testing.assert_allclose(fitted.params["estimate"], other.params[terms], rtol=1e-8)
    np.testing.assert_allclose(conventional.params["statistic"], other.tvalues[terms], rtol=1e-8)
    np.testing.assert_allclose(conventional.params["p_value"], other.pvalues[terms], rtol=1e-6, atol=1e-300)
    assert [fitted.r2, fitted.r2_adjusted] == pytest.approx([other.rsquared, other.rsquared_adj], rel=1e-8)
    assert fitted.test_regressors("overall").statistic == pytest.approx(other.fvalue, rel=1e-8)
    codes = pd.factorize(panel["unit"])[0]
    clustered = fit_dummies(panel, number, cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    own = fitted.with_vcov({"cluster": "unit"}, "stata")
    np.testing.assert_allclose(own.params["statistic"], clustered.tvalues[terms], rtol=1e-8)
    np.testing.assert_allclose(own.params["conf_low"], clustered.conf_int().loc[terms, 0], rtol=1e-7)


@pytest.mark.parametrize("number", NUMBERS)
def test_equals_linearmodels(panel: pd.DataFrame, columns: dict[str, Estimate], number: str) -> None:
    outcome, controls = estimate.COLUMNS[number]
    indexed = panel.set_index(["unit", "year"])
    model = PanelOLS(indexed[outcome], indexed[["did", *controls]], entity_effects=True, time_effects=True)
    other = model.fit(
        cov_type="clustered", cluster_entity=True, debiased=True, group_debias=True, auto_df=False, count_effects=True
    )
    fitted = columns[number].with_vcov({"cluster": "unit"}, "stata")
    np.testing.assert_allclose(fitted.params["estimate"], other.params, rtol=1e-8)
    np.testing.assert_allclose(fitted.params["statistic"], other.tstats, rtol=1e-8)
    assert fitted.r2 == pytest.approx(other.rsquared_inclusive, rel=1e-8)
    kinds = {"wald": other.f_statistic_robust.stat, "conventional": other.f_statistic.stat}
    for kind, statistic in kinds.items():
        assert fitted.test_regressors(kind).statistic == pytest.approx(statistic, rel=1e-8)


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", NUMBERS)
def test_equals_pyfixest(panel: pd.DataFrame, columns: dict[str, Estimate], number: str) -> None:
    pyfixest = pytest.importorskip("pyfixest")
    outcome, controls = estimate.COLUMNS[number]
    formula = f"{outcome} ~ {' + '.join(['did', *controls])} | unit + year"
    other = pyfixest.feols(formula, panel.assign(unit=panel["unit"].astype(int)), vcov={"CRV1": "unit"})
    fitted = columns[number]
    np.testing.assert_allclose(fitted.params["estimate"], other.coef(), rtol=1e-8)
    np.testing.assert_allclose(fitted.params["statistic"], other.tstat(), rtol=1e-8)
    np.testing.assert_allclose(fitted.params["p_value"], other.pvalue(), rtol=1e-6, atol=1e-15)
    assert [fitted.r2, fitted.r2_within] == pytest.approx([other._r2, other._r2_within], rel=1e-8)
    assert [fitted.r2_adjusted, fitted.r2_within_adjusted] == pytest.approx(
        [other._adj_r2, other._adj_r2_within], rel=1e-8
    )


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", NUMBERS)
def test_bootstrap_equals_wildboottest(panel: pd.DataFrame, columns: dict[str, Estimate], number: str) -> None:
    """Both packages get the same 999 draws, before which the sample itself stands."""
    package = pytest.importorskip("wildboottest.wildboottest")
    spec = VcovSpec("wild", ("unit",), draws=999)
    design = fit_dummies(panel, number).model.exog
    codes = pd.factorize(panel["unit"])[0]
    place = np.eye(design.shape[1])[1]  # did stands behind the constant
    other = package.WildboottestCL(
        X=design, Y=panel[estimate.COLUMNS[number][0]].to_numpy(), cluster=codes, R=place, B=1_000, parallel=False
    )
    other.get_scores(bootstrap_type="11", impose_null=True, adj=False, cluster_adj=False)
    other.get_weights(weights_type="rademacher")
    other.v, _ = bootstrap._draw_weights(23, spec.draws, spec.seed)
    for step in (other.get_numer, other.get_denom, other.get_tboot, other.get_vcov, other.get_tstat):
        step()
    expected = np.mean(np.abs(other.t_boot) >= abs(other.t_stat) * (1 - 1e-9))
    did = estimate.read_did(columns[number].with_vcov({"wild": "unit", "draws": spec.draws}))
    assert did["p_value"] == pytest.approx(expected, abs=1e-12)
    assert did["p_value"] >= 1 / 1_000


# The tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """What the two scripts write where nothing but themselves is."""
    clean = tmp_path_factory.mktemp("city_did")
    for script in ("simulate.py", "estimate.py"):
        shutil.copy(estimate.HERE / script, clean)
        environment = os.environ | {"PYTHONPATH": str(repository)}
        subprocess.run([sys.executable, "-W", "error", clean / script], cwd=clean, check=True, env=environment)
    return clean / "tables"


def test_all_files_are_written(folder: Path) -> None:
    wanted = {
        Path(lang) / f"{name}{ending}"
        for lang in ("en", "zh")
        for name in ("did", "errors")
        for ending in estimate.ENDINGS
    }
    assert {path.relative_to(folder) for path in folder.rglob("*.*")} == wanted


LAYOUT = {
    "zh": [
        "did", "政府规模", "第二产业占比", "第三产业占比", "外商直接投资", "固定资产投资", "进出口贸易",
        "社会消费品零售", "时间固定效应", "城市固定效应", "观测值", "R²", "F",
    ],
    "en": [
        "did", "Government size", "Secondary industry", "Tertiary industry", "FDI", "Fixed investment", "Trade",
        "Retail sales", "Year effects", "City effects", "Observations", "R²", "F",
    ],
}  # fmt: skip
N_TERMS = 8
"""Rows of ``LAYOUT`` that have a row of t values below."""


def list_names(lang: str) -> Iterator[str]:
    for place, name in enumerate(LAYOUT[lang]):
        yield name
        if place < N_TERMS:
            yield ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("read", [read_word, read_latex, read_html, read_markdown])
def test_rows_are_those_of_the_layout_in_every_format(folder: Path, columns, lang: str, read) -> None:
    ending = {read_word: ".docx", read_latex: ".tex", read_html: ".html", read_markdown: ".md"}[read]
    found = [[unset_minus(cell) for cell in row] for row in read(folder / lang / f"did{ending}")]
    table = estimate.tabulate_did(columns, lang, "clustered", "overall")
    assert found == print_rows(table)
    assert [row[0] for row in found[2:]] == list(list_names(lang))


def test_t_values_stand_in_parentheses_below_their_coefficients(columns: dict[str, Estimate]) -> None:
    rows = print_rows(estimate.tabulate_did(columns, "en", "clustered", "overall"))
    below = rows[[row[0] for row in rows].index("did") + 1]
    assert below[1:] == [f"({estimate.read_did(fitted)['statistic']:.2f})" for fitted in columns.values()]
    controls = rows[[row[0] for row in rows].index("Trade")]
    assert [bool(cell) for cell in controls[1:]] == [False, True, False, True]


@pytest.mark.parametrize(("errors", "kind"), [("clustered", "wald"), ("conventional", "conventional")])
@pytest.mark.parametrize(("r2", "attribute"), [("overall", "r2"), ("adjusted", "r2_adjusted"), ("within", "r2_within")])
def test_the_switches_move_numbers_and_note(
    panel: pd.DataFrame, errors: str, kind: FKind, r2: str, attribute: str
) -> None:
    columns = estimate.fit_columns(panel, errors)
    for lang, words in {
        "en": {"clustered": "clustered by", "conventional": "classical"},
        "zh": {"clustered": "聚类到城市", "conventional": "普通标准误"},
    }.items():
        table = estimate.tabulate_did(columns, lang, errors, r2)
        note = table.notes[0]
        other = {"clustered": "conventional", "conventional": "clustered"}[errors]
        assert words[errors] in note
        assert words[other] not in note
        *_, fit, f = print_rows(table)
        assert fit[1:] == [f"{getattr(fitted, attribute):.3f}" for fitted in columns.values()]
        assert f[1:] == [f"{fitted.test_regressors(kind).statistic:.3f}" for fitted in columns.values()]


def test_the_second_table_shows_truth_and_three_covariances(folder: Path, columns, truth: pd.DataFrame) -> None:
    rows = {row[0]: row[1:] for row in read_markdown(folder / "en" / "errors.md")}
    assert rows["did: put into the data"] == [f"{value:.3f}" for value in truth["did"]]
    wild = [estimate.read_did(fitted.with_vcov(estimate.WILD)) for fitted in columns.values()]
    assert rows["Wild bootstrap: p-value"] == [f"{did['p_value']:.4f}" for did in wild]
    conventional = [estimate.read_did(fitted.with_vcov("iid")) for fitted in columns.values()]
    assert rows["Classical: t"] == [f"{did['statistic']:.2f}" for did in conventional]
    assert rows["Clustered: t"] == [f"{estimate.read_did(fitted)['statistic']:.2f}" for fitted in columns.values()]


@pytest.mark.parametrize(("readme", "lang"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_readmes_show_the_tables_as_they_come_out(folder: Path, readme: str, lang: str) -> None:
    text = (estimate.HERE / readme).read_text(encoding="utf-8")
    for name in ("did", "errors"):
        table = (folder / lang / f"{name}.md").read_text(encoding="utf-8").strip()
        assert table in text, f"paste tables/{lang}/{name}.md into {readme}"
