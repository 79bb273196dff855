"""Guards of entries: what must, or must not, stand near a match for it to count."""

import re
from dataclasses import dataclass
from functools import cache

from textq.errors import LexiconError
from textq.lexicon.fold import SENTENCE_ENDS, fold, is_whole

MAX_DISTANCE = 60
"""The most characters that a guard looks to either side."""

MAX_ALTERNATIVES = 64
"""The most alternatives of a guard."""

MAX_LENGTH = 200
"""The most characters of a term, a pattern, or one alternative of a guard."""

_DISTANCE = re.compile(r"~([0-9]+):")
_ENDS = re.compile(f"[{SENTENCE_ENDS}]")


@dataclass(frozen=True, slots=True)
class Guard:
    """Folded texts of which one stands near a match: in its sentence, and no further off than ``distance``.

    Attributes
    ----------
    alternatives
        The texts looked for; a Latin word is looked for as a whole word.
    distance
        How many characters before the match, and behind it, may be looked at; None means the whole sentence.
    """

    alternatives: tuple[str, ...]
    distance: int | None = None

    def is_met(self, folded: str, start: int, end: int) -> bool:
        """Tell whether an alternative stands near the match ``[start, end)`` of a folded text, or inside it."""
        first, last = find_sentence(folded, start, end)
        if self.distance is not None:
            first, last = max(first, start - self.distance), min(last, end + self.distance)
        return any(_stands_in(folded, alternative, first, last) for alternative in self.alternatives)


@cache
def parse_guard(text: str) -> Guard | None:
    """Return the guard written in a cell (``支持|鼓励`` or ``~12:支持|鼓励``), or None for an empty one.

    Raises
    ------
    LexiconError
        If the distance is out of range, an alternative is empty, too long or stands twice, or there are too many.
    """
    if not text:
        return None
    found = _DISTANCE.match(text)
    distance = int(found[1][:9]) if found else None
    if distance is not None and not 0 < distance <= MAX_DISTANCE:
        raise LexiconError(f"the guard {text!r} looks {distance} characters far. Write ~1: to ~{MAX_DISTANCE}:.")
    if text.startswith("~") and not found:
        raise LexiconError(f"the guard {text!r} begins with '~', but not like '~12:'. Write the distance and a colon.")
    alternatives = text[found.end() if found else 0 :].split("|")
    if not all(map(_can_be_looked_for, alternatives)):
        raise LexiconError(
            f"the guard {text!r} has an alternative that is empty, longer than {MAX_LENGTH} characters, has spaces "
            "around it, or holds the end of a sentence. Write alternatives like 支持|鼓励."
        )
    folded = tuple(map(fold, alternatives))
    if len(set(folded)) < len(folded) or len(folded) > MAX_ALTERNATIVES:
        raise LexiconError(f"the guard {text!r} names one thing twice, or more than {MAX_ALTERNATIVES}. Shorten it.")
    return Guard(folded, distance)


def find_sentence(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence around the match ``[start, end)`` begins and ends, without its end mark."""
    before = max(folded.rfind(mark, 0, start) for mark in SENTENCE_ENDS)
    behind = _ENDS.search(folded, end)
    return before + 1, behind.start() if behind else len(folded)


def _can_be_looked_for(text: str) -> bool:
    in_one_sentence = text.isprintable() and not _ENDS.search(text)
    return in_one_sentence and text == text.strip() and 0 < len(text) <= MAX_LENGTH


def _stands_in(folded: str, text: str, first: int, last: int) -> bool:
    position = folded.find(text, first, last)
    while position >= 0:
        if is_whole(folded, position, position + len(text)):
            return True
        position = folded.find(text, position + 1, last)
    return False
