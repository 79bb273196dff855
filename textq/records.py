"""The row types that pass between the stages. Offsets count Unicode code points, half-open."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["central", "province", "prefecture", "county"]
Kind = Literal["heading", "stem", "provision", "paragraph", "item", "annex", "signature", "cc"]
Status = Literal["read", "scanned", "duplicate", "failed", "ignored"]

UNREAD: tuple[Status, ...] = ("failed", "scanned")
"""The statuses of documents that should have been read and were not."""

CODED_KINDS: frozenset[Kind] = frozenset({"provision", "paragraph", "item", "annex"})
"""The kinds of clause that are coded and counted."""

CELL_BREAK = "｜"
"""Between the cells of a table row, which is one line of a document's text."""

STUDY_MARK = ".textq-study"
"""The file that marks an output folder, which is never input."""

NONE = "none"
"""The explicit code for "no policy instrument"; absence means "not coded"."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``[start, end)`` of a text, in code points, with what it shows (a term, a page number)."""

    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from: path relative to the corpus, and the hash of its bytes."""

    path: str
    sha256: str
    url: str = ""
    retrieved_on: date | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document, and the owner of its text.

    ``units`` are the six-digit codes of the places the document APPLIES to, which need not be
    the seat of its issuers; ``scope_reason`` says by which rule they were found, and ``level`` is
    the issuers'. ``pages`` are spans of ``text`` labelled with page numbers (empty without pages).
    """

    doc_id: str
    text: str
    source: Source
    title: str = ""
    issuers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    scope_reason: str = ""
    level: Level | None = None
    doc_type: str = ""
    doc_number: str | None = None
    issued_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    pages: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """The coding unit: a span of a document, with ``document.text[start:end] == text``.

    ``division`` is the path of numbered divisions (("第二章", "第五条", "（一）")), ``heading`` the text of
    the headings above, ``stem`` the line that introduces the list the clause belongs to.
    """

    clause_id: str
    doc_id: str
    ordinal: int
    division: tuple[str, ...]
    start: int
    end: int
    heading: str
    stem: str
    page: int | None
    kind: Kind
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CutClause:
    """A clause as a user cut it: text, and as much of its context as is known."""

    clause_id: str
    text: str
    title: str = ""
    heading: str = ""
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's judgement of one clause; ``evidence`` spans use the offsets of the coded text's owner.

    ``context`` names terms in the stem and the headings that spoke for the same instrument.
    """

    clause_id: str
    clause_sha256: str
    coder_id: str
    codebook_version: str
    instrument: str
    subtype: str | None
    secondary: str | None
    evidence: tuple[Span, ...]
    confidence: float | None
    context: tuple[str, ...] = ()
