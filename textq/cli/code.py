"""``textq code``: code clauses that are already cut."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textq.cli import check_outputs, languages, llm_options, paths

if TYPE_CHECKING:
    from textq.coding.coder import Coder
    from textq.lexicon.codebook import Codebook
    from textq.lexicon.entry import Lexicon
    from textq.records import Coding, CodingUnit


@click.command(
    epilog="""\b
Examples:
  textq code clauses.jsonl
  textq code clauses.csv --out codings.csv --html codings.html
  textq code clauses.jsonl --coder rules --show
  textq code clauses.jsonl --codebook climate
  textq code clauses.jsonl --coder llm --llm-url http://localhost:11434/v1 --llm-model qwen3 --dry-run
"""
)
@click.argument("file", type=paths.CLAUSES)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Where to write, .csv or .jsonl; default: stdout, in the format of FILE.")  # fmt: skip
@click.option("--coder", metavar="NAME",
              help="Who codes: rules, the name of a trained coder, its folder (textq train), the file of several "
                   "(textq combine), or llm; default: full, with a codebook of your own rules.")  # fmt: skip
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="A folder with a codebook and its lexicon (textq init); default: those of textq.")  # fmt: skip
@click.option("--show", is_flag=True, help="Print the clauses with their evidence marked instead of a table.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Also write a page of the clauses with their evidence marked.")  # fmt: skip
@llm_options.add_options
@languages.option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    file: Path,
    out: Path | None,
    coder: str | None,
    codebook: Path | None,
    show: bool,
    html: Path | None,
    lang: str | None,
    **llm: Any,
) -> None:
    """Code the clauses in FILE (.jsonl or .csv with the fields id, text and, if known, title, heading, stem).

    Writes id, instrument, subtype, secondary, confidence, unsure, evidence ([[start, end, label], …], offsets in
    text), coder_id and codebook.
    """
    from textq.coding.coders import LLM, find_coder, read_rules
    from textq.export.codings import check_ending
    from textq.export.evidence_html import check_page_size
    from textq.ingest.cut_clauses import read_clauses

    check_outputs([file], {"--out": out, "--html": html, "--llm-record": llm["llm_record"]})
    if out is not None:
        check_ending(out.suffix)
    units, language = read_clauses(file), languages.choose_language(lang)
    if html is not None:
        check_page_size(len(units))
    chosen: Coder = read_rules(codebook) if coder == LLM else find_coder(coder, codebook)
    lexicon = None if coder == LLM else read_rules(codebook).lexicon

    def write(codings: "Sequence[Coding]") -> None:
        _write(units, codings, chosen.codebook, lexicon, file, out, show, html, language)

    if coder == LLM:
        ctx.exit(llm_options.code_with_llm(units, chosen.codebook, llm, write, language))
    llm_options.refuse_llm_options(ctx)
    write(chosen.code(units))


def _write(
    units: Sequence["CodingUnit"],
    codings: Sequence["Coding"],
    codebook: "Codebook",
    lexicon: "Lexicon | None",
    file: Path,
    out: Path | None,
    show: bool,
    html: Path | None,
    language: languages.Lang,
) -> None:
    from textq.export.codings import save_codings, write_codings
    from textq.export.evidence_html import save_evidence_html
    from textq.export.evidence_terminal import describe_evidence, has_colours

    coded_ids = {coding.clause_id for coding in codings}
    coded = [unit for unit in units if unit.clause_id in coded_ids]
    if html is not None:
        save_evidence_html(html, coded, codings, codebook, language, lexicon)
    if out is not None:
        save_codings(codings, out)
    if show:
        colours = has_colours(sys.stdout, os.environ)
        for line in describe_evidence(coded, codings, codebook, colours=colours, lang=language, lexicon=lexicon):
            click.echo(line, color=colours)
    elif out is None:
        write_codings(codings, sys.stdout, file.suffix)
