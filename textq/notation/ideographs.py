"""Characters that are a word or a syllable of their own: Chinese, Japanese, Korean."""

import re

_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


def has_ideographs(text: str) -> bool:
    """Tell whether a text holds a Chinese, Japanese or Korean character."""
    return _IDEOGRAPH.search(text) is not None
