"""The lists that the commands about lexicons and codebooks are given: their folder, and a corpus to try them on."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from textq.errors import ClauseFileError
from textq.lexicon.read import builtin_root
from textq.records import CODED_KINDS, CodingUnit

_CLAUSE_COLUMNS = ("clause_id", "doc_id", "text", "heading", "stem")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Clauses, and for each the document it belongs to."""

    units: tuple[CodingUnit, ...]
    documents: tuple[str, ...]

    def group_texts(self) -> list[list[str]]:
        """Return the texts of the clauses of each document."""
        texts: dict[str, list[str]] = defaultdict(list)
        for unit, document in zip(self.units, self.documents, strict=True):
            texts[document].append(unit.text)
        return list(texts.values())


def choose_folder(folder: Path | None) -> Path:
    """Return the folder asked for, else the one that comes with textq."""
    return folder if folder is not None else builtin_root()


def find_lexicon(folder: Path) -> Path:
    """Return where the CSV files of a folder of lists are: in ``instruments/``, or in the folder itself."""
    return folder / "instruments" if (folder / "instruments").is_dir() else folder


def find_codebook(folder: Path) -> Path:
    """Return the codebook that belongs to a folder: in it, else beside it."""
    for place in (folder / "codebook.yaml", folder.parent / "codebook.yaml"):
        if place.is_file():
            return place
    return folder / "codebook.yaml"


def read_corpus(path: Path) -> Corpus:
    """Read clauses from a run of ``textq score`` (its folder) or from a file of clauses (.jsonl or .csv).

    In a file the document of a clause is in ``doc`` or ``doc_id``; without them each clause is a document of its own.

    Raises
    ------
    ClauseFileError, RunError
        If it is neither, or a clause lacks its text.
    """
    return _read_run(path) if path.is_dir() else _read_file(path)


def _read_run(path: Path) -> Corpus:
    from textq.run import load_run

    run = load_run(path)
    titles = dict(zip(run.documents["doc_id"], run.documents["title"].fillna(""), strict=True))
    table = run.clauses[run.clauses["kind"].isin(CODED_KINDS)].fillna({"heading": "", "stem": "", "text": ""})
    units = tuple(
        CodingUnit(clause_id, text, titles.get(document, ""), heading, stem)
        for clause_id, document, text, heading, stem in table[list(_CLAUSE_COLUMNS)].itertuples(index=False, name=None)
    )
    return Corpus(units, tuple(table["doc_id"]))


def _read_file(path: Path) -> Corpus:
    from textq.ingest.clause_rows import read_rows, read_text

    units, documents = [], []
    for line, row in read_rows(path):
        text = read_text(row, "text")
        if not text:
            raise ClauseFileError(f"{path}:{line}: the clause has no text. Add the field text.")
        clause_id = read_text(row, "id") or read_text(row, "clause_id") or str(line)
        context = {name: read_text(row, name) for name in ("title", "heading", "stem")}
        units.append(CodingUnit(clause_id, text, **context))
        documents.append(read_text(row, "doc") or read_text(row, "doc_id") or clause_id)
    return Corpus(tuple(units), tuple(documents))
