"""What composes the stages: one file never ends the run of the others."""

from pathlib import Path

import pytest

import textq
from textq.ingest.cache import ExtractCache
from textq.ingest.files import SourceFile
from textq.process import ProcessSpec, process_file


def test_a_failure_that_no_stage_foresaw_becomes_the_reason_of_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")
    monkeypatch.setattr("textq.process.split_clauses", lambda _: {}["missing"])
    processed = process_file(SourceFile("a.txt", tmp_path / "a.txt"))

    assert processed.reading.status == "failed"
    assert "KeyError: 'missing'" in processed.reading.reason


def test_a_full_disk_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("textq.ingest.cache.ExtractCache.put", fail)
    cache = ExtractCache(tmp_path / "cache", "1")

    with pytest.raises(OSError, match="No space left"):
        process_file(SourceFile("a.txt", tmp_path / "a.txt"), ProcessSpec(cache=cache))


def test_an_error_of_the_disk_in_a_worker_reaches_the_user(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cache").write_text("a file where a folder belongs")

    with pytest.raises(OSError, match=r"(?i)exists|not a directory"):
        textq.score(tmp_path / "a.txt", out=tmp_path / "out")


def test_files_that_take_too_long_are_given_up_and_the_run_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")
    run = textq.score(tmp_path / "a.txt", out=tmp_path / "out", time_limit=0.001)

    assert run.documents["status"].tolist() == ["failed"]
    assert "took longer than 0.001 s" in run.documents["reason"][0]


def test_an_output_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")

    with pytest.raises(OSError, match="Not a directory"):
        textq.score(tmp_path / "a.txt", out=tmp_path / "a.txt" / "out")


@pytest.mark.usefixtures("in_this_process")
def test_the_output_folder_is_never_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一、支持企业建设海外仓。", encoding="utf-8")
    for _ in range(2):
        run = textq.score(tmp_path, out=tmp_path / "out")

    assert run.documents["path"].tolist() == ["a.txt"]
