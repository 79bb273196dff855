"""One file → Reading: a Document, or the reason why there is none."""

import hashlib
from dataclasses import dataclass, fields, replace

from textq.errors import ReadError, ScannedError
from textq.ingest.cache import ExtractCache
from textq.ingest.extract import Extract
from textq.ingest.files import SourceFile
from textq.ingest.metadata import Metadata, read_metadata
from textq.ingest.read import read_file
from textq.lexicon.places import Gazetteer
from textq.notation.numerals import parse_date
from textq.records import Document, Source, Status

ID_LENGTH = 12
"""Hex digits of a file's sha256 that make its id where the manifest gives none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file; ``document`` is None unless it was read. ``representative_of`` lists its duplicates."""

    file: SourceFile
    status: Status
    doc_id: str = ""
    sha256: str = ""
    reason: str = ""
    document: Document | None = None
    notes: tuple[str, ...] = ()
    representative_of: tuple[str, ...] = ()


def read_document(file: SourceFile, gazetteer: Gazetteer, cache: ExtractCache | None = None) -> Reading:
    """Read one file; whatever goes wrong with it becomes its status and reason, so that the others go on."""
    if file.ignored:
        return Reading(file, "ignored", reason=file.ignored)
    try:
        data = file.location.read_bytes()
    except OSError as error:
        why = (
            "the manifest names this file, but it is not there." if file.row else f"the file cannot be opened: {error}"
        )
        return Reading(file, "failed", doc_id=file.row.doc_id if file.row else "", reason=why)
    sha256 = hashlib.sha256(data).hexdigest()
    doc_id = (file.row.doc_id if file.row else "") or sha256[:ID_LENGTH]
    try:
        _check_hash(file, sha256)
        extract = _extract(data, file, sha256, cache)
    except ScannedError as error:
        return Reading(file, "scanned", doc_id, sha256, str(error))
    except ReadError as error:
        return Reading(file, "failed", doc_id, sha256, str(error))
    metadata = read_metadata(extract, gazetteer, file.row)
    document = _build_document(file, doc_id, sha256, extract, metadata)
    return Reading(file, "read", doc_id, sha256, document=document, notes=metadata.notes)


def _build_document(file: SourceFile, doc_id: str, sha256: str, extract: Extract, metadata: Metadata) -> Document:
    stated = file.row.source if file.row else {}
    source = Source(
        path=file.path,
        sha256=sha256,
        url=stated.get("url", ""),
        retrieved_on=parse_date(stated.get("retrieved_on", "")),
        licence=stated.get("licence", ""),
    )
    known = {field.name: getattr(metadata, field.name) for field in fields(metadata) if field.name != "notes"}
    return Document(doc_id=doc_id, text=extract.text, source=source, pages=extract.pages, **known)


def _check_hash(file: SourceFile, sha256: str) -> None:
    stated = file.row.source.get("sha256") if file.row else None
    if stated and stated.lower() != sha256:
        raise ReadError(
            "its sha256 differs from the manifest's: the file was changed. Restore it, or correct the manifest."
        )


def _extract(data: bytes, file: SourceFile, sha256: str, cache: ExtractCache | None) -> Extract:
    """Return the stored extract of a file, or read it and store it."""
    if cache is None:
        return _read(data, file.location.name)
    key = cache.make_key(sha256, file.location.suffix)
    found = cache.get(key)
    if found is None:
        found = _read(data, file.location.name)
        cache.put(key, found)
    return found


def _read(data: bytes, name: str) -> Extract:
    """Read a file; a reader that fails in a way of its own (on a hostile file) gives a ReadError too."""
    try:
        return read_file(data, name)
    except ReadError:
        raise
    except Exception as error:
        kind = type(error).__name__
        raise ReadError(
            f"the reader failed on this file ({kind}: {error}). It may be damaged; save it anew."
        ) from error


def mark_duplicates(readings: list[Reading]) -> list[Reading]:
    """Let only the first of several documents with the same normalised text count; the rest become ``duplicate``.

    The same text that a manifest states for other places is a document of its own.
    """
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    marked = list(readings)
    for at, reading in enumerate(readings):
        if reading.document is None:
            continue
        key = reading.document.text, reading.document.units
        if key not in first:
            first[key] = at
            continue
        kept = marked[first[key]]
        marked[first[key]] = replace(kept, representative_of=(*kept.representative_of, reading.file.path))
        why = f"the same text as {kept.file.path}"
        marked[at] = Reading(reading.file, "duplicate", reading.doc_id, reading.sha256, why, notes=reading.notes)
    return marked
