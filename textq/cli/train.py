"""``textq train``: a coder that learns from coded clauses."""

import json
from pathlib import Path

import click

from textq.cli import conditions, languages, paths


@click.command(
    epilog="""\b
Examples:
  textq train gold.jsonl --out my-coder
  textq train gold.csv more.jsonl --codebook climate --name first --lang zh
  textq train gold.jsonl --where dev_document!=true --out my-coder --json
"""
)
@click.argument("files", nargs=-1, required=True, type=paths.GOLD, metavar="GOLD…")
@click.option("--name", default="trained", show_default=True, help="How the coder is called in tables.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="A new folder for the coder; default with --codebook DIR: DIR/models/NAME.")  # fmt: skip
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="A folder with a codebook and its lexicon (textq init); default: those of textq.")  # fmt: skip
@conditions.option
@click.option("--weight", metavar="COLUMN", help="The column that says how much a clause counts.")
@click.option("--folds", type=click.IntRange(2, 50), default=5, show_default=True,
              help="Parts for cross-fitting, whole documents each.")  # fmt: skip
@click.option("--strength", type=click.FloatRange(0, 1000, min_open=True), default=4.0, show_default=True,
              help="Inverse of the penalty on weights: the larger, the closer to the clauses learnt from.")  # fmt: skip
@click.option("--share", "shares", multiple=True, metavar="CODE=SHARE",
              help="Share of a class among the clauses that will be coded, where those in GOLD were chosen, not drawn; "
                   "once for each class.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
@languages.option
def command(
    files: tuple[Path, ...],
    name: str,
    out: Path | None,
    codebook: Path | None,
    where: tuple[str, ...],
    weight: str | None,
    folds: int,
    strength: float,
    shares: tuple[str, ...],
    as_json: bool,
    lang: str | None,
) -> None:
    """Train a coder on the clauses in GOLD and write it into a folder that --coder takes.

    GOLD (.jsonl or .csv) has the columns id, text and code (or instrument) and, if known, subtype, title, heading,
    stem, doc, draw and sure (0: counts less). Prints what the coder reaches on documents it has not seen, found by
    leaving out whole documents in turn.
    """
    from textq.cli.train_summary import describe_result, summarise_result
    from textq.coding.trained.fit import TrainingSpec
    from textq.pipeline.training import train_coder

    result = train_coder(
        files, name, out=out, codebook=codebook, where=conditions.parse_conditions(where), weight=weight,
        spec=TrainingSpec(strength=strength, folds=folds, shares=_parse_shares(shares)),
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps(summarise_result(result), ensure_ascii=False))
    else:
        for line in describe_result(result, languages.choose_language(lang)):
            click.echo(line)


def _parse_shares(shares: tuple[str, ...]) -> dict[str, float] | None:
    found: dict[str, float] = {}
    for text in shares:
        code, share = _parse_share(text)
        if code in found:
            raise click.UsageError(f"--share is given twice for {code!r}. Leave one out.")
        found[code] = share
    return found or None


def _parse_share(text: str) -> tuple[str, float]:
    code, _, written = text.partition("=")
    try:
        share = float(written)
    except ValueError:
        share = 0.0
    if not code.strip() or not 0 < share < 1:
        raise click.UsageError(f"--share {text!r} is not CODE=SHARE with a share above 0 and below 1, e.g. none=0.1.")
    return code.strip(), share
