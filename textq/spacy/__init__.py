"""The door for spaCy users: a pipeline whose components add clauses and codes. The only door to spaCy.

>>> import textq.spacy
>>> nlp = textq.spacy.load(coder="rules")
>>> doc = nlp("第一条 市财政每年安排专项资金，用于建设公共海外仓。")
>>> doc.spans["clauses"][0]._.instrument
'supply'

A pipeline saved with ``nlp.to_disk(folder)`` is read by ``spacy.load(folder)`` once ``textq.spacy`` is imported.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from textq.coding.coders import find_coder
from textq.errors import ConfigError
from textq.segment.words import EngineChoice, load_cutter
from textq.spacy.components import ClauseCoder, add_clauses
from textq.spacy.run_records import find_clauses, find_codings, find_title
from textq.spacy.spans import CLAUSES, EVIDENCE, set_codings
from textq.spacy.tokenizer import NAME, WordTokenizer

if TYPE_CHECKING:
    from textq.run import Run

__all__ = ["CLAUSES", "EVIDENCE", "ClauseCoder", "WordTokenizer", "add_clauses", "load", "to_spacy"]

_COMPONENTS = ("textq_clauses", "textq_codes")


def load(
    coder: str | None = None,
    codebook: str | Path | None = None,
    *,
    user_words: str | Path | None = None,
    engine: EngineChoice = "auto",
    sample: Iterable[str] = (),
) -> Language:
    """Return a spaCy ``Language`` with the components textq_clauses and textq_codes.

    ``doc.spans["clauses"]`` holds the clauses and ``doc.spans["evidence"]`` the words that decided (for displaCy: style
    "span", options ``{"spans_key": "evidence"}``), labelled with the code; ``span._.found`` is what was found there.
    Spans of clauses carry ``span._.clause`` and ``span._.coding``, the records as dicts, whose offsets are exact where
    tokens are not, and ``instrument``, ``subtype``, ``secondary``, ``confidence``, ``unsure``, ``kind``, ``heading``
    and ``stem`` (None where there is none). A coder sees ``doc._.title`` if it is set before the components run: on
    ``nlp.make_doc(text)``, which ``nlp`` then takes.

    Parameters
    ----------
    coder
        "rules", the name of a trained coder, its folder, or the file of several; the default is that of
        ``textq score``.
    codebook
        The folder of another codebook with its lexicon; the default is what comes with textq.
    user_words, engine, sample
        Words to keep whole, what cuts words, and texts of the study by which it is chosen, as in
        :func:`textq.segment.words.load_cutter`, for Chinese codebooks; others have spaCy's tokenizer of their
        language.

    Raises
    ------
    ConfigError, LexiconError
        If there is no such coder, or a list or a setting cannot be used.
    """
    settings = {"coder": coder, "codebook": str(codebook) if codebook is not None else None}
    language = find_coder(coder, Path(codebook) if codebook is not None else None).codebook.language.partition("-")[0]
    nlp = _load_blank(language, str(user_words) if user_words is not None else None, engine, sample)
    nlp.add_pipe("textq_clauses")
    nlp.add_pipe("textq_codes", config=settings)
    return nlp


def to_spacy(run: "Run", doc_id: str, nlp: Language | None = None, *, coder_id: str | None = None) -> Doc:
    """Return a document of a run as a spaCy ``Doc`` with the clauses and the codes that the run holds.

    Nothing is coded anew: of ``nlp`` the tokenizer is used, and its components but for textq's own.

    Parameters
    ----------
    coder_id
        Whose codings, where the run has those of several coders.

    Raises
    ------
    RunError
        If the run has no such document or coder, or several coders and none is named.
    """
    nlp = nlp or _load_blank("zh")
    doc = nlp.make_doc(run.read_text(doc_id))
    doc._.title = find_title(run, doc_id)
    set_codings(doc, find_clauses(run, doc_id), find_codings(run, doc_id, coder_id))
    with nlp.select_pipes(disable=[name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory in _COMPONENTS]):
        return nlp(doc)


def _load_blank(
    language: str, user_words: str | None = None, engine: EngineChoice = "jieba", sample: Iterable[str] = ()
) -> Language:
    """Return a pipeline without components; Chinese words are textq's."""
    if language != "zh":
        if user_words is not None:
            raise ConfigError(f"User words are for Chinese; the codebook is for {language!r}. Leave user_words out.")
        return spacy.blank(language)
    cutter = load_cutter(Path(user_words) if user_words is not None else None, engine, sample)
    tokenizer = {"@tokenizers": NAME, "user_words": user_words, "engine": cutter.engine.name}
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    nlp.tokenizer = WordTokenizer(nlp.vocab, user_words, cutter.engine.name, cutter)
    return nlp
