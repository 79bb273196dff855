"""Quotes → the clauses that they quote: as they stand, else without blanks and marks, else nearly."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from textq.notation.shingles import fold_letters

How = Literal["exact", "folded", "near"]
"""``exact``: the characters as they stand; ``folded``: without blanks and punctuation, in one width and case; ``near``:
of a similarity of at least :data:`LEAST_SIMILARITY`."""

Failure = Literal["short", "document", "documents", "absent", "places", "kind"]
"""Why a quote stands for no clause: it is too short; there is no such document, or there are several; its words are not
there, or at several places; or they are of no clause that is coded (a heading, for one)."""

LEAST_SIMILARITY = 0.9
"""Of ``near``: twice the characters that both have in order, by the length of both together (difflib)."""

SHORTEST = 4
"""Letters of a quote."""

LEAST_COVERED = 0.5
"""Share of a clause that a quote must cover, unless the quote is within the clause."""

_SEED = 4
"""Letters that a near quote and its place share at the least, at many points."""
_LEAST_SEEDS = 0.3
"""Share of the runs of a quote that must stand near one another; what is less similar cannot reach 0.9."""
_MOST_TRIED = 12
_APART = 0.02
"""So much more similar than all others must the best place be."""
_NO_NUMBER = re.compile(r"[\s\[\]()（）〔〕【】〈〉<>﹝﹞［］]")


@dataclass(frozen=True, slots=True)
class QuoteDocument:
    """A document, as a table may name it."""

    doc_id: str
    path: str
    title: str
    doc_number: str


@dataclass(frozen=True, slots=True)
class QuoteClause:
    """A clause of a document, of any kind; ``is_coded``: whether it can have a code."""

    key: str
    doc_id: str
    text: str
    is_coded: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: its document, the clauses it codes, how it was found, and how similar it is (0 to 1)."""

    doc_id: str
    keys: tuple[str, ...]
    how: How
    similarity: float


@dataclass(frozen=True, slots=True)
class Lost:
    """A quote that stands for no clause; ``candidates`` are the documents or clauses that it may be of."""

    why: Failure
    candidates: tuple[str, ...] = ()


class QuoteIndex:
    """The clauses of a study, to be searched for quotes.

    Parameters
    ----------
    documents
        All of them.
    clauses
        In the order of their documents, those that are not coded as well: a quote may begin in a heading.
    """

    def __init__(self, documents: Sequence[QuoteDocument], clauses: Sequence[QuoteClause]) -> None:
        by_document: defaultdict[str, list[QuoteClause]] = defaultdict(list)
        for clause in clauses:
            by_document[clause.doc_id].append(clause)
        self._texts = {doc_id: _Text(own) for doc_id, own in by_document.items()}
        self._names = _name_documents(documents)

    def find_documents(self, name: str) -> list[str]:
        """Return the ids of the documents that a cell may mean: by id, path, name of the file, title or number."""
        for spelt in (name, *_last_parts(name)):
            for known in self._names:
                found = known.get(_bare(spelt))
                if found:
                    return sorted(found)
        return []

    def find(self, quote: str, document: str = "") -> Place | Lost:
        """Return the clauses of a quote.

        Parameters
        ----------
        quote
            Its words; an ellipsis at either end does not count.
        document
            What the table calls the document; all documents are searched where it is empty.
        """
        if len(fold_letters(quote)) < SHORTEST:
            return Lost("short")
        among = self.find_documents(document) if document.strip() else list(self._texts)
        if not among:
            return Lost("document")
        texts = [self._texts[doc_id] for doc_id in among if doc_id in self._texts]
        for search in (_Text.find_exact, _Text.find_folded, _Text.find_near):
            places = [place for text in texts for place in search(text, quote)]
            if places:
                return _choose(places)
        return Lost("absent")


def _choose(places: Sequence[Place]) -> Place | Lost:
    """Return the one place, or say why there is none."""
    best = max(place.similarity for place in places)
    near = [place for place in places if place.similarity >= best - _APART]
    meant = list(dict.fromkeys(place.keys for place in near if place.keys))
    if not meant:
        return Lost("kind")
    if len(meant) > 1:
        documents = tuple(dict.fromkeys(place.doc_id for place in near if place.keys))
        return Lost("documents", documents) if len(documents) > 1 else Lost("places", tuple(key for [key, *_] in meant))
    return max((place for place in near if place.keys), key=lambda place: place.similarity)


