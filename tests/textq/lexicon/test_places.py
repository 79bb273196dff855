import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.errors import LexiconError
from textq.lexicon.places import Gazetteer, Place, builtin_gazetteer, read_gazetteer, read_zones

GAZETTEER = builtin_gazetteer()
HEAD = "code,name,aliases,level,parent,valid_from,valid_to,note\n"
ZONE_HEAD = "unit,name,zone,level,parent,province,batch,number,approved_on,source,doubtful,note\n"


def find(text, on=None):
    """Each match as its text and its code (None where it is open)."""
    matches = GAZETTEER.find_places(text, on=on)
    return [(text[match.start : match.end], match.place and match.place.code) for match in matches]


def candidates(text):
    (match,) = GAZETTEER.find_places(text)
    assert match.place is None
    return {place.code for place in match.candidates}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("浙江省杭州市余杭区", [("浙江省", "330000"), ("杭州市", "330100"), ("余杭区", "330110")]),
        ("在杭州、宁波设立", [("杭州", "330100"), ("宁波", "330200")]),
        (
            "德宏州、红河哈尼族彝族自治州、喀什",
            [("德宏州", "533100"), ("红河哈尼族彝族自治州", "532500"), ("喀什", "653100")],
        ),
        ("义乌国际贸易综合改革", [("义乌", "330782")]),
        ("河北雄安新区管理委员会", [("河北雄安新区", "133100")]),
        ("海南藏族自治州", [("海南藏族自治州", "632500")]),
        ("海南自由贸易港", [("海南", "460000")]),
        ("重庆市人民政府", [("重庆市", "500000")]),
    ],
)
def test_names_and_aliases(text, found):
    assert find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "长春花和大理石",
        "其中山区县",
        "扩大连锁经营口岸业务",
        "创新乡村治理",
        "沿海东部",
        "确保定期检查",
        "线上海外仓",
        "精简文山会海",
        "惠民工程",
        "越南通关",
        "长春路以南",
    ],
)
def test_words_that_only_look_like_places(text):
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("其中山东省", [("山东省", "370000")]),
        ("跨境电商洛阳综试区", [("洛阳", "410300")]),
        ("会同江苏省", [("江苏省", "320000")]),
        ("杭州市场监管", [("杭州", "330100")]),
        ("长沙县域经济", [("长沙", "430100")]),
    ],
)
def test_a_word_beside_a_name_leaves_the_name(text, found):
    assert find(text) == found


def test_shared_names_stay_open():
    assert candidates("朝阳区") == {"110105", "220104"}
    assert candidates("吉林") == {"220000", "220200"}
    assert len(candidates("鼓楼区")) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("北京市朝阳区", "110105"),
        ("长春朝阳区", "220104"),
        ("南京市玄武区、秦淮区、鼓楼区", "320106"),
        ("朝阳区（长春市）", "220104"),
        ("陕西省内的长安区", "610116"),
    ],
)
def test_a_parent_settles_a_shared_name(text, code):
    assert code in {found for _, found in find(text)}


def test_two_parents_settle_nothing():
    assert ("朝阳区", None) in find("北京、长春的朝阳区")


def test_the_suffix_settles_jilin():
    assert find("吉林省吉林市") == [("吉林省", "220000"), ("吉林市", "220200")]
    assert find("吉林省吉林") == [("吉林省", "220000"), ("吉林", "220200")]
    assert find("吉林省的吉林") == [("吉林省", "220000"), ("吉林", None)]


def test_a_county_after_another_city_stays_open():
    assert find("漯河市西城区管委会") == [("漯河市", "411100"), ("西城区", None)]


@pytest.mark.parametrize("text", ["气温、日照、降水", "省、市和县级", "黄金白银", "建成县域体系", "城市新城区建设"])
def test_homonyms_alone_are_words(text):
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("中国（日照）跨境电子商务综合试验区", "371100"),
        ("山东日照", "371100"),
        ("威海、日照、临沂", "371100"),
        ("日照", "371100"),
        ("日照市", "371100"),
        ("马鞍山市和县", "340523"),
    ],
)
def test_homonyms_in_context_are_places(text, code):
    assert code in {found for _, found in find(text)}


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("襄樊市", date(2009, 6, 1), "420600"),
        ("襄樊市", date(2010, 12, 1), "420600"),
        ("襄樊市", date(2011, 1, 1), None),
        ("襄阳市", date(2009, 6, 1), None),
        ("襄阳市", date(2011, 1, 1), "420600"),
        ("思茅市", date(2005, 1, 1), "530800"),
        ("普洱市", date(2008, 1, 1), "530800"),
        ("莱芜市", date(2018, 6, 1), "371200"),
        ("莱芜市", date(2019, 6, 1), None),
        ("莱芜区", date(2019, 6, 1), "370116"),
        ("巢湖市", date(2008, 1, 1), "341400"),
        ("巢湖市", date(2015, 1, 1), "340181"),
        ("儋州市", date(2014, 1, 1), "469003"),
        ("儋州市", date(2016, 1, 1), "460400"),
        ("雄安新区", date(2016, 1, 1), None),
        ("芜湖县", date(2018, 1, 1), "340221"),
        ("芜湖县", date(2023, 1, 1), None),
    ],
)
def test_names_are_valid_for_a_time(name, day, code):
    assert [place.code for place in GAZETTEER.lookup(name, on=day)] == ([code] if code else [])
    assert find(name, on=day) == ([(name, code)] if code else [])


