"""Documents made at random come back with the structure they were made with."""

import pytest

from tests.strategies import make_document
from tests.textq.segment.documents import Expected, make
from textq.segment.clauses import split_clauses


def find_difference(seed: int) -> tuple[object, object] | None:
    """Return the first clause that is not as expected, and the expected one; check offsets on the way."""
    text, title, expected = make(seed)
    clauses = split_clauses(make_document(text, title=title))
    position = 0
    for clause in clauses:
        assert text[clause.start : clause.end] == clause.text
        assert not text[position : clause.start].strip()
        position = clause.end
    assert not text[position:].strip()
    found = [Expected(c.kind, squeeze(c.text), c.division, c.heading, c.stem, c.responsible) for c in clauses]
    wanted = [Expected(e.kind, squeeze(e.text), e.division, e.heading, e.stem, e.responsible) for e in expected]
    pairs = zip([*found, None], [*wanted, None], strict=False)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def squeeze(text: str) -> str:
    """Return a text without the blanks at its end."""
    return text.strip()


@pytest.mark.parametrize("block", range(10))
def test_made_documents_fall_into_their_clauses(block):
    assert [seed for seed in range(block * 30, block * 30 + 30) if find_difference(seed)] == []


@pytest.mark.full
def test_ten_thousand_made_documents_fall_into_their_clauses():
    assert [seed for seed in range(10_000) if find_difference(seed)] == []
