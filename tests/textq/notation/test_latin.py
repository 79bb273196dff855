import pytest

from textq.notation.latin import is_sentence, is_title


@pytest.mark.parametrize(
    "line",
    [
        "The operator of an installation shall have a permit.",
        "Ships that do not comply are denied entry to the port;",
        'He said: "Nobody may enter the zone without a permit."',
    ],
)
def test_sentences(line: str) -> None:
    assert is_sentence(line)
    assert not is_title(line)


@pytest.mark.parametrize("line", ["Shore power.", "Scope and definitions", "Duties of operators of large ships", ""])
def test_titles(line: str) -> None:
    assert is_title(line)
    assert not is_sentence(line)


@pytest.mark.parametrize("line", ["Scope, definitions", "See below: all ships", "First. Second."])
def test_parts_of_sentences_are_neither(line: str) -> None:
    assert not is_title(line)
    assert not is_sentence(line)


@pytest.mark.parametrize(
    "line", ["第五条 A permit is required for lorries here.", "支持 the firms of the city in all ways."]
)
def test_lines_with_ideographs_are_neither(line: str) -> None:
    assert not is_title(line)
    assert not is_sentence(line)
