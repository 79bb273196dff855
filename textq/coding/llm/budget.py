"""What a run has cost so far, and whether the next request may still be sent."""

import threading
from dataclasses import dataclass

from textq.coding.llm.failure import LlmError
from textq.coding.llm.spec import LlmSpec


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked for and counted.

    ``requests`` counts the answers received; tokens are those that the server states, or estimates for
    ``n_estimated`` answers where it states none that can be true of the texts. What a server counts beyond the texts
    is believed, and requests without an answer are not in it, though a server may charge them: this is no bill.
    ``cost`` is None where a price is unknown.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    n_estimated: int = 0
    cost: float | None = None


class Budget:
    """Adds up the usage of all threads, and lets no request go that could bring the cost above ``spec.max_cost``.

    The cost is that of :class:`Usage`; what a server charges besides is not known here.
    """

    def __init__(self, spec: LlmSpec) -> None:
        self._spec = spec
        self._requests = self._input = self._output = self._estimated = 0
        self._reserved = 0.0
        self._lock = threading.Lock()

    def reserve(self, input_tokens: int, output_tokens: int) -> float:
        """Set the cost of a request aside, and return it: of its estimated tokens, and of the most it may answer.

        Raises
        ------
        LlmError
            If it could bring the cost above ``max_cost``.
        """
        cost = self._spec.price(input_tokens, output_tokens) or 0.0
        most = self._spec.max_cost
        with self._lock:
            spent = self._spec.price(self._input, self._output) or 0.0
            if most is not None and spent + self._reserved + cost > most:
                raise LlmError(
                    f"the next request could bring the cost above {most:g}: {spent:.4g} is spent. Raise max_cost to go "
                    "on; what was answered is kept and is not asked again."
                )
            self._reserved += cost
        return cost

    def release(self, reserved: float) -> None:
        """Free what was set aside for a request that is over."""
        with self._lock:
            self._reserved -= reserved

    def add(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> None:
        """Count an answer."""
        with self._lock:
            self._requests += 1
            self._input += input_tokens
            self._output += output_tokens
            self._estimated += estimated

    def sum_up(self) -> Usage:
        """Return all that was counted."""
        with self._lock:
            cost = self._spec.price(self._input, self._output)
            return Usage(self._requests, self._input, self._output, self._estimated, cost)
