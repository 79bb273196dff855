"""What may stand in an event: checked before one is written, and before one from elsewhere is taken in."""

import json
import re
from dataclasses import fields
from datetime import datetime
from typing import Any, get_args

from textq.errors import ReviewError
from textq.events import TIME, Draft, Event, Kind, Queue
from textq.notation.coder_names import is_coder
from textq.store.projections import UNDOABLE, find_keys

ABOUT_A_CLAUSE = frozenset({"code", "unsure", "skip", "adjudicate", "memo"})
CODES = frozenset({"code", "adjudicate", "bulk"})
"""Kinds of event that give a code."""

_KINDS: tuple[str, ...] = get_args(Kind)
_QUEUES: tuple[str, ...] = get_args(Queue)
_PART = r"\w[\w.-]{0,79}"
_CODE = re.compile(_PART)
_SECOND = re.compile(f"{_PART}(/{_PART})?")
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{16}")
_HASH = re.compile(r"[0-9a-f]{64}")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_LONGEST = 2**53
_SAMPLED = ("unit", "seed", "frame_sha256", "run_id", "codebook", "each", "coders", "items")


def check_draft(draft: Draft) -> None:
    """See that the fields of a draft are of their types and shapes, and that it has what its kind needs.

    Whether the clauses are there is another question.

    Raises
    ------
    ReviewError
        If not.
    """
    _check_types(draft)
    if draft.kind not in _KINDS or draft.queue not in _QUEUES:
        raise ReviewError(f"an event of the kind {draft.kind!r} in the queue {draft.queue!r} is unknown.")
    if not draft.coder.strip() and draft.kind not in ("sample", "assign"):
        raise ReviewError(f"an event ({draft.kind}) has no coder. Give your name: textq review --coder NAME.")
    if draft.coder and not is_coder(draft.coder):
        raise ReviewError(f"an event ({draft.kind}) is by {draft.coder!r}, which cannot be the name of a coder.")
    if draft.kind in CODES and not draft.instrument:
        raise ReviewError(f"an event ({draft.kind}) has no code. Give an instrument of the codebook, or none.")
    if draft.kind == "adjudicate" and draft.queue != "adjudicate":
        raise ReviewError(f"an adjudication belongs in the queue adjudicate, not {draft.queue!r}.")
    for name, shape in (("instrument", _CODE), ("subtype", _CODE), ("secondary", _SECOND)):
        value = getattr(draft, name)
        if value and not shape.fullmatch(value):
            raise ReviewError(f"an event ({draft.kind}) has the {name} {value!r}, which cannot be a code.")
    if draft.detail and draft.kind != "bulk":
        _read_object(draft)


def _check_types(draft: Draft) -> None:
    for field in fields(Draft):
        value = getattr(draft, field.name)
        if field.name == "suggestion_shown":
            fits = isinstance(value, bool)
        elif field.name == "ms":
            fits = value is None or (_is_number(value) and 0 <= value < _LONGEST)
        else:
            is_optional = field.name in ("instrument", "subtype", "secondary")
            fits = (is_optional and value is None) or (isinstance(value, str) and _is_whole(value))
        if not fits:
            raise ReviewError(f"the field {field.name} of an event cannot be {value!r:.80}.")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_whole(text: str) -> bool:
    """Return whether a text can be written: it holds no half of a character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _read_object(draft: Draft) -> dict[str, Any]:
    try:
        detail = json.loads(draft.detail)
    except ValueError as error:
        raise ReviewError(f"the detail of an event ({draft.kind}) cannot be read: {error}.") from error
    if not isinstance(detail, dict):
        raise ReviewError(f"the detail of an event ({draft.kind}) is no object.")
    return detail


def check_event(event: Event) -> None:
    """See that an event from elsewhere could have been written here (:func:`check_draft`), its name and time too.

    Raises
    ------
    ReviewError
        If not.
    """
    check_draft(event.draft)
    draft = event.draft
    for name, shape in (("uuid", _NAME), ("origin", _NAME), ("prev_hash", _HASH), ("hash", _HASH), ("at", _AT)):
        value = getattr(event, name)
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise ReviewError(f"the field {name} of an event cannot be {value!r:.80}.")
    if not _is_number(event.seq) or not 0 < event.seq < _LONGEST:
        raise ReviewError(f"the field seq of an event cannot be {event.seq!r:.80}.")
    try:
        datetime.strptime(event.at, TIME)
    except ValueError as error:
        raise ReviewError(f"the time of an event cannot be {event.at!r}.") from error
    if draft.kind in ABOUT_A_CLAUSE and not draft.clause:
        raise ReviewError(f"an event ({draft.kind}) names no clause.")
    if draft.kind in ("undo", "redo") and not _NAME.fullmatch(draft.undoes):
        raise ReviewError(f"an event ({draft.kind}) does not name an event to {draft.kind}.")
    try:
        if draft.kind in UNDOABLE:
            _check_keys([key for key, _ in find_keys(draft)])
        elif draft.kind == "sample":
            check_sample(draft.sample, _read_object(draft))
        elif draft.kind == "assign":
            _check_shares(draft, _read_object(draft))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"the event {draft.kind} cannot be used: {error!r:.200}.") from error


def _check_keys(keys: list[Any]) -> None:
    strange = [key for key in keys if not isinstance(key, str) or not _KEY.fullmatch(key)]
    if strange or not keys:
        raise ReviewError(f"an event names {strange[0]!r:.80} for a clause." if strange else "a bulk names no clause.")


def _check_shares(draft: Draft, detail: dict[str, Any]) -> None:
    sample = draft.sample or detail["sample"]
    if not isinstance(sample, str) or not sample:
        raise ReviewError("an assignment names no sample.")
    for coder, keys in detail["shares"].items():
        if not is_coder(coder) or not isinstance(keys, list):
            raise ReviewError(f"the sample {sample!r} is assigned to {coder!r}, which cannot be the name of a coder.")
        if keys:
            _check_keys(keys)


def check_sample(sample: str, detail: dict[str, Any]) -> None:
    """See that a sample has all fields, names each clause once, and has probabilities in (0, 1].

    Raises
    ------
    ReviewError, KeyError, TypeError, ValueError
        If it has not.
    """
    lacking = [name for name in _SAMPLED if name not in detail]
    if lacking or not sample:
        raise ReviewError(f"the sample {sample!r} lacks {', '.join(lacking) or 'a name'}.")
    texts = [detail[name] for name in ("frame_sha256", "run_id", "codebook")]
    texts += [text for key, sha, stratum, _ in detail["items"] for text in (key, sha, stratum)]
    if not all(isinstance(text, str) and _is_whole(text) for text in texts):
        raise ReviewError(f"the sample {sample!r} holds something else in the place of a text.")
    strange = [coder for coder in detail["coders"] if not is_coder(coder)]
    if strange or not isinstance(detail["coders"], list):
        raise ReviewError(f"the sample {sample!r} is for {strange[0]!r:.80}, which cannot be the name of a coder.")
    if detail["unit"] not in ("document", "clause") or not (_is_number(detail["seed"]) and _is_number(detail["each"])):
        raise ReviewError(f"the sample {sample!r} has a wrong unit, seed, or number of coders.")
    keys = [key for key, _, _, _ in detail["items"]]
    if len(set(keys)) < len(keys):
        raise ReviewError(f"the sample {sample!r} names a clause twice.")
    if detail["each"] < 1 or not all(0 < pi <= 1 for _, _, _, pi in detail["items"]):
        raise ReviewError(f"the sample {sample!r} has no coder, or a probability outside (0, 1].")
