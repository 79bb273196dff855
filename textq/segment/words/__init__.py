"""Chinese words, as jieba cuts them.

jieba is the measure; rjieba (the extra ``fast``) is some ten times as fast and serves a study only after it was
seen to cut that study's own texts the same.
"""

from collections.abc import Iterator
from functools import cache

from textq.segment.words.cutter import WordCutter, adopt_engine, load_cutter
from textq.segment.words.engine import ENGINE_CHOICES, EngineChoice, WordEngine

__all__ = ["ENGINE_CHOICES", "EngineChoice", "WordCutter", "WordEngine", "adopt_engine", "cut_words", "load_cutter"]


def cut_words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` by jieba and textq's own list; joined together they are ``text`` again."""
    return iter(_builtin_cutter().cut(text))


@cache
def _builtin_cutter() -> WordCutter:
    return load_cutter(engine="jieba")
