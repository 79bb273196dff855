"""Pipe tables: what is written reads back, and a reader of Markdown sees one table."""

from pathlib import Path

from econ.table import print_rows
from econ.table_markdown import read_markdown, render_markdown
from tests.econ.hard_tables import HARD


def test_every_sign_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text(render_markdown(HARD), encoding="utf-8")
    assert read_markdown(path) == print_rows(HARD)


def test_rows_have_the_same_number_of_pipes() -> None:
    lines = [line for line in render_markdown(HARD).splitlines() if line.startswith("|")]
    pipes = {line.replace("\\|", "").count("|") for line in lines}
    assert pipes == {len(HARD.head) + 1}
    assert lines[1] == "| :-- | :-: | :-: | :-: |"


def test_stars_are_no_emphasis_and_remarks_are_hidden() -> None:
    text = render_markdown(HARD)
    assert "-0.5000\\*\\*\\*" in text
    comment = text.partition("<!--\n")[2]
    assert comment.count("-->") == 1
    assert comment.rstrip().endswith("-->")
