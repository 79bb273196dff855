"""Time the stages of ``textq score`` on one core: ``python tests/benchmarks/speed/bench_score.py [FOLDER]``.

Prints CPU seconds and MB of UTF-8 a second for each stage over the texts of FOLDER (default: the sample corpus), and as
ratio to jieba's segmentation of the same texts in the same run: machines differ, ratios less.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from textq.coding.coders import code_clauses, read_rules
from textq.ingest.document import Reading, read_document
from textq.ingest.extract import ReadSpec
from textq.ingest.files import find_files
from textq.lexicon.places import builtin_gazetteer
from textq.records import Document
from textq.segment.clauses import split_clauses
from textq.segment.words import cut_words

ROUNDS = 3


def main(folder: Path) -> None:
    """Print one line a stage."""
    files = find_files([folder]).files
    builtin_gazetteer(), read_rules(), list(cut_words("预热"))
    readings = [read_document(file, builtin_gazetteer(), ReadSpec()) for file in files]
    documents = [reading.document for reading in readings if reading.document]
    clauses = [split_clauses(document) for document in documents]
    stages: dict[str, Callable[[], object]] = {
        "jieba, for comparison": lambda: [list(cut_words(document.text)) for document in documents],
        "read and describe": lambda: [read_document(file, builtin_gazetteer(), ReadSpec()) for file in files],
        "split into clauses": lambda: [split_clauses(document) for document in documents],
        "match terms": lambda: read_rules().lexicon.matcher.match([document.text for document in documents]),
        "code clauses": lambda: [list(code_clauses(found)) for found in clauses],
    }
    show(stages, documents, readings, n_clauses=sum(map(len, clauses)))


def show(
    stages: dict[str, Callable[[], object]],
    documents: Sequence[Document],
    readings: Sequence[Reading],
    *,
    n_clauses: int,
) -> None:
    """Time the stages and print them with their ratio to the first one."""
    megabytes = sum(len(document.text.encode()) for document in documents) / 1e6
    print(f"{len(readings)} files, {len(documents)} read, {megabytes:.2f} MB of text, {n_clauses} clauses")
    seconds = {name: min(measure(run) for _ in range(ROUNDS)) for name, run in stages.items()}
    first = next(iter(seconds.values()))
    for name, spent in seconds.items():
        print(f"{name:24} {spent:8.3f} s {megabytes / spent:8.2f} MB/s   {first / spent:6.2f} × jieba")


def measure(run: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "corpus")
