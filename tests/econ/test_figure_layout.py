"""Every figure, in both sizes and languages, can be read; what cannot is refused; settings of the user stay."""

import warnings
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from econ.errors import FigureError, SpecError
from econ.figure_coefficients import plot_coefficients
from econ.figure_layout import break_text, find_faults
from econ.figure_page import list_round, open_page, show_round

from .figure_cases import CASES, LONG, fit_made
from .figure_checks import LANGS, SIZES, check_figure, measure_ink


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("case", CASES)
def test_every_figure_can_be_read(case: str, lang: Any, size: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = CASES[case](lang, size)
        check_figure(figure)
    width, height = figure.get_size_inches()
    assert width == pytest.approx({"a4": 160 / 25.4, "slide": 13.333}[size])
    assert height == pytest.approx(7.5) if size == "slide" else height <= 237 / 25.4 + 1e-6
    assert (measure_ink(figure) == 255).all()


def test_the_check_of_the_tests_finds_what_is_cut_off() -> None:
    figure = Figure(figsize=(2, 1))
    figure.text(0.9, 0.5, "a text that is too long")
    with pytest.raises(AssertionError, match="too long"):
        check_figure(figure)


def test_the_check_of_the_tests_finds_labels_over_one_another() -> None:
    figure = Figure(figsize=(3, 2))
    axes = figure.add_axes((0.2, 0.3, 0.7, 0.6))
    axes.set_xticks([0.5, 0.55], ["one name", "another"])
    with pytest.raises(AssertionError, match="another"):
        check_figure(figure)


def test_text_that_stands_over_the_edge_is_refused() -> None:
    with (
        pytest.raises(FigureError, match=r"'x+…' stands over the edge"),
        open_page(size="a4", lang="en", height=2) as page,
    ):
        page.figure.text(0.9, 0.5, "x" * 60)


def test_a_drawing_without_room_is_refused() -> None:
    with pytest.raises(FigureError, match="no room on the sheet"), open_page(size="a4", lang="en", height=2) as page:
        page.figure.subplots().text(0.9, 0.5, "x" * 90)


def test_texts_over_one_another_are_refused() -> None:
    with (
        pytest.raises(FigureError, match=r"'one' and 'two' stand over"),
        open_page(size="a4", lang="en", height=2) as page,
    ):
        page.figure.subplots().set_xticks([0.5, 0.505], ["one", "two"])


def test_more_rows_than_a_page_has_are_refused() -> None:
    estimate = fit_made()
    names = {f"{LONG['en']} {place}": estimate for place in range(6)}
    labels = {"x": " ".join([LONG["en"]] * 60)}
    with pytest.raises(FigureError, match=r"mm tall, and the sheet is 237 mm"):
        plot_coefficients(names, labels=labels)


def test_a_figure_without_faults_has_none_after_it_is_drawn_again() -> None:
    figure = CASES["events"]("en", "a4")
    assert find_faults(figure) == []


def test_unknown_sizes_and_languages_are_refused() -> None:
    with pytest.raises(SpecError, match=r"'size' parameter .* 'a4', 'slide'. Got 'a3'"):
        plot_coefficients(fit_made(), size="a3")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"'lang' parameter .* Got 'fr'"):
        plot_coefficients(fit_made(), lang="fr")  # type: ignore[arg-type]


def test_the_settings_of_the_user_change_nothing_and_stay() -> None:
    plain = CASES["one_coefficient"]("en", "a4")
    odd = {"axes.unicode_minus": False, "axes.grid": True, "font.size": 30.0, "axes.facecolor": "black"}
    with mpl.rc_context(odd):
        before = dict(mpl.rcParams)
        figure = CASES["one_coefficient"]("en", "a4")
        assert dict(mpl.rcParams) == before
    canvases = [np.asarray(draw_plain(one)) for one in (plain, figure)]
    assert (canvases[0] == canvases[1]).all()


def draw_plain(figure: Figure) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.buffer_rgba()


def test_figures_need_no_pyplot() -> None:
    import subprocess
    import sys

    code = (
        "from econ.figure_page import open_page\nimport sys\n"
        "with open_page(size='a4', lang='en', height=2) as page: page.figure.subplots().text(.5, .5, 'x')\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("two words", 20, ["two words"]),
        ("two words", 5, ["two", "words"]),
        ("跨境电子商务综合试验区", 4, ["跨境电子", "商务综合", "试验区"]),
        ("综合（试验）区", 3, ["综合", "（试", "验）区"]),
        ("试验区，综合", 3, ["试验", "区，综", "合"]),
        ("incomprehensibilities", 8, ["incompre", "hensibil", "ities"]),
        ("p\u00a0=\u00a00.1 or", 7, ["p\u00a0=\u00a00.1", "or"]),
        ("a\nb", 9, ["a", "b"]),
        ("", 9, []),
    ],
)
def test_lines_break_where_both_scripts_allow(text: str, width: int, lines: list[str]) -> None:
    broken = break_text(text, lambda line: len(line) <= width)
    assert broken.split("\n") == (lines or [""])


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (-1.02, 2.1, ["−1", "0", "1", "2"]),
        (0, 0.31, ["0.0", "0.1", "0.2", "0.3"]),
        (0, 32_000, ["0", "10,000", "20,000", "30,000"]),
        (-3e-7, 3e-7, ["−2e−07", "0", "2e−07"]),
    ],
)
def test_axes_have_round_numbers(low: float, high: float, shown: list[str]) -> None:
    assert show_round(list_round(low, high, 4)) == shown
