"""Tables → files: one a table, language and format."""

from pathlib import Path

from econ.table import Number, Table
from textq.pipeline.printed_tables import FOLDER, FORMATS, write_printed

TABLES = {"en": {"main": Table("Main", ("", "(1)"), ((("did", Number(0.5, 3)),),))}}


def test_each_format_is_written_with_label_and_run(tmp_path: Path) -> None:
    write_printed(TABLES, tmp_path, "abc123")  # type: ignore[arg-type]
    names = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert names == {*(f"main_en{end}" for end in FORMATS), "tables_en.xlsx"}
    latex = (tmp_path / FOLDER / "main_en.tex").read_text(encoding="utf-8")
    assert "\\label{tab:main}" in latex
    assert "% run: abc123" in latex
