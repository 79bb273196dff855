"""Radicals that some programs write into PDFs in place of the characters they look like: ⼈⺠政府 for 人民政府."""

import unicodedata

_KANGXI = range(0x2F00, 0x2FD6)
"""The block Kangxi Radicals, whose compatibility decomposition is the character."""

_SUPPLEMENT = (
    "\u2e81\u2e84\u2e86\u2e88\u2e8a\u2e8b\u2e8c\u2e8d\u2e8f\u2e92\u2e9d\u2e9f\u2ea0\u2ea2\u2ea6"
    "\u2eaa\u2ead\u2eb3\u2eb6\u2eb7\u2eb8\u2ebb\u2ec4\u2ec5\u2ec6\u2ec8\u2ec9\u2ecb\u2ecc\u2ecd"
    "\u2ed0\u2ed3\u2ed4\u2ed8\u2ed9\u2eda\u2edb\u2edc\u2edd\u2ede\u2ee0\u2ee2\u2ee3\u2ee4\u2ee5"
    "\u2ee6\u2ee7\u2ee8\u2ee9\u2eeb\u2eec\u2eee\u2ef0\u2ef3"
)
"""Those of the block CJK Radicals Supplement that are whole characters; Unicode does not decompose them."""

_SUPPLEMENT_CHARACTERS = (
    "厂乚冂刀卜卩小小兀巳月母民水爿疋示罒羊羊羊聿西见角讠贝车辶辶钅长长青韦页风飞食食饣马骨鬼鱼鸟卤麦黄齐齐齿龙龟"
)

CHARACTERS_OF_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in _KANGXI} | str.maketrans(
    _SUPPLEMENT, _SUPPLEMENT_CHARACTERS
)
"""For ``str.translate``: one character for one, so that offsets stay."""
