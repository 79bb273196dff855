"""The components of the pipeline: clauses, and their codes by any of textq's coders."""

import json
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from textq.coding.coders import code_clauses, find_coder
from textq.errors import ConfigError
from textq.records import Document, Source
from textq.segment.clauses import split_clauses
from textq.spacy.spans import get_clauses, register_extensions, set_clauses, set_codings

register_extensions()

_SAVED = "coder.json"


@Language.component("textq_clauses", assigns=["doc.spans"])
def add_clauses(doc: Doc) -> Doc:
    """Add ``doc.spans["clauses"]``, with the record and the context of each clause."""
    set_clauses(doc, split_clauses(Document(doc_id="doc", text=doc.text, source=Source(path="", sha256=""))))
    return doc


class ClauseCoder:
    """Codes the clauses of a document: labels and attributes on their spans, and ``doc.spans["evidence"]``.

    The coder itself is not saved with a pipeline, but which one it is: where the same name means another coder later,
    as with another edition of the lexicon, the saved pipeline is refused.
    """

    def __init__(self, coder: str | None, codebook: str | None) -> None:
        self.coder = find_coder(coder, Path(codebook) if codebook else None)

    def __call__(self, doc: Doc) -> Doc:
        """Code the clauses of ``doc``; ``doc._.title`` is the title that coders see."""
        clauses = get_clauses(doc)
        codings = {coding.clause_id: coding for coding in code_clauses(clauses, doc._.title, self.coder)}
        set_codings(doc, clauses, codings)
        return doc

    def to_bytes(self, **_: object) -> bytes:
        """Return which coder it is, as JSON."""
        return json.dumps({"coder": self.coder.coder_id, "codebook": self.coder.codebook.edition}).encode()

    def from_bytes(self, data: bytes, **_: object) -> "ClauseCoder":
        """Check that the coder is the one that was saved.

        Raises
        ------
        ConfigError
            If it is another one.
        """
        saved, here = json.loads(data), json.loads(self.to_bytes())
        if saved != here:
            raise ConfigError(
                f"This pipeline was saved with the coder {saved['coder']} (codebook {saved['codebook']}); here it "
                f"would code by {here['coder']} ({here['codebook']}). Load it with the lists and the textq it was "
                "saved with, or make it anew with textq.spacy.load()."
            )
        return self

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Write what :meth:`to_bytes` returns into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _SAVED).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, **_: object) -> "ClauseCoder":
        """Check that the coder is the one that :meth:`to_disk` wrote; it raises as :meth:`from_bytes` does."""
        return self.from_bytes((Path(path) / _SAVED).read_bytes())


@Language.factory(
    "textq_codes",
    requires=["doc.spans"],
    assigns=["doc.spans"],
    default_config={"coder": None, "codebook": None},
)
def create_codes(nlp: Language, name: str, coder: str | None, codebook: str | None) -> ClauseCoder:
    """Return the component that codes; ``coder`` and ``codebook`` as in :func:`textq.spacy.load`."""
    return ClauseCoder(coder, codebook)
