"""The command line: the group, and the one place where an error becomes a message and an exit code."""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import click

from econ.errors import EconError
from textq.cli.terminal import spell_controls
from textq.errors import TextqError

_COMMANDS = {
    "fetch": "download the documents that a manifest lists",
    "score": "read, segment, code and score a corpus",
    "code": "code clauses that are already cut",
    "estimate": "synchronization of city pairs on the intensities of instruments",
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
        click.echo("interrupted; what was read is kept and will be reused", err=True)
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


def refuse_overwriting(file: Path, out: Path | None) -> None:
    """Refuse to write over the file that is read.

    Raises
    ------
    click.UsageError
        If ``out`` is ``file``.
    """
    if out is not None and out.resolve() == file.resolve():
        raise click.UsageError("--out is FILE itself, which would be lost. Give another name.")


def _open_streams() -> None:
    """Write UTF-8 into files and pipes; on a console let no character that it cannot show end the program."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding=None if stream.isatty() else "utf-8")
