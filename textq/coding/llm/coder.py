"""The coder that asks a language model."""

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from textq.coding.llm.answer import Answer, check_item
from textq.coding.llm.budget import Budget
from textq.coding.llm.cache import Cache, StoredAnswer, hash_basis, hash_question
from textq.coding.llm.chat import Chat
from textq.coding.llm.connection import Poster
from textq.coding.llm.failure import AnswerError, LlmError
from textq.coding.llm.key import read_key
from textq.coding.llm.outcome import LlmEstimate, LlmOutcome, Settled
from textq.coding.llm.plan import Plan, cut_batches, estimate_run
from textq.coding.llm.prompt import PROMPT_VERSION
from textq.coding.llm.settle import Question, Result, Settler
from textq.coding.llm.spec import LlmSpec
from textq.http.clock import Clock
from textq.lexicon.codebook import Codebook, split_code
from textq.notation.controls import has_half_character
from textq.records import Coding, CodingUnit, Span

Progress = Callable[[int, int], None]
"""Called with the number of distinct clauses that are settled, and that of all."""

_MOST_NAMED = 3


class LlmCoder:
    """Codes clauses by asking a chat endpoint, with the codebook as instructions.

    ``Coding.confidence`` is the probability that the model itself states; it is NOT calibrated. ``unsure`` is set where
    the model says that a person should decide. The evidence is one span: the words that the model quotes, found again
    in the text. Answers are kept below ``cache_folder`` (None: nowhere). ``on_note`` is told what a user should know,
    possibly from several threads.
    """

    def __init__(
        self, spec: LlmSpec, codebook: Codebook, cache_folder: Path | None, *, clock: Clock | None = None,
        on_note: Callable[[str], None] = lambda _: None, on_progress: Progress = lambda done, total: None,
    ) -> None:  # fmt: skip
        self.spec = spec
        self._codebook = codebook
        self._cache = None if cache_folder is None else Cache(cache_folder, on_note)
        self._basis = hash_basis(spec, codebook)
        self._clock = clock
        self._on_note = on_note
        self._on_progress = on_progress

    @property
    def coder_id(self) -> str:
        """Which coder this is in a codings table: ``"llm:<model>@<version of the prompt>"``."""
        return f"llm:{self.spec.model}@{PROMPT_VERSION}"

    @property
    def codebook(self) -> Codebook:
        """The codes it gives, ``none`` besides."""
        return self._codebook

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return one coding a unit, in their order.

        Raises
        ------
        LlmError
            If a single clause could not be coded: there is no coding to return for it, and none is made up. What was
            answered is in the cache; :meth:`answer` returns it beside the failures.
        """
        outcome = self.answer(self.plan(units))
        if failed := outcome.failed:
            named = "; ".join(f"{one.clause_id}: {one.failure}" for one in failed[:_MOST_NAMED])
            raise LlmError(
                f"{len(failed)} of {len(units)} clauses have no coding ({named}{' …' * (len(failed) > _MOST_NAMED)}). "
                "Run again to ask for these alone, or leave them to a person."
            )
        return outcome.codings

    def plan(self, units: Sequence[CodingUnit]) -> Plan:
        """Return what coding ``units`` takes: which answers are there, what is to be asked, and its cost.

        Nothing is sent.
        """
        keys = tuple(hash_question(self._basis, self._codebook, unit) for unit in units)
        distinct = {key: Question(unit, key) for key, unit in reversed(tuple(zip(keys, units, strict=True)))}
        questions = [distinct[key] for key in dict.fromkeys(keys)]
        refused = {one.key: why for one in questions if (why := self._refuse(one.unit))}
        stored = {one.key: found for one in questions if one.key not in refused and (found := self._find(one))}
        asked = tuple(one for one in questions if one.key not in refused and one.key not in stored)
        estimate = estimate_run(
            asked, self.spec, self._codebook,
            n_clauses=len(units), n_distinct=len(questions), n_cached=len(stored), n_refused=len(refused),
        )  # fmt: skip
        return Plan(tuple(units), keys, refused, stored, asked, estimate)

    def answer(self, plan: Plan) -> LlmOutcome:
        """Code the clauses of ``plan``, each distinct one once, and return what became of every one.

        Raises
        ------
        LlmError
            If the estimate is above ``max_cost``, the server refuses the key, the model or the address, or it does not
            answer any more. What was answered until then is in the cache.
        """
        self._refuse_cost(plan.estimate)
        budget = Budget(self.spec)
        results = {result.question.key: result for result in self._ask(plan, budget)}
        settled = (self._settle(unit, key, plan, results) for unit, key in zip(plan.units, plan.keys, strict=True))
        return LlmOutcome(tuple(settled), budget.sum_up())

    def _refuse_cost(self, estimate: LlmEstimate) -> None:
        most = self.spec.max_cost
        if most is not None and estimate.cost is not None and estimate.cost > most:
            raise LlmError(
                f"coding is estimated to cost {estimate.cost:.4g}, more than the {most:g} allowed. Nothing was sent. "
                "Raise max_cost, or code fewer clauses."
            )

    def _refuse(self, unit: CodingUnit) -> str:
        """Return why a clause is not sent, "" if it is."""
        if _is_broken(unit):
            return "it holds half a character (a lone surrogate). Write it anew."
        if not unit.text.strip():
            return "it has no text, so that no words could be quoted."
        length = sum(map(len, (unit.text, unit.title, unit.heading, unit.stem)))
        if length > self.spec.most_characters:
            return (
                f"with its context it has {length:,} characters, more than the {self.spec.most_characters:,} that are "
                "sent. Split it."
            )
        return ""

    def _find(self, question: Question) -> tuple[StoredAnswer, Answer] | None:
        """Return the stored answer to a question, if it still passes all checks."""
        stored = self._cache.get(question.key) if self._cache is not None else None
        if stored is None:
            return None
        try:
            return stored, check_item(stored.written, question.unit, self._codebook)
        except AnswerError as error:
            self._on_note(
                f"{question.key}.json: this stored answer does not hold ({error}); the clause is asked again."
            )
            return None

    def _ask(self, plan: Plan, budget: Budget) -> Iterator[Result]:
        """Yield results as they come: the first request alone, so that its refusal is the only one."""
        if not plan.asked:
            return
        stop = threading.Event()
        key = read_key(self.spec.endpoint)
        poster = Poster(self.spec.endpoint, key, self.spec.timeout)
        clock = self._clock or Clock(sleep=stop.wait)
        chat = Chat(self.spec, self._codebook, poster, key, budget, clock, self._on_note)
        settler = Settler(chat, self._codebook, self._cache)
        first, *others = cut_batches(plan.asked, self.spec.batch)
        total = plan.estimate.n_distinct
        n_done = total - len(plan.asked)
        pool = ThreadPoolExecutor(self.spec.threads, thread_name_prefix="textq-llm")
        try:
            n_done = yield from self._pass_on(pool.submit(settler.settle, first).result(), n_done, total)
            for future in as_completed([pool.submit(settler.settle, batch) for batch in others]):
                n_done = yield from self._pass_on(future.result(), n_done, total)
        finally:
            stop.set()
            poster.close()
            pool.shutdown(wait=True, cancel_futures=True)

    def _pass_on(self, results: Sequence[Result], n_done: int, total: int) -> Generator[Result, None, int]:
        yield from results
        self._on_progress(n_done + len(results), total)
        return n_done + len(results)

    def _settle(self, unit: CodingUnit, key: str, plan: Plan, results: Mapping[str, Result]) -> Settled:
        if key in plan.refused:
            return Settled(unit.clause_id, None, plan.refused[key])
        if key in plan.stored:
            stored, answer = plan.stored[key]
            return Settled(unit.clause_id, self._build_coding(unit, answer), "", answer.reason, stored, True)
        result = results[key]
        if result.answer is None:
            return Settled(unit.clause_id, None, result.failure)
        return Settled(unit.clause_id, self._build_coding(unit, result.answer), "", result.answer.reason, result.stored)

    def _build_coding(self, unit: CodingUnit, answer: Answer) -> Coding:
        instrument, subtype = split_code(answer.code)
        return Coding(
            clause_id=unit.clause_id,
            clause_sha256=unit.sha256,
            coder_id=self.coder_id,
            codebook_version=self._codebook.edition,
            instrument=instrument,
            subtype=subtype,
            secondary=answer.secondary,
            evidence=(Span(answer.start, answer.end, unit.text[answer.start : answer.end]),),
            confidence=answer.probability,
            unsure=not answer.sure,
        )


def _is_broken(unit: CodingUnit) -> bool:
    """Tell whether a text cannot be sent as UTF-8."""
    return any(map(has_half_character, (unit.text, unit.title, unit.heading, unit.stem)))
