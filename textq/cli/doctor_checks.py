"""The checks of ``textq doctor``: what is installed, in which version, and what to do where something is missing."""

import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

State = Literal["green", "yellow", "red"]

OUT = "textq-out"
"""The folder that commands write to by default."""

_LIBRARIES = {
    "pdf": ("pypdfium2", "pdfminer.six"),
    "html": ("selectolax",),
    "xlsx": ("openpyxl", "python-calamine"),
    "parquet": ("pyarrow",),
}
"""By what is read or written: the packages it takes, all of which come with textq."""

_BUILT_IN = ("docx", "txt", "zip")
"""Formats that need nothing but Python."""

_WORDS_PROBE = "2016—2020年，市财政每年安排专项资金1.5亿元，支持B2B出口企业建设公共海外仓，培养跨境电商人才。"
"""A sentence on which engines that cut words are compared."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: green is there, yellow is of use but missing, red is missing and needed.

    ``found`` says what there is; ``advice`` names what to do, or why it is so; "" where nothing is to be said.
    """

    name: str
    state: State
    found: str
    advice: str = ""


def run_checks() -> Iterator[Check]:
    """Yield all checks, the formats first."""
    for name, packages in _LIBRARIES.items():
        yield check_packages(name, packages)
    for name in _BUILT_IN:
        yield Check(name, "green", "textq")
    yield check_office()
    yield check_ofd()
    yield check_recogniser()
    yield check_words()
    yield check_loops()
    yield Check("textq", "green", f"{version('textq')} ({Path(__file__).resolve().parents[1]})")
    yield check_econ()
    yield Check("python", "green", f"{platform.python_version()} ({sys.executable})")
    yield check_sqlite()
    yield check_folder(Path(OUT))
    yield check_console(getattr(sys.stdout, "encoding", None) or "ascii")
    yield check_figures()
    yield check_font()


def check_packages(name: str, packages: tuple[str, ...]) -> Check:
    """Check packages that textq cannot do without."""
    found, missing = [], []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    return Check(name, "red" if missing else "green", ", ".join(found), "reinstall" if missing else "")


def check_office() -> Check:
    """Check for the program that reads .doc, .wps and .rtf."""
    from textq.ingest.office import ask_version, find_converter

    converter = find_converter()
    if converter is None:
        return Check("doc", "yellow", "", "libreoffice")
    stated = ask_version(converter)
    if not stated:
        return Check("doc", "yellow", f"{converter.name} ({converter.program})", "does_not_start")
    found = f"{converter.name} {stated} ({converter.program})"
    return (
        Check("doc", "green", found) if converter.name == "LibreOffice" else Check("doc", "yellow", found, "only_doc")
    )


def check_ofd() -> Check:
    """Check for the library that reads OFD."""
    try:
        return Check("ofd", "green", f"ofdkit {version('ofdkit')}")
    except PackageNotFoundError:
        return Check("ofd", "yellow", "", "ofd")


def check_recogniser() -> Check:
    """Check for a library or program that recognises text on images of pages."""
    from textq.ingest.ocr import find_recogniser

    found = find_recogniser()
    return Check("ocr", "green", found) if found else Check("ocr", "yellow", "", "ocr")


def check_words() -> Check:
    """Check which library cuts words, and why; studies compare engines again on their own texts."""
    from textq.errors import ConfigError
    from textq.segment.words import load_cutter

    try:
        engine = load_cutter(sample=[_WORDS_PROBE]).engine
    except ConfigError as error:
        return Check("words", "red", str(error), "other_jieba")
    found = f"{engine} ({engine.detail})" if engine.reason == "different" else str(engine)
    return Check("words", "green", found, f"words_{engine.reason}")


def check_loops() -> Check:
    """Check for the library that compiles the loops in which texts are searched, and whether it does."""
    from textq.compiled import can_compile

    try:
        found = f"numba {version('numba')}"
    except PackageNotFoundError:
        return Check("loops", "green", f"NumPy {version('numpy')}", "loops_absent")
    return Check("loops", "green", found) if can_compile() else Check("loops", "yellow", found, "loops_broken")


def check_econ() -> Check:
    """Check that the package econ is the one installed with textq, and no other of that name."""
    found = find_spec("econ")
    folder = Path(found.origin).resolve().parent if found is not None and found.origin else None
    if folder is None:
        return Check("econ", "red", "", "reinstall")
    is_ours = folder.parent == Path(__file__).resolve().parents[2]
    return Check("econ", "green" if is_ours else "red", str(folder), "" if is_ours else "other_econ")


def check_sqlite() -> Check:
    """Check for the SQLite that Python was built with; it is only looked at here, not used."""
    try:
        return Check("sqlite", "green", import_module("sqlite3").sqlite_version)
    except ImportError:
        return Check("sqlite", "yellow", "", "sqlite")


def check_folder(folder: Path) -> Check:
    """Check that the default output folder, or the one above it, can be written to."""
    there = folder if folder.is_dir() else folder.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return Check("folder", "green", str(folder.absolute()))
    except OSError as error:
        return Check("folder", "red", f"{there}: {error.strerror or error}", "folder")


def check_console(encoding: str) -> Check:
    """Check that the console can show Chinese."""
    try:
        "条款｜①".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Check("console", "yellow", encoding, "console")
    return Check("console", "green", encoding)


def check_figures() -> Check:
    """Check for the library that draws figures."""
    from econ.errors import FigureError
    from econ.figure_library import load_matplotlib

    try:
        return Check("figures", "green", f"matplotlib {load_matplotlib().__version__}")
    except FigureError:
        return Check("figures", "yellow", "", "figures")


def check_font() -> Check:
    """Check for a font that has the characters of Chinese figures, by looking into the files of fonts."""
    from econ.errors import FigureError, FontError
    from econ.figure_fonts import find_chinese_font

    try:
        return Check("font", "green", find_chinese_font())
    except FontError:
        return Check("font", "yellow", "", "font")
    except FigureError:
        return Check("font", "yellow", "", "font_unknown")
