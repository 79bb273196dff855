"""Which of the files that were read count: copies once, near-duplicates all or only the first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from textq.errors import ConfigError, ManifestError
from textq.frames import LIST_BREAK
from textq.ingest.duplicates import (
    Copies,
    NearDuplicate,
    explain_reposts,
    explain_surplus,
    find_copies,
    find_near_duplicates,
)
from textq.pipeline.gather import Kept, locate_text, read_text

NearDuplicates = Literal["count", "first"]
"""Of documents of the same units with nearly the same text, all count, or only the first one issued."""


def check_near_duplicates(choice: str) -> None:
    """Refuse a choice that there is not.

    Raises
    ------
    ConfigError
        If ``choice`` is none of ``NearDuplicates``.
    """
    if choice not in get_args(NearDuplicates):
        raise ConfigError(
            f"The 'near_duplicates' parameter of score must be one of {', '.join(get_args(NearDuplicates))}. "
            f"Got {choice!r} instead."
        )


def settle_copies(kept: Sequence[Kept], folder: Path, near_duplicates: NearDuplicates) -> list[Kept]:
    """Let documents of the same text count once, with the earliest dates stated, and name those of nearly the same.

    A near-duplicate that is the same document on another site never counts.

    Texts of documents that do not count are removed from ``folder``.

    Raises
    ------
    ManifestError
        If two documents that count have the same id: one file listed for several places.
    """
    settled = _join_copies(kept)
    _require_unique_ids(settled)
    sketches = [one.sketch for one in settled if one.sketch]
    near = find_near_duplicates(sketches, lambda doc_id: read_text(folder, doc_id))
    settled = _name_near(settled, near)
    settled = _drop(settled, explain_surplus(near) if near_duplicates == "first" else explain_reposts(near))
    _remove_texts(folder, kept, settled)
    return settled


def _join_copies(kept: Sequence[Kept]) -> list[Kept]:
    groups = find_copies(one.sketch for one in kept if one.sketch)
    reasons = {other.path: f"the same text as {copies.first.path}" for copies in groups for other in copies.others}
    by_first = {copies.first.path: copies for copies in groups}
    return [_represent(one, by_first[one.path]) if one.path in by_first else one for one in _drop(kept, reasons)]


def _represent(kept: Kept, copies: Copies) -> Kept:
    """Let a document stand for its copies: their paths, and the earliest dates that any of them states."""
    assert kept.reading.document is not None
    document = replace(kept.reading.document, issued_on=copies.issued_on, published_on=copies.published_on)
    paths = tuple(sorted(other.path for other in copies.others))
    return replace(kept, reading=replace(kept.reading, document=document, representative_of=paths))


def _drop(kept: Sequence[Kept], reasons: Mapping[str, str]) -> list[Kept]:
    """Make duplicates of the files that ``reasons`` names by path."""
    return [
        Kept(replace(one.reading, status="duplicate", reason=reasons[one.path], document=None, doubts=()), {})
        if one.path in reasons
        else one
        for one in kept
    ]


def _name_near(kept: Sequence[Kept], near: Sequence[NearDuplicate]) -> list[Kept]:
    """Write into the cells of each document the senior ones it nearly repeats, with their similarity."""
    found: dict[str, list[str]] = {}
    for pair in near:
        found.setdefault(pair.second.path, []).append(f"{pair.first.doc_id}:{pair.similarity:.2f}")
    cells = {path: {"near_duplicates": LIST_BREAK.join(named)} for path, named in found.items()}
    return [replace(one, cells={**one.cells, **cells.get(one.path, {})}) for one in kept]


def _require_unique_ids(kept: Sequence[Kept]) -> None:
    paths: dict[str, str] = {}
    for one in kept:
        if one.reading.document is None:
            continue
        first = paths.setdefault(one.reading.doc_id, one.path)
        if first != one.path:
            raise ManifestError(
                f"{first} and {one.path} are the same file, listed for different places. Give each row of the "
                "manifest an id of its own (column id), or list the file once with all its units."
            )


def _remove_texts(folder: Path, kept: Sequence[Kept], settled: Sequence[Kept]) -> None:
    counted = {one.reading.doc_id for one in settled if one.reading.document}
    for doc_id in {one.reading.doc_id for one in kept if one.reading.document} - counted:
        locate_text(folder, doc_id).unlink()
