"""One file → Reading: a Document, or the reason why there is none."""

import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from types import MappingProxyType

from textq.errors import ReadError, ScannedError
from textq.ingest.cache import ExtractCache
from textq.ingest.extract import Extract, ReadSpec
from textq.ingest.files import SourceFile
from textq.ingest.metadata.read import Metadata, read_metadata
from textq.ingest.read import read_file
from textq.lexicon.places import Gazetteer
from textq.notation.numerals import parse_date
from textq.records import Document, Doubt, Source, Status

_DISK = frozenset({errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.ENFILE})
"""What is wrong with the machine and not with the file: this ends the run."""

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
    doubts: tuple[Doubt, ...] = ()
    representative_of: tuple[str, ...] = ()


def read_document(
    file: SourceFile,
    gazetteer: Gazetteer,
    spec: ReadSpec,
    *,
    confirmed: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    cache: ExtractCache | None = None,
) -> Reading:
    """Read one file; whatever goes wrong with it becomes its status and reason, so that the others go on.

    ``confirmed`` holds by sha256 of a file the fields that a person confirmed; they win over text and manifest.
    """
    if file.ignored:
        return Reading(file, "ignored", reason=file.ignored)
    stated_id = file.row.doc_id if file.row else ""
    try:
        data = file.read_bytes()
    except OSError as error:
        return Reading(file, "failed", stated_id, reason=_explain_absence(file, error))
    except ReadError as error:
        return Reading(file, "failed", stated_id, reason=str(error))
    sha256 = hashlib.sha256(data).hexdigest()
    doc_id = stated_id or sha256[:ID_LENGTH]
    try:
        _check_hash(file, sha256)
        extract = _extract(data, file, sha256, spec, cache)
    except ScannedError as error:
        return Reading(file, "scanned", doc_id, sha256, str(error))
    except ReadError as error:
        return Reading(file, "failed", doc_id, sha256, str(error))
    metadata = read_metadata(extract, gazetteer, file.row, confirmed.get(sha256, {}))
    document = _build_document(file, doc_id, sha256, extract, metadata)
    notes = (*metadata.notes, *extract.notes)
    return Reading(file, "read", doc_id, sha256, document=document, notes=notes, doubts=metadata.doubts)


def _explain_absence(file: SourceFile, error: OSError) -> str:
    if file.row and isinstance(error, FileNotFoundError):
        return "the manifest names this file, but it is not there."
    return f"the file cannot be opened: {error.strerror or error}. Check that it is a file and may be read."


def _build_document(file: SourceFile, doc_id: str, sha256: str, extract: Extract, metadata: Metadata) -> Document:
    stated = file.row.source if file.row else {}
    source = Source(
        path=file.path,
        sha256=sha256,
        url=stated.get("url", ""),
        retrieved_on=parse_date(stated.get("retrieved_on", "")),
        licence=stated.get("licence", ""),
    )
    known = {field.name: getattr(metadata, field.name) for field in fields(metadata)}
    remarks = {"notes", "doubts"}
    return Document(
        doc_id=doc_id,
        text=extract.text,
        source=source,
        pages=extract.pages,
        footnotes=extract.footnotes,
        lines=extract.lines,
        attachments=extract.attachments,
        **{name: value for name, value in known.items() if name not in remarks},
    )


def _check_hash(file: SourceFile, sha256: str) -> None:
    stated = file.row.source.get("sha256") if file.row else None
    if stated and stated.lower() != sha256:
        raise ReadError(
            "its sha256 differs from the manifest's: the file was changed. Restore it, or correct the manifest."
        )


def _extract(data: bytes, file: SourceFile, sha256: str, spec: ReadSpec, cache: ExtractCache | None) -> Extract:
    """Return the stored extract of a file, or read it and store it."""
    name, charset = file.path, (file.row.source.get("charset", "") if file.row else "")
    if cache is None:
        return _read(data, name, spec, charset)
    key = cache.make_key(sha256, PurePosixPath(name).suffix, spec, charset)
    found = cache.get(key)
    if found is None:
        found = _read(data, name, spec, charset)
        cache.put(key, found)
    return found


def _read(data: bytes, name: str, spec: ReadSpec, charset: str) -> Extract:
    """Read a file; a reader that fails in a way of its own (on a hostile file) gives a ReadError too."""
    try:
        return read_file(data, name, spec, charset or None)
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError("the reader needs more memory than a worker may take. The file may be hostile.") from error
    except OSError as error:
        if error.errno in _DISK:
            raise
        raise ReadError(f"the reader failed on this file ({error}). It may be damaged; save it anew.") from error
    except Exception as error:
        kind = type(error).__name__
        raise ReadError(
            f"the reader failed on this file ({kind}: {error}). It may be damaged; save it anew."
        ) from error
