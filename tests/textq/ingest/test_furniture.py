"""What belongs to a web page, not to its document."""

import time

import pytest

from textq.ingest.furniture import is_info_bar, is_label, is_label_line, is_page_furniture
from textq.ingest.html import read_html


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：张三",
        "上一篇：关于表彰先进的决定",
        "版权所有：某市人民政府",
        "打印本页",
        "【打印】【关闭】",
        "浙ICP备05000000号",
        "大 中 小",
    ],
)
def test_controls_and_remarks_of_a_page_are_furniture(line: str) -> None:
    assert is_page_furniture(line)


@pytest.mark.parametrize(
    "line", ["打印设备制造企业可以申请补贴。", "大中小企业", "责任编辑制度由出版单位建立。", "来源于境外的收入"]
)
def test_provisions_are_not(line: str) -> None:
    assert not is_page_furniture(line)


def test_labels_are_told_with_blanks_and_colon() -> None:
    assert is_label("标　　题：")
    assert not is_label("标题党")


def test_a_page_gives_neither_its_hidden_text_nor_its_controls_nor_its_metadata_table() -> None:
    table = "<table><tr><td>索引号</td><td>1</td><td>发布机构</td><td>市府办</td></tr></table>"
    text = "<p>一、支持建设海外仓。</p><p style='display: none'>二、隐藏。</p><p>责任编辑：张三</p>"
    page = f'<meta charset="utf-8"><div id="zoom">{table}{text}</div>'

    assert read_html(page.encode()).text == "一、支持建设海外仓。"


@pytest.mark.parametrize(
    "line",
    ["2019-03-05 来源：市商务局", "发布时间：2019-03-05 10:20 浏览次数：12 字体：【大 中 小】", "日期：2019/3/5 打印"],
)
def test_a_bar_of_remarks(line: str) -> None:
    assert is_info_bar(line)


@pytest.mark.parametrize(
    "line", ["2019年3月5日", "2019年3月5日起施行", "时间：9时", "大 中 小", "2019-03-05 某市人民政府令"]
)
def test_what_is_no_bar(line: str) -> None:
    assert not is_info_bar(line)


def test_a_line_of_label_and_value() -> None:
    assert is_label_line("发文字号：国发〔2019〕5号")
    assert not is_label_line("申报条件：注册满一年")


def test_controls_without_end_take_little_time() -> None:
    start = time.perf_counter()
    assert not is_page_furniture("放大字号" * 28 + "的规定")
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("line", ["点击上方蓝字关注我们", "放大字号 缩小字号 打印"])
def test_more_controls(line: str) -> None:
    assert is_page_furniture(line)
