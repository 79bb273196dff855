"""The second witness: LibreOffice's own text export of made documents gives the same numbers."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.textq.ingest.made_docx import abstract, level, make_docx, num, numbered, restart
from textq.ingest.docx import read_docx
from textq.ingest.normalize import normalize_text

pytestmark = pytest.mark.full

FORMATS = (
    "decimal", "decimalZero", "upperLetter", "lowerLetter", "upperRoman", "lowerRoman", "chineseCounting",
    "chineseCountingThousand", "chineseLegalSimplified", "ideographTraditional", "ideographZodiac",
    "japaneseCounting", "taiwaneseCounting", "decimalEnclosedCircle", "decimalEnclosedCircleChinese",
)  # fmt: skip
"""Formats that LibreOffice knows; others it writes in digits, so it is no witness for them."""

N_DOCUMENTS = 60
N_PARAGRAPHS = 40


@pytest.fixture(scope="module")
def soffice() -> str:
    found = shutil.which("soffice")
    if not found:
        pytest.skip("needs LibreOffice")
    return found


def make_level(at: int, draw: random.Random) -> str:
    """Return a level that shows its own number and perhaps those above."""
    shown = range(draw.randint(0, at) if draw.random() < 0.5 else at, at + 1)
    pattern = ".".join(f"%{one + 1}" for one in shown)
    frame = draw.choice(["第{}条", "（{}）", "{}.", "{}、", "{})"])
    return level(at, frame.format(pattern), draw.choice(FORMATS), start=draw.choice([1, 1, 1, 3, 9]))


def make_document(draw: random.Random) -> bytes:
    """Return a document of lists that share definitions, restart and skip levels.

    Each use begins at the top: how a restart shows that is first used further down, LibreOffice decides otherwise
    than the standard.
    """
    definitions = "".join(abstract(at, *(make_level(one, draw) for one in range(4))) for at in range(2))
    uses = num(1, 0) + num(2, 0) + num(3, 1) + num(4, 1, restart(0, draw.randint(1, 20)))
    first = [(use, 0) for use in draw.sample(range(1, 5), 4)]
    rest = [(draw.randint(0, 4), draw.choice([0, 0, 1, 1, 2, 3])) for _ in range(N_PARAGRAPHS)]
    body = [numbered(f"段{at}", use, depth) for at, (use, depth) in enumerate(first + rest)]
    return make_docx(*body, numbering=definitions + uses)


def test_numbers_are_those_of_libreoffice(soffice: str, tmp_path: Path):
    made = {f"{seed}.docx": make_document(random.Random(seed)) for seed in range(N_DOCUMENTS)}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path)]
    subprocess.run([*command, *(str(tmp_path / name) for name in made)], check=True, capture_output=True, timeout=300)
    for name, data in made.items():
        shown = normalize_text((tmp_path / name).with_suffix(".txt").read_text(encoding="utf-8-sig"))
        assert _split(read_docx(data).text) == _split(shown), name


def _split(text: str) -> list[str]:
    """Return the lines without blanks: LibreOffice sets one behind every number, whatever the document says."""
    return text.replace(" ", "").split("\n")
