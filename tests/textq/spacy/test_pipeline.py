"""The door for spaCy users."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc

import textq
import textq.spacy
from textq.errors import ConfigError, LexiconError
from textq.records import Coding, CodingUnit

TEXT = """第一条 市财政安排专项资金，对企业给予补贴。
第二条 支持下列企业：
（一）建设公共海外仓的；
（二）Hello World 2024年。"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return textq.spacy.load("rules")


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


def test_evidence_says_what_was_found(nlp: Language) -> None:
    doc = nlp(TEXT)
    found = {span.text: span._.found for span in doc.spans["evidence"]}

    assert found["海外仓"].startswith("海外仓")


def test_codes_carry_how_sure_they_are(nlp: Language) -> None:
    doc = nlp(TEXT)
    first, stem, *_ = doc.spans["clauses"]

    assert 0 < first._.confidence <= 1
    assert (first._.unsure, stem._.unsure, stem._.confidence) == (False, None, None)


def test_any_coder_can_be_chosen(nlp: Language) -> None:
    assert textq.spacy.load(coder="rules").get_pipe("textq_codes").coder.coder_id.startswith("rules:")
    with pytest.raises(ConfigError, match="no coder 'nothing'"):
        textq.spacy.load(coder="nothing")


def test_words_and_engine_can_be_chosen(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("建设公共海外仓\n", encoding="utf-8")
    nlp = textq.spacy.load("rules", user_words=words, engine="jieba")

    assert "建设公共海外仓" in [token.text for token in nlp(TEXT)]
    with pytest.raises(LexiconError, match="cannot be read"):
        textq.spacy.load("rules", user_words=tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="The word engine must be one of"):
        textq.spacy.load("rules", engine="hanlp")


def test_codebooks_of_other_languages_have_their_tokenizer(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "book"
    shutil.copytree(repository / "lexicons", folder)
    book = folder / "codebook.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("language: zh", "language: en-GB", 1), encoding="utf-8")
    nlp = textq.spacy.load(codebook=folder)

    assert nlp.lang == "en"
    assert [token.text for token in nlp("Article 1 Pay it.")][:2] == ["Article", "1"]
    with pytest.raises(ConfigError, match="User words are for Chinese"):
        textq.spacy.load(codebook=folder, user_words=tmp_path / "words.txt")


def test_a_saved_pipeline_codes_the_same(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("建设公共海外仓\n", encoding="utf-8")
    nlp = textq.spacy.load("rules", user_words=words)
    nlp.to_disk(tmp_path / "saved")
    expected = nlp(TEXT)
    words.unlink()
    doc = spacy.load(tmp_path / "saved")(TEXT)

    assert [token.text for token in doc] == [token.text for token in expected]
    assert [span._.coding for span in doc.spans["clauses"]] == [span._.coding for span in expected.spans["clauses"]]


def test_a_pipeline_can_be_made_from_its_config(nlp: Language) -> None:
    again = spacy.blank("zh").from_config(nlp.config)
    doc = again(TEXT)

    assert again.pipe_names == nlp.pipe_names
    assert again.config["components"]["textq_codes"] == nlp.config["components"]["textq_codes"]
    assert doc.spans["clauses"][2]._.instrument == "demand"


def test_a_pipeline_survives_its_way_through_bytes(nlp: Language) -> None:
    again = spacy.blank("zh").from_config(nlp.config).from_bytes(nlp.to_bytes())

    assert [token.text for token in again(TEXT)] == [token.text for token in nlp(TEXT)]


def test_several_processes_give_the_same(nlp: Language) -> None:
    (one,), (other,) = nlp.pipe([TEXT]), nlp.pipe([TEXT], n_process=2)
    codings = [[span._.coding for span in doc.spans["clauses"]] for doc in (one, other)]

    assert json.dumps(codings[0]) == json.dumps(codings[1])


def test_a_pipeline_of_another_coder_is_refused(tmp_path: Path) -> None:
    textq.spacy.load("rules").to_disk(tmp_path / "saved")
    saved = tmp_path / "saved" / "textq_codes" / "coder.json"
    saved.write_text(json.dumps({"coder": "rules:x@0.1", "codebook": "x@0.1"}))
    with pytest.raises(ConfigError, match=r"was saved with the coder rules:x@0\.1 .*; here it would code by rules:"):
        spacy.load(tmp_path / "saved")


def test_the_title_reaches_the_coder(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = []
    component = textq.spacy.ClauseCoder("rules", None)
    coder = component.coder

    class Listening:
        def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
            titles.extend(unit.title for unit in units)
            return coder.code(units)

    component.coder = Listening()  # type: ignore[assignment]
    with nlp.select_pipes(disable="textq_codes"):
        doc = nlp.make_doc(TEXT)
        doc._.title = "扶持办法"
        component(nlp(doc))

    assert set(titles) == {"扶持办法"}
