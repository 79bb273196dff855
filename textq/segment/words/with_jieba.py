"""Words by jieba: the only door to it."""

import base64
import hashlib
import logging
from dataclasses import replace
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textq.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textq.segment.words.engine import Cut
    from textq.segment.words.user_words import UserWord

_PACKAGE = "jieba"

_FILES = ("jieba/__init__.py", "jieba/finalseg/__init__.py", "jieba/dict.txt")
"""What decides how words are cut."""

_PROBES = (
    "跨境/电商/平台/企业/对/出口/货物/实行/清/单核/放/汇总/申报",
    "市/财政/每年/安排/专项资金/1.5/亿元/，/支持/B2B/出口",
    "由/副/市长/陈晓琳/牵头",
)
"""Sentences as jieba 0.42.1 cuts them; known and unknown words, numbers."""


class JiebaWords:
    """jieba with user words: ``words`` with the frequency each has got, ``version`` of the library.

    ``surplus`` is by how much jieba's total exceeds the sum of all frequencies, since it counts a word that it knew
    and that is added again twice.
    """

    def __init__(self, words: "Sequence[UserWord]") -> None:
        self.version = check_jieba()
        tokenizer = _load_tokenizer()
        self.surplus = 0
        added = []
        for word in words:
            freq = word.freq or int(tokenizer.suggest_freq(word.word))
            self.surplus += tokenizer.FREQ.get(word.word, 0)
            tokenizer.add_word(word.word, freq, word.tag or None)
            added.append(replace(word, freq=freq))
        self.words = tuple(added)
        self.cut: Cut = tokenizer.lcut


def check_jieba() -> str:
    """Return the version of jieba.

    Raises
    ------
    ConfigError
        If it is not installed, or what Python imports by that name is something else: another package that installs
        itself as jieba, a script of that name, or files that were changed.
    """
    try:
        import jieba
    except ImportError as error:
        raise ConfigError(f"jieba cannot be imported ({error}). Install textq again.") from error
    try:
        found = distribution(_PACKAGE)
    except PackageNotFoundError:
        raise _refuse(jieba.__file__, "belongs to no installed package jieba") from None
    if Path(str(found.locate_file(_FILES[0]))).resolve() != Path(jieba.__file__).resolve():
        raise _refuse(jieba.__file__, "is not the file of the installed package jieba")
    if jieba.__version__ != found.version or (changed := _find_changed(found)):
        what = f"says version {jieba.__version__}" if jieba.__version__ != found.version else f"differs in {changed}"
        raise _refuse(jieba.__file__, f"is not what the package jieba {found.version} installed: it {what}")
    return found.version


def _refuse(file: object, what: str) -> ConfigError:
    return ConfigError(
        f"{file} {what}, so that words may be cut otherwise than in other studies. Rename a script of your own that is "
        "called jieba.py; else uninstall all packages that bring a module jieba, and install jieba again."
    )


def _find_changed(found: Distribution) -> str:
    """Return the first file that is not as its package recorded it; "" without one."""
    for file in found.files or ():
        if str(file) in _FILES and file.hash is not None:
            digest = hashlib.new(file.hash.mode, Path(str(file.locate())).read_bytes()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != file.hash.value:
                return str(file)
    return ""


def _load_tokenizer() -> Any:
    """Return jieba without user words."""
    import jieba

    known, total = _read_known_words()
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(known), total, True
    return tokenizer


@cache
def _read_known_words() -> tuple[dict[str, int], int]:
    """Return jieba's own list with its total, once it was seen to cut as jieba does.

    It is read from the package: the cache that jieba keeps in a folder shared by all programs could be of another one.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = jieba.Tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for probe in _PROBES:
        words = "/".join(tokenizer.lcut(probe.replace("/", "")))
        if words != probe:
            raise _refuse(jieba.__file__, f"cuts {words}, where jieba cuts {probe}")
    return tokenizer.FREQ, tokenizer.total
