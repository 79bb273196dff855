"""A whole run: which rows are fetched, under which names, and what is written down, whatever interrupts it."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from textq.errors import ConfigError, ManifestError
from textq.ingest.fetch import Fetched, FetchSpec, fetch_manifest
from textq.ingest.fetch.log import WORK, FetchLog
from textq.ingest.files import find_files
from textq.ingest.manifest import read_manifest

from .conftest import PAGE, PDF, Answer, Site, read_rows, write_manifest

Fetch = Callable[..., list[Fetched]]

HASH = sha256(PAGE).hexdigest()


def test_the_manifest_is_completed_and_can_be_scored(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/%E9%80%9A%E7%9F%A5.html", Answer())
    rows = [
        {"id": "hz-1", "url": url, "title": "通知，一", "remark": "a,b"},
        {"id": "hz-2", "url": site.url("/gone"), "title": "", "remark": ""},
    ]
    fetch(rows)
    first, second = read_rows(folder / "manifest.csv")
    assert first == {
        **rows[0], "file": "hz-1.html", "sha256": HASH, "retrieved_on": "2026-03-01", "final_url": url,
        "content_type": "text/html", "charset": "utf-8",
    }  # fmt: skip
    assert second == {**dict.fromkeys(first, ""), **rows[1], "file": "hz-2"}
    assert [row.source["sha256"] for row in read_manifest(folder / "manifest.csv")[:1]] == [HASH]
    listed = {file.path: file.ignored for file in find_files([folder]).files}
    assert listed == {"hz-1.html": "", "hz-2": ""}  # what fetch keeps for itself is no document


def test_the_manifest_before_is_kept(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.html", Answer(b"", 404), Answer())
    path = write_manifest(folder, [{"id": "a", "url": url}])
    before = path.read_bytes()
    fetch()
    fetch()
    assert [entry.read_bytes() for entry in sorted((folder / WORK).glob("manifest-*.csv"))] == [before]
    edited = path.read_bytes() + b"b,,\n"
    path.write_bytes(edited)
    fetch()
    assert (folder / WORK / "manifest-2.csv").read_bytes() == edited


def test_nothing_is_fetched_twice(fetch: Fetch, site: Site, folder: Path) -> None:
    rows = [{"id": name, "url": site.say(f"/{name}.html", Answer())} for name in "ab"]
    first = fetch(rows)
    asked = len(site.requests)
    second = fetch()
    third = fetch(rows)  # as if the completed manifest were lost: the log knows
    assert len(site.requests) == asked
    assert [row.status for row in second + third] == ["kept"] * 4
    for row, again, later in zip(first, second, third, strict=True):
        assert (again.file, again.sha256, again.retrieved_on, again.final_url) == (
            row.file, row.sha256, row.retrieved_on, row.final_url,
        )  # fmt: skip
        assert later == again


def test_force_fetches_again_and_replaces(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.html", Answer(PAGE), Answer(PAGE + b"<p>new</p>"))
    rows = [{"id": "a", "url": url}]
    fetch(rows)
    fetch(rows, force=True)
    assert (folder / "a.html").read_bytes() == PAGE + b"<p>new</p>"


def test_a_file_that_is_not_the_manifests_is_not_overwritten(fetch: Fetch, site: Site, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.html").write_bytes(b"mine")
    rows = [{"file": "a.html", "url": site.say("/a", Answer()), "sha256": HASH}]
    (row,) = fetch(rows)
    assert row.status == "failed"
    assert "a.html is there, but its sha256 is" in row.reason
    assert (folder / "a.html").read_bytes() == b"mine"
    assert site.requests == []
    assert fetch(rows, force=True)[0].status == "fetched"
    assert (folder / "a.html").read_bytes() == PAGE


def test_a_file_put_there_by_hand_counts(fetch: Fetch, site: Site, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.pdf").write_bytes(PDF)
    (row,) = fetch([{"file": "a", "url": site.url("/a.pdf")}])
    assert (row.status, row.file, row.sha256) == ("kept", "a.pdf", sha256(PDF).hexdigest())
    assert site.requests == []
    assert read_rows(folder / "manifest.csv")[0]["file"] == "a.pdf"


def test_rows_without_a_url(fetch: Fetch, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.pdf").write_bytes(PDF)
    there, absent = fetch([{"file": "a.pdf", "url": ""}, {"file": "b.pdf", "url": ""}])
    assert there.status == "kept"
    assert absent.status == "failed"
    assert "the cell url is empty" in absent.reason


def test_a_url_listed_twice_is_fetched_once(fetch: Fetch, site: Site, folder: Path) -> None:
    url = site.say("/a.html", Answer())
    rows = [{"id": "a", "url": url, "file": "", "sha256": ""},
            {"id": "b", "url": url + "#part", "file": "sub/b.htm", "sha256": HASH},
            {"id": "c", "url": url, "file": "c.pdf", "sha256": ""},
            {"id": "d", "url": url, "file": "", "sha256": "0" * 64}]  # fmt: skip
    a, b, c, d = fetch(rows)
    assert site.count("/a.html") == 1
    assert (a.file, b.file) == ("a.html", "sub/b.htm")
    assert (folder / "sub" / "b.htm").read_bytes() == (folder / "a.html").read_bytes() == PAGE
    assert "names the file c.pdf" in c.reason
    assert "the manifest says 0000" in d.reason


def test_limit(fetch: Fetch, site: Site) -> None:
    rows = [{"id": name, "url": site.say(f"/{name}.html", Answer())} for name in "abc"]
    assert [row.status for row in fetch(rows, limit=2)] == ["fetched", "fetched", "left"]
    assert [row.status for row in fetch(limit=2)] == ["kept", "kept", "fetched"]


def test_another_folder(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    path = write_manifest(tmp_path, [{"id": "a", "url": site.say("/a.html", Answer())}], "list.csv")
    before = path.read_bytes()
    fetch_manifest(path, FetchSpec(out=tmp_path / "new" / "corpus", allow_private=True), clock=site.clock.clock())
    assert path.read_bytes() == before
    assert read_rows(tmp_path / "new" / "corpus" / "manifest.csv")[0]["file"] == "a.html"
    assert not (tmp_path / WORK).exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"file": "../x.html", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": "/etc/x.html", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": "a/..\\..\\x.html", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": "C:\\x.html", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": ".fetch/log.jsonl", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": "a\x00.html", "url": "http://a/"}], "inside the manifest's folder"),
        ([{"file": "a.html", "url": "http://a/"}, {"file": "A.html", "url": "http://b/"}], "manifest.csv:3: 'a.html'"),
        ([{"id": "a", "url": "http://a/"}, {"id": "A", "url": "http://b/"}], "manifest.csv:3: 'a' stands in line 2"),
        ([{"id": "a/b", "url": "http://a/"}], "manifest.csv:2: id 'a/b'"),
        ([{"id": "a", "url": "http://a/", "issued_on": "soon"}], "manifest.csv:2: issued_on"),
        ([{"id": "a", "url": "http://a/", "sha256": "abc"}], "64 digits"),
        ([{"id": "a", "link": "http://a/"}], "the column url is missing"),
    ],
)
def test_manifests_that_cannot_be_used_are_refused_before_anything_is_asked(
    fetch: Fetch, folder: Path, rows: list[dict[str, str]], message: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        fetch(rows, resolve=lambda *_: pytest.fail("asked"))
    assert message in str(refused.value)
    assert not (folder / WORK).exists()


def test_a_link_out_of_the_folder_is_not_followed(fetch: Fetch, site: Site, folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (tmp_path / "outside").mkdir()
    (folder / "sub").symlink_to(tmp_path / "outside")
    (row,) = fetch([{"file": "sub/a.html", "url": site.say("/a", Answer())}])
    assert "lies outside" in row.reason
    assert list((tmp_path / "outside").iterdir()) == []
    (tmp_path / "outside" / "a.html").write_bytes(PAGE)
    assert "lies outside" in fetch()[0].reason


@pytest.mark.parametrize("file", ["folder.html", "file.txt/a.html", "长" * 100 + ".html"])
def test_a_name_that_cannot_be_written_stops_nobody_else(fetch: Fetch, site: Site, folder: Path, file: str) -> None:
    (folder / "folder.html").mkdir(parents=True)
    (folder / "file.txt").touch()
    url = site.say("/a.html", Answer())
    first, second = fetch([{"file": file, "url": url}, {"file": "b.html", "url": site.say("/b.html", Answer())}])
    assert "cannot be written" in first.reason
    assert second.status == "fetched"


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_manifests_as_spreadsheets_save_them(fetch: Fetch, site: Site, folder: Path, encoding: str) -> None:
    url = site.say("/a.html", Answer())
    folder.mkdir()
    text = f'PATH,URL,备注\r\n通知一.html,{url},"两行\r\n备注"\r\n'
    (folder / "manifest.csv").write_bytes(text.encode(encoding))
    assert fetch()[0].status == "fetched"
    (row,) = read_rows(folder / "manifest.csv")
    assert (row["PATH"], row["URL"], row["备注"], row["sha256"]) == ("通知一.html", url, "两行\r\n备注", HASH)
    assert (folder / "通知一.html").read_bytes() == PAGE


def test_edits_of_the_manifest_meanwhile_are_not_lost(fetch: Fetch, site: Site, folder: Path) -> None:
    path = write_manifest(folder, [{"id": "a", "url": site.url("/a.html")}])

    def edit(handler: Any) -> None:
        with path.open("a") as file:
            file.write(f"b,{site.url('/b.html')}\n")
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)

    site.say("/a.html", Answer(raw=edit))
    site.say("/b.html", Answer())
    with pytest.raises(ManifestError, match="was changed meanwhile"):
        fetch()
    assert [row["id"] for row in read_rows(path)] == ["a", "b"]
    assert [row.status for row in fetch()] == ["kept", "fetched"]
    assert [row["sha256"] for row in read_rows(path)] == [HASH, HASH]


def test_an_interrupted_run_is_completed_and_goes_on(fetch: Fetch, site: Site, folder: Path) -> None:
    rows = [{"id": name, "url": site.say(f"/{name}.html", Answer())} for name in "abc"]
    write_manifest(folder, rows)

    def stop(row: Fetched, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    spec = FetchSpec(allow_private=True)
    with pytest.raises(KeyboardInterrupt):
        fetch_manifest(folder / "manifest.csv", spec, clock=site.clock.clock(), on_progress=stop)
    assert [bool(row["sha256"]) for row in read_rows(folder / "manifest.csv")] == [True, True, False]
    assert [row.status for row in fetch()] == ["kept", "kept", "fetched"]
    assert site.count("/a.html") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_run_that_is_killed_goes_on(fetch: Fetch, site: Site, folder: Path) -> None:
    def hang(handler: Any) -> None:
        head = f'HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nETag: "v"\r\nContent-Length: {len(PDF)}\r\n\r\n'
        handler.wfile.write(head.encode() + PDF[:70_000])
        handler.wfile.flush()
        time.sleep(30)

    rest = Answer(PDF[70_000:], 206, {"Content-Range": f"bytes 70000-{len(PDF) - 1}/{len(PDF)}", "ETag": '"v"'})
    rows = [
        {"id": "a", "url": site.say("/a.html", Answer())},
        {"id": "b", "url": site.say("/b", Answer(raw=hang), rest)},
    ]
    path = write_manifest(folder, rows)
    code = f"""
        from pathlib import Path
        from textq.ingest.fetch import FetchSpec, fetch_manifest
        fetch_manifest(Path({str(path)!r}), FetchSpec(allow_private=True, delay=0))
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    deadline = time.monotonic() + 60
    while not any(part.stat().st_size == 70_000 for part in (folder / WORK).glob("*.partial")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    a, b = fetch()
    assert (a.status, b.status) == ("kept", "fetched")
    assert site.count("/a.html") == 1
    assert (folder / "b.pdf").read_bytes() == PDF
    assert a.retrieved_on  # from the log
    assert [row["sha256"] for row in read_rows(path)] == [HASH, sha256(PDF).hexdigest()]


def test_two_runs_in_one_folder_are_refused(fetch: Fetch, site: Site, folder: Path) -> None:
    rows = [{"url": site.say("/a.html", Answer())}]
    with FetchLog(folder / WORK), pytest.raises(ConfigError, match="another `textq fetch` is at work"):
        fetch(rows)
    assert fetch(rows)[0].status == "fetched"


def test_the_log_survives_a_line_that_was_cut_off(fetch: Fetch, site: Site, folder: Path) -> None:
    rows = [{"id": "a", "url": site.say("/a.html", Answer())}]
    fetch(rows)
    log = folder / WORK / "log.jsonl"
    with log.open("ab") as file:
        file.write(b'{"at": "2026-')
    assert fetch(rows)[0].status == "kept"
    assert fetch(rows, force=True)[0].status == "fetched"
    assert all(json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())


def test_every_file_is_in_the_log_and_on_the_disk_before_the_next(
    fetch: Fetch, site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    real = os.fsync

    def sync(handle: int) -> None:
        real(handle)
        log = folder / WORK / "log.jsonl"
        if os.fstat(handle).st_ino == log.stat().st_ino:
            synced.add(json.loads(log.read_bytes().splitlines()[-1]).get("name", "manifest"))

    monkeypatch.setattr(os, "fsync", sync)
    fetch([{"id": name, "url": site.say(f"/{name}.html", Answer())} for name in "ab"])
    assert synced == {"a", "b", "manifest"}


def test_a_damaged_log_is_said(fetch: Fetch, site: Site, folder: Path) -> None:
    rows = [{"id": "a", "url": site.say("/a.html", Answer())}]
    fetch(rows)
    (folder / WORK / "log.jsonl").write_bytes(b"nonsense\n")
    with pytest.raises(ConfigError, match=r"log\.jsonl is damaged"):
        fetch(rows)


def test_failures_are_in_the_log_with_their_reason(fetch: Fetch, site: Site, folder: Path) -> None:
    fetch([{"id": "a", "url": site.url("/gone")}])
    entries = [json.loads(line) for line in (folder / WORK / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry["status"] for entry in entries if "status" in entry] == ["failed"]
    assert "HTTP 404" in entries[0]["reason"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delay", -1), ("delay", float("nan")), ("retries", -1), ("most_bytes", 0), ("timeout", 0), ("limit", 0),
        ("most_seconds", float("inf")), ("user_agent", "textq\r\nX: y"), ("user_agent", "爬虫"), ("user_agent", "/1"),
        ("user_agent", ""),
    ],
)  # fmt: skip
def test_settings_outside_their_range_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"The '{name}' parameter of FetchSpec must be"):
        FetchSpec(**{name: value})
