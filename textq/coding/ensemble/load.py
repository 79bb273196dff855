"""The file of an ensemble → the coder it describes."""

from pathlib import Path

from textq.coding.coders import read_rules
from textq.coding.ensemble.coder import EnsembleCoder
from textq.coding.ensemble.ensemble_file import read_ensemble
from textq.coding.ensemble.members import load_member, locate_member
from textq.coding.trained.model_file import hash_lexicon
from textq.errors import ConfigError


def load_ensemble(file: Path, codebook: Path) -> EnsembleCoder:
    """Return the ensemble in ``file``; ``codebook`` is the folder of its codebook and lexicon.

    Raises
    ------
    ConfigError
        If the file was changed or is of another codebook or lexicon, or one of its coders is missing or not what it
        was.
    ModelFileError
        If a trained coder cannot be loaded.
    """
    fitted = read_ensemble(file)
    rules = read_rules(codebook)
    edition, lexicon = rules.codebook.edition, hash_lexicon(rules)
    if fitted.codebook != edition:
        raise ConfigError(
            f"{file}: it was fitted for the codebook {fitted.codebook}, here it is {edition}. Give the folder of its "
            "codebook (--codebook), or fit it again (textq combine)."
        )
    if not fitted.members:
        raise ConfigError(
            f"{file}: it does not say where its coders {', '.join(fitted.coders)} are, since it was written in Python. "
            "Build it there (EnsembleCoder), or fit it by textq combine."
        )
    if fitted.lexicon != lexicon:
        raise ConfigError(
            f"{file}: it was fitted with the lexicon {fitted.lexicon}, here it is {lexicon}, by which its coders code "
            "otherwise. Put the former one back, or fit the ensemble again (textq combine)."
        )
    members = zip(fitted.members, fitted.coders, strict=True)
    return EnsembleCoder([load_member(one, coder_id, file, codebook) for one, coder_id in members], fitted)


def list_models(file: Path, codebook: Path) -> list[Path]:
    """Return the folders of the trained coders of the ensemble in ``file``, in its order.

    Raises
    ------
    ConfigError
        If the file cannot be read.
    """
    located = (locate_member(one, file, codebook) for one in read_ensemble(file).members)
    return [folder for folder in located if folder is not None]
