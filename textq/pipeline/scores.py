"""From files to scores: documents → clauses → codings → scores → run folder."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd

from textq.coding.coder_spec import load_coder, specify_coder
from textq.engine import Lost, map_items
from textq.export.datapackage import write_datapackage
from textq.export.parquet import read_parquet
from textq.export.run_folder import prepare_folder, write_run
from textq.export.table import write_table
from textq.ingest.cache import ExtractCache
from textq.ingest.confirm import CHECK_NAME, read_confirmed, write_check
from textq.ingest.document import Reading
from textq.ingest.extract import PdfEngine, ReadSpec
from textq.ingest.files import SourceFile, find_files
from textq.ingest.readers import describe_readers
from textq.lexicon.codebook import Codebook
from textq.pipeline.copying import measure_copies
from textq.pipeline.gather import Kept, gather
from textq.pipeline.review_codes import (
    NO_CODES,
    PlacedCodes,
    Review,
    check_codes,
    describe_review,
    name_review,
    place_codes,
)
from textq.pipeline.review_finals import read_finals
from textq.pipeline.review_open import STORE_NAME
from textq.pipeline.run_codebook import copy_codebook
from textq.pipeline.settle import NearDuplicates, check_near_duplicates, settle_copies
from textq.pipeline.spool import Spool
from textq.process import Processed, ProcessSpec, process_file
from textq.provenance import code_version, describe_coder, describe_machine, describe_run, hash_files
from textq.run import Run
from textq.run_tables import build_documents, build_tables, find_warnings
from textq.scoring.aggregate import ScoreSpec, ShareOf, Sharing
from textq.tables import CLAUSES, CODINGS, LINES, SUGGESTIONS

LEFT_OUT = "left out"
"""What ``run.json`` says of a review that there is and that the run does not use, among the volatile facts."""


def score(
    paths: str | Path | Sequence[str | Path],
    *,
    out: str | Path = "textq-out",
    jobs: int = 1,
    sharing: Sharing = "full",
    share_of: ShareOf = "all",
    depreciation: float = 0.0,
    near_duplicates: NearDuplicates = "count",
    confirmed: str | Path | Sequence[str | Path] = (),
    coder: str | None = None,
    codebook: str | Path | None = None,
    review: bool = True,
    ocr: bool = False,
    pdf_engine: PdfEngine = "pdfium",
    time_limit: float = 300.0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Read, segment, code and score a corpus, and write a run folder.

    Parameters
    ----------
    paths
        Folders or files. A folder with ``manifest.csv`` is read by its rows.
    out
        The study's folder; the run goes to ``out/runs/<stamp>-<run id>``.
    jobs
        Worker processes.
    sharing, share_of, depreciation
        See :class:`textq.scoring.aggregate.ScoreSpec`.
    near_duplicates
        Of documents of the same units with nearly the same text, all ``count``, or only the ``first``.
    confirmed
        Copies of ``check_documents.xlsx`` in which somebody filled in the column ``confirmed``.
    coder
        Who codes: ``"rules"``, the name of a trained coder, its folder, or the file of several; None:
        the usual one of textq, or ``"rules"`` with a codebook of one's own.
    codebook
        A folder with a codebook and its lexicon, as ``textq init --codebook`` makes it; None: those that come with
        textq.
    review
        Whether the codes that people settled in the review of the study's folder (``out/review.sqlite``) take the place
        of the coder's; the coder's own go into the table ``suggestions``.
    ocr, pdf_engine
        See :class:`textq.ingest.extract.ReadSpec`.
    time_limit
        Seconds after which a file is given up.
    on_progress
        Called with (files done, files in all).

    Returns
    -------
    Run
        With the tables as DataFrames; ``run.meta["status"]`` counts what could not be read.

    Raises
    ------
    ConfigError, LexiconError, ManifestError, ReviewError, OSError
        Before anything is read; ReviewError if people gave codes that the codebook has not, OSError if ``out`` cannot
        be written. ManifestError also when all is read, if one file stands for several places under one id. A file
        that cannot be read raises nothing: it is listed in ``run.documents``.
    """
    started_at = datetime.now().astimezone()
    check_near_duplicates(near_duplicates)
    coder_spec = specify_coder(coder, codebook)
    coding = load_coder(coder_spec)
    reviewed = read_finals(Path(out)) if review else None
    if reviewed:
        check_codes(reviewed, coding.codebook)
    spec = _make_spec(coding.codebook, sharing, share_of, depreciation)
    read = ReadSpec(pdf_engine=pdf_engine, ocr=ocr)
    corpus, answers = find_files(_list_paths(paths)), _list_paths(confirmed)
    stated = {**corpus.lists, **hash_files(answers)}
    readers = describe_readers(corpus.files, read)
    cache = ExtractCache(Path(out) / "cache", f"{code_version()} {readers}")
    process = ProcessSpec(read, read_confirmed(answers), cache, coder_spec)
    prepare_folder(Path(out))
    parameters = {
        "sharing": sharing, "share_of": share_of, "depreciation": depreciation, "near_duplicates": near_duplicates,
        "time_limit": time_limit, **asdict(read), **({"review": name_review(reviewed)} if reviewed else {}),
    }  # fmt: skip
    left_out = {"review": LEFT_OUT} if not review and (Path(out) / STORE_NAME).is_file() else {}

    def write(folder: Path) -> Mapping[str, object]:
        with closing(_process_files(corpus.files, process, jobs, time_limit, on_progress)) as processed:
            kept, placed = _write_details(processed, near_duplicates, reviewed, folder)
        copy_codebook(coder_spec.codebook, folder)
        coded = _read_coded(folder)
        documents = build_documents([one.reading for one in kept], [one.cells for one in kept])
        tables = build_tables(documents, coded, corpus.coverage, spec)
        for field in fields(tables):
            write_table(getattr(tables, field.name), folder / field.name)
        described = describe_run(
            documents, coded["instrument"], describe_coder(coding, coder_spec), parameters, readers, stated,
            {**find_warnings(tables), **_list_not_carried(placed)},
        )  # fmt: skip
        if reviewed:
            described["review"] = describe_review(reviewed, placed)
        name = f"textq-score-{described['run_id']}"
        write_datapackage(folder, name=name, title=f"textq score, run {described['run_id']}")
        volatile = {**describe_machine(started_at), "folders": _list_folders(paths), **left_out}
        return {**described, "volatile": volatile}

    return Run(write_run(Path(out), started_at, write))


