import pytest

from textq.notation.ideographs import has_ideographs


@pytest.mark.parametrize("text", ["a第b", "〇", "한국", "豈", "\U00020000", "カ", "。"])
def test_words_and_syllables_of_one_character(text: str) -> None:
    assert has_ideographs(text)


@pytest.mark.parametrize("text", ["", "Scope 1.", "é", "\ue000", "\ud800", "\ua4d0", "Ａ１", "😀"])
def test_other_characters(text: str) -> None:
    assert not has_ideographs(text)
