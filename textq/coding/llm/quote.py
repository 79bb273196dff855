"""Find the words that a model quotes in the clause that they come from."""

from textq.lexicon.fold import fold

LEAST_QUOTED = 2
"""Characters, spaces not counted: a single one is nearly always in the text, and shows nothing."""

_SAME = str.maketrans("，；：！？（）“”„‘’「」『』﹁﹂—–", ',;:!?()"""\'\'""""""--')
"""Marks that models write one for the other."""

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_AROUND = "\"'.。,;:…、"
"""What a model sets around a quotation and the text need not have; tried without only if it is not found with it."""


def locate_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Return where ``quote`` stands in ``text``, as offsets of ``text`` as it is; None if it does not.

    Width, case, spaces, line breaks, invisible characters, and the kinds of quotation marks, dashes and brackets are
    not compared. Of several places, the first is returned. A quotation shorter than ``LEAST_QUOTED`` is found only
    where it is the whole text.
    """
    squeezed, places = _squeeze(text)
    wanted, _ = _squeeze(quote)
    for tried in (wanted, wanted.strip(_AROUND)):
        if tried and (len(tried) >= LEAST_QUOTED or tried == squeezed):
            found = squeezed.find(tried)
            if found >= 0:
                return places[found], places[found + len(tried) - 1] + 1
    return None


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return ``text`` folded and without spaces, and the offset of each character that is left."""
    folded = fold(text).translate(_SAME)  # of equal length
    kept = [(place, char) for place, char in enumerate(folded) if not (char.isspace() or char in _INVISIBLE)]
    return "".join(char for _, char in kept), [place for place, _ in kept]
