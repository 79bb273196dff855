"""Where a result comes from: the code, the lists, the parameters and the inputs that made it."""

import hashlib
import json
import os
import platform
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pandas as pd

from textq.coding.coder import Coder
from textq.coding.coder_spec import CoderSpec
from textq.config import Study
from textq.errors import RunError
from textq.export.run_folder import Kind, hash_file
from textq.lexicon.entry import Lexicon
from textq.lexicon.read import builtin_root
from textq.records import NONE, Status

SCHEMA_VERSION = 1
"""The version of the run folder's tables and of ``--json``."""


@cache
def code_version() -> str:
    """Return "<version>+<hash>": the release, and the first 12 hex digits over all of textq's source files."""
    return f"{version('textq')}+{_hash_folder(Path(__file__).resolve().parent, '*.py')}"


@cache
def econ_version() -> str:
    """Return the first 12 hex digits over all of econ's source files; econ is found, not imported."""
    found = find_spec("econ")
    if found is None or found.origin is None:
        raise RunError("the package econ is not there; textq and econ are installed together. Install textq again.")
    return _hash_folder(Path(found.origin).resolve().parent, "*.py")


@cache
def lists_version() -> str:
    """Return the first 12 hex digits over all lexicon files, so that an edited list makes another run."""
    return _hash_folder(builtin_root(), "*.*")


def _hash_folder(root: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob(pattern), key=lambda found: found.relative_to(root).as_posix()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class CoderFacts:
    """What a run says of the coder that made it.

    Attributes
    ----------
    recipe
        What makes another run: coder, codebook and lexicon with their editions, the hash of their files.
    instruments
        The classes in the codebook's order, without ``none``.
    names
        By code, what it is called in each language.
    """

    recipe: Mapping[str, str | None]
    instruments: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]


def describe_coder(coder: Coder, spec: CoderSpec) -> CoderFacts:
    """Return what a run says of its coder; its lexicon is that of its rules, None where it has none."""
    codebook = coder.codebook
    lexicon = getattr(getattr(coder, "rules", coder), "lexicon", None)
    recipe = {
        "codebook": codebook.edition,
        "lexicon": f"{lexicon.name}@{lexicon.version}" if isinstance(lexicon, Lexicon) else None,
        "coder": coder.coder_id,
        "coder_sha256": spec.sha256,
    }
    labels = {code: asdict(label) for code, label in codebook.labels.items()}
    names = {code: {lang: name for lang, name in label.items() if name} for code, label in labels.items()}
    return CoderFacts(recipe, codebook.instrument_names, names)


def describe_run(
    documents: pd.DataFrame,
    instruments: "pd.Series[str]",
    coder: CoderFacts,
    parameters: Mapping[str, object],
    readers: Mapping[str, str],
    stated: Mapping[str, str],
    warnings: Mapping[str, Sequence[str]],
) -> dict[str, object]:
    """Return what ``run.json`` says of a run, but for the volatile facts.

    The run id is the first 12 hex digits of the hash of code, lists, coder, parameters, readers and inputs.
    ``instruments`` are the codes of all coded clauses, ``readers`` the versions of what reads files, ``stated`` the
    hashes of the files by which the user stated something: manifests, coverage, confirmed fields.
    """
    recipe = {
        "code": code_version(),
        "lists": lists_version(),
        **coder.recipe,
        "parameters": dict(parameters),
        "readers": dict(readers),
        "inputs": documents[["path", "sha256"]].fillna("").to_dict("records"),
        "stated": dict(stated),
    }
    run_id = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:12]
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        **recipe,
        "n_files": len(documents),
        "status": _count(documents["status"], get_args(Status)),
        "n_clauses": len(instruments),
        "classes": _count(instruments, (*coder.instruments, NONE)),
        "names": coder.names,
        "warnings": {name: list(paths) for name, paths in warnings.items()},
    }


def hash_files(paths: Sequence[Path]) -> dict[str, str]:
    """Return the sha256 of files by their place in the list and their names."""
    return {f"{at}. {path.name}": hash_file(path) for at, path in enumerate(paths, 1)}


def describe_study(
    study: Study,
    files: Sequence[Path],
    scores_run: str | None,
    kind: Kind = "estimate",
    parameters: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return what ``run.json`` says of what is made of a study, but for the volatile facts.

    The run id is the first 12 hex digits of the hash of code, settings, the run of the scores and the files read, and
    of the parameters of the command where it has some.
    Paths are given relative to the study's folder, so that a study that is moved as a whole keeps its run id.
    """
    root = study.path.resolve().parent
    recipe = {
        "code": code_version(),
        "econ": econ_version(),
        "lists": lists_version(),
        "settings": _plain({name: value for name, value in asdict(study).items() if name != "path"}, root),
        "scores_run": scores_run,
        "inputs": {_relate(path, root): hash_file(path) for path in files},
        **({} if parameters is None else {"parameters": dict(parameters)}),
    }
    run_id = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:12]
    return {"schema_version": SCHEMA_VERSION, "kind": kind, "run_id": run_id, **recipe}


def _plain(value: object, root: Path) -> object:
    """Return settings as JSON can hold them."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one, root) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one, root) for one in value]
    return _relate(value, root) if isinstance(value, Path) else value


def _relate(path: Path, root: Path) -> str:
    """Return a path relative to ``root``, or its name alone where it lies on another drive."""
    try:
        return Path(os.path.relpath(path.resolve(), root)).as_posix()
    except ValueError:
        return path.name


def _count(values: "pd.Series[str]", names: Sequence[str]) -> dict[str, int]:
    counts = Counter(values)
    return {name: counts[name] for name in names}


def describe_machine(started_at: datetime) -> dict[str, object]:
    """Return the volatile facts of a run: clock, duration, machine, command line."""
    return {
        "started_at": started_at.isoformat(timespec="seconds"),
        "seconds": round((datetime.now().astimezone() - started_at).total_seconds(), 2),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "command": sys.argv,
    }
