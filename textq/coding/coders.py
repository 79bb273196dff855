"""The coders there are, by name, and how they code the clauses of a document."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from textq.coding.rules import RulesCoder
from textq.errors import ConfigError
from textq.lexicon.read import builtin_root, read_codebook, read_lexicon
from textq.records import CODED_KINDS, Clause, Coding, CodingUnit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textq.coding.coder import Coder

RULES = "rules"
"""The name of the lexicon's coder."""

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
        If there is no such coder, or the file of several was changed or is not of these coders.
    LexiconError, ModelFileError
        If its files break their form.
    """
    chosen = name or (RULES if folder else DEFAULT_CODER)
    root = (folder or builtin_root()).resolve()
    if is_ensemble(chosen) and find_model(chosen, root) is None:
        from textq.coding.ensemble.load import load_ensemble

        return load_ensemble(Path(chosen), root)
    return _find(chosen, root)


def is_ensemble(name: str) -> bool:
    """Tell whether a coder's name is that of the file of several (``textq combine``)."""
    return Path(name).suffix == ENSEMBLE_SUFFIX


def find_model(name: str, folder: Path) -> Path | None:
    """Return the folder of a trained coder: that of this name beside the codebook, else ``name`` as a path, if any."""
    return next((path for path in (folder / MODELS / name, Path(name)) if path.is_dir()), None)


@cache
def _find(name: str, folder: Path) -> Coder:
    rules = _read_rules(folder)
    if name == RULES:
        return rules
    path = find_model(name, folder)
    if path is None and name == "llm":
        raise ConfigError(
            "a language model can be asked by textq code alone (--coder llm): its answers cost money and may differ "
            "next time. Write its codes into a file, and compare that with others by textq agree; see docs/llm.md."
        )
    if path is None:
        trained = sorted(one.name for one in (folder / MODELS).glob("*") if one.is_dir())
        raise ConfigError(
            f"There is no coder {name!r}. With the codebook in {folder} there are {', '.join([RULES, *trained])}; the "
            "folder of a coder that textq train wrote, or a file that textq combine wrote, can be given too."
        )
    from textq.coding.trained.model_file import load_coder

    return load_coder(path, rules)


@cache
def _read_rules(folder: Path) -> RulesCoder:
    codebook = read_codebook(folder / "codebook.yaml")
    return RulesCoder(read_lexicon(folder / "instruments", codebook), codebook)


def read_rules(folder: Path | None = None) -> RulesCoder:
    """Return the lexicon's coder of a folder, by default of what comes with textq; read once."""
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
