"""What a run says of the programs that read its files."""

from importlib.metadata import version
from pathlib import Path

import pytest

from textq.errors import ConfigError
from textq.ingest.extract import ReadSpec
from textq.ingest.files import SourceFile
from textq.ingest.readers import ABSENT, describe_readers


def files(*names: str) -> list[SourceFile]:
    return [SourceFile(name, Path(name)) for name in names]


def test_libraries_are_named_with_their_versions() -> None:
    assert describe_readers(files("a.pdf"), ReadSpec())["pypdfium2"] == version("pypdfium2")


def test_optional_readers_are_named_only_where_the_corpus_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textq.ingest.readers.find_converter", lambda: None)
    assert "office" not in describe_readers(files("a.pdf", "b.docx"), ReadSpec())
    assert describe_readers(files("a.DOC"), ReadSpec())["office"] == ABSENT
    assert "ofd" in describe_readers(files("in.zip/a.ofd"), ReadSpec())


def test_recognition_without_a_recogniser_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textq.ingest.readers.find_recogniser", lambda: None)
    with pytest.raises(ConfigError, match=r'pip install "textq\[ocr\]"'):
        describe_readers(files("a.pdf"), ReadSpec(ocr=True))
