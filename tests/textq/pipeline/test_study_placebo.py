"""The placebo of a study: the headline's equation, what cannot be repeated, runs that continue earlier ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ.panel import fit_panel
from textq.cli import main
from textq.config import Study, read_study
from textq.errors import StudyError
from textq.pipeline.estimates import StudyResult, estimate
from textq.pipeline.study_check_tables import tabulate_placebo
from textq.pipeline.study_inputs import Inputs
from textq.pipeline.study_panel import StudyPanel, build_panel
from textq.pipeline.study_placebo import run_study_placebo

from .made_studies import CITIES, DID_STUDY, make_inputs

N_CITIES = 20


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return make_inputs()


def build(folder: Path, inputs: Inputs, *settings: str) -> tuple[Study, StudyPanel]:
    path = folder / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    study = read_study(path, ["scores.run=unused", "estimate.regressors=['did', 'did:supply']", *settings])
    return study, build_panel(study, inputs)


@pytest.fixture
def study_file(repository: Path, tmp_path: Path) -> Path:
    """A study of did alone on some cities of the sample."""
    tables = {
        name: pd.read_csv(repository / "corpus" / "outcomes" / f"{name}.csv", dtype={"unit": str})
        for name in ("series", "designations")
    }
    kept = sorted(tables["series"]["unit"].unique())[:N_CITIES]
    for name, table in tables.items():
        table[table["unit"].isin(kept)].to_csv(tmp_path / f"{name}.csv", index=False)
    path = tmp_path / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    return path


def run(study: Path, folder: str, *settings: str) -> StudyResult:
    result = estimate(study, out=study.parent / folder, settings=settings)
    assert result.run_dir is not None
    return result


def read_meta(result: StudyResult) -> dict[str, object]:
    return json.loads((result.run_dir / "run.json").read_text(encoding="utf-8"))


def test_without_the_section_there_is_no_placebo(tmp_path: Path, inputs: Inputs) -> None:
    assert run_study_placebo(*build(tmp_path, inputs)) is None


def test_the_placebo_tests_the_headline(tmp_path: Path, inputs: Inputs) -> None:
    """Its observed statistics are the coefficients and dyadic t values of the study's equation."""
    study, panel = build(tmp_path, inputs, "placebo.draws=19", "placebo.strata=region")
    placebo = run_study_placebo(study, panel)
    assert placebo is not None
    dyadic = {"dyadic": ("unit_i", "unit_j")}
    fitted = fit_panel(panel.panel, "synchronization", ["did", "did:supply"], ["pair", "period"], dyadic)
    params = fitted.params.set_index("term")
    observed = placebo.tests.set_index("statistic")["observed"]
    np.testing.assert_allclose(observed[["did", "did:supply"]], params["estimate"], rtol=1e-9)
    np.testing.assert_allclose(observed[["t(did)", "t(did:supply)"]], params["statistic"], rtol=1e-9)
    assert (len(placebo.draws), placebo.spec.strata) == (19, "region")


def test_the_error_in_t_is_that_of_the_section_and_the_table_says_so(tmp_path: Path, inputs: Inputs) -> None:
    settings = ("placebo.draws=20", "placebo.studentise=members")
    placebo = run_study_placebo(*build(tmp_path, inputs, *settings))
    dyadic = run_study_placebo(*build(tmp_path, inputs, settings[0]))
    assert placebo is not None
    assert dyadic is not None
    assert placebo.draws["did"].equals(dyadic.draws["did"])
    assert not placebo.draws["t(did)"].equals(dyadic.draws["t(did)"])
    assert "its member-clustered" in tabulate_placebo(placebo, "en", {}).notes[0]
    assert "除以二元组聚类稳健标准误" in tabulate_placebo(dyadic, "zh", {}).notes[0]


@pytest.mark.parametrize("draws", [1, 98, 99])
def test_few_draws_are_said_to_be_rough(tmp_path: Path, inputs: Inputs, draws: int) -> None:
    placebo = run_study_placebo(*build(tmp_path, inputs, f"placebo.draws={draws}", "estimate.regressors=['did']"))
    assert placebo is not None
    for lang, words in (("en", f"Draws: {draws}. No p-value"), ("zh", f"抽样仅{draws}次")):
        table = tabulate_placebo(placebo, lang, {})
        assert any(note.startswith(words) for note in table.notes) == (draws < 99)
        assert [str(row[-1]) == "–" for row in table.blocks[0]] == [draws == 1] * 2


