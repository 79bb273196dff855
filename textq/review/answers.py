"""What a coder says of a clause, and the rows of a workbook in which it is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What one coder says of one clause; all empty: nothing yet.

    Attributes
    ----------
    instrument, subtype
        The code; None where there is none. An answer that is unsure may state the code that is thought of.
    unsure
        Whether the clause is left to the adjudication.
    memo
        What the coder wrote.
    """

    instrument: str | None = None
    subtype: str | None = None
    unsure: bool = False
    memo: str = ""

    @property
    def settled(self) -> "Answer":
        """What counts of it: of a doubt not the code that is thought of."""
        return Answer(unsure=True, memo=self.memo) if self.unsure else self

    @property
    def decides(self) -> bool:
        """Whether there is a decision, and not a memo at most."""
        return self.unsure or self.instrument is not None


NO_ANSWER = Answer()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A clause as a row of a workbook.

    Attributes
    ----------
    key, clause_id, clause_sha256
        The durable name of the clause, its name in this run, and the hash of its text.
    document, heading, before, text, after, page
        What it says and where; ``before`` and ``after`` are the clauses around it.
    answer
        What the coder said so far.
    suggestion, confidence
        The machine's code and its certainty; None where they may not be seen.
    stands
        What stood of the clause at the time of the export, as a digest; it changes with every decision that counts.
    """

    key: str
    clause_id: str
    clause_sha256: str
    document: str
    heading: str
    before: str
    text: str
    after: str
    page: int | None
    answer: Answer = NO_ANSWER
    suggestion: str | None = None
    confidence: float | None = None
    stands: str = ""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a workbook was made of; it comes back with it.

    Attributes
    ----------
    run_id, codebook
        The run, and the edition of the codebook.
    queue, sample, seed
        ``audit``, ``fix`` or ``all``; of an audit, its sample and the seed it was drawn with.
    coder
        Whose sheet it is.
    exported_at, head
        Time and hash of the last event before the export; empty where there was none.
    lang, version
        The language of the headings, and the version of the program.
    """

    run_id: str
    codebook: str
    queue: str
    coder: str
    sample: str = ""
    seed: str = ""
    exported_at: str = ""
    head: str = ""
    lang: str = "zh"
    version: str = ""
