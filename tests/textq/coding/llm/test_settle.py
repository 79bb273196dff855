"""What is asked again, and when asking ends: with a chat that answers as it is told, and no server."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from textq.coding.llm.cache import Cache, StoredAnswer
from textq.coding.llm.chat import Exchange
from textq.coding.llm.failure import ExchangeError, LlmError
from textq.coding.llm.prompt import Message
from textq.coding.llm.settle import Question, Settler

from .conftest import CODEBOOK, make_answers, make_item, make_units

UNITS = make_units("A grant of ten.", "A ban on smoke.", "A loan for all.")
QUESTIONS = [Question(unit, f"{number:064x}") for number, unit in enumerate(UNITS)]


def make_answer(*places: int, **changes: Any) -> str:
    return make_answers(
        *(make_item({"id": f"c{n}", "text": UNITS[at].text}, **changes) for n, at in enumerate(places, 1))
    )


class FakeChat:
    """Says one thing a request, or raises it."""

    def __init__(self, *said: str | ExchangeError, was_answered: bool = True) -> None:
        self.said = list(said)
        self.asked: list[tuple[int, int]] = []
        self.was_answered = was_answered

    def ask(self, messages: Sequence[Message], n_clauses: int) -> Exchange:
        self.asked.append((len(messages), n_clauses))
        said = self.said.pop(0)
        if isinstance(said, ExchangeError):
            raise said
        return Exchange(said, "served", "fp", "plain")

    def clean(self, said: str) -> str:
        return said.replace("secret", "[key]")


def make_settler(chat: FakeChat, cache: Cache | None = None) -> Settler:
    return Settler(chat, CODEBOOK, cache)  # type: ignore[arg-type]


def test_an_answer_that_holds_is_stored_at_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    chat = FakeChat(make_answer(0, 1, 2))
    results = make_settler(chat, cache).settle(QUESTIONS)
    assert [one.answer.code for one in results if one.answer] == ["money/aid", "law", "money/loan"]
    assert chat.asked == [(2, 3)]
    for one in results:
        assert cache.get(one.question.key) == one.stored
        assert one.stored == StoredAnswer(one.stored.written if one.stored else {}, "served", "fp", "plain")


def test_only_what_does_not_hold_is_asked_alone_and_repaired_once() -> None:
    chat = FakeChat(make_answer(0, 1), "never", make_answer(2))
    results = make_settler(chat).settle(QUESTIONS)
    assert [one.answer.code for one in results if one.answer] == ["money/aid", "law", "money/loan"]
    assert chat.asked == [(2, 3), (2, 1), (4, 1)]


def test_a_second_wrong_answer_is_the_last() -> None:
    chat = FakeChat("never", "never")
    (result,) = make_settler(chat).settle(QUESTIONS[:1])
    assert chat.asked == [(2, 1), (4, 1)]
    assert (result.answer, result.stored) == (None, None)
    assert "the second answer of the model is wrong, too" in result.failure


def test_what_the_model_wrote_is_cleaned_before_it_is_kept() -> None:
    hidden = make_answer(0, reason="the secret").replace("secret", "\\u0073ecret")
    (result,) = make_settler(FakeChat(hidden)).settle(QUESTIONS[:1])
    assert result.answer is not None
    assert result.stored is not None
    assert (result.answer.reason, result.stored.written["reason"]) == ("the [key]", "the [key]")


def test_a_refusal_of_all_ends_the_run() -> None:
    with pytest.raises(LlmError, match="wrong key"):
        make_settler(FakeChat(ExchangeError("wrong key", stop=True))).settle(QUESTIONS)


def test_five_requests_in_a_row_without_an_answer_end_the_run() -> None:
    down = [ExchangeError("down") for _ in range(5)]
    settler = make_settler(FakeChat(*down[:4], make_answer(0), *down))
    for _ in range(4):
        assert settler.settle(QUESTIONS[:1])[0].failure == "down"
    assert settler.settle(QUESTIONS[:1])[0].answer is not None
    for _ in range(4):
        settler.settle(QUESTIONS[:1])
    with pytest.raises(LlmError, match=r"5 requests in a row got no answer to use.*down"):
        settler.settle(QUESTIONS[:1])


def test_a_question_that_is_refused_itself_does_not_count() -> None:
    settler = make_settler(FakeChat(*[ExchangeError("filtered", of_question=True) for _ in range(9)]))
    assert [settler.settle(QUESTIONS[:1])[0].failure for _ in range(9)] == ["filtered"] * 9


def test_a_first_request_without_an_answer_ends_the_run() -> None:
    with pytest.raises(LlmError, match="the first request got no answer"):
        make_settler(FakeChat(ExchangeError("down"), was_answered=False)).settle(QUESTIONS[:1])
