from dataclasses import replace

from textq.lexicon.codebook import Instrument, Label
from textq.lexicon.read import builtin_codebook
from textq.web.code_chips import SHAPES, describe_code


def test_classes_differ_by_letter_shape_and_colour() -> None:
    book = builtin_codebook()
    for lang in ("zh", "en"):
        chips = [describe_code(book, name, None, lang) for name in book.classes]
        for field in ("letter", "shape", "css", "digit"):
            assert len({getattr(chip, field) for chip in chips}) == len(chips)
    assert len(set(SHAPES)) == len(SHAPES) == 9


def test_a_code_is_called_in_the_language() -> None:
    chip = describe_code(builtin_codebook(), "supply", "talent", "zh")
    assert (chip.code, chip.name, chip.subtype, chip.letter, chip.digit) == (
        "supply/talent",
        "供给型",
        "人才",
        "供",
        "1",
    )


def test_classes_with_one_first_letter_get_digits() -> None:
    same = (Instrument("a", Label("", "Apple"), ""), Instrument("b", Label("", "Aprikose"), ""))
    book = replace(builtin_codebook(), instruments=same)
    assert [describe_code(book, name, None, "en").letter for name in ("a", "b")] == ["1", "2"]


def test_a_code_of_another_codebook_is_shown_as_written() -> None:
    chip = describe_code(builtin_codebook(), "old", "thing", "en")
    assert (chip.css, chip.name, chip.subtype, chip.letter) == ("none", "old", "thing", "?")
