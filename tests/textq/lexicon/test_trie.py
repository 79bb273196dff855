import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textq.lexicon.trie import build_trie

WIDTH = 6
letters = st.integers(1, WIDTH - 1)
words = st.lists(st.lists(letters, min_size=1, max_size=5).map(tuple), max_size=30, unique=True)


@given(words, st.lists(st.integers(0, WIDTH - 1), max_size=40))
def test_every_word_is_found_wherever_it_stands(known: list[tuple[int, ...]], text: list[int]) -> None:
    starts, found = build_trie(known, WIDTH).find(np.array([*text, 0], dtype=np.int64))
    expected = [
        (at, number)
        for number, word in enumerate(known)
        for at in range(len(text))
        if text[at : at + len(word)] == [*word]
    ]
    assert sorted(zip(starts.tolist(), found.tolist(), strict=True)) == sorted(expected)


def test_shorter_words_come_first() -> None:
    starts, found = build_trie([(1, 2, 3), (1,), (1, 2)], 4).find(np.array([1, 2, 3, 0]))
    assert (starts.tolist(), found.tolist()) == ([0, 0, 0], [1, 2, 0])


def test_trie_without_words_finds_nothing() -> None:
    starts, found = build_trie([], 3).find(np.array([1, 2, 0]))
    assert (len(starts), len(found)) == (0, 0)
