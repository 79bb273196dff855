"""``textq doctor``: what it finds, what it advises, how it ends."""

import json
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from econ import figure_fonts
from textq import compiled
from textq.cli import doctor_checks
from textq.cli.doctor_checks import (
    Check,
    check_console,
    check_econ,
    check_figures,
    check_folder,
    check_font,
    check_loops,
    check_ofd,
    check_office,
    check_packages,
    check_recogniser,
    check_sqlite,
    check_words,
    run_checks,
)
from textq.cli.doctor_summary import describe_checks
from textq.ingest import ocr, office
from textq.segment.words import cutter

Run = Callable[..., Any]


def test_a_machine_with_all_that_is_needed_is_0(run_textq: Run) -> None:
    done = run_textq("doctor")
    assert (done.code, done.err) == (0, "")
    assert "ok       reads PDF: pypdfium2 " in done.out
    assert done.out.endswith("textq can be used here\n")


def test_json_names_every_check_once(run_textq: Run) -> None:
    done = run_textq("doctor", "--json")
    answer = json.loads(done.out)
    names = [check["name"] for check in answer["checks"]]
    assert answer["fit"] is True
    assert len(set(names)) == len(names)
    assert {"pdf", "html", "docx", "doc", "ofd", "ocr", "words", "loops"} <= set(names)
    assert {"econ", "folder", "console", "font", "figures", "sqlite"} <= set(names)


def test_what_is_missing_and_needed_is_3(run_textq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor_checks._LIBRARIES, "pdf", ("pypdfium2", "no-such-package"))
    done = run_textq("doctor", "--lang", "zh")
    assert done.code == 3
    assert "缺失  读取 PDF: pypdfium2 " in done.out
    assert f"→ 重新安装: {sys.executable} -m pip install --force-reinstall textq" in done.out
    assert done.out.endswith("请先解决标为 “缺失” 的各项\n")
    assert json.loads(run_textq("doctor", "--json").out)["fit"] is False


def test_every_check_has_words_in_both_languages() -> None:
    checks = list(run_checks())
    advice = [
        "reinstall", "libreoffice", "only_doc", "ofd", "ocr", "other_econ", "sqlite", "folder", "console", "font",
        "words_equal", "words_different", "words_absent", "other_jieba", "figures", "font_unknown",
    ]  # fmt: skip
    for check in [*checks, *(Check("pdf", "yellow", "", one) for one in advice)]:
        zh, en = (list(describe_checks([check], lang)) for lang in ("zh", "en"))
        assert len(zh) == len(en) == (3 if check.advice else 2)
        assert zh != en


def test_a_missing_package_is_red() -> None:
    assert check_packages("pdf", ("no-such-package",)) == Check("pdf", "red", "", "reinstall")
    assert check_packages("html", ("selectolax",)).state == "green"


@pytest.mark.parametrize(
    ("name", "state", "advice"), [("LibreOffice", "green", ""), ("antiword", "yellow", "only_doc")]
)
def test_the_converter_of_old_word_files(monkeypatch: pytest.MonkeyPatch, name: Any, state: str, advice: str) -> None:
    monkeypatch.setattr(office, "find_converter", lambda: office.Converter(name, Path("/bin/it")))
    monkeypatch.setattr(office, "ask_version", lambda converter: "7.4")
    assert check_office() == Check("doc", state, f"{name} 7.4 (/bin/it)", advice)  # type: ignore[arg-type]
    monkeypatch.setattr(office, "find_converter", lambda: None)
    assert check_office() == Check("doc", "yellow", "", "libreoffice")


def test_the_library_for_ofd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "version", lambda name: f"{len(name)}.0")
    assert check_ofd() == Check("ofd", "green", "ofdkit 6.0")

    def refuse(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor_checks, "version", refuse)
    assert check_ofd() == Check("ofd", "yellow", "", "ofd")


