"""Files written in one step."""

import threading
from pathlib import Path

import pytest

from textq.atomic import replace_bytes, replace_file
from textq.errors import ConfigError


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    with replace_file(path) as stream:
        stream.write("新\n")
        assert path.read_text(encoding="utf-8") == "old"

    assert path.read_bytes() == "新\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def write_half() -> None:
        with replace_file(path) as stream:
            stream.write("new")
            raise ConfigError("stopped")

    with pytest.raises(ConfigError):
        write_half()

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_that_write_one_file_do_not_mix(tmp_path: Path) -> None:
    path, both_open = tmp_path / "a.txt", threading.Barrier(2)

    def write(letter: str) -> None:
        with replace_file(path) as stream:
            stream.write(letter)
            both_open.wait(timeout=30)
            stream.write(letter)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert path.read_text(encoding="utf-8") in {"aa", "bb"}
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replace_file(tmp_path / "nowhere" / "a.txt"):
        pass


def test_bytes_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    replace_bytes(path, b"\x00new")
    assert path.read_bytes() == b"\x00new"
    assert list(tmp_path.iterdir()) == [path]
