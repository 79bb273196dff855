"""What a check of a list found: the form that all checks share."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]
"""``error``: the list does not do what it says. ``warning``: it may mislead. ``note``: worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that a check found.

    Attributes
    ----------
    kind
        What it is, as a word of the check (``"saturated"``, ``"no_border"``).
    level
        How much it matters.
    cases
        What it was found on, one text a case, in the order of the list.
    """

    kind: str
    level: Level
    cases: tuple[str, ...]


def is_sound(findings: tuple[Finding, ...]) -> bool:
    """Tell whether no finding is an error."""
    return all(finding.level != "error" for finding in findings)
