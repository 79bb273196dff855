"""Pages of a PDF as images, with the box of a clause; or, where there are none, their text and why."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from textq.errors import ReadError
from textq.export.run_folder import read_meta
from textq.store.corpus import find_clause, find_document, list_document
from textq.store.rows import StoredClause, StoredDocument
from textq.web.page_image_draw import draw_page, find_boxes
from textq.web.page_image_file import Original, find_original
from textq.web.templating import render
from textq.web.words_file import bind_language

if TYPE_CHECKING:
    from textq.pipeline.review_open import ReviewStudy

_DPI = {"": 130, "small": 45}
"""Resolution by the size that is asked for."""

_MOST_BYTES = 32 * 2**20
"""Bytes of images that are kept."""

_drawing = threading.Lock()
"""Held while a page is drawn: the library behind it serves one thread at a time."""


class _Images:
    """The images drawn last, up to :data:`_MOST_BYTES` in all."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def find(self, name: tuple[Any, ...]) -> bytes | None:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def keep(self, name: tuple[Any, ...], image: bytes) -> None:
        with self._lock:
            if name in self._kept:
                return
            self._kept[name] = image
            self._size += len(image)
            while self._size > _MOST_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1])


_images = _Images()


@dataclass(frozen=True, slots=True)
class PagePage:
    """A page of a document: its image, or its text and why there is no image.

    ``image`` is the address of the image, ``""`` where ``reason`` says why there is none; ``clause`` is the key of the
    clause that is marked.
    """

    doc_id: str
    title: str
    page: int
    n_pages: int
    image: str
    reason: str
    clauses: tuple[tuple[str, str, bool], ...]
    clause: str


def show_page(request: Request) -> Response:
    """Answer ``/page/{doc_id}/{page}``: the page with its neighbours, for reading."""
    study, document = _find_document(request)
    page, clause = request.path_params["page"], _find_marked(request, document)
    original = locate_original(study, document)
    clauses = list_document(study.store, document.doc_id)
    n_pages = count_pages(clauses)
    if not 1 <= page <= n_pages:
        raise HTTPException(404)
    query = f"?clause={clause.key}" if clause else ""
    context = PagePage(
        doc_id=document.doc_id,
        title=document.title or document.doc_id,
        page=page,
        n_pages=n_pages,
        image="" if original.reason else f"{page}.png{query}",
        reason=original.reason,
        clauses=tuple(
            (one.key, one.text, clause is not None and one.key == clause.key) for one in clauses if one.page == page
        ),
        clause=clause.key if clause else "",
    )
    return render(request, "page.html", context)


def send_image(request: Request) -> Response:
    """Answer ``/page/{doc_id}/{page}.png``; ``?clause=KEY`` marks a clause, ``?size=small`` gives a small one."""
    study, document = _find_document(request)
    size = request.query_params.get("size", "")
    if size not in _DPI:
        raise HTTPException(404)
    original = locate_original(study, document)
    if original.file is None:
        say = bind_language(request.state.lang)
        return PlainTextResponse(say(f"page.reason_{original.reason}", path=document.path), 404)
    image = _draw(study.run_dir, document, original, request.path_params["page"], size, _find_marked(request, document))
    return Response(image, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _find_document(request: Request) -> tuple["ReviewStudy", StoredDocument]:
    study: ReviewStudy = request.state.study
    document = find_document(study.store, request.path_params["doc_id"])
    if document is None:
        raise HTTPException(404)
    return study, document


def _find_marked(request: Request, document: StoredDocument) -> StoredClause | None:
    """Return the clause of the document that is to be marked."""
    key = request.query_params.get("clause", "")
    clause = find_clause(request.state.study.store, key) if key else None
    return clause if clause is not None and clause.doc_id == document.doc_id else None


def count_pages(clauses: list[StoredClause]) -> int:
    """Return the last page that a clause stands on, 0 where the document has no pages."""
    return max((one.page for one in clauses if one.page is not None), default=0)


def locate_original(study: "ReviewStudy", document: StoredDocument) -> Original:
    """Return the file of a document, or why its pages cannot be shown."""
    return find_original(_read_meta(study.run_dir), document.path, document.sha256)


@lru_cache(maxsize=4)
def _read_meta(run_dir: Path) -> dict[str, Any]:
    return dict(read_meta(run_dir))


def _draw(
    run_dir: Path, document: StoredDocument, original: Original, page: int, size: str, clause: StoredClause | None
) -> bytes:
    from textq.ingest.ocr.render import render_pages

    name = (document.sha256, page, size, clause and clause.key)
    found = _images.find(name)
    if found is not None:
        return found
    boxes = []
    if clause is not None:
        lines = find_boxes(run_dir, document.doc_id, clause.start, clause.end)
        boxes = [box for number, box in lines if number == page]
    with _drawing:
        found = _images.find(name)
        if found is not None:
            return found
        try:
            assert original.file is not None
            (image,) = render_pages(original.file.read_bytes(), [page], _DPI[size])
        except (OSError, ReadError) as error:
            raise HTTPException(404, str(error)) from error
    drawn = draw_page(image.grey, image.scale, boxes)
    _images.keep(name, drawn)
    return drawn


ROUTES = (
    Route("/page/{doc_id:path}/{page:int}.png", send_image),
    Route("/page/{doc_id:path}/{page:int}", show_page),
)
