"""Control characters spelt out, and halves of characters."""

import pytest

from textq.notation.controls import has_half_character, spell_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("专项资金 a-1", "专项资金 a-1"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\nb\t", "a\\r\\nb\\t"),
        ("a\u202eb\u2028c\x85", "a\\u202eb\\u2028c\\x85"),
        ("\ud800", "\\ud800"),
        ("a\u061cb\u200bc", r"a\u061cb\u200bc"),
        ("通知（一）.pdf", "通知（一）.pdf"),
        ("a\x1b]0;x\x07.pdf", r"a\x1b]0;x\x07.pdf"),
        ("\x9b31m\udcff", r"\x9b31m\udcff"),
        ("", ""),
    ],
)
def test_control_characters_are_spelt_out(text: str, shown: str) -> None:
    assert spell_controls(text) == shown


@pytest.mark.parametrize(
    ("text", "expected"), [("a\ud800", True), ("\udfff", True), ("a\x1b\U00020000", False), ("", False)]
)
def test_half_a_character_is_seen(text: str, expected: bool) -> None:
    assert has_half_character(text) is expected
