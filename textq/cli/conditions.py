"""The option ``--where``, which keeps some rows of a file of gold clauses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from textq.errors import ConfigError

if TYPE_CHECKING:
    from textq.ingest.gold import Condition

option = click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Keep the rows whose column has this value (draw=random), or with != has it not; may be repeated.",
)


def parse_conditions(where: Sequence[str]) -> "list[Condition]":
    """Return the conditions that stand on the command line.

    Raises
    ------
    click.UsageError
        If one is neither COLUMN=VALUE nor COLUMN!=VALUE.
    """
    from textq.ingest.gold import parse_condition

    try:
        return [parse_condition(text) for text in where]
    except ConfigError as error:
        raise click.UsageError(f"--where: {error}") from error
