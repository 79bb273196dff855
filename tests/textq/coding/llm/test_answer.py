import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.coding.llm.answer import read_answers
from textq.records import CodingUnit

from .conftest import CODEBOOK, make_answers, make_item, make_units

(UNIT,) = make_units("A grant of ten.")
GOOD = make_item({"id": "c1", "text": UNIT.text})


def read_one(content: str) -> Any:
    (item,) = read_answers(content, [UNIT], CODEBOOK)
    return item


@pytest.mark.parametrize(
    "content",
    [
        make_answers(GOOD),
        json.dumps([GOOD]),
        json.dumps(GOOD),
        f"```json\n{make_answers(GOOD)}\n```",
        f"Here you are:\n```\n{make_answers(GOOD)}```\nAnything else?",
        f"Sure! {make_answers(GOOD)} Done.",
        f"<think>Is it {{law}}?\n</think>\n{make_answers(GOOD)}",
        "\ufeff" + make_answers(GOOD),
    ],
)
def test_forms_in_which_models_wrap_json(content: str) -> None:
    answer = read_one(content).answer
    assert (answer.code, answer.secondary, answer.start, answer.end) == ("money/aid", None, 0, 12)
    assert (answer.probability, answer.sure, answer.reason) == (0.9, True, "because")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no JSON object"),
        ("I cannot help with that.", "no JSON object"),
        ("[]", "no JSON object"),
        (make_answers(GOOD)[:-3], "is no JSON"),
        (make_answers(GOOD) * 2, "more than one JSON object"),
        ('{"answers": 7}', "not of the form"),
        ('{"answers": [7]}', "not of the form"),
        ('{"answers": []}', "no answer with the id c1"),
        (make_answers(GOOD, GOOD), "c1 is answered twice"),
        (make_answers({**GOOD, "id": "c2"}), "no answer with the id c1"),
        (make_answers(GOOD).replace("0.9", "NaN"), "NaN is no number"),
        ("{" * 200_000, "is no JSON"),
        ('{"answers": ' + "[" * 200_000, "is no JSON"),
    ],
)
def test_answers_that_are_no_answers(content: str, problem: str) -> None:
    item = read_one(content)
    assert item.answer is None
    assert problem in item.problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "money"}, 'code "money" is not in the codebook. Use one of: money/aid, money/loan, law, none.'),
        ({"code": "money/tax"}, "is not in the codebook"),
        ({"code": ["law"]}, "is not in the codebook"),
        ({"code": None}, "is not in the codebook"),
        ({"secondary": "tax"}, 'secondary "tax" is not in the codebook'),
        ({"secondary": "money/aid"}, "cannot stand beside"),
        ({"code": "none", "secondary": "law"}, "cannot stand beside"),
        ({"quote": "a gift of ten"}, "does not stand in the text"),
        ({"quote": ""}, "does not stand in the text"),
        ({"quote": 3}, "does not stand in the text"),
        ({"probability": 1.01}, "probability must be a number from 0 to 1, not 1.01"),
        ({"probability": -1}, "probability must be"),
        ({"probability": True}, "probability must be"),
        ({"probability": "0.9"}, "probability must be"),
        ({"probability": 10**400}, "probability must be"),
        ({"sure": 1}, "sure must be true or false"),
        ({"reason": None}, "reason must be a text"),
        ({"reason": None, "code": "\ud800" * 100}, "is not in the codebook"),
    ],
)
def test_every_field_is_checked(changes: dict[str, Any], problem: str) -> None:
    item = read_one(json.dumps({"answers": [{**GOOD, **changes}]}))
    assert item.answer is None
    assert problem in item.problem
    item.problem.encode()


@pytest.mark.parametrize("name", GOOD)
def test_every_field_must_be_there(name: str) -> None:
    item = read_one(make_answers({key: value for key, value in GOOD.items() if key != name}))
    assert item.answer is None


@pytest.mark.parametrize("secondary", ["none", "", None])
def test_ways_to_say_that_there_is_no_second_code(secondary: str | None) -> None:
    assert read_one(make_answers({**GOOD, "secondary": secondary})).answer.secondary is None
    assert read_one(make_answers({**GOOD, "secondary": "law"})).answer.secondary == "law"


def test_a_reason_is_cut_and_mended() -> None:
    reason = read_one(json.dumps({"answers": [{**GOOD, "reason": " \udfff" + "y" * 9999}]})).answer.reason
    assert len(reason) == 500
    assert reason.startswith("?yy")


def read_batch(*items: dict[str, Any]) -> list[Any]:
    return read_answers(make_answers(*items), BATCH, CODEBOOK)


BATCH = make_units("A grant of ten.", "A ban on smoke.", "A loan for all.")
RIGHT = [make_item({"id": f"c{n}", "text": unit.text}) for n, unit in enumerate(BATCH, 1)]


def test_a_batch_in_any_order() -> None:
    assert [item.answer.code for item in read_batch(*RIGHT[::-1])] == ["money/aid", "law", "money/loan"]


def test_one_that_is_missing_leaves_the_others() -> None:
    items = read_batch(RIGHT[0], RIGHT[2])
    assert [item.answer is None for item in items] == [False, True, False]
    assert "no answer with the id c2" in items[1].problem


def test_of_one_that_is_answered_twice_none_counts() -> None:
    items = read_batch(*RIGHT, {**RIGHT[1], "code": "none"})
    assert [item.answer is None for item in items] == [False, True, False]
    assert "c2 is answered twice" in items[1].problem


def test_swapped_ids_make_the_whole_request_void() -> None:
    items = read_batch({**RIGHT[0], "id": "c2"}, {**RIGHT[1], "id": "c1"}, RIGHT[2])
    assert [item.answer for item in items] == [None] * 3
    assert "mixed up" in items[2].problem


def test_a_quotation_from_nowhere_is_no_swap() -> None:
    items = read_batch({**RIGHT[0], "quote": "nowhere at all"}, *RIGHT[1:])
    assert [item.answer is None for item in items] == [True, False, False]


@given(st.text(max_size=200))
def test_whatever_a_model_writes_is_judged(content: str) -> None:
    item = read_one(content)
    assert (item.answer is None) == bool(item.problem)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_a_field_holds_is_judged(value: Any) -> None:
    for name in GOOD:
        item = read_answers(json.dumps({"answers": [{**GOOD, name: value}]}), [UNIT], CODEBOOK)[0]
        assert (item.answer is None) == bool(item.problem)


def test_evidence_of_a_text_with_line_breaks_keeps_its_offsets() -> None:
    unit = CodingUnit("x", "（一）安排专\n项资金，建设")
    item = read_answers(make_answers({**GOOD, "quote": "专项资金"}), [unit], CODEBOOK)[0]
    assert item.answer is not None
    assert unit.text[item.answer.start : item.answer.end] == "专\n项资金"
