"""What others wrote (names of files, text of documents), made safe to show on a terminal."""

import re

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that a terminal obeys instead of showing them, or that turn the order of what stands beside them."""


def spell_controls(text: str) -> str:
    r"""Return ``text`` with its control characters spelt out (\x1b): it neither moves nor colours nor adds lines."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
