"""What is stored: whole files of the right kind and size; and what goes on where it was cut off."""

import gzip
import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from textq.http.clock import SYSTEM_CLOCK

from ...http.local_server import drip
from .conftest import PAGE, PDF, Answer, Site

Fetch = Callable[..., Any]


def pack(*members: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for member in members:
            file.writestr(member, "x" * 100)
    return data.getvalue()


DOCX = pack("[Content_Types].xml", "_rels/.rels", "word/document.xml")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)


def typed(body: bytes, kind: str | None, **headers: str) -> Answer:
    return Answer(body, headers={**({"Content-Type": kind} if kind else {}), **headers})


@pytest.mark.parametrize(
    ("path", "body", "kind", "file"),
    [
        ("/a", PAGE, "text/html", "d.html"),
        ("/a.jsp", PAGE, "text/html; charset=GBK", "d.html"),
        ("/a.shtml", PAGE, None, "d.html"),
        ("/a", b"\xff\xfe" + "<html>通知</html>".encode("utf-16-le"), "text/html", "d.html"),
        ("/a", "没有标记".encode(), "text/html", "d.html"),
        ("/a", PDF, "application/pdf", "d.pdf"),
        ("/a.pdf", PDF, "application/octet-stream", "d.pdf"),
        ("/a.pdf", b"\r\n" + PDF, "text/html", "d.pdf"),
        ("/a.do?id=1", DOCX, "application/x-msdownload", "d.docx"),
        ("/a.doc", DOCX, "application/msword", "d.docx"),
        ("/a", OLE, "application/msword", "d.doc"),
        ("/a.wps", OLE, "application/octet-stream", "d.wps"),
        ("/a", b"{\\rtf1 }", "application/msword", "d.rtf"),
        ("/a", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE, "message/rfc822", "d.mht"),
        ("/a.docm", DOCX, "application/octet-stream", "d.docx"),
        ("/a", pack("Doc_0/Document.xml", "OFD.xml"), "application/octet-stream", "d.ofd"),
        ("/a.zip", pack("a.pdf", "b.docx"), "application/zip", "d.zip"),
        ("/a.txt", "通知".encode("gb18030"), "text/plain; charset=gbk", "d.txt"),
        ("/a.md", b"# x", "text/markdown", "d.md"),
        ("/a.md", b"# x <div>y</div>", "text/plain", "d.md"),
        ("/a", PAGE + b"%PDF-1.4", "text/html", "d.html"),
        ("/a", "<p>没有类型</p>".encode(), None, "d.html"),
        ("/a", "通知".encode(), None, "d.txt"),
    ],
)
def test_kinds_are_told_by_their_bytes(
    fetch: Fetch, site: Site, folder: Path, path: str, body: bytes, kind: str | None, file: str
) -> None:
    (row,) = fetch([{"id": "d", "url": site.say(path, typed(body, kind))}])
    assert (row.status, row.file, row.reason) == ("fetched", file, "")
    assert (folder / file).read_bytes() == body
    assert (row.size, row.sha256) == (len(body), sha256(body).hexdigest())