def test_without_a_day_present_bearers_come_first():
    assert [place.code for place in GAZETTEER.lookup("巢湖市")] == ["340181"]
    assert [place.code for place in GAZETTEER.lookup("襄樊市")] == ["420600"]


def test_old_and_new_name_in_the_year_of_change_are_one_place():
    assert [place.code for place in GAZETTEER.lookup("丽水", on=date(2000, 8, 1))] == ["331100"]


def test_lookup_wants_the_exact_name():
    assert GAZETTEER.lookup("杭州市西湖") == []
    assert {place.code for place in GAZETTEER.lookup("西湖区")} == {"330106", "360103"}


def test_the_way_up():
    assert GAZETTEER.parent_of("330782").name == "金华市"
    assert GAZETTEER.province_of("330782").name == "浙江省"
    assert GAZETTEER.province_of("110105").name == "北京市"
    assert GAZETTEER.parent_of("330000") is None
    assert GAZETTEER.level_of("330782") == "county"
    assert GAZETTEER.level_of("310000") == "province"
    assert "330782" in GAZETTEER
    assert "999999" not in GAZETTEER


def test_place_of_gives_the_present_name():
    assert GAZETTEER.place_of("420600").name == "襄阳市"


def test_an_unknown_code_is_refused():
    with pytest.raises(LexiconError, match="999999"):
        GAZETTEER.place_of("999999")


def test_the_gazetteer_can_be_sent_to_a_process():
    copy = pickle.loads(pickle.dumps(GAZETTEER))
    assert copy.find_places("杭州市") == GAZETTEER.find_places("杭州市")


def test_an_empty_gazetteer_finds_nothing():
    assert Gazetteer([]).find_places("杭州市") == []


@given(st.text(st.sampled_from("杭州市吉林省北京朝阳区、（）中国日照和县海南，其扩大连"), max_size=30))
def test_matches_are_in_order_apart_and_named(text):
    end = 0
    for match in GAZETTEER.find_places(text):
        assert end <= match.start < match.end <= len(text)
        bearers = {place.code for place in GAZETTEER.lookup(text[match.start : match.end])}
        chosen = (match.place,) if match.place else match.candidates
        assert chosen
        assert {place.code for place in chosen} <= bearers
        end = match.end


@given(st.dates(date(1990, 1, 1), date(2026, 1, 1)), st.sampled_from(["襄樊襄阳思茅普洱", "巢湖市莱芜市儋州市朝阳区"]))
def test_matches_are_valid_on_the_day(day, text):
    for match in GAZETTEER.find_places(text, on=day):
        assert all(place.is_valid(day) for place in (match.place, *match.candidates) if place)


def write(folder, rows, head=HEAD, name="jurisdictions.csv"):
    (folder / name).write_text(head + rows, encoding="utf-8")
    if not (folder / "stoppers.csv").exists():
        (folder / "stoppers.csv").write_text("word,kind,note\n", encoding="utf-8")
    return folder


def test_a_list_of_ones_own(tmp_path):
    write(tmp_path, "010000,Northland,North,province,,,,\n010100,Northville,,prefecture,010000,2001-01-01,,\n")
    own = read_gazetteer(tmp_path)
    assert own.lookup("Northville") == [Place("010100", "Northville", "prefecture", "010000", date(2001, 1, 1))]
    assert own.lookup("Northville", on=date(2000, 1, 1)) == []


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("1,甲省,,province,,,,\n", "six-digit"),
        ("１１００００,甲省,,province,,,,\n", "six-digit"),
        ("110000,甲省,,state,,,,\n", "unknown level"),
        ("110000,,,province,,,,\n", "no name"),
        ("110000,甲省,,province,,2001,,\n", "no day"),
        ("110000,甲省,,province,,2001-01-01,2000-01-01,\n", "ends on"),
        ("110000,甲省,,province,,,,\n110000,甲省,,province,,,,\n", "stands twice"),
        ("110100,甲市,,prefecture,110000,,,\n", "no place above"),
        ("110000,甲省,,province,110000,,,\n", "no place above"),
        ("110000,甲省,,province,,,\n", "not 8 fields"),
    ],
)
def test_broken_rows_are_refused(tmp_path, rows, why):
    with pytest.raises(LexiconError, match=why):
        read_gazetteer(write(tmp_path, rows))


def test_wrong_columns_are_refused(tmp_path):
    with pytest.raises(LexiconError, match="columns"):
        read_gazetteer(write(tmp_path, "", head="code,name\n"))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(LexiconError, match=r"jurisdictions\.csv"):
        read_gazetteer(tmp_path)


def test_an_unknown_kind_of_word_is_refused(tmp_path):
    (tmp_path / "stoppers.csv").write_text("word,kind,note\n长春花,flower,\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="unknown kind"):
        read_gazetteer(write(tmp_path, "110000,甲省,,province,,,,\n"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("330100,甲市,甲区,prefecture,330000,330000,x,,,s,no,\n", "batch"),
        ("330100,甲市,甲区,prefecture,330000,330000,1,,,s,maybe,\n", "doubtful"),
        ("330100,甲市,甲区,prefecture,330000,330000,1,,7 March,s,no,\n", "no day"),
        ("330100,甲市,甲区,prefecture,330000,330000,1,,,s,no,\n" * 2, "already"),
    ],
)
def test_broken_zones_are_refused(tmp_path, rows, why):
    with pytest.raises(LexiconError, match=why):
        read_zones(write(tmp_path, rows, head=ZONE_HEAD, name="zones.csv"))
