"""The pages of requests that are refused, and of errors."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from textq.errors import TextqError
from textq.web.templating import render
from textq.web.words_file import list_words, say


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page says: the status, what it is called, why and what to do, and what was given in detail."""

    status: int
    title: str
    advice: str
    detail: str = ""


def answer_refusal(request: Request, error: Exception) -> Response:
    """Return the page of a refused request.

    The ``detail`` of the error may be the name of a reason that ``words/refused.toml`` knows under its status
    (``[403.host]``), or a sentence.
    """
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, str(error.detail), dict(error.headers or {}))


def answer_trouble(request: Request, error: Exception) -> Response:
    """Return the page of what textq itself refused to do: its message says why, and what to do."""
    assert isinstance(error, TextqError)
    return _answer(request, 409, str(error), {})


def _answer(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    lang, known = request.state.lang, list_words()
    reason = next(
        key for key in (f"refused.{status}.{detail}", f"refused.{status}.plain", "refused.other") if key in known
    )
    is_sentence = " " in detail.strip() or not detail.isascii()
    found = Refusal(
        status,
        say(f"refused.{status}.title" if f"refused.{status}.title" in known else "refused.title", lang),
        say(reason, lang),
        detail if is_sentence and not _is_phrase(status, detail) else "",
    )
    if request.headers.get("x-textq"):
        text = " ".join(filter(None, (found.title, found.detail or found.advice)))
        return PlainTextResponse(text, status, headers)
    response = render(request, "refused.html", found, status=status)
    response.headers.update(headers)
    return response


def _is_phrase(status: int, detail: str) -> bool:
    """Return whether a detail is nothing but the standard's English name of the status."""
    return HTTPException(status).detail == detail
