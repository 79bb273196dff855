"""The power of the sample study, as a user asks for it: scores of real files, coding errors, an audit."""

import json
import shutil
from pathlib import Path

import pytest

import textq
from textq.cli import main


def test_power_of_the_sample_study(
    repository: Path, sample_run: textq.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(repository / "corpus" / "outcomes", tmp_path / "outcomes")
    text = (repository / "corpus" / "study.toml").read_text(encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text(text.replace("../textq-out", sample_run.run_dir.as_posix()), encoding="utf-8")
    arguments = ["power", str(study), "--out", str(tmp_path / "out"), "--draws", "24", "--accuracy", ".95", "--json"]
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--audit", "500", "--lang", "zh"])
    assert stop.value.code == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["n_units"], found["n_designated"], found["n_pairs"]) == (90, 37, 1669)
    assert found["vcov"] == "jackknife"
    assert {row["coding"] for row in found["smallest"]} == {"exact", "uncorrected", "known", "audited"}
    assert {row["term"] for row in found["smallest"]} == {"did", "did:supply", "did:environment", "did:demand"}
    assert {row["accuracy"] for row in found["smallest"]} == {None, 0.95}
    assert "did × 供给型" in told.err
