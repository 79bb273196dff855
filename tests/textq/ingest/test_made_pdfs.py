"""PDFs made from known text come back as that text, or are refused for the right reason, by both engines."""

import io
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import get_args

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.textq.ingest.made_by_programs import find_program, print_by_chromium, print_by_office, print_word_file
from tests.textq.ingest.made_pdfs import (
    MING,
    MadePdf,
    Setting,
    cut_file,
    drop_character_maps,
    join_pdfs,
    map_to_private_use,
    scan_document,
    set_document,
    show_pages,
)  # fmt: skip
from tests.textq.ingest.made_text import LINES, error_rate
from textq.errors import ReadError, ScannedError
from textq.ingest.extract import Extract, PdfEngine, ReadSpec
from textq.ingest.pdf import read_pdf

ENGINES: tuple[PdfEngine, ...] = get_args(PdfEngine)

MOST_ERRORS = 0.005
"""Edits a character: what a reader may get wrong where there is a text layer."""

PLAIN = Setting(options={"pageCompression": 0})


def protect(password: str, strength: int, font: str = "STSong-Light") -> Setting:
    return Setting(
        font=font, options={"encrypt": StandardEncryption(password, ownerPassword="owner", strength=strength)}
    )


def set_over_images() -> MadePdf:
    """The document as a scanner with text recognition leaves it: images, and invisible text over them."""
    return set_document(Setting(behind=show_pages(set_document(Setting()).data, dpi=50)))


READABLE: Mapping[str, Callable[[], MadePdf]] = {
    "one column": partial(set_document, Setting()),
    "small type": partial(set_document, Setting(size=10.5)),
    "running head, folio with dashes": partial(set_document, Setting(head=True, folio="— {} —")),
    "running head, folio in words": partial(set_document, Setting(head=True, folio="第{}页")),
    "bare folio": partial(set_document, Setting(folio="{}")),
    "two columns": partial(set_document, Setting(columns=2, size=10.5)),
    "two columns, running head": partial(set_document, Setting(columns=2, size=10.5, head=True, folio="- {} -")),
    "table": partial(set_document, Setting(table=True, folio="— {} —")),
    "footnotes": partial(set_document, Setting(notes=True, folio="— {} —")),
    "turned by 90": partial(set_document, Setting(rotation=90, folio="— {} —")),
    "turned by 180": partial(set_document, Setting(rotation=180)),
    "turned by 270": partial(set_document, Setting(rotation=270, table=True)),
    "cropped": partial(set_document, Setting(crop=36)),
    "text over images": set_over_images,
}
if MING.exists():
    READABLE |= {
        "embedded font": partial(set_document, Setting(font="UMing")),
        "owner password": partial(set_document, protect("", 128, "UMing")),
    }

PRINTED: Mapping[str, Callable[[Path], MadePdf]] = {
    "office, one column": print_by_office,
    "office, head, table, footnotes": partial(print_by_office, furniture=True, table=True, notes=True),
    "office, two columns": partial(print_by_office, columns=2, furniture=True),
    "chromium, one column": print_by_chromium,
    "chromium, head, table": partial(print_by_chromium, furniture=True, table=True),
    "chromium, two columns": partial(print_by_chromium, columns=2),
    "chromium, TrueType font": partial(print_by_chromium, font="AR PL UMing CN"),
}

make = cache(lambda name: READABLE[name]())


@cache
def read(data: bytes, engine: PdfEngine) -> Extract:
    return read_pdf(data, ReadSpec(pdf_engine=engine))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], MadePdf]:
    """Print a document once; skip without the program."""

    @cache
    def print_once(name: str) -> MadePdf:
        program = {"office": ("soffice", "libreoffice")}.get(name.split(",")[0], ("chromium", "chromium-browser"))
        if find_program(*program) is None:
            pytest.skip(f"needs {program[0]}")
        return PRINTED[name](tmp_path_factory.mktemp("printed"))

    return print_once


def join_title(text: str) -> str:
    """Join the lines of the title: centred lines may be one paragraph or several, no layout tells."""
    title, number, rest = text.partition(f"\n{LINES[1]}\n")
    return title.replace("\n", "") + number + rest


def check_text(made: MadePdf, found: Extract) -> None:
    assert error_rate("\n".join(made.lines + made.notes), found.text) <= MOST_ERRORS


def check_lines(made: MadePdf, found: Extract) -> None:
    assert join_title(found.text).split("\n") == [*made.lines, *made.notes]
    assert [found.text[note.start : note.end] for note in found.footnotes] == list(made.notes)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", READABLE)
def test_the_text_of_a_set_document_is_right(name, engine):
    check_text(make(name), read(make(name).data, engine))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", READABLE)
