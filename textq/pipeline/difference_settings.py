"""In what two runs differ before anything is computed: code, lists, coder, parameters, files read."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

_PARTS = (
    "code", "econ", "lists", "codebook", "lexicon", "coder", "coder_sha256", "parameters", "settings", "scores_run",
    "readers", "versions", "stated", "inputs",
)  # fmt: skip
"""What of ``run.json`` says how a run came about."""


def compare_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    """Return what differs between the ``run.json`` of two runs: name, before, after; missing where one has it not.

    Names lead to the value: ``parameters.sharing``; ``inputs.<path>`` is the hash of a file that was read.
    """
    first, second = (dict(_list_settings(meta)) for meta in (before, after))
    names = list(dict.fromkeys([*first, *second]))
    rows = [(name, first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)]
    return pd.DataFrame(rows, columns=["name", "before", "after"], dtype="object")


def _list_settings(meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in _PARTS:
        if part == "inputs" and isinstance(meta.get(part), list):
            yield from ((f"inputs.{file['path']}", str(file["sha256"])) for file in meta[part])
        elif part in meta:
            yield from _flatten(part, meta[part])


def _flatten(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flatten(f"{name}.{key}", one)
    elif value is not None:
        yield name, str(value)
