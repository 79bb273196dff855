import os
import struct
import zipfile
import zlib
from pathlib import Path
from unittest.mock import Mock

import pytest

from textq.errors import ReadError
from textq.ingest import archive
from textq.ingest.archive import list_members, read_member


def pack(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def pack_raw(path: Path, names: list[bytes]) -> Path:
    """Write an archive whose names are the given bytes, unmarked as Windows programs store them."""
    members = {f"{at:0{len(name)}d}": b"%d" % at for at, name in enumerate(names)}
    data = pack(path, members).read_bytes()
    for stored, name in zip(members, names, strict=True):
        data = data.replace(stored.encode(), name)
    path.write_bytes(data)
    return path


def test_members_are_listed_and_read(tmp_path):
    made = pack(tmp_path / "a.zip", {"b.txt": b"1", "目录/丙 通知（一）.pdf": b"2", "empty/": b""})
    assert list_members(made) == ["b.txt", "目录/丙 通知（一）.pdf"]
    assert read_member(made, "目录/丙 通知（一）.pdf") == b"2"


def test_what_systems_add_is_left_out(tmp_path):
    names = ["a.txt", "__MACOSX/._a.txt", ".DS_Store", "b/.hidden", "~$a.docx"]
    assert list_members(pack(tmp_path / "a.zip", dict.fromkeys(names, b""))) == ["a.txt"]


@pytest.mark.parametrize("name", ["关于印发方案的通知.doc", "闁圭.txt", "通知/附件.pdf"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_the_mark_of_utf8(tmp_path, name, encoding):
    made = pack_raw(tmp_path / "a.zip", [name.encode(encoding)])
    assert list_members(made) == [name]
    assert read_member(made, name) == b"0"


def test_a_name_whose_second_byte_is_a_backslash_stays_whole(tmp_path):
    raw = b"\xd5\x5c.txt"
    assert b"\\" in raw
    assert list_members(pack_raw(tmp_path / "a.zip", [raw])) == [raw.decode("gb18030")]


def test_the_unicode_field_of_a_name_wins(tmp_path):
    info = zipfile.ZipInfo("x.txt")
    stated = "通知.txt".encode()
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(stated), 1, zlib.crc32(b"x.txt")) + stated
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr(info, b"1")
    assert list_members(tmp_path / "a.zip") == ["通知.txt"]


@pytest.mark.parametrize("name", ["../../etc/a.txt", "/etc/a.txt", "C:\\etc\\a.txt", "./etc//a.txt"])
def test_names_lead_nowhere(tmp_path, name):
    made = pack(tmp_path / "a.zip", {name: b"1"})
    assert list_members(made) == ["etc/a.txt"]
    assert read_member(made, "etc/a.txt") == b"1"
    assert sorted(tmp_path.iterdir()) == [made]


def test_a_name_that_stands_twice(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"a.txt": b"1", "A.txt": b"2", "b.txt": b"3", "B.txt": b"3"})
    path.write_bytes(path.read_bytes().replace(b"A.txt", b"a.txt").replace(b"B.txt", b"b.txt"))
    assert list_members(path) == ["a.txt", "b.txt"]
    assert read_member(path, "b.txt") == b"3"
    with pytest.raises(ReadError, match="different files of this name"):
        read_member(path, "a.txt")


def test_a_member_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_member(pack(tmp_path / "a.zip", {"a.txt": b""}), "b.txt")


@pytest.mark.parametrize("name", ["b.zip", "b.zip/c.txt"])
def test_an_archive_in_an_archive_is_not_opened(tmp_path, name):
    inner = pack(tmp_path / "b.zip", {"c.txt": b"1"}).read_bytes()
    with pytest.raises(ReadError, match="archive inside an archive"):
        read_member(pack(tmp_path / "a.zip", {"b.zip": inner}), name)


def test_an_encrypted_member(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": b"1", "b.txt": b"2"}, zipfile.ZIP_STORED)
    data = bytearray(made.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    made.write_bytes(data)
    assert list_members(made) == ["a.txt", "b.txt"]
    assert read_member(made, "b.txt") == b"2"
    with pytest.raises(ReadError, match="encrypted inside its archive"):
        read_member(made, "a.txt")


def test_a_packing_that_is_not_supported(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": b"1"}, zipfile.ZIP_STORED)
    data = bytearray(made.read_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 9
    made.write_bytes(data)
    with pytest.raises(ReadError, match="cannot be unpacked"):
        read_member(made, "a.txt")


def test_a_damaged_member(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": b"unchanged" * 9}, zipfile.ZIP_STORED)
    made.write_bytes(made.read_bytes().replace(b"unchanged", b"corrupted", 1))
    with pytest.raises(ReadError, match="cannot be unpacked"):
        read_member(made, "a.txt")


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.99])
def test_an_archive_that_is_cut_off(tmp_path, share):
    made = pack(tmp_path / "a.zip", {f"{at}.txt": os.urandom(100) for at in range(9)})
    made.write_bytes(made.read_bytes()[: int(made.stat().st_size * share)])
    with pytest.raises(ReadError, match=r"cannot be opened .* Fetch it again"):
        list_members(made)


def test_a_bomb_is_not_unpacked(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": bytes(archive.SMALL + 1)})
    with pytest.raises(ReadError, match="times its size"):
        read_member(made, "a.txt")


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": b"0123456789" * 99})
    made.write_bytes(made.read_bytes().replace(struct.pack("<I", 990), struct.pack("<I", 10)))
    with pytest.raises(ReadError, match="cannot be unpacked"):
        read_member(made, "a.txt")


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [("MOST_MEMBERS", 2, "holds 3 files"), ("LARGEST_ARCHIVE", 8, "unpacks to more than 8 bytes")],
)
def test_limits_of_an_archive(tmp_path, monkeypatch, limit, value, why):
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(ReadError, match=why):
        list_members(pack(tmp_path / "a.zip", dict.fromkeys("abc", b"123")))


def test_the_limit_of_a_member(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 2)
    with pytest.raises(ReadError, match="it has 3 bytes, more than 2"):
        read_member(pack(tmp_path / "a.zip", {"a": b"123"}), "a")


def test_an_archive_that_changes_is_opened_anew(tmp_path):
    made = pack(tmp_path / "a.zip", {"a.txt": b"1"})
    assert list_members(made) == ["a.txt"]
    pack(made, {"b.txt": b"22", "c.txt": b"3"})
    assert list_members(made) == ["b.txt", "c.txt"]


def test_an_archive_is_opened_once_for_all_its_members(tmp_path, monkeypatch):
    made = pack(tmp_path / "a.zip", {f"{at}.txt": b"x" for at in range(50)})
    opened = []

    class Counted(zipfile.ZipFile):
        def __init__(self, path: Path) -> None:
            opened.append(path)
            super().__init__(path)

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    assert [read_member(made, name) for name in list_members(made)] == [b"x"] * 50
    assert opened == [made]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (["附件/实施方案.docx", "通知.txt"], "gbk"),
        (["通知.txt"], "gbk"),
        (["图.jpg", "a.txt"], "gbk"),
        (["通知.txt", "图.jpg"], "utf-8"),
        (["café.txt", "été.txt"], "utf-8"),
    ],
)
def test_all_names_of_an_archive_are_of_one_encoding(tmp_path, stored, shown):
    made = pack_raw(tmp_path / "a.zip", [name.encode(shown) for name in stored])
    assert list_members(made) == stored


def test_an_archive_that_may_not_be_read_is_no_damaged_one(tmp_path, monkeypatch):
    made = pack(tmp_path / "a.zip", {"a.txt": b"1"})
    monkeypatch.setattr(zipfile, "ZipFile", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(ReadError, match="may not be read by this user"):
        list_members(made)
