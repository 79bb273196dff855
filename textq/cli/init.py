"""``textq init``: templates of a codebook, or of a study, in a folder of the user's own."""

import shlex
from pathlib import Path
from typing import Any

import click

from textq.cli import languages
from textq.notation.controls import spell_controls

_TEXTS = {
    "wrote": {"zh": "写出 {file}", "en": "wrote {file}"},
    "next": {"zh": "下一步: {command}", "en": "next: {command}"},
}


@click.command(
    epilog="""\b
Examples:
  textq init --codebook climate climate
  textq init --codebook my-instruments mine --from builtin --lang zh
  textq init study
"""
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--codebook", "name", metavar="NAME",
              help="Make a codebook of this name with its lexicon; without it, a study is made.")  # fmt: skip
@click.option("--from", "origin", type=click.Choice(["minimal", "builtin"]), default="minimal", show_default=True,
              help="Begin with two instruments to be replaced, or with what comes with textq.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]),
              help="Language of the templates and of messages; default: that of the system.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, folder: Path, name: str | None, origin: Any, lang: str | None) -> None:
    """Write templates into DIR: a codebook with its lexicon (--codebook NAME), or a study. Overwrites nothing.

    A codebook works at once: textq score, code, train and evaluate take it by --codebook DIR.
    """
    from textq.export.scaffold import scaffold_codebook, scaffold_study

    language = languages.choose_language(lang)
    if name is None:
        if ctx.get_parameter_source("origin") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("--from says where a codebook begins. Give its name too: --codebook NAME.")
        written, following = scaffold_study(folder, language), "textq score {}/corpus"
    else:
        written, following = scaffold_codebook(folder, name, language, origin), "textq codebook check {}"
    for path in written:
        click.echo(spell_controls(_TEXTS["wrote"][language].format(file=path)))
    command = following.format(shlex.quote(str(folder)))
    click.echo(spell_controls(_TEXTS["next"][language].format(command=command)), err=True)
