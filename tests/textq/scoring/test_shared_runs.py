"""Shared runs of letters, against the plain double loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.notation.shingles import fold_letters
from textq.scoring.shared_runs import NOT_COMPARED, NOWHERE, SHINGLE_SIZE, Holders, Letters

CLAUSES = st.lists(st.text(alphabet="甲乙", max_size=30), max_size=6)


def cover_plainly(texts: list[str], lender: list[str], least: int) -> list[bool]:
    """Mark each letter that lies in a run of ``least`` letters all of whose shingles stand in one clause of the lender.

    Character by character, on strings.
    """
    marked = []
    for text in texts:
        inside = [False] * len(text)
        for start in range(len(text)):
            for end in range(start + least, len(text) + 1):
                shingles = [text[at : at + SHINGLE_SIZE] for at in range(start, end - SHINGLE_SIZE + 1)]
                if all(any(shingle in clause for clause in lender) for shingle in shingles):
                    inside[start:end] = [True] * (end - start)
        marked += inside
    return marked


@given(CLAUSES, CLAUSES, st.integers(SHINGLE_SIZE, 14))
def test_covered_letters_are_those_of_the_plain_loop(ours, theirs, least):
    letters = Letters.read(ours)
    shared = np.isin(letters.shingles, Letters.read(theirs).shingles)

    assert letters.cover(shared, least).tolist() == cover_plainly(ours, theirs, least)


@given(CLAUSES)
def test_shingles_lie_inside_clauses(texts):
    letters = Letters.read(texts)

    assert letters.n_letters.tolist() == [len(fold_letters(text)) for text in texts]
    assert len(letters.shingles) == sum(max(len(text) - SHINGLE_SIZE + 1, 0) for text in texts)
    assert (letters.clauses[letters.starts] == letters.clauses[letters.starts + SHINGLE_SIZE - 1]).all()
    assert letters.count_by_clause(np.ones(len(letters.clauses), dtype=bool)).tolist() == letters.n_letters.tolist()


@given(st.lists(st.lists(st.integers(0, 20), max_size=8), max_size=5), st.lists(st.integers(0, 25)))
def test_the_first_holder_is_the_lowest_number(parts, wanted):
    holders = Holders.collect((number, np.array(part, dtype=np.uint64)) for number, part in enumerate(parts))
    expected = [next((number for number, part in enumerate(parts) if one in part), NOWHERE) for one in wanted]

    assert holders.find(np.array(wanted, dtype=np.uint64)).tolist() == expected


@pytest.mark.parametrize("text", ["", "特此通知。", "各有关单位：", "（一）《海关法》"])
def test_formulae_are_not_compared(text):
    assert Letters.read([text]).wholes.tolist() == [NOT_COMPARED]


def test_a_long_stem_is_compared():
    assert (
        Letters.read(["支持符合条件的跨境电子商务企业在境外建设和租用公共海外仓，具体包括下列各项措施："]).wholes[0]
        != NOT_COMPARED
    )
