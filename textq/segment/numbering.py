"""Which marks of a document number its divisions, and how deep each of its kinds of mark stands."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from textq.notation.marks import WEAK_LEVELS, Level, Mark, match_ordinal

_ABOVE_ARTICLES = (Level.SECTION, Level.CHAPTER, Level.PART)
"""What marks count as that the document sets above its articles, the innermost first."""

_Series = tuple[Level, tuple[int, ...]]


def settle_marks(texts: Sequence[str], marks: Sequence[Mark | None]) -> list[Mark | None]:
    """Return the marks that number divisions, each with the level it has in this document; None for the others.

    Parameters
    ----------
    texts, marks
        The lines of one part of a document (its body, or one annex), and the mark that each opens with.

    Notes
    -----
    Decimals, letters, Roman numbers and ordinal words count only as members of a series: the first one where the
    second follows on a later line, or the next one of those before.

    The usual order of levels is that of :class:`~textq.notation.marks.Level`. The document overrules it where it nests
    its marks the other way round. Each time a mark is followed at once by the number 1 of another kind and goes on
    with its own next number behind that (1. （一）（二） 2.), it votes for the other kind to stand below. A kind
    stands below those that enclose it by most votes, and else where it usually stands.
    """
    read = [mark or match_ordinal(text) for text, mark in zip(texts, _raise_sections(marks), strict=True)]
    series = list(_drop_strays(read))
    levels = _order_levels([mark for mark in series if mark])
    return [replace(mark, level=levels[mark.level]) if mark and mark.level in levels else mark for mark in series]


def _raise_sections(marks: Sequence[Mark | None]) -> list[Mark | None]:
    """Let Section 2 stand above the articles where the document has both; alone it is an article itself."""
    has_articles = any(mark and mark.is_worded and mark.label[:7].lower() == "article" for mark in marks)
    return [
        replace(mark, level=Level.SECTION)
        if mark and has_articles and mark.is_worded and mark.label[:7].lower() == "section"
        else mark
        for mark in marks
    ]


def _drop_strays(marks: Sequence[Mark | None]) -> Iterator[Mark | None]:
    following = _find_following(marks)
    last: dict[_Series, int] = {}
    above: tuple[int, ...] = ()
    for mark, next_number in zip(marks, following, strict=True):
        kept = _read_in_series(mark, last)
        if kept and kept.level in WEAK_LEVELS:
            first = kept.number == 1 and (next_number == 2 or (bool(kept.within) and kept.within == above))
            if not first and last.get(_series(kept)) != kept.number - 1:
                kept = None
        if kept:
            last[_series(kept)] = kept.number
            above = (*kept.within, kept.number) if kept.within or kept.level == Level.THIRD else above
        yield kept


def _series(mark: Mark) -> _Series:
    return mark.level, mark.within


def _find_following(marks: Sequence[Mark | None]) -> list[int]:
    """Return for each mark the number of the next one of its series; 0 if none comes."""
    following: list[int] = []
    coming: dict[_Series, int] = {}
    for mark in reversed(marks):
        following.append(coming.get(_series(mark), 0) if mark else 0)
        if mark:
            coming[_series(mark)] = mark.number
    return following[::-1]


def _read_in_series(mark: Mark | None, last: Mapping[_Series, int]) -> Mark | None:
    """Read i, v and x as letters where the letters have come so far, else as Roman numbers."""
    if mark is None or mark.level not in {Level.ROMAN, Level.SMALL_ROMAN}:
        return mark
    letter = mark.label.strip("（()）.．、 ").lower()
    level = Level.CAPITAL if mark.level == Level.ROMAN else Level.LETTER
    number = ord(letter) - ord("a") + 1 if len(letter) == 1 and letter in "ivx" else 0
    return replace(mark, level=level, number=number) if last.get((level, ())) == number - 1 else mark


def _order_levels(marks: Sequence[Mark]) -> dict[Level, Level]:
    """Return the level in this document of each kind of mark that is not where it usually stands."""
    kinds = sorted({mark.level for mark in marks if mark.level >= Level.ARTICLE})
    order = _sort_kinds(kinds, _count_nestings(marks))
    if order == kinds:
        return {}
    n_above = min(order.index(Level.ARTICLE) if Level.ARTICLE in order else 0, len(_ABOVE_ARTICLES))
    places = [*reversed(_ABOVE_ARTICLES[:n_above]), *sorted(order[n_above:])]
    return dict(zip(order, places, strict=True))


def _count_nestings(marks: Sequence[Mark]) -> Counter[tuple[Level, Level]]:
    """Count how often a mark of one kind encloses a list of another: (kind above, kind below)."""
    following = _find_following(marks)
    return Counter(
        (above.level, below.level)
        for above, next_number, below in zip(marks, following, marks[1:], strict=False)
        if below.number == 1 and below.level != above.level and next_number == above.number + 1
    )


def _sort_kinds(kinds: Sequence[Level], votes: Mapping[tuple[Level, Level], int]) -> list[Level]:
    """Sort kinds of marks so that each stands below those that enclose it, and else as usual."""
    left, order = list(kinds), list[Level]()
    while left:
        free = (kind for kind in left if not any(_encloses(other, kind, votes) for other in left))
        order.append(next(free, left[0]))
        left.remove(order[-1])
    return order


def _encloses(one: Level, other: Level, votes: Mapping[tuple[Level, Level], int]) -> bool:
    return votes.get((one, other), 0) > votes.get((other, one), 0)
