"""The second engine: which pages it reads, and where it contradicts the first."""

from collections import Counter
from collections.abc import Iterable, Sequence

from textq.ingest.extract import PdfEngine
from textq.ingest.lines import Line
from textq.records import CELL_BREAK

MOST_PAGES = 3
"""So many pages are read by both engines: the first, the last and the middle one. The slow engine takes 20 ms each."""

DISAGREEMENT = 0.03
"""The share of characters that only one engine sees, from which on a page is flagged.

On 72 pages (the sample corpus, LibreOffice, TeX in Chinese, Korean, Hebrew and Tibetan) the engines agreed on half to
the last character and on nine in ten to a hundredth; five pages lay above this bound, three of them wholly apart."""


def sample_pages(count: int) -> list[int]:
    """Return the numbers of the pages that the second engine reads, evenly spaced from the first to the last."""
    steps = max(min(MOST_PAGES, count) - 1, 1)
    return sorted({1 + round(at * (count - 1) / steps) for at in range(steps + 1)})


def measure_disagreement(one: Sequence[Line], other: Sequence[Line]) -> float:
    """Return the share in [0, 1] of the characters of the longer page that the other does not have."""
    first, second = _count(one), _count(other)
    most = max(first.total(), second.total())
    return 1 - (first & second).total() / most if most else 0.0


def _count(lines: Iterable[Line]) -> Counter[str]:
    return Counter(char for line in lines for char in line.text if char not in (" ", CELL_BREAK))


def describe_disagreement(shares: Iterable[tuple[int, float]], engine: PdfEngine, other: PdfEngine) -> tuple[str, ...]:
    """Return the note on the pages where two engines disagree; nothing if they agree on all."""
    apart = [f"page {number} ({share:.0%} of the characters)" for number, share in shares if share > DISAGREEMENT]
    if not apart:
        return ()
    return (f"two readers disagree on {', '.join(apart)}: {engine} was used, {other} differs. Compare with the file.",)


def name_pages(numbers: Sequence[int]) -> str:
    """Return page numbers for people: page 3; pages 1-3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    text = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {text}"
