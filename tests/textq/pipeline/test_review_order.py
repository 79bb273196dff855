import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import textq
from textq.errors import ReviewError
from textq.pipeline.review_frame import list_coded
from textq.pipeline.review_open import load_once
from textq.pipeline.review_order import list_order, order_run
from textq.run import load_run
from textq.store.queues import next_item
from textq.store.store import open_store


@pytest.fixture
def study(sample_run: textq.Run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))


def test_every_coded_clause_has_a_rank(sample_run: textq.Run) -> None:
    rows = list_order(sample_run)
    assert [row[1] for row in rows] == list(range(len(sample_run.codings)))
    assert len({row[0] for row in rows}) == len(rows)
    assert sum(row[2] for row in rows) == len(rows) // 10
    worth = [row[3] * row[4] for row in rows if not row[2]]
    assert all(before >= after for before, after in pairwise(worth))


def test_influence_is_the_weight_in_the_stocks(sample_run: textq.Run) -> None:
    """A clause more in a document raises the stocks by as much as its influence: summed, they are the stocks."""
    influence = sum(row[4] for row in list_order(sample_run))
    assert influence == pytest.approx(sample_run.scores["stock"].sum())


def test_fix_begins_with_the_first_of_the_order(study: Path) -> None:
    run = load_run(study)
    store = open_store(study / "review.sqlite")
    load_once(store, run.run_dir, str(run.meta["run_id"]))
    assert next_item(store, "anna", "fix") == list_order(run)[0][0]
    order_run(store, run.run_dir, seed=2)
    assert next_item(store, "anna", "fix") == list_order(run, seed=2)[0][0]


def write_study(folder: Path, run: Path, outcome: Callable[[int, int], float]) -> Path:
    cities = ["330100", "410100", "440300", "340100", "420100", "610100", "130100", "140100"]
    rows = [f"{city},{year},{outcome(n, year)}" for n, city in enumerate(cities) for year in range(2012, 2023)]
    folder.mkdir(exist_ok=True)
    (folder / "series.csv").write_text("unit,period,growth\n" + "\n".join(rows) + "\n", encoding="utf-8")
    dates = [f"{city},{date}" for city, date in zip(cities[:4], ["2015-03-07", *["2016-01-06"] * 3], strict=True)]
    (folder / "designations.csv").write_text("unit,approved_on\n" + "\n".join(dates) + "\n", encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(
        f'[scores]\nrun = "{run}"\n[series]\nfile = "series.csv"\nvalue = "growth"\ndoubtful = "keep"\n'
        '[designations]\nfile = "designations.csv"\n[pairs]\ngravity = "none"\nkeep = "none"\n',
        encoding="utf-8",
    )
    return path


def test_with_a_study_only_its_treated_cities_count_whatever_the_outcome(study: Path, tmp_path: Path) -> None:
    run = load_run(study)
    rng = np.random.default_rng(1)
    quiet = write_study(tmp_path / "a", run.run_dir, lambda n, year: 5 + 0.1 * n + (year % 3))
    wild = write_study(tmp_path / "b", run.run_dir, lambda n, year: float(rng.normal(5, 3)))
    rows = list_order(run, quiet)
    assert rows == list_order(run, wild)
    moved = {row[0] for row in rows if row[4] > 0}
    documents = run.documents.set_index("doc_id")
    for row in list_coded(run).itertuples():
        if row.key in moved:
            assert set(documents.loc[row.doc_id, "unit"].split(";")) & {"330100", "410100", "440300", "340100"}
    assert 0 < len(moved) < len(rows)


def test_a_study_of_another_run_is_refused(study: Path, tmp_path: Path, in_this_process: None) -> None:
    text = "各单位：\n一、设立专项资金。\n二、加强监管。\n"
    (tmp_path / "330100.txt").write_text(f"杭州市人民政府关于促进发展的通知\n{text}2016年5月6日\n", encoding="utf-8")
    other = textq.score(tmp_path / "330100.txt", out=tmp_path / "other")
    path = write_study(tmp_path / "c", other.run_dir, lambda n, year: 5.0 + n + year % 2)
    with pytest.raises(ReviewError, match="but the run under review is"):
        list_order(load_run(study), path)
