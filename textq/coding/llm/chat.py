"""Questions to a chat endpoint: in the strictest form that the server takes, repeated while it is busy."""

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import unquote, urlsplit

from textq.coding.llm.budget import Budget
from textq.coding.llm.connection import Poster, Reply
from textq.coding.llm.failure import ExchangeError
from textq.coding.llm.form import FORMS, Form, make_response_format
from textq.coding.llm.key import Key
from textq.coding.llm.prompt import Message, make_ids
from textq.coding.llm.spec import LlmSpec
from textq.coding.llm.tokens import estimate_format, estimate_messages, estimate_tokens
from textq.coding.llm.waits import Gate
from textq.http.clock import Clock
from textq.http.waits import MOST_WAIT, choose_backoff, parse_retry_after
from textq.lexicon.codebook import Codebook
from textq.notation.controls import mend_half_characters

_LATER = (408, 425, 429, 500, 502, 503, 504)
"""States that pass."""

_FOR_THIS_QUESTION = (400, 413, 422)
"""States that a single question can cause: too long, or not to the liking of a filter."""

_HELP: dict[int, str] = {
    400: "Check the name of the model; if the server refuses a parameter, leave it out",
    401: "Set TEXTQ_LLM_KEY to a key that this server knows",
    402: "The account behind the key must be paid up",
    403: "The key may not use this model; ask who gave it to you",
    404: "Check base_url (it usually ends in /v1) and the name of the model",
    422: "If the server refuses a parameter, leave it out",
}
_MOST_SAID = 300

_MOST_TOKENS = 10_000_000
"""No model takes or writes so many in one request."""

_LEAST_SHARE = 1 / 3
"""Of the estimated tokens: tokenizers were found to count about a half at least (see ``estimate_tokens``)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer of a model, and what the server says of it."""

    content: str
    model: str
    fingerprint: str
    form: Form


