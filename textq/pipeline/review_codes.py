"""The final codes of a review, and the clauses of a run that they belong to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from textq.errors import ReviewError
from textq.lexicon.codebook import Codebook
from textq.pipeline.clause_keys import add_keys
from textq.records import CODED_KINDS, join_code
from textq.review.keys import match_lost
from textq.store.rows import How

HOW: tuple[How, ...] = ("adjudicated", "agreed", "single", "corrected", "open")
"""How a final code came about: by adjudication; by two coders or more who agreed in the audit; by the one who coded the
clause there; by free correction; open where coders gave the same instrument and different subtypes, so that the
instrument alone is final.
"""

_MOST_CODES = 10
"""More codes than these are not named in one message."""


@dataclass(frozen=True, slots=True)
class ReviewedCode:
    """The final code of a clause.

    Attributes
    ----------
    key, clause_id, clause_sha256, place
        The clause: its durable name, what it is called in the run that was reviewed, the hash of its text, the hash of
        its heading and stem.
    instrument, subtype, secondary
        The code; ``subtype`` is None also where coders agree on the instrument alone.
    how, coder_id
        How it came about, and by whom: ``"human:anna+bao"``, or ``"human:adjudicated"``.
    codebook
        The edition that the last of them coded by.
    track
        ``"audit"`` where the clause was coded blind in an audit sample, else ``"free"``.
    at
        When it was settled, UTC.
    after_estimate
        Whether that was after the study's first estimate was begun.
    """

    key: str
    clause_id: str
    clause_sha256: str
    place: str
    instrument: str
    subtype: str | None
    secondary: str | None
    how: How
    coder_id: str
    codebook: str
    track: Literal["audit", "free"]
    at: str
    after_estimate: bool

    @property
    def code(self) -> str:
        """Instrument and subtype as one code."""
        return join_code(self.instrument, self.subtype)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands.

    Attributes
    ----------
    finals
        The final codes, by key.
    touched
        Key, hash of the text, and place of all clauses that events name.
    renamed
        Keys that events name, and the key under which the run that was reviewed has the clause.
    n_events, head
        How many events there are, and a hash over the last one of each log: with it, all events are given.
    n_audited
        Clauses that somebody coded in an audit sample.
    """

    finals: tuple[ReviewedCode, ...]
    touched: tuple[tuple[str, str, str], ...]
    renamed: Mapping[str, str]
    n_events: int
    head: str
    n_audited: int


def check_codes(review: Review, codebook: Codebook) -> None:
    """Refuse codes that a codebook does not have: they were given by another one.

    Raises
    ------
    ReviewError
        With the codes, and how many clauses have each.
    """
    known = {*codebook.classes, *codebook.codes}
    unknown = Counter(one.code for one in review.finals if one.code not in known)
    unknown += Counter(one.secondary for one in review.finals if one.secondary and one.secondary not in known)
    if not unknown:
        return
    named = ", ".join(f"{code} ({count})" for code, count in sorted(unknown.items())[:_MOST_CODES])
    editions = ", ".join(sorted({one.codebook for one in review.finals if one.code not in known} - {""}))
    raise ReviewError(
        f"the review holds codes that the codebook {codebook.edition} does not have: {named}"
        f"{' …' * (len(unknown) > _MOST_CODES)}. People coded by {editions or 'another codebook'}. Score with that "
        "codebook (--codebook), write into another folder (--out), or leave the review out (--no-review)."
    )


