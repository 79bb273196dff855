"""``textq agree``: how far coders agree on the same clauses, given as files or in a review."""

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
  textq agree textq-out
  textq agree textq-out --table reliability.docx --lang zh
"""
)
@click.argument("files", nargs=-1, required=True, type=paths.CODINGS)
@click.option("--coders", metavar="COLUMN,COLUMN…",
              help="Columns that hold one coder each; default: the columns coder_… of a single file. Of a review: "
                   "its coders to be compared; default: all.")  # fmt: skip
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
@click.option("--table", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write a table for a paper here: .tex, .docx, .xlsx, .html, .md, .txt or .csv.")  # fmt: skip
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
    table: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Measure how far coders agree on the clauses that several of them coded.

    FILES (.jsonl or .csv) hold codings, with the columns id, instrument (or code) and, if known, subtype, doc and
    coder_id: one file a coder, as textq code writes them, or one file with a column a coder. Prints Krippendorff's
    alpha, Gwet's AC1, percent agreement, Holsti's coefficient, Cohen's kappa of each two coders, agreement on each
    code, what was taken for what, and a sentence for the paper.

    One folder instead of FILES (what textq score wrote, or one run in it) compares the people who coded its audit
    samples with textq review: in all, by sample, what was left out and why, and how well the machine did on them.
    """
    from econ.table_files import write_table
    from textq.export.csv import write_csv
    from textq.pipeline.agreement_table import tabulate_agreement

    check_outputs(files, {"--out": out, "--disagreements": disagreements, "--table": table})
    names = [name.strip() for name in (coders or "").split(",") if name.strip()]
    if coders is not None and len(set(names)) < 2:
        raise click.UsageError("--coders names the columns of at least two coders, such as --coders anna,bao.")
    folders = [path for path in files if path.is_dir()]
    if folders and len(files) > 1:
        raise click.UsageError(f"{folders[0]} is a folder. Give the folder of one review alone, or files of codings.")
    settings: Any = {"codebook": codebook, "by": by, "draws": draws, "seed": seed}
    language = languages.choose_language(lang)
    review = None
    if folders:
        from textq.cli.agree_review import describe_review, summarise_review
        from textq.pipeline.agreement_figures import list_review_disagreements, list_rounds
        from textq.pipeline.review_agreement import measure_run, require_agreement

        review = measure_run(folders[0], coders=names, **settings)
        agreement = require_agreement(review, str(folders[0]))
        figures, differing = list_rounds(review), list_review_disagreements(review)
        summary = summarise_review(review, folders[0])
        lines = describe_review(review, folders[0], language)
    else:
        from textq.cli.agree_summary import describe_agreement, summarise_agreement
        from textq.pipeline.agreement import compare_coders
        from textq.pipeline.agreement_figures import list_disagreements, list_figures

        agreement = compare_coders(files, names, **settings)
        figures, differing = list_figures(agreement), list_disagreements(agreement)
        summary = summarise_agreement(agreement, files)
        lines = describe_agreement(agreement, files, language)
    for frame, path in ((figures, out), (differing, disagreements)):
        if path is not None:
            write_csv(frame, path)
    if table is not None:
        write_table(tabulate_agreement(agreement, language, review), table)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(line)
