"""``textq review sample``: draw an audit with known probabilities."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from textq.cli import languages, paths
from textq.cli.review_arguments import CODER_VARIABLE, find_login


def _read_names(ctx: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Read names that are separated by commas."""
    names = tuple(name.strip() for name in (value or "").replace("，", ",").split(","))
    if value and not all(names):
        raise click.BadParameter(f"give names separated by commas. Got {value!r}.", ctx, option)
    return names if value else ()


@click.command(
    "sample",
    epilog="""\b
Examples:
  textq review sample textq-out --half-width .05
  textq review sample textq-out --size 500 --coders anna,bao --lang zh
  textq review sample textq-out --size 300 --unit clause --strata class,uncertainty,period --dry-run
""",
)
@click.argument("run", type=paths.RUN)
@click.option("--size", type=click.IntRange(2), help="About how many clauses to draw.")
@click.option("--half-width", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), metavar="H",
              help="Draw so many that the share of every class is known to ±H (95 %).")  # fmt: skip
@click.option("--strata", callback=_read_names, default="class,uncertainty,did", show_default=True, metavar="X,X,…",
              help="What makes the strata, the most important first: class, uncertainty, did, period, province, "
              "doc_type.")  # fmt: skip
@click.option("--unit", type=click.Choice(["document", "clause"]), default="document", show_default=True,
              help="Draw whole documents, or clauses one by one.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the draw.")
@click.option("--each", type=click.IntRange(1), default=2, show_default=True, help="Coders for each clause.")
@click.option("--coders", callback=_read_names, metavar="NAME,NAME,…", help="Who codes; default: anybody.")
@click.option("--coder", metavar="NAME", envvar=CODER_VARIABLE,
              help="Who draws, for the log; default: your login name.")  # fmt: skip
@click.option("--study", type=paths.InputPath("Give a study.toml.", dir_okay=False), metavar="FILE",
              help="A study.toml whose designations make the cells of did; default: the roster of pilot "
                   "zones.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show what would be drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the sample on stdout.")
@languages.option
def command(
    run: Path,
    size: int | None,
    half_width: float | None,
    strata: tuple[str, ...],
    unit: str,
    seed: int,
    each: int,
    coders: tuple[str, ...],
    coder: str | None,
    study: Path | None,
    dry_run: bool,
    as_json: bool,
    lang: str | None,
) -> None:
    """Draw an audit of RUN (a folder of textq score): clauses that people code blind.

    Every clause has a known probability to be drawn, so that the audit tells the machine's accuracy and the true shares
    of the classes with their errors. Prints what each size would buy. Later audits leave out the clauses of earlier
    ones. The sample goes to review.sqlite in the study's folder.
    """
    from textq.cli.review_sample_summary import describe_sample, summarise_sample
    from textq.errors import ConfigError
    from textq.notation.coder_names import check_coder
    from textq.pipeline.review_sampling import SampleOptions, sample_run

    try:
        options = SampleOptions(
            size,
            half_width,
            strata,
            "clause" if unit == "clause" else "document",
            seed,
            each,
            tuple(check_coder(name) for name in coders),
            study,
        )
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    drawn = sample_run(run, options, coder=check_coder(coder) if coder else find_login(), dry_run=dry_run)
    language = languages.choose_language(lang)
    for line in describe_sample(drawn, language, _name_codes(run, drawn.frame.classes, language)):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(summarise_sample(drawn), ensure_ascii=False))


def _name_codes(run: Path, codes: Sequence[str], lang: languages.Lang) -> dict[str, str]:
    """Return how the codebook of a run calls codes; of runs without a copy of it, nothing."""
    from textq.lexicon.read import read_codebook
    from textq.pipeline.review_open import find_folders

    book = find_folders(run)[1] / "codebook.yaml"
    return {code: read_codebook(book).call(code, lang)[0] for code in codes} if book.is_file() else {}
