"""Radicals that some programs write into PDFs in place of the characters they look like: ⼈⺠政府 for 人民政府."""

import unicodedata

_KANGXI = range(0x2F00, 0x2FD6)
"""The block Kangxi Radicals, whose compatibility decomposition is the character."""

_SUPPLEMENT = (
    "\u2e81\u2e9d\u2e9f\u2ea0\u2ec1\u2ec4\u2ec5\u2ec6\u2ec9\u2ecb\u2ed3\u2ed4\u2ed8\u2ed9\u2eda\u2edb"
    "\u2edc\u2edd\u2ede\u2ee2\u2ee3\u2ee4\u2ee5\u2ee6\u2ee7\u2ee8\u2ee9\u2eec\u2eee\u2ef0\u2ef3"
)
_SUPPLEMENT_CHARACTERS = "厂月母民虎西见角贝车长门青韦页风飞食食马骨鬼鱼鸟卤麦黄齐齿龙龟"
"""Those of the block CJK Radicals Supplement that are whole characters; Unicode does not decompose them."""

_COMMON_FORMS = {0x2F3E: "户", 0x2FAD: "青"}
"""Kangxi radicals that Unicode decomposes to a form (戶, 靑) that mainland texts print as another character."""

CHARACTERS_OF_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in _KANGXI} | str.maketrans(
    _SUPPLEMENT, _SUPPLEMENT_CHARACTERS
)
CHARACTERS_OF_RADICALS |= _COMMON_FORMS
"""For ``str.translate``: one character for one, so that offsets stay."""
