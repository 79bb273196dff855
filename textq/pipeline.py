"""Composes the stages: files → documents → clauses → codings → scores → run folder. No algorithm of its own."""

import hashlib
import json
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Literal

import pandas as pd

from textq.coding.rules import RulesCoder
from textq.engine import map_items
from textq.export.csv import write_csv
from textq.export.parquet import write_parquet
from textq.export.run_folder import write_run
from textq.frames import LIST_BREAK, build_frame, clauses_frame, codings_frame, count_characters, document_row, select_coded
from textq.ingest.cache import ExtractCache
from textq.ingest.cut_clauses import CutClause
from textq.ingest.document import Reading, mark_duplicates, read_document
from textq.ingest.files import Corpus, SourceFile, find_files
from textq.lexicon.places import builtin_gazetteer
from textq.lexicon.power import rank_document
from textq.lexicon.read import builtin_codebook, builtin_lexicon
from textq.provenance import code_version
from textq.records import CODED_KINDS, Clause, Coding, Document, Span, Status
from textq.run import Run
from textq.scoring.aggregate import ScoreSpec, ScoreTables, aggregate_scores
from textq.scoring.copies import mark_new
from textq.scoring.coverage import resolve_coverage
from textq.segment.clauses import split_clauses
from textq.tables import DOCUMENTS

SCHEMA_VERSION = 1
"""The version of the run folder's tables and of ``--json``."""


@dataclass(frozen=True, slots=True)
class Processed:
    """One file after reading, splitting and coding."""

    reading: Reading
    clauses: tuple[Clause, ...] = ()
    codings: tuple[Coding, ...] = ()


