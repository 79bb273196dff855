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
    assert "--where: 'draw' is no condition. Write COLUMN=VALUE" in done.err
