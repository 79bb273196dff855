"""What is absent is named with its option, and with what to give instead, by every command that reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

COMMANDS = {
    "train": ("train", "gold.csv", "--out", "mine"),
    "evaluate": ("evaluate", "gold.csv"),
    "combine": ("combine", "gold.csv", "--coder", "rules", "--out", "team.json"),
    "agree": ("agree", "gold.csv"),
    "code": ("code", "gold.csv"),
    "score": ("score", "gold.csv"),
}


@pytest.fixture(autouse=True)
def _gold(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("id,text,code\n1,t,none\n", encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_absent_codebook(run_textq: Run, command: str) -> None:
    done = run_textq(*COMMANDS[command], "--codebook", "nowhere")
    assert (done.code, done.out) == (1, "")
    assert "error: --codebook nowhere does not exist. Check its name. Give the folder that `textq init" in done.err


@pytest.mark.parametrize(("command", "name"), [("train", "GOLD"), ("evaluate", "GOLD"), ("combine", "GOLD"),
                                               ("agree", "FILES"), ("code", "FILE")])  # fmt: skip
@pytest.mark.parametrize("path", ["nowhere.csv", "nowhere"])
def test_an_absent_file(run_textq: Run, command: str, name: str, path: str) -> None:
    arguments = [path if one == "gold.csv" else one for one in COMMANDS[command]]
    done = run_textq(*arguments)
    assert (done.code, done.out) == (1, "")
    assert f"error: {name} {path} does not exist. Check its name. Give a file of c" in done.err


def test_an_absent_list_of_what_was_confirmed(run_textq: Run) -> None:
    done = run_textq("score", "gold.csv", "--confirmed", "nowhere.xlsx")
    assert (done.code, done.out) == (1, "")
    assert "error: --confirmed nowhere.xlsx does not exist. Check its name. Give a check_documents.xlsx" in done.err


def test_absent_documents(run_textq: Run) -> None:
    done = run_textq("score", "nowhere", "--coder", "rules")
    assert (done.code, done.out) == (1, "")
    assert "nowhere does not exist. Give a folder of documents, or files." in done.err


@pytest.mark.parametrize("command", ["evaluate", "combine", "code", "score"])
@pytest.mark.parametrize("path", ["nowhere/mine", "./nowhere", "nowhere.json"])
def test_an_absent_coder(run_textq: Run, command: str, path: str) -> None:
    done = run_textq(*COMMANDS[command], "--coder", path)
    assert (done.code, done.out) == (1, "")
    assert f"There is no coder {path!r} (--coder). {path} does not exist." in done.err


@pytest.mark.parametrize("command", ["train", "evaluate", "combine", "agree", "code", "score"])
def test_a_folder_without_a_codebook(run_textq: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.csv").write_text("id,text,code\n1,t,none\n", encoding="utf-8")
    more = {"agree": ["other.csv"], "combine": ["--coder", "full"]}.get(command, [])
    done = run_textq(*COMMANDS[command], *more, "--codebook", "empty")
    assert done.code == 1
    assert "empty holds no codebook: there is no codebook.yaml in it. Give the folder" in done.err
