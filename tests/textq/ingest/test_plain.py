import time

import pytest

from textq.errors import ReadError
from textq.ingest.plain import read_markdown, read_plain


def plain(text: str) -> str:
    return read_plain(text.encode()).text


def markdown(text: str) -> str:
    return read_markdown(text.encode()).text


def test_windows_line_ends_and_empty_lines():
    assert plain("通知\r\n\r\n　　现印发。\r\n") == "通知\n现印发。"


def test_rows_of_a_table_become_lines_of_cells():
    assert plain("| 序号 | 任务 |\n| 1 | 设立基金 |\n｜其他｜") == "序号｜任务\n1｜设立基金\n｜其他｜"


@pytest.mark.parametrize("reader", [read_plain, read_markdown])
@pytest.mark.parametrize("data", [b"", b" \r\n\t", "　\n\u200b".encode()])
def test_a_text_of_blanks_is_refused(reader, data):
    with pytest.raises(ReadError, match="no text"):
        reader(data)


WRAPPED = """　　　　关于促进跨境电子商务发展的通知

各区人民政府：
　　为促进跨境电子商务发展，市人民政府设立专项资
金五千万元，对符合条件的企业给予补助，并在杭州建设
公共服务平台，培育龙头企业和人才。
　　一、加大投入。对自建海外仓的企业按照投资额给
予补助，最高一百万元。
（一）自建仓
（二）租用仓
"""


def test_lines_broken_at_a_fixed_width_are_healed():
    assert plain(WRAPPED).split("\n") == [
        "关于促进跨境电子商务发展的通知",
        "各区人民政府：",
        "为促进跨境电子商务发展，市人民政府设立专项资金五千万元，对符合条件的企业给予补助，并在杭州建设公共服务平台，培育龙头企业和人才。",
        "一、加大投入。对自建海外仓的企业按照投资额给予补助，最高一百万元。",
        "（一）自建仓",
        "（二）租用仓",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "给予补助的企业应当在本市依法登记注册并且纳入统计。\n" * 5,
        "甲乙丙丁\n戊己庚辛\n壬癸子丑\n寅卯辰巳",
        "为促进发展，市人民政府设立专项资金，对符合条件的企业给予补助\n办法\n第一条 目的",
    ],
)
def test_other_texts_are_not_healed(text):
    assert plain(text) == text.strip()


def test_markdown_loses_its_signs():
    text = (
        "---\ntitle: x\n---\n# 条例 #\n\n## 第一章  总则\n\n> **第一条** 为了__发展__。\n\n***\n<!-- 注\n释 -->\n正文"
    )
    assert markdown(text) == "条例\n第一章 总则\n第一条 为了发展。\n正文"


def test_a_table_in_markdown():
    assert markdown("| 序号 | 任务 |\n|:--|--:|\n| 1 | **设立**基金 |") == "序号｜任务\n1｜设立基金"


def test_signs_inside_a_sentence_stay():
    assert markdown("增长10*3，编号a_b_c，#标签\n1*2*3") == "增长10*3，编号a_b_c，#标签\n1*2*3"


def test_rows_with_tabs_become_rows_and_a_single_one_stays_text():
    assert (
        read_plain("序号\t任务\n1\t建设 平台\n正文\t在此。".encode()).text == "序号｜任务\n1｜建设 平台\n正文｜在此。"
    )
    assert read_plain("正文。\n一\t总则\n正文。".encode()).text == "正文。\n一 总则\n正文。"


def test_links_of_markdown_keep_their_words():
    text = '详见[实施方案](http://a/b_(c).pdf "方案")和[附件](<x>)。![徽章](a.png)[注]（二）'
    assert markdown(text) == "详见实施方案和附件。[注]（二）"


def test_signs_behind_a_heading_go_with_those_before_it():
    assert markdown("## 一、总体要求 ##\n用 C #\n# C#") == "一、总体要求\n用C #\nC#"


@pytest.mark.parametrize("reader", [read_plain, read_markdown])
@pytest.mark.parametrize(
    "motif", ["<!--", "**a ", "__a ", "|--", "\t", " ", "a\t", " #", "[", "[a](", "| ", "- ", "　", "> ", "---\n"]
)
def test_long_runs_take_little_time(reader, motif):
    start = time.perf_counter()
    reader(("支持企业。\n" + motif * 30_000 + "x").encode())
    assert time.perf_counter() - start < 3
