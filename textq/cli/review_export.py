"""``textq review export``: workbooks for coding, tables, the codebook, and the log of events."""

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textq.atomic import replace_bytes
from textq.cli import check_outputs, languages, paths
from textq.cli.review_arguments import choose_coder, find_default

if TYPE_CHECKING:
    from textq.pipeline.review_open import ReviewStudy

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "export",
    epilog="""\b
Examples:
  textq review export textq-out --xlsx anna.xlsx --coder anna
  textq review export textq-out --xlsx fix.xlsx --queue fix --most 500 --coder anna --lang zh
  textq review export textq-out --csv finals.csv --decisions decisions.csv --qdc codebook.qdc
  textq review export textq-out
""",
)
@click.argument("run", type=paths.InputPath("Give a folder that textq score wrote.", file_okay=False), required=False)
@click.option("--xlsx", type=_FILE, metavar="FILE", help="Write a workbook in which a coder can code (--coder).")
@click.option("--csv", type=_FILE, metavar="FILE", help="Write the final codes, as textq train reads them.")
@click.option("--decisions", type=_FILE, metavar="FILE",
              help="Write what each coder decided in the queue, as textq agree reads it.")  # fmt: skip
@click.option("--qdc", type=_FILE, metavar="FILE", help="Write the codebook as REFI-QDA, for NVivo, MAXQDA, ATLAS.ti.")
@click.option("--events", type=_FILE, metavar="FILE", help="Write all events, or those of --coder, as JSON Lines.")
@click.option("--queue", type=click.Choice(["audit", "fix", "all"]), default="audit", show_default=True,
              help="Of --xlsx: a share of an audit, blind; clauses to correct, with the machine's codes; or all "
                   "clauses. Of --decisions: which decisions.")  # fmt: skip
@click.option("--sample", default="", metavar="NAME", help="Of --queue audit: which sample; default: the newest.")
@click.option("--most", type=click.IntRange(1), metavar="N", help="Of --xlsx: the first N clauses of the queue alone.")
@click.option("--coder", metavar="NAME", help="Whose workbook, decisions or events; default: the only coder.")
@click.option("--overwrite", is_flag=True,
              help="Write over a workbook or table that is there; somebody may have filled it in.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the files on stdout.")
@languages.option
def command(
    run: Path | None,
    xlsx: Path | None,
    csv: Path | None,
    decisions: Path | None,
    qdc: Path | None,
    events: Path | None,
    queue: Any,
    sample: str,
    most: int | None,
    coder: str | None,
    overwrite: bool,
    as_json: bool,
    lang: str | None,
) -> None:
    """Write the review of RUN (a folder of textq score; default: textq-out) into files.

    Without an option it writes what each coder did to review/events-NAME.jsonl in the study's folder; `textq review
    merge` takes such files in. A workbook (--xlsx) comes back by `textq review import`. Of an audit it shows neither
    the machine's codes nor those of others.
    """
    from textq.cli.review_export_summary import Written, describe_written, summarise_written

    outputs = {"--xlsx": xlsx, "--csv": csv, "--decisions": decisions, "--qdc": qdc, "--events": events}
    check_outputs([], outputs)
    if xlsx is not None and xlsx.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--xlsx {xlsx}: the name of a workbook ends in .xlsx.")
    if not overwrite:
        _check_absent({"--xlsx": xlsx, "--csv": csv, "--decisions": decisions})
    language = languages.choose_language(lang)
    opened = _open(run or find_default())
    written: list[Written] = []
    with closing(opened.store):
        if xlsx is not None:
            written.append(_write_sheet(opened, xlsx, coder, queue, sample, most, language))
        written += _write_tables(opened, csv, decisions, queue, coder)
        if qdc is not None:
            written.append(_write_qdc(opened, qdc, language))
        if events is not None or not any(outputs.values()):
            written += _write_events(opened, events, coder)
    if as_json:
        click.echo(json.dumps(summarise_written(written), ensure_ascii=False))
    else:
        for line in describe_written(written, language):
            click.echo(line)


def _check_absent(outputs: Mapping[str, Path | None]) -> None:
    for option, path in outputs.items():
        if path is not None and path.exists():
            raise click.UsageError(
                f"{option} {path} is there already, and somebody may have worked in it. Give another name, or "
                "--overwrite."
            )


def _open(run: Path) -> "ReviewStudy":
    from textq.pipeline.review_open import open_review

    return open_review(run)


def _write_sheet(
    opened: "ReviewStudy", path: Path, coder: str | None, queue: Any, sample: str, most: int | None, lang: str
) -> Any:
    from textq.cli.review_export_summary import Written
    from textq.pipeline.review_exchange import build_sheet
    from textq.store.decisions import list_coders

    whose = choose_coder(coder, list_coders(opened.store))
    sheet = build_sheet(
        opened.store, opened.codebook_in(lang), coder=whose, queue=queue, sample=sample, lang=lang, most=most
    )  # fmt: skip
    replace_bytes(path, sheet.data)
    return Written("xlsx", path, sheet.n_rows, whose, sheet.facts.sample, sheet.n_hidden)


def _write_tables(
    opened: "ReviewStudy", csv: Path | None, decisions: Path | None, queue: str, coder: str | None
) -> list[Any]:
    from textq.cli.review_export_summary import Written
    from textq.pipeline.review_tables import build_decisions_csv, build_finals_csv

    written = []
    if csv is not None:
        table = build_finals_csv(opened.out, opened.store)
        replace_bytes(csv, table)
        written.append(Written("csv", csv, count_rows(table)))
    if decisions is not None:
        table = build_decisions_csv(opened.out, opened.store, queue=queue, coder=coder)
        replace_bytes(decisions, table)
        written.append(Written("decisions", decisions, count_rows(table), coder or ""))
    return written


def _write_qdc(opened: "ReviewStudy", path: Path, lang: str) -> Any:
    from textq.cli.review_export_summary import Written
    from textq.review.codebook_qdc import build_qdc

    replace_bytes(path, build_qdc(opened.codebook_in(lang), lang))
    return Written("qdc", path, len(opened.codebook.codes))


def _write_events(opened: "ReviewStudy", path: Path | None, coder: str | None) -> list[Any]:
    from textq.cli.review_export_summary import Written
    from textq.store.decisions import list_coders
    from textq.store.events import read_events
    from textq.store.transfer import export_events

    if path is not None:
        return [Written("events", path, export_events(opened.store, path, coder), coder or "")]
    folder = opened.out / "review"
    folder.mkdir(exist_ok=True)
    written = []
    named = {event.draft.coder for event in read_events(opened.store)} | set(list_coders(opened.store))
    for name in [coder] if coder else sorted(named):
        if read_events(opened.store, coder=name, limit=1):
            to = folder / f"events-{name or 'study'}.jsonl"
            written.append(Written("events", to, export_events(opened.store, to, name), name))
    return written


def count_rows(table: bytes) -> int:
    """Return how many rows a CSV file has below its head."""
    import csv
    import io

    return sum(1 for _ in csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))) - 1
