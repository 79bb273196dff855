import pytest

from textq.notation.blocks import (
    ANNEX_MARK,
    ATTACHMENT_LIST,
    CC_LINE,
    count_head_lines,
    is_addressee,
    is_note,
    match_date_line,
)


@pytest.mark.parametrize(
    "line", ["各区、县（市）人民政府，市政府各部门：", "各有关单位:", "商务部：", "To all departments:"]
)
def test_addressees(line):
    assert is_addressee(line)


@pytest.mark.parametrize("line", ["各单位", "一、下列单位：", "现印发。请执行：", "各" * 200 + "："])
def test_what_is_no_addressee(line):
    assert not is_addressee(line)


@pytest.mark.parametrize("line", ["现提出如下意见：", "各地要做好以下工作：", "下列企业："])
def test_a_line_above_a_list_is_an_addressee_only_if_it_names_bodies(line):
    assert is_addressee("各区、县人民政府，市级有关部门：", leads=True)
    assert not is_addressee(line, leads=True)


@pytest.mark.parametrize(
    "line",
    [
        "（2019年3月1日发布）",
        "2012年11月21日上海市人民代表大会常务委员会第三十七次会议通过",
        "来源：商务局",
        "索引号：000014349",
        "签发人：张三",
        "当前位置：首页 > 政务公开",
        "您现在的位置：首页",
    ],
)
def test_notes(line):
    assert is_note(line)


@pytest.mark.parametrize("line", ["2019年3月1日起，发布清单。全市执行", "杭州市人民政府", "2019年完成"])
def test_what_is_no_note(line):
    assert not is_note(line)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["通知", "各单位：", "现印发。"], 1),
        (["办法", "杭政〔2019〕1号", "第一条 为了……"], 2),
        (["规划", "目 录", "一、基础"], 1),
        (["标题", "（2019年1月1日公布。自公布之日起施行）", "为了发展，制定本办法。"], 2),
        (["一、目标", "完成。"], 0),
        (["关于促进发展，现公告如下：", "一、补助。"], 0),
        (["清单", "序号｜任务", "1｜补助"], 1),
        (["标题"], 1),
        ([], 0),
        ([f"第{number}行" for number in range(40)], 16),
    ],
)
def test_the_head_ends_above_the_first_line_of_the_body(lines, count):
    assert count_head_lines(lines) == count


@pytest.mark.parametrize(
    ("line", "organs"),
    [
        ("2019年3月28日", ""),
        ("二〇一九年三月二十八日", ""),
        ("（2019年3月28日）", ""),
        ("杭州市人民政府 2019年3月28日", "杭州市人民政府 "),
        ("商务部海关总署2019年3月28日", "商务部海关总署"),
    ],
)
def test_the_last_line_of_a_signature(line, organs):
    found = match_date_line(line)
    assert found is not None
    assert found["organs"] == organs


@pytest.mark.parametrize(
    "line", ["抄送：市委各部门。", "主送：各区", "杭州市人民政府办公厅 2019年3月29日印发", "2019年3月29日印发"]
)
def test_lines_of_the_cc_block(line):
    assert CC_LINE.fullmatch(line)


@pytest.mark.parametrize(
    ("line", "label", "title"),
    [
        ("附件", "附件", ""),
        ("附件1", "附件1", ""),
        ("附件：", "附件", ""),
        ("附件2：任务分工表", "附件2", "任务分工表"),
        ("附表二 指标", "附表二", "指标"),
        ("附件2任务分工表", "附件2", "任务分工表"),
        ("附录 名词解释", "附录 ", "名词解释"),
    ],
)
def test_annex_marks(line, label, title):
    found = ANNEX_MARK.fullmatch(line)
    assert found is not None
    assert (found["label"].strip(), found["title"]) == (label.strip(), title)


@pytest.mark.parametrize(
    "line", ["附件1所列企业", "附件1、附件2", "附件1.2", "附件二所列", "附件所列企业", "附则", "附近居民"]
)
def test_what_is_no_annex_mark(line):
    assert ANNEX_MARK.fullmatch(line) is None


def test_the_list_of_annexes_names_them_on_its_own_line():
    assert ATTACHMENT_LIST.fullmatch("附件：1.任务分工表")
    assert not ATTACHMENT_LIST.fullmatch("附件：")


def test_a_long_line_of_names_is_told_from_a_signature_at_once():
    line = "商务部财政部海关总署税务总局" * 40 + "。"
    assert match_date_line(line) is None
