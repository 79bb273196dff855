"""``textq review import``: codes come back from spreadsheets, and from programs and papers elsewhere."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from textq.atomic import replace_bytes
from textq.cli import EXIT_PARTIAL, check_outputs, languages, paths
from textq.cli.review_arguments import split_paths

_TABLE = paths.InputPath("Give a table that ends in .xlsx, .csv or .tsv.", dir_okay=False)


def _read_pairs(ctx: click.Context, option: click.Parameter, value: str | None) -> dict[str, str]:
    pairs = [part.partition("=") for part in (value or "").replace("，", ",").split(",") if part.strip()]
    if not all(sign and name.strip() and column.strip() for name, sign, column in pairs):
        raise click.BadParameter(f"give NAME=COLUMN, separated by commas. Got {value!r}.", ctx, option)
    return {name.strip(): column.strip() for name, _, column in pairs}


@click.command(
    "import",
    epilog="""\b
Examples:
  textq review import textq-out anna.xlsx
  textq review import textq-out anna.xlsx --apply
  textq review import textq-out anna.csv --coder anna --queue audit --apply --conflicts theirs
  textq review import textq-out --quotes nvivo.xlsx --coder old_paper
  textq review import textq-out --quotes old.csv --columns document=政策,quote=原文,code=工具 --codes map.csv --apply
""",
)
@click.argument("given", nargs=-1, type=click.Path(path_type=Path), metavar="[RUN] [FILE]…")
@click.option("--quotes", type=_TABLE, metavar="FILE",
              help="A table of document, quote and code, as NVivo, MAXQDA, ATLAS.ti and QualCoder export "
                   "it.")  # fmt: skip
@click.option("--columns", callback=_read_pairs, metavar="X=COLUMN,…",
              help="Of --quotes: columns that are not recognised: document, quote, code, subtype, coder, "
                   "memo.")  # fmt: skip
@click.option("--codes", type=_TABLE, metavar="FILE",
              help="Of --quotes: a table whose first two columns are the code there and the code here; - passes it "
                   "over.")  # fmt: skip
@click.option("--coder", metavar="NAME", help="Whose codes they are, where the file does not tell.")
@click.option("--queue", type=click.Choice(["audit", "fix", "all"]),
              help="Where the codes of a file count that does not tell, such as a workbook saved as CSV.")  # fmt: skip
@click.option("--sample", default="", metavar="NAME", help="Of an audit: its sample, where the file does not tell.")
@click.option("--apply", is_flag=True, help="Write the codes. Without this the differences are only listed.")
@click.option("--conflicts", type=click.Choice(["mine", "theirs"]),
              help="Where the study changed as well since the export: mine writes the file's code, theirs keeps "
                   "that of the study.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the list of all rows here, as CSV; of --quotes default: FILE.matches.csv beside "
                   "FILE.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all rows on stdout.")
@languages.option
@click.pass_context
def command(
    ctx: click.Context,
    given: tuple[Path, ...],
    quotes: Path | None,
    columns: dict[str, str],
    codes: Path | None,
    coder: str | None,
    queue: str | None,
    sample: str,
    apply: bool,
    conflicts: Any,
    out: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Read codes back into the review of RUN (default: textq-out): what they change is listed, --apply writes it.

    FILE is a workbook that `textq review export --xlsx` wrote and that Excel, WPS or LibreOffice saved (.xlsx or .csv).
    Its codes become events of the queue that it was exported from. With --quotes, codings of earlier papers are matched
    to the clauses that they quote.

    Exit code 3: some rows cannot be used as they are, or are in conflict; the others can.
    """
    from textq.notation.coder_names import check_coder
    from textq.pipeline.review_open import open_review
    from textq.store.decisions import list_coders

    run, files = split_paths(given)
    _check_usage(files, quotes, codes, columns, out)
    language = languages.choose_language(lang)
    opened = open_review(run)
    settings = {"apply": apply, "conflicts": conflicts, "as_json": as_json, "lang": language}
    with closing(opened.store):
        if quotes is not None:
            known = list_coders(opened.store)
            whose = check_coder(coder) if coder else known[0] if len(known) == 1 else ""
            left = [_import_quotes(opened, quotes, columns, codes, whose, out, **settings)]
        else:
            left = [_import_file(opened, path, coder or "", queue or "", sample, out, **settings) for path in files]
    if any(left):
        ctx.exit(EXIT_PARTIAL)


def _check_usage(
    files: list[Path], quotes: Path | None, codes: Path | None, columns: dict[str, str], out: Path | None
) -> None:
    if bool(files) == bool(quotes):
        raise click.UsageError("give a FILE that came back, or --quotes FILE; one of the two.")
    if quotes is None and (codes or columns):
        raise click.UsageError("--columns and --codes go with --quotes FILE.")
    if out is not None and len(files) > 1:
        raise click.UsageError("--out goes with one FILE.")
    check_outputs([*files, *([quotes] if quotes else []), *([codes] if codes else [])], {"--out": out})


def _import_file(
    opened: Any,
    path: Path,
    coder: str,
    queue: str,
    sample: str,
    out: Path | None,
    *,
    apply: bool,
    conflicts: Any,
    as_json: bool,
    lang: languages.Lang,
) -> bool:
    """List, and with ``apply`` write, what a file changes; return whether rows are left."""
    from textq.cli.review_import_summary import CHANGE_COLUMNS, describe_plan, list_changes, summarise_plan
    from textq.pipeline.review_exchange import apply_import, plan_import
    from textq.pipeline.review_tables import write_table

    plan = plan_import(
        opened.store, opened.codebook, path.read_bytes(), path.name, coder=coder, queue=queue, sample=sample
    )
    if out is not None:
        replace_bytes(out, write_table(CHANGE_COLUMNS, list_changes(plan, opened.codebook, lang)))
    applied = apply_import(opened.store, plan, conflicts=conflicts) if apply else None
    if as_json:
        click.echo(json.dumps(summarise_plan(plan, applied, opened.codebook, lang), ensure_ascii=False))
    else:
        for line in describe_plan(plan, applied, opened.codebook, lang):
            click.echo(line)
    return bool(applied.n_left if applied else plan.n_refused + plan.counts["conflict"])


def _import_quotes(
    opened: Any,
    path: Path,
    columns: dict[str, str],
    codes: Path | None,
    coder: str,
    out: Path | None,
    *,
    apply: bool,
    conflicts: Any,
    as_json: bool,
    lang: languages.Lang,
) -> bool:
    """List, and with ``apply`` write, the codes of a table of quotes; return whether quotes are left."""
    from textq.cli.review_import_summary import describe_quotes, summarise_quotes
    from textq.pipeline.review_quotes import MATCH_COLUMNS, apply_quotes, list_quote_rows, plan_quotes, read_mapping
    from textq.pipeline.review_tables import write_table

    mapping = read_mapping(codes.read_bytes(), codes.name) if codes is not None else None
    plan = plan_quotes(
        opened.store, opened.codebook, path.read_bytes(), path.name, coder=coder, columns=columns, codes=mapping
    )
    rows = list_quote_rows(opened.store, plan, opened.codebook, lang)
    listed = out or path.with_name(f"{path.name}.matches.csv")
    replace_bytes(listed, write_table(MATCH_COLUMNS, rows))
    applied = apply_quotes(opened.store, plan, conflicts=conflicts) if apply else None
    if as_json:
        click.echo(json.dumps(summarise_quotes(plan, applied, rows, listed), ensure_ascii=False))
    else:
        for line in describe_quotes(plan, applied, listed, lang):
            click.echo(line)
    return bool(applied.n_left if applied else plan.n_left)
