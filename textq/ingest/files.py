"""Which files are the corpus: the rows of a manifest where there is one, else every readable file; in archives too."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from textq.errors import ConfigError, ManifestError, ReadError
from textq.ingest.archive import ARCHIVE_ENDING, list_members, read_member
from textq.ingest.manifest import COVERAGE_NAME, MANIFEST_NAME, CoverageRow, ManifestRow, read_coverage, read_manifest
from textq.ingest.read import KNOWN_ENDINGS
from textq.records import STUDY_MARK

_UNLISTED = "not listed in the manifest"

_LIST_IN_DISGUISE = re.compile(r"(manifest|coverage)\.(?:csv(?:\.txt|\.csv)?|xls[xmb]?|ods|et)", re.IGNORECASE)
"""Names under which spreadsheet programs save a list that should be ``manifest.csv`` or ``coverage.csv``."""

DEEPEST = 200
"""Folders above a file; more would take the stack, and most systems open no such path."""

LARGEST_FILE = 1 << 30
"""Bytes of a file; a process that reads one needs several times as much memory."""


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
            If it is no file but a folder, pipe or device, is too large, stands in an archive that cannot be read, or is
            an archive itself.
        """
        _check_regular(self.location)
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
        prefix = f"{_label(_resolve(path).name)}/" if len(paths) > 1 else ""
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
        row = next((row for row in rows if _resolve(path.parent / row.file) == _resolve(path)), None)
        if path.suffix.lower() != ARCHIVE_ENDING or row or not path.is_file():
            self._add(SourceFile(_label(path.name), path, row))
            return
        named = (_locate(path.parent, "", row) for row in rows)
        self._add_members(
            path,
            _label(path.name),
            {file.member: file.row for file in named if _resolve(file.location) == _resolve(path)},
        )

    def add_folder(self, folder: Path, prefix: str) -> None:
        """Add the manifest's files in its order and the rest as ignored; without a manifest all files by path."""
        if _resolve(folder) in self._visited:
            return
        self._visited.add(_resolve(folder))
        _refuse_disguised_lists(folder)
        self._add_coverage(folder, prefix)
        if not (folder / MANIFEST_NAME).is_file():
            self._add_entries(folder, prefix)
            return
        for row in self._read_rows(folder, prefix):
            self._add(_locate(folder, prefix, row))
        archives = {_resolve(file.location) for file in self.files.values() if file.member}
        for location in _walk(folder, set()):
            name = "/".join(map(_label, location.relative_to(folder).parts))
            if name in {MANIFEST_NAME, COVERAGE_NAME}:
                continue
            if _resolve(location) in archives:
                self._add_members(location, prefix + name, ignored=_UNLISTED)
            else:
                self._add(SourceFile(prefix + name, location, ignored=_UNLISTED))

    def _add_entries(self, folder: Path, prefix: str) -> None:
        for entry in _list_entries(folder):
            name = prefix + _label(entry.name)
            if entry.is_dir() and _can_enter(entry):
                self.add_folder(entry, f"{name}/")
            elif entry.is_dir():
                self._add(SourceFile(name, entry))
            elif entry.suffix.lower() == ARCHIVE_ENDING and entry.is_file():
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
        self.files.setdefault((_resolve(file.location), file.member), file)

    def _read_rows(self, folder: Path, prefix: str) -> list[ManifestRow]:
        self._add_list(folder / MANIFEST_NAME, prefix)
        return read_manifest(folder / MANIFEST_NAME)

    def _add_coverage(self, folder: Path, prefix: str) -> None:
        if (folder / COVERAGE_NAME).is_file():
            self._add_list(folder / COVERAGE_NAME, prefix)
            self.coverage += read_coverage(folder / COVERAGE_NAME)

    def _add_list(self, path: Path, prefix: str) -> None:
        self.lists[prefix + path.name] = hashlib.sha256(path.read_bytes()).hexdigest()


def _resolve(path: Path) -> Path:
    """Return where a path leads; one that leads in circles is its own end."""
    return Path(os.path.realpath(path))


def _label(name: str) -> str:
    """Return the name of a file as text: one that is no UTF-8 is read as GB18030, else its odd bytes are spelt out."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape")
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "backslashreplace")
    return name


def _check_regular(location: Path) -> None:
    """Refuse what holds no bytes of its own, so that reading could last for ever, and files without measure."""
    state = location.stat()
    if stat.S_ISDIR(state.st_mode):
        if not _can_enter(location):
            raise ReadError("the folder may not be read by this user. Change its permissions.")
        raise ReadError("it is a folder, not a file. Name the documents in it.")
    if not stat.S_ISREG(state.st_mode):
        raise ReadError("it is a pipe or a device, not a file. Copy what it gives into a file.")
    if state.st_size > LARGEST_FILE and location.suffix.lower() != ARCHIVE_ENDING:
        raise ReadError(f"the file has {state.st_size:,} bytes, more than {LARGEST_FILE:,}. Split it.")


def _refuse_disguised_lists(folder: Path) -> None:
    """Refuse a folder whose manifest or coverage table is stored as something else: it would be left out silently."""
    for entry in _list_entries(folder):
        found = _LIST_IN_DISGUISE.fullmatch(entry.name)
        name = f"{found[1].lower()}.csv" if found else ""
        if name and not (folder / name).is_file():
            raise ManifestError(
                f"{entry}: this list is read under the name {name} alone. Save it as that (CSV UTF-8), or give the "
                "file another name if it is no list."
            )


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
    if len(folder.parts) > DEEPEST:
        raise ConfigError(f"{folder} lies more than {DEEPEST} folders deep. Give a folder nearer to the documents.")
    entries = (entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))
    # os.path.isfile, for Path.is_file raises where a folder may not be entered.
    return sorted((e for e in entries if not os.path.isfile(e / STUDY_MARK)), key=lambda path: path.name)


def _can_enter(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def _walk(folder: Path, visited: set[Path]) -> Iterator[Path]:
    """Yield the files in a folder and in those below it, each folder once: links may lead back up."""
    visited.add(_resolve(folder))
    for entry in _list_entries(folder):
        if not entry.is_dir() or not _can_enter(entry):
            yield entry
        elif _resolve(entry) not in visited:
            yield from _walk(entry, visited)


def _check_names(files: Sequence[SourceFile]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        if file.path in seen:
            raise ConfigError(f"{seen[file.path]} and {file.location} have the same name here. Score them one by one.")
        seen[file.path] = file.location
