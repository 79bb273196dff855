import struct

import pytest

from textq.errors import ReadError
from textq.ingest.compound import list_streams
from textq.ingest.read import read_file

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def make_compound(*names: str, n_sectors: int = 4) -> bytes:
    """Return a compound file: a table, then a directory of two sectors, then a stream."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHH", header, 0x18, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<IIII", header, 0x2C, 1, 1, 0, 4096)
    struct.pack_into("<II", header, 0x44, END, 0)
    struct.pack_into("<109I", header, 0x4C, 0, *[FREE] * 108)
    table = struct.pack("<128I", TABLE, 2, END, END, *[FREE] * 124)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<H", 2 * len(name) + 2) + bytes(62) for name in names
    )
    return (bytes(header) + table + entries.ljust(1024, b"\x00") + b"text".ljust(512, b"\x00"))[: 512 * (1 + n_sectors)]


def test_the_streams_of_a_compound_file():
    names = ["Root Entry", "WordDocument", "1Table", "Data", "\x05SummaryInformation"]
    assert list_streams(make_compound(*names)) == set(names)


@pytest.mark.parametrize("length", [0, 8, 100, 511, 512, 1024, 1500, 2047])
def test_a_file_that_is_cut_off_is_refused(length):
    with pytest.raises(ReadError, match="cut off"):
        list_streams(make_compound("Root Entry", *"abcdef")[:length])


def test_a_directory_that_comes_back_to_itself_ends():
    data = bytearray(make_compound("Root Entry", "WordDocument"))
    struct.pack_into("<I", data, 512 + 8, 1)
    assert list_streams(bytes(data)) == {"Root Entry", "WordDocument"}


@pytest.mark.parametrize(
    ("stream", "holds"),
    [
        ("Workbook", "an Excel workbook"),
        ("EncryptedPackage", "an encrypted Office file"),
        ("PowerPoint Document", "a PowerPoint presentation"),
        ("Contents", "an Office file without a Word text"),
    ],
)
@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.wps"])
def test_other_office_files_are_named(stream, holds, name):
    with pytest.raises(ReadError, match=holds):
        read_file(make_compound("Root Entry", stream), name)
