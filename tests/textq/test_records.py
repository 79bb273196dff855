"""The rows that pass between the stages."""

import hashlib

import pytest

from textq.records import Coding, CodingUnit, join_code


def test_a_unit_is_known_by_its_text() -> None:
    assert CodingUnit("a", "建设海外仓。").sha256 == hashlib.sha256("建设海外仓。".encode()).hexdigest()


def test_half_a_character_has_a_hash_too() -> None:
    assert CodingUnit("a", "x\ud800").sha256 != CodingUnit("a", "x").sha256


@pytest.mark.parametrize(("subtype", "code"), [("talent", "supply/talent"), (None, "supply"), ("", "supply")])
def test_instrument_and_subtype_are_one_code(subtype: str | None, code: str) -> None:
    coding = Coding("a", "", "rules:x@1", "x@1", "supply", subtype, None, (), None)
    assert (join_code("supply", subtype), coding.code) == (code, code)
