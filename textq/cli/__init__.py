"""The command line: the group, and the one place where an error becomes a message and an exit code."""

import errno
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import click

from econ.errors import EconError
from textq.errors import ConfigError, TextqError
from textq.notation.controls import spell_controls

_COMMANDS = {
    "init": "write the templates of a study, or of a codebook of your own",
    "fetch": "download the documents that a manifest lists",
    "score": "read, segment, code and score a corpus",
    "code": "code clauses that are already cut",
    "train": "train a coder on coded clauses",
    "review": "check and correct the codes in the browser, alone or several together",
    "agree": "how far coders agree on the same clauses",
    "evaluate": "how well a coder codes gold clauses",
    "combine": "pool several coders into one",
    "estimate": "synchronization of city pairs on the intensities of instruments",
    "power": "how small an effect a study can detect",
    "diff": "what differs between two runs",
    "lexicon": "check, test and compare lexicons",
    "codebook": "check a codebook",
    "panel": "check files of city series before they are used",
    "doctor": "check what this machine can read and do",
}
"""Commands in the order of the help; ``textq.cli.<name>`` holds each as ``command``."""

EXIT_ERROR = 1
EXIT_PARTIAL = 3
"""The run is done, but some documents failed."""

EXIT_INTERRUPTED = 130


class _LazyGroup(click.Group):
    """A group that imports a command only when it is run, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"textq.cli.{cmd_name}").command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "TEXTQ"})
@click.version_option(package_name="textq", message="%(prog)s %(version)s")
@click.option("-v", "--verbose", is_flag=True, help="Show a traceback where something goes wrong.")
def cli(verbose: bool) -> None:
    """From policy documents to city-year scores of policy instruments.

    Exit codes: 0 done; 1 error; 2 wrong usage; 3 done, but some documents could not be read, or a check
    found problems; 130 interrupted.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; called by the ``textq`` script and by ``python -m textq``."""
    _open_streams()
    arguments = list(sys.argv[1:] if args is None else args)
    try:
        sys.exit(cli.main(arguments, prog_name="textq", standalone_mode=False) or 0)
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        click.echo(_spell(shown.getvalue()), err=True, nl=False)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; finished runs, and what was read of files, are kept", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except (TextqError, EconError, OSError) as error:
        if {"-v", "--verbose"} & set(arguments) or os.environ.get("TEXTQ_VERBOSE"):
            raise
        click.echo(f"error: {_spell(_describe(error))}", err=True)
        sys.exit(EXIT_ERROR)


def _spell(message: str) -> str:
    """Return a message, which may have several lines, as it is safe to show."""
    return "\n".join(map(spell_controls, message.split("\n")))


def _describe(error: TextqError | EconError | OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{error.filename}: there is no such file or folder, or none can be made there. Check its path."
    if isinstance(error, OSError) and (error.errno == errno.ENOSPC or f"[errno {errno.ENOSPC}]" in str(error)):
        return "no space is left on the disk. Make room, or write to a folder on another disk."
    if isinstance(error, OSError):
        return (
            f"{error.filename or 'a file'}: {error.strerror or error}. Check that the folder exists and can be written."
        )
    return str(error)


def check_outputs(inputs: Iterable[Path], outputs: Mapping[str, Path | None]) -> None:
    """Refuse files of which one would be lost, or that cannot be made, before there is anything to write.

    Parameters
    ----------
    inputs
        The files that are read.
    outputs
        The file of each option by the option's name (``"--out"``), None where it was not given.

    Raises
    ------
    click.UsageError
        If an option names a file that is read, or two name the same file.
    ConfigError
        If the folder of a file is not there.
    """
    read, taken = {path.resolve() for path in inputs}, dict[Path, str]()
    for option, path in outputs.items():
        if path is None:
            continue
        if path.resolve() in read:
            raise click.UsageError(f"{option} is FILE itself, which would be lost. Give another name.")
        if taken.setdefault(path.resolve(), option) != option:
            raise click.UsageError(f"{taken[path.resolve()]} and {option} name the same file. Give each its own.")
        if not path.parent.is_dir():
            raise ConfigError(f"{option} {path}: there is no folder {path.parent}. Make it, or give another name.")


def _open_streams() -> None:
    """Write UTF-8 into files and pipes; on a console let no character that it cannot show end the program."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding=None if stream.isatty() else "utf-8")
