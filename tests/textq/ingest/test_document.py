from dataclasses import replace
from pathlib import Path

import pytest

from textq.ingest.cache import ExtractCache
from textq.ingest.document import Reading, read_document
from textq.ingest.extract import Extract, ReadSpec
from textq.ingest.files import SourceFile, find_files
from textq.lexicon.places import builtin_gazetteer
from textq.records import Attachment, PrintedLine, Span

TEXT = "杭州市商务局关于促进发展的通知\n各单位：\n设立专项资金。\n杭州市商务局\n2019年3月28日"
SPEC = ReadSpec()


def read(path: Path, cache: ExtractCache | None = None) -> Reading:
    return read_document(SourceFile(path.name, path), builtin_gazetteer(), SPEC, cache=cache)


def write(path: Path, text: str = TEXT) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read_folder(folder: Path, manifest: str = "") -> dict[str, Reading]:
    if manifest:
        (folder / "manifest.csv").write_text(manifest, encoding="utf-8")
    return {file.path: read_document(file, builtin_gazetteer(), SPEC) for file in find_files([folder]).files}


def test_a_file_becomes_a_document(tmp_path):
    reading = read(write(tmp_path / "通知 一.txt"))
    assert reading.status == "read"
    assert reading.document is not None
    assert reading.document.text == TEXT
    assert reading.document.doc_id == reading.sha256[:12]


def test_the_id_depends_on_nothing_but_the_content(tmp_path):
    (tmp_path / "sub").mkdir()
    assert read(write(tmp_path / "a.txt")).doc_id == read(write(tmp_path / "sub" / "b.txt")).doc_id


def test_the_manifest_gives_id_and_source(tmp_path):
    write(tmp_path / "a.txt")
    reading = read_folder(tmp_path, "file,id,url,retrieved_on,licence\na.txt,hz,http://x,2020-01-02,MIT\n")["a.txt"]
    assert reading.document is not None
    source = reading.document.source
    assert (reading.doc_id, source.url, str(source.retrieved_on), source.licence) == (
        "hz",
        "http://x",
        "2020-01-02",
        "MIT",
    )


@pytest.mark.parametrize(
    ("name", "data", "status", "reason"),
    [
        ("a.txt", b"", "failed", "0 bytes"),
        ("a.pdf", b"%PDF-1.4 cut", "failed", "truncated"),
        ("a.docx", b"PK\x03\x04 cut", "failed", "not a readable DOCX"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "failed", "old Word format"),
        ("a.txt", bytes(range(256)) * 9, "failed", "encoding"),
    ],
)
def test_what_cannot_be_read_has_status_and_reason(tmp_path, name, data, status, reason):
    (tmp_path / name).write_bytes(data)
    reading = read(tmp_path / name)
    assert (reading.status, reading.document) == (status, None)
    assert reason in reading.reason
    assert reading.doc_id


def test_a_row_without_its_file_fails(tmp_path):
    write(tmp_path / "a.txt")
    reading = read_folder(tmp_path, "file,id\na.txt,1\nb.txt,2\n")["b.txt"]
    assert (reading.status, reading.doc_id) == ("failed", "2")
    assert "not there" in reading.reason


def test_a_changed_file_fails(tmp_path):
    write(tmp_path / "a.txt")
    reading = read_folder(tmp_path, f"file,sha256\na.txt,{'0' * 64}\n")["a.txt"]
    assert (reading.status, "sha256 differs" in reading.reason) == ("failed", True)


def test_an_ignored_file_is_not_opened(tmp_path):
    readings = read_folder(write(tmp_path / "a.txt").parent, "file\na.txt\n") | read_folder(
        write(tmp_path / "b.txt").parent
    )
    assert readings["b.txt"].status == "ignored"


def test_the_failure_of_a_reader_is_the_failure_of_one_file(tmp_path, monkeypatch):
    def fail(*_: object) -> Extract:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr("textq.ingest.document.read_file", fail)
    reading = read(write(tmp_path / "a.txt"))
    assert reading.status == "failed"
    assert "ZeroDivisionError: deep inside" in reading.reason


def test_an_extract_is_kept_with_its_pages_and_fields(tmp_path):
    cache = ExtractCache(tmp_path, "1")
    extract = Extract(
        "正文1",
        (Span(0, 2, "1"),),
        {"title": "通知"},
        footnotes=(Span(2, 3),),
        lines=(PrintedLine(0, 1, 10.0, 20.5, (1.0, 11.0), (11.0, 21.0), 0.93),),
        attachments=(Attachment("附件.doc", "http://a.gov.cn/1.doc"),),
        notes=("page 2 is a scan",),
    )
    cache.put(cache.make_key("ab", ".pdf", SPEC), extract)
    assert cache.get(cache.make_key("ab", ".PDF", SPEC)) == extract


def test_another_file_ending_spec_charset_or_code_is_not_in_the_cache(tmp_path):
    cache = ExtractCache(tmp_path, "1")
    cache.put(cache.make_key("ab", ".pdf", SPEC), Extract("正文"))
    keys = (
        cache.make_key("cd", ".pdf", SPEC),
        cache.make_key("ab", ".txt", SPEC),
        cache.make_key("ab", ".pdf", ReadSpec(ocr=True)),
        cache.make_key("ab", ".pdf", SPEC, "gbk"),
        replace(cache, code="2").make_key("ab", ".pdf", SPEC),
    )
    assert [cache.get(key) for key in keys] == [None] * 5


def test_a_file_is_read_once_for_a_version_of_the_code(tmp_path, monkeypatch):
    calls: list[str] = []

    def count(data: bytes, name: str, *_: object) -> Extract:
        calls.append(name)
        return Extract(data.decode())

    monkeypatch.setattr("textq.ingest.document.read_file", count)
    path = write(tmp_path / "a.txt")
    for code in ("1", "1", "2"):
        read(path, ExtractCache(tmp_path / "cache", code))
    assert len(calls) == 2


@pytest.mark.parametrize("damaged", [b"", b"{", b"{}", b"[]", b'{"text": 1}', b"\xff\xfe"])
def test_a_damaged_extract_is_made_anew(tmp_path, damaged):
    cache = ExtractCache(tmp_path, "1")
    cache.put("abcd", Extract("正文"))
    (tmp_path / "ab" / "abcd.json").write_bytes(damaged)
    assert cache.get("abcd") is None
    cache.put("abcd", Extract("正文"))
    assert cache.get("abcd") == Extract("正文")


def test_a_half_written_extract_is_never_seen(tmp_path):
    cache = ExtractCache(tmp_path, "1")
    cache.put("abcd", Extract("正文"))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["abcd.json"]
