"""Old Word files, WPS and RTF by the programs that are installed."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.textq.ingest.made_docx import abstract, level, make_docx, num, numbered, paragraph, row, table
from textq.errors import ReadError
from textq.ingest import office
from textq.ingest.docx import read_docx
from textq.ingest.office import Converter, ask_version, find_converter, read_office
from textq.ingest.read import read_file

LINES = [
    "杭州市商务局关于促进发展的通知",
    "各有关单位：",
    *["设立专项资金，支持企业建设海外仓，对列入名单的给予补助。" * 10] * 4,
]
"""Long enough for antiword, which takes no short file."""

_GBK = "".join(f"\\'{byte:02x}" for byte in "设立基金。".encode("gbk"))
RTF = rf"{{\rtf1\ansi\ansicpg936\uc1 \u20026?\u20419?\u36827?\par {_GBK}\par}}".encode("ascii")


@pytest.fixture(autouse=True)
def _forget_the_converter():
    find_converter.cache_clear()
    yield
    find_converter.cache_clear()


def need(program: str) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"needs the program {program}")
    return found


def convert(folder: Path, data: bytes, ending: str) -> bytes:
    """Return a DOCX in another format."""
    (folder / "a.docx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", ending, "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "a.docx")], check=True, capture_output=True, timeout=180)
    return (folder / f"a.{ending}").read_bytes()


@pytest.fixture(scope="module")
def made() -> bytes:
    """Return a document whose numbers need no Chinese sign: LibreOffice writes none into RTF."""
    definition = abstract(0, level(0, "%1)", "chineseCountingThousand"))
    cells = table(row(paragraph("甲"), paragraph("乙")), row(paragraph("丙"), paragraph("丁")))
    body = [*map(paragraph, LINES), numbered("总则。"), numbered("附则。"), cells, paragraph("完")]
    return make_docx(*body, numbering=definition + num(1, 0))


@pytest.mark.full
@pytest.mark.parametrize(("ending", "name"), [("doc", "a.doc"), ("doc", "a.wps"), ("rtf", "a.rtf"), ("rtf", "a.doc")])
def test_libreoffice_gives_the_text_of_the_docx(tmp_path, made, ending, name):
    extract = read_file(convert(tmp_path, made, ending), name)
    assert extract.text == read_docx(made).text
    assert "二)附则。" in extract.text


@pytest.mark.full
def test_antiword_gives_the_paragraphs(tmp_path, made, monkeypatch):
    antiword = Converter("antiword", Path(need("antiword")))
    data = convert(tmp_path, make_docx(*map(paragraph, LINES)), "doc")
    monkeypatch.setattr(office, "find_converter", lambda: antiword)
    extract = read_office(data, "doc")
    assert extract.text.split("\n") == LINES
    assert "antiword" in extract.notes[0]
    with pytest.raises(ReadError, match="Install LibreOffice"):
        read_office(RTF, "rtf")


@pytest.mark.full
def test_an_old_word_file_that_is_cut_off_is_never_read(tmp_path, made):
    data = convert(tmp_path, made, "doc")
    for share in range(5, 100, 5):
        with pytest.raises(ReadError, match="cut off"):
            read_file(data[: len(data) * share // 100], "a.doc")


@pytest.mark.full
def test_rtf_with_chinese_in_both_writings():
    need("soffice")
    assert read_file(RTF, "a.rtf").text == "为促进\n设立基金。"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_rtf_that_is_cut_off_is_refused(share):
    with pytest.raises(ReadError, match="cut off"):
        read_file(RTF[: int(len(RTF) * share)], "a.rtf")


def test_the_converter_is_found_where_it_is_installed(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.touch()
    monkeypatch.setattr(shutil, "which", lambda name: str(program) if name == "soffice" else None)
    assert find_converter() == Converter("LibreOffice", program)


@pytest.mark.parametrize("found", ["antiword", ""])
def test_antiword_comes_second_and_nothing_last(monkeypatch, found):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == found else None)
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    assert find_converter() == (Converter("antiword", Path("/bin/antiword")) if found else None)


def test_windows_folders_are_looked_into(monkeypatch, tmp_path):
    program = tmp_path / "LibreOffice" / "program" / "soffice.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    assert find_converter() == Converter("LibreOffice", program)


def fake(folder: Path, *lines: str) -> Converter:
    """Return a program of a few shell lines in place of LibreOffice."""
    if sys.platform == "win32":
        pytest.skip("needs a POSIX shell")
    program = folder / "soffice"
    program.write_text("\n".join(["#!/bin/sh", *lines]))
    program.chmod(0o755)
    return Converter("LibreOffice", program)


def test_what_the_converter_says_becomes_the_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(office, "find_converter", lambda: fake(tmp_path, "echo start", "echo no such filter"))
    with pytest.raises(ReadError, match=r"LibreOffice cannot open it \(no such filter\)"):
        read_office(RTF, "rtf")


def test_a_converter_that_hangs_is_ended_with_its_children(monkeypatch, tmp_path):
    mark = tmp_path / "still there"
    converter = fake(tmp_path, f"(sleep 2; touch '{mark}') &", "wait")
    monkeypatch.setattr(office, "find_converter", lambda: converter)
    monkeypatch.setattr(office, "TIMEOUT", 0.2)
    started = time.monotonic()
    with pytest.raises(ReadError, match=r"needed over 0\.2 seconds"):
        read_office(RTF, "rtf")
    assert time.monotonic() - started < 1.5
    time.sleep(2.2)
    assert not mark.exists()


@pytest.mark.full
def test_nothing_is_left_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(office.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(office, "find_converter", lambda: None)
    with pytest.raises(ReadError):
        read_office(RTF, "rtf")
    need("soffice")
    monkeypatch.undo()
    monkeypatch.setattr(office.tempfile, "tempdir", str(tmp_path))
    assert read_office(RTF, "rtf").text
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_asked_of_the_program(tmp_path):
    assert ask_version(fake(tmp_path, "echo LibreOffice 7.4.7.2 40")) == "7.4.7.2"
    assert ask_version(Converter("LibreOffice", tmp_path / "gone")) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands in for the program")
def test_a_program_that_lacks_a_part_is_no_damaged_file(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexec oosplash-that-is-not-there\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "find_converter", lambda: Converter("LibreOffice", program))
    with pytest.raises(ReadError, match="LibreOffice does not start"):
        read_office(RTF, "rtf")
