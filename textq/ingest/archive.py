"""ZIP archives of documents: what they hold, and one member at a time, within limits that no honest archive meets."""

import os
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from lzma import LZMAError
from pathlib import Path

from textq.errors import ReadError
from textq.ingest.normalize import CJK_CHARACTER

ARCHIVE_ENDING = ".zip"

MOST_MEMBERS = 10_000
LARGEST_MEMBER = 256 * 2**20
"""Bytes of a member when unpacked."""

LARGEST_ARCHIVE = 4 * 2**30
"""Bytes of all members when unpacked."""

HIGHEST_RATIO = 200
"""Unpacked by packed bytes of a member above :data:`SMALL`; text packs to a tenth, made "bombs" to a thousandth."""

SMALL = 10 * 2**20

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
_LAST_LATIN = "\u024f"
"""The last letter of the common Latin blocks: café is a name, though its é could be one character of GBK."""

_ASCII = re.compile("[\x00-\x7f]+")
_DAMAGE = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def list_members(path: Path) -> list[str]:
    """Return the names of an archive's files, with "/" between folders; what operating systems add is left out.

    Names are labels: they lead nowhere on disk. A name that stands twice is listed once.

    Raises
    ------
    ReadError
        If the archive is damaged, or holds more files or bytes than the limits allow.
    """
    return list(_open(path)[1])


def read_member(path: Path, name: str) -> bytes:
    """Return the bytes of one file in an archive.

    Raises
    ------
    ReadError
        If it is encrypted, damaged, an archive itself, too large, or its name stands twice.
    FileNotFoundError
        If the archive does not hold it.
    """
    archive, members = _open(path)
    if name not in members:
        _refuse_archive_above(name, members)
        raise FileNotFoundError(2, f"{path.name} holds no file of this name", name)
    infos = members[name]
    if len({(info.CRC, info.file_size) for info in infos}) > 1:
        raise ReadError("the archive holds different files of this name. Unpack it and give each a name of its own.")
    if name.lower().endswith(ARCHIVE_ENDING):
        raise ReadError("an archive inside an archive is not opened. Unpack the outer one first.")
    _check_ratio(infos[0])
    return unpack_member(archive, infos[0], LARGEST_MEMBER)


def unpack_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Return the bytes of a member of an open archive, at most ``most``.

    Raises
    ------
    ReadError
        If the member is encrypted, packed in a way that is not supported, damaged, or larger when unpacked.
    """
    if info.flag_bits & _ENCRYPTED:
        raise ReadError("it is encrypted inside its archive. Unpack it with its password first.")
    if info.file_size > most:
        raise ReadError(f"unpacked it has {info.file_size:,} bytes, more than {most:,}. Split it.")
    try:
        with archive.open(info) as member:
            return member.read(most + 1)
    except _DAMAGE as error:
        raise ReadError(
            f"it cannot be unpacked from its archive ({error}). Fetch the archive again, or unpack it by hand."
        ) from error


def _check_ratio(info: zipfile.ZipInfo) -> None:
    ratio = info.file_size // max(1, info.compress_size)
    if info.file_size > SMALL and ratio > HIGHEST_RATIO:
        raise ReadError(
            f"it unpacks to {ratio:,} times its size, as no document does (a ZIP bomb?). "
            "Unpack it by hand if you trust it."
        )


def _refuse_archive_above(name: str, members: Mapping[str, object]) -> None:
    parts = name.split("/")
    if any("/".join(parts[:n]) in members for n in range(1, len(parts))):
        raise ReadError("an archive inside an archive is not opened. Unpack the outer one first.")


def _open(path: Path) -> tuple[zipfile.ZipFile, Mapping[str, list[zipfile.ZipInfo]]]:
    state = path.stat()
    return _open_once(path, state.st_size, state.st_mtime_ns, os.getpid())


@lru_cache(maxsize=1)
def _open_once(
    path: Path, size: int, modified_at: int, process: int
) -> tuple[zipfile.ZipFile, Mapping[str, list[zipfile.ZipInfo]]]:
    """Open an archive and index it; once while its members are read in turn, anew if it changes, in each process."""
    try:
        archive = zipfile.ZipFile(path)
    except PermissionError as error:
        raise ReadError("the ZIP archive may not be read by this user. Change its permissions.") from error
    except _DAMAGE as error:
        raise ReadError(f"the ZIP archive cannot be opened ({error}). Fetch it again.") from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise ReadError(f"the ZIP archive holds {len(infos):,} files, more than {MOST_MEMBERS:,}. Unpack it.")
    if sum(info.file_size for info in infos) > LARGEST_ARCHIVE:
        raise ReadError(f"the ZIP archive unpacks to more than {LARGEST_ARCHIVE:,} bytes. Unpack it by hand.")
    encoding = _choose_encoding([info.orig_filename.encode("cp437") for info in infos if _is_unmarked(info)])
    members: dict[str, list[zipfile.ZipInfo]] = {}
    for info in infos:
        if (name := _read_name(info, encoding)) and not _is_added_by_system(name):
            members.setdefault(name, []).append(info)
    return archive, members


def _read_name(info: zipfile.ZipInfo, encoding: str) -> str:
    """Return a member's name as a label: its folders joined by "/", without steps that lead out of the archive."""
    name = info.orig_filename.encode("cp437").decode(encoding) if _is_unmarked(info) else _find_marked_name(info)
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":"))


def _is_unmarked(info: zipfile.ZipInfo) -> bool:
    return not (info.flag_bits & _UTF8_NAME or _find_unicode_name(info))


def _find_marked_name(info: zipfile.ZipInfo) -> str:
    return info.orig_filename if info.flag_bits & _UTF8_NAME else _find_unicode_name(info)


def _choose_encoding(names: Sequence[bytes]) -> str:
    """Return the encoding of the names in an archive that does not state it: UTF-8, or GB18030 of Chinese programs.

    Two bytes of GBK can be one character of UTF-8 by chance, but then of a script that Chinese archives do not use.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            texts = [name.decode(encoding) for name in names]
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" or not _is_chance(names, "".join(texts)):
            return encoding
    return "cp437"


def _is_chance(names: Sequence[bytes], utf8: str) -> bool:
    """Tell whether names are UTF-8 by chance: no character of Chinese, some beyond Latin; and Chinese as GB18030."""
    odd = [char for char in utf8 if not char.isascii()]
    if not odd or max(odd) > "\u07ff" or max(odd) <= _LAST_LATIN:
        return False
    try:
        beyond = _ASCII.sub("", b"\n".join(names).decode("gb18030"))
    except UnicodeDecodeError:
        return False
    return all(CJK_CHARACTER.match(char) for char in beyond)


def _find_unicode_name(info: zipfile.ZipInfo) -> str:
    """Return the name in the "Unicode path" field that some programs add; "" without one that fits the name."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        content, extra = extra[4 : 4 + length], extra[4 + length :]
        fits = int.from_bytes(content[1:5], "little") == zlib.crc32(info.orig_filename.encode("cp437"))
        if kind == _UNICODE_PATH and fits:
            return content[5:].decode("utf-8", errors="replace")
    return ""


def _is_added_by_system(name: str) -> bool:
    """Tell whether a file is none of the user's: hidden ones, lock files of Word, the shadows that macOS packs."""
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in name.split("/"))
