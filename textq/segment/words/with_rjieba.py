"""Words by rjieba (the extra ``fast``), which is jieba's method in Rust: the only door to it.

It cuts like jieba but for three things, which are left to jieba: numbers and Latin letters joined by one of + # & . _
% - (2016-2020), characters beyond those that jieba takes for Chinese, and one character three times over. Characters
outside words end a stretch for both, so that each stretch between them can be cut by either.
"""

import re
from importlib.metadata import version

from textq.segment.words.engine import Cut
from textq.segment.words.user_words import LETTERS
from textq.segment.words.with_jieba import JiebaWords

_OTHERWISE = re.compile(
    r"[a-zA-Z0-9][+#&._%\-]+[a-zA-Z0-9]"
    r"|[\u3400-\u4DBF\u9FD6-\u9FFF\uD800-\uDFFF\uF900-\uFAFF\U00010000-\U0010FFFF]"
    r"|([\u4E00-\u9FD5])\1\1"
)
"""Where rjieba would cut otherwise than jieba."""

_LETTERS_BEHIND = re.compile(f"[{LETTERS}]*")
_LETTER = re.compile(f"[{LETTERS}]")

_FILLER = "\ue000\ue001"
"""A word of private characters that stands in no text: it brings rjieba's total to that of jieba."""


def find_rjieba() -> str | None:
    """Return the version of rjieba, None where it is not installed or cannot be loaded."""
    try:
        import rjieba  # noqa: F401

        return version("rjieba")
    except ImportError:  # also what is raised where no package of this name is recorded
        return None


def load_rjieba(words: JiebaWords) -> Cut:
    """Return what cuts by rjieba with the user words of ``words``, and by jieba where rjieba would cut otherwise."""
    cut_fast = load_bare_rjieba(words)

    def cut(text: str) -> list[str]:
        cuts, done = [], 0
        while found := _OTHERWISE.search(text, done):
            start = _find_beginning(text, found.start(), done)
            cuts += cut_fast(text[done:start])
            done = _LETTERS_BEHIND.match(text, found.end()).end()  # type: ignore[union-attr]  # it matches anything
            cuts += words.cut(text[start:done])
        cuts += cut_fast(text[done:])
        return cuts

    return cut


def load_bare_rjieba(words: JiebaWords) -> Cut:
    """Return what cuts by rjieba alone with the user words of ``words``."""
    import rjieba

    segmenter = rjieba.Jieba()
    for word in words.words:
        segmenter.add_word(word.word, word.freq, word.tag)
    if words.surplus:
        segmenter.add_word(_FILLER, words.surplus, "")
    cut: Cut = segmenter.cut
    return cut


def _find_beginning(text: str, position: int, earliest: int) -> int:
    """Return where the stretch of letters around ``position`` begins, at ``earliest`` or behind it."""
    while position > earliest and _LETTER.match(text[position - 1]):
        position -= 1
    return position
