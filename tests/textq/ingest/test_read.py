import pytest

from textq.errors import ReadError
from textq.ingest.read import KNOWN_ENDINGS, read_file


@pytest.mark.parametrize(
    "name", ["a.txt", "a.TXT", "a.md", "a.text", "a.html", "a.HTM", "a.shtml", "目录/某 通知.markdown"]
)
def test_the_ending_names_the_reader(name):
    assert read_file("<p>为促进发展，设立基金。</p>".encode(), name).text.strip("<p>/") == "为促进发展，设立基金。"


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.rtf", "a.ofd"])
def test_formats_that_are_not_read_say_what_to_do(name):
    with pytest.raises(ReadError, match=r"not read\. (?:Save|Print) it"):
        read_file(b"x", name)
    assert name[1:] in KNOWN_ENDINGS


@pytest.mark.parametrize("name", ["a.xyz", "a"])
def test_unknown_endings(name):
    with pytest.raises(ReadError, match="no reader for"):
        read_file(b"x", name)


@pytest.mark.parametrize("name", ["a.pdf", "a.html", "a.docx", "a.txt"])
def test_an_empty_file(name):
    with pytest.raises(ReadError, match="0 bytes"):
        read_file(b"", name)


@pytest.mark.parametrize(
    ("data", "name", "holds"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a.pdf", "a JPEG image"),
        (b"PK\x03\x04", "a.pdf", "a ZIP container"),
        (b"<html>", "a.pdf", "something else"),
        (b"%PDF-1.7", "a.txt", "PDF"),
        (b"PK\x03\x04", "a.html", "a ZIP container"),
        (b"{\\rtf1", "a.txt", "RTF"),
    ],
)
def test_a_content_of_another_format_is_named(data, name, holds):
    with pytest.raises(ReadError, match=f"named {name[1:]} but holds {holds}"):
        read_file(data, name)
