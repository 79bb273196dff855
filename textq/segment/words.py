"""Chinese words: the only door to jieba."""

import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from textq.lexicon.read import builtin_root


def cut_words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` in order; joined together they are ``text`` again."""
    return iter(_load_tokenizer(builtin_root() / "segmentation" / "user_words.txt").cut(text))


@cache
def _load_tokenizer(user_words: Path) -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    with user_words.open(encoding="utf-8") as lines:
        for line in lines:
            word = line.strip()
            if word and not word.startswith("#"):
                tokenizer.add_word(word, tokenizer.suggest_freq(word))
    return tokenizer
