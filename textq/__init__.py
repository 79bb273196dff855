"""textq: from policy documents to city-year scores of policy instruments, and on to estimates on city pairs.

>>> import textq
>>> run = textq.score("corpus/")        # doctest: +SKIP
>>> run.scores.query("unit == '330100'")  # doctest: +SKIP
>>> textq.estimate("study.toml").headline.tidy()  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textq.pipeline.estimates import StudyResult, estimate
    from textq.pipeline.scores import score
    from textq.run import Run, load_run

__all__ = ["Run", "StudyResult", "estimate", "load_run", "score"]

_HOMES = {
    "Run": "textq.run",
    "StudyResult": "textq.pipeline.estimates",
    "estimate": "textq.pipeline.estimates",
    "load_run": "textq.run",
    "score": "textq.pipeline.scores",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``import textq`` stays light."""
    from importlib import import_module
    from importlib.metadata import version

    if name == "__version__":
        return version("textq")
    if name == "spacy":
        return import_module("textq.spacy")
    if name not in _HOMES:
        raise AttributeError(f"module 'textq' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
