"""A document of a run as spaCy's: what the run holds, not coded anew."""

import json
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import spacy
from spacy.tokens import Doc

import textq
import textq.spacy
from textq.errors import RunError
from textq.spacy.run_records import find_clauses, find_codings

DOC_ID = "hangzhou-2018-opinions"


@pytest.fixture
def no_coding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        raise AssertionError("coded anew")

    monkeypatch.setattr("textq.spacy.components.code_clauses", refuse)


def test_it_has_the_codes_and_the_evidence_of_the_run(sample_run: textq.Run, no_coding: None) -> None:
    doc = textq.spacy.to_spacy(sample_run, DOC_ID, textq.spacy.load("rules"))
    codings = sample_run.codings[sample_run.codings["clause_id"].str.startswith(f"{DOC_ID}#")]
    evidence = [found for row in codings["evidence"] for found in json.loads(row)]

    assert doc.text == sample_run.read_text(DOC_ID)
    assert [span._.instrument for span in doc.spans["clauses"] if span._.instrument] == codings["instrument"].tolist()
    assert [span._.found for span in doc.spans["evidence"]] == [term for _, _, term in evidence]
    assert doc._.title == sample_run.documents.set_index("doc_id").loc[DOC_ID, "title"]


def test_it_follows_the_run_where_coders_differ_now(sample_run: textq.Run) -> None:
    evidence = '[[0, 3, "it +2.0"]]'
    changed = sample_run.codings.assign(instrument="other", subtype=None, evidence=evidence, context="[]")
    run = SimpleNamespace(
        run_dir=sample_run.run_dir, read_text=sample_run.read_text, documents=sample_run.documents,
        clauses=sample_run.clauses, codings=changed.assign(unsure=True),
    )  # fmt: skip
    doc = textq.spacy.to_spacy(run, DOC_ID)  # type: ignore[arg-type]

    assert {span._.instrument for span in doc.spans["clauses"]} == {"other", None}
    assert {(span.label_, span._.found) for span in doc.spans["evidence"]} == {("other", "it +2.0")}
    assert {span._.unsure for span in doc.spans["clauses"] if span._.coding} == {True}


def test_clauses_are_those_that_were_split(sample_run: textq.Run) -> None:
    text = sample_run.read_text(DOC_ID)
    clauses = find_clauses(sample_run, DOC_ID)

    assert all(text[clause.start : clause.end] == clause.text for clause in clauses)
    assert [clause.ordinal for clause in clauses] == sorted(clause.ordinal for clause in clauses)
    assert any(clause.division for clause in clauses)
    assert {type(clause.page) for clause in clauses} <= {int, type(None)}


def test_other_components_of_a_pipeline_see_the_clauses(sample_run: textq.Run, no_coding: None) -> None:
    nlp = textq.spacy.load("rules")
    seen = []

    @spacy.Language.component("test_listener")
    def listen(doc: Doc) -> Doc:
        seen.append(len(doc.spans["clauses"]))
        return doc

    nlp.add_pipe("test_listener")
    doc = textq.spacy.to_spacy(sample_run, DOC_ID, nlp)

    assert seen == [len(doc.spans["clauses"])] != [0]
    assert nlp.pipe_names == ["textq_clauses", "textq_codes", "test_listener"]


def test_an_unknown_document_is_refused(sample_run: textq.Run) -> None:
    with pytest.raises(RunError, match="no text of document 'nothing'"):
        textq.spacy.to_spacy(sample_run, "nothing")


def test_of_several_coders_one_must_be_named(sample_run: textq.Run) -> None:
    (own,) = sample_run.codings["coder_id"].unique()
    other = sample_run.codings.assign(coder_id="person", instrument="none")
    run: Any = SimpleNamespace(
        run_dir=sample_run.run_dir, clauses=sample_run.clauses, codings=pd.concat([sample_run.codings, other])
    )

    with pytest.raises(RunError, match=f"Name one: {own}, person"):
        find_codings(run, DOC_ID)
    with pytest.raises(RunError, match="has no codings of 'nobody'"):
        find_codings(run, DOC_ID, "nobody")
    assert {coding.instrument for coding in find_codings(run, DOC_ID, "person").values()} == {"none"}
    assert find_codings(run, DOC_ID, own) == find_codings(sample_run, DOC_ID)
