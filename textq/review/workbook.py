"""Clauses → an Excel workbook in which a person codes them; :mod:`textq.review.workbook_read` reads it back."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from textq.errors import ReviewError
from textq.lexicon.codebook import Codebook, Instrument, Subtype
from textq.records import join_code
from textq.repack import EPOCH, repack_zip
from textq.review.answers import Answer, SheetFacts, SheetRow
from textq.review.code_words import call_code
from textq.review.workbook_words import (
    BLIND,
    CODEBOOK_HEADINGS,
    FACT_WORDS,
    FACTS,
    GUIDE,
    HEADINGS,
    KEY_COLUMNS,
    LISTS,
    QUESTIONS,
    QUEUE_WORDS,
    ROWS,
    RULES,
    SHEETS,
    YES,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORM = "textq-review 1"
"""What tells a workbook for coding from others, and its edition from later ones."""

MOST_ROWS = 100_000
"""Of a sheet; Excel takes ten times as many, but no person."""

CELL_LENGTH = 32_767
"""What Excel takes; a longer text ends in …"""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

_CONTEXT_LENGTH = 400
_EDITED = ("class", "subtype", "unsure", "memo")
_WIDTHS = {
    "clause_id": 12, "clause_key": 10, "clause_sha": 10, "document": 26, "heading": 24, "before": 34, "text": 64,
    "after": 34, "page": 6, "suggestion": 18, "confidence": 9, "class": 14, "subtype": 20, "unsure": 9, "memo": 34,
}  # fmt: skip
"""In characters of the standard font."""

_FONT, _GREY, _GREY_TEXT, _HEAD = "Calibri", "FFF0F0EE", "FF8A8A86", "FFE3E8EF"
_ACTIVE = ("=", "+", "-", "@", "#", "'", "\t", "\r", "\n")
"""A spreadsheet may take a text with one of these first for a formula or an error."""
_LINE_HEIGHT, _MOST_LINES = 15, 20


def build_workbook(rows: Sequence[SheetRow], facts: SheetFacts, codebook: Codebook) -> bytes:
    """Return a workbook with a row for each clause; the same input gives the same bytes.

    Sheets: the clauses, whose grey columns are locked (without a password); the codebook; how to fill it in; and
    hidden ones with the lists of the drop-downs, with what the workbook was made of, and with
    what stood in each row. Of an audit, no row may hold a suggestion.

    Raises
    ------
    ReviewError
        If there are more rows than 100,000, or an audit would show a suggestion.
    """
    import openpyxl

    if len(rows) > MOST_ROWS:
        raise ReviewError(f"{len(rows):,} clauses are more than a workbook of {MOST_ROWS:,} rows. Ask for fewer.")
    if facts.queue == "audit" and any(row.suggestion is not None or row.confidence is not None for row in rows):
        raise ReviewError("a workbook of an audit would show the machine's codes. Leave them out.")
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = EPOCH
    book.properties.creator = "textq"
    clauses, codes, guide = SHEETS[facts.lang]
    _fill_clauses(book.create_sheet(clauses), rows, facts, codebook)
    _fill_plain(book.create_sheet(codes), _list_codebook(codebook, facts.lang), (22, 18, 18, 60, 44, 44, 60))
    _fill_plain(book.create_sheet(guide), _list_guide(facts), (20, 100))
    for name, cells in (
        (LISTS, _list_choices(codebook, facts.lang)),
        (FACTS, [("format", FORM), *((name, value) for name, value in asdict(facts).items())]),
        (ROWS, [_ROW_HEAD, *map(_row_state, rows)]),
    ):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden"
        _fill_plain(sheet, cells, ())
    written = io.BytesIO()
    book.save(written)
    return repack_zip(written.getvalue())


def list_columns(facts: SheetFacts) -> list[str]:
    """Return the columns of the sheet of clauses in order; suggestions are there in the queues that show them."""
    blind = facts.queue == "audit"
    return [name for name in HEADINGS if not (blind and name in ("suggestion", "confidence"))]


def write_cells(row: SheetRow, facts: SheetFacts, codebook: Codebook) -> dict[str, str]:
    """Return the cells of a row by column, all text, as they stand in a workbook."""
    code, subtype = write_answer(row.answer, codebook, facts.lang)
    return {
        "clause_id": row.clause_id,
        "clause_key": row.key,
        "clause_sha": row.clause_sha256,
        "document": row.document,
        "heading": row.heading,
        "before": _clip_start(row.before),
        "text": row.text,
        "after": _clip_end(row.after),
        "page": "" if row.page is None else str(row.page),
        "suggestion": "" if row.suggestion is None else call_code(codebook, row.suggestion, facts.lang),
        "confidence": "" if row.confidence is None else f"{row.confidence:.2f}",
        "class": code,
        "subtype": subtype,
        "unsure": YES[facts.lang] if row.answer.unsure else "",
        "memo": row.answer.memo,
    }


def write_answer(answer: Answer, codebook: Codebook, lang: str) -> tuple[str, str]:
    """Return the words of class and subtype, as the drop-downs have them; both ``""`` where there is no code."""
    if answer.instrument is None:
        return "", ""
    code = join_code(answer.instrument, answer.subtype)
    return call_code(codebook, answer.instrument, lang), call_code(codebook, code, lang) if answer.subtype else ""


_ROW_HEAD = ("clause_key", "clause_sha", "instrument", "subtype", "unsure", "memo", "shown", "stands")


def _row_state(row: SheetRow) -> tuple[str, ...]:
    """Return what stood in a row when it was written."""
    said = row.answer
    shown, unsure = (("1" if is_so else "") for is_so in (row.suggestion is not None, said.unsure))
    return (
        row.key, row.clause_sha256, said.instrument or "", said.subtype or "", unsure, said.memo, shown, row.stands
    )  # fmt: skip


def _list_choices(codebook: Codebook, lang: str) -> list[tuple[str, ...]]:
    classes, subtypes, yes = _choose(codebook, lang)
    length = max(map(len, (classes, subtypes, yes)))
    padded = [[*one, *[""] * (length - len(one))] for one in (classes, subtypes, yes)]
    return list(zip(*padded, strict=True))


def _choose(codebook: Codebook, lang: str) -> tuple[list[str], list[str], list[str]]:
    """Return what the drop-downs of class, subtype and unsure offer."""
    classes = [call_code(codebook, name, lang) for name in codebook.classes]
    subtypes = [call_code(codebook, code, lang) for code in codebook.codes if "/" in code]
    return classes, subtypes, [YES[lang]]


def _list_guide(facts: SheetFacts) -> list[tuple[str, ...]]:
    shown = {"queue": QUEUE_WORDS.get(facts.queue, {}).get(facts.lang, facts.queue)}
    stated = asdict(facts) | shown
    rows = [(words[facts.lang], str(stated[name])) for name, words in FACT_WORDS.items()]
    guide = [(str(at), line) for at, line in enumerate(GUIDE[facts.lang], 1)]
    blind = [("!", BLIND[facts.lang])] if facts.queue == "audit" else []
    return [*rows, ("", ""), *blind, *guide]


def _list_codebook(codebook: Codebook, lang: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [CODEBOOK_HEADINGS[lang]]
    for one in (*codebook.instruments, codebook.none):
        rows.append(_codebook_row(one.name, one, lang))
        rows += [_codebook_row(join_code(one.name, subtype.name), subtype, lang) for subtype in one.subtypes]
    for title, lines in (
        (QUESTIONS[lang], codebook.decision),
        (RULES[lang], [rule.statement for rule in codebook.rules]),
    ):
        rows += [(), (title,)] if lines else []
        rows += [(str(at), "", "", line) for at, line in enumerate(lines, 1)]
    return rows


def _codebook_row(code: str, one: Instrument | Subtype, lang: str) -> tuple[str, ...]:
    names = (one.label.zh, one.label.en) if lang == "zh" else (one.label.en, one.label.zh)
    lists = [("\n".join(getattr(one, name, ()))) for name in ("includes", "excludes")]
    examples = "\n".join(f"{example.text} → {example.code}" for example in one.examples)
    return (code, *names, one.definition, *lists, examples)


def _clip_end(text: str) -> str:
    return text if len(text) <= _CONTEXT_LENGTH else text[: _CONTEXT_LENGTH - 1] + "…"


def _clip_start(text: str) -> str:
    return text if len(text) <= _CONTEXT_LENGTH else "…" + text[1 - _CONTEXT_LENGTH :]


def clean_cell(text: str) -> str:
    """Return a text as a cell can hold it."""
    clean = UNPRINTABLE.sub("\ufffd", text)
    return clean if len(clean) <= CELL_LENGTH else clean[: CELL_LENGTH - 1] + "…"


def _fill_clauses(sheet: "Worksheet", rows: Sequence[SheetRow], facts: SheetFacts, codebook: Codebook) -> None:
    from openpyxl.utils import get_column_letter

    columns = list_columns(facts)
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[name]
    last = f"{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}"
    _protect(sheet)
    _set_page(sheet)
    _add_choices(sheet, columns, len(rows), codebook, facts.lang)
    cells = _Cells(sheet, columns)
    sheet.append(cells.make_head([HEADINGS[name][facts.lang] for name in columns]))
    for at, row in enumerate(rows, 2):
        written = write_cells(row, facts, codebook)
        sheet.row_dimensions[at].height = _measure_height(written)
        sheet.append(cells.make_row([written[name] for name in columns]))


def _protect(sheet: "Worksheet") -> None:
    """Lock the grey cells without a password; filters, widths and heights stay free."""
    sheet.protection.sheet = True
    for allowed in ("autoFilter", "formatColumns", "formatRows", "sort"):
        setattr(sheet.protection, allowed, False)


def _set_page(sheet: "Worksheet") -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _add_choices(sheet: "Worksheet", columns: Sequence[str], n_rows: int, codebook: Codebook, lang: str) -> None:
    """Add drop-downs that point to the hidden lists: a list within the cell's rule must not be long."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for name, column, choices in zip(_EDITED[:3], "ABC", _choose(codebook, lang), strict=True):
        if not choices or not n_rows:
            continue
        rule = DataValidation(
            type="list", formula1=f"'{LISTS}'!${column}$1:${column}${len(choices)}", allow_blank=True,
            showErrorMessage=False,
        )  # fmt: skip
        letter = get_column_letter(columns.index(name) + 1)
        rule.add(f"{letter}2:{letter}{n_rows + 1}")
        sheet.data_validations.append(rule)


