"""One request for some clauses → answers that hold, with a second chance for those that do not."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from textq.coding.llm.answer import Answer, Item, read_answers
from textq.coding.llm.cache import Cache, StoredAnswer
from textq.coding.llm.chat import Chat, Exchange
from textq.coding.llm.failure import ExchangeError, LlmError
from textq.coding.llm.prompt import Message, add_repair, build_messages
from textq.lexicon.codebook import Codebook
from textq.records import CodingUnit

_MOST_FAILURES = 5
"""After so many requests in a row without an answer, the server is taken to be down."""


@dataclass(frozen=True, slots=True)
class Question:
    """A clause that is to be asked for, and the key under which its answer is kept."""

    unit: CodingUnit
    key: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a question, or the ``failure`` after all tries."""

    question: Question
    answer: Answer | None
    stored: StoredAnswer | None
    failure: str = ""


class Settler:
    """Asks questions until each has an answer that holds, or has failed; any number of threads may share it."""

    def __init__(self, chat: Chat, codebook: Codebook, cache: Cache | None) -> None:
        self._chat = chat
        self._codebook = codebook
        self._cache = cache
        self._failures = 0
        self._lock = threading.Lock()

    def settle(self, questions: Sequence[Question]) -> list[Result]:
        """Ask for all ``questions`` in one request; those without an answer that holds are asked again alone.

        A question asked alone gets one more request, which says what was wrong. Answers are stored at once.

        Raises
        ------
        LlmError
            If no other request can succeed either, or the cost would be above what is allowed.
        """
        if len(questions) == 1:
            return [self._settle_alone(questions[0])]
        try:
            exchange = self._ask(build_messages(self._codebook, [one.unit for one in questions]), len(questions))
        except ExchangeError:
            return [self._settle_alone(one) for one in questions]
        items = self._read(exchange, questions)
        pairs = zip(questions, items, strict=True)
        return [self._keep(one, item, exchange) if item.answer else self._settle_alone(one) for one, item in pairs]

    def _settle_alone(self, question: Question) -> Result:
        messages = build_messages(self._codebook, [question.unit])
        try:
            exchange = self._ask(messages, 1)
            (item,) = self._read(exchange, [question])
            if item.answer is None:
                exchange = self._ask(add_repair(self._codebook, messages, exchange.content, item.problem), 1)
                (item,) = self._read(exchange, [question])
        except ExchangeError as error:
            return Result(question, None, None, str(error))
        if item.answer is None:
            return Result(question, None, None, f"the second answer of the model is wrong, too: {item.problem}")
        return self._keep(question, item, exchange)

    def _read(self, exchange: Exchange, questions: Sequence[Question]) -> list[Item]:
        units = [one.unit for one in questions]
        return read_answers(exchange.content, units, self._codebook, self._chat.clean)

    def _keep(self, question: Question, item: Item, exchange: Exchange) -> Result:
        stored = StoredAnswer(item.written, exchange.model, exchange.fingerprint, exchange.form)
        if self._cache is not None:
            self._cache.put(question.key, stored)
        return Result(question, item.answer, stored)

    def _ask(self, messages: Sequence[Message], n_clauses: int) -> Exchange:
        """Ask, and count requests in a row that got no answer: a server that is down must not be asked forever."""
        try:
            exchange = self._chat.ask(messages, n_clauses)
        except ExchangeError as error:
            self._refuse_going_on(error)
            raise
        with self._lock:
            self._failures = 0
        return exchange

    def _refuse_going_on(self, error: ExchangeError) -> None:
        if error.stop:
            raise LlmError(str(error)) from error
        if error.of_question:
            return
        with self._lock:
            self._failures += 1
            failures = self._failures
        if failures >= _MOST_FAILURES or not self._chat.was_answered:
            tries = f"{failures} requests in a row" if self._chat.was_answered else "the first request"
            raise LlmError(f"{tries} got no answer to use, so the run is ended. The last one: {error}") from error
