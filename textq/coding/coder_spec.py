"""Which coder codes a run, as it travels to worker processes: by name, with the hash of the files it is made of."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from textq.coding.coder import Coder
from textq.coding.coders import (
    DEFAULT_CODER,
    RULES,
    find_coder,
    find_model,
    forget_coders,
    is_ensemble,
    locate_codebook,
)
from textq.errors import ConfigError
from textq.lexicon.read import CODEBOOK_NAME, LEXICON_NAME, builtin_root

_MOST_CODERS = 4
"""So many coders are kept in memory."""


@dataclass(frozen=True, slots=True)
class CoderSpec:
    """A coder, small enough to be sent to a process that loads it.

    Attributes
    ----------
    name
        As ``textq.coding.coders.find_coder`` takes it: ``"rules"``, the name of a trained coder, a model's folder, or
        the file of several coders.
    codebook
        The folder of its codebook and lexicon; None for those that come with textq.
    sha256
        Of the files it is made of, when it was specified; "" asks for no comparison.
    """

    name: str = DEFAULT_CODER
    codebook: Path | None = None
    sha256: str = ""


def specify_coder(name: str | None = None, codebook: str | Path | None = None) -> CoderSpec:
    """Return the spec of a coder as its files are now; ``name`` and its default are those of ``find_coder``.

    Raises
    ------
    ConfigError
        If there is no codebook in ``codebook``.
    """
    folder = None if codebook is None else locate_codebook(Path(codebook)).parent.resolve()
    chosen = name or (RULES if folder else DEFAULT_CODER)
    model = _find_model(chosen, folder or builtin_root())
    located = str(model.resolve()) if model == Path(chosen) else chosen
    return CoderSpec(located, folder, _hash_files(located, folder))


def load_coder(spec: CoderSpec) -> Coder:
    """Return the coder of a spec; it is loaded once a process, and anew when its files are others than before.

    Raises
    ------
    ConfigError
        If its files are others than they were when it was specified.
    TextqError
        If it cannot be loaded.
    """
    return _load_coder(spec)


@lru_cache(maxsize=_MOST_CODERS)
def _load_coder(spec: CoderSpec) -> Coder:
    forget_coders()
    coder = find_coder(spec.name, spec.codebook)
    if spec.sha256 and _hash_files(spec.name, spec.codebook) != spec.sha256:
        raise ConfigError(
            f"the files of the coder {coder.coder_id} were changed while it was used, so that no one could tell by "
            "which of them a clause was coded. Run the command again, and leave codebook and lexicon alone meanwhile."
        )
    return coder


def _hash_files(name: str, codebook: Path | None) -> str:
    """Return the SHA-256 over the names and contents of a coder's files; line ends of other systems are the same."""
    digest = hashlib.sha256()
    for root, path in _list_files(name, codebook):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()


def _list_files(name: str, codebook: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield the files of a coder in a fixed order, each behind the folder that its name is relative to."""
    root = codebook or builtin_root()
    yield root, root / CODEBOOK_NAME
    yield from ((root, path) for path in sorted((root / LEXICON_NAME).glob("*.csv")))
    for model in _list_models(name, root):
        if model.is_file():
            yield model.parent, model
        else:
            yield from ((model, path) for path in sorted(model.rglob("*")) if path.is_file())


def _list_models(name: str, root: Path) -> list[Path]:
    """Return the folder of a trained coder; of several coders their file, then the folders of the trained ones."""
    found = _find_model(name, root)
    if found is None or found.is_dir():
        return [found] if found else []
    from textq.coding.ensemble.load import list_models

    return [found, *list_models(found, root)]


def _find_model(name: str, root: Path) -> Path | None:
    """Return the folder of a trained coder, or the file of several, as ``find_coder`` finds it; None where none is."""
    if name == RULES:
        return None
    return find_model(name, root) or (Path(name) if is_ensemble(name) and Path(name).is_file() else None)
