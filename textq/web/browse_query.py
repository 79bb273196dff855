"""What a reader of the table looks for: between the address of the page and a query of the store."""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args, get_type_hints
from urllib.parse import urlencode

from textq.errors import ReviewError
from textq.lexicon.codebook import split_code
from textq.records import join_code
from textq.store.search import Query

ROWS = 50
"""Clauses on a page."""

FIELDS = ("q", "unit", "period", "code", "coder", "status", "max", "doc", "order", "sha")
"""The names in the address, without the number of the page."""

_HINTS = get_type_hints(Query)
STATUSES: tuple[str, ...] = get_args(_HINTS["status"])
ORDERS: tuple[str, ...] = get_args(_HINTS["order"])

_LONGEST = 200
"""Characters of a field."""


def read_query(fields: Mapping[str, str]) -> Query:
    """Return the query of an address, or of a form.

    Raises
    ------
    ReviewError
        If a number is none, or a choice is not on its list.
    """
    given = {name: fields.get(name, "").strip()[:_LONGEST] for name in (*FIELDS, "page")}
    instrument, subtype = split_code(given["code"])
    percent = _read_number(given["max"], "max", 100)
    number = _read_number(given["page"], "page", 10**9) or 1
    _check_choice(given["status"], "status", STATUSES)
    _check_choice(given["order"] or "document", "order", ORDERS)
    query = Query(
        text=given["q"],
        unit=given["unit"],
        period=_read_number(given["period"], "period", 9999),
        instrument=instrument,
        subtype=subtype or "",
        coder=given["coder"],
        doc_id=given["doc"],
        max_confidence=None if percent is None else percent / 100,
        sha=given["sha"],
        offset=ROWS * (number - 1),
        limit=ROWS,
    )
    named = {"status": given["status"], "order": given["order"] or "document"}
    return replace(query, **named)  # type: ignore[arg-type]


def _read_number(text: str, name: str, most: int) -> int | None:
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    if not 0 <= number <= most:
        raise ReviewError(f"the filter {name}={text!r} of the table is no number from 0 to {most}. Write digits.")
    return number


def _check_choice(given: str, name: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        known = ", ".join(filter(None, choices))
        raise ReviewError(f"the filter {name}={given!r} of the table is unknown. Choose one of {known}.")


def list_fields(query: Query) -> dict[str, str]:
    """Return what an address has to say to give this query, its page left out."""
    given = {
        "q": query.text,
        "unit": query.unit,
        "period": "" if query.period is None else str(query.period),
        "code": join_code(query.instrument, query.subtype or None) if query.instrument else "",
        "coder": query.coder,
        "status": query.status,
        "max": "" if query.max_confidence is None else str(round(100 * query.max_confidence)),
        "doc": query.doc_id,
        "order": "" if query.order == "document" else query.order,
        "sha": query.sha,
    }
    return {name: value for name, value in given.items() if value}


def write_address(query: Query, **others: str | int) -> str:
    """Return the address of the table with this query, and with other fields, as ``page``."""
    fields = urlencode(list_fields(query) | {name: str(value) for name, value in others.items()})
    return f"/browse?{fields}" if fields else "/browse"
