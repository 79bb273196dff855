"""How far a command has come."""

import sys
from typing import Any

import click


class ProgressBar:
    """A bar on a terminal, nothing elsewhere; on stderr. ``label`` stands before it."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None
        self._done = 0

    def __enter__(self) -> "ProgressBar":
        return self

    def show(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are finished."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr, show_pos=True)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def __exit__(self, *failure: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(*failure)
