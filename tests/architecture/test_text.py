"""No tracked text names a package registry or a place on one machine."""

import shutil
import subprocess
from pathlib import Path

import pytest

HOSTS = [
    r"py" r"pi\.org",
    r"python" r"hosted",
    r"npm" r"js\.(org|com)",
    r"deb\.debian" r"\.org",
    r"(tsinghua|aliyun|ustc)[a-z.]*/" r"(py" r"pi|simple)",
]
PLACES = [r"/wo" r"rk/", r"/fa" r"rm/", r"/ro" r"ot/", r"/ho" r"me/[a-z]", r"/Use" r"rs/[A-Za-z]", r"[A-Z]:\\Use" r"rs"]


def grep_tracked(repository: Path, pattern: str) -> str:
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("needs a git checkout, to tell the project's files from others")
    command = ["git", "grep", "--untracked", "-nIE", pattern]
    done = subprocess.run(command, cwd=repository, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.decode(errors="replace")


@pytest.mark.parametrize("pattern", HOSTS)
def test_no_registry_host(repository: Path, pattern: str) -> None:
    assert grep_tracked(repository, pattern) == ""


@pytest.mark.parametrize("pattern", PLACES)
def test_no_machine_path(repository: Path, pattern: str) -> None:
    assert grep_tracked(repository, pattern) == ""


def test_search_finds_what_is_there(repository: Path) -> None:
    assert "LICENSE:" in grep_tracked(repository, "MIT Licen[cs]e")
