"""The documents of ``corpus/`` are what their sources say, and are read back whole."""

import csv
import hashlib
from collections import Counter

import pytest

from tests.corpus import render
from textq.ingest.extract import Extract
from textq.ingest.metadata.read import read_metadata
from textq.ingest.normalize import normalize_line, normalize_text
from textq.ingest.read import read_file
from textq.lexicon.places import builtin_gazetteer
from textq.records import CELL_BREAK

CORPUS = render.ROOT / "corpus"
SOURCES = {source.head["id"]: source for source in render.read_sources()}
each_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


def read_rows() -> list[dict[str, str]]:
    with (CORPUS / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(source) -> Extract:
    path = CORPUS / source.file
    return read_file(path.read_bytes(), path.name)


def write(source) -> list[str]:
    """Return the lines of a source as they should be read."""
    lines = (
        CELL_BREAK.join(map(normalize_line, render.cells_of(line))) or normalize_line(line) for line in source.lines
    )
    return [line for line in lines if line]


@each_source
def test_every_document_is_read_back_whole(source):
    assert "".join(read(source).text.split()) == "".join("".join(write(source)).split())


@each_source
def test_every_paragraph_is_read_back_as_one_line(source):
    lines = write(source)
    body = next(at for at, line in enumerate(lines) if line.endswith("：") or "。" in line)
    assert "\n".join(lines[body:]) in read(source).text


@each_source
def test_the_rules_find_what_the_source_states(source):
    found = read_metadata(read(source), builtin_gazetteer())
    head = {name: value for name, value in source.head.items() if name not in {"id", "format"}}
    read_back = {
        "title": found.title,
        "doc_number": found.doc_number or "",
        "issuers": ";".join(found.issuers),
        "units": ";".join(found.units),
        "level": found.level,
        "doc_type": found.doc_type,
        **{name: str(getattr(found, name) or "") for name in ("issued_on", "effective_on", "repealed_on")},
        "published_on": str(found.published_on) if found.published_on else head["published_on"],
    }
    assert {name: value for name, value in read_back.items() if value != head.get(name, "")} == {}


def test_the_manifest_lists_every_document_with_its_hash():
    rows = {row["file"]: row for row in read_rows()}
    files = {f"documents/{path.name}": path for path in (CORPUS / "documents").iterdir()}
    assert rows.keys() == files.keys()
    assert {
        name for name, path in files.items() if hashlib.sha256(path.read_bytes()).hexdigest() != rows[name]["sha256"]
    } == set()


def test_the_manifest_says_what_the_sources_say():
    for row in read_rows():
        head = SOURCES[row["id"]].head
        assert {name: row[name] for name in head.keys() & row.keys() - {"units"}} == {
            name: head[name] for name in head.keys() & row.keys() - {"units"}
        }
        assert row["units"] == (head.get("units") or "-")


def test_ids_are_unique_and_name_the_sources():
    ids = [row["id"] for row in read_rows()]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {path.stem for path in render.SOURCES.glob("*.txt")}


def test_the_corpus_is_large_and_mixed_enough():
    rows = read_rows()
    units = {unit for row in rows for unit in row["units"].split(";")} - {"-"}
    assert len(rows) >= 40
    assert set(Counter(row["file"].rpartition(".")[2] for row in rows)) == {"txt", "html", "docx", "pdf"}
    assert len(units) >= 24
    assert len({row["issued_on"][:4] for row in rows}) >= 6


def test_two_thirds_are_short():
    lengths = [len("".join(write(source))) for source in SOURCES.values()]
    assert sum(length < 1500 for length in lengths) >= 2 / 3 * len(lengths)


@each_source
def test_every_document_says_that_it_is_none(source):
    assert any("演示文本" in line for line in read(source).text.split("\n"))


def test_no_two_documents_are_equal():
    texts = Counter(normalize_text("\n".join(source.lines)) for source in SOURCES.values())
    assert max(texts.values()) == 1
