"""Which files are the corpus: the rows of a manifest where there is one, else every readable file; in archives too."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from textq.errors import ConfigError, ReadError
from textq.ingest.archive import ARCHIVE_ENDING, list_members, read_member
from textq.ingest.manifest import COVERAGE_NAME, MANIFEST_NAME, CoverageRow, ManifestRow, read_coverage, read_manifest
from textq.ingest.read import KNOWN_ENDINGS
from textq.records import STUDY_MARK

_UNLISTED = "not listed in the manifest"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was found, or that a manifest names.

    ``path`` is how tables name it: relative to the folder given, with "/" between folders (with the folder's name in
    front where several were given). ``ignored`` says why it is no document, "" if it is one. ``member`` names a file
    inside the archive at ``location``, "" if ``location`` is the file itself.
    """

    path: str
    location: Path
    row: ManifestRow | None = None
    ignored: str = ""
    member: str = ""

    def read_bytes(self) -> bytes:
        """Return what the file holds.

        Raises
        ------
        OSError
            If it is not there or cannot be opened.
        ReadError
            If it stands in an archive that cannot be read, or is an archive itself.
        """
        if self.member:
            return read_member(self.location, self.member)
        if self.location.suffix.lower() == ARCHIVE_ENDING:
            raise ReadError(_explain_archive(self.location))
        return self.location.read_bytes()


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
        self.files: dict[tuple[Path, str], SourceFile] = {}
        self.coverage: list[CoverageRow] = []
        self.lists: dict[str, str] = {}
        self._visited: set[Path] = set()

    def add_file(self, path: Path) -> None:
        """Add a single file, with its row of the manifest beside it."""
        manifest = path.parent / MANIFEST_NAME
        rows = self._read_rows(path.parent, "") if manifest.is_file() else []
        row = next((row for row in rows if (path.parent / row.file).resolve() == path.resolve()), None)
        if path.suffix.lower() != ARCHIVE_ENDING or row:
            self._add(SourceFile(path.name, path, row))
            return
        named = (_locate(path.parent, "", row) for row in rows)
        self._add_members(
            path, path.name, {file.member: file.row for file in named if file.location.resolve() == path.resolve()}
        )

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
            self._add(_locate(folder, prefix, row))
        archives = {file.location.resolve() for file in self.files.values() if file.member}
        for location in _walk(folder):
            name = location.relative_to(folder).as_posix()
            if name in {MANIFEST_NAME, COVERAGE_NAME}:
                continue
            if location.resolve() in archives:
                self._add_members(location, prefix + name, ignored=_UNLISTED)
            else:
                self._add(SourceFile(prefix + name, location, ignored=_UNLISTED))

    def _add_entries(self, folder: Path, prefix: str) -> None:
        for entry in _list_entries(folder):
            name = prefix + entry.name
            if entry.is_dir():
                self.add_folder(entry, f"{name}/")
            elif entry.suffix.lower() == ARCHIVE_ENDING:
                self._add_members(entry, name)
            elif entry.name != COVERAGE_NAME:
                self._add(SourceFile(name, entry, ignored=_judge_ending(entry.name)))

    def _add_members(
        self, archive: Path, path: str, rows: Mapping[str, ManifestRow | None] | None = None, ignored: str = ""
    ) -> None:
        """Add the files in an archive; one that cannot be listed stays a file of its own, which fails when read."""
        try:
            names = list_members(archive)
        except ReadError:
            self._add(SourceFile(path, archive))
            return
        for name in names:
            why = ignored or _judge_ending(name)
            self._add(SourceFile(f"{path}/{name}", archive, (rows or {}).get(name), why, name))

    def _add(self, file: SourceFile) -> None:
        self.files.setdefault((file.location.resolve(), file.member), file)

    def _read_rows(self, folder: Path, prefix: str) -> list[ManifestRow]:
        self._add_list(folder / MANIFEST_NAME, prefix)
        return read_manifest(folder / MANIFEST_NAME)

    def _add_coverage(self, folder: Path, prefix: str) -> None:
        if (folder / COVERAGE_NAME).is_file():
            self._add_list(folder / COVERAGE_NAME, prefix)
            self.coverage += read_coverage(folder / COVERAGE_NAME)

    def _add_list(self, path: Path, prefix: str) -> None:
        self.lists[prefix + path.name] = hashlib.sha256(path.read_bytes()).hexdigest()


def _judge_ending(name: str) -> str:
    """Return why a file is no document, "" if it is one."""
    path = PurePosixPath(name)
    if path.name == MANIFEST_NAME:
        return "a manifest inside an archive is not used; unpack the archive"
    known = path.suffix.lower() in KNOWN_ENDINGS
    return "" if known else f"no document format: {path.suffix or 'no ending'}"


def _locate(folder: Path, prefix: str, row: ManifestRow) -> SourceFile:
    """Return the file that a row names: one in the folder, or a member of an archive there."""
    location = folder / row.file
    parts = PurePosixPath(row.file).parts
    for n, part in enumerate(parts[:-1], 1):
        archive = folder.joinpath(*parts[:n])
        if part.lower().endswith(ARCHIVE_ENDING) and archive.is_file():
            return SourceFile(prefix + row.file, archive, row, member="/".join(parts[n:]))
    return SourceFile(prefix + row.file, location, row)


def _explain_archive(archive: Path) -> str:
    """Return why an archive gives no document: it cannot be read, or its members should be named."""
    try:
        list_members(archive)
    except ReadError as error:
        return str(error)
    return f"an archive is no document. Name the documents in it: {archive.name}/…"


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
