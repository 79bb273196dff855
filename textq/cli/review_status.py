"""``textq review status``: how a review stands."""

import json
from contextlib import closing
from pathlib import Path

import click

from textq.cli import EXIT_PARTIAL, languages, paths
from textq.cli.review_arguments import find_default


@click.command(
    "status",
    epilog="""\b
Examples:
  textq review status
  textq review status textq-out --lang zh
  textq review status textq-out --json
""",
)
@click.argument("run", type=paths.InputPath("Give a folder that textq score wrote.", file_okay=False), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the review on stdout.")
@languages.option
@click.pass_context
def command(ctx: click.Context, run: Path | None, as_json: bool, lang: str | None) -> None:
    """Show how the review of RUN stands (default: textq-out): samples, coders, final codes, the log.

    Krippendorff's alpha is shown when nobody has anything left to audit. Exit code 3: the log is damaged.
    """
    from textq.cli.review_status_summary import describe_status, summarise_status
    from textq.pipeline.review_open import open_review
    from textq.pipeline.review_status import measure_status

    opened = open_review(run or find_default())
    with closing(opened.store):
        status = measure_status(opened.store, opened.out, opened.codebook)
    if as_json:
        click.echo(json.dumps(summarise_status(status, opened.out), ensure_ascii=False))
    else:
        for line in describe_status(status, opened.out, languages.choose_language(lang)):
            click.echo(line)
    if status.problems:
        ctx.exit(EXIT_PARTIAL)
