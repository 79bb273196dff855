"""Files that pages hand out."""

from urllib.parse import quote

from starlette.responses import Response

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "application/octet-stream",
    "jsonl": "application/jsonl; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "qdc": "application/xml",
    "tex": "application/x-tex; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""By the ending of a file's name; HTML is saved, never shown as a page of this server."""


def answer_file(data: bytes, name: str) -> Response:
    """Answer with a file to be saved under a name, of the kind that its ending says."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    kind = MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition})
