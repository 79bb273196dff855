"""A place in a title counts only where its issuers can decide for it."""

import pytest

from textq.ingest.metadata.scope import Scope, find_own_place, find_scope
from textq.lexicon.places import builtin_gazetteer


def scope(title: str, issuer: str, level: str, text: str = "") -> Scope:
    return find_scope(title, [issuer], level, text, builtin_gazetteer(), on=None)


@pytest.mark.parametrize(
    ("title", "issuer", "level", "units", "reason"),
    [
        (
            "嘉兴市人民政府关于对接中国（杭州）跨境电子商务综合试验区的意见",
            "嘉兴市人民政府",
            "prefecture",
            "330400",
            "issuer_place",
        ),
        ("青岛市人民政府关于学习借鉴杭州市经验的通知", "青岛市人民政府", "prefecture", "370200", "issuer_place"),
        (
            "浙江省人民政府关于复制推广中国（杭州）综合试验区经验的通知",
            "浙江省人民政府",
            "province",
            "",
            "general_provincial",
        ),
        ("杭州市人民政府关于支持余杭区发展的意见", "杭州市人民政府", "prefecture", "330110", "place_in_title"),
        (
            "浦东新区人民政府关于中国（上海）自由贸易试验区的意见",
            "上海市浦东新区人民政府",
            "county",
            "310115",
            "issuer_place",
        ),
        (
            "吉林省人民政府关于印发中国（吉林）跨境电子商务综合试验区实施方案的通知",
            "吉林省人民政府",
            "province",
            "220200",
            "zone_in_title",
        ),
    ],
)
def test_scope(title: str, issuer: str, level: str, units: str, reason: str) -> None:
    assert scope(title, issuer, level) == Scope(tuple(units.split()), reason)


def test_a_plan_for_zones_and_others_names_them_in_its_text() -> None:
    title = "四川省人民政府关于印发中国（绵阳）等2个跨境电子商务综合试验区实施方案的通知"
    text = "现将《中国（绵阳）方案》《中国（德阳）方案》印发给你们。参照中国（杭州）的做法。"

    assert scope(title, "四川省人民政府", "province", text) == Scope(("510700", "510600"), "zones_in_text")


@pytest.mark.parametrize(
    ("title", "issuers", "level", "units", "reason"),
    [
        ("关于支持中国（苏州）跨境电子商务综合试验区的措施", "南京海关", "prefecture", "320500", "zone_in_title"),
        ("成都海关支持中国（泸州）综合试验区十条措施", "成都海关", "prefecture", "510500", "zone_in_title"),
        ("关于支持中国（义乌）综试区的意见", "中国人民银行杭州中心支行", "prefecture", "330782", "zone_in_title"),
        ("关于支持中国（温州）综试区的意见", "浙江省商务厅 杭州海关", "province", "330300", "zone_in_title"),
        ("关于促进外贸的意见", "浙江省商务厅 杭州海关", "province", "", "general_provincial"),
        ("关于促进外贸的意见", "天津市商务局 天津海关", "province", "120000", "issuer_place"),
        ("关于支持跨境电商的意见", "宁波杭州湾新区管理委员会", "prefecture", "330200", "issuer_place"),
        ("关于支持吉林大学学院建设的意见", "长春市人民政府", "prefecture", "220100", "issuer_place"),
        ("关于支持鼓楼区发展的意见", "南京市人民政府", "prefecture", "320106", "place_in_title"),
    ],
)
def test_branches_and_names_inside_names(title: str, issuers: str, level: str, units: str, reason: str) -> None:
    found = find_scope(title, issuers.split(), level, "", builtin_gazetteer(), on=None)
    assert found == Scope(tuple(units.split()), reason)


def test_the_seat_of_a_branch_is_to_be_confirmed() -> None:
    found = scope("杭州海关关于公布监管方案的公告", "杭州海关", "prefecture")
    assert (found.units, "杭州海关 is named for its seat" in found.unsure) == (("330100",), True)


@pytest.mark.parametrize(
    ("title", "issuer", "level", "text", "unsure"),
    [
        ("关于印发中国（南京）等10个跨境电子商务综合试验区方案的通知", "江苏省人民政府", "province", "", "10 places"),
        ("关于印发中国（南京）等跨境电子商务综合试验区方案的通知", "江苏省人民政府", "province", "", "several places"),
        (
            "关于同意设立综合试验区的批复",
            "国务院",
            "central",
            "各省：同意在唐山市等3个城市设立综合试验区。",
            "3 places",
        ),
        ("关于同意设立综合试验区的批复", "国务院", "central", "各省：同意在唐山市、南京市等2个城市设立。", ""),
    ],
)
def test_the_number_of_zones_told_is_compared(title: str, issuer: str, level: str, text: str, unsure: str) -> None:
    found = scope(title, issuer, level, text)
    assert found.units
    assert found.unsure.startswith(unsure) if unsure else found.unsure == ""


@pytest.mark.parametrize(
    ("issuers", "level", "units", "place"),
    [
        ("国务院", "central", "330100", ""),
        ("浙江省商务厅 杭州海关", "province", "330300", "330000"),
        ("义乌市人民政府", "county", "330782", "330782"),
        ("黄埔海关", "prefecture", "440106 440112", "440100"),
        ("", "province", "330100 330200", "330000"),
        ("", "prefecture", "330100 320100", ""),
        ("", "prefecture", "999999", ""),
        ("某某办公室", "prefecture", "", ""),
    ],
)
def test_the_place_of_the_issuers_themselves(issuers: str, level: str, units: str, place: str) -> None:
    assert find_own_place(issuers.split(), level, units.split(), builtin_gazetteer(), on=None) == place
