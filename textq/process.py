"""One file on its way from bytes to codings; what a worker process does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from textq.coding.coder_spec import CoderSpec, load_coder
from textq.coding.coders import code_clauses
from textq.ingest.cache import ExtractCache
from textq.ingest.document import Reading, read_document
from textq.ingest.duplicates import Sketch, sketch_document
from textq.ingest.extract import ReadSpec
from textq.ingest.files import SourceFile
from textq.lexicon.places import builtin_gazetteer
from textq.records import Clause, Coding
from textq.segment.clauses import split_clauses


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How files are processed.

    How they are read, what a person confirmed (sha256 → field → value), the cache of what was read, and by which coder.
    """

    read: ReadSpec = field(default_factory=ReadSpec)
    confirmed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cache: ExtractCache | None = None
    coder: CoderSpec = field(default_factory=CoderSpec)


@dataclass(frozen=True, slots=True)
class Processed:
    """One file after reading, splitting and coding; ``sketch`` finds its copies, None where nothing was read."""

    reading: Reading
    clauses: tuple[Clause, ...] = ()
    codings: tuple[Coding, ...] = ()
    sketch: Sketch | None = None


def process_file(file: SourceFile, spec: ProcessSpec | None = None) -> Processed:
    """Read one file, split it into clauses and code them.

    A failure that no stage foresaw is written into the documents table like any other, so that the work on the
    other files is not lost; one of the disk (OSError), or of the coder as a whole, ends the run.

    Raises
    ------
    TextqError
        If the coder cannot be loaded, or is no longer the one that was specified.
    """
    spec = spec or ProcessSpec()
    coder = load_coder(spec.coder)
    try:
        reading = read_document(file, builtin_gazetteer(), spec.read, confirmed=spec.confirmed, cache=spec.cache)
        if reading.document is None:
            return Processed(reading)
        clauses = tuple(split_clauses(reading.document))
        codings = tuple(code_clauses(clauses, reading.document.title, coder))
        return Processed(reading, clauses, codings, sketch_document(reading.document))
    except OSError:
        raise
    except Exception as error:
        why = f"textq itself failed on this file ({type(error).__name__}: {error}). Please report it, with the file."
        return Processed(Reading(file, "failed", reason=why))
