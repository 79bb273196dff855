import builtins
import io
import zipfile

import pytest

from textq.errors import ReadError, ScannedError
from textq.ingest.extract import ReadSpec
from textq.ingest.read import read_file

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 5.6
"""Millimetres: the type size of official documents (三号)."""


def place(at: int, text: str, x: float, y: float, size: float = SIZE) -> str:
    """Return a text object whose characters stand side by side; ``y`` is the baseline, in millimetres."""
    steps = " ".join([f"{size}"] * (len(text) - 1))
    return (
        f'<ofd:TextObject ID="{at}" Boundary="{x} {y - size} {size * len(text)} {size}" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def make_ofd(*pages: list[str], order: list[int] | None = None, lacking: int = -1) -> bytes:
    """Return an OFD of pages that hold text objects; the archive lists them backwards."""
    order = order or list(range(len(pages)))
    listed = "".join(f'<ofd:Page ID="{900 + at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in order)
    box = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    files = {
        f"Doc_0/Pages/Page_{at}/Content.xml": f'<ofd:Page {OFD}><ofd:Content><ofd:Layer ID="{800 + at}">'
        f"{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
        for at, objects in reversed(list(enumerate(pages)))
        if at != lacking
    }
    files["Doc_0/Document.xml"] = (
        f"<ofd:Document {OFD}><ofd:CommonData>{box}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    files["OFD.xml"] = (
        f'<ofd:OFD {OFD} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>'
        "</ofd:DocBody></ofd:OFD>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


PARAGRAPH = "一、设立专项资金，支持企业建设海外仓，对列入名单的给予补助，" + "并在用地、通关、结汇等方面予以保障，" * 3
WIDTH = 28
"""Characters of a full line of an official document."""

BODY = ["　　" + PARAGRAPH[: WIDTH - 2], *(PARAGRAPH[at : at + WIDTH] for at in range(WIDTH - 2, 86, WIDTH))]
FIRST = [
    place(1, "关于促进发展的通知", 80, 40),
    *(place(10 + at, line, 28, 60 + 10 * at) for at, line in enumerate(BODY)),
    place(4, "关于促进发展的通知", 80.02, 40),
]


@pytest.fixture(autouse=True, scope="module")
def _library():
    pytest.importorskip("ofdkit", reason="needs the extra ofd")


def test_pages_are_read_in_the_document_s_order_and_lines_healed():
    data = make_ofd([place(9, "二、本通知自印发之日起施行。", 28 + 2 * SIZE, 40)], FIRST, order=[1, 0])
    extract = read_file(data, "a.ofd")
    assert extract.text.split("\n") == [
        "关于促进发展的通知",
        PARAGRAPH,
        "二、本通知自印发之日起施行。",
    ]
    assert [page.label for page in extract.pages] == ["1", "2"]


def test_characters_have_their_places_on_the_page():
    (line, *_) = read_file(make_ofd(FIRST), "a.ofd").lines
    points = 72 / 25.4
    assert line.page == 1
    assert line.lefts[0] == pytest.approx(80 * points, abs=1)
    assert line.rights[-1] == pytest.approx((80 + 9 * SIZE) * points, abs=2)
    assert line.top < 40 * points - SIZE < line.bottom + SIZE


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(ReadError, match="not whole"):
        read_file(make_ofd(FIRST, FIRST, lacking=1), "a.ofd")


def test_a_file_without_text_is_a_scan():
    with pytest.raises(ScannedError, match="no text"):
        read_file(make_ofd([]), "a.ofd")


def test_more_pages_than_allowed():
    with pytest.raises(ReadError, match="2 pages, more than 1"):
        read_file(make_ofd(FIRST, FIRST), "a.ofd", ReadSpec(most_pages=1))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off(share):
    data = make_ofd(FIRST)
    with pytest.raises(ReadError, match="not a readable OFD"):
        read_file(data[: int(len(data) * share)], "a.ofd")


def test_without_the_library_the_error_names_the_extra(monkeypatch):
    whole = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "ofdkit":
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ReadError, match=r'pip install "textq\[ofd\]"'):
        read_file(make_ofd(FIRST), "a.ofd")
