"""``textq review merge``: the work of several machines becomes one review."""

import json
from contextlib import closing
from pathlib import Path

import click

from textq.cli import EXIT_PARTIAL, languages
from textq.cli.review_arguments import split_paths


@click.command(
    "merge",
    epilog="""\b
Examples:
  textq review merge textq-out events-bao.jsonl
  textq review merge textq-out usb/events-bao.jsonl mail/events-chen.jsonl --lang zh
""",
)
@click.argument("given", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN] FILES…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the merge on stdout.")
@languages.option
@click.pass_context
def command(ctx: click.Context, given: tuple[Path, ...], as_json: bool, lang: str | None) -> None:
    """Take the events of other machines into the review of RUN (default: textq-out).

    FILES are events-NAME.jsonl, as `textq review export` and the end of `textq review` write them. The union counts: no
    event comes in twice, in whatever order files are merged, and where people differ it is an ordinary disagreement.
    Files that were changed, or logs that were continued at two places, are refused. Exit code 3: merged, with something
    to look at.
    """
    from textq.cli.review_merge_summary import describe_merge, summarise_merge
    from textq.pipeline.review_open import open_review
    from textq.store.transfer import merge_events

    run, files = split_paths(given)
    if not files:
        raise click.UsageError("give the FILES to merge, such as events-bao.jsonl.")
    opened = open_review(run)
    with closing(opened.store):
        merged = merge_events(opened.store, files)
    if as_json:
        click.echo(json.dumps(summarise_merge(merged, files), ensure_ascii=False))
    else:
        for line in describe_merge(merged, files, run, languages.choose_language(lang)):
            click.echo(line)
    if merged.clashes:
        ctx.exit(EXIT_PARTIAL)
