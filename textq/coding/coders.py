"""The coders there are, by name, and how they code the clauses of a document."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from textq.coding.rules import RulesCoder
from textq.errors import ConfigError
from textq.lexicon.read import CODEBOOK_NAME, LEXICON_NAME, builtin_root, read_codebook, read_lexicon
from textq.records import CODED_KINDS, Clause, Coding, CodingUnit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textq.coding.coder import Coder

RULES = "rules"
"""The name of the lexicon's coder."""

LLM = "llm"
"""The name by which ``textq code`` alone asks a language model."""

BUILTIN_MODELS = ("full", "written")
"""The trained coders that come with textq."""

MODELS = "models"
"""The folder of trained coders beside a codebook."""

ENSEMBLE_SUFFIX = ".json"
"""How the file of several coders ends (``textq combine``)."""

DEFAULT_CODER = "full"
"""The coder that is used with textq's own codebook where none is named; with another codebook it is `RULES`."""


def find_coder(name: str | None = None, folder: Path | None = None) -> Coder:
    """Return a coder by its name: ``"rules"``, a trained one of the codebook, a folder of one, or a file of several.

    ``folder`` holds ``codebook.yaml``, ``instruments/`` and, where coders were trained, ``models/``; the default is
    what comes with textq. What was found once is kept.

    Raises
    ------
    ConfigError
        If there is no such coder or codebook, or the file of several was changed or is not of these coders.
    LexiconError, ModelFileError
        If its files break their form.
    """
    chosen = name or (RULES if folder else DEFAULT_CODER)
    root = (folder or builtin_root()).resolve()
    if is_ensemble(chosen) and find_model(chosen, root) is None and Path(chosen).exists():
        from textq.coding.ensemble.load import load_ensemble

        return load_ensemble(Path(chosen), root)
    return _find(chosen, root)


def is_ensemble(name: str) -> bool:
    """Tell whether a coder's name is that of the file of several (``textq combine``)."""
    return Path(name).suffix == ENSEMBLE_SUFFIX


def find_model(name: str, folder: Path) -> Path | None:
    """Return the folder of a trained coder: that of this name beside the codebook, else ``name`` as a path, if any."""
    try:
        return next((path for path in (folder / MODELS / name, Path(name)) if path.is_dir()), None)
    except OSError as error:
        raise ConfigError(f"the coder {name!r} (--coder) cannot be looked for ({error.strerror}). Check it.") from error


@cache
def _find(name: str, folder: Path) -> Coder:
    rules = _read_rules(folder)
    if name == RULES:
        return rules
    path = find_model(name, folder)
    if path is None and name == LLM:
        raise ConfigError(
            "a language model can be asked by textq code alone (--coder llm): its answers cost money and may differ "
            "next time. Write its codes into a file, and compare that with others by textq agree; see docs/llm.md."
        )
    if path is None:
        raise ConfigError(_describe_absence(name, folder))
    from textq.coding.trained.model_file import load_coder

    return load_coder(path, rules)


def _describe_absence(name: str, folder: Path) -> str:
    """Return what is wrong with the name of a coder that is not there, and which coders are."""
    known = [RULES, *sorted(one.name for one in (folder / MODELS).glob("*") if one.is_dir())]
    absent = ""
    if Path(name).exists():
        absent = f" {name} is a file that textq combine did not write."
    elif is_ensemble(name) or Path(name).name != name:
        absent = f" {name} does not exist."
    near = get_close_matches(Path(name).name.lower(), known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return (
        f"There is no coder {name!r} (--coder).{absent}{meant} With the codebook in {folder} there are "
        f"{', '.join(known)}, and for textq code alone {LLM}; the folder of a coder that textq train wrote, or a file "
        "that textq combine wrote, can be given too."
    )


@cache
def _read_rules(folder: Path) -> RulesCoder:
    codebook = read_codebook(locate_codebook(folder))
    return RulesCoder(read_lexicon(folder / LEXICON_NAME, codebook), codebook)


def locate_codebook(folder: Path) -> Path:
    """Return the file of the codebook in a folder.

    Raises
    ------
    ConfigError
        If there is none.
    """
    path = folder / CODEBOOK_NAME
    if not path.is_file():
        why = f"holds no codebook: there is no {CODEBOOK_NAME} in it" if folder.exists() else "does not exist"
        raise ConfigError(
            f"{folder} {why}. Give the folder that `textq init --codebook NAME DIR` made (--codebook DIR)."
        )
    return path


def read_rules(folder: Path | None = None) -> RulesCoder:
    """Return the lexicon's coder of a folder, by default of what comes with textq; read once.

    Raises
    ------
    ConfigError
        If there is no codebook in the folder.
    LexiconError
        If its files break their form.
    """
    return _read_rules((folder or builtin_root()).resolve())


def forget_coders() -> None:
    """Let coders be read anew from their files, which may be others by now."""
    _find.cache_clear()
    _read_rules.cache_clear()


def code_clauses(clauses: Iterable[Clause], title: str = "", coder: Coder | None = None) -> Iterator[Coding]:
    """Code those clauses of a document that are coded at all; evidence has the offsets of the document's text."""
    coded = [clause for clause in clauses if clause.kind in CODED_KINDS]
    units = [CodingUnit(one.clause_id, one.text, title, one.heading, one.stem) for one in coded]
    for clause, coding in zip(coded, (coder or find_coder()).code(units), strict=True):
        spans = (Span(span.start + clause.start, span.end + clause.start, span.label) for span in coding.evidence)
        yield replace(coding, evidence=tuple(spans))
