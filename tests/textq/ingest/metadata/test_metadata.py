from datetime import date

import pytest

from textq.ingest.extract import Extract
from textq.ingest.manifest import ManifestRow
from textq.ingest.metadata.read import Metadata, read_metadata
from textq.ingest.normalize import normalize_text
from textq.lexicon.places import builtin_gazetteer

TITLE = "杭州市人民政府办公厅关于促进发展的通知"
BODY = "各区、县（市）人民政府：\n为促进发展，现印发给你们，请执行。"
SIGNED = "杭州市人民政府办公厅\n2019年3月28日"


def read(*lines: str, fields: dict[str, str] | None = None, **stated: str) -> Metadata:
    """Return the metadata of a text of these lines, with what a page and a manifest state."""
    extract = Extract(normalize_text("\n".join(lines)), fields=fields or {})
    return read_metadata(extract, builtin_gazetteer(), ManifestRow("a.txt", "", 2, stated, {}) if stated else None)


def test_a_notice():
    found = read(TITLE, "杭政办〔2019〕912号", BODY, SIGNED)
    assert (found.title, found.doc_number, found.issuers) == (TITLE, "杭政办〔2019〕912号", ("杭州市人民政府办公厅",))
    assert (found.level, found.doc_type, found.issued_on) == ("prefecture", "通知", date(2019, 3, 28))


@pytest.mark.parametrize(
    "lines",
    [
        (TITLE[:10], TITLE[10:]),
        ("杭州市人民政府办公厅文件", TITLE),
        ("杭 州 市 人 民 政 府 办 公 厅", "关于促进发展的通知"),
        ("当前位置：首页 > 政务公开", "索引号：1234", "来源：商务局", TITLE, "（2019年3月28日）"),
    ],
)
def test_a_title_over_lines_and_below_furniture(lines):
    assert read(*lines, BODY, SIGNED).title == TITLE


def test_a_title_with_its_kind_on_a_line_of_its_own():
    assert read("杭州市促进发展若干意见", "（试行）", BODY, SIGNED).title == "杭州市促进发展若干意见（试行）"


def test_an_order_has_the_title_of_what_it_promulgates():
    found = read(
        "中华人民共和国国务院令",
        "第707号",
        "《电子商务条例》已经通过，现予公布，自2019年1月1日起施行。",
        "总理 甲",
        "2018年12月1日",
        "电子商务条例",
        "第一条 目的。",
    )
    assert (found.title, found.doc_type, found.issuers) == ("电子商务条例", "条例", ("国务院",))
    assert found.issued_on == date(2018, 12, 1)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("杭政办〔2017〕12号", "杭政办〔2017〕12号"),
        ("杭政办[2017]12号", "杭政办〔2017〕12号"),
        ("杭政办（2017）12号", "杭政办〔2017〕12号"),
        ("杭政办(2017)12号", "杭政办〔2017〕12号"),
        ("杭政办［2017］12号", "杭政办〔2017〕12号"),
        ("杭政办﹝2017﹞12号", "杭政办〔2017〕12号"),
        ("杭政办【2017】 12 号", "杭政办〔2017〕12号"),
        ("国办发明电〔2018〕15号", "国办发明电〔2018〕15号"),
        ("公告〔2024〕151号", "公告〔2024〕151号"),
        ("海关总署公告2018年第194号", "海关总署公告2018年第194号"),
        ("2019年第45号", "2019年第45号"),
        ("浙江省人民政府令第321号", "浙江省人民政府令第321号"),
    ],
)
def test_each_form_of_number(printed, number):
    assert read(TITLE, printed, BODY, SIGNED).doc_number == number


def test_a_number_cited_in_the_text_is_not_the_document_s():
    assert read(TITLE, BODY, "依照国办发〔2015〕1号执行。", "国办发〔2015〕1号", SIGNED).doc_number is None


@pytest.mark.parametrize(
    "lines",
    [
        ("商务部 财政部 海关总署关于促进发展的通知", BODY, "2019年3月28日"),
        ("商务部 财政部", "海关总署关于促进发展的通知", BODY, "2019年3月28日"),
        ("关于促进发展的通知", BODY, "商务部　财政部　海关总署", "2019年3月28日"),
        ("关于促进发展的通知", BODY, "商务部", "财政部", "海关总署", "2019年3月28日"),
        ("关于促进发展的通知", BODY, "商务部 财政部 海关总署 2019年3月28日"),
        ("商务部等三部门关于促进发展的通知", BODY, "商务部 财政部", "海关总署", "2019年3月28日"),
    ],
)
def test_joint_issuers_wherever_they_stand(lines):
    assert read(*lines).issuers == ("商务部", "财政部", "海关总署")


