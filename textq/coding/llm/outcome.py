"""What became of clauses that a language model was asked to code."""

from dataclasses import dataclass

from textq.coding.llm.budget import Usage
from textq.coding.llm.cache import StoredAnswer
from textq.records import Coding


@dataclass(frozen=True, slots=True)
class Settled:
    """One clause: its coding, or the ``failure`` that left it without one.

    ``reason`` is the model's own, ``stored`` the answer as it was written; ``from_cache`` tells that it was not asked.
    """

    clause_id: str
    coding: Coding | None
    failure: str = ""
    reason: str = ""
    stored: StoredAnswer | None = None
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class LlmOutcome:
    """All clauses in their order, and what asking for them cost."""

    settled: tuple[Settled, ...]
    usage: Usage

    @property
    def codings(self) -> list[Coding]:
        """The codings there are, in the order of the clauses."""
        return [one.coding for one in self.settled if one.coding is not None]

    @property
    def failed(self) -> list[Settled]:
        """The clauses without a coding."""
        return [one for one in self.settled if one.coding is None]


@dataclass(frozen=True, slots=True)
class LlmEstimate:
    """What coding would take, before anything is sent.

    ``n_distinct`` clauses differ in text or context; ``n_cached`` of them were answered before, ``n_refused`` are not
    sent. Tokens are estimated from characters (see ``estimate_tokens``), without the requests that repair a wrong
    answer. ``most_output_tokens`` is the most that the answers may have. ``cost`` is None where a price is unknown.
    """

    n_clauses: int
    n_distinct: int
    n_cached: int
    n_refused: int
    n_requests: int
    input_tokens: int
    output_tokens: int
    most_output_tokens: int
    cost: float | None
