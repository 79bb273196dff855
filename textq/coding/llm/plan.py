"""What coding clauses with a language model takes, worked out once before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textq.coding.llm.answer import Answer
from textq.coding.llm.cache import StoredAnswer
from textq.coding.llm.form import FORMS, make_response_format
from textq.coding.llm.outcome import LlmEstimate
from textq.coding.llm.prompt import build_messages, make_ids
from textq.coding.llm.settle import Question
from textq.coding.llm.spec import LlmSpec
from textq.coding.llm.tokens import ANSWER_TOKENS, estimate_format, estimate_messages
from textq.lexicon.codebook import Codebook
from textq.records import CodingUnit


@dataclass(frozen=True, slots=True)
class Plan:
    """Clauses that are to be coded, and what is known of each before anything is sent.

    Attributes
    ----------
    units, keys
        The clauses, and the key of each one's answer; clauses of one key get one answer.
    refused
        By key, why a clause is not sent.
    stored
        By key, the answers that are there already, and what they say.
    asked
        The distinct clauses that are to be asked for.
    estimate
        What that takes.
    """

    units: tuple[CodingUnit, ...]
    keys: tuple[str, ...]
    refused: Mapping[str, str]
    stored: Mapping[str, tuple[StoredAnswer, Answer]]
    asked: tuple[Question, ...]
    estimate: LlmEstimate


def cut_batches(questions: Sequence[Question], size: int) -> list[Sequence[Question]]:
    """Return questions in the requests in which they are sent, ``size`` in each but the last."""
    return [questions[at : at + size] for at in range(0, len(questions), size)]


def estimate_run(
    asked: Sequence[Question],
    spec: LlmSpec,
    codebook: Codebook,
    *,
    n_clauses: int,
    n_distinct: int,
    n_cached: int,
    n_refused: int,
) -> LlmEstimate:
    """Return what asking takes; ``n_clauses`` and the like count the clauses as :class:`LlmEstimate` tells of them."""
    sizes = [len(batch) for batch in cut_batches(asked, spec.batch)]
    fixed = {size: _estimate_fixed(codebook, size) for size in set(sizes)}
    empty = estimate_messages(build_messages(codebook, [])[1:])
    of_clauses = (estimate_messages(build_messages(codebook, [one.unit])[1:]) - empty for one in asked)
    input_tokens = sum(fixed[size] for size in sizes) + sum(of_clauses)
    output_tokens = ANSWER_TOKENS * len(asked)
    return LlmEstimate(
        n_clauses=n_clauses,
        n_distinct=n_distinct,
        n_cached=n_cached,
        n_refused=n_refused,
        n_requests=len(sizes),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        most_output_tokens=spec.answer_tokens * len(asked),
        cost=spec.price(input_tokens, output_tokens),
    )


def _estimate_fixed(codebook: Codebook, n_clauses: int) -> int:
    """Return the tokens that a request has besides its clauses: the codebook, and the form of the answer."""
    response_format = make_response_format(FORMS[0], codebook, make_ids(n_clauses))
    return estimate_messages(build_messages(codebook, [])) + estimate_format(response_format)
