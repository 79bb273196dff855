"""What is written by others obeys nobody on a terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.cli.terminal import spell_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("通知（一）.pdf", "通知（一）.pdf"),
        ("a\x1b]0;x\x07.pdf", r"a\x1b]0;x\x07.pdf"),
        ("a\nnot read: b", r"a\nnot read: b"),
        ("\u202efdp.exe", r"\u202efdp.exe"),
        ("\x9b31m\udcff", r"\x9b31m\udcff"),
    ],
)
def test_controls_are_spelt_out(text: str, shown: str) -> None:
    assert spell_controls(text) == shown


def test_names_of_files_are_shown_safely(run_textq: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b[31m\nb.txt").write_bytes(b"")
    done = run_textq("score", tmp_path / "in", "--lang", "en")
    assert r"not read: a\x1b[31m\nb.txt: the file is empty" in done.out
    assert "\x1b" not in done.out + done.err
    assert r"no\x1bthing" in run_textq("score", "no\x1bthing").err
