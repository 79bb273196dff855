"""What a character of a font says."""

from types import SimpleNamespace

import pytest

from textq.ingest.pdf.page import UNMAPPED
from textq.ingest.pdf.with_pdfminer import _decode


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("ﬁ", "fi"),
        ("ﬄ", "ffl"),
        ("︒", "。"),
        ("︐", "，"),
        ("﹃", "『"),
        ("市", "市"),
        ("\xa0", " "),
        ("\x00", UNMAPPED),
    ],
)
def test_ligatures_and_vertical_marks_are_plain_characters(stored, text):
    assert _decode(SimpleNamespace(to_unichr=lambda _: stored), 1) == text
