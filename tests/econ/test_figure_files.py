"""Files of figures: the same bytes each time, fonts embedded, letters that no viewer lacks, numbers that read back."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from matplotlib.figure import Figure
from PIL import Image

from econ import figure_fonts
from econ.errors import EconError, FigureError, FontError
from econ.figure_coefficients import list_coefficients
from econ.figure_files import choose_font_type, write_figure
from econ.figure_fonts import PLAIN, choose_fonts, find_chinese_font, is_truetype
from econ.figure_words import list_words, say
from econ.words import read_section

from .figure_cases import CASES, fit_made

DATA = list_coefficients({"一": fit_made()})


@pytest.fixture(scope="module")
def figure() -> Figure:
    return CASES["coefficients"]("zh", "a4")


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    written = [
        write_figure(CASES["coefficients"]("zh", "a4"), tmp_path / name / "figure", DATA)
        for name in ("one", "two")
        if (tmp_path / name).mkdir() is None
    ]
    assert [path.suffix for path in written[0]] == [".pdf", ".svg", ".png", ".csv"]
    for one, other in zip(*written, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.suffix


def test_files_tell_no_time_and_no_version(figure: Figure, tmp_path: Path) -> None:
    pdf, svg, png, _ = write_figure(figure, tmp_path / "figure.of.mine", DATA)
    assert pdf.name == "figure.of.mine.pdf"
    for path in (pdf, svg, png):
        content = path.read_bytes()
        assert not re.search(rb"[Mm]atplotlib(?!\.axis)", content), path.suffix
        assert not re.search(rb"CreationDate|<dc:date>", content), path.suffix


def test_fonts_are_embedded_and_the_text_can_be_read(figure: Figure, tmp_path: Path) -> None:
    pdf, svg, png, _ = write_figure(figure, tmp_path / "figure", DATA)
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    assert page.get_width() == pytest.approx(160 / 25.4 * 72, abs=0.5)
    text = page.get_textpage().get_text_range()
    assert "估计值及95%置信区间" in text
    wanted = b"/FontFile2" if choose_font_type(figure) == 42 else b"/Type3"
    assert wanted in pdf.read_bytes()
    page.close()
    document.close()
    assert "<text" not in svg.read_text(encoding="utf-8")
    with Image.open(png) as image:
        assert round(image.info["dpi"][0]) == 600
        assert image.width == pytest.approx(160 / 25.4 * 600, abs=1)


@pytest.mark.parametrize("end", [".pdf", ".SVG", ".png", ".csv"])
def test_an_ending_of_the_path_is_taken_off(tmp_path: Path, end: str) -> None:
    figure = CASES["one_coefficient"]("en", "a4")
    written = write_figure(figure, tmp_path / f"figure.1{end}", DATA)
    assert [path.name for path in written] == [f"figure.1.{ending}" for ending in ("pdf", "svg", "png", "csv")]
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_true_type_is_embedded_as_such() -> None:
    assert is_truetype(PLAIN)
    assert choose_font_type(CASES["one_coefficient"]("en", "a4")) == 42


def test_data_read_back_and_open_in_excel(figure: Figure, tmp_path: Path) -> None:
    *_, csv = write_figure(figure, tmp_path / "figure", DATA)
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf")
    pd.testing.assert_frame_equal(pd.read_csv(csv, encoding="utf-8-sig"), DATA, check_dtype=False, rtol=1e-15)


def test_english_needs_the_font_of_matplotlib_alone() -> None:
    assert choose_fonts(list_words("en")) == (PLAIN,)


def test_chinese_is_written_in_a_font_that_has_it() -> None:
    family = find_chinese_font()
    assert choose_fonts(list_words("zh")) == (family, PLAIN)
    assert not family.startswith("Last Resort")


def test_letters_that_no_font_has_are_refused_with_what_to_install() -> None:
    with pytest.raises(
        FontError,
        match=r"no font on this machine .*: \U000f1234\. Install .*Windows: .*macOS .*apt install .*lang=\"en\"",
    ):
        choose_fonts(["a\U000f1234"])
    assert issubclass(FontError, FigureError)
    assert issubclass(FigureError, EconError)


def test_a_machine_without_chinese_fonts_says_so_and_draws_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_fonts, "_list_regular", list)
    monkeypatch.setattr(figure_fonts, "_register_new_files", lambda: False)
    with pytest.raises(FontError, match="fonts-noto-cjk"):
        CASES["one_coefficient"]("zh", "a4")
    assert CASES["one_coefficient"]("en", "a4").axes


def test_a_machine_without_matplotlib_says_what_to_install() -> None:
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "import econ\n"
        "assert econ.plot_shares.__doc__\n"
        "from econ.figure_library import load_matplotlib\n"
        "try: load_matplotlib()\n"
        "except econ.FigureError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'Run: pip install "textq[figures]"' in done.stdout


def test_every_word_is_there_in_both_languages() -> None:
    for key, texts in read_section("figures").items():
        assert set(texts) == {"en", "zh"}, key
        fields = [sorted(re.findall(r"\{(\w*)\}", texts[lang])) for lang in ("en", "zh")]
        assert fields[0] == fields[1], key
        assert texts["en"].isascii() or set(texts["en"]) & set("\u00a0−"), key
    assert say("errors", "zh", "普通") == "标准误：普通。"
