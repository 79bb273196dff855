"""``textq evaluate``: how well a coder codes gold clauses."""

import json
from pathlib import Path
from typing import Any

import click

from textq.cli import conditions, languages, paths


@click.command(
    epilog="""\b
Examples:
  textq evaluate gold.jsonl
  textq evaluate gold.jsonl --coder full --where draw=random --where dev_document!=true --lang zh
  textq evaluate gold.csv --out evaluation --with-text
  textq evaluate gold.jsonl --learning-curve --json
"""
)
@click.argument("gold", type=paths.GOLD)
@click.option("--coder", metavar="NAME",
              help="Who codes: rules, the name of a trained coder, its folder (textq train), or the file of several "
                   "(textq combine); default: full, with a codebook of your own rules.")  # fmt: skip
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="A folder with a codebook and its lexicon (textq init); default: those of textq.")  # fmt: skip
@conditions.option
@click.option("--weight", metavar="COLUMN",
              help="The column that says how much a clause counts, so that enriched draws weigh less.")  # fmt: skip
@click.option("--by", type=click.Choice(["document", "clause"]),
              help="What the intervals draw; default: documents where they are known.")  # fmt: skip
@click.option("--draws", type=click.IntRange(0, 100_000), default=2000, show_default=True,
              help="Samples drawn for the intervals; 0 draws none.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the draws.")
@click.option("--learning-curve", is_flag=True,
              help="Also train textq's own kind of coder on ever more of GOLD, and code the rest (slow).")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write the tables and the list of errors into this folder, as CSV.")  # fmt: skip
@click.option("--with-text", is_flag=True, help="Write the text of clauses and the words of evidence into errors.csv.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all figures on stdout.")
@languages.option
def command(
    gold: Path,
    coder: str | None,
    codebook: Path | None,
    where: tuple[str, ...],
    weight: str | None,
    by: Any,
    draws: int,
    seed: int,
    learning_curve: bool,
    out: Path | None,
    with_text: bool,
    as_json: bool,
    lang: str | None,
) -> None:
    """Code the clauses in GOLD and compare with their gold codes.

    GOLD (.jsonl or .csv) has the columns id, text and code (or instrument) and, if known, subtype, title, heading,
    stem, doc and draw. Prints precision, recall and F1 of each code, macro-F1, kappa, what was taken for what, whether
    probabilities can be trusted, and how many errors are among the least certain clauses.
    """
    from textq.cli.evaluate_summary import describe_evaluation, summarise_evaluation
    from textq.cli.evaluate_tables import TABLES, write_tables
    from textq.pipeline.evaluation import evaluate_coder

    if with_text and out is None:
        raise click.UsageError("--with-text says what is written into the folder of --out. Give --out DIR, too.")
    if out is not None and gold.resolve() in {(out / f"{name}.csv").resolve() for name in TABLES}:
        raise click.UsageError(f"--out {out} would write a table over {gold}, which is read. Give another folder.")
    evaluation = evaluate_coder(
        gold, coder, codebook=codebook, where=conditions.parse_conditions(where), weight=weight, by=by, draws=draws,
        seed=seed, learning_curve=learning_curve,
    )  # fmt: skip
    if out is not None:
        write_tables(evaluation, out, with_text=with_text)
    if as_json:
        click.echo(json.dumps(summarise_evaluation(evaluation, gold, where, out), ensure_ascii=False))
    else:
        for line in describe_evaluation(evaluation, gold, where, out, languages.choose_language(lang)):
            click.echo(line)
