"""The lists of places: their form, and facts they must hold."""

import csv
import hashlib
from collections import Counter
from datetime import date

import pytest

from textq.lexicon.places import (
    JURISDICTION_COLUMNS,
    STOPPER_COLUMNS,
    ZONE_COLUMNS,
    Gazetteer,
    Zone,
    builtin_gazetteer,
    builtin_zones,
    read_gazetteer,
)
from textq.lexicon.read import builtin_root, read_manifest

FOLDER = builtin_root() / "places"
GAZETTEER: Gazetteer = builtin_gazetteer()
ZONES: dict[str, Zone] = {zone.name: zone for zone in builtin_zones()}

CHECKED = {
    1: """
        杭州市 330100
    """,
    2: """
        天津市 120000 上海市 310000 重庆市 500000 合肥市 340100 郑州市 410100 广州市 440100
        成都市 510100 大连市 210200 宁波市 330200 青岛市 370200 深圳市 440300 苏州市 320500
    """,
    3: """
        北京市 110000 呼和浩特市 150100 沈阳市 210100 长春市 220100 哈尔滨市 230100 南京市 320100
        南昌市 360100 武汉市 420100 长沙市 430100 南宁市 450100 海口市 460100 贵阳市 520100
        昆明市 530100 西安市 610100 兰州市 620100 厦门市 350200 唐山市 130200 无锡市 320200
        威海市 371000 珠海市 440400 东莞市 441900 义乌市 330782
    """,
    4: """
        石家庄市 130100 太原市 140100 赤峰市 150400 抚顺市 210400 珲春市 222404 绥芬河市 231081
        徐州市 320300 南通市 320600 温州市 330300 绍兴市 330600 芜湖市 340200 福州市 350100
        泉州市 350500 赣州市 360700 济南市 370100 烟台市 370600 洛阳市 410300 黄石市 420200
        岳阳市 430600 汕头市 440500 佛山市 440600 泸州市 510500 海东市 630200 银川市 640100
    """,
}
APPROVALS = {
    1: ("国函〔2015〕44号", date(2015, 3, 7)),
    2: ("国函〔2016〕17号", date(2016, 1, 12)),
    3: ("国函〔2018〕93号", date(2018, 7, 24)),
    4: ("国函〔2019〕137号", date(2019, 12, 15)),
}


def read_list(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "columns"),
    [("jurisdictions.csv", JURISDICTION_COLUMNS), ("stoppers.csv", STOPPER_COLUMNS), ("zones.csv", ZONE_COLUMNS)],
)
def test_columns(name, columns):
    assert tuple(read_list(name)[0]) == columns


def test_lists_are_readable():
    assert len(read_gazetteer(FOLDER).lookup("杭州市")) == 1


def test_levels_hold_their_numbers():
    today = Counter(row["level"] for row in read_list("jurisdictions.csv") if not row["valid_to"])
    assert today["province"] == 34
    assert today["prefecture"] == 334  # 333, and Xiong'an
    assert 2840 <= today["county"] <= 2850


def test_rows_are_sorted_by_code():
    codes = [row["code"] for row in read_list("jurisdictions.csv")]
    assert codes == sorted(codes)


def test_codes_lie_in_their_province():
    for row in read_list("jurisdictions.csv"):
        assert GAZETTEER.province_of(row["code"]).code[:2] == row["code"][:2], row["name"]


def test_present_short_names_are_clear_but_jilin():
    rows = [row for row in read_list("jurisdictions.csv") if not row["valid_to"]]
    bearers = Counter(alias for row in rows for alias in row["aliases"].split(";") if alias)
    assert {alias for alias, count in bearers.items() if count > 1} == {"吉林"}


def test_each_province_and_prefecture_has_a_short_name():
    rows = [row for row in read_list("jurisdictions.csv") if not row["valid_to"] and row["level"] != "county"]
    assert [row["name"] for row in rows if not row["aliases"]] == []


def test_stoppers_hide_no_place():
    words = {row["word"] for row in read_list("stoppers.csv") if row["kind"] == "stop"}
    assert [word for word in words if GAZETTEER.lookup(word)] == []


def test_homonyms_are_names_of_places():
    words = [row["word"] for row in read_list("stoppers.csv") if row["kind"] == "homonym"]
    assert [word for word in words if not GAZETTEER.lookup(word)] == []


def test_stoppers_stand_once():
    words = [row["word"] for row in read_list("stoppers.csv")]
    assert len(words) == len(set(words))


def test_batches_hold_their_numbers():
    batches = Counter(zone.batch for zone in builtin_zones())
    assert [batches[batch] for batch in range(1, 9)] == [1, 12, 22, 24, 46, 27, 33, 16]


@pytest.mark.parametrize("batch", CHECKED)
def test_checked_zones(batch):
    words = CHECKED[batch].split()
    expected = dict(zip(words[::2], words[1::2], strict=True))
    assert {zone.name: zone.unit for zone in builtin_zones() if zone.batch == batch} == expected
    for name in expected:
        assert (ZONES[name].number, ZONES[name].approved_on) == APPROVALS[batch]
        assert not ZONES[name].doubtful


def test_units_are_present_places():
    for zone in builtin_zones():
        place = GAZETTEER.place_of(zone.unit)
        assert place.valid_to is None
        assert (place.level, place.parent) == (zone.level, zone.parent)
        assert GAZETTEER.province_of(zone.unit).code == zone.province
        assert zone.name in (place.name, "海南全岛")


def test_every_province_of_the_mainland_has_a_zone():
    assert len({zone.province for zone in builtin_zones()}) == 31


@pytest.mark.parametrize(
    ("name", "unit", "parent"),
    [
        ("义乌市", "330782", "330700"),
        ("珲春市", "222404", "222400"),
        ("绥芬河市", "231081", "231000"),
        ("满洲里市", "150781", "150700"),
        ("延吉市", "222401", "222400"),
        ("同江市", "230881", "230800"),
        ("阿拉山口市", "652702", "652700"),
        ("二连浩特市", "152501", "152500"),
    ],
)
def test_county_zones_have_their_own_unit(name, unit, parent):
    assert (ZONES[name].unit, ZONES[name].parent, ZONES[name].level) == (unit, parent, "county")


def test_there_are_eight_county_zones():
    assert sum(zone.level == "county" for zone in builtin_zones()) == 8


def test_doubts_have_a_reason():
    assert all(zone.note for zone in builtin_zones() if zone.doubtful)
    assert {zone.batch for zone in builtin_zones() if zone.doubtful} == {5, 6, 7, 8}


def test_batch_eight_has_neither_number_nor_day():
    assert {(zone.number, zone.approved_on) for zone in builtin_zones() if zone.batch == 8} == {(None, None)}


def test_merging_zones_name_what_they_merge():
    assert "460100" in ZONES["海南全岛"].note
    assert "460200" in ZONES["海南全岛"].note
    assert "652702" in ZONES["博尔塔拉蒙古自治州"].note


def test_manifest():
    block = read_manifest(builtin_root() / "manifest.toml")["places"]
    assert block["version"]
    assert block["licence"]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.csv")}
    assert block["sha256"] == sums
