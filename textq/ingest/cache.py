"""Texts already read, by the hash of the file and of the code: a run that was interrupted goes on where it was."""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from textq.atomic import replace_file
from textq.ingest.extract import Extract, ReadSpec
from textq.records import Attachment, PrintedLine, Span


@dataclass(frozen=True, slots=True)
class ExtractCache:
    """One JSON file an extract, below ``folder``; ``code`` names the version of the readers."""

    folder: Path
    code: str

    def make_key(self, sha256: str, ending: str, spec: ReadSpec, charset: str = "") -> str:
        """Return the key of a file's extract."""
        recipe = [sha256, ending.lower(), self.code, charset, asdict(spec)]
        return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()

    def get(self, key: str) -> Extract | None:
        """Return the stored extract; None if there is none, or it was damaged, which then is made anew."""
        path = self._locate(key)
        if not path.is_file():
            return None
        try:
            return _load(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError):
            path.unlink()
            return None

    def put(self, key: str, extract: Extract) -> None:
        """Store an extract; another thread or process that stores the same one does no harm."""
        path = self._locate(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as stream:
            stream.write(json.dumps(_dump(extract), ensure_ascii=False))

    def _locate(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _dump(extract: Extract) -> dict[str, Any]:
    return {
        "text": extract.text,
        "fields": dict(extract.fields),
        "notes": list(extract.notes),
        "pages": [astuple(page) for page in extract.pages],
        "footnotes": [astuple(footnote) for footnote in extract.footnotes],
        "attachments": [astuple(attachment) for attachment in extract.attachments],
        "lines": [astuple(line) for line in extract.lines],
    }


def _load(stored: dict[str, Any]) -> Extract:
    return Extract(
        text=stored["text"],
        fields=stored["fields"],
        notes=tuple(stored["notes"]),
        pages=tuple(Span(*page) for page in stored["pages"]),
        footnotes=tuple(Span(*footnote) for footnote in stored["footnotes"]),
        attachments=tuple(Attachment(*attachment) for attachment in stored["attachments"]),
        lines=tuple(_load_line(*line) for line in stored["lines"]),
    )


def _load_line(
    start: int, page: int, top: float, bottom: float, lefts: list[float], rights: list[float], confidence: float | None
) -> PrintedLine:
    return PrintedLine(start, page, top, bottom, tuple(lefts), tuple(rights), confidence)
