"""The coders of an ensemble, as its file finds them again: by name or folder, and known by their ids."""

import os
from dataclasses import dataclass
from pathlib import Path

from textq.coding.coders import MODELS, RULES, find_coder, find_model
from textq.coding.ensemble.probabilities import ProbabilityCoder, SharesCoder
from textq.coding.rules import RulesCoder
from textq.coding.trained.model import TrainedCoder
from textq.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Member:
    """Where a coder of an ensemble is found.

    Attributes
    ----------
    name
        ``"rules"``, or a trained coder that stands beside the codebook; "" where ``folder`` says where it is.
    folder
        Of a trained coder elsewhere, relative to the ensemble's file, with "/" between its parts; else "".
    """

    name: str
    folder: str


def locate_member(member: Member, file: Path, codebook: Path) -> Path | None:
    """Return the folder of a trained member, be it there or not; None for the lexicon.

    ``file`` is that of the ensemble, ``codebook`` the folder of its codebook.
    """
    if member.name == RULES:
        return None
    return codebook / MODELS / member.name if member.name else (file.parent / member.folder).resolve()


def describe_member(name: str, file: Path, codebook: Path) -> tuple[Member, ProbabilityCoder]:
    """Return a coder by its name or folder, and how the ensemble in ``file`` will find it.

    Raises
    ------
    ConfigError
        If there is no such coder, it is an ensemble, or its folder cannot be told relative to the file.
    ModelFileError
        If it cannot be loaded.
    """
    model = None if name == RULES else find_model(name, codebook)
    if model is None or (model.parent, model.name) == (codebook / MODELS, name):
        return Member(name, ""), _open(name, codebook)
    return Member("", _relate(model, file.parent)), _open(str(model.resolve()), codebook)


def load_member(member: Member, coder_id: str, file: Path, codebook: Path) -> ProbabilityCoder:
    """Return a coder of the ensemble in ``file``.

    Raises
    ------
    ConfigError
        If it is not where it was, or is another one than it was when the ensemble was fitted.
    ModelFileError
        If it cannot be loaded.
    """
    model = locate_member(member, file, codebook)
    if model is not None and not model.is_dir():
        raise ConfigError(
            f"{file}: its coder {coder_id} is missing: there is no folder {model}. Put it back there, or fit the "
            "ensemble again (textq combine)."
        )
    name = member.name or str(model)
    coder = _open(name, codebook)
    if coder.coder_id != coder_id:
        raise ConfigError(
            f"{file}: it was fitted with the coder {coder_id}, but {name} is {coder.coder_id} now, and its weights do "
            "not belong to that one. Put the former one back, or fit the ensemble again (textq combine)."
        )
    return coder


def _open(name: str, codebook: Path) -> ProbabilityCoder:
    coder = find_coder(name, codebook)
    if isinstance(coder, RulesCoder):
        return SharesCoder(coder)
    if isinstance(coder, TrainedCoder):
        return coder
    raise ConfigError(
        f"{name} ({coder.coder_id}) cannot stand in an ensemble: the lexicon (rules) and trained coders can. Of an "
        "ensemble name the coders."
    )


def _relate(folder: Path, home: Path) -> str:
    try:
        return Path(os.path.relpath(folder.resolve(), home.resolve())).as_posix()
    except ValueError as error:
        raise ConfigError(
            f"{folder} and {home} lie on different disks, so that the ensemble could not find its coder again. Copy "
            "one to the disk of the other."
        ) from error
