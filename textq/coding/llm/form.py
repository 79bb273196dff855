"""The form in which a model must answer: as a JSON schema for servers that enforce one."""

from collections.abc import Sequence
from typing import Any, Literal

from textq.lexicon.codebook import Codebook
from textq.records import NONE

Form = Literal["json_schema", "json_object", "plain"]

FORMS: tuple[Form, ...] = ("json_schema", "json_object", "plain")
"""How the form of an answer is enforced, from the strictest on: by a schema, as any JSON object, or not at all."""

FIELDS = ("id", "quote", "reason", "code", "secondary", "probability", "sure")
"""The fields of one answer, in the order in which they are written: the words and the reason before the code."""


def make_response_format(form: Form, codebook: Codebook, ids: Sequence[str]) -> dict[str, Any]:
    """Return what a request says of the form of its answer: the field ``response_format``, or nothing."""
    if form == "plain":
        return {}
    if form == "json_object":
        return {"response_format": {"type": "json_object"}}
    schema = {"name": "codings", "strict": True, "schema": _make_schema(codebook, ids)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _make_schema(codebook: Codebook, ids: Sequence[str]) -> dict[str, Any]:
    """Return the schema of a whole answer, with no more of the language of schemas than most servers know."""
    codes = [*codebook.codes, NONE]
    kinds: dict[str, dict[str, Any]] = {
        "id": {"type": "string", "enum": list(ids)},
        "quote": {"type": "string"},
        "reason": {"type": "string"},
        "code": {"type": "string", "enum": codes},
        "secondary": {"type": "string", "enum": codes},
        "probability": {"type": "number"},
        "sure": {"type": "boolean"},
    }
    item = _make_object({name: kinds[name] for name in FIELDS})
    return _make_object({"answers": {"type": "array", "items": item}})


def _make_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
