"""Time and compare the engines that cut words: ``python tests/benchmarks/speed/bench_words.py LAWS.jsonl.gz [MB]``.

LAWS holds one law a line with its ``text``; the first MB megabytes of UTF-8 (default: 20) are cut. Prints for jieba,
for rjieba alone and for rjieba as textq uses it (with jieba where it would cut otherwise): seconds to load, CPU
seconds, MB/s, the ratio to jieba, token F1 against jieba, and how many texts are cut otherwise.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from textq.lexicon.read import builtin_root
from textq.segment.words import load_cutter
from textq.segment.words.user_words import read_user_words
from textq.segment.words.with_jieba import JiebaWords
from textq.segment.words.with_rjieba import find_rjieba, load_bare_rjieba, load_rjieba

if TYPE_CHECKING:
    from textq.segment.words.engine import Cut

MEGABYTES = 20.0


def main(path: Path, megabytes: float) -> None:
    """Print one line an engine, and which one a study of these texts would get."""
    texts = read_texts(path, megabytes)
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} texts, {size:.2f} MB; rjieba {find_rjieba() or 'is not installed'}")
    start = time.process_time()
    words = JiebaWords(read_user_words(builtin_root() / "segmentation" / "user_words.txt"))
    loading = time.process_time() - start
    loaders: dict[str, Callable[[JiebaWords], Cut]] = {"jieba": lambda words: words.cut}
    if find_rjieba():
        loaders |= {"rjieba alone": load_bare_rjieba, "rjieba": load_rjieba}
    seconds: dict[str, float] = {}
    expected: list[list[str]] = []
    for name, load in loaders.items():
        start = time.process_time()
        cut = load(words)
        loading += time.process_time() - start
        start = time.process_time()
        found = [cut(text) for text in texts]
        seconds[name] = spent = time.process_time() - start
        expected = expected or found
        share, n_other = compare(expected, found)
        ratio = seconds["jieba"] / spent
        print(
            f"{name:14} {loading:5.2f} s to load {spent:8.2f} s {size / spent:7.2f} MB/s {ratio:6.1f} × jieba   "
            f"F1 {share:.7f}   {n_other} texts otherwise"
        )
        loading = 0.0
    engine = load_cutter(sample=texts).engine
    print(f"a study of these texts gets {engine}: {engine.why}")


def read_texts(path: Path, megabytes: float) -> list[str]:
    """Return the first texts, as many as make the megabytes full."""
    texts, size = [], 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= megabytes * 1e6:
                break
    return texts


def compare(expected: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Return the F1 of the words, by where they begin and end, and the number of texts that are cut otherwise."""
    n_common = sum(len(find_spans(one) & find_spans(other)) for one, other in zip(expected, found, strict=True))
    n_words = sum(map(len, expected)) + sum(map(len, found))
    return 2 * n_common / n_words, sum(one != other for one, other in zip(expected, found, strict=True))


def find_spans(words: Sequence[str]) -> set[tuple[int, int]]:
    """Return where each word begins and ends."""
    ends = list(accumulate(map(len, words)))
    return set(zip([0, *ends], ends, strict=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else MEGABYTES)
