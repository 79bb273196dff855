"""Which programs read the files of a corpus, in which versions: another reader can give another text."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath

from textq.errors import ConfigError
from textq.ingest.extract import ReadSpec
from textq.ingest.files import SourceFile
from textq.ingest.ocr import find_recogniser
from textq.ingest.office import ask_version, find_converter
from textq.ingest.read import ENDINGS

ABSENT = "not installed"

_PACKAGES = ("pypdfium2", "pdfminer.six", "selectolax")
_OFFICE_KINDS = frozenset({"doc", "rtf"})


def describe_readers(files: Iterable[SourceFile], spec: ReadSpec) -> dict[str, str]:
    """Return the versions of the readers; of optional ones only where the corpus asks for them.

    Raises
    ------
    ConfigError
        If pages shall be recognised and no recogniser is installed.
    """
    kinds = {ENDINGS.get(PurePosixPath(file.path).suffix.lower()) for file in files if not file.ignored}
    readers = {package: version(package) for package in _PACKAGES}
    if spec.ocr:
        readers["ocr"] = _require_recogniser()
    if kinds & _OFFICE_KINDS:
        readers["office"] = _describe_converter()
    if "ofd" in kinds:
        readers["ofd"] = _describe_package("ofdkit")
    return readers


def _require_recogniser() -> str:
    found = find_recogniser()
    if found is None:
        raise ConfigError(
            'no text recognition (OCR) is installed: run pip install "textq[ocr]", or install Tesseract with chi_sim. '
            "textq doctor shows what is there."
        )
    return found


def _describe_converter() -> str:
    converter = find_converter()
    return f"{converter.name} {ask_version(converter)}" if converter else ABSENT


def _describe_package(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ABSENT
