"""``textq score``: files → scores, clauses, and a list of what could not be read."""

import json
from pathlib import Path
from typing import Any

import click

from textq.cli import EXIT_PARTIAL, languages
from textq.cli.paths import CODEBOOK, CONFIRMED
from textq.cli.progress import ProgressBar
from textq.records import UNREAD

_MOST_JOBS = 64
_READING: dict[languages.Lang, str] = {"zh": "读取", "en": "reading"}


@click.command(
    epilog="""\b
Examples:
  textq score corpus/
  textq score plans/ notice.pdf --out study --jobs 4
  textq score plans/ --confirmed check_documents.xlsx
  textq score scans/ --ocr
  textq score corpus/ --codebook climate
  textq score corpus/ --json
"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="textq-out", show_default=True,
              help="The study's folder; every run gets a folder of its own below it.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, _MOST_JOBS), default=1, show_default=True, help="Worker processes.")
@click.option("--sharing", type=click.Choice(["full", "split"]), default="full", show_default=True,
              help="A document for n zones counts in full for each, or with 1/n.")  # fmt: skip
@click.option("--share-of", type=click.Choice(["all", "instruments"]), default="all", show_default=True,
              help="Shares of all coded clauses, or only of those that carry an instrument.")  # fmt: skip
@click.option("--depreciation", type=click.FloatRange(0, 1, max_open=True), default=0.0, show_default=True,
              help="Yearly rate at which clauses lose weight in the stocks.")  # fmt: skip
@click.option("--near-duplicates", type=click.Choice(["count", "first"]), default="count", show_default=True,
              help="Of documents of the same units and nearly the same text all count, or the first.")  # fmt: skip
@click.option("--confirmed", type=CONFIRMED, multiple=True, metavar="FILE",
              help="A check_documents.xlsx whose column confirmed was filled in; may be repeated.")  # fmt: skip
@click.option("--codebook", type=CODEBOOK, metavar="DIR",
              help="A folder with a codebook and its lexicon (textq init); default: those of textq.")  # fmt: skip
@click.option("--coder", metavar="NAME",
              help="Who codes: rules, the name of a trained coder, its folder (textq train), or the file of several "
                   "(textq combine); default: full, with a codebook of your own rules.")  # fmt: skip
@click.option("--no-review", is_flag=True,
              help="Leave out the codes that people settled in the study's folder (textq review).")  # fmt: skip
@click.option("--ocr", is_flag=True, help="Recognise scanned pages (slow; see textq doctor).")
@click.option("--pdf-engine", type=click.Choice(["pdfium", "pdfminer"]), default="pdfium", show_default=True,
              help="The reader of PDFs; the other one checks a sample of pages.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), default=300.0, show_default=True,
              help="Seconds after which a file is given up.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the run on stdout.")
@languages.option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    jobs: int,
    sharing: Any,
    share_of: Any,
    depreciation: float,
    near_duplicates: Any,
    confirmed: tuple[Path, ...],
    codebook: Path | None,
    coder: str | None,
    no_review: bool,
    ocr: bool,
    pdf_engine: Any,
    time_limit: float,
    as_json: bool,
    lang: str | None,
) -> None:
    """Read, segment, code and score the documents in PATHS (folders or files).

    A folder that holds manifest.csv is read by its rows; every other file in it is ignored. Reads PDF, HTML, MHTML,
    DOCX, TXT and Markdown, also inside ZIP archives; DOC, WPS, RTF, OFD and scanned pages where the machine can (see
    textq doctor). Codes clauses by the codebook that comes with textq, or by your own (--codebook); where people
    settled a clause in the review of --out, their code counts. Writes CSV and Parquet tables, the texts, and run.json.
    """
    from textq.cli.score_summary import describe_run
    from textq.pipeline.scores import score

    language = languages.choose_language(lang)
    with ProgressBar(_READING[language]) as progress:
        run = score(
            paths, out=out, jobs=jobs, sharing=sharing, share_of=share_of, depreciation=depreciation,
            near_duplicates=near_duplicates, confirmed=confirmed, codebook=codebook, coder=coder,
            review=not no_review, ocr=ocr, pdf_engine=pdf_engine, time_limit=time_limit, on_progress=progress.show,
        )  # fmt: skip
    for line in describe_run(run, paths, out, language):
        click.echo(line, err=as_json)
    if as_json:
        shown = ("schema_version", "run_id", "n_files", "status", "n_clauses", "classes", "review", "warnings")
        told = {name: run.meta[name] for name in shown if name in run.meta}
        click.echo(json.dumps({"run_dir": str(run.run_dir), **told}, ensure_ascii=False))
    ctx.exit(EXIT_PARTIAL if any(run.meta["status"][status] for status in UNREAD) else 0)
