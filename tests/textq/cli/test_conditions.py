"""``--where`` says the same wherever it stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    "command", [["train"], ["evaluate"], ["combine", "--coder", "rules", "--coder", "full", "--out", "team.json"]]
)
def test_what_is_no_condition_is_wrong_usage(run_textq: Run, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "gold.csv").write_text("id,text,code\n1,t,none\n", encoding="utf-8")
    done = run_textq(*command, tmp_path / "gold.csv", "--where", "draw")
    assert (done.code, done.out) == (2, "")
    assert "--where: 'draw' is no condition. Write COLUMN=VALUE or COLUMN!=VALUE, such as draw=random." in done.err


@pytest.mark.parametrize(("text", "meant"), [("doc==d1", "doc=d1"), ("doc!==d1", "doc!=d1"), ("doc == d1", "doc=d1")])
def test_what_was_meant_is_shown(run_textq: Run, tmp_path: Path, text: str, meant: str) -> None:
    (tmp_path / "gold.csv").write_text("id,text,code,doc\n1,t,none,d1\n", encoding="utf-8")
    done = run_textq("evaluate", tmp_path / "gold.csv", "--where", text)
    assert done.code == 2
    assert f"{text!r} is no condition. Write COLUMN=VALUE or COLUMN!=VALUE, such as {meant}." in done.err
