"""Real files, which are not part of the repository."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from textq.ingest.metadata.read import Metadata, read_metadata
from textq.ingest.read import read_file
from textq.lexicon.places import builtin_gazetteer


def test_a_pdf_and_a_word_file_of_one_document_have_the_same_text(shared: Path):
    folder = shared / "data/policy/originals"
    pdf, word = (read_file(path.read_bytes(), path.name).text for path in sorted(folder.glob("*"), reverse=True))
    assert pdf == word
    assert (len(pdf.split("\n")), len(pdf.replace("\n", ""))) == (37, 7684)


@pytest.fixture(scope="module")
def pages(shared: Path) -> list[tuple[dict[str, str], Metadata, Metadata]]:
    """Truth, metadata with the page's table, and metadata from the text alone of each page."""
    folder = shared / "data/policy/govcn_html"
    found = []
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        extract = read_file((folder / truth["file"]).read_bytes(), truth["file"])
        alone = replace(extract, fields={})
        found.append((truth, *(read_metadata(one, builtin_gazetteer()) for one in (extract, alone))))
    return found


def compare(truth: dict[str, str], found: Metadata) -> dict[str, bool]:
    return {
        "title": found.title.replace(" ", "") == "".join(truth["title"].split()),
        "issuers": set(found.issuers) == set(truth["issuer"].replace("、", " ").split()),
        "doc_number": (found.doc_number or "") == (truth["doc_number"] or ""),
        "issued_on": str(found.issued_on) == truth["issued_on"],
        "published_on": str(found.published_on) == truth["published_on"],
    }


def test_the_table_of_a_page_gives_all_metadata(pages):
    wrong = [
        (truth["file"], name) for truth, found, _ in pages for name, right in compare(truth, found).items() if not right
    ]
    assert (wrong, len(pages)) == ([], 31)


@pytest.mark.parametrize(("field", "least"), [("title", 30), ("issuers", 30), ("doc_number", 29), ("issued_on", 29)])
def test_the_text_of_a_page_alone_gives_nearly_all(pages, field, least):
    right = Counter(name for truth, _, alone in pages for name, good in compare(truth, alone).items() if good)
    assert right[field] >= least
