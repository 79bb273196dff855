import pytest

from tests.strategies import make_document
from textq.segment.clauses import split_clauses
from textq.segment.tables import read_rows


def read(*texts: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.kind, row.responsible) for row in read_rows(texts)]


def test_bodies_of_all_columns_that_name_them_in_their_order():
    rows = read("序号｜任务｜牵头单位｜配合单位", "1｜设立基金｜市商务局、市财政局｜海关 外汇局")
    assert rows == [("head", ()), ("row", ("市商务局", "市财政局", "海关", "外汇局"))]


def test_a_cell_that_spans_rows_belongs_to_each():
    rows = read("任务｜责任单位", "设立基金｜市财政局", "培训｜", "宣传｜市商务局")
    assert [bodies for _, bodies in rows] == [(), ("市财政局",), ("市财政局",), ("市商务局",)]


@pytest.mark.parametrize(
    "head", ["序号｜2019年目标｜2020年目标", "指标｜2019年｜2020年", "任务｜单位", "名称｜类别｜备注"]
)
def test_column_heads_may_hold_years(head):
    assert read(head, "1｜2｜3")[0][0] == "head"


@pytest.mark.parametrize("row", ["1｜设立基金", "进出口额｜100｜200", "建设平台。｜市商务局", "增长10%｜20%"])
def test_a_first_row_of_figures_or_sentences_is_no_head(row):
    assert read(row, "2｜培训")[0][0] == "row"


def test_totals_and_titles_of_groups_are_no_tasks():
    rows = read("序号｜任务｜责任单位", "一、平台建设｜｜", "1｜设立基金｜市财政局", "合计｜5｜3")
    assert [kind for kind, _ in rows] == ["head", "group", "row", "total"]
    assert rows[3] == ("total", ())


def test_a_second_head_repeats_the_cell_that_spans_both():
    rows = read("地区｜坐标｜坐标｜说明", "地区｜经度｜纬度｜说明", "甲｜1｜2｜起点")
    assert [kind for kind, _ in rows] == ["head", "head", "row"]


def test_one_row_is_no_head():
    assert read("序号｜任务") == [("row", ())]


def test_a_row_with_fewer_cells_than_heads_names_nobody():
    assert read("序号｜任务｜责任单位", "1｜市财政局")[1] == ("row", ())


def test_the_title_of_a_group_stands_above_its_rows():
    texts = [
        "任务｜内容｜责任单位",
        "一、平台｜一、平台｜一、平台",
        "甲｜建设｜市商务局",
        "二、园区｜二、园区｜二、园区",
        "乙｜建设｜市",
    ]
    assert [row.group for row in read_rows(texts)] == ["", "", "一、平台", "", "二、园区"]
    clauses = split_clauses(make_document("附件1\n分工表\n" + "\n".join(texts)))
    assert [clause.heading for clause in clauses[2:]] == ["", "", "一、平台", "", "二、园区"]
