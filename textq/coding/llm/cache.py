"""Answers by the content of the question: what was paid for once is not asked again."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from textq.atomic import replace_file
from textq.coding.llm.prompt import PROMPT_VERSION, build_instructions, show_material
from textq.coding.llm.spec import LlmSpec
from textq.lexicon.codebook import Codebook
from textq.notation.controls import mend_half_characters
from textq.records import CodingUnit

_SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer that passed all checks, as the model wrote it.

    ``model`` and ``fingerprint`` are what the server says it ran, "" if it says nothing; ``form`` how the form of the
    answer was enforced.
    """

    written: Mapping[str, Any]
    model: str = ""
    fingerprint: str = ""
    form: str = ""


def hash_basis(spec: LlmSpec, codebook: Codebook) -> str:
    """Return the SHA-256 of all that could change an answer besides the clause; the API key is not in it."""
    recipe = [
        _SCHEMA_VERSION,
        spec.model,
        spec.endpoint.url,
        PROMPT_VERSION,
        asdict(codebook),
        build_instructions(codebook),
        spec.list_parameters(1),
        spec.batch,
    ]
    return hashlib.sha256(_dump(recipe).encode()).hexdigest()


def hash_question(basis: str, codebook: Codebook, unit: CodingUnit) -> str:
    """Return the key of the answer for a clause: of ``basis`` and of what a model is told of the clause, not its id."""
    return hashlib.sha256(f"{basis}\n{show_material(codebook, [unit])}".encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """One JSON file an answer, below ``folder``. ``on_note`` is told of answers that were damaged."""

    def __init__(self, folder: Path, on_note: Callable[[str], None] = lambda _: None) -> None:
        self._folder = folder
        self._on_note = on_note

    def get(self, key: str) -> StoredAnswer | None:
        """Return the stored answer; None if there is none, or it was damaged and is removed."""
        path = self._locate(key)
        if path.is_dir():
            self._on_note(f"{path}: here is a folder, so the answer is asked for and not kept. Remove it.")
            return None
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return _load(data, key)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            path.unlink(missing_ok=True)
            self._on_note(f"{path.name}: this stored answer is damaged, so the clause is asked again.")
            return None

    def put(self, key: str, stored: StoredAnswer) -> None:
        """Store an answer in one step; another thread or process that stores the same one does no harm.

        Where a folder has the name of the file, nothing is stored; :meth:`get` says so.
        """
        path = self._locate(key)
        if path.is_dir():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        payload = {"schema_version": _SCHEMA_VERSION, "key": key, **asdict(stored)}
        with replace_file(path) as stream:
            stream.write(_dump({**payload, "sha256": _hash(payload)}) + "\n")

    def _locate(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def _load(data: bytes, key: str) -> StoredAnswer:
    payload = json.loads(data.decode("utf-8"))
    if payload.pop("sha256") != _hash(payload) or payload["key"] != key:
        raise ValueError("the sum does not fit")
    if not isinstance(payload["written"], dict):
        raise TypeError("the answer is no object")
    said = (mend_half_characters(payload[name]) for name in ("model", "fingerprint", "form"))
    return StoredAnswer(payload["written"], *said)


def _hash(payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dump(payload).encode()).hexdigest()


def _dump(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return JSON in ASCII, always the same for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
