"""textq: from policy documents to city-year scores of policy instruments.

>>> import textq
>>> run = textq.score("corpus/")        # doctest: +SKIP
>>> run.scores.query("unit == '330100'")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textq.pipeline import score
    from textq.run import Run, load_run

__all__ = ["Run", "load_run", "score"]

_HOMES = {"Run": "textq.run", "load_run": "textq.run", "score": "textq.pipeline"}


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
