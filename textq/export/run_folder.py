"""The folder of a run: written whole or not at all, never touched again, named in latest.txt."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

from textq.atomic import replace_file
from textq.errors import RunError
from textq.records import STUDY_MARK

Kind = Literal["scores", "estimate", "power"]

LATEST: Mapping[Kind, str] = {
    "scores": "latest.txt",
    "estimate": "latest_estimate.txt",
    "power": "latest_power.txt",
}
"""The text file that names the newest run of each kind."""

RUNS = "runs"
_PARTIAL = ".partial-"
_ABANDONED = 3 * 24 * 3600
"""Seconds after which an unfinished run to which nothing was added is given up."""

META = "run.json"


def prepare_folder(out: Path) -> None:
    """Create the study's folder and try to write into it, before any work is done.

    Raises
    ------
    OSError
        If it cannot be created or written.
    """
    runs = out / RUNS
    runs.mkdir(parents=True, exist_ok=True)
    (out / STUDY_MARK).touch()


def write_run(
    out: Path, started_at: datetime, write: Callable[[Path], Mapping[str, object]], kind: Kind = "scores"
) -> Path:
    """Create ``out/runs/<stamp>-<run id>`` and return it.

    ``write`` fills the folder and returns what ``run.json`` shall hold, the ``run_id`` among it; the hashes of all
    files are added. The folder appears under its name only when it is complete; then the file that names the newest
    run of its kind is set to it.
    """
    runs = out / RUNS
    runs.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(runs)
    partial = runs / f"{_PARTIAL}{uuid4().hex}"
    partial.mkdir()
    try:
        meta = write(partial)
        (partial / META).write_text(_dump({**meta, "outputs": _hash_files(partial)}), encoding="utf-8")
        final = _find_free(runs, f"{started_at:%Y%m%dT%H%M%S}-{meta['run_id']}")
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _replace_text(out / LATEST[kind], f"{RUNS}/{final.name}\n")
    return final


def _remove_abandoned(runs: Path) -> None:
    """Remove unfinished runs whose process was killed: nothing was added to them for long."""
    for folder in runs.glob(f"{_PARTIAL}*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)


def find_run(path: Path, kind: Kind = "scores") -> Path:
    """Return the run folder that ``path`` is, or the newest one of its kind in a study folder.

    Raises
    ------
    RunError
        If there is none.
    """
    if (path / META).is_file():
        found = read_meta(path).get("kind", "scores")
        if found != kind:
            raise RunError(f"{path} holds a run of the kind {found!r}, not {kind!r}. Give another run folder.")
        return path
    latest = path / LATEST[kind]
    command = {"scores": "score", "estimate": "estimate", "power": "power"}[kind]
    if latest.is_file():
        run = path / latest.read_text(encoding="utf-8").strip()
        if (run / META).is_file():
            return run
        raise RunError(
            f"{latest} names {run.name}, which is not there. "
            f"Run `textq {command}` again, or give a folder below {path / RUNS}."
        )
    raise RunError(
        f"{path} holds no run: neither {META} nor {latest.name}. "
        f"Run `textq {command}` first, or give its output folder."
    )


def read_meta(run_dir: Path) -> dict[str, object]:
    """Return what ``run.json`` holds."""
    meta: dict[str, object] = json.loads((run_dir / META).read_text(encoding="utf-8"))
    return meta


def _hash_files(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def hash_file(path: Path) -> str:
    """Return the sha256 of a file, which is read piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _find_free(runs: Path, name: str) -> Path:
    final, count = runs / name, 1
    while final.exists():
        count += 1
        final = runs / f"{name}-{count}"
    return final


def _dump(meta: Mapping[str, object]) -> str:
    return json.dumps(meta, ensure_ascii=False, indent=1) + "\n"


def _replace_text(path: Path, text: str) -> None:
    with replace_file(path) as stream:
        stream.write(text)
