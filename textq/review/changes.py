"""What a file of codes that comes back would change: row by row, before anything is written."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textq.review.answers import NO_ANSWER, Answer
from textq.review.code_words import CodeWords, UnknownCode
from textq.review.workbook_read import ExportedRow, ReturnedRow, ReturnedSheet, read_unsure

Status = Literal[
    "new", "changed", "cleared", "unchanged", "conflict", "unknown", "stale", "foreign", "keyless", "double", "deleted"
]
"""What a row is.

``new``: the clause gets its first code. ``changed``: the code, the doubt or the memo differs. ``cleared``: the code was
taken out. ``unchanged``: nothing to write. ``conflict``: it differs, and what stood of the clause has changed since the
export as well. ``unknown``: the words name no code. ``stale``: the text of the clause is another one now. ``foreign``:
the study has no such clause, or it is none of this queue. ``keyless``: the row has codes but no key. ``double``: two
rows of one clause say different things. ``deleted``: the row is not in the file any more; nothing changes.
"""

WRITTEN: tuple[Status, ...] = ("new", "changed", "cleared")
REFUSED: tuple[Status, ...] = ("unknown", "stale", "foreign", "keyless", "double")
STATUSES: tuple[Status, ...] = (*WRITTEN, "unchanged", "conflict", *REFUSED, "deleted")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clause stands in the study now, for the coder whose file it is.

    Attributes
    ----------
    clause_sha256, clause_id, text
        The clause.
    answer
        What this coder says of it in this queue.
    stands
        The digest of all that counts for the question whether somebody coded it since (``SheetRow.stands``).
    """

    clause_sha256: str
    clause_id: str
    text: str
    answer: Answer
    stands: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one row would change.

    Attributes
    ----------
    line
        Of the file; 0 for a row that is not there any more.
    key, clause_id
        The clause; empty where unknown.
    status
        What the row is.
    before, after
        What the coder says in the study, and what the file says; ``after`` is empty where it is not understood.
    written
        The words in the file.
    nearest
        Of ``unknown``: the codes that may be meant.
    why
        A word for the reason, where the status leaves it open.
    shown
        Whether the machine's code stood beside it.
    """

    line: int
    key: str
    clause_id: str
    status: Status
    before: Answer = NO_ANSWER
    after: Answer = NO_ANSWER
    written: str = ""
    nearest: tuple[str, ...] = ()
    why: str = ""
    shown: bool = False


def compare_rows(sheet: ReturnedSheet, standing: Mapping[str, Standing], words: CodeWords) -> list[Change]:
    """Return what each row of a file would change, in its order, and the rows that are gone.

    Parameters
    ----------
    sheet
        The file.
    standing
        How each clause stands, by its key: of the clauses that the coder may code in this queue.
    words
        What codes may be called.
    """
    keys = {one.clause_id: key for key, one in standing.items()}
    rows = [(row, row.key or keys.get(row.clause_id, "")) for row in sheet.rows]
    doubled = _find_doubles(rows)
    changes = [_compare_row(row, key, sheet, standing, words, doubled) for row, key in rows]
    there = {key for _, key in rows}
    gone = [key for key in sheet.exported or () if key not in there]
    return [*changes, *(_note_gone(key, standing) for key in gone)]


def count_changes(changes: Sequence[Change]) -> dict[Status, int]:
    """Return how many rows there are of each status, in the order of :data:`STATUSES`."""
    counted = Counter(change.status for change in changes)
    return {status: counted[status] for status in STATUSES}


def _find_doubles(rows: Sequence[tuple[ReturnedRow, str]]) -> set[str]:
    """Return the keys of which several rows say different things."""
    said: dict[str, set[tuple[str, ...]]] = {}
    for row, key in rows:
        if key:
            said.setdefault(key, set()).add((row.code, row.subtype, row.unsure, row.memo))
    return {key for key, answers in said.items() if len(answers) > 1}


def _note_gone(key: str, standing: Mapping[str, Standing]) -> Change:
    known = standing.get(key)
    return Change(0, key, known.clause_id if known else "", "deleted", known.answer if known else Answer())


def _compare_row(
    row: ReturnedRow,
    key: str,
    sheet: ReturnedSheet,
    standing: Mapping[str, Standing],
    words: CodeWords,
    doubled: set[str],
) -> Change:
    written = " / ".join(part for part in (row.code, row.subtype, row.unsure) if part)
    if not key:
        says = bool(written or row.memo)
        return Change(row.line, "", row.clause_id, "keyless" if says else "unchanged", written=written)
    known = standing.get(key)
    exported = (sheet.exported or {}).get(key)
    if known is None:
        touched = exported is None or _is_touched(row, exported, words)
        return Change(
            row.line, key, row.clause_id, "foreign" if touched and (written or row.memo) else "unchanged",
            written=written,
        )  # fmt: skip
    shown = exported is not None and exported.shown
    made = _read_answer(row, sheet, known.answer, words)
    if isinstance(made, UnknownCode):
        return Change(
            row.line, key, known.clause_id, "unknown", known.answer, written=made.written, nearest=made.nearest,
            why=made.why, shown=shown,
        )  # fmt: skip
    status, why = _find_status(row, key, made, known, exported, doubled)
    return Change(row.line, key, known.clause_id, status, known.answer, made, written, why=why, shown=shown)


def _find_status(
    row: ReturnedRow, key: str, made: Answer, known: Standing, exported: ExportedRow | None, doubled: set[str]
) -> tuple[Status, str]:
    if key in doubled:
        return "double", ""
    if made.settled == known.answer or (exported is not None and made.settled == exported.answer):
        return "unchanged", ""
    if row.clause_sha256 and row.clause_sha256 != known.clause_sha256:
        return "stale", "hash"
    if row.text and not _is_same_text(row.text, known.text):
        return "stale", "text"
    if exported is not None and exported.answer != known.answer:
        return "conflict", "own"
    if exported is not None and exported.stands != known.stands:
        return "conflict", "others"
    if not known.answer.decides and made.decides:
        return "new", ""
    return ("cleared", "") if known.answer.decides and not made.decides else ("changed", "")


def _read_answer(row: ReturnedRow, sheet: ReturnedSheet, stands: Answer, words: CodeWords) -> Answer | UnknownCode:
    """Return what a row says; a column that the file lacks says what stands."""
    code = words.read(row.code, row.subtype)
    if isinstance(code, UnknownCode):
        return code
    unsure = read_unsure(row.unsure) if "unsure" in sheet.columns else stands.unsure
    if unsure is None:
        return UnknownCode(row.unsure, "unsure")
    memo = row.memo if "memo" in sheet.columns else stands.memo
    if code is None:
        return Answer(None, None, unsure, memo)
    keeps = "subtype" not in sheet.columns and code.subtype is None and code.instrument == stands.instrument
    return Answer(code.instrument, stands.subtype if keeps else code.subtype, unsure, memo)


def _is_touched(row: ReturnedRow, exported: ExportedRow, words: CodeWords) -> bool:
    code = words.read(row.code, row.subtype)
    if isinstance(code, UnknownCode):
        return True
    instrument, subtype = (None, None) if code is None else (code.instrument, code.subtype)
    made = Answer(instrument, subtype, bool(read_unsure(row.unsure)), row.memo)
    return made.settled != exported.answer


def _is_same_text(returned: str, text: str) -> bool:
    """Tell whether a cell still holds the text of its clause, whatever a program made of its blanks."""
    there, here = _bare(returned), _bare(text)
    return there == here or (there.endswith("…") and here.startswith(there[:-1]))


def _bare(text: str) -> str:
    kept = (one for one in text if not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn"))
    return "".join(kept).replace("\ufffd", "").replace("\u200b", "")
