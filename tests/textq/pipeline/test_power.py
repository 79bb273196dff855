"""The power of a study: its options, its coding errors where scores count clauses, its run folder, what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from textq.cli import main
from textq.config import Study, read_study
from textq.errors import ConfigError, RunError, StudyError
from textq.export.run_folder import find_run
from textq.pipeline.power import PowerOptions, measure_power, read_confusion, simulate_study
from textq.pipeline.power_tables import list_power_tables, tabulate_coding
from textq.pipeline.study_inputs import Inputs
from textq.pipeline.study_panel import StudyPanel, build_panel

from .made_studies import DID_STUDY, YEARS, make_cells

CITIES = [f"{code}" for code in range(330100, 332900, 200)]
CLASSES = ["supply", "demand", "none"]
FEW = PowerOptions(draws=20, accuracies=(0.9,), audits=(300,))


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    rng = np.random.default_rng(3)
    cells = make_cells(CITIES)
    designations = pd.DataFrame({"unit": CITIES[:6], "date": pd.to_datetime(["2013-05-01", "2014-02-01"] * 3)})
    stocks = rng.poisson(20, (len(CITIES), len(YEARS), 3)).cumsum(axis=1).reshape(-1, 3)
    counts = cells.assign(**dict(zip(CLASSES, stocks.T.astype(float), strict=True)))
    rows = counts.melt(["unit", "period"], var_name="instrument", value_name="stock")
    run = SimpleNamespace(scores=rows.assign(share=0.5), meta={"classes": CLASSES}, name_code=lambda code, lang: code)
    series = cells.assign(value=rng.normal(8, 2, len(cells)))
    scores = counts.drop(columns="none").assign(coverage="declared")
    units = pd.DataFrame({"unit": CITIES, "gdp": rng.uniform(1, 9, len(CITIES))})
    return Inputs(series, designations, units, scores, run, ())


def build(folder: Path, inputs: Inputs, *settings: str) -> tuple[Study, StudyPanel, Inputs]:
    path = folder / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    terms = "estimate.regressors=['did', 'did:supply', 'did:demand']"
    study = read_study(path, ["scores.run=unused", terms, *settings])
    return study, build_panel(study, inputs), inputs


@pytest.fixture
def study_file(repository: Path, tmp_path: Path) -> Path:
    """A study of did alone on some cities of the sample."""
    tables = {
        name: pd.read_csv(repository / "corpus" / "outcomes" / f"{name}.csv", dtype={"unit": str})
        for name in ("series", "designations")
    }
    kept = sorted(tables["series"]["unit"].unique())[:20]
    for name, table in tables.items():
        table[table["unit"].isin(kept)].to_csv(tmp_path / f"{name}.csv", index=False)
    path = tmp_path / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    return path


def test_scores_that_count_clauses_are_coded_with_error_and_audited(tmp_path: Path, inputs: Inputs) -> None:
    result = simulate_study(*build(tmp_path, inputs), FEW)
    found = result.power.smallest.drop_duplicates(["coding", "n_audited"])
    assert list(found["coding"]) == ["exact", "uncorrected", "known", "audited"]
    assert list(found["n_audited"].dropna()) == [300]
    assert result.power.vcov == "jackknife"
    slopes = result.power.smallest.query("term == 'did:supply'").set_index("coding")["slope"]
    assert slopes["exact"].iloc[0] == 1
    assert abs(slopes["uncorrected"].iloc[0] - 1) > 0.005
    for lang, words in (("en", "corrected, 300 clauses audited"), ("zh", "校正，审核300条条款")):
        table = tabulate_coding(result, lang)
        assert table.head == ("", "0.9")
        assert words in [row[0] for block in table.blocks for row in block]
        assert {len(row) for block in table.blocks for row in block} == {2}


def test_the_scale_of_the_scores_is_that_of_the_effects(tmp_path: Path, inputs: Inputs) -> None:
    """Effects per clause, and per standard deviation of clauses, are the same but for that number."""
    raw, scaled = (
        simulate_study(*build(tmp_path, inputs, f"treatment.scale={scale}"), FEW) for scale in ("none", "sd")
    )
    scales = scaled.panel.scales.set_index("instrument")["scale"]
    for name in ("supply", "demand"):
        one, other = (
            result.power.smallest.query("term == @term")["effect"].to_numpy()
            for result, term in ((raw, f"did:{name}"), (scaled, f"did:{name}"))
        )
        np.testing.assert_allclose(one * scales[name], other, rtol=1e-6)


def test_other_measures_have_no_coding_error_and_say_so(tmp_path: Path, inputs: Inputs) -> None:
    result = simulate_study(*build(tmp_path, inputs, "scores.measure=share"), FEW)
    assert set(result.power.smallest["coding"]) == {"exact"}
    assert "simulated for measure = stock and count, not for share" in result.notes[0]
    weighted = replace(
        inputs, run=SimpleNamespace(
            scores=inputs.run.scores.assign(stock=inputs.run.scores["stock"] * 0.9), meta=inputs.run.meta,
            name_code=inputs.run.name_code,
        )
    )  # fmt: skip
    assert "no whole number of clauses" in simulate_study(*build(tmp_path, weighted), FEW).notes[0]


def test_did_alone_has_no_coded_score(tmp_path: Path, inputs: Inputs) -> None:
    result = simulate_study(*build(tmp_path, inputs, "estimate.regressors=['did']"), FEW)
    assert set(list_power_tables(result, "en")) == {"power_smallest", "power_curve"}
    assert any("the size of an audit plays no part" in note for note in result.power.notes)


def write_confusion(path: Path, counts: list[list[object]], names: list[str] = CLASSES) -> Path:
    table = pd.DataFrame(counts, columns=names).assign(gold=names)
    table[["gold", *names]].to_csv(path, index=False, encoding="utf-8-sig")
    return path


def test_the_confusion_matrix_of_a_real_coder_can_be_tried(tmp_path: Path, inputs: Inputs) -> None:
    path = write_confusion(tmp_path / "confusion.csv", [[80, 10, 10], [5, 90, 5], [0, 4, 196]])
    expected = np.array([[0.80, 0.05, 0.0], [0.10, 0.90, 0.02], [0.10, 0.05, 0.98]])
    np.testing.assert_allclose(read_confusion(path, CLASSES), expected)
    result = simulate_study(*build(tmp_path, inputs), replace(FEW, confusion=path))
    assert list(result.power.smallest["accuracy"].dropna().unique()) == ["0.9", "confusion"]
    assert tabulate_coding(result, "en").head == ("", "0.9", "confusion")


@pytest.mark.parametrize(
    ("counts", "names", "message"),
    [
        ([[80, 10, 10], [5, 90, 5], [0, 4, 196]], ["supply", "talent", "none"], "a row a class: supply, demand, none"),
        ([[80, 10, 10], [0, 0, 0], [0, 4, 196]], CLASSES, "none is of demand"),
        ([[80, -1, 10], [5, 90, 5], [0, 4, 196]], CLASSES, "numbers from 0"),
        ([["many", 1, 10], [5, 90, 5], [0, 4, 196]], CLASSES, "one column of counts a class"),
    ],
)
def test_a_confusion_matrix_that_is_none_is_refused(
    tmp_path: Path, counts: list[list[object]], names: list[str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_confusion(write_confusion(tmp_path / "c.csv", counts, names), CLASSES)


@pytest.mark.parametrize(
    ("settings", "options", "message"),
    [
        (["estimate.controls=['gdp']"], FEW, r"\[estimate\]: the recipe is repeated .* the control gdp"),
        (["estimate.vcov=hc1"], FEW, r"\[estimate\]: power is simulated with the jackknife"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    tmp_path: Path, inputs: Inputs, settings: list[str], options: PowerOptions, message: str
) -> None:
    with pytest.raises(StudyError, match=message):
        simulate_study(*build(tmp_path, inputs, *settings), options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"accuracies": (0.2,)}, "--accuracy: .* above 1/3, which is chance with 3 classes"),
        ({"audits": (1,)}, r"--audit must give 3 clauses \(one a class\) or more. Got 1"),
    ],
)
def test_what_the_classes_of_the_run_do_not_allow_is_refused_by_the_name_of_the_option(
    tmp_path: Path, inputs: Inputs, options: dict[str, tuple[float, ...]], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        simulate_study(*build(tmp_path, inputs), replace(FEW, **options))


def test_settings_of_the_placebo_that_power_does_not_use_are_named(tmp_path: Path, inputs: Inputs) -> None:
    plain = simulate_study(*build(tmp_path, inputs, "placebo.draws=99"), FEW)
    assert not any("not used here" in note for note in plain.notes)
    other = simulate_study(*build(tmp_path, inputs, "placebo.kind=time", "placebo.sample=fixed"), FEW)
    assert "placebo.kind = time and placebo.sample = fixed: not used here." in other.notes[0]
    pd.testing.assert_frame_equal(plain.power.smallest, other.power.smallest)


def test_an_effect_that_the_draws_do_not_tell_is_shown_as_what_it_is_beyond(tmp_path: Path, inputs: Inputs) -> None:
    result = simulate_study(*build(tmp_path, inputs), FEW)
    smallest = result.power.smallest.copy()
    chosen = (smallest["term"] == "did:supply") & (smallest["direction"] == "+") & (smallest["test"] == "t")

    def show(effect: float, low: float, high: float) -> str:
        values = {"effect": effect, "low": low, "high": high, "slope": 1.25}
        for name, value in values.items():
            smallest.loc[chosen & (smallest["coding"] == "known"), name] = value
        table = tabulate_coding(replace(result, power=replace(result.power, smallest=smallest)), "en")
        assert "beyond x" in table.notes[1]
        return next(row[1] for row in table.blocks[1] if row[0] == "corrected, confusion known")

    assert show(0.5, 0.4, 0.7) == "0.5000 (1.25)"
    assert show(0.5, 0.4, 1.6) == "> 0.4000 (1.25)"
    assert show(13.7, 0.2, np.inf) == "> 0.2000 (1.25)"
    assert show(np.inf, np.inf, np.inf) == "none (1.25)"


def test_the_coding_table_shows_did_and_what_1_is_estimated_as(tmp_path: Path, inputs: Inputs) -> None:
    result = simulate_study(*build(tmp_path, inputs), FEW)
    table = tabulate_coding(result, "zh")
    assert len(table.blocks) == 3
    found = result.power.smallest.query("term == 'did' and coding == 'uncorrected'").iloc[0]
    assert dict(table.blocks[0])["不校正"].endswith(f"({found['slope']:.2f})")
    assert "真实效应为1时的估计值" in table.notes[0]


def test_the_run_folder_holds_tables_draws_and_the_hash_of_each_file(study_file: Path) -> None:
    one, same, other = (
        measure_power(study_file, PowerOptions(draws=20, seed=seed), out=study_file.parent / "out")
        for seed in (1, 1, 2)
    )
    metas = [json.loads((result.run_dir / "run.json").read_text(encoding="utf-8")) for result in (one, same, other)]
    files = {path.relative_to(one.run_dir).as_posix() for path in one.run_dir.rglob("*") if path.is_file()}
    assert set(metas[0]["outputs"]) == files - {"run.json"}
    assert {"power.csv", "power_smallest.csv", "power_draws.parquet", "notes.txt", "tables/power_curve_zh.tex"} < files
    assert metas[0]["outputs"] == metas[1]["outputs"]
    assert metas[0]["run_id"] == metas[1]["run_id"] != metas[2]["run_id"]
    assert metas[0]["parameters"]["seed"] == 1
    assert find_run(study_file.parent / "out", "power") == other.run_dir
    with pytest.raises(RunError, match="kind 'power', not 'estimate'"):
        find_run(one.run_dir, "estimate")


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["power", *arguments])
    told = capsys.readouterr()
    return int(stop.value.code or 0), told.out, told.err


def test_the_command_prints_the_tables(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = study_file.parent / "out"
    code, shown, _ = run_command(
        capsys, str(study_file), "--out", str(out), "--lang", "zh", "--draws", "20", "--power", ".9",
        "--effects", "5，10",
    )  # fmt: skip
    assert code == 0
    assert "最小可检测效应：检验功效90%" in shown
    assert "10.0000" in shown
    (run_dir,) = (out / "runs").iterdir()
    english = (run_dir / "tables" / "power_smallest_en.txt").read_text(encoding="utf-8")
    assert "Smallest detectable effects: power 90%" in english


def test_json_is_one_object(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = run_command(
        capsys, str(study_file), "--out", str(study_file.parent / "o"), "--draws", "20", "--json"
    )
    found = json.loads(shown)
    assert code == 0
    assert (found["draws"], found["seed"], found["n_units"]) == (20, 20_150_307, 20)
    assert {row["test"] for row in found["smallest"]} == {"t", "permutation"}
    assert found["curve"][0]["effect"] == 0
    assert found["curve"][0]["wrong_sign"] is None
    assert found["strata"] is None
    assert {row["accuracy"] for row in found["smallest"]} == {None}


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--effects", "a,b", "numbers separated by commas"),
        ("--audit", "1.5", "whole numbers separated by commas"),
        ("--alpha", "0.7", "--alpha"),
        ("--draws", "0", "--draws"),
        ("--draws", "19", "--draws must be 20 or more"),
        ("--accuracy", "1.2", "--accuracy must give shares"),
        ("--audit", "0", "--audit must give numbers of clauses"),
        ("--power", ".04", "--power must lie between --alpha, 0.05,"),
        ("--effects", "nan", "--effects must give finite numbers"),
    ],
)
def test_values_that_are_none_are_wrong_usage(
    study_file: Path, option: str, value: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, told = run_command(capsys, str(study_file), option, value)
    assert code == 2
    assert words in told
