"""The bar: on a terminal only, and on stderr."""

import sys
from io import StringIO

import pytest

from textq.cli.progress import ProgressBar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "is_shown"), [(Terminal(), True), (StringIO(), False)])
def test_it_is_for_terminals(monkeypatch: pytest.MonkeyPatch, stream: StringIO, is_shown: bool) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressBar("reading") as bar:
        bar.show(1, 2)
        bar.show(2, 2)
    assert ("reading" in stream.getvalue() and "2/2" in stream.getvalue()) is is_shown
