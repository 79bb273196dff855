"""A finished run: its tables, the texts behind them, and the way from a score back to its clauses."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from textq.errors import RunError
from textq.export.parquet import read_parquet
from textq.export.run_folder import find_run, read_meta
from textq.frames import LIST_BREAK, build_frame
from textq.tables import CLAUSES, CODINGS, COVERAGE, DOCUMENTS, LINES, SCORES, SUBTYPES, SUGGESTIONS, Contract, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Run:
    """One run of ``textq score``, read from its folder when a table is first asked for.

    Attributes
    ----------
    run_dir : Path
        The folder of the run.
    meta : Mapping
        ``run.json``: run id, versions, parameters, inputs, counts, warnings, output hashes.
    """

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.meta: Mapping[str, Any] = read_meta(run_dir)

    def __repr__(self) -> str:
        return f"Run({str(self.run_dir)!r})"

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row a file: status, metadata, scope, period and power."""
        return self._read(DOCUMENTS)

    @cached_property
    def clauses(self) -> pd.DataFrame:
        """One row a clause, with its offsets in the document's text."""
        return self._read(CLAUSES)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a printed line of a PDF, with the box of each of its characters."""
        return self._read(LINES)

    @cached_property
    def codings(self) -> pd.DataFrame:
        """One row a coded clause, with its evidence; where people settled the code of a clause, theirs."""
        return self._read(CODINGS)

    @cached_property
    def suggestions(self) -> pd.DataFrame:
        """What the machine had given the clauses whose codes people settled; no row in a run without a review."""
        if not (self.run_dir / f"{SUGGESTIONS.name}.parquet").is_file():
            return build_frame([], SUGGESTIONS)
        return self._read(SUGGESTIONS)

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """The machine's own code of every coded clause, whatever people said later, by clause; as ``codings``."""
        own = self.codings[~self.codings["clause_id"].isin(self.suggestions["clause_id"])]
        replaced = self.suggestions[list(CODINGS.columns)]
        both = pd.concat([own, replaced], ignore_index=True) if len(replaced) else own
        places = pd.Series(range(len(self.codings)), index=self.codings["clause_id"])
        return both.loc[both["clause_id"].map(places).sort_values().index].reset_index(drop=True)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a unit, period and instrument."""
        return self._read(SCORES)

    @cached_property
    def subtypes(self) -> pd.DataFrame:
        """The measures of ``scores`` by subtype."""
        return self._read(SUBTYPES)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """The periods in which each unit was searched."""
        return self._read(COVERAGE)

    def name_code(self, code: str, lang: str = "en") -> str:
        """Return what the codebook of the run calls an instrument, ``none``, or ``"instrument/subtype"``.

        In Chinese for ``"zh"``, else in English; in the other language where it has no name in this one, and as the
        code itself where it has none at all.
        """
        names: Mapping[str, str] = self.meta.get("names", {}).get(code, {})
        return names.get(lang) or next(filter(None, names.values()), code)

    def read_text(self, doc_id: str) -> str:
        """Return the text of a document, the one that all offsets count.

        Raises
        ------
        RunError
            If the run has no such document.
        """
        path = self.run_dir / "text" / f"{doc_id}.txt"
        if not path.is_file():
            raise RunError(f"the run {self.run_dir.name} has no text of document {doc_id!r}. See documents.csv.")
        return path.read_bytes().decode("utf-8")

    def find_boxes(self, doc_id: str, start: int, end: int) -> pd.DataFrame:
        """Return where the characters ``[start, end)`` of a document stand on its pages.

        One row a printed line: ``page``, and ``left``, ``top``, ``right``, ``bottom`` in points from the top left
        corner of the page; none where the document has no pages. The offsets of clauses and of evidence both will do.
        """
        lines = self.lines[self.lines["doc_id"] == doc_id]
        rows: Iterable[Any] = lines[(lines["start"] < end) & (lines["end"] > start)].itertuples()
        boxes = [_bound(row, slice(max(start - row.start, 0), end - row.start)) for row in rows]
        return pd.DataFrame(boxes, columns=["page", "left", "top", "right", "bottom"])

    def find_clauses(self, unit: str | int, period: int, instrument: str) -> pd.DataFrame:
        """Return the clauses behind a score's ``count``: coded ``instrument`` in the unit's documents of the period."""
        unit = f"{unit:0>6}"
        units = self.documents["unit"].fillna("").str.split(LIST_BREAK)
        here = pd.Series([unit in codes for codes in units], index=units.index)
        documents = self.documents[here & (self.documents["status"] == "read") & (self.documents["period"] == period)]
        codings = self.codings[self.codings["instrument"] == instrument]
        clauses = self.clauses[self.clauses["doc_id"].isin(documents["doc_id"])]
        return clauses.merge(codings.drop(columns="clause_sha256"), on="clause_id").reset_index(drop=True)

    def _read(self, contract: Contract) -> pd.DataFrame:
        return check(read_parquet(self.run_dir / f"{contract.name}.parquet"), contract)


def _bound(line: Any, part: slice) -> tuple[int, float, float, float, float]:
    """Return the page of a printed line, and the box around some of its characters."""
    return line.page, min(line.lefts[part]), line.top, max(line.rights[part]), line.bottom


def load_run(path: str | Path) -> Run:
    """Load the run in ``path``: a run folder, or a study folder, whose newest run is meant.

    Raises
    ------
    RunError
        If there is none.
    """
    return Run(find_run(Path(path)))
