"""How a language model is asked."""

import math
from dataclasses import dataclass

from textq.coding.llm.endpoint import Endpoint, parse_endpoint
from textq.errors import ConfigError

PARAMETERS = ("temperature", "seed", "max_tokens")
"""What is sent beside the messages; each can be left out for a server that refuses it."""

_MOST_BATCH = 50
_MOST_THREADS = 32


@dataclass(frozen=True, slots=True)
class LlmSpec:
    """How a language model is asked.

    Attributes
    ----------
    base_url
        The address above ``/chat/completions``, such as ``http://localhost:11434/v1``.
    model
        The name of the model, as the server knows it.
    temperature, seed
        Sent with each request, so that a server that can answers the same to the same question.
    without
        Names of ``PARAMETERS`` that are not sent.
    batch
        Clauses a request. With 1, the code of a clause depends on nothing but the clause; with more, requests are
        fewer and clauses can influence one another.
    answer_tokens
        The most tokens of the answer for one clause; a longer one is cut off by the server, and fails.
    timeout
        Seconds that one request may last altogether.
    retries
        How often a request is repeated that may succeed later.
    threads
        Requests at the same time.
    input_price, output_price
        Price of a million tokens, in any currency; None: unknown.
    max_cost
        In the same currency. A run that is estimated to cost more is not begun; it is ended before a request that could
        bring the counted cost above this, by the most tokens that its answer may have. What is charged for requests
        without an answer is not counted, and an answer can be longer where ``max_tokens`` is not sent.
    most_characters
        A clause that is longer with its context is not sent, and fails.

    Raises
    ------
    ConfigError
        If a value is outside its range.
    """

    base_url: str
    model: str
    temperature: float = 0.0
    seed: int = 1
    without: tuple[str, ...] = ()
    batch: int = 1
    answer_tokens: int = 1000
    timeout: float = 120.0
    retries: int = 5
    threads: int = 4
    input_price: float | None = None
    output_price: float | None = None
    max_cost: float | None = None
    most_characters: int = 20_000

    def __post_init__(self) -> None:
        parse_endpoint(self.base_url)
        _require("model", "the name of a model", self.model, bool(self.model.strip()) and self.model.isprintable())
        _require("temperature", "from 0 to 2", self.temperature, 0 <= self.temperature <= 2)
        unknown = set(self.without) - set(PARAMETERS)
        _require("without", f"some of {', '.join(PARAMETERS)}", self.without, not unknown)
        _require("batch", f"from 1 to {_MOST_BATCH}", self.batch, 1 <= self.batch <= _MOST_BATCH)
        _require("answer_tokens", "a whole number, 50 or more", self.answer_tokens, self.answer_tokens >= 50)
        _require("timeout", "seconds, more than 0", self.timeout, 0 < self.timeout < math.inf)
        _require("retries", "a whole number, 0 or more", self.retries, self.retries >= 0)
        _require("threads", f"from 1 to {_MOST_THREADS}", self.threads, 1 <= self.threads <= _MOST_THREADS)
        for name in ("input_price", "output_price", "max_cost"):
            value = getattr(self, name)
            _require(name, "a number, 0 or more", value, value is None or 0 <= value < math.inf)
        _require("most_characters", "a whole number, 1 or more", self.most_characters, self.most_characters >= 1)
        if self.max_cost is not None and not self.has_price:
            raise ConfigError(
                "The 'max_cost' parameter of LlmSpec needs both input_price and output_price: without them no cost is "
                "known. Give both (0 for a model that costs nothing)."
            )

    @property
    def endpoint(self) -> Endpoint:
        """Where the requests go."""
        return parse_endpoint(self.base_url)

    @property
    def has_price(self) -> bool:
        """Whether a cost can be stated."""
        return self.input_price is not None and self.output_price is not None

    def list_parameters(self, n_clauses: int) -> dict[str, float | int]:
        """Return what is sent beside the messages of a request for ``n_clauses`` clauses."""
        known = {
            "temperature": self.temperature,
            "seed": self.seed,
            "max_tokens": self.answer_tokens * n_clauses,
        }
        return {name: value for name, value in known.items() if name not in self.without}

    def price(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return what so many tokens cost, None if a price is unknown."""
        if self.input_price is None or self.output_price is None:
            return None
        return (input_tokens * self.input_price + output_tokens * self.output_price) / 1e6


def _require(name: str, wanted: str, got: object, fits: bool) -> None:
    if not fits:
        raise ConfigError(f"The {name!r} parameter of LlmSpec must be {wanted}. Got {got!r} instead.")
