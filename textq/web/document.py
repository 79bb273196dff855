"""A document as it was read: its text cut into clauses, the codes that may be seen, and its pages."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textq.store.corpus import find_document, list_document
from textq.store.rows import StoredClause
from textq.store.search import FoundClause, Query, search
from textq.store.store import Store
from textq.web.browse import BrowseRow, view_row, withhold
from textq.web.card_view import name_places
from textq.web.page_image import count_pages, locate_original
from textq.web.templating import render
from textq.web.unveiling import note_rows

LIST_BREAK = ";"
"""Between the entries of a list in a table."""


@dataclass(frozen=True, slots=True)
class NearDocument:
    """Another document of nearly the same text; ``percent`` is how similar they are."""

    doc_id: str
    title: str
    percent: int


@dataclass(frozen=True, slots=True)
class Block:
    """A clause in its document, or text that stands between clauses.

    ``row`` holds the codes of a clause that can be coded, None for headings and the like; ``page`` is the number of
    the page that begins with this block, None elsewhere; ``on_page`` of the page it stands on; ``key`` is ``""``
    between clauses.
    """

    key: str
    kind: str
    text: str
    page: int | None
    on_page: int | None
    row: BrowseRow | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """All that is shown of a document.

    ``pages`` are the numbers of its pages; ``reason`` says why they have no images, ``""`` where they have.
    """

    doc_id: str
    title: str
    issuers: str
    doc_number: str
    issued_on: str
    published_on: str
    places: str
    url: str
    path: str
    blocks: tuple[Block, ...]
    n_coded: int
    n_hidden: int
    pages: tuple[int, ...]
    reason: str
    near: tuple[NearDocument, ...]


def show_document(request: Request) -> Response:
    """Answer ``/doc/{doc_id}``."""
    study, me, lang = request.state.study, request.state.coder, request.state.lang
    document = find_document(study.store, request.path_params["doc_id"])
    if document is None:
        raise HTTPException(404)
    clauses = list_document(study.store, document.doc_id)
    found = search(study.store, Query(doc_id=document.doc_id, limit=max(len(clauses), 1)), hidden_for=me)
    shown = [withhold(study.store, row, me) for row in found.rows]
    note_rows(study.store, me, shown)
    rows = {row.clause.key: view_row(_drop_text(row), "", 1, study.codebook, lang, me) for row in shown}
    n_pages = count_pages(clauses)
    context = DocumentPage(
        doc_id=document.doc_id,
        title=document.title or document.doc_id,
        issuers=document.issuers.replace(LIST_BREAK, "、"),
        doc_number=document.doc_number,
        issued_on=document.issued_on,
        published_on=document.published_on,
        places=name_places(document.units),
        url=document.url,
        path=document.path,
        blocks=tuple(cut_blocks(clauses, _read_text(study.run_dir, document.doc_id), rows)),
        n_coded=len(rows),
        n_hidden=sum(row.is_hidden for row in rows.values()),
        pages=tuple(range(1, n_pages + 1)),
        reason=locate_original(study, document).reason if n_pages else "",
        near=_list_near(study.store, study.run_dir, document.doc_id),
    )
    return render(request, "document.html", context)


def _drop_text(row: FoundClause) -> FoundClause:
    """Return a row without its text, which the block of the document has."""
    return replace(row, clause=replace(row.clause, text=""))


def cut_blocks(clauses: Sequence[StoredClause], text: str, rows: Mapping[str, BrowseRow]) -> list[Block]:
    """Return the clauses of a document with the text that stands between them, in order.

    Parameters
    ----------
    clauses
        All of the document, in its order.
    text
        The text that their offsets count; ``""`` where it is not there: then nothing stands between them.
    rows
        The codes, by the key of the clause.
    """
    blocks: list[Block] = []
    at, page = 0, None
    for clause in clauses:
        between = text[at : clause.start].strip()
        if between:
            blocks.append(Block("", "between", between, None, None, None))
        begins = clause.page if clause.page != page else None
        page = clause.page
        blocks.append(Block(clause.key, clause.kind, clause.text, begins, clause.page, rows.get(clause.key)))
        at = max(at, clause.end)
    rest = text[at:].strip()
    return [*blocks, Block("", "between", rest, None, None, None)] if rest else blocks


def _read_text(run_dir: Path, doc_id: str) -> str:
    path = run_dir / "text" / f"{doc_id}.txt"
    return path.read_bytes().decode("utf-8") if path.is_file() else ""


def _list_near(store: Store, run_dir: Path, doc_id: str) -> tuple[NearDocument, ...]:
    """Return the documents of nearly the same text, the most similar first."""
    shown = []
    for other, similarity in _read_near(run_dir).get(doc_id, ()):
        document = find_document(store, other)
        if document is not None:
            shown.append(NearDocument(other, document.title or other, round(100 * similarity)))
    return tuple(shown)


@lru_cache(maxsize=4)
def _read_near(run_dir: Path) -> Mapping[str, Sequence[tuple[str, float]]]:
    """Return which documents of a run nearly repeat which, both ways, with their similarity in [0, 1]."""
    path = run_dir / "documents.csv"
    if not path.is_file():
        return {}
    near: dict[str, list[tuple[str, float]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for named in filter(None, (row.get("near_duplicates") or "").split(LIST_BREAK)):
                other, _, similarity = named.rpartition(":")
                near.setdefault(row["doc_id"], []).append((other, float(similarity)))
                near.setdefault(other, []).append((row["doc_id"], float(similarity)))
    return {doc_id: sorted(others, key=lambda pair: -pair[1]) for doc_id, others in near.items()}


ROUTES = (Route("/doc/{doc_id:path}", show_document),)
