"""The door for spaCy users."""

import json

import pytest
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc

import textq
import textq.spacy
from textq.errors import RunError

TEXT = """第一条 市财政安排专项资金，对企业给予补贴。
第二条 支持下列企业：
（一）建设公共海外仓的；
（二）Hello World 2024年。"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return textq.spacy.load()


def test_every_character_is_kept(nlp: Language) -> None:
    text = " 第一条　a  b\n\n\t跨境电商,  2024 年。\n"

    assert nlp(text).text == text


def test_words_are_jiebas_with_our_user_words(nlp: Language) -> None:
    words = [token.text for token in nlp("推动跨境电子商务综合试验区建设海外仓")]

    assert {"跨境电子商务", "综合试验区", "海外仓"} <= set(words)


def test_clauses_are_spans_with_codes(nlp: Language) -> None:
    doc = nlp(TEXT)
    clauses = doc.spans["clauses"]

    assert [span.text for span in clauses] == TEXT.split("\n")
    assert [span._.kind for span in clauses] == ["provision", "stem", "item", "item"]
    assert [span._.instrument for span in clauses][:3] == ["supply", None, "demand"]
    assert clauses[2].label_ == "demand"
    assert clauses[2]._.stem == "第二条 支持下列企业："


def test_evidence_offsets_are_exact_in_the_record(nlp: Language) -> None:
    doc = nlp(TEXT)
    coding = doc.spans["clauses"][2]._.coding

    assert [doc.text[found["start"] : found["end"]] for found in coding["evidence"]][-1] == "海外仓"
    assert "demand/overseas" in {span.label_ for span in doc.spans["evidence"]}


def test_displacy_shows_the_evidence(nlp: Language) -> None:
    page = displacy.render(nlp(TEXT), style="span", options={"spans_key": "evidence"}, jupyter=False)

    assert "海外仓" in page
    assert "demand/overseas" in page


def test_clauses_alone_can_be_had(nlp: Language) -> None:
    with nlp.select_pipes(disable=["textq_codes"]):
        doc = nlp(TEXT)

    assert len(doc.spans["clauses"]) == 4
    assert "evidence" not in doc.spans


def test_a_doc_survives_its_way_through_bytes(nlp: Language) -> None:
    doc = nlp(TEXT)
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())

    assert again.spans["clauses"][2]._.instrument == "demand"
    assert [span.text for span in again.spans["evidence"]] == [span.text for span in doc.spans["evidence"]]


def test_an_empty_text_has_no_clause(nlp: Language) -> None:
    doc = nlp("")

    assert (len(doc), len(doc.spans["clauses"]), len(doc.spans["evidence"])) == (0, 0, 0)


def test_a_document_of_a_run_has_the_codes_of_the_run(nlp: Language, sample_run: textq.Run) -> None:
    doc = textq.spacy.to_spacy(sample_run, "hangzhou-2018-opinions", nlp)
    codings = sample_run.codings[sample_run.codings["clause_id"].str.startswith("hangzhou-2018-opinions#")]
    evidence = [found for row in codings["evidence"] for found in json.loads(row)]

    assert [span._.instrument for span in doc.spans["clauses"] if span._.instrument] == codings["instrument"].tolist()
    assert len(doc.spans["evidence"]) == len(evidence)


def test_an_unknown_document_is_refused(sample_run: textq.Run) -> None:
    with pytest.raises(RunError, match="no text of document 'nothing'"):
        textq.spacy.to_spacy(sample_run, "nothing")
