"""What became of each file: little of it in memory, its text, clauses and codings on disk until all files are read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from textq.frames import Row, text_row
from textq.ingest.confirm import CheckRow, list_checks
from textq.ingest.document import Reading
from textq.ingest.duplicates import Sketch
from textq.pipeline.spool import Spool
from textq.process import Processed
from textq.records import CODED_KINDS

_TEXTS = "text"


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its reading (the document without text and printed lines), and what only the text shows.

    ``cells`` are columns of the documents table, ``coded`` the spans of the clauses that are coded, ``checks`` what a
    person should confirm; ``sketch`` finds the document's copies. All are empty where no document was read.
    """

    reading: Reading
    cells: Row
    coded: tuple[tuple[int, int], ...] = ()
    checks: tuple[CheckRow, ...] = ()
    sketch: Sketch | None = None

    @property
    def path(self) -> str:
        """The file's path, by which tables name it."""
        return self.reading.file.path


def gather(processed: Iterable[Processed], spool: Spool, folder: Path) -> list[Kept]:
    """Put what was processed into the spool and the texts into ``folder``; return what is kept of each file."""
    (folder / _TEXTS).mkdir()
    return [_keep(one, spool, folder) for one in processed]


def _keep(processed: Processed, spool: Spool, folder: Path) -> Kept:
    document = processed.reading.document
    if document is None:
        return Kept(processed.reading, {})
    spool.add(processed)
    locate_text(folder, document.doc_id).write_bytes(document.text.encode("utf-8"))
    light = replace(document, text="", lines=(), pages=(), footnotes=())
    return Kept(
        reading=replace(processed.reading, document=light),
        cells=text_row(document, processed.clauses),
        coded=tuple((clause.start, clause.end) for clause in processed.clauses if clause.kind in CODED_KINDS),
        checks=tuple(list_checks(document, processed.reading.doubts)),
        sketch=processed.sketch,
    )


def locate_text(folder: Path, doc_id: str) -> Path:
    """Return where the text of a document lies."""
    return folder / _TEXTS / f"{doc_id}.txt"


def read_text(folder: Path, doc_id: str) -> str:
    """Return the text of a document that was gathered."""
    return locate_text(folder, doc_id).read_bytes().decode("utf-8")
