"""The files of the look: kept in memory, addressed by their content, so that a browser keeps them for good."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

_FOLDER = Path(__file__).with_name("static")
_KINDS: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file: its bytes, what kind of file it is, and the first digits of its hash."""

    data: bytes
    kind: str
    mark: str


def locate_static(name: str) -> str:
    """Return the address of a static file."""
    return f"/static/{name}?v={_read_files()[name].mark}"


@cache
def _read_files() -> Mapping[str, StaticFile]:
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _KINDS:
            data = path.read_bytes()
            mark = hashlib.sha256(data).hexdigest()[:12]
            found[path.relative_to(_FOLDER).as_posix()] = StaticFile(data, _KINDS[path.suffix], mark)
    return found


async def show_static(request: "Request") -> Response:
    """Answer with a file; to be kept where its address has the mark of its content."""
    file = _read_files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    is_marked = request.query_params.get("v") == file.mark
    kept = "public, max-age=31536000, immutable" if is_marked else "no-cache"
    return Response(file.data, media_type=file.kind, headers={"Cache-Control": kept})


ROUTES = (Route("/static/{name:path}", show_static),)
