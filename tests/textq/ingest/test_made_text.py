"""The measure of the bench is itself tested."""

from hypothesis import given
from hypothesis import strategies as st

from tests.textq.ingest.made_text import LINES, TITLE, count_edits, error_rate


def count_edits_slowly(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for at, one in enumerate(left, 1):
        above, row = row, [at]
        for to, other in enumerate(right, 1):
            row.append(min(above[to] + 1, row[-1] + 1, above[to - 1] + (one != other)))
    return row[-1]


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_edits_are_counted_as_by_the_plain_table(left, right):
    assert count_edits(left, right) == count_edits_slowly(left, right)


def test_the_bench_sees_errors():
    wrong = [TITLE[:-1], *LINES[1:]]
    assert 0 < error_rate("\n".join(LINES), "\n".join(wrong)) < 0.005
    assert error_rate("\n".join(LINES), "\n".join(reversed(LINES))) > 0.005
