"""What the tables of several commands share: names of codes, how intervals were drawn, what was taken for what."""

from econ.table_text import render_text
from tests.textq.export.coded_clauses import CODEBOOK
from textq.cli.figures import call_code, call_codes, say_draws, tabulate_pairs


def test_codes_are_called_by_their_names() -> None:
    assert call_code("apple/red", CODEBOOK, "zh") == "苹果/红"
    assert call_code("pear", CODEBOOK, "zh") == "Pear & Co"
    assert call_code("plum\x1b/x", CODEBOOK, "en") == r"plum\x1b/x"


def test_codes_of_one_name_are_shown_as_written() -> None:
    assert call_codes(("apple", "pear", "Apple"), CODEBOOK, "en") == ["apple", "Pear & Co", "Apple"]
    assert call_codes(("apple", "pear"), CODEBOOK, "en") == ["Apple", "Pear & Co"]


def test_draws_are_told() -> None:
    assert say_draws("document", 2000, 7, "en") == "intervals: 2,000 samples of documents, seed 7"
    assert say_draws("clause", 10, 1, "zh") == "区间: 按条款自助抽样 10 次, 种子 1"
    assert say_draws("clause", 0, 1, "en") == "no samples were drawn, so there are no intervals"


def test_what_was_taken_for_what_is_a_table() -> None:
    lines = render_text(tabulate_pairs("Title", ("apple", "none"), [[3.0, 0.0], [1.5, 2.0]], CODEBOOK, "en"))
    rows = [line.split() for line in lines.splitlines()]
    assert ["Apple", "3", "–"] in rows
    assert ["None", "of", "them", "1.5", "2"] in rows