@pytest.mark.parametrize(
    "day",
    ["2019年3月28日", "二〇一九年三月二十八日", "二○一九年三月二十八日", "２０１９年３月２８日", "2019年 3月 28日"],
)
def test_the_day_of_the_signature(day):
    assert read(TITLE, BODY, "杭州市人民政府办公厅", day).issued_on == date(2019, 3, 28)


def test_the_notice_is_dated_by_its_own_signature_and_not_by_the_plan_s():
    assert read(TITLE, BODY, SIGNED, "行动计划", "为促进发展，制定本计划。", "2018年1月1日").issued_on == date(
        2019, 3, 28
    )


def test_the_day_of_printing_is_that_of_publication():
    assert read(TITLE, BODY, SIGNED, "杭州市人民政府办公厅 2019年4月2日印发").published_on == date(2019, 4, 2)


def test_the_day_in_brackets_below_the_title_counts_where_nothing_is_signed():
    title = "中共杭州市委 杭州市人民政府关于发展数字贸易的意见"
    assert read(title, "（2020年3月2日）", BODY).issued_on == date(2020, 3, 2)
    assert read(title, "（2020年3月2日）", BODY, SIGNED).issued_on == date(2019, 3, 28)


def test_a_regulation_is_dated_by_its_adoption():
    found = read(
        "杭州市电子商务条例", "（2016年10月27日杭州市第十二届人民代表大会常务委员会第四十次会议通过）", "第一条 目的。"
    )
    assert (found.issued_on, found.issuers) == (date(2016, 10, 27), ("杭州市人民代表大会常务委员会",))


def test_an_impossible_day_is_none():
    found = read(TITLE, BODY, "杭州市人民政府办公厅", "2019年2月30日")
    assert found.issued_on is None
    assert "undated: kept out of scores" in found.notes


@pytest.mark.parametrize(
    ("sentence", "effective", "repealed"),
    [
        ("本办法自2019年5月1日起施行，有效期3年。", date(2019, 5, 1), date(2022, 5, 1)),
        ("本办法自2019年5月1日起施行，有效期为三年。", date(2019, 5, 1), date(2022, 5, 1)),
        ("本办法自2020年2月29日起施行，有效期1年。", date(2020, 2, 29), date(2021, 3, 1)),
        ("本意见自印发之日起施行，试行两年。", date(2019, 3, 28), date(2021, 3, 28)),
        ("本办法自2019年5月1日起施行，有效期至2021年12月31日。", date(2019, 5, 1), date(2022, 1, 1)),
        ("本政策自发布之日起执行，执行至2021年12月31日止。", date(2019, 3, 28), date(2022, 1, 1)),
        ("本办法自公布之日起30日后施行。", date(2019, 4, 27), None),
        ("本办法自公布之日起三十日后施行。", date(2019, 4, 27), None),
        ("自2019年5月1日起施行。", date(2019, 5, 1), None),
        ("本措施有效期为2020年1月1日至2022年12月31日。", date(2020, 1, 1), date(2023, 1, 1)),
        ("本办法自2019年5月1日起施行，有效期九千年。", date(2019, 5, 1), None),
        ("《旧办法》自2019年5月1日起施行。", None, None),
        ("本项目期限至2021年12月31日。", None, None),
    ],
)
def test_validity(sentence, effective, repealed):
    found = read(TITLE, BODY, sentence, SIGNED)
    assert (found.effective_on, found.repealed_on) == (effective, repealed)


def test_from_publication_is_the_day_of_publication_where_it_is_known():
    found = read(TITLE, BODY, "本办法自公布之日起施行。", SIGNED, fields={"published_on": "2019-04-10"})
    assert found.effective_on == date(2019, 4, 10)


