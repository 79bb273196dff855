"""``textq fetch``: what is printed, and the exit codes."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

PAGE = "<!DOCTYPE html><html><body>关于促进跨境电子商务发展的通知</body></html>".encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path.startswith("/a")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE if found else b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site on this machine that has the pages /a…; no proxy is named."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def write_manifest(folder: Path, *urls: str) -> Path:
    rows = [f"d{at},{url}" for at, url in enumerate(urls)]
    path = folder / "manifest.csv"
    path.write_text("\n".join(["id,url", *rows]) + "\n", encoding="utf-8")
    return path


PLAIN = ("--allow-private", "--delay", "0")


def test_all_there_is_0(run_textq: Run, tmp_path: Path, site: str) -> None:
    path = write_manifest(tmp_path, f"{site}/a1", f"{site}/a2")
    done = run_textq("fetch", path, *PLAIN)
    assert done.code == 0
    assert done.out.startswith("fetched 2\nmanifest completed: ")
    assert f"[1/2] fetched: d0.html · {len(PAGE)} B\n" in done.err
    assert (tmp_path / "d1.html").read_bytes() == PAGE
    again = run_textq("fetch", path, *PLAIN)
    assert (again.code, again.out.splitlines()[0]) == (0, "there already 2")


def test_some_failed_is_3_and_says_which_and_why(run_textq: Run, tmp_path: Path, site: str) -> None:
    done = run_textq("fetch", write_manifest(tmp_path, f"{site}/a1", f"{site}/gone"), *PLAIN)
    assert done.code == 3
    assert done.out.startswith("fetched 1; failed 1\n")
    assert f"failed: d1 · {site}/gone: HTTP 404." in done.err


def test_private_hosts_need_leave(run_textq: Run, tmp_path: Path, site: str) -> None:
    done = run_textq("fetch", write_manifest(tmp_path, f"{site}/a1"), "--delay", "0")
    assert done.code == 3
    assert "--allow-private" in done.err


def test_json(run_textq: Run, tmp_path: Path, site: str) -> None:
    done = run_textq("fetch", write_manifest(tmp_path, f"{site}/a1", f"{site}/gone"), *PLAIN, "--json", "--limit", 1)
    told = json.loads(done.out)
    assert (done.code, told["status"]) == (0, {"fetched": 1, "left": 1})
    assert [row["file"] for row in told["rows"]] == ["d0.html", "d1"]
    assert "fetched 1; left 1" in done.err


def test_chinese(run_textq: Run, tmp_path: Path, site: str) -> None:
    done = run_textq("fetch", write_manifest(tmp_path, f"{site}/a1"), *PLAIN, "--lang", "zh")
    assert "已下载 1" in done.out


def test_interrupted_is_130_and_says_how_to_go_on(
    run_textq: Run, tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("textq.ingest.fetch.run.download", stop)
    done = run_textq("fetch", write_manifest(tmp_path, f"{site}/a1"), *PLAIN)
    assert (done.code, done.out) == (130, "")
    assert "Run the same command again to go on" in done.err


def test_settings_reach_the_run(run_textq: Run, tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("textq.ingest.fetch.fetch_manifest", lambda path, spec, **_: seen.append(spec) or [])
    run_textq(
        "fetch", "list.csv", "--out", "o", "--delay", "5", "--retries", "1", "--most-bytes", "2MB",
        "--timeout", "7", "--most-seconds", "70", "--user-agent", "me/1 (me@example.org)", "--force", "--limit", "4",
    )  # fmt: skip
    (spec,) = seen
    assert (spec.out, spec.delay, spec.retries, spec.most_bytes) == (Path("o"), 5, 1, 2_000_000)
    assert (spec.timeout, spec.most_seconds, spec.user_agent) == (7, 70, "me/1 (me@example.org)")
    assert (spec.force, spec.limit, spec.allow_private, spec.proxy) == (True, 4, False, None)


def test_proxies_are_spoken_of(run_textq: Run, tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    path = write_manifest(tmp_path, f"{site}/a1")
    assert "HTTPS_PROXY is not used" in run_textq("fetch", path, *PLAIN).err
    shown = run_textq("fetch", path, *PLAIN, "--proxy", site)
    assert "addresses of hosts are not checked" in shown.err


def test_the_copy_of_the_manifest_is_named_where_there_is_one(run_textq: Run, tmp_path: Path, site: str) -> None:
    path = write_manifest(tmp_path, f"{site}/a1")
    assert "kept as" not in run_textq("fetch", path, *PLAIN, "--out", tmp_path / "new").out
    kept = tmp_path / ".fetch" / "manifest-1.csv"
    assert f"(the one before is kept as {kept})" in run_textq("fetch", path, *PLAIN).out
    assert kept.is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere.csv"], 1, "nowhere.csv cannot be read"),
        (["m.csv", "--most-bytes", "1TB"], 2, "'1TB' is no size"),
        (["m.csv", "--most-bytes", "0"], 2, "is no size"),
        (["m.csv", "--delay", "-1"], 2, "--delay"),
        (["m.csv", "--limit", "0"], 2, "--limit"),
        (["m.csv", "--user-agent", "爬虫"], 1, "user_agent"),
        ([], 2, "MANIFEST"),
    ],
)
def test_wrong_usage(run_textq: Run, arguments: list[str], code: int, message: str) -> None:
    done = run_textq("fetch", *arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