@pytest.mark.parametrize("kind", ["time", "mixed"])
def test_other_dates_without_scores_in_all_years_say_what_works(tmp_path: Path, inputs: Inputs, kind: str) -> None:
    """The year before the first designation of a city is treated in some draw."""
    gap = (inputs.scores["unit"] == CITIES[0]) & (inputs.scores["period"] < 2011)
    short = replace(inputs, scores=inputs.scores[~gap])
    settings = (f"placebo.kind={kind}", "placebo.draws=19")
    with pytest.raises(StudyError, match=r"\[placebo\]: .*estimate\.regressors = \[\"did\"\]\), or scores for all"):
        run_study_placebo(*build(tmp_path, short, *settings))
    assert run_study_placebo(*build(tmp_path, short, *settings, "estimate.regressors=['did']")) is not None
    assert run_study_placebo(*build(tmp_path, inputs, *settings)) is not None


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("estimate.controls=['gdp']", r"\[placebo\]: the recipe is repeated .* has the control gdp"),
        ("estimate.absorb=['pair', 'period', 'province_pair^period']", "absorb = "),
        ("estimate.regressors=['did:supply']", "regressors without did"),
        ("pairs.keep={strongest = 3}", r"\[placebo\]: keep="),
        ("placebo.kind=cities", r"\[placebo\]: The 'kind' parameter"),
    ],
)
def test_a_recipe_that_cannot_be_repeated_is_refused(
    tmp_path: Path, inputs: Inputs, setting: str, message: str
) -> None:
    inputs = replace(inputs, units=inputs.units.assign(province="33"))
    with_gravity = ["pairs.gravity=simple"] if "strongest" in setting else []
    if with_gravity:
        places = {"population": 1.0, "longitude": np.arange(12.0), "latitude": np.arange(12.0)}
        inputs = replace(inputs, units=inputs.units.assign(**places))
    study, panel = build(tmp_path, inputs, "placebo.draws=19", setting, *with_gravity)
    with pytest.raises(StudyError, match=message):
        run_study_placebo(study, panel)


def test_a_longer_run_continues_the_shorter_one_and_writes_the_same_bytes(study_file: Path) -> None:
    fresh = run(study_file, "fresh", "placebo.draws=60")
    run(study_file, "out", "placebo.draws=40")
    made: list[int] = []
    result = estimate(
        study_file, out=study_file.parent / "out", settings=["placebo.draws=60"],
        progress=lambda done, total: made.append(total),
    )  # fmt: skip
    assert set(made) == {20}
    assert read_meta(result)["outputs"] == read_meta(fresh)["outputs"]
    assert read_meta(result)["placebo"]["seed"] == 20_150_307


@pytest.mark.parametrize("change", ["placebo.seed=2", "damage"])
def test_another_study_or_a_damaged_run_is_not_continued(study_file: Path, change: str) -> None:
    first = run(study_file, "out", "placebo.draws=40")
    settings = ["placebo.draws=60"]
    if change == "damage":
        (first.run_dir / "placebo_draws.parquet").write_bytes(b"")
    else:
        settings.append(change)
    made: list[int] = []
    estimate(
        study_file, out=study_file.parent / "out", settings=settings,
        progress=lambda done, total: made.append(total),
    )  # fmt: skip
    assert set(made) == {60}


def test_the_run_holds_event_study_and_placebo_and_the_hash_of_each_file(study_file: Path) -> None:
    result = run(study_file, "out", "placebo.draws=19", "event_study.draws=1000")
    files = {path.relative_to(result.run_dir).as_posix() for path in result.run_dir.rglob("*") if path.is_file()} - {
        "run.json"
    }
    assert set(read_meta(result)["outputs"]) == files
    assert {"event_study.csv", "event_study_tests.csv", "honest_window.csv", "honest_pre.csv"} < files
    assert {"placebo.csv", "placebo_draws.csv", "tables/placebo_zh.txt", "tables/event_study_en.tex"} < files
    honest = pd.read_csv(result.run_dir / "honest_window.csv")
    points = pd.read_csv(result.run_dir / "event_study.csv", encoding="utf-8-sig").query("standardise == 'window'")
    expected = points.set_index("event_time")["estimate"].drop(-1)
    np.testing.assert_allclose(honest.set_index("event_time")["estimate"], expected, rtol=1e-12)
    assert "Sun and Abraham" in (result.run_dir / "notes.txt").read_text(encoding="utf-8")


def test_the_command_prints_both(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["estimate", str(study_file), "--out", str(study_file.parent / "out"), "--lang", "zh"]
    arguments += ["--set", "placebo.draws=19", "--set", "event_study.window=[-3, 3]"]
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--json"])
    assert stop.value.code == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert len(found["event_study"]["points"]) == 14
    assert [row["statistic"] for row in found["placebo"]["tests"]] == ["did", "t(did)"]
    assert all(words in told.err for words in ("窗口期", "事前", "双侧p值", "抽样仅19次"))
    (run_dir,) = (study_file.parent / "out" / "runs").iterdir()
    assert "two-sided p" in (run_dir / "tables" / "placebo_en.txt").read_text(encoding="utf-8")
