"""Which files are the corpus: the rows of a manifest where there is one, else every readable file."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textq.errors import ConfigError
from textq.ingest.manifest import COVERAGE_NAME, MANIFEST_NAME, CoverageRow, ManifestRow, read_coverage, read_manifest
from textq.ingest.read import KNOWN_ENDINGS

RUN_MARK = "latest.txt"
"""A folder that holds this file is the output of textq, never input."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was found, or that a manifest names.

    ``path`` is how tables name it: relative to the folder given, with "/" between folders (with the folder's name in
    front where several were given). ``ignored`` says why it is no document, "" if it is one.
    """

    path: str
    location: Path
    row: ManifestRow | None = None
    ignored: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files of a corpus in their order, the coverage its manifests declare, and the manifests' sha256 by path."""

    files: tuple[SourceFile, ...]
    coverage: tuple[CoverageRow, ...]
    lists: Mapping[str, str]


def find_files(paths: Sequence[Path]) -> Corpus:
    """List the files of all ``paths`` (folders or single files), each once.

    Raises
    ------
    ConfigError
        If a path does not exist, or no file is found.
    ManifestError
        If a manifest or a coverage table cannot be used.
    """
    files: dict[Path, SourceFile] = {}
    coverage: list[CoverageRow] = []
    lists: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path} does not exist. Give a folder of documents, or files.")
        prefix = f"{path.resolve().name}/" if len(paths) > 1 and path.is_dir() else ""
        for file in _list_folder(path, prefix) if path.is_dir() else [SourceFile(path.name, path)]:
            files.setdefault(file.location.resolve(), file)
        for name in (MANIFEST_NAME, COVERAGE_NAME):
            if (path / name).is_file():
                lists[prefix + name] = hashlib.sha256((path / name).read_bytes()).hexdigest()
        if (path / COVERAGE_NAME).is_file():
            coverage += read_coverage(path / COVERAGE_NAME)
    if not files:
        raise ConfigError(f"no file was found in {', '.join(map(str, paths))}. Give a folder that holds documents.")
    _check_names(list(files.values()))
    return Corpus(tuple(files.values()), tuple(coverage), lists)


def _list_folder(folder: Path, prefix: str) -> Iterator[SourceFile]:
    """Yield the manifest's files in its order and the rest as ignored; without a manifest all files by path."""
    rows = read_manifest(folder / MANIFEST_NAME) if (folder / MANIFEST_NAME).is_file() else None
    for row in rows or []:
        yield SourceFile(prefix + row.file, folder / row.file, row)
    listed = {(folder / row.file).resolve() for row in rows or []}
    for location in _walk(folder):
        name = location.relative_to(folder).as_posix()
        if location.resolve() not in listed and name not in {MANIFEST_NAME, COVERAGE_NAME}:
            yield SourceFile(prefix + name, location, ignored=_why_ignored(location, has_manifest=rows is not None))


def _why_ignored(location: Path, *, has_manifest: bool) -> str:
    if has_manifest:
        return "not listed in the manifest"
    return "" if location.suffix.lower() in KNOWN_ENDINGS else f"no document format: {location.suffix or 'no ending'}"


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below ``folder``, sorted; hidden ones, lock files of Word and output folders left out."""
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir():
            if not (entry / RUN_MARK).is_file():
                yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _check_names(files: Sequence[SourceFile]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        if file.path in seen:
            raise ConfigError(f"{seen[file.path]} and {file.location} have the same name here. Score them one by one.")
        seen[file.path] = file.location
