"""The wheel holds the two packages and the lists, no more and no less, and works away from the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest


def run_python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def list_known(repository: Path, folder: str) -> set[str]:
    """The files that git tracks, or would if they were added: on a fresh clone, ``git ls-files``."""
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("needs a git checkout: the files that git knows are what the wheel is compared with")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder]
    done = subprocess.run(command, cwd=repository, capture_output=True, check=True)
    return {name for name in done.stdout.decode().split("\0") if (repository / name).is_file()}


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run_python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=repository)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_top_level(files: set[str], metadata: Message) -> None:
    assert {name.split("/")[0] for name in files} == {"textq", "econ", f"textq-{metadata['Version']}.dist-info"}


@pytest.mark.parametrize("package", ["textq", "econ"])
def test_packages_are_those_of_the_repository(repository: Path, files: set[str], package: str) -> None:
    shipped = {name for name in files if name.startswith(f"{package}/") and not name.startswith("textq/lexicons/")}
    assert shipped == list_known(repository, package)


def test_lexicons_are_those_of_the_repository(repository: Path, files: set[str]) -> None:
    """The READMEs go along: they say where each list comes from and under which licence it stands."""
    shipped = {name.removeprefix("textq/") for name in files if name.startswith("textq/lexicons/")}
    assert shipped == list_known(repository, "lexicons")


def test_packages_are_typed(files: set[str]) -> None:
    assert {"textq/py.typed", "econ/py.typed"} <= files


def test_licence_is_in_the_wheel(files: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in files)


def test_tools_for_tests_are_extras(metadata: Message) -> None:
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert not [line for line in required if line.startswith(("pytest", "hatchling", "reportlab", "mypy", "ruff"))]


def test_templates_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    run_python("-m", "textq", "init", "--codebook", "mine", "codebook", "--lang", "zh", cwd=tmp_path, path=installed)
    run_python("-m", "textq", "init", "study", cwd=tmp_path, path=installed)
    assert (tmp_path / "codebook" / "gold" / "clauses.csv").is_file()
    assert (tmp_path / "study" / "outcomes" / "series.csv").is_file()


def test_wheel_works_away_from_the_checkout(repository: Path, installed: Path, tmp_path: Path) -> None:
    for name in ("zhejiang-2019-yiwu-plan.txt", "nanjing-2021-measures.html", "hangzhou-2020-award.docx"):
        shutil.copy(repository / "corpus" / "documents" / name, tmp_path)
    roots = run_python("-c", "import textq, econ; print(textq.__file__, econ.__file__)", cwd=tmp_path, path=installed)
    assert roots.count(str(installed)) == 2
    found = "from textq.lexicon.read import builtin_root; print(builtin_root())"
    assert Path(run_python("-c", found, cwd=tmp_path, path=installed).strip()) == installed / "textq" / "lexicons"
    assert '"read": 3' in run_python("-m", "textq", "score", ".", "--json", cwd=tmp_path, path=installed)
