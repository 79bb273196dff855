"""What lines of documents in other scripts than Chinese are: sentences, titles."""

import re

from textq.notation.ideographs import has_ideographs

_SENTENCE_END = re.compile(r"[.;!?][)\]\"'”’»]*\Z")
_PART_OF_SENTENCE = re.compile(r"[,;:?!]|[.] ")

_MOST_TITLE_WORDS = 5
"""Words of a title that ends with a full stop (Section 2. Shore power.); more are a sentence."""


def is_sentence(line: str) -> bool:
    """Tell whether a line without ideographs is a sentence: it ends as one does, and has more words than a title."""
    ends = _SENTENCE_END.search(line) is not None
    return ends and len(line.split()) > _MOST_TITLE_WORDS and not has_ideographs(line)


def is_title(line: str) -> bool:
    """Tell whether a line without ideographs can be a title: nothing in it parts or ends a sentence."""
    return not (_PART_OF_SENTENCE.search(line) or is_sentence(line) or has_ideographs(line))
