"""Texts as runs of letters (shingles) and their hashes: what tells the copies of a text from other texts."""

import re

import numpy as np
from numpy.typing import NDArray

_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]+")
_TO_NARROW = {wide: wide - 0xFEE0 for wide in range(ord("！"), ord("～") + 1)}
_NO_LETTERS = re.compile(r"[\W_]+")
_OUTSIDE_NUMBER = re.compile(r"\.(?:(?![0-9])|(?<![0-9]\.))")

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXERS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_SHIFT = np.uint64(33)


def fold_letters(text: str) -> str:
    """Return the letters and digits of a text, in half width and lower case.

    Blanks, line breaks and punctuation go, since they differ between the PDF, the web page and the Word file of one
    document. Between two digits a point stays in their place, so that 1.5 is not 15.
    """
    narrow = _WIDE.sub(lambda found: found[0].translate(_TO_NARROW), text).lower()
    return _OUTSIDE_NUMBER.sub("", _NO_LETTERS.sub(".", narrow))


def hash_shingles(text: str, size: int) -> NDArray[np.uint64]:
    """Return the hash of each run of ``size`` characters, in order; shape (max(len(text) - size + 1, 0),).

    A hash is the polynomial of the code points modulo 2**64, its bits mixed; it is the same on every machine.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    hashes = np.zeros(max(len(points) - size + 1, 0), dtype=np.uint64)
    for offset in range(size):
        hashes *= _FACTOR
        hashes += points[offset : offset + len(hashes)]
    for factor in _MIXERS:
        hashes ^= hashes >> _SHIFT
        hashes *= factor
    return hashes ^ (hashes >> _SHIFT)
