"""The figures of a study: all of them in both languages, what cannot be drawn is named, and nothing else changes."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

import textq
from econ.errors import FigureError
from textq.cli import main
from textq.errors import ConfigError
from textq.pipeline import study_figures
from textq.pipeline.estimates import StudyResult, estimate
from textq.pipeline.study_figures import EVERY, Undrawn

from .made_studies import DID_STUDY

N_CITIES = 20
CHECKS = ["event_study.draws=200", "placebo.draws=19"]


@pytest.fixture(scope="module")
def study_file(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of did alone on some cities of the sample."""
    folder = tmp_path_factory.mktemp("study")
    for name in ("series", "designations"):
        table = pd.read_csv(repository / "corpus" / "outcomes" / f"{name}.csv", dtype={"unit": str})
        table[table["unit"].isin(sorted(table["unit"].unique())[:N_CITIES])].to_csv(folder / f"{name}.csv", index=False)
    path = folder / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def result(study_file: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    settings = [*CHECKS, "figures.sizes=['a4']", "figures.langs=['zh', 'en']"]
    return estimate(study_file, out=tmp_path_factory.mktemp("out"), settings=settings)


def list_figures(result: StudyResult) -> set[str]:
    assert result.run_dir is not None
    return {path.name for path in (result.run_dir / "figures").iterdir()}


def test_figures_lie_in_the_run_with_their_data(result: StudyResult) -> None:
    names = {"coefficients", "event_study", "placebo_did", "specifications_did"}
    expected = {
        f"{name}_{lang}.{end}" for name in names for lang in ("en", "zh") for end in ("pdf", "svg", "png", "csv")
    }
    assert list_figures(result) == expected
    assert result.undrawn == ()


def test_figures_are_among_the_outputs_of_the_run(result: StudyResult) -> None:
    assert result.run_dir is not None
    meta = json.loads((result.run_dir / "run.json").read_text(encoding="utf-8"))
    assert {f"figures/{name}" for name in list_figures(result)} < set(meta["outputs"])
    assert meta["settings"]["figures"] == {"sizes": ["a4"], "langs": ["zh", "en"], "base_map": None, "approval": None}


def test_the_data_are_those_of_the_tables(result: StudyResult) -> None:
    assert result.run_dir is not None
    folder = result.run_dir
    drawn, stored = (
        pd.read_csv(path, encoding="utf-8-sig")
        for path in (folder / "figures" / "event_study_en.csv", folder / "event_study.csv")
    )
    assert drawn["estimate"].tolist() == pytest.approx(stored["estimate"].tolist())
    bars = pd.read_csv(folder / "figures" / "coefficients_zh.csv", encoding="utf-8-sig")
    assert bars["estimate_name"].tolist() == ["逐一剔除个体的刀切法", "二元组聚类稳健", "聚类到城市对"]


def test_a_slide_has_its_own_files(study_file: Path, tmp_path: Path) -> None:
    result = estimate(study_file, out=tmp_path, settings=["figures.sizes=['slide']", "figures.langs=['zh']"])
    assert "coefficients_zh_slide.pdf" in list_figures(result)
    assert "coefficients_zh.pdf" not in list_figures(result)


def test_without_matplotlib_one_line_says_so_and_all_else_is_written(
    study_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    settings = ["--set", "figures.sizes=['a4']"]
    with pytest.raises(SystemExit) as stop:
        main(["estimate", str(study_file), "--out", str(tmp_path), "--lang", "en", *settings])
    assert stop.value.code == 0
    (line,) = (one for one in capsys.readouterr().out.splitlines() if "figures" in one)
    assert (
        line == f' figures were not drawn: they need matplotlib, run {sys.executable} -m pip install "textq[figures]"'
    )
    latest = tmp_path / (tmp_path / "latest_estimate.txt").read_text(encoding="utf-8").strip()
    assert (latest / "tables" / "main_en.txt").is_file()
    assert not (latest / "figures").exists()


def test_a_figure_that_cannot_be_drawn_is_named_and_the_others_are_drawn(
    study_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **options: object) -> None:
        raise FigureError("there is no room")

    monkeypatch.setattr(study_figures, "plot_coefficients", refuse)
    drawn: list[tuple[int, int]] = []
    settings = ["figures.sizes=['a4']", "labels.lang=zh"]
    result = estimate(study_file, out=tmp_path, settings=settings, drawing=lambda *counts: drawn.append(counts))
    assert result.undrawn == (Undrawn("coefficients_zh", "there is no room"),)
    assert {"specifications_did_zh.pdf"} <= list_figures(result)
    assert not any("_en." in name for name in list_figures(result))
    assert drawn == [(1, 2), (2, 2)]


def test_no_sizes_are_no_figures(study_file: Path, tmp_path: Path) -> None:
    result = estimate(study_file, out=tmp_path, settings=["figures.sizes=[]"])
    assert result.undrawn == ()
    assert result.run_dir is not None
    assert not (result.run_dir / "figures").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("figures.langs=['fr']", r"\[figures\] langs can be en, zh\. Got fr"),
        ("figures.sizes=['a3']", r"\[figures\] sizes can be a4, slide, or \[\] for no figures\. Got a3"),
        ("figures.base_map=map.geojson", r"\[figures\] base_map and approval go together"),
        ("figures.approval=GS", r"\[figures\] base_map and approval go together"),
    ],
)
def test_settings_that_cannot_be_met_are_refused_before_the_estimate(
    study_file: Path, tmp_path: Path, setting: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        estimate(study_file, out=tmp_path, settings=[setting])
    assert not any(tmp_path.iterdir())


def test_the_every_name_is_no_figure(result: StudyResult) -> None:
    assert not any(name.startswith(f"{EVERY}_") for name in list_figures(result))


def test_the_sample_has_figures_of_its_texts_and_places(
    repository: Path, sample_run: textq.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page of documents, to save time."""
    monkeypatch.setattr(study_figures, "MOST_PAGES", 1)
    text = (repository / "corpus" / "study.toml").read_text(encoding="utf-8")
    text = text.replace("../textq-out", sample_run.run_dir.as_posix())
    path = tmp_path / "study.toml"
    path.write_text(
        text.replace('"outcomes/', f'"{(repository / "corpus" / "outcomes").as_posix()}/'), encoding="utf-8"
    )
    result = estimate(path, out=tmp_path / "out", settings=["figures.sizes=['a4']", "labels.lang=zh"])
    stems = {name.rpartition(".")[0] for name in list_figures(result)}
    terms = ("did", "did_supply", "did_environment", "did_demand")
    assert stems == {
        "coefficients_zh", "intensities_zh", "network_zh", "shares_by_city_zh",
        *(f"specifications_{term}_zh" for term in terms),
    }  # fmt: skip
    (undrawn,) = result.undrawn
    assert undrawn.name == "shares_by_document_zh"
    assert "econ.plot_shares" in undrawn.reason
    assert result.run_dir is not None
    shown = pd.read_csv(result.run_dir / "figures" / "intensities_zh.csv", encoding="utf-8-sig")
    scores = sample_run.scores.query("period == 2020 and instrument == 'demand'")
    sample = set(result.panel.design.units["unit"])
    expected = scores.loc[scores["unit"].isin(sample), "stock"].astype(float).mean()
    assert shown.query("period == 2020 and instrument == 'demand'")["stock"].item() == pytest.approx(expected)
