"""The line of issuers in red, and lines made to take long."""

import time

import pytest

from textq.ingest.metadata.title import cut_red_head, find_title

CITIES = "、".join(
    f"{name}市人民政府"
    for name in ["杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水", "合肥"]
)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("杭州市人民政府文件", "杭州市人民政府"),
        ("商务部 海关总署公告", "商务部 海关总署"),
        ("浙江省人民政府令", "浙江省人民政府"),
        ("浙江省人民政府（令）", "浙江省人民政府"),
        ("中国人民银行、财政部通告", "中国人民银行、财政部"),
        ("杭州市人民政府", ""),
        ("关于印发文件", ""),
        ("文件", ""),
        ("", ""),
    ],
)
def test_red_heads(line: str, names: str) -> None:
    assert cut_red_head(line) == names


def test_the_word_beside_the_names_of_a_joint_issue_is_no_title() -> None:
    lines = ["浙江省商务厅", "浙江省财政厅", "文件", "关于印发《浙江省外贸发展办法》的通知"]
    assert find_title(lines, beginning="") == f"浙江省商务厅 浙江省财政厅{lines[-1]}"


@pytest.mark.parametrize("end", ["等", "、某某文件", "文件、", "令第"])
def test_many_names_are_read_at_once(end: str) -> None:
    start = time.process_time()
    find_title([CITIES + "、" + CITIES + end], beginning="")
    cut_red_head(CITIES + end)
    assert time.process_time() - start < 1
