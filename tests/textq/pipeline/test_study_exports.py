"""What a study writes for other programs, on twelve made cities."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.textq.pipeline.made_studies import make_inputs
from textq.config import read_study
from textq.export.r_script import render_r
from textq.pipeline.estimates import StudyResult, fit_study
from textq.pipeline.study_exports import write_exports
from textq.pipeline.study_panel import build_panel
from textq.pipeline.study_replication import plan_replication, prepare_panel
from textq.pipeline.study_tables import write_tables

RUN_ID = "0123456789ab"
STUDY = """
[scores]
run = "unused"
[series]
file = "unused.csv"
[designations]
file = "unused.csv"
[units]
file = "unused.csv"
[pairs]
gravity = "none"
keep = "none"
roles = ["one", "neither", "both"]
[estimate]
regressors = ["did", "did:supply"]
controls = ["gdp"]
"""


def make_result(folder: Path, *settings: str) -> StudyResult:
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    study = read_study(path, settings)
    return fit_study(study, build_panel(study, make_inputs()))


def write_all(result: StudyResult, folder: Path) -> Path:
    run_dir = folder / "run"
    run_dir.mkdir()
    write_tables(result, run_dir, RUN_ID)
    write_exports(result, make_inputs(), RUN_ID, run_dir)
    return run_dir


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    return make_result(tmp_path_factory.mktemp("study"))


def test_all_files_are_there(result: StudyResult, tmp_path: Path) -> None:
    run_dir = write_all(result, tmp_path)

    assert sorted(path.name for path in (run_dir / "replicate").iterdir()) == [
        "estimate.R", "estimate.do", "panel.dta", "scores.dta",
    ]  # fmt: skip
    assert (run_dir / "data.xlsx").is_file()
    assert (run_dir / "datapackage.json").is_file()


def test_the_same_result_gives_the_same_bytes(result: StudyResult, tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        folder = write_all(result, tmp_path / name)
        written.append({path.name: path.read_bytes() for path in folder.rglob("*.*")})

    assert written[0] == written[1]


def test_the_panel_for_stata_has_the_numbers_of_the_panel(result: StudyResult, tmp_path: Path) -> None:
    found = pd.read_stata(write_all(result, tmp_path) / "replicate" / "panel.dta", convert_categoricals=False)
    panel = result.panel.panel

    for source, name in {"synchronization": "synchronization", "did:supply": "did_supply", "gdp": "gdp"}.items():
        assert found[name].tolist() == panel[source].tolist()
    assert found["unit_i"].astype(str).tolist() == panel["unit_i"].tolist()
    assert found.groupby("pair_id")[["unit_i", "unit_j"]].nunique().max().max() == 1
    assert found["pair_id"].nunique() == panel["pair_id"].nunique()
    assert found["role"].map({0: "neither", 1: "one", 2: "both"}).tolist() == panel["role"].tolist()
    assert found.loc[0, "name_i"] == "杭州市"


def test_units_that_are_no_places_are_numbered_and_labelled(result: StudyResult) -> None:
    town_columns = ("unit_i", "unit_j", "treated_unit")
    panel = result.panel
    towns = {name: panel.panel[name].map(lambda code: f"town{code}", na_action="ignore") for name in town_columns}
    frame = panel.panel.assign(**towns)
    moved = replace(result, panel=replace(panel, panel=frame))
    table = prepare_panel(moved)
    labels = {column.source: column.values["zh"] for column in table.columns if column.source in town_columns}

    assert table.frame["name_i"].iloc[0] == "town330100"
    assert labels["unit_i"] == labels["unit_j"] == labels["treated_unit"]
    for name in town_columns:
        shown = table.frame[name].map(labels[name])
        assert shown.fillna("").tolist() == frame[name].fillna("").tolist()


def test_scores_for_stata_are_those_of_the_inputs(result: StudyResult, tmp_path: Path) -> None:
    found = pd.read_stata(write_all(result, tmp_path) / "replicate" / "scores.dta")

    assert list(found.columns) == ["unit", "name", "period", "coverage", "tq_supply"]
    assert found["tq_supply"].tolist() == make_inputs().scores["supply"].tolist()  # type: ignore[index]


def test_the_numbers_to_compare_are_those_of_the_estimates(result: StudyResult) -> None:
    plan = plan_replication(result, RUN_ID)
    (headline,) = [equation for equation in plan.equations if equation.name == "all"]
    fit = result.headline
    by_pair = fit.with_vcov({"cluster": "pair_id"}, "fixest").params["std_error"]

    assert [term.column for term in headline.terms] == ["did", "did_supply"], "gdp does not vary in time"
    assert [term.estimate for term in headline.terms] == fit.params["estimate"].tolist()
    assert [term.errors["fixest", "pair"] for term in headline.terms] == by_pair.tolist()
    assert headline.list_errors("reghdfe") == ("iid", "hc1", "pair", "twoway")
    assert [effect.columns for effect in plan.effects] == [("pair_id",), ("period",)]
    assert [effect.n_levels for effect in plan.effects] == [66, 12]
    assert [equation.name for equation in plan.equations] == ["all", "all, without did"]


def test_labels_are_in_the_language_of_the_study(tmp_path: Path) -> None:
    folder = write_all(make_result(tmp_path, "labels.lang=zh"), tmp_path)
    with pd.read_stata(folder / "replicate" / "panel.dta", iterator=True) as reader:
        labels = reader.variable_labels()

    assert labels["did_supply"] == "did × supply（stock／标准差）"
    assert labels["gdp"] == "控制变量：|Δ ln gdp|"
    assert "label language zh, rename" in (folder / "replicate" / "estimate.do").read_text(encoding="utf-8")


def test_effects_of_both_members_are_refused_in_words(tmp_path: Path) -> None:
    settings = ('estimate.absorb=["pair", "node^period"]', 'estimate.regressors=["did"]', "estimate.vcov=hc1")
    plan = plan_replication(make_result(tmp_path, *settings), RUN_ID)

    assert plan.refused == ("node^period",)


def test_the_workbook_and_the_package_hold_the_tables(result: StudyResult, tmp_path: Path) -> None:
    run_dir = write_all(result, tmp_path)
    book = openpyxl.load_workbook(run_dir / "data.xlsx")
    rows = list(book["estimates"].iter_rows(values_only=True))
    package = json.loads((run_dir / "datapackage.json").read_text(encoding="utf-8"))

    assert book.sheetnames == ["说明", "estimates", "intensities", "scales", "inflation", "dropped"]
    assert rows[1][3] == result.headline.params["estimate"].iloc[0]
    resources = {one["name"]: one for one in package["resources"]}
    assert {"panel", "estimates", "tables/main_zh"} <= set(resources)
    assert resources["panel"]["schema"]["primaryKey"] == ["unit_i", "unit_j", "period"]


@pytest.mark.full
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R: Rscript on the path")
@pytest.mark.parametrize("absorb", ['["pair", "period"]', '["period"]', '["unit_i", "unit_j", "period"]'])
def test_r_finds_the_same_numbers_on_an_unbalanced_panel(absorb: str, tmp_path: Path) -> None:
    result = make_result(tmp_path, f"estimate.absorb={absorb}", "estimate.vcov=hc1")
    frame = result.panel.panel.sample(frac=0.7, random_state=1)
    frame.loc[frame.index[:40], "synchronization"] = float("nan")
    thinned = fit_study(result.study, replace(result.panel, panel=frame))
    done = subprocess.run(
        ["Rscript", str(write_all(thinned, tmp_path) / "replicate" / "estimate.R")],
        capture_output=True, check=False, text=True, encoding="utf-8",
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "All numbers compared agree" in done.stdout
    assert "The errors of the tables (hc1, ssc fixest) were not among them." in done.stdout
    assert "are among them" not in done.stdout


CITIES = '{twoway=["unit_i", "unit_j"]}'


@pytest.mark.parametrize(
    ("vcov", "ssc", "shown", "compared"),
    [
        ('{cluster="pair_id"}', "fixest", "cluster by pair_id, ssc fixest", {"fixest": "pair", "reghdfe": "pair"}),
        ('{cluster="pair_id"}', "none", "cluster by pair_id, ssc none", {}),
        ('{cluster="unit_i"}', "fixest", "cluster by unit_i, ssc fixest", {}),
        ('{cluster="period"}', "reghdfe", "cluster by period, ssc reghdfe", {}),
        (CITIES, "reghdfe", "twoway by unit_i, unit_j, ssc reghdfe", {"reghdfe": "twoway"}),
        ('{twoway=["unit_i", "period"]}', "reghdfe", "twoway by unit_i, period, ssc reghdfe", {}),
        ("hc1", "reghdfe", "hc1, ssc reghdfe", {"reghdfe": "hc1"}),
        ("hc1", "none", "hc1, ssc none", {}),
        ("iid", "none", "iid, ssc none", {}),
    ],
)  # fmt: skip
def test_errors_of_the_tables_are_compared_if_the_program_computes_just_them(
    vcov: str, ssc: str, shown: str, compared: dict[str, str], tmp_path: Path
) -> None:
    settings = ('estimate.regressors=["did"]', f"estimate.vcov={vcov}", f'estimate.ssc="{ssc}"')
    fitted = make_result(tmp_path, *settings)
    plan = plan_replication(fitted, RUN_ID)

    assert [equation.vcov for equation in plan.equations] == [shown] * len(plan.equations)
    assert [equation.compared for equation in plan.equations] == [compared] * len(plan.equations)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R: Rscript on the path")
def test_r_skips_what_textq_has_no_number_for(tmp_path: Path) -> None:
    fitted = make_result(tmp_path, 'estimate.vcov={cluster="unit_i"}')
    params = fitted.headline.params.assign(std_error=float("nan"))
    gaps = replace(fitted, estimates=dict(fitted.estimates) | {"all": replace(fitted.headline, params=params)})
    run_dir = write_all(fitted, tmp_path)
    text = render_r(plan_replication(gaps, RUN_ID)).replace("iid = c(", "iid = NA_real_ * c(", 1)
    script = run_dir / "replicate" / "estimate.R"
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(["Rscript", str(script)], capture_output=True, check=False, text=True, encoding="utf-8")

    assert "error = c(NA_real_, NA_real_)," in text
    assert done.returncode == 0, done.stdout + done.stderr
    assert "classical error of did: textq has no number; not compared." in done.stdout
    assert "classical error of did_supply: textq has no number; not compared." in done.stdout
    assert "The errors of the tables (cluster by unit_i, ssc fixest) were not among them." in done.stdout
