"""The codebook of a run: a copy goes into its folder, and is read back from there."""

from pathlib import Path
from typing import Any

from textq.errors import ConfigError, ReviewError
from textq.export.run_folder import read_meta
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import CODEBOOK_NAME, builtin_codebook, builtin_root, read_codebook


def copy_codebook(folder: Path | None, run_dir: Path) -> None:
    """Put the codebook of a folder into a run's, so that what its codes mean stays with them.

    Lines end alike whatever system wrote the file, so that the same codebook gives the same bytes.

    Parameters
    ----------
    folder
        Where the codebook lies; None: the one that comes with textq.
    run_dir
        The folder of the run.
    """
    data = ((folder or builtin_root()) / CODEBOOK_NAME).read_bytes()
    (run_dir / CODEBOOK_NAME).write_bytes(data.replace(b"\r\n", b"\n"))


def load_run_codebook(run_dir: Path, folder: Path | None = None, *, lang: str = "en") -> Codebook:
    """Return the codebook that a run was coded by.

    Parameters
    ----------
    run_dir
        The folder of the run.
    folder
        Where its codebook lies (``--codebook``); None: the copy in the run's folder, or, in a run that has none, the
        codebook that comes with textq.
    lang
        The language of its prose where it has it in two.

    Raises
    ------
    ConfigError
        If there is no codebook in ``folder``.
    ReviewError
        If what is found is another edition than the one the run was coded by.
    LexiconError
        If it cannot be read.
    """
    codebook, where = _find_codebook(run_dir, folder, lang)
    meta: dict[str, Any] = read_meta(run_dir)
    if codebook.edition != meta["codebook"]:
        raise ReviewError(
            f"{run_dir}: the run was coded by the codebook {meta['codebook']}, but {where} is {codebook.edition}. Give "
            "the folder of the run's own codebook by --codebook, or score the corpus again with this one."
        )
    return codebook


def _find_codebook(run_dir: Path, folder: Path | None, lang: str) -> tuple[Codebook, str]:
    """Return a codebook, and how a message calls it."""
    if folder is not None:
        path = folder / CODEBOOK_NAME
        if not path.is_file():
            raise ConfigError(f"{folder}: there is no {CODEBOOK_NAME}. Give the folder that `textq init` made.")
        return read_codebook(path, lang=lang), str(path)
    copy = run_dir / CODEBOOK_NAME
    if copy.is_file():
        return read_codebook(copy, lang=lang), str(copy)
    return builtin_codebook(lang=lang), "the one of textq"
