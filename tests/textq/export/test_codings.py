"""Codings as files: their columns, and that ``textq agree`` can tell whose they are."""

from pathlib import Path

import pytest

from tests.textq.export.coded_clauses import build_coding
from textq.export.codings import save_codings
from textq.ingest.clause_rows import read_rows
from textq.ingest.codings import read_codings
from textq.records import Span

CODINGS = [build_coding("a", "apple", "red", Span(0, 2, "安排")), build_coding("b", "pear", None)]


@pytest.mark.parametrize("name", ["codings.csv", "codings.jsonl"])
def test_who_coded_by_what_is_in_the_file(tmp_path: Path, name: str) -> None:
    save_codings(CODINGS, tmp_path / name)

    rows = [row for _, row in read_rows(tmp_path / name)]
    assert [(row["id"], row["coder_id"], row["codebook"]) for row in rows] == [
        ("a", "rules:x@1", "fruit@1.0"),
        ("b", "rules:x@1", "fruit@1.0"),
    ]
    (coder,) = read_codings([tmp_path / name])
    assert (coder.coder, coder.codes) == ("rules:x@1", {"a": ("apple", "red"), "b": ("pear", None)})
