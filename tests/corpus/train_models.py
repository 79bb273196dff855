"""Train the two coders that come with textq: ``python tests/corpus/train_models.py [SHARED]``.

``written`` learns from ``corpus/training/written.jsonl`` alone. ``full`` learns from coded clauses of real documents
too, whose texts are not part of this repository: those that ``corpus/training/real.csv`` names by document,
offsets and hash (in ``SHARED/data/policy``), and ``SHARED/gold/train.jsonl`` without the documents of
``dev.jsonl``. Without SHARED only ``written`` is made. Both are written to ``lexicons/models``, and the block
``[models.sha256]`` of ``lexicons/manifest.toml`` is brought up to date.
"""

import csv
import gzip
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textq.coding.trained.fit import TrainingSpec
from textq.ingest.document import read_document
from textq.ingest.extract import ReadSpec
from textq.ingest.files import find_files
from textq.lexicon.places import builtin_gazetteer
from textq.pipeline.training import TrainedResult, train_coder
from textq.records import Document, Source
from textq.segment.clauses import split_clauses

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ROOT / "corpus" / "training"
MODELS = ROOT / "lexicons" / "models"
MANIFEST = ROOT / "lexicons" / "manifest.toml"

SHARES = {"supply": 0.2, "environment": 0.6, "demand": 0.08, "none": 0.12}
"""Of the classes in laws, regulations and plans, for ``written``, whose clauses were written to cover the codebook."""

TUNED = "tuned"
"""The draw of clauses of documents that the lexicon was tuned on: its evidence flatters there, no calibration."""


def main(shared: Path | None) -> None:
    """Train what can be trained here."""
    written = TRAINING / "written.jsonl"
    report(train([written], "written", TrainingSpec(shares=SHARES)))
    if shared is not None:
        with tempfile.TemporaryDirectory() as folder:
            real, gold = Path(folder) / "real.jsonl", Path(folder) / "train.jsonl"
            write_lines(real, find_clauses(shared / "data/policy"))
            rows = map(json.loads, (shared / "gold/train.jsonl").read_text(encoding="utf-8").splitlines())
            write_lines(gold, (prepare_gold(row) for row in rows if not row["dev_document"]))
            report(train([written, real, gold], "full", TrainingSpec()))
    update_manifest()


def train(paths: list[Path], name: str, spec: TrainingSpec) -> TrainedResult:
    """Train one coder, and put it in place of the one that is there."""
    with tempfile.TemporaryDirectory() as folder:
        result = train_coder(paths, name, out=Path(folder) / name, spec=spec, draws=0)
        shutil.rmtree(MODELS / name, ignore_errors=True)
        shutil.copytree(Path(folder) / name, MODELS / name)
    return result


def prepare_gold(row: dict[str, Any]) -> dict[str, Any]:
    """Return a clause of train.jsonl with one name for all editions of its document, and whether it may calibrate."""
    was_held_back = int(hashlib.sha256(row["doc"].encode()).hexdigest(), 16) % 5 == 0
    return {**row, "doc": name_document(row["title"]), "draw": row["draw"] if was_held_back else TUNED}


def find_clauses(policy: Path) -> Iterator[dict[str, Any]]:
    """Yield the clauses that real.csv names, with their texts; one whose hash differs ends the work."""
    with (TRAINING / "real.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        wanted.setdefault(row["document"], []).append(row)
    for document in read_documents(policy):
        sha256 = hashlib.sha256(document.text.encode()).hexdigest()[:12]
        for row in cut_clauses(document, wanted.pop(sha256, [])):
            draw = TUNED if row["tuned"] == "1" else row["draw"]
            yield {**row, "id": f"{sha256}#{row['start']}", "doc": name_document(document.title), "draw": draw}
    if wanted:
        sys.exit(f"{policy} lacks {len(wanted)} documents that real.csv names, such as {next(iter(wanted))}")


def read_documents(policy: Path) -> Iterator[Document]:
    """Yield the laws and regulations, and the documents of the State Council."""
    with gzip.open(policy / "laws.jsonl.gz", "rt", encoding="utf-8") as lines:
        for law in map(json.loads, lines):
            yield Document("", law["text"], Source("", ""), title=law["title"])
    for file in find_files([policy / "govcn_html"]).files:
        if document := read_document(file, builtin_gazetteer(), ReadSpec()).document:
            yield document


def cut_clauses(document: Document, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield rows with title, heading, stem and text."""
    clauses = {(clause.start, clause.end): clause for clause in split_clauses(document)} if rows else {}
    for row in rows:
        clause = clauses.get((int(row["start"]), int(row["end"])))
        if clause is None or clause.sha256[:16] != row["sha256"]:
            sys.exit(f"{document.title}: no clause {row['article']} at {row['start']} with the hash {row['sha256']}")
        yield {**row, "title": document.title, "heading": clause.heading, "stem": clause.stem, "text": clause.text}


def name_document(title: str) -> str:
    """Return one name for all editions of a text: its title without day and signs."""
    return re.sub(r"\W", "", re.sub(r"\([^()]*\)$", "", title))


def write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    """Write JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def report(result: TrainedResult) -> None:
    """Print one line."""
    scores = result.scores
    print(f"{result.coder_id}: cross-fitted macro-F1 {scores.macro_f1.value:.3f}, kappa {scores.kappa.value:.3f}")


def update_manifest() -> None:
    """Write the hashes of the models' files into the manifest of the lists."""
    paths = sorted(path for path in MODELS.rglob("*") if path.is_file())
    sums = "".join(
        f'"{path.relative_to(MODELS).as_posix()}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
        for path in paths
    )
    text = MANIFEST.read_text(encoding="utf-8")
    head, mark, tail = text.partition("[models.sha256]\n")
    if not mark:
        sys.exit(f"{MANIFEST} has no block [models.sha256]")
    rest = tail[tail.index("\n[") :] if "\n[" in tail else ""
    MANIFEST.write_text(f"{head}{mark}{sums}{rest}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
