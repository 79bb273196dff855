"""DOCX → Extract: WordprocessingML as Word shows it, with the numbers that stand in no text."""

import zipfile
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from textq.errors import ReadError, ScannedError
from textq.ingest.docx.body import StoryReader, describe_unread, join_lines
from textq.ingest.docx.elements import get_attribute
from textq.ingest.docx.numbering import Numbering
from textq.ingest.docx.package import Package
from textq.ingest.docx.styles import Styles
from textq.ingest.extract import Extract
from textq.ingest.normalize import normalize_line, normalize_text
from textq.records import Span


def read_docx(data: bytes) -> Extract:
    """Read a Word document (.docx, .docm, .dotx; transitional or strict) as Word would show and print its body.

    Automatic numbers are written before their paragraphs. A table row is one line, a text box follows the paragraph
    it hangs on, footnotes and endnotes stand behind the text. Tracked changes are accepted; comments, hidden text,
    headers and footers are left out.

    Raises
    ------
    ReadError
        If the file is no Word document, is damaged, or holds no text (ScannedError: only pictures).
    """
    try:
        return _read_package(Package(data))
    except zipfile.BadZipFile as error:
        raise _refuse(str(error)) from error
    except RecursionError as error:
        raise ReadError("the DOCX file nests its elements too deeply. Open it in Word and save it again.") from error


def _refuse(why: str) -> ReadError:
    return ReadError(f"not a readable DOCX file ({why}). Open it in Word and save it as .docx again.")


def _read_package(package: Package) -> Extract:
    main = package.find_main()
    root = package.read_part(main)
    body = root.find("body") if root is not None and root.tag == "document" else None
    if body is None:
        raise _refuse("it holds no Word document")
    styles = Styles(package.read_related(main, "styles"))
    numbering = Numbering(package.read_related(main, "numbering"), styles)
    reader = StoryReader(styles, numbering)
    text = normalize_text("\n".join(reader.read_story(body)))
    notes = list(_read_notes(package, main, reader))
    if not text and not notes:
        raise _explain_emptiness(reader)
    text, spans = _append_notes(text, notes)
    return Extract(text, footnotes=spans, notes=(*describe_unread(reader.unread), *_describe_formats(numbering)))


def _explain_emptiness(reader: StoryReader) -> ReadError:
    if reader.has_pictures:
        return ScannedError("the DOCX file holds no text, only pictures. Recognise them (OCR) first.")
    return ReadError("the DOCX file holds no text.")


def _describe_formats(numbering: Numbering) -> Iterator[str]:
    if numbering.unknown_formats:
        yield f"numbers of these formats are written in digits: {', '.join(sorted(numbering.unknown_formats))}."


def _read_notes(package: Package, main: str, reader: StoryReader) -> Iterator[tuple[str, str]]:
    """Yield (number, line) of the notes in the order of their marks, footnotes before endnotes."""
    for kind in ("footnote", "endnote"):
        references = list(dict.fromkeys(note_id for of_kind, note_id in reader.references if of_kind == kind))
        stored = _index_notes(package.read_related(main, f"{kind}s"), kind) if references else {}
        for number, note_id in enumerate(references, 1):
            lines = reader.read_story(stored[note_id]) if note_id in stored else []
            if line := _join_note(lines):
                yield str(number), line


def _index_notes(root: Element | None, kind: str) -> dict[str, Element]:
    return {get_attribute(note, "id") or "": note for note in (root if root is not None else ()) if note.tag == kind}


def _join_note(lines: Sequence[str]) -> str:
    return normalize_line(join_lines("\n".join(lines).split("\n")))


def _append_notes(text: str, notes: Sequence[tuple[str, str]]) -> tuple[str, tuple[Span, ...]]:
    """Put the notes behind the text, a line each, and tell where they stand."""
    spans: list[Span] = []
    for number, line in notes:
        text += "\n" if text else ""
        spans.append(Span(len(text), len(text) + len(line), number))
        text += line
    return text, tuple(spans)