@dataclass(frozen=True, slots=True)
class PlacedCodes:
    """The final codes that the clauses of a run get, by ``clause_id``; and those whose clause the run has not."""

    codes: Mapping[str, ReviewedCode]
    not_carried: tuple[ReviewedCode, ...]

    def replace(self, codings: pd.DataFrame) -> pd.DataFrame:
        """Return rows of CODINGS with people's codes in the place of the machine's."""
        placed = codings["clause_id"].map(self.codes)
        settled = placed.notna()
        found = list(placed[settled])
        if not found:
            return codings
        cells = {
            "coder_id": [one.coder_id for one in found],
            "instrument": [one.instrument for one in found],
            "subtype": [one.subtype for one in found],
            "secondary": [one.secondary for one in found],
            "confidence": None,
            "unsure": False,
            "evidence": "[]",
            "context": "[]",
            "codebook": [one.codebook for one in found],
        }
        rows = codings[settled].assign(**cells).astype(dict(codings.dtypes))
        return pd.concat([codings[~settled], rows]).loc[codings.index]

    def list_replaced(self, codings: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of SUGGESTIONS: those of CODINGS whose code people settled, as the machine gave them."""
        placed = codings["clause_id"].map(self.codes)
        settled = placed.notna()
        found = list(placed[settled])
        return codings[settled].assign(how=[one.how for one in found], track=[one.track for one in found])


NO_CODES = PlacedCodes({}, ())
"""Of a run without a review."""


def place_codes(review: Review, clauses: Iterable[pd.DataFrame]) -> PlacedCodes:
    """Find the clauses of a run that the final codes of a review belong to.

    A clause is known by its key; one whose key the run has not is found again as :func:`textq.review.keys.match_lost`
    says, else its code is carried nowhere.

    Parameters
    ----------
    clauses
        Rows of CLAUSES, in pieces; the clauses of a document stand together, in their order.
    """
    known = {key for key, _, _ in review.touched} | {one.key for one in review.finals}
    alike = {(sha, place) for _, sha, place in review.touched}
    here: dict[str, str] = {}
    free: list[tuple[str, str, str]] = []
    for clause_id, key, sha, place in _iterate_coded(clauses):
        if key in known:
            here[key] = clause_id
        elif (sha, place) in alike:
            here[key] = clause_id
            free.append((key, sha, place))
    found_again = match_lost([one for one in review.touched if one[0] not in here], free)
    names: defaultdict[str, list[str]] = defaultdict(list)
    for old, new in review.renamed.items():
        names[new].append(old)
    codes: dict[str, ReviewedCode] = {}
    not_carried = []
    for one in review.finals:
        named = [one.key, *sorted(names[one.key])]
        keys = [key if key in here else found_again.get(key, "") for key in named]
        found = next((here[key] for key in keys if key in here), None)
        if found is None or found in codes:
            not_carried.append(one)
        else:
            codes[found] = one
    return PlacedCodes(codes, tuple(not_carried))


def _iterate_coded(clauses: Iterable[pd.DataFrame]) -> Iterator[tuple[str, str, str, str]]:
    """Yield id, key, hash of the text and place of each clause that is coded."""
    columns = ["clause_id", "key", "clause_sha256", "place"]
    for frame in _join_documents(clauses):
        coded = add_keys(frame)[frame["kind"].isin(CODED_KINDS)]
        yield from coded[columns].itertuples(index=False, name=None)


def _join_documents(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield pieces of a table cut anew, so that no document is cut in two: the keys of its clauses count them."""
    waiting: list[pd.DataFrame] = []
    for frame in frames:
        if not len(frame):
            continue
        first_of_last = int((frame["doc_id"] != frame["doc_id"].iloc[-1]).sum())
        if first_of_last:
            yield pd.concat([*waiting, frame.iloc[:first_of_last]])
            waiting = []
        waiting.append(frame.iloc[first_of_last:])
    if waiting:
        yield pd.concat(waiting)


def describe_review(review: Review, placed: PlacedCodes) -> dict[str, object]:
    """Return what ``run.json`` says of the review behind a run."""
    counts = Counter(one.how for one in placed.codes.values())
    return {
        "n_codes": len(placed.codes),
        "how": {how: counts[how] for how in HOW},
        "n_audited": review.n_audited,
        "n_not_carried": len(placed.not_carried),
    }


def name_review(review: Review) -> dict[str, object]:
    """Return what makes a run with this review another run than one without, or with a later one."""
    return {"events": review.n_events, "head": review.head, "finals": len(review.finals)}
