"""``textq estimate``: scores, series and designations → the effects of instrument intensities on synchronization."""

import json
from pathlib import Path

import click

from textq.cli import languages


@click.command(
    epilog="""\b
Examples:
  textq estimate study.toml
  textq estimate study.toml --set treatment.timing=next_full_year --out robustness
  textq estimate study.toml --set "event_study.window=[-5, 5]" --set placebo.draws=1000
  textq estimate study.toml --json
"""
)
@click.argument("study", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="The study's folder; default: that of the scores.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="SECTION.KEY=VALUE",
              help="A setting that wins over the file; may be given again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the estimates on stdout.")
@languages.option
def command(study: Path, out: Path | None, settings: tuple[str, ...], as_json: bool, lang: str | None) -> None:
    """Estimate STUDY, a study.toml: synchronization of city pairs on the intensities of policy instruments.

    Forms the pairs, measures their synchronization, assigns the treatment, and fits each instrument alone and all
    together, with standard errors that know that pairs share cities. With the sections [event_study] and [placebo] the
    effects by event time and a permutation test follow. Writes the tables, the pair panel and run.json.
    """
    from textq.cli.estimate_summary import describe_result, summarise_result
    from textq.cli.progress import ProgressBar
    from textq.pipeline.estimates import estimate

    with ProgressBar("placebo") as draws, ProgressBar("figures") as figures:
        result = estimate(study, out=out, settings=settings, progress=draws.show, drawing=figures.show)
    language = languages.choose_language(lang or result.study.labels.lang)
    for line in describe_result(result, language):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(summarise_result(result), ensure_ascii=False))
