"""``textq codebook``: a codebook before anybody codes by it."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from textq.cli import EXIT_PARTIAL, languages


@click.group(
    epilog="""\b
Examples:
  textq codebook check
"""
)
def command() -> None:
    """Check a codebook before anybody codes by it."""


@command.command(
    epilog="""\b
Examples:
  textq codebook check
  textq codebook check my_lists/codebook.yaml --lang zh
"""
)
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all cases on stdout.")
@languages.option
@click.pass_context
def check(ctx: click.Context, path: Path | None, as_json: bool, lang: str | None) -> None:
    """Check the codebook PATH (codebook.yaml, or the folder it is in; default: the one that comes with textq).

    Finds a missing order of decision, missing rules, rules that name fewer than two codes, codes without an example,
    clauses given as examples of two codes, rules without a positive, a negative and a border example, missing names;
    in each language the codebook is written in, and rules that differ between the two.
    Exit code 3: something is an error.
    """
    from textq.cli.lexicon_summary import describe_codebook
    from textq.cli.list_folder import choose_folder, find_codebook
    from textq.lexicon.check_codebook import check_languages
    from textq.lexicon.finding import is_sound
    from textq.lexicon.read import read_codebook
    from textq.provenance import SCHEMA_VERSION

    chosen = choose_folder(path)
    file = find_codebook(chosen) if chosen.is_dir() else chosen
    codebook = read_codebook(file)
    findings = check_languages(codebook, read_codebook(file, lang="zh"))
    counts = {"n_codes": len(codebook.codes), "n_rules": len(codebook.rules), "n_examples": len(codebook.examples)}
    if as_json:
        listed = [asdict(finding) for finding in findings]
        content = {"schema_version": SCHEMA_VERSION, "codebook": codebook.edition, **counts, "findings": listed}
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        for line in describe_codebook(codebook.edition, counts, findings, languages.choose_language(lang)):
            click.echo(line)
    ctx.exit(0 if is_sound(findings) else EXIT_PARTIAL)
