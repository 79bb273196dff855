"""Lists of words that are kept whole: textq's own and a study's, in the format of jieba's user dictionaries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textq.errors import LexiconError

MAX_WORDS = 200_000
"""The most words of a list."""

MAX_LENGTH = 100
"""The most characters of a word."""

MAX_FREQUENCY = 1_000_000_000
"""The highest frequency; all words of jieba's own list together have 60 million."""

LETTERS = r"\u4E00-\u9FD5a-zA-Z0-9+#&._%\-"
"""The characters of which jieba forms words, as the inside of a character class; it cuts at all others."""

_LINE = re.compile(r"(?P<word>\S+)(?:[ \t]+(?P<freq>[0-9]+))?(?:[ \t]+(?P<tag>[a-z]+))?")
_WORD = re.compile(f"[{LETTERS}]+")


@dataclass(frozen=True, slots=True)
class UserWord:
    """A word to be kept whole; ``freq`` decides against other ways to cut, None leaves it to jieba to compute."""

    word: str
    freq: int | None = None
    tag: str = ""


def read_user_words(path: Path) -> tuple[UserWord, ...]:
    """Read a list in UTF-8: a line a word, ``word [freq] [tag]``; empty lines and those that begin with # are skipped.

    Raises
    ------
    LexiconError
        If the file cannot be read, a line is none of these, a word can never be found or stands twice, or the list is
        too long; the message names file and line.
    """
    words: dict[str, UserWord] = {}
    lines: dict[str, int] = {}
    for number, line in _read_lines(path):
        where = f"{path}:{number}"
        found = _parse_line(line, where)
        if found.word in words:
            raise LexiconError(f"{where}: {found.word!r} is already in line {lines[found.word]}. Keep one.")
        if len(words) == MAX_WORDS:
            raise LexiconError(f"{where}: a list of words may not have more than {MAX_WORDS:,}. Remove the rare ones.")
        words[found.word], lines[found.word] = found, number
    return tuple(words.values())


def merge_words(*lists: tuple[UserWord, ...]) -> tuple[UserWord, ...]:
    """Return the words of all lists, each once; where several have it, it is as the last of them says."""
    return tuple({one.word: one for words in lists for one in words}.values())


def _read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold a word, without the blanks around it, with their numbers."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read as text in UTF-8 ({error}). Save the list in UTF-8.") from error
    for number, line in enumerate(text.split("\n"), 1):
        word = line.strip()
        if word and not word.startswith("#"):
            yield number, word


def _parse_line(line: str, where: str) -> UserWord:
    found = _LINE.fullmatch(line)
    if found is None:
        raise LexiconError(
            f"{where}: {line[:MAX_LENGTH]!r} is not `word`, `word freq`, `word tag` or `word freq tag`, where freq is "
            "a whole number and tag is of small letters. Words hold no blanks. Correct the line."
        )
    word, freq = found["word"], found["freq"]
    if not _WORD.fullmatch(word) or len(word) > MAX_LENGTH:
        raise LexiconError(
            f"{where}: {word[:MAX_LENGTH]!r} can never be found: words are of Chinese characters, Latin letters, "
            f"digits and + # & . _ % -, and no longer than {MAX_LENGTH}. Split it at other characters, or remove it."
        )
    if freq is not None and not 1 <= int(freq[: len(str(MAX_FREQUENCY)) + 1]) <= MAX_FREQUENCY:
        raise LexiconError(
            f"{where}: the frequency of {word!r} is not from 1 to {MAX_FREQUENCY:,}. Leave it out, and it is computed "
            "so that the word is kept whole."
        )
    return UserWord(word, int(freq) if freq else None, found["tag"] or "")
