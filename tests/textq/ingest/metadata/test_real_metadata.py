"""Metadata of real texts, which are not part of the repository: customs documents and regulations."""

import gzip
import json
from pathlib import Path

import pytest

from textq.ingest.extract import Extract
from textq.ingest.metadata.read import Metadata, read_metadata
from textq.ingest.normalize import normalize_text
from textq.lexicon.places import builtin_gazetteer

Found = list[tuple[dict[str, str], Metadata]]


@pytest.fixture(scope="module")
def customs(shared: Path) -> Found:
    """280 customs documents whose line breaks are lost, with what is true of each."""
    lines = (shared / "data/policy/customs_announcements.jsonl").read_text(encoding="utf-8").splitlines()
    return [(truth := json.loads(line), read_text(truth["content"])) for line in lines]


@pytest.fixture(scope="module")
def laws(shared: Path) -> Found:
    """Every tenth of 2,033 regulations, as plain text."""
    with gzip.open(shared / "data/policy/laws.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in list(file)[::10]]
    return [(row, read_text(row["text"].replace("<!-- INFO END -->", "").replace("#", ""))) for row in rows]


def read_text(text: str) -> Metadata:
    return read_metadata(Extract(normalize_text(text)), builtin_gazetteer())


def test_authorities_and_days_of_customs_documents(customs: Found) -> None:
    n_issuers = sum(set(found.issuers) == set(truth["issuing_authority"].split()) for truth, found in customs)
    n_days = sum(str(found.issued_on) == truth["issue_date"] for truth, found in customs)
    assert len(customs) == 280
    assert (n_issuers / 280, n_days / 280) >= (0.99, 0.98)


def test_no_number_is_guessed_and_an_order_is_found_only_where_it_is_told(customs: Found) -> None:
    assert {found.doc_number for _, found in customs} == {None}
    for truth, found in customs:
        told = truth["content"].startswith("（") and "令第" in truth["content"][:40]
        assert bool(found.promulgated_by) == told
        if found.promulgated_by:
            assert found.promulgated_by.rpartition("第")[2] == truth["announcement_number"].rpartition("〕")[2]


def test_no_day_of_publication_is_guessed(customs: Found, laws: Found) -> None:
    assert {found.published_on for _, found in (*customs, *laws)} == {None}


def test_regulations_have_sensible_values(laws: Found) -> None:
    for truth, found in laws:
        assert found.title.replace(" ", "") == "".join(truth["title"].split())
        assert found.doc_type
        assert all(len(name) <= 24 and "关于" not in name for name in found.issuers)
        assert found.issued_on is None or 1949 <= found.issued_on.year <= 2026


def test_regulations_that_tell_their_adoption_raise_no_doubt(laws: Found) -> None:
    told = [found for truth, found in laws if "通过" in truth["text"].partition("<!-- INFO END -->")[0]]
    assert len(told) > 100
    assert sum(bool(found.doubts) for found in told) <= 0.02 * len(told)