class _Text:
    """The clauses of one document, one behind the other, as they stand and folded."""

    def __init__(self, clauses: Sequence[QuoteClause]) -> None:
        self._clauses = clauses
        self._raw = _Joined([clause.text for clause in clauses], "\n")

    @cached_property
    def _folded(self) -> "_Joined":
        return _Joined([fold_letters(clause.text) for clause in self._clauses], "")

    @cached_property
    def _seeds(self) -> dict[str, list[int]]:
        """Return where each run of four letters begins."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        text = self._folded.text
        for at in range(len(text) - _SEED + 1):
            places[text[at : at + _SEED]].append(at)
        return places

    def find_exact(self, quote: str) -> Iterator[Place]:
        """Yield the places where the quote stands as it is."""
        bare = quote.strip().strip("…").strip()
        yield from self._find(self._raw, bare, "exact")

    def find_folded(self, quote: str) -> Iterator[Place]:
        """Yield the places where its letters stand."""
        yield from self._find(self._folded, fold_letters(quote), "folded")

    def find_near(self, quote: str) -> Iterator[Place]:
        """Yield the places that are similar enough."""
        folded = fold_letters(quote)
        text = self._folded.text
        for start in self._list_starts(folded):
            slack = max(len(folded) // 8, 3)
            first = max(start - slack, 0)
            window = text[first : start + len(folded) + slack]
            blocks = SequenceMatcher(None, folded, window, autojunk=False).get_matching_blocks()[:-1]
            if not blocks:
                continue
            begin, end = blocks[0].b, blocks[-1].b + blocks[-1].size
            similarity = 2 * sum(block.size for block in blocks) / (len(folded) + end - begin)
            if similarity >= LEAST_SIMILARITY:
                keys = self._cover(self._folded, first + begin, first + end)
                yield Place(self._clauses[0].doc_id, keys, "near", round(similarity, 4))

    def _list_starts(self, folded: str) -> list[int]:
        """Return where a near quote may begin: where many of its runs stand at about the same distance."""
        n_runs = len(folded) - _SEED + 1
        near: defaultdict[int, int] = defaultdict(int)
        width = max(len(folded) // 8, 4)
        for at in range(n_runs):
            for place in self._seeds.get(folded[at : at + _SEED], ()):
                near[(place - at) // width] += 1
        joined = {at: count + near.get(at + 1, 0) for at, count in near.items()}
        enough = [at for at, count in joined.items() if count >= _LEAST_SEEDS * n_runs]
        ordered = sorted(enough, key=lambda at: (-joined[at], at))[:_MOST_TRIED]
        return [max(at * width + width // 2, 0) for at in ordered]

    def _find(self, joined: "_Joined", wanted: str, how: How) -> Iterator[Place]:
        at = joined.text.find(wanted) if wanted else -1
        while at >= 0:
            yield Place(self._clauses[0].doc_id, self._cover(joined, at, at + len(wanted)), how, 1.0)
            at = joined.text.find(wanted, at + 1)

    def _cover(self, joined: "_Joined", start: int, end: int) -> tuple[str, ...]:
        """Return the clauses that a stretch codes: it is within them, or covers half of them or more."""
        found = []
        for which in joined.find_parts(start, end):
            first, last = joined.starts[which], joined.ends[which]
            inside = first <= start and end <= last
            covered = min(end, last) - max(start, first)
            if self._clauses[which].is_coded and (inside or covered >= LEAST_COVERED * (last - first)):
                found.append(self._clauses[which].key)
        return tuple(found)


class _Joined:
    """Texts one behind the other, and where each begins and ends."""

    def __init__(self, parts: Sequence[str], between: str) -> None:
        self.text = between.join(parts)
        self.starts: list[int] = []
        self.ends: list[int] = []
        at = 0
        for part in parts:
            self.starts.append(at)
            self.ends.append(at + len(part))
            at += len(part) + len(between)

    def find_parts(self, start: int, end: int) -> range:
        """Return the numbers of the texts of which ``[start, end)`` holds anything."""
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))


def _name_documents(documents: Sequence[QuoteDocument]) -> list[dict[str, set[str]]]:
    """Return what documents may be called, the surest kind of name first."""
    kinds: list[defaultdict[str, set[str]]] = [defaultdict(set) for _ in range(5)]
    for one in documents:
        path = PurePosixPath(one.path.replace("\\", "/"))
        for names, name in zip(kinds, (one.doc_id, one.path, path.stem, one.title, one.doc_number), strict=True):
            if _bare(name):
                names[_bare(name)].add(one.doc_id)
                if names is kinds[2]:
                    names[_bare(path.name)].add(one.doc_id)
    return [dict(names) for names in kinds]


def _last_parts(name: str) -> list[str]:
    """Return the name of a file behind its folders, with its ending and without."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return [last, last.rsplit(".", 1)[0]]


def _bare(name: str) -> str:
    return fold_letters(_NO_NUMBER.sub("", name))


def list_reasons() -> Mapping[Failure, tuple[str, str]]:
    """Return what each reason means, in English and Chinese."""
    return {
        "short": (f"shorter than {SHORTEST} letters", f"不足{SHORTEST}个字"),
        "document": ("no document of this name", "没有这个名称的文件"),
        "documents": ("stands in several documents", "见于多份文件"),
        "absent": ("not found in the document", "文件中找不到"),
        "places": ("stands at several places of the document", "在文件中多处出现"),
        "kind": ("no clause that is coded, such as a heading", "不是可编码的条款（如标题）"),
    }
