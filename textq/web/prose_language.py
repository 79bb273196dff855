"""In which language a text of a codebook is, for those who have it read to them."""

import re

_CODE = re.compile(r"[\w-]+/[\w-]+", re.ASCII)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def name_language(text: str) -> str:
    """Return ``"zh"`` for a text with at least as many Chinese characters as Latin letters, else ``"en"``.

    Codes (``instrument/subtype``) are not counted: they are the same in both.
    """
    words = _CODE.sub("", text)
    return "zh" if len(_HAN.findall(words)) >= len(_LATIN.findall(words)) else "en"