@pytest.mark.parametrize(
    ("path", "body", "kind", "message"),
    [
        ("/a.pdf", PAGE, "text/html", "a page in place of the .pdf file"),
        ("/a.docx", PAGE, "application/octet-stream", "a page in place of the .docx file"),
        ("/a.doc?x=1", PAGE, "application/msword", "a page in place of the .doc file"),
        ("/a", b"", "text/html", "empty file"),
        ("/a", b'{"a": 1}', "application/json", "no document (application/json)"),
        ("/a", b"body { }", "text/css", "no document (text/css)"),
        ("/a", b"\x89PNG\r\n\x1a\n", "image/png", "a .png file"),
        ("/a.pdf", b"\xff\xd8\xff\xe0", "application/pdf", "a .jpg file"),
        ("/a", b"Rar!\x1a\x07\x00", "application/octet-stream", "a .rar file"),
        ("/a", pack("[Content_Types].xml", "xl/workbook.xml"), "application/octet-stream", "a .xlsx file"),
        ("/a", b"\x7fELF\x00\x01", "application/octet-stream", "no document"),
    ],
)
def test_other_kinds_are_refused(
    fetch: Fetch, site: Site, folder: Path, path: str, body: bytes, kind: str, message: str
) -> None:
    (row,) = fetch([{"id": "d", "url": site.say(path, typed(body, kind))}])
    assert row.status == "failed"
    assert message in row.reason
    assert [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")] == ["manifest.csv"]
    assert list((folder / ".fetch").glob("*.partial")) == []


def test_the_manifest_says_what_a_file_is(fetch: Fetch, site: Site) -> None:
    (row,) = fetch([{"file": "a.pdf", "url": site.say("/a", Answer())}])
    assert "the manifest names the file a.pdf, but the server sent a .html file" in row.reason


@pytest.mark.parametrize("name", ["a.htm", "a.shtml", "a.HTML"])
def test_endings_of_one_kind_are_equal(fetch: Fetch, site: Site, name: str) -> None:
    assert fetch([{"file": name, "url": site.say("/a", Answer())}])[0].file == name


@pytest.mark.parametrize(
    ("stated", "content_type", "charset"),
    [
        ('Text/HTML; Charset="GB2312"', "text/html", "gb2312"),
        ("text/html;charset=utf-8;x=y", "text/html", "utf-8"),
        ("text/html; charset==cmd|x", "text/html", ""),
        ("=cmd()/x, text/html", "", ""),
        ("", "", ""),
    ],
)
def test_type_and_charset_are_written_as_stated(
    fetch: Fetch, site: Site, stated: str, content_type: str, charset: str
) -> None:
    (row,) = fetch([{"url": site.say("/a", typed(PAGE, stated))}])
    assert (row.content_type, row.charset) == (content_type, charset)


def test_large_files_are_refused_by_what_the_server_states(fetch: Fetch, site: Site) -> None:
    url = site.say("/a", typed(PAGE, "text/html", **{"Content-Length": "999999999999"}))
    (row,) = fetch([{"url": url}], most_bytes=1000, retries=0)
    assert "more than 1,000 bytes" in row.reason
    assert site.count("/a") == 1


def test_large_files_are_refused_while_they_arrive(fetch: Fetch, site: Site, folder: Path) -> None:
    sent = []

    def flood(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(bytes(100_000))
            sent.append(100_000)

    (row,) = fetch([{"url": site.say("/a", Answer(raw=flood))}], most_bytes=200_000)
    assert "more than 200,000 bytes" in row.reason
    assert sum(sent) < 50_000_000
    assert list((folder / ".fetch").glob("*.partial")) == []


def test_a_file_of_just_the_size_is_taken(fetch: Fetch, site: Site) -> None:
    assert fetch([{"url": site.say("/a", Answer())}], most_bytes=len(PAGE))[0].status == "fetched"
    assert fetch([{"url": site.say("/b", Answer())}], most_bytes=len(PAGE) - 1)[0].status == "failed"


def test_compressed_transfers_are_undone(fetch: Fetch, site: Site, folder: Path) -> None:
    answer = typed(gzip.compress(PAGE), "text/html", **{"Content-Encoding": "gzip"})
    (row,) = fetch([{"id": "d", "url": site.say("/a", answer)}])
    assert (folder / row.file).read_bytes() == PAGE
    assert site.requests[-1].headers["accept-encoding"] == "identity"


def test_a_compressed_bomb_is_refused(fetch: Fetch, site: Site, folder: Path) -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)
    answer = typed(bomb, "text/html", **{"Content-Encoding": "gzip"})
    (row,) = fetch([{"url": site.say("/a", answer)}], most_bytes=1_000_000)
    assert len(bomb) < 1_000_000
    assert "more than 1,000,000 bytes" in row.reason
    assert site.count("/a") == 1
    assert list((folder / ".fetch").glob("*.partial")) == []


def test_a_file_that_the_manifest_hashes_otherwise_is_refused(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a", Answer())
    (row,) = fetch([{"file": "a.html", "url": url, "sha256": "0" * 64}])
    assert "the manifest says 000" in row.reason
    assert not (folder / "a.html").exists()
    (row,) = fetch([{"file": "a.html", "url": url, "sha256": sha256(PAGE).hexdigest().upper()}])
    assert row.status == "fetched"


def serve_ranges(
    handler: Any, body: bytes, *, stop: int | None = None, etag: str = '"v1"', ignore: bool = False
) -> None:
    """Serve a file as a good server does, and hang up after ``stop`` bytes of the answer."""
    asked = {name.lower(): value for name, value in handler.headers.items()}
    start = 0
    if not ignore and asked.get("if-range") == etag and asked.get("range", "").startswith("bytes="):
        start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
    handler.send_response(206 if start else 200)
    handler.send_header("Content-Type", "application/pdf")
    handler.send_header("ETag", etag)
    handler.send_header("Content-Length", str(len(body) - start))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.end_headers()
    handler.wfile.write(body[start:] if stop is None else body[start : start + stop])


def cut_after(stop: int | None, body: bytes = PDF, **options: Any) -> Answer:
    return Answer(raw=lambda handler: serve_ranges(handler, body, stop=stop, **options))


def test_a_cut_connection_is_gone_on_with(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.pdf", cut_after(50_000), cut_after(20_000), cut_after(None))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == PDF
    ranges = [request.headers.get("range") for request in site.asked("/a.pdf")]
    assert ranges == [None, "bytes=50000-", "bytes=70000-"]
    assert list((folder / ".fetch").glob("*.partial")) == []


def test_another_run_goes_on(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.pdf", cut_after(50_000))
    assert fetch([{"id": "d", "url": url}], retries=0)[0].status == "failed"
    site.say("/a.pdf", cut_after(None))
    (row,) = fetch(retries=0)
    assert (folder / row.file).read_bytes() == PDF
    assert site.requests[-1].headers["range"] == "bytes=50000-"


def test_a_server_that_sends_the_rest_in_parts(fetch: Fetch, site: Site, folder: Path) -> None:
    headers = {"Content-Range": f"bytes 50000-59999/{len(PDF)}", "ETag": '"v1"'}
    url = site.say("/a.pdf", cut_after(50_000), Answer(PDF[50_000:60_000], 206, headers), cut_after(None))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == PDF
    assert site.requests[-1].headers["range"] == "bytes=60000-"


def test_a_file_that_has_changed_is_begun_anew(fetch: Fetch, site: Site, folder: Path) -> None:
    other = PDF.replace(b"1.4", b"1.7")
    url = site.say("/a.pdf", cut_after(50_000), cut_after(None, other, etag='"v2"'))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == other


def test_a_server_that_ignores_ranges(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.pdf", cut_after(50_000, ignore=True), cut_after(None, ignore=True))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == PDF


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": f"bytes 40000-{len(PDF) - 1}/{len(PDF)}", "ETag": '"v1"'},
        {"Content-Range": f"bytes 50000-{len(PDF) - 1}/{len(PDF)}", "ETag": '"v2"'},
        {"Content-Range": f"bytes 50000-{len(PDF) - 1}/{len(PDF)}", "ETag": '"v1"', "Content-Encoding": "gzip"},
        {"ETag": '"v1"'},
    ],
)
def test_a_part_that_does_not_fit_is_not_put_on(
    fetch: Fetch, site: Site, folder: Path, headers: dict[str, str]
) -> None:
    wrong = Answer(PDF[50_000:], 206, {"Content-Type": "application/pdf", **headers})
    url = site.say("/a.pdf", cut_after(50_000), wrong, cut_after(None))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == PDF
    assert site.requests[-1].headers.get("range") is None


def test_a_part_that_was_not_asked_for_is_refused(fetch: Fetch, site: Site) -> None:
    answer = Answer(PDF[9:], 206, {"Content-Range": f"bytes 9-{len(PDF) - 1}/{len(PDF)}"})
    assert "another part than" in fetch([{"url": site.say("/a.pdf", answer)}], retries=1)[0].reason


def test_a_part_that_is_gone_is_forgotten(fetch: Fetch, site: Site, folder: Path) -> None:
    gone = Answer(b"", 416, {"Content-Range": "bytes */100"})
    url = site.say("/a.pdf", cut_after(50_000), gone, cut_after(None))
    (row,) = fetch([{"id": "d", "url": url}])
    assert (folder / row.file).read_bytes() == PDF


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"ETag": '"v"'}, '"v"'),
        ({"ETag": 'W/"v"'}, None),
        ({"ETag": '"v"\r\n X-Injected: 1'}, None),
        ({"Last-Modified": "Sun, 01 Feb 2026 12:00:00 GMT"}, "Sun, 01 Feb 2026 12:00:00 GMT"),
        ({"Last-Modified": "Sun, 01 Mar 2099 12:00:00 GMT"}, None),  # no older than the answer
        ({"Last-Modified": "lately"}, None),
        ({}, None),
    ],
)
def test_only_what_tells_versions_apart_is_gone_on_with(
    fetch: Fetch, site: Site, headers: dict[str, str], asked: str | None
) -> None:
    short = typed(PDF[:5000], "application/pdf", **{**headers, "Content-Length": str(len(PDF))})
    fetch([{"url": site.say("/a.pdf", short)}], retries=1)
    assert site.requests[-1].headers.get("if-range") == asked
    assert ("range" in site.requests[-1].headers) is (asked is not None)


