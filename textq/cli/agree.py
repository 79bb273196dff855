"""``textq agree``: how far coders agree on the same clauses."""

import json
from pathlib import Path
from typing import Any

import click

from textq.cli import check_outputs, languages, paths


@click.command(
    epilog="""\b
Examples:
  textq agree anna.csv bao.csv
  textq agree gold.jsonl --coders coder_a,coder_b --by document
  textq agree anna.csv bao.csv chen.csv --out agreement.csv --disagreements discuss.csv --lang zh
"""
)
@click.argument("files", nargs=-1, required=True, type=paths.CODINGS)
@click.option("--coders", metavar="COLUMN,COLUMN…",
              help="Columns that hold one coder each; default: the columns coder_… of a single file.")  # fmt: skip
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="A folder with the codebook of the codes (textq init), for their order and names; default: that of "
                   "textq.")  # fmt: skip
@click.option("--by", type=click.Choice(["document", "clause"]),
              help="What the intervals draw; default: documents where they are known.")  # fmt: skip
@click.option("--draws", type=click.IntRange(0, 100_000), default=2000, show_default=True,
              help="Samples drawn for the intervals; 0 draws none.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the draws.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all figures here, as CSV.")
@click.option("--disagreements", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the clauses on which coders differ here, as CSV.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all figures on stdout.")
@languages.option
def command(
    files: tuple[Path, ...],
    coders: str | None,
    codebook: Path | None,
    by: Any,
    draws: int,
    seed: int,
    out: Path | None,
    disagreements: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Measure how far coders agree on the clauses that several of them coded.

    FILES (.jsonl or .csv) hold codings, with the columns id, instrument (or code) and, if known, subtype, doc and
    coder_id: one file a coder, as textq code writes them, or one file with a column a coder. Prints Krippendorff's
    alpha, Gwet's AC1, percent agreement, Holsti's coefficient, Cohen's kappa of each two coders, agreement on each
    code, what was taken for what, and a sentence for the paper.
    """
    from textq.cli.agree_summary import describe_agreement, list_disagreements, list_figures, summarise_agreement
    from textq.export.csv import write_csv
    from textq.pipeline.agreement import compare_coders

    check_outputs(files, {"--out": out, "--disagreements": disagreements})
    columns = [name.strip() for name in (coders or "").split(",") if name.strip()]
    if coders is not None and len(set(columns)) < 2:
        raise click.UsageError("--coders names the columns of at least two coders, such as --coders anna,bao.")
    agreement = compare_coders(files, columns, codebook=codebook, by=by, draws=draws, seed=seed)
    if out is not None:
        write_csv(list_figures(agreement), out)
    if disagreements is not None:
        write_csv(list_disagreements(agreement), disagreements)
    if as_json:
        click.echo(json.dumps(summarise_agreement(agreement, files), ensure_ascii=False))
    else:
        for line in describe_agreement(agreement, files, languages.choose_language(lang)):
            click.echo(line)
