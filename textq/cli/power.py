"""``textq power``: how small an effect a study can detect, by simulation on its own design."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from textq.cli import languages

_Number = TypeVar("_Number", int, float)


def _read_list(read: Callable[[str], _Number], kind: str, example: str) -> Callable[..., tuple[_Number, ...] | None]:
    """Return what reads numbers of a kind that are separated by commas; None where the option is not given."""

    def read_all(ctx: click.Context, option: click.Parameter, value: str | None) -> tuple[_Number, ...] | None:
        if value is None:
            return None
        try:
            return tuple(read(part) for part in value.replace("，", ",").split(","))
        except ValueError as error:
            raise click.BadParameter(
                f"give {kind} separated by commas, such as {example}. Got {value!r}.", ctx, option
            ) from error

    return read_all


_read_numbers = _read_list(float, "numbers", ".1,.2")
_read_whole = _read_list(int, "whole numbers", "500,1000")


@click.command(
    epilog="""\b
Examples:
  textq power study.toml
  textq power study.toml --effects .05,.1,.2 --draws 2000 --lang zh
  textq power study.toml --accuracy .85 --audit 500,1000 --json
  textq power study.toml --confusion evaluation/confusion.csv
  textq power study.toml --set estimate.regressors='["did"]'
"""
)
@click.argument("study", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--effects", callback=_read_numbers, metavar="X,X,…",
              help="Effects at which power is shown; default: multiples of the smallest detectable one.")  # fmt: skip
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), default=0.05, show_default=True,
              help="Level of the two-sided tests.")  # fmt: skip
@click.option("--power", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.8, show_default=True,
              help="Power that the smallest detectable effect is to have.")  # fmt: skip
@click.option("--draws", type=click.IntRange(1, 1_000_000), default=500, show_default=True,
              help="Simulated designations.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=20_150_307, show_default=True, help="Seed of the draws.")
@click.option("--accuracy", callback=_read_numbers, default=".7,.85,.95", show_default=True, metavar="X,X,…",
              help="Shares of clauses that are coded rightly, for scores with coding error.")  # fmt: skip
@click.option("--confusion", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="confusion.csv of textq evaluate --out: a real coder, tried beside --accuracy.")  # fmt: skip
@click.option("--audit", callback=_read_whole, default="200,500,1000,2000", show_default=True, metavar="N,N,…",
              help="Numbers of audited clauses by which these scores are corrected.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="The study's folder; default: that of the scores.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="SECTION.KEY=VALUE",
              help="A setting that wins over the file; may be given again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the power on stdout.")
@languages.option
def command(
    study: Path,
    effects: tuple[float, ...] | None,
    alpha: float,
    power: float,
    draws: int,
    seed: int,
    accuracy: tuple[float, ...],
    confusion: Path | None,
    audit: tuple[int, ...],
    out: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    lang: str | None,
) -> None:
    """Simulate how small an effect STUDY, a study.toml, detects, given its cities, designations, years and audit.

    Each draw gives the designations to other cities, adds an effect to the outcome and tests it as textq estimate does.
    Prints the smallest effect with the power asked for, the size of the test, and what coding errors and an audit of so
    many clauses do to it. Writes the tables, the draws and run.json.
    """
    from textq.cli.power_summary import describe_power, summarise_power
    from textq.cli.progress import ProgressBar
    from textq.errors import ConfigError
    from textq.pipeline.power import PowerOptions, measure_power

    try:
        options = PowerOptions(effects, alpha, power, draws, seed, accuracy, audit, confusion)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    with ProgressBar("power") as bar:
        result = measure_power(study, options, out=out, settings=settings, progress=bar.show)
    for line in describe_power(result, languages.choose_language(lang or result.study.labels.lang)):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(summarise_power(result), ensure_ascii=False))
