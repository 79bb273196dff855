"""Texts already read, by the hash of the file and of the code: a run that was interrupted goes on where it was."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from textq.ingest.extract import Extract
from textq.records import Span


@dataclass(frozen=True, slots=True)
class ExtractCache:
    """One JSON file an extract, below ``folder``; ``code`` names the version of the readers."""

    folder: Path
    code: str

    def make_key(self, sha256: str, ending: str) -> str:
        """Return the key of a file's extract."""
        return hashlib.sha256(f"{sha256} {ending.lower()} {self.code}".encode()).hexdigest()

    def get(self, key: str) -> Extract | None:
        """Return the stored extract, or None."""
        path = self._locate(key)
        if not path.is_file():
            return None
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Extract(stored["text"], tuple(Span(*page) for page in stored["pages"]), stored["fields"])

    def put(self, key: str, extract: Extract) -> None:
        """Store an extract; another process that stores the same one does no harm."""
        path = self._locate(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        pages = [(page.start, page.end, page.label) for page in extract.pages]
        stored = {"text": extract.text, "pages": pages, "fields": dict(extract.fields)}
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
        partial.replace(path)

    def _locate(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
