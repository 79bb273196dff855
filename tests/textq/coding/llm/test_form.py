from typing import Any

import pytest

from textq.coding.llm.form import FIELDS, FORMS, Form, make_response_format

from .conftest import CODEBOOK

IDS = ("c1", "c2")


def find_schema() -> dict[str, Any]:
    schema: dict[str, Any] = make_response_format("json_schema", CODEBOOK, IDS)["response_format"]["json_schema"]
    return schema


@pytest.mark.parametrize(
    ("form", "asked"), [("plain", {}), ("json_object", {"response_format": {"type": "json_object"}})]
)
def test_weaker_forms_name_no_code(form: Form, asked: dict[str, Any]) -> None:
    assert make_response_format(form, CODEBOOK, IDS) == asked


def test_a_schema_allows_the_codes_and_ids_there_are_and_no_others() -> None:
    item = find_schema()["schema"]["properties"]["answers"]["items"]["properties"]
    assert item["id"]["enum"] == ["c1", "c2"]
    assert item["code"]["enum"] == item["secondary"]["enum"] == ["money/aid", "money/loan", "law", "none"]


def test_a_strict_schema_requires_all_and_allows_no_more() -> None:
    schema = find_schema()
    item = schema["schema"]["properties"]["answers"]["items"]
    assert schema["strict"] is True
    assert list(item["properties"]) == item["required"] == list(FIELDS)
    assert item["additionalProperties"] is schema["schema"]["additionalProperties"] is False


def test_the_words_come_before_the_code_that_they_are_for() -> None:
    assert FIELDS.index("quote") < FIELDS.index("reason") < FIELDS.index("code")
    assert FORMS[0] == "json_schema"