def test_each_paragraph_of_a_set_document_is_one_line(name, engine):
    check_lines(make(name), read(make(name).data, engine))


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PRINTED)
def test_the_text_of_a_printed_document_is_right(name, engine, printed):
    check_text(printed(name), read(printed(name).data, engine))


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PRINTED)
def test_each_paragraph_of_a_printed_document_is_one_line(name, engine, printed):
    check_lines(printed(name), read(printed(name).data, engine))


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["office, one column", "chromium, one column"])
def test_a_printed_document_without_character_maps_is_refused(name, engine, printed):
    with pytest.raises(ReadError, match="unreadable"):
        read_pdf(drop_character_maps(printed(name).data), ReadSpec(pdf_engine=engine))


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_a_character_map_that_only_the_font_holds_is_used_with_a_note(engine, printed):
    made = printed("chromium, TrueType font")
    found = read_pdf(drop_character_maps(made.data), ReadSpec(pdf_engine=engine))
    check_text(made, found)
    assert found.notes


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["office, one column", "chromium, one column"])
def test_a_printed_document_cut_anywhere_is_refused(name, engine, printed):
    for percent in range(0, 100, 5):
        with pytest.raises(ReadError, match=r"truncated|damaged"):
            read_pdf(cut_file(printed(name).data, percent), ReadSpec(pdf_engine=engine))


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_file_of_the_corpus_is_printed_and_read_the_same(engine, repository, tmp_path):
    from textq.ingest.docx import read_docx

    if find_program("soffice", "libreoffice") is None:
        pytest.skip("needs soffice")
    word = repository / "corpus/documents/jiangsu-2019-nanjing-plan.docx"
    found = read_pdf(print_word_file(tmp_path, word), ReadSpec(pdf_engine=engine))
    assert error_rate(read_docx(word.read_bytes()).text, found.text) <= MOST_ERRORS


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("percent", range(0, 100, 5))
def test_a_file_cut_anywhere_is_refused(percent, engine):
    data = make("running head, folio with dashes").data
    with pytest.raises(ReadError, match=r"truncated|damaged"):
        read_pdf(cut_file(data, percent), ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("strength", [40, 128])
def test_a_file_that_needs_a_password_is_refused(strength, engine):
    with pytest.raises(ReadError, match=r"encrypted.*password"):
        read_pdf(set_document(protect("open", strength)).data, ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_page_images_are_scanned(engine):
    images = show_pages(make("one column").data, dpi=50)
    with pytest.raises(ScannedError, match="--ocr"):
        read_pdf(scan_document(images), ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_image_among_pages_of_text_is_named(engine):
    made, image = make("one column"), show_pages(make("one column").data, dpi=50)[:1]
    found = read_pdf(join_pdfs(made.data, scan_document(image)), ReadSpec(pdf_engine=engine))
    assert join_title(found.text).split("\n") == list(made.lines)
    assert any("4" in note for note in found.notes)


@pytest.mark.parametrize("engine", ENGINES)
def test_text_over_images_is_noted(engine):
    assert read(make("text over images").data, engine).notes


@pytest.mark.parametrize("engine", ENGINES)
def test_a_plain_document_has_no_notes(engine):
    assert read(make("one column").data, engine).notes == ()


@pytest.mark.skipif(not MING.exists(), reason="needs the font AR PL UMing")
@pytest.mark.parametrize("engine", ENGINES)
def test_an_embedded_font_without_character_map_is_refused(engine):
    made = set_document(Setting(font="UMing", options=PLAIN.options))
    with pytest.raises(ReadError, match="unreadable"):
        read_pdf(drop_character_maps(made.data), ReadSpec(pdf_engine=engine))


@pytest.mark.skipif(not MING.exists(), reason="needs the font AR PL UMing")
@pytest.mark.parametrize("engine", ENGINES)
def test_characters_of_private_use_are_refused(engine):
    made = set_document(Setting(font="UMing", options=PLAIN.options))
    with pytest.raises(ReadError, match="unreadable"):
        read_pdf(map_to_private_use(made.data), ReadSpec(pdf_engine=engine))


def set_latin() -> bytes:
    """A page in the font that reportlab brings, embedded with its character map."""
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setFont("Vera", 12)
    for at in range(20):
        canvas.drawString(72, 760 - 20 * at, "The zone supports trade and trains talents.")
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("engine", ENGINES)
def test_latin_letters_of_private_use_are_refused(engine):
    assert "talents" in read_pdf(set_latin(), ReadSpec(pdf_engine=engine)).text
    with pytest.raises(ReadError, match="unreadable"):
        read_pdf(map_to_private_use(set_latin()), ReadSpec(pdf_engine=engine))


def set_blanks() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for at in range(20):
        canvas.drawString(72, 760 - 20 * at, " " * 30)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_layer_of_blanks_holds_no_text(engine):
    with pytest.raises(ReadError, match="no text"):
        read_pdf(set_blanks(), ReadSpec(pdf_engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_without_pages_is_refused(engine):
    document, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.save(buffer)
    document.close()
    with pytest.raises(ReadError, match="no page"):
        read_pdf(buffer.getvalue(), ReadSpec(pdf_engine=engine))
