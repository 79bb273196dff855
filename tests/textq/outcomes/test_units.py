"""Names and codes → units of the base year, against the gazetteer and two lists from outside."""

import csv
from pathlib import Path

import pytest

from textq.lexicon.places import builtin_gazetteer, builtin_zones
from textq.outcomes.places import builtin_history
from textq.outcomes.units import is_place, match_units


@pytest.mark.parametrize(
    ("spelling", "base_year", "unit", "outcome"),
    [
        ("杭州市", 2020, "330100", "exact"),
        ("330100", 2020, "330100", "exact"),
        ("杭州", 2020, "330100", "short_name"),
        ("杭　州", 2020, "330100", "short_name"),
        ("杭州 Hangzhou", 2020, "330100", "short_name"),
        ("杭州市*", 2020, "330100", "exact"),
        ("徐州①", 2020, "320300", "short_name"),
        ("浙江省杭州市", 2020, "330100", "short_name"),
        ("重庆", 2020, "500000", "short_name"),
        ("朝阳", 2020, "211300", "short_name"),
        ("辽宁朝阳", 2020, "211300", "short_name"),
        ("北京市朝阳区", 2020, "110105", "short_name"),
        ("长春市朝阳区", 2020, "220104", "short_name"),
        ("昆山", 2020, "320583", "short_name"),
        ("义乌", 2020, "330782", "short_name"),
        ("延边州", 2020, "222400", "short_name"),
        ("襄樊市", 2020, "420600", "other_name"),
        ("襄阳市", 2020, "420600", "exact"),
        ("襄阳市", 2005, "420600", "other_name"),
        ("思茅", 2020, "530800", "other_name"),
        ("吉林", 2020, "220200", "also_province"),
        ("吉林市", 2020, "220200", "exact"),
        ("莱芜", 2018, "371200", "short_name"),
        ("巢湖市", 2010, "341400", "exact"),
    ],
)
def test_matched(spelling: str, base_year: int, unit: str, outcome: str) -> None:
    match = match_units([spelling], base_year)[spelling]
    assert (match.unit, match.outcome) == (unit, outcome)


@pytest.mark.parametrize(
    ("spelling", "base_year", "outcome", "detail"),
    [
        ("朝阳区", 2020, "ambiguous", "110105 北京市朝阳区, 220104 长春市朝阳区"),
        ("巢湖市", 2020, "ambiguous", "340181 合肥市巢湖市 (2011–), 341400 巢湖市 (1999–2011)"),
        ("巢湖", 2020, "outside_base_year", "341400 巢湖市 (1999–2011)"),
        ("莱芜", 2020, "outside_base_year", "371200 莱芜市 (–2019)"),
        ("371200", 2020, "outside_base_year", "371200 莱芜市 (–2019)"),
        ("雄安新区", 2010, "outside_base_year", "133100 雄安新区 (2017–)"),
        ("浙江", 2020, "province", ""),
        ("330000", 2020, "province", ""),
        ("3301", 2020, "unmatched", "330100 杭州市"),
        ("长兴", 2020, "unmatched", "330522 湖州市长兴县"),
        ("北京朝阳", 2020, "unmatched", ""),
        ("蓬莱岛", 2020, "unmatched", ""),
        ("全国", 2020, "unmatched", ""),
        ("1", 2020, "unmatched", ""),
        ("999999", 2020, "unmatched", ""),
    ],
)
def test_refused(spelling: str, base_year: int, outcome: str, detail: str) -> None:
    match = match_units([spelling], base_year)[spelling]
    assert (match.unit, match.outcome, match.detail) == (None, outcome, detail)


def test_name_is_that_of_the_base_year() -> None:
    assert [match_units(["420600"], year)["420600"].name for year in (2005, 2020)] == ["襄樊市", "襄阳市"]


def test_history_agrees_with_the_gazetteer() -> None:
    """Two readers of one list: each present name of a prefecture means the code that the gazetteer gives."""
    history, gazetteer = builtin_history(), builtin_gazetteer()
    names = [place.name for code in history.codes if (place := gazetteer.place_of(code)).level == "prefecture"]
    present = [name for name in names if gazetteer.lookup(name)[0].valid_to is None]
    matches = match_units(present, 2025)
    expected = {name: place.code for name in present for place in gazetteer.lookup(name) if place.level == "prefecture"}
    assert len(expected) > 330
    assert {name: matches[name].unit for name in expected} == expected


def test_every_zone_is_a_unit() -> None:
    zones = [zone for zone in builtin_zones() if zone.unit in builtin_history().codes]
    matches = match_units([zone.unit for zone in zones], 2025)
    assert len(zones) > 170
    assert [zone.name for zone in zones if matches[zone.unit].unit is None and zone.level != "province"] == []


def test_codes_of_the_checked_roster(shared: Path) -> None:
    with (shared / "data" / "cities" / "cbec_batches1-4.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    matches = match_units([row["city"] for row in rows], 2020)
    assert {row["city"]: matches[row["city"]].unit for row in rows} == {row["city"]: row["adcode"] for row in rows}


@pytest.mark.parametrize("year", [2005, 2010, 2020])
def test_yearly_rosters_of_prefectures(shared: Path, year: int) -> None:
    """Every name of the year has a code of that year, and each its own."""
    path = shared / "data" / "cities" / "china-prefecture-crosswalk" / "legal_roster_2000_2024.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == str(year) and row["status"] == "active"]
    matches = match_units([row["legal_name_zh"] for row in rows], year)
    assert len(rows) == 337
    assert len({match.unit for match in matches.values()} - {None}) == 337


def test_is_place() -> None:
    assert [is_place(text) for text in ("杭州", "浙江", "330100", "襄樊", "年份", "gdp", "2010")] == [True] * 4 + [
        False
    ] * 3
