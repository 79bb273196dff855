"""What the commands of ``textq review`` have in common: which folder is meant, and whose codes."""

import getpass
import os
from collections.abc import Sequence
from pathlib import Path

import click

from textq.errors import ConfigError

DEFAULT_RUN = "textq-out"
CODER_VARIABLE = "TEXTQ_REVIEW_CODER"

ADVICE = "Give a folder that textq score wrote, or a file that exists."


def split_paths(given: Sequence[Path]) -> tuple[Path, list[Path]]:
    """Return the folder of the run, ``textq-out`` where none is given, and the files beside it.

    Raises
    ------
    ConfigError
        If a path does not exist.
    click.UsageError
        If there are two folders.
    """
    for path in given:
        if not path.exists():
            raise ConfigError(f"{path} does not exist. {ADVICE}")
    folders = [path for path in given if path.is_dir()]
    if len(folders) > 1:
        raise click.UsageError(f"{folders[0]} and {folders[1]} are both folders. Give one RUN.")
    return (folders[0] if folders else find_default()), [path for path in given if not path.is_dir()]


def find_default() -> Path:
    """Return the folder that ``textq score`` writes to where none is named.

    Raises
    ------
    click.UsageError
        If it is not there.
    """
    if not Path(DEFAULT_RUN).is_dir():
        raise click.UsageError(
            f"there is no folder {DEFAULT_RUN} here. Run `textq score` first, or give RUN, the folder that it wrote."
        )
    return Path(DEFAULT_RUN)


def choose_coder(named: str | None, known: Sequence[str]) -> str:
    """Return whose codes are meant: who is named, else the only coder of the review, else who is logged in.

    Raises
    ------
    click.UsageError
        If the review has several coders and none is named.
    """
    from textq.notation.coder_names import check_coder

    name = named or os.environ.get(CODER_VARIABLE)
    if name:
        return check_coder(name)
    if len(known) > 1:
        raise click.UsageError(f"the review has several coders: {', '.join(known)}. Name one by --coder.")
    return known[0] if known else find_login()


def find_login() -> str:
    """Return the name of who is logged in, as a coder can be called."""
    from textq.notation.coder_names import make_safe

    try:
        return make_safe(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return make_safe("")
