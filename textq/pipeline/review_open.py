"""The review of a run, opened: its folders, its store with the run loaded, its codebook, and who codes.

Light on purpose: what reads the tables of a run is imported only where a run is not loaded yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textq.errors import ReviewError
from textq.export.run_folder import RUNS, find_run, read_meta
from textq.notation.coder_names import check_coder, make_safe
from textq.pipeline.run_codebook import load_run_codebook
from textq.store.corpus import loaded_run
from textq.store.store import Store, open_store

if TYPE_CHECKING:
    from textq.lexicon.codebook import Codebook
    from textq.store.corpus import LoadedRun

STORE_NAME = "review.sqlite"
"""The store of a review, in the folder of its study."""

__all__ = [
    "STORE_NAME",
    "Lang",
    "ReviewStudy",
    "check_coder",
    "export_logs",
    "find_folders",
    "load_once",
    "make_safe",
    "open_review",
]

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class ReviewStudy:
    """A run that is under review.

    Attributes
    ----------
    store
        Its store, in which the run is loaded.
    run_dir, run_id
        The run.
    out
        The folder of the study, which holds the store and the runs.
    codebook
        The codebook that the run was coded by, its prose in English where it has it in two languages.
    coders
        Who codes; the first one signs in where there is one alone.
    lang
        The language of pages for those who set none; None: that of their browser.
    study_file
        The study.toml by whose design clauses are put in order; None: without one.
    loaded
        What became of earlier decisions where the run was loaded on opening; None where it was loaded before.
    codebook_folder
        Where the codebook was read from; None: the run's own copy.
    other_books
        The codebook in another language, once it was asked for.
    """

    store: Store
    run_dir: Path
    run_id: str
    out: Path
    codebook: "Codebook"
    coders: tuple[str, ...]
    lang: Lang | None = None
    study_file: Path | None = None
    loaded: "LoadedRun | None" = None
    codebook_folder: Path | None = None
    other_books: "dict[str, Codebook]" = field(default_factory=dict, compare=False, repr=False)

    def codebook_in(self, lang: str) -> "Codebook":
        """Return the codebook with its prose in a language, ``"zh"`` or ``"en"``; read once.

        Raises
        ------
        ReviewError
            If the file is another edition by now.
        LexiconError
            If it cannot be read any more.
        """
        if lang == "en":
            return self.codebook
        if lang not in self.other_books:
            self.other_books[lang] = load_run_codebook(self.run_dir, self.codebook_folder, lang=lang)
        return self.other_books[lang]


def open_review(
    path: Path,
    *,
    coders: Sequence[str] = (),
    codebook: Path | None = None,
    lang: Lang | None = None,
    study_file: Path | None = None,
) -> ReviewStudy:
    """Open the review of a run, and load the run into its store unless that is done.

    Parameters
    ----------
    path
        The folder of a study, whose newest run is meant, or of a run in it.
    coders
        Who codes; see :func:`textq.notation.coder_names.check_coder`. None where nobody does, as in commands that
        only read.
    codebook
        The folder of the run's codebook, where the run has no copy of it.
    lang
        The language of pages for those who set none.
    study_file
        A study.toml, by whose design clauses are put in order.

    Raises
    ------
    RunError
        If there is no run.
    ReviewError
        If the store cannot be used, the codebook is another edition, or a name of a coder cannot be.
    """
    names = tuple(dict.fromkeys(check_coder(name) for name in coders))
    out, run_dir = find_folders(path)
    book = load_run_codebook(run_dir, codebook)
    run_id = str(read_meta(run_dir)["run_id"])
    store = open_store(out / STORE_NAME)
    try:
        loaded = load_once(store, run_dir, run_id, study_file)
    except BaseException:
        store.close()
        raise
    return ReviewStudy(store, run_dir, run_id, out, book, names, lang, study_file, loaded, codebook)


def find_folders(path: Path) -> tuple[Path, Path]:
    """Return the folder of the study, which holds the review, and that of the run.

    Parameters
    ----------
    path
        Either of the two; of a study its newest run is meant.

    Raises
    ------
    RunError
        If there is no run.
    ReviewError
        If the run lies outside of a study's folder.
    """
    run_dir = find_run(path).resolve()
    if run_dir.parent.name != RUNS:
        raise ReviewError(
            f"{path} is a run outside of its study: a review is kept beside the folder {RUNS} that its run lies in. "
            "Give the folder that textq score wrote to, or a run in its folder runs."
        )
    return run_dir.parent.parent, run_dir


def load_once(store: Store, run_dir: Path, run_id: str, study_file: Path | None = None) -> "LoadedRun | None":
    """Load a run into the store unless it is the one loaded last.

    With a study.toml the order of the clauses to correct is made anew.

    Returns
    -------
    LoadedRun or None
        What became of earlier decisions; None where the run was loaded before.
    """
    before = loaded_run(store)
    found = None
    if before is None or before[0] != run_id:
        from textq.pipeline.review_corpus import load_run_corpus

        found = load_run_corpus(store, run_dir)
    if found is not None or study_file is not None:
        from textq.pipeline.review_order import order_run

        order_run(store, run_dir, study_file)
    return found


def export_logs(study: ReviewStudy) -> list[Path]:
    """Write what each coder of the study did to ``review/events-<coder>.jsonl``, and return the files.

    They are text: for version control, for merging, and for those whose store lay in a folder that went wrong. Who did
    nothing gets no file.
    """
    from textq.store.events import read_events
    from textq.store.transfer import export_events

    folder = study.out / "review"
    written = []
    for coder in study.coders:
        if read_events(study.store, coder=coder, limit=1):
            folder.mkdir(exist_ok=True)
            path = folder / f"events-{coder}.jsonl"
            export_events(study.store, path, coder)
            written.append(path)
    return written
