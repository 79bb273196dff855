"""``textq doctor``: what this machine can read and do, before a corpus is scored on it."""

import json
from dataclasses import asdict

import click

from textq.cli import EXIT_PARTIAL, languages


@click.command(
    epilog="""\b
Examples:
  textq doctor
  textq doctor --json
"""
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all checks on stdout.")
@languages.option
@click.pass_context
def command(ctx: click.Context, as_json: bool, lang: str | None) -> None:
    """Check what this machine can read and do, and say what to install.

    Exit code 3: something is missing that textq cannot do without.
    """
    from textq.cli.doctor_checks import run_checks
    from textq.cli.doctor_summary import advise, describe_checks
    from textq.provenance import SCHEMA_VERSION

    checks = list(run_checks())
    is_fit = all(check.state != "red" for check in checks)
    language = languages.choose_language(lang)
    if as_json:
        listed = [{**asdict(check), "advice": advise(check.advice, language)} for check in checks]
        click.echo(json.dumps({"schema_version": SCHEMA_VERSION, "fit": is_fit, "checks": listed}, ensure_ascii=False))
    else:
        for line in describe_checks(checks, language):
            click.echo(line)
    ctx.exit(0 if is_fit else EXIT_PARTIAL)