def _list_paths(paths: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]


def _list_folders(paths: str | Path | Sequence[str | Path]) -> list[str]:
    """Return the folders that the paths of documents are relative to: those given, and those of files given alone."""
    folders = [path if path.is_dir() else path.parent for path in _list_paths(paths)]
    return list(dict.fromkeys(str(folder.resolve()) for folder in folders))


def _list_not_carried(placed: PlacedCodes) -> dict[str, list[str]]:
    """Return the clauses, by the ids they had, whose codes belong to no clause of the run."""
    lost = [one.clause_id for one in placed.not_carried]
    return {"not_carried": lost} if lost else {}


def _make_spec(codebook: Codebook, sharing: Sharing, share_of: ShareOf, depreciation: float) -> ScoreSpec:
    return ScoreSpec(
        codebook=codebook.edition,
        instruments=codebook.instrument_names,
        subtypes=tuple((one.name, subtype.name) for one in codebook.instruments for subtype in one.subtypes),
        sharing=sharing,
        share_of=share_of,
        depreciation=depreciation,
    )


def _process_files(
    files: Sequence[SourceFile],
    spec: ProcessSpec,
    jobs: int,
    time_limit: float,
    on_progress: Callable[[int, int], None] | None,
) -> Generator[Processed]:
    results = map_items(partial(process_file, spec=spec), files, jobs=jobs, time_limit=time_limit)
    with closing(results):
        for done, result in enumerate(results, 1):
            if on_progress:
                on_progress(done, len(files))
            if isinstance(result, Lost):
                yield Processed(Reading(result.item, "failed", reason=result.reason))
            else:
                yield result


def _write_details(
    processed: Iterator[Processed], near_duplicates: NearDuplicates, reviewed: Review | None, folder: Path
) -> tuple[list[Kept], PlacedCodes]:
    """Write texts, clauses, codings, printed lines and the list of doubts.

    Returns what is kept of each file, and the codes that people settled.
    """
    with Spool(folder / "spool") as spool:
        gathered = gather(processed, spool, folder)
    kept, copying = measure_copies(settle_copies(gathered, folder, near_duplicates), folder)
    counted = [one.path for one in kept if one.reading.document]
    spool.write(CLAUSES, counted, folder / CLAUSES.name, complete=copying.mark)
    placed = place_codes(reviewed, spool.iterate(CLAUSES, counted)) if reviewed else NO_CODES
    spool.write(CODINGS, counted, folder / CODINGS.name, complete=placed.replace)
    if reviewed:
        replaced = folder / SUGGESTIONS.name
        spool.write(SUGGESTIONS, counted, replaced, complete=placed.list_replaced, source=CODINGS)
    spool.write(LINES, counted, folder / LINES.name, csv=False)
    spool.remove()
    checks = [check for one in kept for check in one.checks]
    if checks:
        write_check(checks, folder / CHECK_NAME)
    return kept, placed


def _read_coded(folder: Path) -> pd.DataFrame:
    """Return the coded clauses as written: ``doc_id``, ``instrument``, ``subtype``, ``n_characters``, ``is_new``."""
    clauses = read_parquet(folder / "clauses.parquet", ["clause_id", "doc_id", "n_characters", "copied_from"])
    codings = read_parquet(folder / "codings.parquet", ["clause_id", "instrument", "subtype"])
    coded = codings.merge(clauses, on="clause_id")
    return coded.assign(is_new=coded["copied_from"].isna())
