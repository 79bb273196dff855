"""Lists of words: what they may hold, and where they are refused."""

from pathlib import Path

import pytest

from textq.errors import LexiconError
from textq.segment.words import user_words
from textq.segment.words.user_words import UserWord, merge_words, read_user_words


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "words.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_words_with_and_without_frequency_and_tag(tmp_path: Path) -> None:
    path = write(tmp_path, "# ours\n海外仓\n\n单一窗口 12\n清单核放 v\r\n  先行先试\t7  vn \nB2B出口")

    assert read_user_words(path) == (
        UserWord("海外仓"),
        UserWord("单一窗口", 12),
        UserWord("清单核放", tag="v"),
        UserWord("先行先试", 7, "vn"),
        UserWord("B2B出口"),
    )


def test_a_byte_order_mark_is_no_part_of_a_word(tmp_path: Path) -> None:
    assert read_user_words(write(tmp_path, "\ufeff海外仓\n".encode())) == (UserWord("海外仓"),)


def test_an_empty_list_has_no_words(tmp_path: Path) -> None:
    assert read_user_words(write(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("海外仓\n单一 窗口 平台\n", 2, "is not `word`"),
        ("海外仓 -3\n", 1, "is not `word`"),
        ("海外仓 3.5\n", 1, "is not `word`"),
        ("海外仓 NZ\n", 1, "is not `word`"),
        ("海外仓 3 n n\n", 1, "is not `word`"),
        ("海外仓，\n", 1, "can never be found"),
        ("《海关法》\n", 1, "can never be found"),
        ("㐀字\n", 1, "can never be found"),
        ("海" * 101, 1, "can never be found"),
        ("海外仓 0\n", 1, "is not from 1 to"),
        ("海外仓 1000000001\n", 1, "is not from 1 to"),
        (f"海外仓 {'9' * 5000}\n", 1, "is not from 1 to"),
        ("海外仓\n窗口\n海外仓 5\n", 3, "is already in line 1"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(LexiconError, match=message) as refusal:
        read_user_words(path)

    assert str(refusal.value).startswith(f"{path}:{line}: ")
    assert len(str(refusal.value)) < 500 + len(str(path))


def test_too_many_words_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_words, "MAX_WORDS", 2)
    assert len(read_user_words(write(tmp_path, "甲\n乙\n"))) == 2
    with pytest.raises(LexiconError, match=":3: a list of words may not have more than 2"):
        read_user_words(write(tmp_path, "甲\n乙\n丙\n"))


@pytest.mark.parametrize("content", ["海外仓".encode("gbk"), None])
def test_another_encoding_and_an_absent_file_are_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words.txt" if content is None else write(tmp_path, content)
    with pytest.raises(LexiconError, match="cannot be read as text in UTF-8"):
        read_user_words(path)


def test_the_last_list_says_how_a_word_is() -> None:
    ours, theirs = (UserWord("甲"), UserWord("乙")), (UserWord("丙"), UserWord("甲", 9, "n"))

    assert merge_words(ours, theirs) == (UserWord("甲", 9, "n"), UserWord("乙"), UserWord("丙"))
