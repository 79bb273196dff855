"""Runs of one script, and widths of texts."""

import pytest

from econ.typeface import clean_text, measure_width, split_scripts


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("did", [("did", False)]),
        ("政策 did × 强度", [("政策 ", True), ("did × ", False), ("强度", True)]),
        ("“引号”—①", [("“引号”—①", True)]),
        ("“quoted”", [("“quoted”", False)]),
        ("R²", [("R²", False)]),
        (" 表", [(" ", False), ("表", True)]),
        ("", []),
    ],
)
def test_runs(text: str, runs: list[tuple[str, bool]]) -> None:
    assert split_scripts(text) == runs
    assert "".join(part for part, _ in runs) == text


@pytest.mark.parametrize(("text", "width"), [("0.5", 1.25), ("政策", 2.0), ("−1", 1.064), ("W", 0.944), ("β", 0.5)])
def test_widths(text: str, width: float) -> None:
    assert measure_width(text) == pytest.approx(width)


def test_what_xml_cannot_hold_is_marked() -> None:
    assert clean_text("a\x00b\x0bc\n\td\ud800") == "a\ufffdb\ufffdc\n\td\ufffd"
