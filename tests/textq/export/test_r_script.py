"""estimate.R: what it says; and, where Rscript is, that it parses and does what it says."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.textq.export.made_replications import make_replication
from textq.export.equations import Effect
from textq.export.r_script import render_r

needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R: Rscript on the path")


def test_the_study_is_stated_in_full() -> None:
    text = render_r(make_replication())

    assert 'effects <- list(c("pair_id"), c("period"))' in text
    assert 'terms = c("did", "did_supply"),' in text
    assert "b = c(0.25, -0.3333333333333333)," in text
    assert "pair = c(0.2, 0.2)" in text
    assert "twoway" not in text
    assert 'printed = "jackknife by unit_i, unit_j, ssc none", compared = "",' in text
    assert "the tables print cluster by province_pair, ssc fixest; not computed here, so not compared" in text
    assert "0123456789ab" in text


def test_errors_of_the_tables_that_are_computed_are_named() -> None:
    text = render_r(make_replication(vcov="cluster by pair_id, ssc fixest", compared={"fixest": "pair"}))

    assert 'printed = "cluster by pair_id, ssc fixest", compared = "pair",' in text
    assert "the tables print cluster by pair_id" not in text


def test_what_textq_has_no_number_for_is_missing() -> None:
    study, gap = make_replication(), float("nan")
    term = replace(study.equations[0].terms[0], std_error=gap, errors={("fixest", "iid"): gap})
    text = render_r(replace(study, equations=(replace(study.equations[0], terms=(term,)),)))

    assert "error = c(NA_real_)," in text
    assert "iid = c(NA_real_)" in text


def test_columns_are_those_of_the_csv_file() -> None:
    found = re.search(r"columns <- c\((.*?)\)\n", render_r(make_replication()), re.DOTALL)
    assert found

    assert re.findall(r'"([^"]*)"', found[1]) == [
        *("unit_i", "unit_j", "period", "pair_id", "role", "did", "did:supply", "人口", "province_pair"),
        "synchronization",
    ]


def test_lines_are_of_bearable_length() -> None:
    assert max(map(len, render_r(make_replication()).split("\n"))) <= 120


def test_effects_of_both_members_are_not_estimated_again() -> None:
    text = render_r(make_replication(refused=("node^period",)))

    assert "feols" not in text.split("TEXTQ_R")[1]
    assert "Not estimated again: the effects node^period" in text


@needs_r
@pytest.mark.parametrize("effects", [(), (Effect(("province_pair", "period"), 9),), (Effect(("pair_id",), 9),)])
def test_r_parses_it(effects: tuple[Effect, ...], tmp_path: Path) -> None:
    path = tmp_path / "estimate.R"
    path.write_text(render_r(make_replication(effects=effects)), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "-e", f'invisible(parse("{path.as_posix()}", encoding = "UTF-8"))'],
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


@needs_r
def test_without_the_panel_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "replicate" / "estimate.R"
    path.parent.mkdir()
    path.write_text(render_r(make_replication()), encoding="utf-8")
    done = subprocess.run(["Rscript", str(path)], capture_output=True, check=False, text=True, encoding="utf-8")

    assert done.returncode != 0
    assert "panel.csv is not in the folder above this file" in done.stderr
