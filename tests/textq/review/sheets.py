"""Made rows of workbooks, and how a person fills them in."""

import io
from collections.abc import Mapping
from dataclasses import replace

import openpyxl

from textq.lexicon.read import builtin_codebook
from textq.review.answers import Answer, SheetFacts, SheetRow
from textq.review.changes import Standing
from textq.review.workbook import build_workbook

BOOK = builtin_codebook()
FACTS = SheetFacts(run_id="made", codebook=BOOK.edition, queue="fix", coder="anna", lang="zh", version="1")
TEXTS = (
    "=1+1 的条款",
    "+86 电话",
    "-减免税费",
    "@企业",
    "\t缩进",
    "支持人才引进。\n第二行",
    "1.50",
    "2016年3月",
    "建设产业园区",
)


def make_rows(n: int = 9, **changed: object) -> list[SheetRow]:
    rows = [
        SheetRow(
            key=f"{at:016x}",
            clause_id=f"doc#{at}",
            clause_sha256=f"{at:064x}",
            document="关于促进的意见",
            heading="一、总则",
            before="前文",
            text=TEXTS[at % len(TEXTS)],
            after="后文",
            page=at,
        )
        for at in range(n)
    ]
    return [replace(row, **changed) for row in rows]  # type: ignore[arg-type]


def make_standing(rows: list[SheetRow], answers: Mapping[str, Answer] | None = None) -> dict[str, Standing]:
    said = answers or {}
    return {
        row.key: Standing(row.clause_sha256, row.clause_id, row.text, said.get(row.key, row.answer), row.stands)
        for row in rows
    }


def fill(data: bytes, cells: Mapping[str, object]) -> bytes:
    """Return a workbook with some cells of its first sheet filled in."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for name, value in cells.items():
        book.worksheets[0][name] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def build(rows: list[SheetRow], **facts: object) -> bytes:
    return build_workbook(rows, replace(FACTS, **facts), BOOK)  # type: ignore[arg-type]
