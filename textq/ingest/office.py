"""Old Word files, WPS and RTF → Extract, by a converter that is installed: LibreOffice, else antiword."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from textq.errors import ReadError
from textq.ingest.docx import read_docx
from textq.ingest.extract import Extract
from textq.ingest.plain import read_plain

OfficeKind = Literal["doc", "rtf", "word-xml"]

INSTALL = (
    "Install LibreOffice (Windows: winget install TheDocumentFoundation.LibreOffice; macOS: brew install --cask "
    "libreoffice; Debian, Ubuntu: apt install libreoffice-writer)"
)
"""What to do where no converter is found."""

TIMEOUT = 180
"""Seconds for one file; LibreOffice needs two for a common one, most of them to start."""

_NOT_STARTED = (126, 127)
"""Exit statuses of a program, or of the script in front of it, that lacks a part of itself."""

_ENDINGS: dict[OfficeKind, str] = {"doc": ".doc", "rtf": ".rtf", "word-xml": ".xml"}
_NAMES: dict[OfficeKind, str] = {
    "doc": "the old Word format (.doc, .wps)",
    "rtf": "RTF",
    "word-xml": "Word's XML format",
}
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
"""LibreOffice runs no macro of a file and follows none of its links."""


@dataclass(frozen=True, slots=True)
class Converter:
    """An installed program that reads old Word files: its name and where it is."""

    name: Literal["LibreOffice", "antiword"]
    program: Path


@cache
def find_converter() -> Converter | None:
    """Return LibreOffice where it is installed, else antiword (which reads .doc alone), else None."""
    for program in _iterate_libreoffice():
        if program.is_file():
            return Converter("LibreOffice", program)
    antiword = shutil.which("antiword")
    return Converter("antiword", Path(antiword)) if antiword else None


def ask_version(converter: Converter) -> str:
    """Return the version that a converter states; "" where it states none."""
    option = "--version" if converter.name == "LibreOffice" else "-h"
    try:
        done = _run([str(converter.program), option], 30)
    except ReadError:
        return ""
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else ""


def read_office(data: bytes, kind: OfficeKind) -> Extract:
    """Read a document by the installed converter; what LibreOffice makes of it is read as DOCX.

    Raises
    ------
    ReadError
        If no converter for this kind is installed, or it cannot read the file.
    """
    if kind == "rtf":
        _check_whole(data)
    converter = find_converter()
    if converter is None or (converter.name == "antiword" and kind != "doc"):
        raise ReadError(f"{_NAMES[kind]} is read by LibreOffice, which is not installed. {INSTALL}, or save as .docx.")
    with tempfile.TemporaryDirectory(prefix="textq-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"document{_ENDINGS[kind]}"
        source.write_bytes(data)
        if converter.name == "antiword":
            return _read_by_antiword(converter, source)
        return read_docx(_convert(converter, source))


def _iterate_libreoffice() -> Iterator[Path]:
    """Yield where LibreOffice may be: on the path, then where its installers put it."""
    yield from (Path(found) for name in ("soffice", "libreoffice") if (found := shutil.which(name)))
    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432"):
            if folder := os.environ.get(variable):
                yield Path(folder) / "LibreOffice" / "program" / "soffice.exe"
        return
    yield Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")
    yield Path.home() / "Applications/LibreOffice.app/Contents/MacOS/soffice"
    yield Path("/usr/lib/libreoffice/program/soffice")
    yield Path("/usr/lib64/libreoffice/program/soffice")
    yield from sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)
    yield Path("/snap/bin/libreoffice")


def _convert(converter: Converter, source: Path) -> bytes:
    """Return a file as DOCX; LibreOffice gets a profile of its own, so that it meets no running one."""
    profile = source.parent / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    command = [
        str(converter.program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
        "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(source.parent / "out"), str(source),
    ]  # fmt: skip
    done = _run(command, TIMEOUT)
    made = source.parent / "out" / f"{source.stem}.docx"
    if done.returncode in _NOT_STARTED:
        reason = (done.stdout + done.stderr).strip().split("\n")[-1]
        raise ReadError(f"LibreOffice does not start ({reason}). {INSTALL} again; textq doctor checks it.")
    if not made.is_file():
        reason = (done.stdout + done.stderr).strip().split("\n")[-1] or "it wrote no file"
        raise ReadError(
            f"LibreOffice cannot open it ({reason}): it is damaged, or asks for a password. "
            "Open it in Word and save it as .docx."
        )
    return made.read_bytes()


def _read_by_antiword(converter: Converter, source: Path) -> Extract:
    done = _run([str(converter.program), "-m", "UTF-8.txt", "-w", "0", str(source)], TIMEOUT)
    if done.returncode or not done.stdout.strip():
        reason = done.stderr.strip().split("\n")[-1] or "it finds no text"
        raise ReadError(f"antiword cannot read it ({reason}). {INSTALL}, which reads more of these files.")
    extract = read_plain(done.stdout.encode())
    return replace(extract, notes=(*extract.notes, "read by antiword: notes and text boxes may stand elsewhere."))


def _run(command: Sequence[str], timeout: float) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end; if it takes too long, end it with all that it started.

    Raises
    ------
    ReadError
        If the program cannot be started or does not end in time.
    """
    name = Path(command[0]).stem
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise ReadError(f"{name} cannot be started ({error}). Install it again.") from error
    try:
        out, err = (stream.decode("utf-8", "replace") for stream in process.communicate(timeout=timeout))
    except subprocess.TimeoutExpired as error:
        raise ReadError(f"{name} needed over {timeout:g} seconds for this file. Save it as .docx by hand.") from error
    finally:
        _end(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program that still runs, and its children: LibreOffice starts others."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _check_whole(data: bytes) -> None:
    """Refuse RTF that is cut off: every group that is opened must be closed (raw pictures may hold any sign)."""
    signs = re.sub(rb"\\[\\{}]", b"", data)
    if rb"\bin" not in signs and signs.count(b"{") > signs.count(b"}"):
        raise ReadError("the RTF file is cut off: groups are left open. Fetch it again.")
