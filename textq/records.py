"""The row types that pass between the stages. Offsets count Unicode code points, half-open."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["central", "province", "prefecture", "county"]
Kind = Literal["heading", "stem", "provision", "paragraph", "item", "annex", "signature", "cc", "note"]
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
class PrintedLine:
    """A stretch of a document's text that stands on one line of a page, with the box of each character.

    Character ``start + n`` of the text lies between ``lefts[n]`` and ``rights[n]``, ``top`` and ``bottom``: points
    (1/72 inch), from the top left corner of the page as it is shown, so ``top < bottom``. ``confidence`` in [0, 1] is
    that of text recognition (OCR); None for text that the file itself holds.
    """

    start: int
    page: int
    top: float
    bottom: float
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    confidence: float | None = None

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.lefts)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a page offers beside its text: the name it is shown by, and its address as written."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field of a document that a person should confirm: what was found ("" = nothing), and why it is uncertain."""

    field: str
    found: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document, and the owner of its text.

    ``units`` are the six-digit codes of the places the document APPLIES to, which need not be
    the seat of its issuers; ``scope_reason`` says by which rule they were found, and ``level`` is
    the issuers', ``place`` the code of the issuers' own place ("" for central ones, and where none shows).
    ``promulgated_by`` is the order that published a regulation (国务院令第707号), which need not be
    its own number; ``validity`` is 有效性 where the file states it (有效, 失效 …). ``pages`` are spans of ``text``
    labelled with page numbers (empty without pages), ``footnotes`` spans of the notes that readers put behind the
    text, ``lines`` the printed lines of a PDF in the order of the text.
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
    promulgated_by: str = ""
    issued_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    validity: str = ""
    place: str = ""
    pages: tuple[Span, ...] = ()
    footnotes: tuple[Span, ...] = ()
    lines: tuple[PrintedLine, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """The coding unit: a span of a document, with ``document.text[start:end] == text``.

    ``division`` is the path of numbered divisions (("第二章", "第五条", "（一）")), ``heading`` the text of
    the headings above, ``stem`` the line that introduces the list the clause belongs to, ``responsible`` the bodies
    that a task table or a closing bracket （责任单位：…） names for it, in the order printed.
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
    responsible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodingUnit:
    """A clause as a coder sees it: its text with its own number, and as much of its context as is known."""

    clause_id: str
    text: str
    title: str = ""
    heading: str = ""
    stem: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the text in UTF-8, in hex; lone surrogates count, though UTF-8 has no place for them."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def join_code(instrument: str, subtype: str | None) -> str:
    """Return instrument and subtype as one code, the instrument alone where there is no subtype (None or ``""``).

    >>> join_code("supply", "talent"), join_code("none", None)
    ('supply/talent', 'none')
    """
    return f"{instrument}/{subtype}" if subtype else instrument


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's judgement of one clause; ``evidence`` spans use the offsets of the coded text's owner.

    ``confidence`` is the calibrated probability of ``instrument`` where the coder was trained, the winner's share of
    the scores where it is a lexicon, what the model stated where it is a language model. The label of evidence is the
    term of a lexicon, the words and what they add to the log odds (``"专项资金 +1.2"``) of a trained coder.
    ``context`` names what spoke for the same instrument outside the text: terms in the stem and the headings, for one.
    ``unsure``: the coder abstains; its best guess is given, a person should decide.
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
    unsure: bool = False

    @property
    def code(self) -> str:
        """Instrument and subtype as one code: ``"supply/talent"``, or the instrument alone where it has no subtype."""
        return join_code(self.instrument, self.subtype)
