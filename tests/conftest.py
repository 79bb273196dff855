"""The few fixtures that tests of several folders share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import textq

# A merge must not depend on luck: with CI set, hypothesis draws the same examples each time.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data that is not part of the repository: ``TEXTQ_SHARED``, else the folder ``shared`` beside the checkout."""
    folder = Path(os.environ.get("TEXTQ_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("needs data outside the repository: a folder `shared` beside it, or TEXTQ_SHARED")
    return folder


@pytest.fixture(scope="session")
def sample_run(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> textq.Run:
    """The run of the sample corpus."""
    return textq.score(repository / "corpus", out=tmp_path_factory.mktemp("sample"))
