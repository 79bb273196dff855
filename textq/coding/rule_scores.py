"""Units → the weighted characters of each code, in columns: what the rules coder decides by, and features of others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from textq.records import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from textq.lexicon.batch import MatchTable
    from textq.lexicon.codebook import Codebook
    from textq.lexicon.entry import Lexicon
    from textq.records import CodingUnit


@dataclass(frozen=True, slots=True)
class RuleScores:
    """What a lexicon found in units, and how much it weighs.

    Attributes
    ----------
    codes
        The columns of the scores: the codes of the codebook in their order, then ``none``.
    in_text, in_stem, in_heading
        Weighted characters, units × codes: over the matches in this place, the sum of their length times the weight
        of their entry. No factor of the place is applied.
    matches
        The matches in the texts of the units.
    contexts
        The matches in the distinct stems and headings.
    stems, headings
        Which of the distinct contexts is the stem of each unit, and which is its heading.
    """

    codes: tuple[str, ...]
    in_text: NDArray[np.float64]
    in_stem: NDArray[np.float64]
    in_heading: NDArray[np.float64]
    matches: MatchTable
    contexts: MatchTable
    stems: NDArray[np.int64]
    headings: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.stems)


@dataclass(frozen=True, slots=True)
class EntryColumns:
    """The entries of a lexicon as arrays: the column of each one's code (-1 if it has none), and its weight."""

    codes: tuple[str, ...]
    code: NDArray[np.int64]
    weight: NDArray[np.float64]


def list_entries(lexicon: Lexicon, codebook: Codebook) -> EntryColumns:
    """Return the columns of a lexicon whose codes are those of the codebook, and ``none``."""
    codes = (*codebook.codes, NONE)
    positions = {code: position for position, code in enumerate(codes)}
    code = np.array([positions.get(entry.code, -1) for entry in lexicon.entries], dtype=np.int64)
    return EntryColumns(codes, code, np.array([entry.weight for entry in lexicon.entries], dtype=np.float64))


def score_units(
    units: Sequence[CodingUnit], lexicon: Lexicon, columns: EntryColumns, bodies: NDArray[np.int64] | None = None
) -> RuleScores:
    """Return the scores of units. A stem or heading that several share is searched once.

    ``bodies`` says where each text begins behind its own number, if that is known.
    """
    texts = [unit.text for unit in units]
    stems, headings = [unit.stem for unit in units], [unit.heading for unit in units]
    distinct = list(dict.fromkeys(chain(stems, headings)))
    numbers = dict(zip(distinct, range(len(distinct)), strict=True))
    of_stems, of_headings = (_look_up(numbers, places) for places in (stems, headings))
    matches, contexts = lexicon.matcher.match(texts, bodies), lexicon.matcher.match(distinct)
    in_contexts = _add_up(contexts, columns, len(distinct))
    return RuleScores(
        codes=columns.codes,
        in_text=_add_up(matches, columns, len(units)),
        in_stem=in_contexts[of_stems],
        in_heading=in_contexts[of_headings],
        matches=matches,
        contexts=contexts,
        stems=of_stems,
        headings=of_headings,
    )


def _look_up(numbers: Mapping[str, int], texts: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter(map(numbers.__getitem__, texts), dtype=np.int64, count=len(texts))


def _add_up(matches: MatchTable, columns: EntryColumns, n_texts: int) -> NDArray[np.float64]:
    """Return the weighted characters of each code in each text."""
    width = len(columns.codes)
    gains = (matches.end - matches.start) * columns.weight[matches.entry]
    cells = matches.text * width + columns.code[matches.entry]
    scores: NDArray[np.float64] = np.bincount(cells, weights=gains, minlength=n_texts * width).astype(np.float64)
    return scores.reshape(n_texts, width)
