"""The group: help, version, the way from an error to a message and an exit code."""

import errno
import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.errors import RunError

Run = Callable[..., Any]


def fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_version(run_textq: Run) -> None:
    done = run_textq("--version")
    assert (done.code, done.out) == (0, f"textq {importlib.metadata.version('textq')}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["score", "--help"], ["code", "-h"]])
def test_help_goes_to_stdout(run_textq: Run, arguments: list[str]) -> None:
    done = run_textq(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: textq")


def test_help_lists_the_commands_and_the_exit_codes(run_textq: Run) -> None:
    done = run_textq("--help")
    assert [name for name in ("score", "code", "130 interrupted") if name not in done.out] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["scroe", "x"],
        ["score"],
        ["score", "x", "--josn"],
        ["score", "x", "--lang", "fr"],
        ["score", "x", "--jobs", "0"],
        ["score", "x", "--depreciation", "1"],
        ["code"],
    ],
)
def test_wrong_usage_is_2_and_says_what(run_textq: Run, arguments: list[str]) -> None:
    done = run_textq(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


def test_error_is_1_and_one_message(run_textq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textq.pipeline.scores.score", fail_with(RunError("the run is gone. Score again.")))
    done = run_textq("score", "x")
    assert (done.code, done.out, done.err) == (1, "", "error: the run is gone. Score again.\n")


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(f"Error writing. Detail: [errno {errno.ENOSPC}] No space left")]
)
def test_a_full_disk_is_told_so(run_textq: Run, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    monkeypatch.setattr("textq.pipeline.scores.score", fail_with(error))
    assert "error: no space is left on the disk." in run_textq("score", "x").err


@pytest.mark.parametrize("verbosely", ["-v", "TEXTQ_VERBOSE"])
def test_verbose_shows_the_traceback(run_textq: Run, monkeypatch: pytest.MonkeyPatch, verbosely: str) -> None:
    monkeypatch.setattr("textq.pipeline.scores.score", fail_with(RunError("gone")))
    if verbosely != "-v":
        monkeypatch.setenv(verbosely, "1")
    with pytest.raises(RunError, match="gone"):
        run_textq(*(["-v"] if verbosely == "-v" else []), "score", "x")


def test_interrupted_is_130(run_textq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textq.pipeline.scores.score", fail_with(KeyboardInterrupt()))
    done = run_textq("score", "x")
    assert (done.code, done.out) == (130, "")
    assert done.err.strip().startswith("interrupted")


def test_module_and_script_are_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "textq", "score", "nowhere"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")


def test_pipes_carry_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "clauses.jsonl").write_text('{"id": "1", "text": "建设公共海外仓。"}\n', encoding="utf-8")
    command = [sys.executable, "-X", "utf8=0", "-m", "textq", "code", "clauses.jsonl"]
    environment = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "海外仓" in done.stdout.decode("utf-8")
