import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.metadata.doc_number import (
    cut_number,
    find_blank_number,
    find_numbers,
    match_number,
    normalize_number,
    read_year,
    split_red_head,
)

PREFIXES = ["国函", "国办发明电", "浙政办发", "沪商电商", "京政字", "ZJ", ""]
BRACKETS = ["〔〕", "﹝﹞", "［］", "[]", "（）", "()", "【】"]


@given(
    st.sampled_from(PREFIXES),
    st.sampled_from(BRACKETS),
    st.integers(1949, 2099),
    st.integers(1, 99999),
    st.sampled_from(["", "第"]),
    st.sampled_from(["", " ", "\u3000"]),
    st.booleans(),
)
def test_every_way_of_printing_a_number(prefix, brackets, year, serial, ordinal, blank, wide):
    digits = str(serial).translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else str(serial)
    printed = f"{prefix}{blank}{brackets[0]}{year}{brackets[1]}{ordinal}{blank}{digits}{blank}号"
    assert match_number(printed) == f"{prefix}〔{year}〕{ordinal}{serial}号"
    assert read_year(match_number(printed)) == year
    assert normalize_number(normalize_number(printed)) == normalize_number(printed)


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (["国令第707号"], ["国令第707号"]),
        (["国务院令第707号"], ["国务院令第707号"]),
        (["中华人民共和国主席令第九号"], ["中华人民共和国主席令第九号"]),
        (["中华人民共和国主席令", "第九号"], ["中华人民共和国主席令第九号"]),
        (["公告〔2024〕151号"], ["公告〔2024〕151号"]),
        (["商务部公告2019年第61号"], ["商务部公告2019年第61号"]),
        (["商务部公告", "2019年第61号"], ["商务部公告2019年第61号"]),
        (["2019年第61号"], ["2019年第61号"]),
        (["浙江省第十三届人民代表大会常务委员会公告第12号"], ["浙江省第十三届人民代表大会常务委员会公告第12号"]),
        (["杭政发〔2019〕３号 签发人：王某"], ["杭政发〔2019〕3号"]),
        (["国函", "〔2015〕44号"], ["国函〔2015〕44号"]),
        (["国函〔2015〕", "44号"], ["国函〔2015〕44号"]),
        (["国务院关于同意设立的批复（国函〔2015〕44号）"], ["国函〔2015〕44号"]),
        (["国务院关于同意设立的批复国函〔2015〕44号"], ["国函〔2015〕44号"]),
        (["商务部、海关总署令（2019年第6号）"], ["商务部、海关总署令2019年第6号"]),
        (["商资发〔2019〕1号", "财关税〔2019〕2号"], ["商资发〔2019〕1号", "财关税〔2019〕2号"]),
        (["依照国办发〔2015〕1号执行。"], []),
        (["关于落实国办发〔2015〕1号文件的通知"], []),
        (["第707号"], []),
        (["2019年第3季度工作"], []),
        ([], []),
    ],
)
def test_each_place_of_a_number(lines, numbers):
    assert [one.number for one in find_numbers(lines)] == numbers


def test_the_lines_of_a_number_are_told():
    lines = ["国函", "〔2015〕44号", "国务院关于同意设立的批复"]
    assert [one.lines for one in find_numbers(lines)] == [range(2)]


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("关于设立的批复（国函〔2015〕44号）", "关于设立的批复"),
        ("关于设立的批复 国函〔2015〕44号", "关于设立的批复"),
        ("杭州市发展办法（杭政〔2015〕44号）", "杭州市发展办法"),
        ("关于设立的批复", "关于设立的批复"),
        ("关于实施方案（2019年版）", "关于实施方案（2019年版）"),
    ],
)
def test_a_title_without_its_number(title, cut):
    assert cut_number(title) == cut


def test_a_red_head_and_its_number_are_two_lines():
    assert split_red_head("杭州市人民政府文件 杭政〔2019〕3号") == ["杭州市人民政府文件", "杭政〔2019〕3号"]
    assert split_red_head("杭州市人民政府关于公布文件的通知") == ["杭州市人民政府关于公布文件的通知"]


@pytest.mark.parametrize(
    ("line", "blank"), [("杭政发〔2019〕 号", "杭政发〔2019〕 号"), ("杭政发（）号", "杭政发〔〕号"), ("杭政发", "")]
)
def test_a_number_without_serial(line, blank):
    assert find_blank_number([line]) == blank


@pytest.mark.parametrize("line", ["国" * 50000, "令第" * 30000, "〔2019〕" * 20000, "、" * 80000 + "公告第1号"])
def test_long_lines_are_read_at_once(line):
    start = time.process_time()
    find_numbers([line])
    cut_number(line)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("bracket", "（〔[【")
def test_a_line_of_brackets_is_read_at_once(bracket):
    start = time.process_time()
    assert find_numbers([bracket * 8000]) == []
    assert time.process_time() - start < 1
