import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import pytest
from click.testing import CliRunner

from textq.cli import main
from textq.cli.review import command
from textq.pipeline.review_open import open_review
from textq.run import Run

WAIT = 120


@pytest.fixture(scope="module")
def loaded(sample_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study whose run is in the store of its review already; not to be written to."""
    out = tmp_path_factory.mktemp("loaded") / "study"
    shutil.copytree(sample_run.run_dir, out / "runs" / sample_run.run_dir.name)
    (out / "latest.txt").write_text(f"runs/{sample_run.run_dir.name}\n", encoding="utf-8")
    open_review(out, coders=["anna"]).store.close()
    return out


@pytest.fixture
def study(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "study 研究"))


@contextmanager
def run_review(*arguments: object, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "textq", "review", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    cookie: str
    location: str


def ask(url: str, path: str, cookie: str = "", body: str | None = None) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=WAIT)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    given = str(response.getheader("Set-Cookie")).partition(";")[0]
    return Answer(response.status, text, given, str(response.getheader("Location")))


def follow(url: str) -> Answer:
    """Open the link that the command printed."""
    return ask(url, url.partition(urlsplit(url).netloc)[2])


def test_one_line_on_stdout_then_it_serves_until_it_is_stopped(study: Path) -> None:
    (study / "review.sqlite").unlink()
    with run_review(study, "--no-open", "--coder", "安娜", "--lang", "en") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        parts = urlsplit(url)
        assert (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "/auth")
        assert len(parse_qs(parts.query)["token"][0]) >= 43
        cookie = follow(url).cookie
        card = ask(url, "/q/fix", cookie).location
        page = ask(url, card, cookie).text
        secret = page.partition('data-secret="')[2].partition('"')[0]
        assert ask(url, card, cookie, f"secret={secret}&do=unsure").status == 303
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT)
    assert process.returncode == 0
    assert out == ""
    assert "安娜" in err
    assert "Traceback" not in err
    (log,) = (study / "review").iterdir()
    assert log.name == "events-安娜.jsonl"
    (event,) = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert (event["kind"], event["coder"]) == ("unsure", "安娜")


def test_several_coders_get_pins_once(study: Path) -> None:
    shown = []
    for arguments in ([], ["--new-pin", "bao"]):
        with run_review(study, "--no-open", "--lang", "en", *arguments, TEXTQ_REVIEW_CODER="anna bao") as process:
            assert process.stdout is not None
            form = follow(process.stdout.readline().strip()).text
            process.terminate()
            _, err = process.communicate(timeout=WAIT)
        assert process.returncode == 0 or os.name != "posix"
        assert 'name="pin"' in form
        shown.append([line.split(":")[0] for line in err.splitlines() if line.startswith("PIN of")])
    assert shown == [["PIN of anna", "PIN of bao"], ["PIN of bao"]]
    assert not (study / "review").exists()


def refuse(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[Any, str]:
    with pytest.raises(SystemExit) as ended:
        main(["review", *map(str, arguments)])
    captured = capsys.readouterr()
    assert captured.out == ""
    return ended.value.code, captured.err


def test_a_network_needs_consent(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, err = refuse(capsys, study, "--host", "0.0.0.0")
    assert code == 2
    assert "unencrypted" in err
    assert "--i-understand" in err
    assert refuse(capsys, study, "--i-understand")[0] == 2


def test_with_consent_it_warns(study: Path) -> None:
    with run_review(
        study, "--no-open", "--host", "0.0.0.0", "--i-understand", "--coder", "a", "--lang", "en"
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        form = follow(url).text
        process.send_signal(getattr(signal, "SIGHUP", signal.SIGINT))
        _, err = process.communicate(timeout=WAIT)
    assert process.returncode == 0
    assert 'name="pin"' in form
    assert "warning: other machines can reach this server" in err
    assert "PIN of a:" in err


def test_what_cannot_be(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, err = refuse(capsys, study, "--coder", "a b")
    assert (code, "cannot be the name" in err) == (1, True)
    code, err = refuse(capsys, study, "--coder", "anna", "--new-pin", "bao")
    assert (code, "--coder bao" in err) == (2, True)
    code, err = refuse(capsys, tmp_path / "nothing")
    assert (code, "does not exist" in err) == (1, True)
    code, err = refuse(capsys, tmp_path)
    assert (code, "holds no run" in err) == (1, True)


def test_without_a_folder_it_looks_for_textq_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, err = refuse(capsys)
    assert (code, "textq-out" in err) == (2, True)
    (tmp_path / "textq-out").mkdir()
    assert "holds no run" in refuse(capsys)[1]


def test_a_port_that_is_taken(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from textq.web.serve import bind_socket

    with bind_socket("127.0.0.1", None) as taken:
        code, err = refuse(capsys, study, "--port", taken.getsockname()[1])
    assert code == 1
    assert "is taken" in err


def test_the_first_word_is_a_command_or_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").mkdir()
    context = click.Context(command, info_name="review")
    assert command.list_commands(context) == ["serve", "sample", "export", "import", "merge", "status"]
    shown = CliRunner().invoke(command, ["sample", "--help"]).output
    assert "--half-width" in shown
    for arguments in (["--port", "1", "./sample", "--help"], ["sample/", "--help"]):
        assert "serve [OPTIONS] [RUN]" in CliRunner().invoke(command, arguments).output.splitlines()[0]
    assert "COMMAND [ARGS]" in CliRunner().invoke(command, ["--help"]).output.splitlines()[0]
