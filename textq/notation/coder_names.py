"""What can be the name of a coder: one rule, wherever a name comes from."""

import unicodedata

from textq.errors import ReviewError

LONGEST_NAME = 40
_JOINERS = "-_."
_TAKEN = frozenset({"adjudicated"})
"""Names that the final codes of a review use for something else."""


def check_coder(name: str) -> str:
    """Return the name of a coder, composed (NFC), if it can be one: letters of any script, digits, ``-``, ``_``, ``.``.

    Raises
    ------
    ReviewError
        If it cannot.
    """
    whole = unicodedata.normalize("NFC", name)
    if not _is_name(whole):
        raise ReviewError(
            f"{name!r} cannot be the name of a coder. Give 1 to {LONGEST_NAME} letters of any script, digits, -, _ or "
            ". without blanks; the first one is no - or dot."
        )
    if whole.casefold() in _TAKEN:
        raise ReviewError(f"{name!r} cannot be the name of a coder: final codes are marked by that word. Give another.")
    return whole


def is_coder(name: object) -> bool:
    """Return whether something is the name of a coder as it stands, composed.

    >>> is_coder("anna"), is_coder("../anna"), is_coder("a+b"), is_coder("Adjudicated")
    (True, False, False, False)
    """
    return isinstance(name, str) and _is_name(name) and name.casefold() not in _TAKEN


def make_safe(name: str) -> str:
    """Return what of a login name can be the name of a coder; ``"coder"`` where nothing can.

    >>> make_safe("DESK/Anna Li")
    'DESK-Anna-Li'
    """
    whole = unicodedata.normalize("NFC", name)
    words = "".join(one if _can_stand(one) else " " for one in whole).split()
    safe = unicodedata.normalize("NFC", "-".join(words).lstrip("-.")[:LONGEST_NAME])
    return "coder" if not safe or safe.casefold() in _TAKEN else safe


def _is_name(name: str) -> bool:
    return (
        0 < len(name) <= LONGEST_NAME
        and name[0] not in "-."
        and all(map(_can_stand, name))
        and unicodedata.is_normalized("NFC", name)
    )


def _can_stand(character: str) -> bool:
    """Return whether a character may stand in a name: letters, the marks upon them, digits, joiners."""
    return character in _JOINERS or unicodedata.category(character)[0] in "LM" or character.isdecimal()
