"""Characters that screens obey instead of showing them, and halves of characters."""

import re

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that a screen obeys instead of showing them, that nobody sees, or that turn what stands beside them."""


def spell_controls(text: str) -> str:
    r"""Return ``text`` with its control characters spelt out (\x1b): it neither moves nor colours nor adds lines."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def has_half_character(text: str) -> bool:
    """Tell whether a text holds half a character (a lone surrogate), so that it cannot be written as UTF-8."""
    return not text.isprintable() and any("\ud800" <= char <= "\udfff" for char in text)


def mend_half_characters(text: str) -> str:
    """Return a text with "?" for each half of a character, so that it can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
