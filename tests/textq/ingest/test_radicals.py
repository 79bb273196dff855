"""Radicals in place of characters."""

import unicodedata

from textq.ingest.normalize import normalize_line
from textq.ingest.radicals import CHARACTERS_OF_RADICALS


def test_a_printed_page_reads_as_it_looks() -> None:
    assert normalize_line("⼈⺠政府⼀⽉⼆⽇⻓⻋⻔") == "人民政府一月二日长车门"


def test_each_radical_gives_one_character_that_is_no_radical() -> None:
    for radical, character in CHARACTERS_OF_RADICALS.items():
        text = character if isinstance(character, str) else chr(character)

        assert len(text) == 1
        assert "RADICAL" in unicodedata.name(chr(radical))
        assert unicodedata.name(text).startswith("CJK UNIFIED IDEOGRAPH")


def test_two_radicals_give_the_form_that_mainland_texts_print() -> None:
    assert normalize_line("\u2f3e\u2fad") == "户青"
