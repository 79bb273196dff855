"""The errors a user of econ can meet: one family, one branch a stage.

Every message says what was wrong, where, why, and what to do next.
"""

from collections.abc import Sequence

_MOST_NAMED = 10


class EconError(Exception):
    """Root of every error that econ raises on purpose."""


class SpecError(EconError):
    """An argument is unknown, outside its range, or does not go with another one."""


class SeriesError(EconError):
    """A series cannot be filtered or compared: too short, constant, doubled, not a number."""


class PairError(EconError):
    """Pairs cannot be formed or used: unknown, doubled or turned-round members, variables missing."""


class TreatmentError(EconError):
    """Designations or scores do not say who is treated, when, or how strongly."""


class FitError(EconError):
    """An equation cannot be estimated from this sample."""


class TableFileError(EconError):
    """A table that was written does not read as it was printed."""


class FigureError(EconError):
    """A figure cannot be drawn: matplotlib is absent, an argument does not fit, or something would not be readable."""


class FontError(FigureError):
    """No font on this machine has all the characters of a figure."""


def name_first(things: Sequence[object]) -> str:
    """Return the first ten names of what a message is about, and how many more there are."""
    more = f" and {len(things) - _MOST_NAMED:,} more" if len(things) > _MOST_NAMED else ""
    return ", ".join(map(str, things[:_MOST_NAMED])) + more
