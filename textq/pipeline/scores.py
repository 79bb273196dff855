"""From files to scores: documents → clauses → codings → scores → run folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from textq.coding.coders import code_clauses
from textq.engine import map_items
from textq.export.run_folder import prepare_folder, write_run
from textq.export.table import write_table
from textq.ingest.cache import ExtractCache
from textq.ingest.document import Reading, mark_duplicates, read_document
from textq.ingest.files import Corpus, SourceFile, find_files
from textq.lexicon.places import builtin_gazetteer
from textq.lexicon.read import builtin_codebook
from textq.provenance import code_version, describe_machine, describe_run
from textq.run import Run
from textq.run_tables import Processed, RunTables, build_tables, find_warnings
from textq.scoring.aggregate import ScoreSpec, ShareOf, Sharing
from textq.segment.clauses import split_clauses


def score(
    paths: str | Path | Sequence[str | Path],
    *,
    out: str | Path = "textq-out",
    jobs: int = 1,
    sharing: Sharing = "full",
    share_of: ShareOf = "all",
    depreciation: float = 0.0,
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
        Worker processes; with more than one, scripts need ``if __name__ == "__main__":``.
    sharing, share_of, depreciation
        See :class:`textq.scoring.aggregate.ScoreSpec`.
    on_progress
        Called with (files done, files in all).

    Returns
    -------
    Run
        With the tables as DataFrames; ``run.meta["status"]`` counts what could not be read.

    Raises
    ------
    ConfigError, ManifestError, OSError
        Before anything is read; OSError if ``out`` cannot be written. A file that cannot be read raises nothing: it is
        listed in ``run.documents``.
    """
    started_at = datetime.now().astimezone()
    spec = _make_spec(sharing, share_of, depreciation)
    corpus = find_files([Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)])
    prepare_folder(Path(out))
    processed = _keep_first_copies(list(_process_files(corpus, Path(out), jobs, on_progress)))
    tables = build_tables(processed, corpus.coverage, spec)
    return _write(tables, processed, corpus, spec, Path(out), started_at)


def _make_spec(sharing: Sharing, share_of: ShareOf, depreciation: float) -> ScoreSpec:
    codebook = builtin_codebook()
    return ScoreSpec(
        codebook=codebook.edition,
        instruments=codebook.instrument_names,
        subtypes=tuple((one.name, subtype.name) for one in codebook.instruments for subtype in one.subtypes),
        sharing=sharing,
        share_of=share_of,
        depreciation=depreciation,
    )


def _process_files(
    corpus: Corpus, out: Path, jobs: int, on_progress: Callable[[int, int], None] | None
) -> Iterator[Processed]:
    process = partial(process_file, extracts=ExtractCache(out / "cache", code_version()))
    for done, result in enumerate(map_items(process, corpus.files, jobs=jobs), 1):
        if on_progress:
            on_progress(done, len(corpus.files))
        yield result


def process_file(file: SourceFile, *, extracts: ExtractCache | None = None) -> Processed:
    """Read one file, split it into clauses and code them.

    A failure that no stage foresaw is written into the documents table like any other, so that the work on the
    other files is not lost; one of the disk (OSError) ends the run.
    """
    try:
        reading = read_document(file, builtin_gazetteer(), extracts)
        clauses = tuple(split_clauses(reading.document)) if reading.document else ()
        return Processed(reading, clauses, tuple(code_clauses(clauses)))
    except OSError:
        raise
    except Exception as error:
        why = f"textq itself failed on this file ({type(error).__name__}: {error}). Please report it, with the file."
        return Processed(Reading(file, "failed", reason=why))


def _keep_first_copies(processed: Sequence[Processed]) -> list[Processed]:
    readings = mark_duplicates([one.reading for one in processed])
    return [
        replace(one, reading=reading) if reading.document else Processed(reading)
        for one, reading in zip(processed, readings, strict=True)
    ]


def _write(
    tables: RunTables,
    processed: Sequence[Processed],
    corpus: Corpus,
    spec: ScoreSpec,
    out: Path,
    started_at: datetime,
) -> Run:
    texts = {one.reading.document.doc_id: one.reading.document.text for one in processed if one.reading.document}
    described = describe_run(tables.documents, tables.codings, spec, corpus.lists, find_warnings(tables))

    def write(folder: Path) -> Mapping[str, object]:
        for field in fields(tables):
            write_table(getattr(tables, field.name), folder / field.name)
        _write_texts(texts, folder / "text")
        return {**described, "volatile": describe_machine(started_at)}

    return Run(write_run(out, str(described["run_id"]), started_at, write))


def _write_texts(texts: Mapping[str, str], folder: Path) -> None:
    folder.mkdir()
    for doc_id, text in texts.items():
        (folder / f"{doc_id}.txt").write_bytes(text.encode("utf-8"))
