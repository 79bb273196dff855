"""Paths on the command line that are read: what is absent is named with its option, and with what to give instead."""

import os
from pathlib import Path
from typing import Any

import click

from textq.errors import ConfigError


class InputPath(click.Path):
    """A path of which something is read; ``advice`` is the sentence that says what to give."""

    def __init__(self, advice: str, *, file_okay: bool = True, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, file_okay=file_okay, dir_okay=dir_okay)
        self.advice = advice

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises
        ------
        ConfigError
            If there is nothing of this name, or it may not be looked at.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            is_there = path.exists()
        except OSError as error:
            raise ConfigError(f"{_name(param)}{path} cannot be read ({error.strerror}). {self.advice}") from error
        if not is_there:
            raise ConfigError(f"{_name(param)}{path} does not exist. Check its name. {self.advice}")
        return path


CODEBOOK = InputPath(
    "Give the folder that `textq init --codebook NAME DIR` made, or leave the option out for the codebook of textq.",
    file_okay=False,
)
"""The folder of a codebook and its lexicon."""

CLAUSES = InputPath("Give a file of clauses that ends in .jsonl or .csv.")
GOLD = InputPath("Give a file of coded clauses that ends in .jsonl or .csv.")
CODINGS = InputPath("Give a file of codings that ends in .jsonl or .csv, such as textq code writes.")
RUN = InputPath("Give the folder of a run, or that of a study (textq score --out), whose newest run is meant.")
"""The folder of a run or of a study."""

CONFIRMED = InputPath(
    "Give a check_documents.xlsx that textq score wrote, with its column confirmed filled in.", dir_okay=False
)


def _name(param: click.Parameter | None) -> str:
    """Return how a user knows the option or argument, with a blank behind it."""
    if param is None:
        return ""
    name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name.rstrip("….")
    return f"{name} "
