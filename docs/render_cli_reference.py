"""Write ``docs/cli-reference.md`` from the commands themselves: run ``just docs`` after changing one."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from textq.cli import cli

TARGET = Path(__file__).resolve().parent / "cli-reference.md"
_INTRODUCTION = """\
# Command line

Made by `just docs` from the commands' own help; do not edit. Every option can also be set by the environment variable
beside it; what stands on the command line wins. Results go to stdout, progress and errors to stderr.
"""


def render_reference() -> str:
    """Return the reference of the group and all its commands."""
    return "\n".join([_INTRODUCTION, *_render_tree(cli, "textq")])


def _render_tree(command: click.Command, name: str) -> Iterator[str]:
    """Yield a command and, of a group, all commands below it."""
    yield from _render_command(command, name, name.upper().replace(" ", "_"))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from _render_tree(found, f"{name} {below}")


def _render_command(command: click.Command, name: str, prefix: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"```\n{_render_usage(command, name)}\n```\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    yield "| option | values | default | environment | meaning |\n|---|---|---|---|---|"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield _render_option(parameter, prefix)
    yield "| `-h`, `--help` | | | | Show the help and leave. |\n"
    if command.epilog:
        yield f"```sh\n{_render_examples(command.epilog)}\n```\n"


def _render_usage(command: click.Command, name: str) -> str:
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    shown = [f"{argument.name.upper()}{'…' if argument.nargs == -1 else ''}" for argument in arguments if argument.name]
    return " ".join([name, "[OPTIONS]", *shown, *(["COMMAND …"] if isinstance(command, click.Group) else [])])


def _render_option(option: click.Option, prefix: str) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    default = f"`{option.default}`" if option.show_default else ""
    variable = f"`{prefix}_{option.name.upper()}`" if option.name and not option.is_eager else ""
    return f"| {names} | {_render_values(option)} | {default} | {variable} | {option.help} |"


def _render_values(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    if isinstance(option.type, click.IntRange | click.FloatRange):
        below = "below " if option.type.max_open else ""
        return f"{option.type.min} to {below}{option.type.max}"
    if isinstance(option.type, click.Path):
        return "folder" if not option.type.file_okay else "file" if not option.type.dir_okay else "path"
    return option.type.name


def _render_examples(epilog: str) -> str:
    lines = epilog.replace("\b", "").strip().splitlines()
    return "\n".join(line.strip() for line in lines if line.strip() != "Examples:")


if __name__ == "__main__":
    TARGET.write_text(render_reference(), encoding="utf-8", newline="\n")
