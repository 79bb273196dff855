import pickle
from collections import Counter
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiled_ways import WAYS, needs_loops, read_by
from textq.coding.trained import ngrams
from textq.coding.trained.ngrams import NgramVocabulary, count_ngrams, prepare
from textq.coding.trained.weights import NgramWeights, count_roots

ALPHABET = "企业补aＢb019５１ 　\n\t，。：第𠀀𠀁Σςİ\x00"

texts_of_clauses = st.lists(st.text(ALPHABET, max_size=30), max_size=8)


@st.composite
def vocabularies(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw distinct n-grams of up to 4 characters, as `prepare` makes them; some are prefixes of others."""
    runs = draw(st.lists(st.text(ALPHABET, min_size=1, max_size=4), max_size=20))
    prepared = [prepare(run) for run in runs]
    prefixes = [run[:end] for run in prepared for end in range(1, len(run) + 1) if draw(st.booleans())]
    return tuple(dict.fromkeys(run for run in prepared + prefixes if run.split() == [run]))


def find_plainly(text: str, vocabulary: tuple[str, ...]) -> list[tuple[int, int, int]]:
    prepared = prepare(text)
    return sorted(
        (start, start + len(run), at)
        for at, run in enumerate(vocabulary)
        for start in range(len(prepared))
        if prepared.startswith(run, start)
    )


def count_plainly(texts: list[str], vocabulary: tuple[str, ...]) -> np.ndarray:
    counts = np.zeros((len(texts), len(vocabulary)))
    for row, text in enumerate(texts):
        for _, _, at in find_plainly(text, vocabulary):
            counts[row, at] += 1
    return counts


@settings(deadline=None)
@given(vocabularies(), st.text(ALPHABET, max_size=40))
def test_find_is_every_occurrence(vocabulary, text):
    assert NgramVocabulary(vocabulary).find(text) == find_plainly(text, vocabulary)


@pytest.mark.parametrize("way", WAYS)
@settings(deadline=None, max_examples=60)
@given(vocabularies(), texts_of_clauses, st.sampled_from([1, 20, 1 << 18]))
def test_counts_and_sums_are_those_of_every_occurrence(way, vocabulary, texts, chunk):
    weights = np.arange(len(vocabulary) * 3, dtype=np.float32).reshape(-1, 3) - 7
    with mock.patch.object(ngrams, "_CHUNK", chunk), read_by(way):
        compiled = NgramVocabulary(vocabulary)
        expected = count_plainly(texts, vocabulary)
        assert compiled.count(texts).toarray().tolist() == expected.tolist()
        sums = compiled.add_up(texts, compiled.add_up_prefixes(weights))
    assert sums.dtype == np.float32
    assert sums.tolist() == (expected @ weights).tolist()


@needs_loops
@settings(deadline=None)
@given(vocabularies(), texts_of_clauses, st.integers(0, 1000))
def test_both_ways_add_up_to_the_same_last_bit(vocabulary, texts, seed):
    weights = np.random.default_rng(seed).normal(size=(len(vocabulary), 5)).astype(np.float32)
    compiled = NgramVocabulary(vocabulary)
    of_prefixes = compiled.add_up_prefixes(weights)
    sums = []
    for way in ("numpy", "loops"):
        with read_by(way):
            sums.append(compiled.add_up(texts, of_prefixes).tobytes())
            sums.append(b"".join(compiled.add_up([text], of_prefixes).tobytes() for text in texts))
    assert len(set(sums)) == 1


def test_single_characters_alone():
    vocabulary = NgramVocabulary(("业", "0"))
    assert vocabulary.find("企业５业") == [(1, 2, 0), (2, 3, 1), (3, 4, 0)]


def test_an_ngram_never_reaches_into_the_next_text():
    vocabulary = NgramVocabulary(("ab", "abc", "c"))
    assert vocabulary.count(["ab", "c", "", "abc"]).toarray().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_nothing_to_search(way, texts):
    for vocabulary in (NgramVocabulary(()), NgramVocabulary(("a", "bc"))):
        n = len(vocabulary.ngrams)
        assert vocabulary.count(texts).shape == (len(texts), n)
        with read_by(way):
            assert vocabulary.add_up(texts, np.ones((n, 2), dtype=np.float32)).tolist() == [[0, 0]] * len(texts)


def test_occurrences_come_by_text():
    vocabulary = NgramVocabulary(("a", "aa"))
    with mock.patch.object(ngrams, "_CHUNK", 4):
        for owners, starts, _, depth in vocabulary.search(["aab", "ba", "", "aaa"]):
            assert owners.tolist() == sorted(owners.tolist())
            assert all(start + depth <= 3 for start in starts.tolist())


def test_a_vocabulary_travels_to_other_processes_without_its_tree():
    vocabulary = NgramVocabulary(("企业", "业"))
    before = len(pickle.dumps(vocabulary))
    vocabulary.find("企业")
    assert len(pickle.dumps(vocabulary)) == before
    assert pickle.loads(pickle.dumps(vocabulary)).find("企业") == vocabulary.find("企业")


def test_characters_are_numbered_as_texts_are_prepared():
    everything = "".join(map(chr, range(0x110000)))
    prepared = np.frombuffer(prepare(everything).encode("utf-32-le"), dtype=np.uint32)
    assert prepared.tolist() == ngrams._prepare_points().tolist()


def test_texts_are_prepared_in_width_case_and_digits():
    assert prepare("Ｂ2Ｂ　奖励３００万元，2019") == "b0b 奖励000万元，0000"


@settings(deadline=None)
@given(texts_of_clauses, st.integers(1, 4))
def test_runs_without_blanks_are_counted_once_a_text(texts, longest):
    expected = Counter(
        run
        for text in texts
        for run in {text[at : at + n] for n in range(1, longest + 1) for at in range(len(text) - n + 1)}
        if run.split() == [run]
    )
    assert count_ngrams(texts, longest) == expected


def test_weights_count_by_the_root_of_the_length_and_equal_texts_are_equal():
    weights = NgramWeights(NgramVocabulary(("a", "b")), np.array([[2, 0], [0, 3]], dtype=np.float32))
    texts = ["aaba", "", "aaba", "b"]
    assert count_roots(texts).tolist() == [2, 1, 2, 1]
    assert weights.add_up(texts).tolist() == [[3, 1.5], [0, 0], [3, 1.5], [0, 3]]
    assert weights.add_up(["b", "a"]).tolist() == [[0, 3], [2, 0]]
