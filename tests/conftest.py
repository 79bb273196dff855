"""The few fixtures that tests of several folders share."""

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import textq
from textq.engine import map_items

# A merge must not depend on luck: with CI set, hypothesis draws the same examples each time.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# A study's figures take a second each: tests that look at them ask for them (figures.sizes).
os.environ.setdefault("TEXTQ_FIGURES_SIZES", "[]")

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


def map_here(function: Callable[[Any], Any], items: Sequence[Any], **_: object) -> Iterator[Any]:
    """What :func:`textq.engine.map_items` gives, one item after the other; all is pickled as on the way to a worker."""
    for item in items:
        function_there, item_there = pickle.loads(pickle.dumps((function, item)))
        yield pickle.loads(pickle.dumps(function_there(item_there)))


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """``score`` reads files without a worker, whose start takes three seconds: where a test is not about workers."""
    monkeypatch.setattr("textq.pipeline.scores.map_items", map_here)


@pytest.fixture
def in_workers(in_this_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """``score`` reads files in workers, as it does for users: in a file whose other tests are ``in_this_process``."""
    monkeypatch.setattr("textq.pipeline.scores.map_items", map_items)
