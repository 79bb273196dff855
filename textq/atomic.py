"""Files that are written in one step: what stood there is kept until all of the new content is written."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replace_file(path: Path, *, encoding: str = "utf-8", newline: str = "\n") -> Iterator[TextIO]:
    """Open a file beside ``path``, and put it in the place of ``path`` when the block ends without an error.

    If the block fails, ``path`` stays as it is and nothing is left beside it. Threads and processes that write the
    same file at the same time do one another no harm: the last one stands.

    Parameters
    ----------
    path
        The file to write; its folder must be there.
    encoding, newline
        As :func:`open` takes them.
    """
    with _replace(path) as partial, partial.open("w", encoding=encoding, newline=newline) as stream:
        yield stream


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file whole, in the place of what stood there, as :func:`replace_file` does."""
    with _replace(path) as partial:
        partial.write_bytes(data)


@contextmanager
def _replace(path: Path) -> Iterator[Path]:
    """Give a name beside ``path``; what is there when the block ends takes the place of ``path``."""
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
