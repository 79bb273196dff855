"""A place in a title counts only where its issuers can decide for it."""

import pytest

from textq.ingest.scope import Scope, find_scope
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
