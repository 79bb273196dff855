"""The compound files of old Office programs (.doc, .xls, .wps): which streams they hold, and whether they are whole."""

import struct

from textq.errors import ReadError

_HEADER = 512
_IN_HEADER = 109
"""So many sectors of the allocation table are named in the header itself."""

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
"""Bytes of an entry of the directory: 64 for the name in UTF-16, then its length."""


def list_streams(data: bytes) -> set[str]:
    """Return the names of the streams and storages of a compound file.

    Raises
    ------
    ReadError
        If the file is cut off or its tables lead nowhere.
    """
    try:
        table = _read_table(data)
        return {_read_name(entry) for sector in _follow(table, data) for entry in _split_entries(sector)} - {""}
    except (struct.error, IndexError) as error:
        raise ReadError(
            "the file begins as one of the old Word format (.doc, .wps) but is damaged or cut off. Fetch it again."
        ) from error


def _read_table(data: bytes) -> list[int]:
    """Return the allocation table: for each sector the one that follows it; every sector in use lies in the file."""
    n_integers = _get_sector_size(data) // 4
    table: list[int] = []
    for at in _list_table_sectors(data, n_integers):
        table += struct.unpack(f"<{n_integers}I", _get_sector(data, at))
    used = [at for at, follower in enumerate(table) if follower != _FREE]
    if used:
        _get_sector(data, used[-1])
    return table


def _list_table_sectors(data: bytes, n_integers: int) -> list[int]:
    """Return the sectors that hold the table: the header names the first, a chain of sectors the rest."""
    named = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 0x4C))
    (at,) = struct.unpack_from("<I", data, 0x44)
    seen: set[int] = set()
    while at <= _LAST_SECTOR and at not in seen:
        seen.add(at)
        *more, at = struct.unpack(f"<{n_integers}I", _get_sector(data, at))
        named += more
    return list(dict.fromkeys(sector for sector in named if sector <= _LAST_SECTOR))


def _follow(table: list[int], data: bytes) -> list[bytes]:
    """Return the sectors of the directory; a chain that comes back to itself ends there."""
    (at,) = struct.unpack_from("<I", data, 0x30)
    sectors: dict[int, bytes] = {}
    while at != _END and at not in sectors:
        sectors[at] = _get_sector(data, at)
        at = table[at]
    return list(sectors.values())


def _get_sector_size(data: bytes) -> int:
    (shift,) = struct.unpack_from("<H", data, 0x1E)
    return 4096 if shift == 12 else 512


def _get_sector(data: bytes, at: int) -> bytes:
    """Return a sector; the last one of a file may be shorter than the others."""
    size = _get_sector_size(data)
    start = max(_HEADER, size) + at * size
    if start >= len(data):
        raise IndexError(at)
    return data[start : start + size].ljust(size, b"\x00")


def _split_entries(sector: bytes) -> list[bytes]:
    return [sector[start : start + _ENTRY] for start in range(0, len(sector), _ENTRY)]


def _read_name(entry: bytes) -> str:
    (length,) = struct.unpack_from("<H", entry, 64)
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