def test_a_length_that_is_too_long_never_gives_a_file(fetch: Fetch, site: Site) -> None:
    answer = typed(PAGE, "text/html", **{"Content-Length": str(len(PAGE) + 1)})
    (row,) = fetch([{"url": site.say("/a", answer)}], retries=1)
    assert row.status == "failed"
    assert site.count("/a") == 2


def test_chunks_that_are_cut_off_never_give_a_file(fetch: Fetch, site: Site) -> None:
    def cut(handler: Any) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html\r\n"
        )

    assert fetch([{"url": site.say("/a", Answer(raw=cut))}], retries=0)[0].status == "failed"


def test_chunks_are_joined(fetch: Fetch, site: Site, folder: Path) -> None:
    def send(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (PAGE[:10], PAGE[10:]):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    (row,) = fetch([{"url": site.say("/a", Answer(raw=send))}])
    assert (folder / row.file).read_bytes() == PAGE


@pytest.mark.parametrize("where", ["body", "head", "continue", "endless"])
def test_a_server_that_drips_is_left(fetch: Fetch, site: Site, where: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

    def send(handler: Any) -> None:
        if where == "body":
            handler.wfile.write(head + b"Content-Length: 5000\r\n\r\n")
            drip(PAGE * 20)(handler)
        elif where == "endless":
            handler.wfile.write(head + b"\r\n")
            drip(PAGE * 20)(handler)
        elif where == "head":
            drip(head + b"X: " + b"x" * 5000)(handler)
        else:
            drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 500, pause=0.002)(handler)

    started = SYSTEM_CLOCK.monotonic()
    (row,) = fetch([{"url": site.say("/a", Answer(raw=send))}], timeout=5, most_seconds=0.4)
    assert row.status == "failed"
    assert "did not finish within 0.4 seconds" in row.reason
    assert SYSTEM_CLOCK.monotonic() - started < 3
    assert site.count("/a") == 1


def test_a_server_that_says_nothing_is_tried_again(fetch: Fetch, site: Site) -> None:
    url = site.say("/a.html", Answer(raw=lambda handler: handler.rfile.read(1)), Answer())
    (row,) = fetch([{"url": url}], timeout=0.3)
    assert row.status == "fetched"
    assert site.count("/a.html") == 2


@pytest.mark.parametrize(
    "raw", [b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", b"\x00"]
)
def test_what_is_no_http_is_a_failure(fetch: Fetch, site: Site, raw: bytes) -> None:
    url = site.say("/a", Answer(raw=lambda handler: handler.wfile.write(raw)))
    assert fetch([{"url": url}], retries=0)[0].status == "failed"
