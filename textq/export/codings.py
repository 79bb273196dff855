"""Codings → JSON Lines or CSV, for clauses that a user cut."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from textq.atomic import replace_file
from textq.errors import ClauseFileError
from textq.records import Coding

_FIELDS = ("id", "instrument", "subtype", "secondary", "confidence", "unsure", "evidence", "coder_id", "codebook")


def write_codings(codings: Iterable[Coding], stream: TextIO, ending: str) -> None:
    """Write codings to an open stream as JSON Lines or CSV, by ``ending`` (".jsonl", ".csv").

    Raises
    ------
    ClauseFileError
        If ``ending`` is another one.
    """
    check_ending(ending)
    _WRITERS[ending.lower()](codings, stream)


def save_codings(codings: Iterable[Coding], path: Path) -> None:
    """Write codings to a file in the format that its ending names; what stood there is kept until all is written."""
    check_ending(path.suffix)
    encoding = "utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8"
    with replace_file(path, encoding=encoding, newline="") as stream:
        write_codings(codings, stream, path.suffix)


def check_ending(ending: str) -> None:
    """Refuse an ending of files to which no codings are written.

    Raises
    ------
    ClauseFileError
        If it is neither ".jsonl" nor ".csv".
    """
    if ending.lower() not in _WRITERS:
        raise ClauseFileError(f"{ending or 'no ending'}: codings are written to {' or '.join(_WRITERS)}. Change --out.")


def _write_jsonl(codings: Iterable[Coding], stream: TextIO) -> None:
    for coding in codings:
        stream.write(json.dumps(_to_row(coding), ensure_ascii=False) + "\n")


def _write_csv(codings: Iterable[Coding], stream: TextIO) -> None:
    writer = csv.DictWriter(stream, _FIELDS, lineterminator="\n")
    writer.writeheader()
    for coding in codings:
        row = _to_row(coding)
        writer.writerow({**row, "evidence": json.dumps(row["evidence"], ensure_ascii=False)})


def _to_row(coding: Coding) -> dict[str, Any]:
    return {
        "id": coding.clause_id,
        "instrument": coding.instrument,
        "subtype": coding.subtype,
        "secondary": coding.secondary,
        "confidence": coding.confidence,
        "unsure": coding.unsure,
        "evidence": [[span.start, span.end, span.label] for span in coding.evidence],
        "coder_id": coding.coder_id,
        "codebook": coding.codebook_version,
    }


_WRITERS: Mapping[str, Callable[[Iterable[Coding], TextIO], None]] = {".jsonl": _write_jsonl, ".csv": _write_csv}
