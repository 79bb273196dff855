"""``textq combine``: several coders pooled into one, with weights and a threshold learnt on gold clauses."""

import json
from pathlib import Path

import click

from textq.cli import conditions, languages, paths


@click.command(
    epilog="""\b
Examples:
  textq combine gold.jsonl --coder rules --coder full --out team.json
  textq combine gold.csv --coder rules --coder my-coder --coder written --out team.json --target-error 0.1 --lang zh
  textq combine gold.csv --codebook climate --coder rules --coder first --where draw=random --out team.json --json
"""
)
@click.argument("gold", type=paths.GOLD)
@click.option("--coder", "coders", multiple=True, required=True, metavar="NAME",
              help="A coder: rules, the name of a trained one, or its folder (textq train); at least two.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
              help="The new file, .json, for --coder; coders' folders are found relative to it.")  # fmt: skip
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="A folder with a codebook and its lexicon (textq init); default: those of textq.")  # fmt: skip
@conditions.option
@click.option("--target-error", type=click.FloatRange(0, 1), default=0.05, show_default=True,
              help="Share of errors to be allowed among the clauses of which the new coder is sure.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all figures on stdout.")
@languages.option
def command(
    gold: Path,
    coders: tuple[str, ...],
    out: Path,
    codebook: Path | None,
    where: tuple[str, ...],
    target_error: float,
    as_json: bool,
    lang: str | None,
) -> None:
    """Learn on the clauses in GOLD how to pool several coders, and when a person should decide.

    GOLD (.jsonl or .csv) has the columns id, text and code (or instrument) and, if known, title, heading, stem and doc.
    Clauses that a coder learnt from are left out with their documents. Prints how well each coder and all together
    code documents from which nothing was learnt, how far the coders agree, what each weighs, and which share of the
    clauses is kept at the target error. A language model cannot be one of the coders here: see docs/llm.md.
    """
    from textq.cli.combine_summary import describe_combination, summarise_combination
    from textq.coding.coders import LLM
    from textq.pipeline.combining import combine_coders

    if LLM in coders:
        raise click.UsageError(
            "--coder llm cannot be combined by this command: its codes cost money and may differ next time. In Python "
            "a recorded language model can be one of several coders (docs/llm.md)."
        )
    if len(set(coders)) < 2:
        raise click.UsageError("an ensemble needs at least two coders, such as --coder rules --coder full.")
    combination = combine_coders(
        gold, coders, out, codebook=codebook, where=conditions.parse_conditions(where), target=target_error
    )
    if as_json:
        click.echo(json.dumps(summarise_combination(combination, gold, where), ensure_ascii=False))
    else:
        for line in describe_combination(combination, gold, where, languages.choose_language(lang)):
            click.echo(line)