class Chat:
    """Asks one endpoint; any number of threads may share it.

    Whether the server takes a JSON schema, any JSON object, or neither, is found out with the first request and kept
    for the run; ``on_note`` is told.
    """

    def __init__(
        self, spec: LlmSpec, codebook: Codebook, poster: Poster, key: Key, budget: Budget, clock: Clock,
        on_note: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.budget = budget
        self.was_answered = False
        self._spec = spec
        self._codebook = codebook
        self._poster = poster
        self._key = key
        self._clock = clock
        self._on_note = on_note
        self._gate = Gate(clock)
        self._draw = random.Random(0)
        self._form: Form = FORMS[0]
        self._form_settled = False
        self._lock = threading.Lock()

    def ask(self, messages: Sequence[Message], n_clauses: int) -> Exchange:
        """Return the answer to a request for ``n_clauses`` clauses.

        Raises
        ------
        ExchangeError
            If there is none after all retries, or it is no answer of a chat endpoint.
        LlmError
            If it would cost more than is allowed.
        """
        for attempt in range(1, self._spec.retries + 2):
            self._gate.pass_through()
            if self._poster.closed:
                raise ExchangeError("the run was ended.", stop=True)
            try:
                return self._try_forms(messages, n_clauses)
            except ExchangeError as error:
                if not error.retry or attempt > self._spec.retries:
                    raise
                self._wait(error.wait, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, asked: float | None, attempt: int) -> None:
        with self._lock:
            backoff = choose_backoff(attempt, self._draw)
        if asked is None:
            self._clock.sleep(backoff)
        else:
            self._gate.hold(max(asked, backoff))

    def _try_forms(self, messages: Sequence[Message], n_clauses: int) -> Exchange:
        with self._lock:
            forms = (self._form,) if self._form_settled else FORMS[FORMS.index(self._form) :]
        for form in forms:
            try:
                exchange = self._exchange(messages, n_clauses, form)
            except ExchangeError as error:
                if error.status not in (400, 422) or form == forms[-1]:
                    raise
            else:
                self._settle_form(form)
                return exchange
        raise AssertionError("the last form returns or raises")

    def _settle_form(self, form: Form) -> None:
        with self._lock:
            known, self._form, self._form_settled = self._form_settled, form, True
        if not known and form != FORMS[0]:
            instead = "any JSON object is asked for" if form == "json_object" else "the form is only asked for in words"
            self._on_note(f"the server takes no JSON schema: {instead}, and every answer is checked as strictly.")

    def _exchange(self, messages: Sequence[Message], n_clauses: int, form: Form) -> Exchange:
        response_format = make_response_format(form, self._codebook, make_ids(n_clauses))
        parameters = self._spec.list_parameters(n_clauses)
        body = {"model": self._spec.model, "messages": messages, **parameters, **response_format, "stream": False}
        of_messages, of_format = estimate_messages(messages), estimate_format(response_format)
        reserved = self.budget.reserve(of_messages + of_format, self._spec.answer_tokens * n_clauses)
        try:
            reply = self._poster.post(json.dumps(body).encode())
            self._refuse_status(reply)
            self.was_answered = True
            try:
                data = _read_body(reply)
            except ExchangeError:
                self._count({}, reply.body.decode("utf-8", "replace"), of_messages, of_format)
                raise
            self._count(data, _find_content(data) or "", of_messages, of_format)
            return self._read(data, form)
        finally:
            self.budget.release(reserved)

    def _count(self, data: Mapping[str, Any], received: str, of_messages: int, of_format: int) -> None:
        """Count what the server states, or estimates where it states nothing that can be true."""
        usage = data.get("usage")
        stated = usage if isinstance(usage, dict) else {}
        sent, written = stated.get("prompt_tokens"), stated.get("completion_tokens")
        of_answer = estimate_tokens(received)
        if _is_plausible(sent, of_messages) and _is_plausible(written, of_answer):
            self.budget.add(sent, written, estimated=False)
        else:
            self.budget.add(of_messages + of_format, of_answer, estimated=True)

    def _read(self, data: Mapping[str, Any], form: Form) -> Exchange:
        choice = _find_choice(data)
        content = _find_content(data)
        if choice.get("finish_reason") == "length":
            raise ExchangeError(
                f"the answer was cut off after {self._spec.answer_tokens:,} tokens a clause. Allow more tokens for the "
                "answer (models that think aloud need some thousands)."
            )
        if content is None:
            refusal = choice.get("message", {}).get("refusal") if isinstance(choice.get("message"), dict) else None
            said = self._quote(str(refusal or choice.get("finish_reason") or "no reason given"))
            raise ExchangeError(f"the model gave no answer ({said}).", of_question=True)
        model, fingerprint = (self._quote(str(data.get(name) or "")) for name in ("model", "system_fingerprint"))
        return Exchange(self.clean(content), model, fingerprint, form)

    def _refuse_status(self, reply: Reply) -> None:
        if reply.status == 200:
            return
        netloc, said = self._spec.endpoint.netloc, self._quote(_find_message(reply.body))
        what = f"{netloc} answers HTTP {reply.status}" + (f": {said.rstrip('.')}." if said else ".")
        if 300 <= reply.status < 400:
            raise ExchangeError(self._describe_redirect(netloc, reply), stop=True, status=reply.status)
        if reply.status in _LATER:
            self._refuse_for_now(reply, what)
        only_this = reply.status in _FOR_THIS_QUESTION and self.was_answered
        raise ExchangeError(f"{what} {_HELP.get(reply.status, 'See what the server says of it')}.",
                            stop=not only_this, of_question=only_this, status=reply.status)  # fmt: skip

    def _refuse_for_now(self, reply: Reply, what: str) -> None:
        wait = parse_retry_after(reply.headers.get("retry-after"), self._clock.now())
        if wait is not None and wait > MOST_WAIT:
            raise ExchangeError(
                f"{what} It asks to be left alone for {wait:.0f} seconds. Run again after that; what was answered is "
                "kept.",
                stop=True, status=reply.status,
            )  # fmt: skip
        raise ExchangeError(what, retry=True, wait=wait, status=reply.status)

    def _quote(self, said: str) -> str:
        """Return what a server says as it may be shown: on one line, short, and without the key."""
        plain = self.clean(" ".join(said.split()))
        return plain if len(plain) <= _MOST_SAID else plain[: _MOST_SAID - 1] + "…"

    def clean(self, said: str) -> str:
        """Return what a server says as it may be kept: without the key, and without half characters."""
        return self._key.redact(mend_half_characters(said))

    def _describe_redirect(self, netloc: str, reply: Reply) -> str:
        try:
            target = urlsplit(reply.headers.get("location", ""))
            where = self._quote(unquote(f"{target.scheme}://{target.hostname}")) if target.hostname else "another path"
        except ValueError:
            where = "an address that cannot be read"
        return (
            f"{netloc} sends on to {where}, which is not followed, because texts and key would go along. If you trust "
            "it, give that address as base_url."
        )


def _is_plausible(stated: object, estimated: int) -> TypeGuard[int]:
    """Tell whether a server's count of tokens can be true of a text that has about ``estimated``."""
    if isinstance(stated, bool) or not isinstance(stated, int):
        return False
    return _LEAST_SHARE * estimated <= stated <= _MOST_TOKENS


def _read_body(reply: Reply) -> Mapping[str, Any]:
    try:
        data = json.loads(reply.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise ExchangeError(f"the server's answer is no JSON in UTF-8: {str(error)[:200]}.") from error
    if not isinstance(data, dict):
        raise ExchangeError("the server's answer is no JSON object. Check that base_url is a chat endpoint.")
    _find_choice(data)
    return data


def _find_choice(data: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = data.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    raise ExchangeError("the server's answer holds no choices. Check that base_url is a chat endpoint.")


def _find_content(data: Mapping[str, Any]) -> str | None:
    message = _find_choice(data).get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) and content else None


def _find_message(body: bytes) -> str:
    """Return what the body of an error says: ``error.message`` where it is of that form, else its beginning."""
    text = body[:10_000].decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    error = data.get("error", data) if isinstance(data, dict) else data
    message = error.get("message", error) if isinstance(error, dict) else error
    return message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