def score(
    paths: str | Path | Sequence[str | Path],
    *,
    out: str | Path = "textq-out",
    jobs: int = 1,
    sharing: Literal["full", "split"] = "full",
    share_of: Literal["all", "instruments"] = "all",
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
        Called with (documents done, documents in all).

    Returns
    -------
    Run
        With the tables as DataFrames; ``run.meta["status"]`` counts what could not be read.

    Raises
    ------
    ConfigError, ManifestError
        Before anything is read. A file that cannot be read raises nothing: it is listed in ``run.documents``.
    """
    started_at = datetime.now(UTC)
    out = Path(out)
    spec = _make_spec(sharing, share_of, depreciation)
    corpus = find_files([Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)])
    processed = list(_process_files(corpus, out, jobs, on_progress))
    kept = _keep_first_copies(processed)
    return _finish(kept, corpus, spec, out, started_at)


def _make_spec(sharing: Literal["full", "split"], share_of: Literal["all", "instruments"], depreciation: float) -> ScoreSpec:
    codebook = builtin_codebook()
    return ScoreSpec(
        codebook=f"{codebook.name}@{codebook.version}",
        instruments=codebook.instrument_names,
        subtypes=tuple((one.name, subtype.name) for one in codebook.instruments for subtype in one.subtypes),
        sharing=sharing,
        share_of=share_of,
        depreciation=depreciation,
    )


def _process_files(
    corpus: Corpus, out: Path, jobs: int, on_progress: Callable[[int, int], None] | None
) -> Iterator[Processed]:
    cache_ = ExtractCache(out / "cache", code_version())
    process = partial(process_file, cache=cache_)
    for done, result in enumerate(map_items(process, corpus.files, jobs=jobs), 1):
        if on_progress:
            on_progress(done, len(corpus.files))
        yield result


def process_file(file: SourceFile, *, cache: ExtractCache | None = None) -> Processed:
    """Read one file, split it into clauses and code them."""
    reading = read_document(file, builtin_gazetteer(), cache)
    if reading.document is None:
        return Processed(reading)
    clauses = tuple(split_clauses(reading.document))
    return Processed(reading, clauses, tuple(code_clauses(clauses)))


@cache
def builtin_coder() -> RulesCoder:
    """Return the rules coder with the lexicon and the codebook that come with textq."""
    return RulesCoder(builtin_lexicon(), builtin_codebook())


def code_clauses(clauses: Sequence[Clause]) -> Iterator[Coding]:
    """Code those clauses that are coded at all; evidence is moved to the offsets of the document."""
    coder = builtin_coder()
    for clause in clauses:
        if clause.kind in CODED_KINDS:
            coding = coder.code(clause.clause_id, clause.sha256, clause.text, heading=clause.heading, stem=clause.stem)
            spans = (Span(span.start + clause.start, span.end + clause.start, span.label) for span in coding.evidence)
            yield replace(coding, evidence=tuple(spans))


def code_cut_clauses(clauses: Iterable[CutClause]) -> Iterator[Coding]:
    """Code clauses that a user cut; evidence has the offsets of the clause's own text."""
    coder = builtin_coder()
    for clause in clauses:
        sha256 = hashlib.sha256(clause.text.encode()).hexdigest()
        yield coder.code(clause.clause_id, sha256, clause.text, heading=clause.heading, stem=clause.stem)


def _keep_first_copies(processed: Sequence[Processed]) -> list[Processed]:
    readings = mark_duplicates([one.reading for one in processed])
    return [
        replace(one, reading=reading) if reading.document else Processed(reading)
        for one, reading in zip(processed, readings, strict=True)
    ]


def _finish(
    processed: Sequence[Processed], corpus: Corpus, spec: ScoreSpec, out: Path, started_at: datetime
) -> Run:
    clauses = clauses_frame(clause for one in processed for clause in one.clauses)
    codings = codings_frame(coding for one in processed for coding in one.codings)
    documents = _make_documents(processed, clauses)
    coverage = resolve_coverage(_explode_units(documents), _declared(corpus), last_period=_last_period(documents))
    scored = _score(documents, clauses, codings, coverage, spec)
    tables = {
        "documents": documents, "clauses": clauses, "codings": codings,
        "scores": scored.scores, "subtypes": scored.subtypes, "coverage": coverage,
    }  # fmt: skip
    texts = {one.reading.document.doc_id: one.reading.document.text for one in processed if one.reading.document}
    meta = _make_meta(tables, spec, _find_warnings(documents, coverage))

    def write(folder: Path) -> Mapping[str, object]:
        _write_tables(folder, tables)
        _write_texts(folder / "text", texts)
        return {**meta, "volatile": _describe_run(started_at)}

    return Run(write_run(out, str(meta["run_id"]), started_at, write))


def _make_documents(processed: Sequence[Processed], clauses: pd.DataFrame) -> pd.DataFrame:
    coded = select_coded(clauses)
    characters = coded["text"].map(count_characters).groupby(coded["doc_id"]).sum()
    counts = coded.groupby("doc_id").size()
    rows = []
    for one in processed:
        row = _reading_row(one.reading)
        if one.reading.document:
            row |= document_row(one.reading.document) | _power_row(one.reading.document)
            row["n_clauses"] = int(counts.get(one.reading.doc_id, 0))
            row["n_characters"] = int(characters.get(one.reading.doc_id, 0))
        rows.append(row)
    return build_frame(rows, DOCUMENTS)


def _reading_row(reading: Reading) -> dict[str, object]:
    return {
        "doc_id": reading.doc_id or None,
        "path": reading.file.path,
        "status": reading.status,
        "reason": reading.reason or None,
        "sha256": reading.sha256 or None,
        "representative_of": LIST_BREAK.join(reading.representative_of) or None,
        "notes": "; ".join(reading.notes) or None,
    }


def _power_row(document: Document) -> dict[str, object]:
    power = rank_document(document.issuers, document.level, document.doc_type, document.title, document.doc_number)
    return {"power": power.rank, "power_rule": power.rule}


def _explode_units(documents: pd.DataFrame) -> pd.DataFrame:
    """Return one row a scored document and unit: read, dated, and for at least one place."""
    scored = documents[(documents["status"] == "read") & documents["period"].notna() & (documents["shared"] > 0)]
    return scored.assign(unit=scored["unit"].str.split(LIST_BREAK)).explode("unit").astype({"unit": "string"})


def _declared(corpus: Corpus) -> pd.DataFrame | None:
    return pd.DataFrame([asdict(row) for row in corpus.coverage]) if corpus.coverage else None


def _last_period(documents: pd.DataFrame) -> int | None:
    periods = documents.loc[documents["status"] == "read", "period"].dropna()
    return int(periods.max()) if len(periods) else None


def _score(
    documents: pd.DataFrame, clauses: pd.DataFrame, codings: pd.DataFrame, coverage: pd.DataFrame, spec: ScoreSpec
) -> ScoreTables:
    coded = select_coded(clauses).merge(codings[["clause_id", "instrument", "subtype"]], on="clause_id")
    read = documents[documents["status"] == "read"]
    coded = coded.assign(n_characters=coded["text"].map(count_characters), is_new=mark_new(coded, read))
    by_unit = _explode_units(documents)
    by_unit = by_unit.assign(last_period=_last_in_force(by_unit["repealed_on"]))
    return aggregate_scores(
        by_unit[["doc_id", "unit", "period", "shared", "last_period", "power"]],
        coded[["doc_id", "instrument", "subtype", "n_characters", "is_new"]],
        coverage,
        spec,
    )


def _last_in_force(repealed_on: "pd.Series") -> "pd.Series":
    """Return the last year at whose end a document is in force: the one before the year of its repeal."""
    return repealed_on.str.slice(0, 4).astype("Int64") - 1


def _find_warnings(documents: pd.DataFrame, coverage: pd.DataFrame) -> list[str]:
    """Say what is kept out of the scores, or needs a second look."""
    warnings = []
    undated = documents[(documents["status"] == "read") & documents["period"].isna()]
    if len(undated):
        warnings.append(f"{len(undated)} documents are undated and kept out of the scores: {_name(undated)}")
    by_unit = _explode_units(documents).merge(coverage, on="unit")
    outside = by_unit[(by_unit["period"] < by_unit["first_period"]) | (by_unit["period"] > by_unit["last_period"])]
    if len(outside):
        warnings.append(f"{len(outside)} documents lie outside the declared coverage of their unit: {_name(outside)}")
    unranked = documents[(documents["shared"] > 0) & documents["power"].isna()]
    if len(unranked):
        warnings.append(f"{len(unranked)} documents have no power rank, so power sums are missing: {_name(unranked)}")
    return warnings


def _name(documents: pd.DataFrame) -> str:
    paths = documents["path"].tolist()
    return ", ".join(paths[:5]) + (" …" if len(paths) > 5 else "")


def _make_meta(tables: Mapping[str, pd.DataFrame], spec: ScoreSpec, warnings: list[str]) -> dict[str, object]:
    documents, codings = tables["documents"], tables["codings"]
    lexicon = builtin_lexicon()
    recipe: dict[str, object] = {
        "code": code_version(),
        "codebook": spec.codebook,
        "lexicon": f"{lexicon.name}@{lexicon.version}",
        "parameters": {name: value for name, value in asdict(spec).items() if name not in {"codebook", "instruments", "subtypes"}},
        "inputs": documents[["path", "sha256"]].fillna("").to_dict("records"),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:12],
        **recipe,
        "n_files": len(documents),
        "status": count_statuses(documents),
        "n_clauses": len(codings),
        "classes": count_classes(codings, spec.instruments),
        "warnings": warnings,
    }


def count_statuses(documents: pd.DataFrame) -> dict[str, int]:
    """Return the number of files of each status."""
    statuses: tuple[Status, ...] = ("read", "scanned", "duplicate", "failed", "ignored")
    counts = Counter(documents["status"])
    return {status: counts[status] for status in statuses}


def count_classes(codings: pd.DataFrame, instruments: Sequence[str]) -> dict[str, int]:
    """Return the number of coded clauses of each class, ``none`` last."""
    counts = Counter(codings["instrument"])
    return {instrument: counts[instrument] for instrument in (*instruments, "none")}


def _write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
        write_parquet(table, folder / f"{name}.parquet")


def _write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir()
    for doc_id, text in texts.items():
        (folder / f"{doc_id}.txt").write_bytes(text.encode("utf-8"))


def _describe_run(started_at: datetime) -> dict[str, object]:
    return {
        "started_at": started_at.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started_at).total_seconds(), 2),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "command": sys.argv,
    }
