"""``textq code``: code clauses that are already cut."""

import sys
from pathlib import Path

import click

from textq.cli import refuse_overwriting


@click.command(
    epilog="""\b
Examples:
  textq code clauses.jsonl
  textq code clauses.csv --out codings.csv
"""
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Where to write, .csv or .jsonl; default: stdout, in the format of FILE.")  # fmt: skip
def command(file: Path, out: Path | None) -> None:
    """Code the clauses in FILE (.jsonl or .csv with the fields id, text and, if known, title, heading, stem).

    Writes id, instrument, subtype, secondary, confidence and evidence ([[start, end, term], …], offsets in text).
    """
    from textq.coding.coders import code_cut_clauses
    from textq.export.codings import save_codings, write_codings
    from textq.ingest.cut_clauses import read_clauses

    refuse_overwriting(file, out)
    codings = code_cut_clauses(read_clauses(file))
    if out is None:
        write_codings(codings, sys.stdout, file.suffix)
    else:
        save_codings(codings, out)
