"""The layering contracts of pyproject.toml hold, and would catch what they are for; ``import textq`` is light."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
HEAVY = ("pandas", "numpy", "spacy", "sklearn", "jieba", "pdfminer", "docx", "daachorse", "linearmodels", "click")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)


def copy_code(root: Path, target: Path) -> None:
    for package in ("textq", "econ"):
        shutil.copytree(root / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", target)


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_contracts_hold(repository: Path) -> None:
    done = lint_imports(repository)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("added", "report"),
    [
        ({"textq/records.py": "import textq.tables"}, "textq.records -> textq.tables"),
        ({"textq/ingest/plain.py": "import textq.segment.clauses"}, "textq.ingest.plain -> textq.segment.clauses"),
        ({"textq/frames.py": "import econ"}, "textq.frames -> econ"),
        ({"econ/__init__.py": "import textq.records"}, "econ -> textq.records"),
        ({"econ/__init__.py": "import click"}, "econ -> click"),
        ({"econ/estimate.py": "", "econ/spec.py": "import econ.estimate"}, "econ.spec -> econ.estimate"),
        ({"textq/ingest/html.py": "import pdfminer"}, "textq.ingest.html -> pdfminer"),
        ({"textq/pipeline/scores.py": "import spacy"}, "textq.pipeline.scores -> spacy"),
        ({"textq/coding/rules.py": "import sklearn"}, "textq.coding.rules -> sklearn"),
        ({"textq/helpers.py": ""}, "- textq.helpers"),
    ],
)
def test_contracts_catch(repository: Path, tmp_path: Path, added: dict[str, str], report: str) -> None:
    copy_code(repository, tmp_path)
    for module, statement in added.items():
        with (tmp_path / module).open("a", encoding="utf-8") as file:
            file.write(f"\n{statement}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert report in done.stdout


def test_import_textq_is_light() -> None:
    assert not loaded_by("import textq") & set(HEAVY)


def test_help_loads_click_alone() -> None:
    assert loaded_by("import textq.cli") & set(HEAVY) == {"click"}


def test_scoring_texts_loads_no_library_it_does_not_use() -> None:
    assert not loaded_by("from textq import score") & {"spacy", "sklearn", "jieba", "linearmodels", "click"}