@pytest.mark.parametrize(
    ("title", "units", "reason"),
    [
        ("浙江省人民政府关于印发中国（杭州）跨境电子商务综合试验区实施方案的通知", ("330100",), "zone_in_title"),
        ("浙江省人民政府关于印发中国(义乌)跨境电子商务综合试验区实施方案的通知", ("330782",), "zone_in_title"),
        ("广东省人民政府印发中国（广州）、中国（深圳）跨境电商综试区方案的通知", ("440100", "440300"), "zone_in_title"),
        ("浙江省人民政府关于支持宁波市发展的意见", ("330200",), "place_in_title"),
        ("杭州市人民政府关于促进外贸的意见", ("330100",), "issuer_place"),
        ("义乌市人民政府关于促进外贸的意见", ("330782",), "issuer_place"),
        ("上海市人民政府关于促进外贸的意见", ("310000",), "issuer_place"),
        ("浙江省人民政府关于促进外贸的意见", (), "general_provincial"),
        ("商务部关于促进外贸的意见", (), "general_central"),
        ("鼓楼区人民政府关于促进外贸的意见", (), "ambiguous_place"),
        ("关于促进外贸的意见", (), "unknown"),
    ],
)  # fmt: skip
def test_the_places_a_document_applies_to(title, units, reason):
    found = read(title, BODY, "2019年3月28日")
    assert (found.units, found.scope_reason) == (units, reason)


@pytest.mark.parametrize("title", ["鼓楼区人民政府关于促进外贸的意见", "关于促进外贸的意见"])
def test_a_document_without_place_is_noted(title):
    assert any("place not found" in note for note in read(title, BODY, "2019年3月28日").notes)


def test_a_reply_counts_for_each_zone_it_names():
    found = read(
        "国务院关于同意在北京等4个城市设立跨境电子商务综合试验区的批复",
        "国函〔2018〕93号",
        "北京市、浙江省、江苏省人民政府，商务部：",
        "一、同意在北京市、南京市、义乌市、呼和浩特市等4个城市设立跨境电子商务综合试验区。",
        "国务院",
        "2018年7月24日",
    )
    assert found.units == ("110000", "320100", "330782", "150100")
    assert (found.scope_reason, found.level) == ("zones_in_reply", "central")


def test_the_manifest_wins_and_conflicts_are_noted():
    found = read(
        TITLE,
        "杭政办〔2019〕912号",
        BODY,
        SIGNED,
        units="330200",
        issued_on="2019-03-01",
        doc_number="杭政办[2019]912号",
    )
    assert (found.units, found.scope_reason, found.issued_on) == (("330200",), "manifest", date(2019, 3, 1))
    assert sorted(note.partition(":")[0] for note in found.notes) == ["issued_on", "units"]


def test_no_note_where_manifest_and_text_agree():
    stated = {"title": TITLE, "units": "330100", "level": "prefecture", "issued_on": "2019年3月28日"}
    assert read(TITLE, BODY, SIGNED, **stated, issuers="杭州市人民政府办公厅").notes == ()


def test_the_order_of_units_is_no_conflict():
    title = "广东省人民政府关于印发中国（广州）、中国（深圳）跨境电子商务综合试验区方案的通知"
    found = read(title, BODY, "2019年3月28日", units="440300;440100")
    assert (found.units, found.notes) == (("440300", "440100"), ())


def test_a_manifest_can_say_that_no_place_is_meant():
    found = read(TITLE, BODY, SIGNED, units="-")
    assert (found.units, found.scope_reason) == ((), "manifest")


def test_a_title_of_the_manifest_counts_for_the_places_too():
    found = read(
        "清单", BODY, "2019年3月28日", title="浙江省人民政府关于印发中国（宁波）跨境电子商务综合试验区方案的通知"
    )
    assert (found.units, found.scope_reason) == (("330200",), "zone_in_title")


def test_fields_of_the_page_win_over_the_text():
    fields = {
        "title": "关于乙的意见",
        "issuers": "商务部 财政部",
        "doc_number": "商发 [2019] 1号",
        "issued_on": "2019-01-02",
    }
    found = read(TITLE, BODY, SIGNED, fields=fields)
    assert (found.title, found.issuers, found.doc_number) == ("关于乙的意见", ("商务部", "财政部"), "商发〔2019〕1号")
    assert (found.issued_on, found.doc_type) == (date(2019, 1, 2), "意见")


def test_labels_in_the_text_count():
    found = read("发文机关：商务部", "成文日期：2019年1月2日", "标题：关于乙的意见", "关于乙的意见", BODY)
    assert (found.title, found.issuers, found.issued_on) == ("关于乙的意见", ("商务部",), date(2019, 1, 2))


@pytest.mark.parametrize(
    "text", ["。", "序号｜任务\n1｜设立基金", "一、目标\n完成。", "，" * 500, "Notice\nTo all:\nDone."]
)
def test_texts_without_a_head_have_no_title_made_up(text):
    found = read(text)
    assert found.title in {"", "Notice"}
    assert (found.issuers, found.doc_number, found.issued_on) == ((), None, None)


def test_a_text_of_names_without_an_end_is_read_at_once():
    assert read("人民政府 " * 3000).issuers == ()
