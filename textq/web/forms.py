"""What the fields of a form say, the same on every page."""

from starlette.datastructures import FormData
from starlette.requests import Request

AROUND = 3
"""Clauses shown before and after the one to be decided."""

LONGEST_MEMO = 10_000
"""Characters of a memo, or of a reason."""

_LONGEST_MS = 86_400_000
"""Milliseconds of a decision: a day. A card that stood for longer was left open, and its time says nothing."""


def read_field(form: FormData, name: str) -> str:
    """Return a text that was sent, without blanks around it and with plain line ends; ``""`` where there is none."""
    value = form.get(name)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def read_ms(form: FormData) -> int | None:
    """Return the milliseconds that a card was looked at; None where they say nothing."""
    text = read_field(form, "ms")
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_LONGEST_MS)):
        return None
    return int(text) if int(text) <= _LONGEST_MS else None


def is_fragment(request: Request) -> bool:
    """Return whether a script asks for the card alone."""
    return request.headers.get("x-textq") == "fragment"
