"""Tables → the files of a run folder in which they are printed, each read again and compared."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from econ.table import Lang, Table
from econ.table_files import write_table, write_workbook

FOLDER = "tables"
WORKBOOK = "tables"
FORMATS = (".txt", ".md", ".tex", ".html", ".csv", ".docx")
"""One file a table and language; a workbook a language holds them all."""


def write_printed(tables: Mapping[Lang, Mapping[str, Table]], run_dir: Path, run_id: str) -> None:
    """Write the tables of each language, by the name of their file, in all formats.

    Raises
    ------
    TableFileError
        If a file does not read as it was printed.
    """
    folder = run_dir / FOLDER
    folder.mkdir()
    for lang, named in tables.items():
        for name, table in named.items():
            for end in FORMATS:
                write_table(table, folder / f"{name}_{lang}{end}", label=f"tab:{name}", run_id=run_id)
        write_workbook(named, folder / f"{WORKBOOK}_{lang}.xlsx")


def write_notes(notes: Iterable[str], run_dir: Path) -> None:
    """Write notes, one a line."""
    (run_dir / "notes.txt").write_text("".join(f"{note}\n" for note in notes), encoding="utf-8", newline="\n")
