"""From scores and series to a table: a study as a user runs it, its numbers worked out anew, what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import textq
from econ.table import print_rows
from textq.cli import main
from textq.errors import ConfigError, RunError, SeriesFileError, StudyError
from textq.pipeline.estimates import StudyResult, estimate
from textq.pipeline.study_tables import tabulate_main

INSTRUMENTS = ["supply", "environment", "demand"]
TERMS = ["did", *(f"did:{name}" for name in INSTRUMENTS)]
YEARS = range(2010, 2023)


@pytest.fixture(scope="module")
def study(repository: Path, sample_run: textq.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certified study of the sample, beside a copy of its outcomes."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(repository / "corpus" / "outcomes", folder / "outcomes")
    shutil.copy(repository / "corpus" / "coverage.csv", folder)
    text = (repository / "corpus" / "study.toml").read_text(encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(text.replace("../textq-out", sample_run.run_dir.as_posix()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def result(study: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    return estimate(study, out=tmp_path_factory.mktemp("estimates"))


def run_command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    code = stop.value.code
    assert isinstance(code, int)
    return code


def demean(columns: np.ndarray) -> np.ndarray:
    """Take pair and year means out of (k, pairs, years), a balanced panel."""
    within = columns - columns.mean(axis=2, keepdims=True)
    return within - within.mean(axis=1, keepdims=True)


def work_out_by_hand(folder: Path, scores: pd.DataFrame) -> tuple[np.ndarray, int, dict[str, np.ndarray]]:
    """The certified study in plain NumPy: series → ρ, gravity half, did × stock, two-way within, least squares."""
    series = pd.read_csv(folder / "series.csv", dtype={"unit": str}).pivot(index="unit", columns="year")["gdp_growth"]
    units = pd.read_csv(folder / "units.csv", dtype={"unit": str, "province": str})
    dates = pd.read_csv(folder / "designations.csv", dtype={"unit": str})
    start = dates.set_index("unit")["approved_on"].str[:4].astype(int).reindex(series.index).fillna(9999).to_numpy()
    pre = units[units["year"] < start.min()].drop(columns="name").groupby("unit").mean(numeric_only=True)
    pre = pre.loc[series.index]
    one, other = np.triu_indices(len(series), 1)
    longitude, latitude = np.radians(pre["longitude"].to_numpy()), np.radians(pre["latitude"].to_numpy())
    cosine = np.sin(latitude[one]) * np.sin(latitude[other])
    cosine += np.cos(latitude[one]) * np.cos(latitude[other]) * np.cos(longitude[one] - longitude[other])
    mass = (pre["population"] * pre["gdp"] * pre["area"] * pre["rank"]).to_numpy() ** 0.25
    gravity = mass[one] * mass[other] / np.arccos(cosine) ** 2
    ever = start <= YEARS[-1]
    candidates = np.flatnonzero(~(ever[one] & ever[other]))
    kept = candidates[np.argsort(-gravity[candidates], kind="stable")[: len(candidates) // 2]]
    one, other = one[kept], other[kept]
    growth = series.loc[:, YEARS[0] : YEARS[-1]].to_numpy()
    outcome = 1 - (growth[one] - growth[other]) ** 2 / 2
    treated = start[:, None] <= np.array(YEARS)[None, :]
    stocks = [
        scores[scores["instrument"] == name]
        .pivot(index="unit", columns="period", values="stock")
        .reindex(index=series.index, columns=list(YEARS))
        .fillna(0)
        .to_numpy(dtype=float)
        for name in INSTRUMENTS
    ]
    did = (treated[one] | treated[other]).astype(float)
    products = [treated * stock for stock in stocks]
    regressors = np.stack([did, *(product[one] + product[other] for product in products)])
    within = demean(np.concatenate([outcome[None], regressors])).reshape(5, -1)
    estimates = np.linalg.lstsq(within[1:].T, within[0], rcond=None)[0]
    bread = np.linalg.inv(within[1:] @ within[1:].T)
    residuals = within[0] - estimates @ within[1:]
    by_pair = (within[1:] * residuals).reshape(4, len(one), -1).sum(axis=2).T
    by_city = np.zeros((len(series), 4))
    np.add.at(by_city, one, by_pair)
    np.add.at(by_city, other, by_pair)
    meats = {"cluster": by_pair.T @ by_pair, "dyadic": by_city.T @ by_city - by_pair.T @ by_pair}
    return estimates, len(one), {name: np.sqrt(np.diag(bread @ meat @ bread)) for name, meat in meats.items()}


def test_the_headline_is_what_plain_numpy_gives(result: StudyResult, study: Path, sample_run: textq.Run) -> None:
    estimates, n_pairs, errors = work_out_by_hand(study.parent / "outcomes", sample_run.scores)
    headline = result.headline.params.set_index("term").loc[TERMS]

    assert result.headline.nobs == n_pairs * len(YEARS)
    np.testing.assert_allclose(headline["estimate"], estimates, rtol=1e-8)
    shown = {name: one.params.set_index("term").loc[TERMS, "std_error"] for name, one in result.covariances.items()}
    np.testing.assert_allclose(shown["dyadic"], errors["dyadic"], rtol=1e-7)
    n, k, clusters = result.headline.nobs, 4 + len(YEARS) - 1, n_pairs
    correction = np.sqrt(clusters / (clusters - 1) * (n - 1) / (n - k - 1))
    np.testing.assert_allclose(shown["pair"], errors["cluster"] * correction, rtol=1e-4)


def test_default_covariance_is_the_jackknife_and_both_others_stand_beside_it(result: StudyResult) -> None:
    assert list(result.covariances) == ["jackknife", "dyadic", "pair"]
    assert result.headline.df == result.headline.n_clusters["unit"] - 1


def test_equations_are_each_instrument_alone_and_all_with_and_without_did(result: StudyResult) -> None:
    assert list(result.estimates) == [*INSTRUMENTS, "all"]
    assert list(result.estimates["supply"].params["term"]) == ["did", "did:supply"]
    assert list(result.without_did["all"].params["term"]) == TERMS[1:]
    assert result.equality is not None
    assert (result.equality.df_num, result.equality.df_denom) == (2, result.headline.df)


def test_treated_city_years_without_a_document_are_zeros_that_are_listed(result: StudyResult) -> None:
    zeros = result.panel.treated_zero
    cells = result.panel.intensities.set_index(["unit", "period"])
    assert len(zeros) > 0
    assert (cells.loc[list(zip(zeros["unit"], zeros["period"], strict=True))] == 0).all(axis=None)


def test_run_folder_holds_tables_in_both_languages_and_what_they_rest_on(result: StudyResult) -> None:
    assert result.run_dir is not None
    names = {path.relative_to(result.run_dir).as_posix() for path in result.run_dir.rglob("*") if path.is_file()}
    tables = {"main", "covariances", "intensities", "without_did"}
    ends = [f"{lang}.{end}" for lang in ("en", "zh") for end in ("txt", "md", "tex", "html", "csv")]
    assert {f"tables/{name}_{end}" for name in tables for end in ends} < names
    assert {"run.json", "estimates.csv", "panel.parquet", "treated_zero.csv", "dropped.csv", "notes.txt"} < names
    assert set(pd.read_csv(result.run_dir / "treated_zero.csv", encoding="utf-8-sig")) == {"unit", "name", "period"}
    estimates = pd.read_csv(result.run_dir / "estimates.csv", encoding="utf-8-sig")
    stored = estimates.query("equation == 'all' and vcov == 'jackknife'").set_index("term")["estimate"]
    np.testing.assert_allclose(stored[TERMS], result.headline.params.set_index("term")["estimate"][TERMS], rtol=1e-12)


def test_same_study_same_bytes(study: Path, tmp_path: Path) -> None:
    first, second = (estimate(study, out=tmp_path / name).run_dir for name in ("one", "two"))
    assert first is not None
    assert second is not None
    one, other = (json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (first, second))
    assert one["outputs"] == other["outputs"]
    assert one["run_id"] == other["run_id"]


def test_command_prints_the_table_and_names_the_run(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("estimate", str(study), "--out", str(tmp_path / "out"), "--lang", "zh") == 0
    out = capsys.readouterr().out
    assert "did × 供给型" in out
    assert "括号内为刀切法" in out
    latest = (tmp_path / "out" / "latest_estimate.txt").read_text(encoding="utf-8").strip()
    assert latest in out.replace("\\", "/")


def test_the_note_says_what_was_estimated(result: StudyResult) -> None:
    english, chinese = (tabulate_main(result, lang) for lang in ("en", "zh"))
    assert (
        "Cerqueira–Martins, not standardised, 2010–2022. Pairs: roles one, neither; gravity anchor" in english.notes[1]
    )
    assert "stock of the documents of the treated member, not scaled" in english.notes[1]
    assert "被解释变量：Cerqueira–Martins" in chinese.notes[1]
    assert ["Pairs", *["1,669"] * 4] in print_rows(english)
    assert english.head == ("", "supply", "environment", "demand", "all")
    assert any("jackknife, as the pairs have 90 units" in remark for remark in english.remarks)


def test_style_and_labels_come_from_the_study(study: Path, tmp_path: Path) -> None:
    settings = ["labels.style=stata", "labels.below=ci", "labels.en={did = 'Pilot zone', supply = 'Supply'}"]
    run_dir = estimate(study, out=tmp_path, settings=settings).run_dir
    assert run_dir is not None
    shown = (run_dir / "tables" / "main_en.txt").read_text(encoding="utf-8")
    assert "Pilot zone × Supply" in shown
    assert "within R-sq" in shown
    assert "95 % confidence intervals in brackets; standard errors: jackknife" in shown
    assert "* p<0.05, ** p<0.01, *** p<0.001" in shown
    chinese = (run_dir / "tables" / "main_zh.txt").read_text(encoding="utf-8")
    assert "did × 供给型" in chinese


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("labels.style=aea", r"\[labels\] a table style is one of cn, aer, stata"),
        ("labels.below=sd", r"\[labels\] The 'below' parameter of TableStyle must be one of"),
        ("labels.zh={didd = '政策'}", r"unknown term 'didd' in \[labels.zh\]. Did you mean 'did'"),
        ("labels.zh={xyz = '政策'}", r"unknown term 'xyz' in \[labels.zh\]. It knows: did,"),
    ],
)
def test_labels_that_no_table_shows_are_refused_before_anything_is_written(
    study: Path, tmp_path: Path, setting: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        estimate(study, out=tmp_path / "out", settings=[setting])
    assert not (tmp_path / "out").exists()


def test_another_measure_needs_no_other_transform(study: Path, tmp_path: Path) -> None:
    settings = ["outcome.measure=rolling_correlation", "outcome.options={window=4}", "outcome.standardise=window"]
    text = study.read_text(encoding="utf-8").replace('transform = "none"', "").replace('clip = "none"', "")
    bare = study.parent / "bare.toml"
    bare.write_text(text, encoding="utf-8")
    result = estimate(bare, out=tmp_path, settings=[*settings, "estimate.vcov=hc1"])
    assert any("Rolling windows overlap" in note for note in result.headline.notes)
    assert result.panel.panel["synchronization"].dropna().abs().max() <= 1


def test_json_is_one_object(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command("estimate", str(study), "--out", str(tmp_path / "out"), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema_version"] == 1
    rows = [row for row in found["estimates"] if row["equation"] == "all"]
    assert [row["vcov"] for row in rows if row["term"] == "did"] == ["jackknife", "dyadic", "cluster"]
    assert set(found) >= {"equality", "correlations", "inflation", "treated_zero", "dropped", "notes", "run_dir"}


def test_province_pairs_can_be_absorbed_by_year(study: Path, tmp_path: Path) -> None:
    """Against means of pairs and of province pairs in a year, taken out in turn."""
    result = estimate(
        study, out=tmp_path, settings=["estimate.absorb=['pair', 'province_pair^period']", "estimate.vcov=hc1"]
    )
    panel = result.panel.panel
    provinces = panel["unit_i"].str[:2] + panel["unit_j"].str[:2]
    ordered = provinces.where(panel["unit_i"].str[:2] <= panel["unit_j"].str[:2], provinces.str[2:] + provinces.str[:2])
    cells = pd.factorize(ordered + panel["period"].astype(str))[0]
    columns = panel[["synchronization", *TERMS]].to_numpy(dtype=float).T.reshape(5, -1, len(YEARS))
    within = (columns - columns.mean(axis=2, keepdims=True)).reshape(5, -1)
    pairs = np.arange(len(panel)) // len(YEARS)
    for _ in range(60):
        within -= (np.stack([np.bincount(cells, row) for row in within]) / np.bincount(cells))[:, cells]
        within -= (np.stack([np.bincount(pairs, row) for row in within]) / len(YEARS))[:, pairs]
    expected = np.linalg.lstsq(within[1:].T, within[0], rcond=None)[0]
    found = result.headline.params.set_index("term").loc[TERMS, "estimate"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_an_estimate_is_no_run_of_scores(result: StudyResult) -> None:
    assert result.run_dir is not None
    with pytest.raises(RunError, match="kind 'estimate', not 'scores'"):
        textq.load_run(result.run_dir)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (["scores.measure=stok"], ConfigError, "measure must be one of .*stock"),
        (["treatment.timing=soon"], StudyError, r"\[treatment\]: The 'timing' parameter .* Got 'soon'"),
        (["estimate.absorb=['pair', 'node^period']"], StudyError, r"\[estimate\]: node\^period absorbs did"),
        (["estimate.controls=['gdp:median']"], StudyError, "rule"),
        (["estimate.controls=['fdi']"], ConfigError, "control 'fdi' is no column of the file of units: .*gdp"),
        (["estimate.regressors=['did', 'did:talent']"], ConfigError, "did:supply.*Got did:talent"),
        (["estimate.regressors=['did', 'gdp']"], ConfigError, "Got gdp.*under controls"),
        (["estimate.vcov=none"], StudyError, r"\[estimate\]: The 'vcov' parameter"),
        (["outcome.window=[2000, 2022]"], ConfigError, "goes beyond the series.*2010 to 2022"),
        (["outcome.options={windw=5}"], ConfigError, "options can be window, fisher, ddof. Got windw"),
        (["outcome.filter=hp", "outcome.filter_options={filter=1}"], ConfigError, "filter_options cannot hold filter"),
        (["outcome.standardise=pre", "outcome.window=[2016, 2022]"], StudyError, "first designation, in 2015"),
        (["scores.incomplete=maybe"], ConfigError, '"refuse" or "keep"'),
        (["labels.lang=cn"], ConfigError, '"zh" or "en"'),
        (["scores.measure=n_clauses"], ConfigError, "measure must be one of"),
        (["outcome.window=[2010, 2012]"], StudyError, "4"),
        (["series.value=gpd"], SeriesFileError, "gpd"),
    ],
)
def test_what_cannot_be_estimated_is_refused_with_its_section(
    study: Path, tmp_path: Path, settings: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        estimate(study, out=tmp_path / "out", settings=settings)
    assert not (tmp_path / "out" / "runs").exists()


def test_a_designated_city_year_outside_coverage_is_refused_by_name(study: Path, tmp_path: Path) -> None:
    coverage = tmp_path / "coverage.csv"
    coverage.write_text("unit,first_period,last_period\n330100,2015,2019\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"330100 in 2020.*330100 in 2021.*330100 in 2022"):
        estimate(study, out=tmp_path / "out", settings=[f"scores.coverage={coverage.as_posix()}"])


def test_the_roster_serves_where_no_designations_are_named(study: Path, result: StudyResult, tmp_path: Path) -> None:
    """The sample's designations are cut from the roster, and no other city of it is a zone."""
    text = study.read_text(encoding="utf-8")
    section = text[text.index("[designations]") : text.index("[pairs]")]
    bare = study.parent / "roster.toml"
    bare.write_text(text.replace(section, ""), encoding="utf-8")
    found = estimate(bare, out=tmp_path)
    pd.testing.assert_frame_equal(found.headline.params, result.headline.params)
    assert any("are not confirmed" in note and "潍坊市" in note for note in found.headline.notes)


def test_gravity_without_units_says_what_is_missing(study: Path, tmp_path: Path) -> None:
    text = study.read_text(encoding="utf-8")
    bare = tmp_path / "study.toml"
    bare.write_text(text.replace('[units]\nfile = "outcomes/units.csv"\n', ""), encoding="utf-8")
    shutil.copytree(study.parent / "outcomes", tmp_path / "outcomes")
    with pytest.raises(ConfigError, match=r"gravity = 'anchor' needs population.*\[units\]"):
        estimate(bare, out=tmp_path / "out")
