"""What every coder is: units in, codings out, by one codebook."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from textq.lexicon.codebook import Codebook
from textq.records import Coding, CodingUnit


class Coder(Protocol):
    """Codes clauses by a codebook: a lexicon, a trained model, a language model, or several of them together."""

    @property
    def coder_id(self) -> str:
        """Which coder this is in a codings table, such as ``"rules:instruments@2.0"``."""

    @property
    def codebook(self) -> Codebook:
        """The codes it gives, ``none`` besides."""

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return one coding a unit, in their order; the offsets of the evidence are those of ``unit.text``."""


@runtime_checkable
class LearningCoder(Coder, Protocol):
    """A coder that learnt from clauses, and knows them again."""

    def knows(self, sha256: str) -> bool:
        """Tell whether it learnt from a clause whose text has this SHA-256."""


def has_learnt_from(coder: Coder, sha256: str) -> bool:
    """Tell whether a coder learnt from the clause whose text has this SHA-256; False of coders that never learn."""
    return isinstance(coder, LearningCoder) and coder.knows(sha256)
