import io
import zipfile

import pytest

from tests.textq.ingest.made_docx import make_docx, paragraph
from textq.errors import ReadError
from textq.ingest import office
from textq.ingest.extract import Extract, ReadSpec
from textq.ingest.read import KNOWN_ENDINGS, read_file

PAGE = "<!DOCTYPE html><html><body><p>为促进发展，设立基金。</p></body></html>"
TEXT = "为促进发展，设立基金。"


def pack(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name", ["a.txt", "a.TXT", "a.md", "a.text", "a.html", "a.HTM", "a.shtml", "目录/某 通知.markdown"]
)
def test_the_ending_names_the_reader(name):
    extract = read_file(f"<p>{TEXT}</p>".encode(), name)
    assert extract.text.strip("<p>/") == TEXT
    assert extract.notes == ()


@pytest.mark.parametrize("name", ["a.docx", "a.DOCM", "a.dotx", "目录.zip/a.docx"])
def test_word_files_go_by_several_endings(name):
    assert read_file(make_docx(paragraph(TEXT)), name).text == TEXT


@pytest.mark.parametrize(("name", "what"), [("a.rar", "RAR"), ("a.7z", "7z")])
def test_formats_that_are_not_read_say_what_to_do(name, what):
    with pytest.raises(ReadError, match=rf"{what} .*not .*\. (?:Unpack|Print|Save) "):
        read_file(b"x", name)
    assert name[1:] in KNOWN_ENDINGS


@pytest.mark.parametrize("name", ["a.xyz", "a"])
def test_unknown_endings(name):
    with pytest.raises(ReadError, match="no reader for"):
        read_file(b"x", name)


@pytest.mark.parametrize("name", ["a.pdf", "a.html", "a.docx", "a.txt", "a.doc"])
def test_an_empty_file(name):
    with pytest.raises(ReadError, match="0 bytes"):
        read_file(b"", name)


@pytest.mark.parametrize(
    ("data", "name", "holds"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a.doc", "a JPEG image"),
        (b"GIF89a", "a.txt", "a GIF image"),
        (b"Rar!\x1a\x07", "a.docx", "a RAR archive"),
        (pack(a="b"), "a.pdf", "a ZIP archive"),
        (pack(xl__workbook="b"), "a.docx", "an Excel workbook"),
        (pack(ppt__presentation="b"), "a.doc", "a PowerPoint presentation"),
        (b"PK\x03\x04", "a.html", "a ZIP container that is damaged"),
        (b"plain", "a.pdf", "something else"),
        (b"plain", "a.doc", "something else"),
        (b"plain", "a.rtf", "something else"),
    ],
)
def test_a_content_of_another_format_is_named(data, name, holds):
    with pytest.raises(ReadError, match=f"named {name[1:]} but holds {holds}"):
        read_file(data, name)


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        (PAGE.encode(), "HTML"),
        (b"\xef\xbb\xbf" + PAGE.encode(), "HTML"),
        (PAGE.encode("utf-16"), "HTML"),
        (f'<?xml version="1.0"?>\n<!-- {"x" * 999} -->\n{PAGE}'.encode(), "HTML"),
        (f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><p>{TEXT}'.encode("gb18030"), "HTML"),
        (make_docx(paragraph(TEXT)), "a Word document"),
    ],
    ids=["html", "marked", "utf-16", "xml", "word-html", "docx"],
)
@pytest.mark.parametrize("name", ["a.doc", "a.pdf", "a.txt", "a.wps"])
def test_what_a_file_unmistakably_holds_wins_over_its_ending(data, holds, name):
    extract = read_file(data, name)
    assert extract.text == TEXT
    assert extract.notes[0].startswith(f"the file is named {name[1:]} but holds {holds}")


@pytest.mark.parametrize("said", ["404 Not Found", "您访问的页面不存在"])
@pytest.mark.parametrize("name", ["a.pdf", "a.doc", "a.html"])
def test_a_server_s_error_page_is_no_document(said, name):
    with pytest.raises(ReadError, match=said[-5:]):
        read_file(f"<html><body><h1>{said}</h1></body></html>".encode(), name)


def test_the_character_set_of_the_server_reaches_the_page(monkeypatch):
    seen = []
    monkeypatch.setattr("textq.ingest.read.read_html", lambda data, charset: seen.append(charset) or Extract("文"))
    read_file(PAGE.encode(), "a.html", charset="gbk")
    assert seen == ["gbk"]


def test_how_to_read_reaches_the_pdf_reader(monkeypatch):
    seen = []
    monkeypatch.setattr("textq.ingest.read.read_pdf", lambda data, spec: seen.append(spec) or Extract("文"))
    read_file(b"%PDF-1.7", "a.pdf", ReadSpec(ocr=True))
    assert seen == [ReadSpec(ocr=True)]


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.html"])
def test_a_web_archive(name):
    page = PAGE.encode().hex("=").upper().encode()
    data = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"b\"\r\n\r\n"
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n="
        + page + b"\r\n--b--\r\n"
    )  # fmt: skip
    assert read_file(data, name).text == TEXT


@pytest.mark.parametrize("start", [b"<!---->" * 600, b"<?xml?>" * 600, b"A-a: \n" * 600, b" " * 4096])
def test_hostile_beginnings_take_no_time(start):
    with pytest.raises(ReadError):
        read_file(start + b"\xff\xfe\x00\x81", "a.pdf")


def test_without_a_converter_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(office, "find_converter", lambda: None)
    with pytest.raises(ReadError, match=r"RTF is read by LibreOffice.*apt install libreoffice-writer.*save as \.docx"):
        read_file(rb"{\rtf1 x}", "a.txt")


SAVED = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nMIME-Version: 1.0\r\n\r\n" + PAGE


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "a.doc", "a.html"])
def test_a_saved_page_of_one_part(name):
    assert read_file(SAVED.encode(), name).text == TEXT


def test_a_text_with_a_header_of_mail_is_no_saved_page():
    assert read_file(f"Date: 2020\nContent-Type: text/html\n\n{TEXT}".encode(), "a.txt").text.endswith(TEXT)
