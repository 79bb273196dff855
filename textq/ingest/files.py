"""Which files are the corpus: the rows of a manifest where there is one, else every readable file."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textq.errors import ConfigError
from textq.ingest.manifest import COVERAGE_NAME, MANIFEST_NAME, CoverageRow, ManifestRow, read_coverage, read_manifest
from textq.ingest.read import KNOWN_ENDINGS
from textq.records import STUDY_MARK


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

    A folder with a manifest, at any depth, is read by its rows; so is a single file that the manifest beside it lists.

    Raises
    ------
    ConfigError
        If a path does not exist, or no file is found.
    ManifestError
        If a manifest or a coverage table cannot be used.
    """
    finder = _Finder()
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path} does not exist. Give a folder of documents, or files.")
        prefix = f"{path.resolve().name}/" if len(paths) > 1 else ""
        if path.is_dir():
            finder.add_folder(path, prefix)
        else:
            finder.add_file(path)
    if not finder.files:
        raise ConfigError(f"no file was found in {', '.join(map(str, paths))}. Give a folder that holds documents.")
    _check_names(list(finder.files.values()))
    return Corpus(tuple(finder.files.values()), tuple(finder.coverage), finder.lists)


class _Finder:
    """Collects files, the coverage declared beside them, and the hashes of the lists that say so."""

    def __init__(self) -> None:
        self.files: dict[Path, SourceFile] = {}
        self.coverage: list[CoverageRow] = []
        self.lists: dict[str, str] = {}
        self._visited: set[Path] = set()

    def add_file(self, path: Path) -> None:
        """Add a single file, with its row of the manifest beside it."""
        manifest = path.parent / MANIFEST_NAME
        rows = self._read_rows(path.parent, "") if manifest.is_file() else []
        row = next((row for row in rows if (path.parent / row.file).resolve() == path.resolve()), None)
        self._add(SourceFile(path.name, path, row))

    def add_folder(self, folder: Path, prefix: str) -> None:
        """Add the manifest's files in its order and the rest as ignored; without a manifest all files by path."""
        if folder.resolve() in self._visited:
            return
        self._visited.add(folder.resolve())
        self._add_coverage(folder, prefix)
        if not (folder / MANIFEST_NAME).is_file():
            self._add_entries(folder, prefix)
            return
        for row in self._read_rows(folder, prefix):
            self._add(SourceFile(prefix + row.file, folder / row.file, row))
        for location in _walk(folder):
            name = location.relative_to(folder).as_posix()
            if name not in {MANIFEST_NAME, COVERAGE_NAME}:
                self._add(SourceFile(prefix + name, location, ignored="not listed in the manifest"))

    def _add_entries(self, folder: Path, prefix: str) -> None:
        for entry in _list_entries(folder):
            name = prefix + entry.name
            if entry.is_dir():
                self.add_folder(entry, f"{name}/")
            elif entry.name != COVERAGE_NAME:
                known = entry.suffix.lower() in KNOWN_ENDINGS
                why = "" if known else f"no document format: {entry.suffix or 'no ending'}"
                self._add(SourceFile(name, entry, ignored=why))

    def _add(self, file: SourceFile) -> None:
        self.files.setdefault(file.location.resolve(), file)

    def _read_rows(self, folder: Path, prefix: str) -> list[ManifestRow]:
        self._add_list(folder / MANIFEST_NAME, prefix)
        return read_manifest(folder / MANIFEST_NAME)

    def _add_coverage(self, folder: Path, prefix: str) -> None:
        if (folder / COVERAGE_NAME).is_file():
            self._add_list(folder / COVERAGE_NAME, prefix)
            self.coverage += read_coverage(folder / COVERAGE_NAME)

    def _add_list(self, path: Path, prefix: str) -> None:
        self.lists[prefix + path.name] = hashlib.sha256(path.read_bytes()).hexdigest()


def _list_entries(folder: Path) -> list[Path]:
    """Return what a folder holds, sorted; hidden files, lock files of Word and output folders left out."""
    entries = (entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))
    return sorted((e for e in entries if not (e / STUDY_MARK).is_file()), key=lambda path: path.name)


def _walk(folder: Path) -> Iterator[Path]:
    for entry in _list_entries(folder):
        if entry.is_dir():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _check_names(files: Sequence[SourceFile]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        if file.path in seen:
            raise ConfigError(f"{seen[file.path]} and {file.location} have the same name here. Score them one by one.")
        seen[file.path] = file.location
