"""Text of a page's image by the program Tesseract with its model of simplified Chinese."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import groupby

from textq.errors import ReadError
from textq.ingest.ocr.recogniser import PageImage, RecognisedLine, Recogniser

_LANGUAGE = "chi_sim"

_DPI = 200
"""Measured on printed pages: as few errors as at 300, where it lost a line and took a third longer."""

_TIMEOUT = 300
"""Seconds for one page; a dense one takes five."""

_FIELDS = 12
"""Of a row of its table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""

_WORD = "5"
"""The level of a row that holds a word."""


def find_tesseract() -> Recogniser | None:
    """Return Tesseract if it is installed and knows simplified Chinese."""
    program = shutil.which("tesseract")
    if program is None or _LANGUAGE not in _run(program, "--list-langs").split():
        return None
    version = _run(program, "--version").split("\n")[0].removeprefix("tesseract").strip()
    return Recogniser(f"tesseract {version} ({_LANGUAGE})", _DPI, _recognise_page)


def _recognise_page(image: PageImage) -> list[RecognisedLine]:
    dpi = str(round(image.scale * 72))
    table = _run("tesseract", "stdin", "stdout", "-l", _LANGUAGE, "--dpi", dpi, "tsv", stdin=_write_pgm(image))
    rows = [row.split("\t", _FIELDS - 1) for row in table.split("\n")]
    words = [row for row in rows if len(row) == _FIELDS and row[0] == _WORD and row[-1].strip()]
    return [_make_line(list(line), image) for _, line in groupby(words, key=lambda row: row[1:5])]


def _write_pgm(image: PageImage) -> bytes:
    height, width = image.grey.shape
    return b"P5 %d %d 255\n" % (width, height) + image.grey.tobytes()


def _make_line(words: Sequence[Sequence[str]], image: PageImage) -> RecognisedLine:
    boxes = [[int(side) for side in word[6:10]] for word in words]
    sides = (
        min(left for left, _, _, _ in boxes),
        min(top for _, top, _, _ in boxes),
        max(left + width for left, _, width, _ in boxes),
        max(top + height for _, top, _, height in boxes),
    )
    lengths = [len(word[-1]) for word in words]
    confidence = sum(float(word[10]) * n for word, n in zip(words, lengths, strict=True)) / sum(lengths) / 100
    left, top, right, bottom = (side / image.scale for side in sides)
    return RecognisedLine(_join_words([word[-1] for word in words]), image.page, left, top, right, bottom, confidence)


def _join_words(words: Sequence[str]) -> str:
    """Join words: a blank only between two of ASCII (Tesseract takes Chinese characters apart)."""
    return "".join(_space_words(words))


def _space_words(words: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        if at and word[0].isascii() and words[at - 1][-1].isascii():
            yield " "
        yield word


def _run(*command: str, stdin: bytes = b"") -> str:
    """Return what Tesseract prints; one thread, since files are what is read in parallel."""
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=_TIMEOUT, check=False, env=environment)
    except subprocess.TimeoutExpired as error:
        raise ReadError(f"Tesseract needed over {_TIMEOUT} seconds for one page. Recognise it elsewhere.") from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise ReadError(f"Tesseract failed with exit code {done.returncode}: {reason}. Check its installation.")
    return done.stdout.decode("utf-8")
