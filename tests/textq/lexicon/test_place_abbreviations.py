from pathlib import Path

import pytest

from textq.errors import LexiconError
from textq.lexicon.place_abbreviations import ABBREVIATION_COLUMNS, builtin_abbreviations, read_abbreviations
from textq.lexicon.places import builtin_gazetteer

SIGNS = builtin_abbreviations()


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("浙政发", {"330000"}),
        ("甬政办发", {"330200"}),
        ("榕政综", {"350100"}),
        ("粤府", {"440000"}),
        ("青政发", {"630000", "370200"}),
        ("宁政发", {"640000", "320100", "350900"}),
        ("国函", set()),
        ("财关税", set()),
        ("青年工作", set()),
        ("", set()),
    ],
)
def test_signs_of_document_numbers(prefix: str, codes: set[str]) -> None:
    assert set(SIGNS.find_places(prefix)) == codes


def test_every_sign_belongs_to_a_province_or_prefecture_of_today() -> None:
    gazetteer = builtin_gazetteer()
    codes = {code for known in SIGNS.codes.values() for code in known}
    assert {gazetteer.level_of(code) for code in codes} == {"province", "prefecture"}
    assert all(gazetteer.place_of(code).valid_to is None for code in codes)


def test_every_province_of_the_mainland_has_a_sign() -> None:
    codes = {code for known in SIGNS.codes.values() for code in known if code.endswith("0000")}
    assert len(codes) == 31


@pytest.mark.parametrize("rows", ["浙江,330000,", "浙,33000,", "浙,330000,\n浙,330000,"])
def test_a_broken_list_is_refused(tmp_path: Path, rows: str) -> None:
    (tmp_path / "abbreviations.csv").write_text(",".join(ABBREVIATION_COLUMNS) + f"\n{rows}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"abbreviations\.csv:[23]"):
        read_abbreviations(tmp_path)