def test_the_compiler_of_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "version", lambda name: f"{len(name)}.0")
    monkeypatch.setattr(compiled, "can_compile", lambda: True)
    assert check_loops() == Check("loops", "green", "numba 5.0")
    monkeypatch.setattr(compiled, "can_compile", lambda: False)
    assert check_loops() == Check("loops", "yellow", "numba 5.0", "loops_broken")

    def know_numpy_alone(name: str) -> str:
        if name == "numpy":
            return "2.0"
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor_checks, "version", know_numpy_alone)
    assert check_loops() == Check("loops", "green", "NumPy 2.0", "loops_absent")


def test_the_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_recogniser", lambda: "rapidocr 3")
    assert check_recogniser() == Check("ocr", "green", "rapidocr 3")
    monkeypatch.setattr(ocr, "find_recogniser", lambda: None)
    assert check_recogniser() == Check("ocr", "yellow", "", "ocr")


def test_the_words_are_cut_by_jieba_where_there_is_nothing_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutter, "find_rjieba", lambda: None)
    assert check_words() == Check("words", "green", f"jieba {version('jieba')}", "words_absent")


@pytest.mark.parametrize(
    ("cut", "found", "advice"),
    [(None, "rjieba 1.0", "words_equal"), (list, f"jieba {version('jieba')} (推进, not 推/进)", "words_different")],
)
def test_the_words_are_cut_by_what_cuts_like_jieba(
    monkeypatch: pytest.MonkeyPatch, cut: Any, found: str, advice: str
) -> None:
    monkeypatch.setattr(cutter, "find_rjieba", lambda: "1.0")
    monkeypatch.setattr(cutter, "load_rjieba", lambda words: cut or words.cut)
    check = check_words()
    assert (check.state, check.advice) == ("green", advice)
    assert check.found == found


def test_a_script_called_jieba_is_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = ModuleType("jieba")
    script.__file__ = str(tmp_path / "jieba.py")
    monkeypatch.setitem(sys.modules, "jieba", script)
    check = check_words()
    assert (check.state, check.advice) == ("red", "other_jieba")
    assert "jieba.py is not the file of the installed package jieba" in check.found


def test_another_package_named_econ_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_econ().state == "green"
    (tmp_path / "econ").mkdir()
    (tmp_path / "econ" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "econ")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if "editable" not in repr(finder)])
    assert check_econ() == Check("econ", "red", str(tmp_path / "econ"), "other_econ")


def test_a_python_without_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_sqlite().state == "green"
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert check_sqlite() == Check("sqlite", "yellow", "", "sqlite")


def test_the_output_folder(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "out") == Check("folder", "green", str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []
    refused = check_folder(tmp_path / "gone" / "out")
    assert (refused.state, refused.advice) == ("red", "folder")


@pytest.mark.parametrize(
    ("encoding", "state"), [("utf-8", "green"), ("gb18030", "green"), ("cp1252", "yellow"), ("x", "yellow")]
)
def test_the_encoding_of_the_console(encoding: str, state: str) -> None:
    assert check_console(encoding).state == state


def test_the_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_fonts, "find_chinese_font", lambda: "Noto Sans SC")
    assert check_font() == Check("font", "green", "Noto Sans SC")
    monkeypatch.undo()
    monkeypatch.setattr(figure_fonts, "_list_regular", list)
    monkeypatch.setattr(figure_fonts, "_register_new_files", lambda: False)
    assert check_font() == Check("font", "yellow", "", "font")


def test_the_library_of_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_figures() == Check("figures", "green", f"matplotlib {version('matplotlib')}")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert check_figures() == Check("figures", "yellow", "", "figures")
    assert check_font() == Check("font", "yellow", "", "font_unknown")


def test_a_converter_that_does_not_start_is_no_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(office, "find_converter", lambda: office.Converter("LibreOffice", tmp_path / "soffice"))
    check = doctor_checks.check_office()
    assert (check.state, check.advice) == ("yellow", "does_not_start")


def test_json_gives_the_advice_in_words(run_textq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor_checks._LIBRARIES, "pdf", ("no-such-package",))
    done = run_textq("doctor", "--json", "--lang", "en")
    checks = {check["name"]: check["advice"] for check in json.loads(done.out)["checks"]}
    assert checks["pdf"].startswith(f"install again: {sys.executable} -m pip")
    assert checks["txt"] == ""
