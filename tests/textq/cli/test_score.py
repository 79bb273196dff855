"""``textq score``: exit codes, streams, languages, ``--json``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("in_this_process")

Run = Callable[..., Any]

NOTICE = """杭州市人民政府关于支持跨境电子商务综合试验区发展的意见
杭政函〔2018〕901号
一、市财政每年安排专项资金，支持企业建设公共海外仓。
二、落实跨境电子商务零售出口免税政策。
杭州市人民政府
2018年5月1日
"""
JSON_KEYS = {"run_dir", "schema_version", "run_id", "n_files", "status", "n_clauses", "classes", "warnings"}


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    return folder


def test_all_read_is_0(run_textq: Run, papers: Path) -> None:
    done = run_textq("score", papers)
    assert done.code == 0
    assert "1 documents scored for 1 units, 2018–2018" in done.out


def test_summary_ends_with_the_folder_written(run_textq: Run, papers: Path, tmp_path: Path) -> None:
    done = run_textq("score", papers, "--out", "study")
    written = tmp_path / done.out.strip().splitlines()[-1].partition("wrote ")[2]
    assert (written / "scores.csv").is_file()
    assert (tmp_path / "study" / "latest.txt").read_text(encoding="utf-8").strip().endswith(written.name)


def test_unreadable_document_is_3_and_named(run_textq: Run, papers: Path) -> None:
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    done = run_textq("score", papers)
    assert done.code == 3
    assert "not read: " in done.out
    assert "broken.pdf" in done.out


def test_nothing_readable_is_3_and_listed(run_textq: Run, papers: Path, tmp_path: Path) -> None:
    (papers / "notice.txt").unlink()
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    done = run_textq("score", papers, "--json")
    assert done.code == 3
    assert (tmp_path / json.loads(done.out)["run_dir"] / "documents.csv").is_file()


def test_unknown_path_is_1_and_named(run_textq: Run) -> None:
    done = run_textq("score", "nowhere")
    assert (done.code, done.out) == (1, "")
    assert "nowhere" in done.err


def test_nothing_is_written_where_nothing_is_read(run_textq: Run, tmp_path: Path) -> None:
    run_textq("score", "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_workers")
def test_json_alone_is_on_stdout(run_textq: Run, papers: Path) -> None:
    done = run_textq("score", papers, "--json")
    assert set(json.loads(done.out)) == JSON_KEYS
    assert "wrote" in done.err


def test_json_tells_the_run(run_textq: Run, papers: Path, tmp_path: Path) -> None:
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    done = run_textq("score", papers, "--json")
    told = json.loads(done.out)
    assert done.code == 3
    assert (told["schema_version"], told["n_files"], told["status"]["read"], told["status"]["failed"]) == (1, 2, 1, 1)
    assert sum(told["classes"].values()) == told["n_clauses"] > 0
    assert json.loads((tmp_path / told["run_dir"] / "run.json").read_text(encoding="utf-8"))["run_id"] == told["run_id"]


def test_same_papers_same_run_id(run_textq: Run, papers: Path) -> None:
    runs = [json.loads(run_textq("score", papers, "--json").out) for _ in range(2)]
    assert runs[0]["run_id"] == runs[1]["run_id"]
    assert runs[0]["run_dir"] != runs[1]["run_dir"]


@pytest.mark.usefixtures("in_workers")
def test_jobs_change_nothing(run_textq: Run, papers: Path) -> None:
    for at in range(3):
        (papers / f"other{at}.txt").write_text(NOTICE.replace("2018", f"201{at + 5}"), encoding="utf-8")
    runs = [json.loads(run_textq("score", papers, "--json", "--jobs", jobs).out) for jobs in (1, 2)]
    assert [run["n_clauses"] for run in runs] == [runs[0]["n_clauses"]] * 2
    assert runs[0]["run_id"] == runs[1]["run_id"]


@pytest.mark.parametrize(("lang", "said"), [("zh", "可读"), ("en", "read")])
def test_lang_chooses(run_textq: Run, papers: Path, lang: str, said: str) -> None:
    assert f"1 {said}" in run_textq("score", papers, "--lang", lang).out


@pytest.mark.parametrize(("system", "said"), [("zh_CN.UTF-8", "可读"), ("de_DE.UTF-8", "read"), ("C", "read")])
def test_system_chooses_else(
    run_textq: Run, papers: Path, monkeypatch: pytest.MonkeyPatch, system: str, said: str
) -> None:
    monkeypatch.setenv("LANG", system)
    assert f"1 {said}" in run_textq("score", papers).out


def test_environment_sets_options(run_textq: Run, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTQ_SCORE_OUT", "elsewhere")
    assert json.loads(run_textq("score", papers, "--json").out)["run_dir"].startswith("elsewhere")


@pytest.mark.usefixtures("in_workers")
def test_no_progress_bar_where_no_terminal_is(run_textq: Run, papers: Path) -> None:
    done = run_textq("score", papers)
    assert done.err == ""
    assert "\r" not in done.out


def test_names_of_files_are_shown_safely(run_textq: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b[31m\nb.txt").write_bytes(b"")
    done = run_textq("score", tmp_path / "in", "--lang", "en")
    assert r"not read: a\x1b[31m\nb.txt: the file is empty" in done.out
    assert "\x1b" not in done.out + done.err
    assert r"no\x1bthing" in run_textq("score", "no\x1bthing").err
