"""The texts on which two engines are compared, and where they first differ."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from textq.lexicon.match import TermAutomaton
from textq.segment.words.engine import Cut
from textq.segment.words.user_words import UserWord

N_FIRST = 50_000
"""Characters from the beginning of the texts that are compared."""

N_WITH_WORDS = 150_000
"""Characters, at most, of sentences with a user word that are compared besides."""

N_SEARCHED = 20_000_000
"""Characters of the texts, at most, in which such sentences are searched."""

_SENTENCE = re.compile(r"[^。；！？!?\n]+[。；！？!?\n]?")
_SHOWN = 40
"""Characters of a difference that a message shows."""


def draw_sample(texts: Iterable[str], words: Sequence[UserWord]) -> list[str]:
    """Return the beginning of the texts, and behind it sentences that hold a user word, each once.

    The texts are read only as far as needed: to the end, or until enough was found or searched.
    """
    automaton = TermAutomaton(tuple(word.word for word in words))
    first: list[str] = []
    sentences: dict[str, None] = {}
    n_first = n_sentences = n_searched = 0
    for text in texts:
        if n_first < N_FIRST and text:
            first.append(text[: N_FIRST - n_first])
            n_first += len(first[-1])
        searched = text[: N_SEARCHED - n_searched]
        n_searched += len(searched)
        for sentence in _SENTENCE.findall(searched) if automaton.find(searched) else ():
            if n_sentences < N_WITH_WORDS and sentence not in sentences and automaton.find(sentence):
                sentences[sentence[: N_WITH_WORDS - n_sentences]] = None
                n_sentences += len(sentence)
        if n_first == N_FIRST and (n_sentences >= N_WITH_WORDS or n_searched == N_SEARCHED or not words):
            break
    return [*first, *sentences]


def find_difference(sample: Iterable[str], cut: Cut, cut_other: Cut) -> str:
    """Return the first place that is cut differently, as ``"a/b, not ab"``; "" where all is equal."""
    for text in sample:
        words, others = cut(text), cut_other(text)
        if words != others:
            return _describe(words, others)
    return ""


def _describe(words: Sequence[str], others: Sequence[str]) -> str:
    different = (at for at, (one, other) in enumerate(zip(words, others, strict=False)) if one != other)
    same = next(different, min(len(words), len(others)))
    rest, other_rest = words[same:], others[same:]
    common = set(_list_ends(rest)) & set(_list_ends(other_rest))
    end = min(common, default=0)
    return f"{_join(rest, end)}, not {_join(other_rest, end)}"


def _list_ends(words: Iterable[str]) -> list[int]:
    position, ends = 0, []
    for word in islice(words, _SHOWN):
        position += len(word)
        ends.append(position)
    return ends


def _join(words: Sequence[str], end: int) -> str:
    ends = _list_ends(words)
    return "/".join(words[: ends.index(end) + 1 if end in ends else None])[:_SHOWN]
