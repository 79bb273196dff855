"""One page → Extract: what is read from it, and in which order."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile

from textq.ingest.decode import decode_text
from textq.ingest.extract import Extract
from textq.ingest.furniture import is_info_bar, is_label_line, is_page_furniture
from textq.ingest.html.attachments import list_attachments, names_only_files
from textq.ingest.html.charset import find_charset
from textq.ingest.html.content import drop_outside, find_containers, find_content, find_furniture, find_hidden
from textq.ingest.html.fields import read_heading, read_labels, read_meta_tags, read_wechat
from textq.ingest.html.lines import Line, is_label_row, read_lines
from textq.ingest.html.notes import Notes, find_notes
from textq.ingest.html.refusals import refuse_no_document
from textq.ingest.html.tables import find_data_tables
from textq.ingest.html.tree import Tree, parse_page
from textq.notation.marks import match_mark
from textq.records import Attachment, Span

_CUT_OFF = "the page may be cut off: it opens <html> and never closes it"

_SHORT = 400
"""Characters: a text with less that comes with files may be no more than their covering letter."""

_CITED = re.compile(r"《|附件|附[:：]")
"""What a line that is a link shows where it is a part of the document."""


def read_html(data: bytes, charset: str | None = None) -> Extract:
    """Read the main text of a page, the fields it states, and the files it offers.

    Parameters
    ----------
    data
        The page as it was sent or saved.
    charset
        The encoding that the server named (the charset of ``Content-Type``), if that is known. It counts before the
        one that the page declares; either counts only if the page reads best by it.

    Raises
    ------
    ScannedError
        If the page shows pictures instead of text.
    ReadError
        If the encoding cannot be told, or the page is no document: empty, filled in by a script, a frame or a viewer
        of another file, a list of links, a message of the site.
    """
    markup = decode_text(data, declared=charset or find_charset(data))
    tree = parse_page(markup)
    sizes = tree.count_characters()
    containers, notes = find_containers(tree), find_notes(tree, sizes)
    tables = find_data_tables(tree, sizes, containers)
    lines = read_lines(tree, sizes, tables, find_hidden(tree, containers), notes)
    furniture = find_furniture(tree, lines, containers)
    content = find_content(tree, lines, containers, furniture)
    shown = drop_outside(lines, tree, content.places, furniture)
    body, footnotes = _part_notes(_keep_text(shown, known=content.known), notes)
    text, spans = _join_lines(body, footnotes)
    attachments = list_attachments(tree, content.places, sizes, furniture)
    refuse_no_document(tree, shown, text, attachments)
    return Extract(
        text,
        fields=_read_fields(tree, markup, lines, shown),
        footnotes=spans,
        attachments=attachments,
        notes=tuple(_remark(markup, text, attachments)),
    )


def _keep_text(lines: Sequence[Line], *, known: bool) -> list[Line]:
    """Return the lines of the document: no controls, no metadata above it, no lists of files and links below it.

    Links between its paragraphs are kept in a ``known`` container, and where they cite a document or are numbered.
    """
    n_head = _count_head(lines)
    kept = [line for at, line in enumerate(lines) if at >= n_head or not _states_metadata(line)]
    kept = [line for line in kept if not (is_page_furniture(line.text) or names_only_files(line))]
    if not known:
        kept = [line for line in kept if not line.is_link or _CITED.search(line.text) or match_mark(line.text)]
    while len(kept) > 1 and kept[-1].is_link:
        kept.pop()
    return kept


def _states_metadata(line: Line) -> bool:
    """Tell whether a line above a text is of its page's metadata."""
    return is_label_row(line) or is_label_line(line.text) or is_info_bar(line.text)


def _count_head(lines: Sequence[Line]) -> int:
    """Return how many lines stand before the first sentence: only there a label states something of the document."""
    return sum(1 for _ in takewhile(lambda line: "。" not in line.text, lines))


def _part_notes(lines: Sequence[Line], notes: Notes) -> tuple[list[Line], list[Line]]:
    """Return the lines of the text, and those of the notes."""
    starts = [start for start, _ in notes.places]
    parted: tuple[list[Line], list[Line]] = [], []
    for line in lines:
        at = bisect_right(starts, line.node) - 1
        parted[at >= 0 and line.node < notes.places[at][1]].append(line)
    return parted


def _join_lines(body: Sequence[Line], footnotes: Sequence[Line]) -> tuple[str, tuple[Span, ...]]:
    """Return the text, the notes behind all else, and their spans."""
    text = "\n".join(line.text for line in body)
    spans = []
    for line in footnotes:
        start = len(text) + 1 if text else 0
        text = f"{text}\n{line.text}" if text else line.text
        spans.append(Span(start, len(text)))
    return text, tuple(spans)


def _read_fields(tree: Tree, markup: str, lines: Sequence[Line], shown: Sequence[Line]) -> dict[str, str]:
    """Return what the page states; a pair of label and value counts before a meta tag, a mere heading last.

    Inside the document labels count only before its first sentence: what follows may be a form to fill in.
    """
    sentences = {line.node for line in shown[_count_head(shown) :]}
    stating = [line for line in lines if line.node not in sentences]
    return read_heading(tree, stating) | read_meta_tags(tree) | read_wechat(tree, markup) | read_labels(tree, stating)


def _remark(markup: str, text: str, attachments: Sequence[Attachment]) -> Iterator[str]:
    """Yield what a user should know of the page."""
    if _is_cut_off(markup):
        yield _CUT_OFF
    if attachments and len(text) < _SHORT:
        yield f"the page is short and offers files, which may hold the document itself: {attachments[0].name}"


def _is_cut_off(markup: str) -> bool:
    lowered = markup[:2000].lower(), markup[-2000:].lower()
    return "<html" in lowered[0] and "</html" not in lowered[1] and "</html" not in markup.lower()
