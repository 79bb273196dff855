"""``textq lexicon``: check, test and compare lexicons."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textq.cli import EXIT_PARTIAL, languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textq.coding.rules import RulesCoder
    from textq.lexicon.entry import Entry

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_CORPUS = click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), metavar="RUN_OR_CLAUSES",
    help="Try it on these clauses: a folder that textq score wrote, or a file with the fields text and doc.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all cases on stdout.")


@click.group(
    epilog="""\b
Examples:
  textq lexicon check
  textq lexicon test my_lists
"""
)
def command() -> None:
    """Check, test and compare lexicons.

    FOLDER holds codebook.yaml and a folder instruments of CSV files; by default it is what comes with textq.
    """


@command.command(
    epilog="""\b
Examples:
  textq lexicon check
  textq lexicon check my_lists --corpus textq-out --lang zh
"""
)
@click.argument("folder", type=_FOLDER, required=False)
@_CORPUS
@_JSON
@languages.option
@click.pass_context
def check(ctx: click.Context, folder: Path | None, corpus: Path | None, as_json: bool, lang: str | None) -> None:
    """Check what the entries of a lexicon say of each other and, with --corpus, what a corpus says of them.

    Finds codes without an entry, guards that can never hold, terms inside terms of another code, weights outside the
    grades, lists without provenance; in a corpus, terms that stand in more than 25, 50 or 80 % of the documents, terms
    that stoppers or longer terms always hide, and terms that are never met. Exit code 3: something is an error.
    """
    from textq.cli.lexicon_summary import describe_check
    from textq.lexicon.check import check_lexicon, check_use, measure_use
    from textq.lexicon.finding import is_sound

    rules, provenance = _read_rules(folder), _read_provenance(folder)
    findings = check_lexicon(rules.lexicon, rules.codebook, provenance)
    n_documents = None
    if corpus is not None:
        from textq.cli.list_folder import read_corpus

        documents = read_corpus(corpus).group_texts()
        n_documents = len(documents)
        findings += check_use(measure_use(rules.lexicon, documents), n_documents)
    if as_json:
        _print_json({**_name(rules), "n_documents": n_documents, "findings": [asdict(one) for one in findings]})
    else:
        _print(describe_check(rules.coder_id, len(rules.lexicon.entries), n_documents, findings, _choose(lang)))
    ctx.exit(0 if is_sound(findings) else EXIT_PARTIAL)


@command.command(
    epilog="""\b
Examples:
  textq lexicon test
  textq lexicon test my_lists --json
"""
)
@click.argument("folder", type=_FOLDER, required=False)
@_JSON
@languages.option
@click.pass_context
def test(ctx: click.Context, folder: Path | None, as_json: bool, lang: str | None) -> None:
    """Code every example of the codebook and of the lexicon, and list those that come out otherwise.

    The examples are those in codebook.yaml, and the lines of instruments/examples.jsonl where it is there. Exit code
    3: an example fails.
    """
    from textq.cli.lexicon_summary import describe_outcomes
    from textq.cli.list_folder import choose_folder, find_lexicon
    from textq.lexicon.examples import FILE, list_cases, read_cases, run_cases

    rules = _read_rules(folder)
    cases, path = list_cases(rules.codebook), find_lexicon(choose_folder(folder)) / FILE
    if path.is_file():
        cases += read_cases(path, rules.codebook, rules.lexicon)
    outcomes = run_cases(cases, rules.lexicon, rules.code)
    if as_json:
        _print_json({**_name(rules), "examples": [asdict(one) for one in outcomes]})
    else:
        _print(describe_outcomes(rules.coder_id, outcomes, _choose(lang)))
    ctx.exit(0 if all(one.passed for one in outcomes) else EXIT_PARTIAL)


@command.command(
    epilog="""\b
Examples:
  textq lexicon diff lists_1 lists_2
  textq lexicon diff lists_1 lists_2 --corpus clauses.jsonl --lang zh
"""
)
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER, required=False)
@_CORPUS
@_JSON
@languages.option
def diff(old: Path, new: Path | None, corpus: Path | None, as_json: bool, lang: str | None) -> None:
    """Say what changed from the lexicon in OLD to the one in NEW (default: the one that comes with textq).

    With --corpus also which clauses get another code.
    """
    from textq.cli.lexicon_summary import describe_diff
    from textq.lexicon.diff import diff_lexicons, find_moves

    before, after = _read_rules(old), _read_rules(new)
    changes = diff_lexicons(before.lexicon, after.lexicon)
    moves, n_clauses = None, 0
    if corpus is not None:
        from textq.cli.list_folder import read_corpus

        units = read_corpus(corpus).units
        moves, n_clauses = find_moves(before.code(units), after.code(units)), len(units)
    if as_json:
        _print_json(
            {
                "old": before.coder_id,
                "new": after.coder_id,
                "added": _list_entries(changes.added),
                "removed": _list_entries(changes.removed),
                "changed": [{"old": asdict(a), "new": asdict(b)} for a, b in changes.changed],
                "n_clauses": n_clauses,
                "moves": None if moves is None else [asdict(move) for move in moves],
            }
        )
    else:
        _print(describe_diff(before.coder_id, after.coder_id, changes, moves, n_clauses, _choose(lang)))


def _read_rules(folder: Path | None) -> "RulesCoder":
    from textq.cli.list_folder import choose_folder, find_codebook, find_lexicon
    from textq.coding.rules import RulesCoder
    from textq.lexicon.read import read_codebook, read_lexicon

    chosen = choose_folder(folder)
    codebook = read_codebook(find_codebook(chosen))
    return RulesCoder(read_lexicon(find_lexicon(chosen), codebook), codebook)


def _read_provenance(folder: Path | None) -> dict[str, Any] | None:
    """Return what the manifest beside a lexicon says of it, None where it says nothing."""
    from textq.cli.list_folder import choose_folder, find_lexicon
    from textq.lexicon.read import read_manifest

    lexicon = find_lexicon(choose_folder(folder)).resolve()
    manifest = lexicon.parent / "manifest.toml"
    block = read_manifest(manifest).get(lexicon.name) if manifest.is_file() else None
    return block if isinstance(block, dict) else None


def _name(rules: "RulesCoder") -> dict[str, object]:
    return {"lexicon": rules.coder_id, "codebook": rules.codebook.edition, "n_entries": len(rules.lexicon.entries)}


def _list_entries(entries: "Sequence[Entry]") -> list[dict[str, object]]:
    return [asdict(entry) for entry in entries]


def _choose(lang: str | None) -> languages.Lang:
    return languages.choose_language(lang)


def _print(lines: "Iterable[str]") -> None:
    for line in lines:
        click.echo(line)


def _print_json(content: dict[str, object]) -> None:
    from textq.provenance import SCHEMA_VERSION

    click.echo(json.dumps({"schema_version": SCHEMA_VERSION, **content}, ensure_ascii=False))