class _Cells:
    """The cells of a row, styled once: a sheet that is written row by row takes them again and again."""

    def __init__(self, sheet: "Worksheet", columns: Sequence[str]) -> None:
        self._sheet = sheet
        self._plain = [self._style(name, quoted=False) for name in columns]
        self._quoted = [self._style(name, quoted=True) for name in columns]

    def make_head(self, words: Sequence[str]) -> list[Any]:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        made = []
        for word in words:
            cell = WriteOnlyCell(self._sheet, word)
            cell.font = Font(name=_FONT, bold=True)
            cell.fill = PatternFill("solid", fgColor=_HEAD)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            made.append(cell)
        return made

    def make_row(self, texts: Sequence[str]) -> list[Any]:
        made = []
        for text, plain, quoted in zip(texts, self._plain, self._quoted, strict=True):
            cell = quoted if text.startswith(_ACTIVE) else plain
            cell.value = None
            if text:
                cell.value = clean_cell(text)
                cell.data_type = "s"
            made.append(cell)
        return made

    def _style(self, name: str, *, quoted: bool) -> Any:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill, Protection

        cell = WriteOnlyCell(self._sheet)
        edited = name in _EDITED
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=name not in KEY_COLUMNS, vertical="top")
        cell.protection = Protection(locked=not edited)
        cell.font = Font(name=_FONT, color=_GREY_TEXT) if name in KEY_COLUMNS else Font(name=_FONT)
        if not edited:
            cell.fill = PatternFill("solid", fgColor=_GREY)
        cell.quotePrefix = quoted
        return cell


def _measure_height(written: dict[str, str]) -> int:
    """Return the height of a row in points that shows its longest text whole, within limits."""
    n_lines = max(
        sum(-(-2 * len(line) // _WIDTHS[name]) or 1 for line in written[name].split("\n"))
        for name in ("before", "text", "after", "heading", "document")
    )
    return _LINE_HEIGHT * min(max(n_lines, 1), _MOST_LINES)


def _fill_plain(sheet: "Worksheet", rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in rows:
        made: list[Any] = []
        for text in row:
            is_active = text.startswith(_ACTIVE)
            if not text or not (widths or is_active):
                made.append(clean_cell(text) or None)
                continue
            cell = WriteOnlyCell(sheet, None)
            cell.value = clean_cell(text)
            cell.data_type = "s"
            if widths:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.quotePrefix = is_active
            made.append(cell)
        sheet.append(made)
