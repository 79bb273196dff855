import pytest

from textq.segment import blocks
from textq.segment.blocks import find_blocks

HEAD = ["某市人民政府关于促进发展的意见", "各区人民政府：", "一、支持平台。", "二、支持物流。"]
SIGNED = ["某市人民政府", "2021年3月3日"]


@pytest.mark.parametrize(
    "signer", ["市长 刘忻", "市\u3000长\u3000刘\u3000忻", "市长：徐立毅", "署长 倪岳峰", "主席 雪克来提·扎克尔"]
)
def test_who_signs_an_order_belongs_to_the_signature(signer):
    assert find_blocks([*HEAD, signer, "2020年3月5日"])[4:] == ["signature", "signature"]


@pytest.mark.parametrize("line", ["市长负责全市工作", "市长 统一领导全市电子商务工作", "主任由市长兼任"])
def test_other_lines_on_an_office_are_text(line):
    assert find_blocks([*HEAD, line, "2020年3月5日"])[4] == "body"


@pytest.mark.parametrize(
    "below",
    [
        ["抄送：市委各部门，市人大常委会办公厅，", "市法院，市检察院。"],
        ["抄送：市委办公厅，市政协办公厅", "市监委，市法院，市检察院，", "某军分区。"],
        ["抄报：省商务厅。", "某市人民政府办公厅秘书处 2021年3月4日印发"],
        ["主送：各区。", "某市政府办文电处2021年3月4日印发", "共印50份"],
    ],
)
def test_the_cc_block_goes_on_over_several_lines(below):
    assert find_blocks([*HEAD, *SIGNED, *below])[6:] == ["cc"] * len(below)


@pytest.mark.parametrize(
    "line",
    [
        "附件1",
        "某市促进发展的若干措施",
        "一、支持平台，支持物流。",
        "为了促进发展，市政府决定开展试点，请各区认真执行这项工作。",
    ],
)
def test_what_follows_a_closed_or_another_list_is_no_cc(line):
    assert find_blocks([*HEAD, *SIGNED, "抄送：市委办公厅。", line])[7] != "cc"
    assert find_blocks([*HEAD, *SIGNED, "抄送：市委办公厅", line])[7] != "cc"


@pytest.mark.parametrize("line", ["附件1：甲", "附件：1.甲"])
def test_many_annexes_are_read_once_each(line, monkeypatch):
    n_read = 0
    is_listed = blocks._is_listed_attachment

    def count(text: str) -> bool:
        nonlocal n_read
        n_read += 1
        return is_listed(text)

    monkeypatch.setattr(blocks, "_is_listed_attachment", count)
    find_blocks([line] * 1000)
    assert n_read < 3000
