import pytest

from textq.segment.responsible import RESPONSIBLE_HEAD, find_responsible, is_deadline, read_duty_line, split_bodies


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("给予补助。（责任单位：市商务局、市财政局）", ("市商务局", "市财政局")),
        ("给予补助。（牵头单位：省商务厅；配合单位：省财政厅 郑州海关）", ("省商务厅", "省财政厅", "郑州海关")),
        ("给予补助（市商务局牵头，市财政局配合）", ("市商务局", "市财政局")),
        ("给予补助。[省商务厅负责]", ("省商务厅",)),
        ("消费扶贫。（发展改革委、扶贫办等和各有关省级人民政府负责）", ("发展改革委", "扶贫办", "各有关省级人民政府")),
        ("便利通关。（海关总署、商务部等有关部门负责）", ("海关总署", "商务部")),
        ("培训。（市场监管总局负责）宣传。（教育部按职责分工负责）", ("市场监管总局", "教育部")),
        ("建设园区。（各区、县（市）政府负责）", ("各区、县（市）政府",)),
        ("（各市、县、区人民政府，省商务厅负责）", ("各市、县、区人民政府", "省商务厅")),
        ("建设。（牵头单位：市商务局；完成时限：2021年12月底）", ("市商务局",)),
        ("给予补助。（市商务局牵头，市商务局、市财政局配合）", ("市商务局", "市财政局")),
    ],
)
def test_bodies_in_brackets_behind_a_sentence(text, bodies):
    assert find_responsible(text) == bodies


@pytest.mark.parametrize(
    "text",
    [
        "法定代表人（主要负责人）。",
        "教师（技工院校内由人力资源社会保障行政部门负责），按规定执行。",
        "建筑师（以下简称责任建筑师）。",
        "（此件公开发布）",
        "（由市政府负责解释）",
        "没有括号，由市商务局负责。",
    ],
)
def test_other_brackets_make_nobody_responsible(text):
    assert find_responsible(text) == ()


@pytest.mark.parametrize(
    ("line", "bodies"),
    [
        ("（责任单位：市财政局）", ("市财政局",)),
        ("牵头单位：市商务局", ("市商务局",)),
        ("责任单位：市商务局、市财政局。", ("市商务局", "市财政局")),
        ("（市商务局负责）", ("市商务局",)),
        ("给予补助。（市商务局负责）", ()),
        ("（此件公开发布）", ()),
        ("参加单位：各区应当组织。不得收费", ()),
    ],
)
def test_lines_that_only_name_bodies(line, bodies):
    assert read_duty_line(line) == bodies


@pytest.mark.parametrize(
    "head", ["责任单位", "牵头部门", "主办", "协办单位", "责任分工", "实施主体", "配合单位（排名不分先后）"]
)
def test_heads_of_columns_of_bodies(head):
    assert RESPONSIBLE_HEAD.fullmatch(head)


@pytest.mark.parametrize("head", ["单位", "支持标准", "政策支持", "项目实施", "完成时限", "序号"])
def test_other_heads(head):
    assert not RESPONSIBLE_HEAD.fullmatch(head)


@pytest.mark.parametrize("cell", ["", "—", "有关部门", "各有关单位", "12", "无"])
def test_cells_without_a_body(cell):
    assert split_bodies(cell) == ()


@pytest.mark.parametrize("line", ["完成时限：2021年12月底", "（完成时间：2021年底前）", "办结期限：30个工作日。"])
def test_lines_that_only_set_a_deadline(line):
    assert is_deadline(line)


@pytest.mark.parametrize(
    "line", ["完成时限：一季度完成；二季度验收。", "实施期限：2020年1月1日至2022年12月31日", "完成建设。"]
)
def test_lines_that_say_more_than_a_deadline(line):
    assert not is_deadline(line)
