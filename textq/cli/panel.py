"""``textq panel``: files of city series, before they are used."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textq.cli import EXIT_PARTIAL, check_outputs, languages

if TYPE_CHECKING:
    import pandas as pd

    from textq.outcomes import SeriesFile

_FIRST_YEAR, _LAST_YEAR = 1980, 2100


@click.group(
    epilog="""\b
Examples:
  textq panel check gdp.xls
"""
)
def command() -> None:
    """Check files of city series before they are used."""


@command.command(
    epilog="""\b
Examples:
  textq panel check gdp.xls
  textq panel check yearbook.xlsx --sheet GDP --base-year 2019 --out gdp.csv
  textq panel check growth.dta --unit city --period year --value gdp_growth --index-to-growth --out growth.csv
"""
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the long table here, as CSV, if no problem is left open.")  # fmt: skip
@click.option("--unit", help="Header of the column of units; default: the usual words.")
@click.option("--period", help="Header of the column of periods; default: the usual words.")
@click.option("--value", help="The variable to take; default: all.")
@click.option("--sheet", help="Sheet of a workbook that has several.")
@click.option("--base-year", type=click.IntRange(_FIRST_YEAR, _LAST_YEAR), default=2020, show_default=True,
              help="Units get the codes of the list at the end of this year.")  # fmt: skip
@click.option("--index-to-growth", is_flag=True,
              help="Take 100 from variables that look like an index with last year = 100.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all cases on stdout.")
@languages.option
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    out: Path | None,
    unit: str | None,
    period: str | None,
    value: str | None,
    sheet: str | None,
    base_year: int,
    index_to_growth: bool,
    as_json: bool,
    lang: str | None,
) -> None:
    """Check the series in FILE (.csv, .tsv, .xlsx, .xls or .dta; long, or with years or cities across).

    Matches names to six-digit codes and lists what is wrong or strange. Exit code 3: a problem leaves open what the
    table says (a name that is not matched, two values for a unit-period); then --out is not written.
    """
    from textq.cli.panel_summary import describe_series
    from textq.outcomes import inspect_series

    check_outputs([file], {"--out": out})
    series = inspect_series(
        file, sheet=sheet, unit=unit, period=period, value=value, base_year=base_year, index_to_growth=index_to_growth
    )
    written = _write_table(series, out)
    if as_json:
        click.echo(json.dumps(_to_json(series, file, written), ensure_ascii=False))
    else:
        for line in describe_series(series, file, out, languages.choose_language(lang)):
            click.echo(line)
    ctx.exit(EXIT_PARTIAL if series.blocked else 0)


def _write_table(series: "SeriesFile", out: Path | None) -> Path | None:
    """Write the long table unless a problem is left open; a single variable needs no column of its own."""
    from textq.export.csv import write_csv

    if out is None or series.blocked:
        return None
    table: pd.DataFrame = series.table
    write_csv(table if table["variable"].nunique() > 1 else table.drop(columns="variable"), out)
    return out


def _to_json(series: "SeriesFile", file: Path, written: Path | None) -> dict[str, object]:
    from textq.provenance import SCHEMA_VERSION

    table = series.table
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(file),
        "form": series.form,
        "base_year": series.base_year,
        "n_units": int(table["unit"].nunique()),
        "periods": sorted(map(int, table["period"].unique())),
        "variables": list(table["variable"].unique()),
        "n_values": len(table),
        "blocked": series.blocked,
        "problems": [
            {
                "kind": problem.kind,
                "blocking": problem.blocking,
                "variable": problem.variable,
                "n": problem.n,
                "cases": problem.cases,
            }
            for problem in series.problems
        ],
        "out": str(written) if written else None,
    }
