"""``textq diff``: what differs between two runs."""

import json
from pathlib import Path

import click

from textq.cli import check_outputs, languages, paths


@click.command(
    epilog="""\b
Examples:
  textq diff textq-out/runs/20261122T101500-8c4ddd600439 textq-out
  textq diff study-a study-b --out moved.csv
  textq diff study-a study-b --json
"""
)
@click.argument("before", type=paths.RUN, metavar="RUN1")
@click.argument("after", type=paths.RUN, metavar="RUN2")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write all that differs here, as CSV.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all that differs on stdout.")
@languages.option
def command(before: Path, after: Path, out: Path | None, as_json: bool, lang: str | None) -> None:
    """Show what differs between two runs: from RUN1 to RUN2.

    RUN1 and RUN2 are folders of two runs of one kind (textq score or textq estimate), or study folders, whose newest
    runs are meant. Lists the clauses that are new, gone or changed, the codes that moved and by whom, the scores, the
    coefficients, their standard errors and N, and the settings and inputs. Exit code 0 also where something differs.
    """
    from textq.cli.diff_summary import describe_difference, list_changes, summarise_difference
    from textq.export.csv import write_csv
    from textq.pipeline.difference import compare_runs

    check_outputs([], {"--out": out})
    difference = compare_runs(before, after)
    if out is not None:
        write_csv(list_changes(difference), out)
    if as_json:
        click.echo(json.dumps(summarise_difference(difference), ensure_ascii=False))
        return
    for line in describe_difference(difference, out, languages.choose_language(lang)):
        click.echo(line)
