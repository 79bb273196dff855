"""The head of an official document: title, number and issuers as printed above the body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from textq.ingest.metadata.adoption import Adoption, read_adoption
from textq.ingest.metadata.doc_number import PrintedNumber, find_blank_number, find_numbers, split_red_head
from textq.ingest.metadata.labels import FIELD_LABELS, OTHER_LABELS
from textq.ingest.metadata.title import cut_red_head, find_title, title_issuers
from textq.notation.blocks import HEAD_LINES, count_head_lines
from textq.notation.numerals import DATE, parse_date
from textq.notation.organs import split_organs
from textq.records import CELL_BREAK

_DATE_BELOW_TITLE = re.compile(rf"[（(](?P<date>{DATE})[）)]")
_BEGINNING = 400
"""An order names the regulation that it promulgates within so many characters."""

_LABEL = "|".join(sorted((*FIELD_LABELS, *OTHER_LABELS), key=len, reverse=True))
_LABELLED = re.compile(
    rf"(?P<label>{_LABEL})(?:[:：]{CELL_BREAK}?|{CELL_BREAK})(?P<value>[^:：]*?(?:[0-9]{{2}}:[0-9:]+)?)"
    rf"[ {CELL_BREAK}]*(?=(?:{_LABEL})[:：{CELL_BREAK}]|$)"
)
"""A label and its value; several may stand in one line, or in the cells of a row."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the body; "", None or () where nothing was found.

    ``n_lines`` counts the lines of the head. ``numbers`` are all document numbers in it, the document's own first, or
    else that of the order by which a regulation says it was promulgated; ``blank_number`` is one that lacks its
    serial. ``dated_on`` is the day in brackets below the title.
    """

    title: str
    numbers: tuple[str, ...]
    blank_number: str
    issuers: tuple[str, ...]
    labelled: dict[str, str]
    adoption: Adoption
    dated_on: date | None
    n_lines: int


def read_head(text: str) -> Head:
    """Read the head of a normalised document text."""
    lines = text.split("\n", 2 * HEAD_LINES)[: 2 * HEAD_LINES]
    n_labelled = next((at for at, line in enumerate(lines) if not _pair_labels(line)), len(lines))
    lines, top = lines[n_labelled:], lines[:n_labelled]
    lines = lines[: count_head_lines(lines)]
    labelled = {field: value for line in reversed((*top, *lines)) for field, value in _read_labels(line).items()}
    n_lines = n_labelled + len(lines)
    lines = [part for line in lines if not _pair_labels(line) for part in split_red_head(line)]
    numbers = find_numbers(lines)
    unnumbered = _drop_numbers(lines, numbers)
    title = labelled.get("title") or find_title(unnumbered, beginning=text[:_BEGINNING])
    adoption = read_adoption(text)
    below = next(filter(None, map(_DATE_BELOW_TITLE.fullmatch, lines)), None)
    return Head(
        title=title,
        numbers=tuple(dict.fromkeys(one.number for one in numbers)),
        blank_number=find_blank_number(lines),
        issuers=title_issuers(title) or adoption.issuers or _red_head_issuers(lines),
        labelled=labelled,
        adoption=adoption,
        dated_on=parse_date(below["date"]) if below else None,
        n_lines=n_lines,
    )


def _pair_labels(line: str) -> list[tuple[str, str]]:
    """Return the labels and values of a line that holds nothing else; [] if there is more in it."""
    pairs, at = [], 0
    while pair := _LABELLED.match(line, at):
        pairs.append((pair["label"], pair["value"].strip()))
        at = pair.end()
    return pairs if at == len(line) else []


def _read_labels(line: str) -> dict[str, str]:
    pairs = _pair_labels(line)
    return {FIELD_LABELS[label]: value for label, value in pairs if label in FIELD_LABELS and value}


def _drop_numbers(lines: Sequence[str], numbers: Sequence[PrintedNumber]) -> list[str]:
    taken = {at for one in numbers for at in one.lines}
    return [line for at, line in enumerate(lines) if at not in taken and not find_blank_number([line])]


def _red_head_issuers(lines: Sequence[str]) -> tuple[str, ...]:
    for line in lines:
        if names := cut_red_head(line):
            return split_organs(names)
    return ()
