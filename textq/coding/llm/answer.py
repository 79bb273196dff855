"""What a model wrote → answers that hold: a code of the codebook, and words that stand in the clause."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textq.coding.llm.failure import AnswerError
from textq.coding.llm.form import FIELDS
from textq.coding.llm.prompt import make_ids
from textq.coding.llm.quote import locate_quote
from textq.lexicon.codebook import Codebook
from textq.notation.controls import mend_half_characters
from textq.records import NONE, CodingUnit

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\n(.*?)```", re.DOTALL)
_MOST_REASON = 500
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer for one clause that passed all checks.

    ``code`` and ``secondary`` are codes in full (``"supply/talent"``); ``start`` and ``end`` the place of the quoted
    words in the clause's text; ``probability`` in [0, 1] as the model states it, which is not calibrated.
    """

    code: str
    secondary: str | None
    start: int
    end: int
    probability: float
    sure: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """The answer for one clause as the model wrote it, and what it says; ``answer`` or ``problem`` is set."""

    written: Mapping[str, Any]
    answer: Answer | None
    problem: str = ""


def read_answers(
    content: str,
    units: Sequence[CodingUnit],
    codebook: Codebook,
    clean: Callable[[str], str] = mend_half_characters,
) -> list[Item]:
    """Return one item a unit, in their order; what cannot be used says why.

    ``clean`` is applied to every string that the model wrote, once its JSON is read: no escape can hide one. If one
    answer quotes the text of another clause of the same request, answers were mixed up, and none is used.
    """
    try:
        written = _parse_items(content, clean)
    except AnswerError as error:
        return [Item({}, None, str(error)) for _ in units]
    ids = make_ids(len(units))
    counts = Counter(_read_id(item) for item in written)
    known = {_read_id(item): item for item in written}
    found = [_check(one_id, counts, known, unit, codebook) for one_id, unit in zip(ids, units, strict=True)]
    if any(_quotes_another(item, place, units) for place, item in enumerate(found)):
        return [Item({}, None, "the answers of this request were mixed up.") for _ in units]
    return found


def check_item(written: Mapping[str, Any], unit: CodingUnit, codebook: Codebook) -> Answer:
    """Return the answer for ``unit`` that ``written`` gives.

    Raises
    ------
    AnswerError
        If a field is missing or of another kind, a code is not in the codebook, or the quotation not in the text.
    """
    if missing := [name for name in FIELDS if name not in written]:
        raise AnswerError(f"fields are missing: {', '.join(missing)}.")
    code = _check_code(written["code"], "code", codebook)
    secondary = _check_secondary(written["secondary"], code, codebook)
    start, end = _check_quote(written["quote"], unit)
    probability, sure, reason = written["probability"], written["sure"], written["reason"]
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise AnswerError(f"probability must be a number from 0 to 1, not {_shorten(probability)}.")
    if not isinstance(sure, bool):
        raise AnswerError(f"sure must be true or false, not {_shorten(sure)}.")
    if not isinstance(reason, str):
        raise AnswerError(f"reason must be a text, not {_shorten(reason)}.")
    shown = mend_half_characters(reason.strip()[:_MOST_REASON])
    return Answer(code, secondary, start, end, float(probability), sure, shown)


def _check(
    one_id: str, counts: Mapping[str, int], known: Mapping[str, Any], unit: CodingUnit, codebook: Codebook
) -> Item:
    if counts[one_id] != 1:
        problem = f"there is no answer with the id {one_id}." if not counts[one_id] else f"{one_id} is answered twice."
        return Item({}, None, problem)
    written = known[one_id]
    try:
        return Item(written, check_item(written, unit, codebook))
    except AnswerError as error:
        return Item(written, None, str(error))


def _quotes_another(item: Item, place: int, units: Sequence[CodingUnit]) -> bool:
    """Tell whether an item quotes words that stand in another clause of the request and not in its own."""
    quote = item.written.get("quote")
    if item.answer is not None or not isinstance(quote, str) or locate_quote(quote, units[place].text):
        return False
    return any(locate_quote(quote, unit.text) for other, unit in enumerate(units) if other != place)


def _check_code(value: object, name: str, codebook: Codebook) -> str:
    if isinstance(value, str) and (value in codebook.codes or value == NONE):
        return value
    known = ", ".join((*codebook.codes, NONE))
    raise AnswerError(f"{name} {_shorten(value)} is not in the codebook. Use one of: {known}.")


def _check_secondary(value: object, code: str, codebook: Codebook) -> str | None:
    secondary = NONE if value in (None, "") else _check_code(value, "secondary", codebook)
    if secondary == NONE:
        return None
    if code == NONE or secondary == code:
        raise AnswerError(f"secondary {secondary!r} cannot stand beside the code {code!r}; if there is none: {NONE}.")
    return secondary


def _check_quote(value: object, unit: CodingUnit) -> tuple[int, int]:
    found = locate_quote(value, unit.text) if isinstance(value, str) else None
    if found is None:
        raise AnswerError(
            f"the quote {_shorten(value)} does not stand in the text of the clause. Copy consecutive words of the text."
        )
    return found


def _parse_items(content: str, clean: Callable[[str], str]) -> list[Mapping[str, Any]]:
    """Return the items of an answer: a JSON object, alone, in a code fence, or with words around it."""
    data = _load_json(_THOUGHT.sub("", content).strip(), clean)
    if isinstance(data, dict):
        data = data.get("answers", [data])
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise AnswerError('the answer is not of the form {"answers": [{…}]}.')
    return data


def _load_json(text: str, clean: Callable[[str], str]) -> Any:
    fences = _FENCE.findall(text)
    if len(fences) == 1:
        text = fences[0]
    begin = text.find("{")
    if begin < 0:
        raise AnswerError("the answer holds no JSON object.")
    if text.lstrip().startswith("["):
        begin = text.index("[")
    try:
        data, end = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode(text, begin)
        data = _clean_strings(data, clean)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"the answer is no JSON: {str(error)[:200]}.") from error
    if "{" in text[end:]:
        raise AnswerError("the answer holds more than one JSON object.")
    return data


def _clean_strings(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_strings(one, clean) for one in value]
    if isinstance(value, dict):
        return {clean(name): _clean_strings(one, clean) for name, one in value.items()}
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _read_id(item: Mapping[str, Any]) -> str:
    return str(item.get("id"))


def _shorten(value: object) -> str:
    shown = mend_half_characters(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"
