import time
from datetime import date

import pytest

from textq.ingest.metadata.adoption import Adoption, read_adoption


def adopted(day: str, *issuers: str, number: str = "", amended: str = "", public: str = "") -> Adoption:
    days = tuple(map(date.fromisoformat, amended.split()))
    return Adoption(date.fromisoformat(day), issuers, number, days, date.fromisoformat(public) if public else None)


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (
            "（2018年8月31日第十三届全国人民代表大会常务委员会第五次会议通过）",
            adopted("2018-08-31", "全国人民代表大会常务委员会"),
        ),
        ("2020年1月8日浙江省第十三届人民代表大会第三次会议通过", adopted("2020-01-08", "浙江省人民代表大会")),
        (
            "2016年4月1日三亚市第六届人民代表大会常务委员会第三十次会议通过 "
            "2016年5月1日海南省第五届人民代表大会常务委员会第二十次会议批准",
            adopted("2016-04-01", "三亚市人民代表大会常务委员会", public="2016-05-01"),
        ),
        ("2010年4月1日市十二届人大常委会第三十次会议通过", adopted("2010-04-01")),
        (
            "（2016年4月1日商务部令2016年第2号公布）",
            adopted("2016-04-01", "商务部", number="商务部令2016年第2号", public="2016-04-01"),
        ),
        ("1984年1月7日国务院\n中央军委发布", adopted("1984-01-07", "国务院", "中央军委", public="1984-01-07")),
        ("2008年7月17日经人力资源和社会保障部第6次部务会议通过", adopted("2008-07-17", "人力资源和社会保障部")),
        (
            "1997年4月10日海关总署第61号令发布",
            adopted("1997-04-10", "海关总署", number="海关总署第61号令", public="1997-04-10"),
        ),
        (
            "2000年1月1日国务院令第280号公布 根据2010年5月1日《关于修改〈甲条例〉的决定》第一次修订 "
            "2019年3月2日第二次修订",
            adopted(
                "2000-01-01", "国务院", number="国务院令第280号", amended="2010-05-01 2019-03-02", public="2000-01-01"
            ),
        ),
        (
            "根据2019年3月26日杭州市第十三届人民代表大会常务委员会第十七次会议通过的《决定》修正",
            Adoption(amended_on=(date(2019, 3, 26),)),
        ),
        ("2019年3月28日，国务院发布《关于甲的意见》", Adoption()),
        ("各单位：\n2019年3月28日市政府公布的名单如下", Adoption()),
        ("第一条 2019年3月28日国务院公布", Adoption()),
        ("", Adoption()),
    ],
)
def test_each_way_of_telling_the_history(history: str, found: Adoption) -> None:
    assert read_adoption("甲条例\n" + history + "\n第一条 目的。") == found


def test_a_long_beginning_is_read_at_once() -> None:
    start = time.process_time()
    read_adoption("2019年3月28日人民政府 " * 50000)
    assert time.process_time() - start < 1


def test_many_names_behind_a_day_are_read_at_once():
    names = "、".join(
        f"{name}市人民政府"
        for name in ["杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水", "合肥"]
    )
    start = time.process_time()
    read_adoption(f"2018年5月1日{names}、{names}等")
    assert time.process_time() - start < 1
