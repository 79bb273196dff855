"""Texts as they are compared: one width and one case at equal length, and what its characters are."""

from textq.notation.ideographs import has_ideographs

SENTENCE_ENDS = "。；;!?！？\n\r"
"""What ends a sentence of a clause. A full stop does not: it also stands in numbers and abbreviations."""

LETTER_RANGES = (("0", "9"), ("a", "z"), ("À", "Ö"), ("Ø", "ö"), ("ø", "ɏ"), ("Ͱ", "ԯ"), ("Ḁ", "῿"))
"""Digits and the folded letters of Latin, Greek and Cyrillic, first and last: scripts with spaces between words."""

_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KEPT_PUNCTUATION: dict[int, int | str] = {ord(char): char for char in "，；：！？（）"}
_HALF_CHARACTERS: dict[int, int | str] = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_FOLDED = _FULL_WIDTH | _KEPT_PUNCTUATION | _HALF_CHARACTERS | {0x3000: " ", ord("ς"): "σ"}


def fold(text: str) -> str:
    """Return a copy of equal length for matching.

    Full-width ASCII becomes half-width (Ｂ２Ｂ → b2b) and letters lower case; full-width Chinese punctuation stays.
    Each character is folded alone, whatever stands beside it. Half a character (a lone surrogate) becomes U+FFFD.
    """
    return text.replace("İ", "i").lower().translate(_FOLDED)


def is_letter(char: str) -> bool:
    """Tell whether a folded character belongs to a word that spaces set apart: a Latin letter, a digit."""
    return any(first <= char <= last for first, last in LETTER_RANGES)


def is_ideograph(char: str) -> bool:
    """Tell whether a character is a word or a syllable of its own: Chinese, Japanese, Korean."""
    return char.isalnum() and has_ideographs(char)


def is_whole(folded: str, start: int, end: int) -> bool:
    """Tell whether ``[start, end)`` of a folded text cuts no word that spaces set apart; it must not be empty."""
    joined_before = start > 0 and is_letter(folded[start - 1]) and is_letter(folded[start])
    joined_behind = end < len(folded) and is_letter(folded[end - 1]) and is_letter(folded[end])
    return not (joined_before or joined_behind)
