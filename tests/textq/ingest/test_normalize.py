import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.ingest.normalize import join_broken, normalize_line, normalize_text, trace_line
from textq.ingest.radicals import CHARACTERS_OF_RADICALS

LETTERS = "市一〇条a1Z9 \t　。，（）()-.%“”é\u0301\u200b\r\n｜①…"


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=LETTERS, max_size=25) | st.text(max_size=25))
def test_normalising_twice_changes_nothing(text):
    once = normalize_text(text)
    assert normalize_text(once) == once


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=LETTERS, max_size=25))
def test_only_blanks_and_invisible_characters_are_lost(text):
    def visible(text: str) -> str:
        return "".join(unicodedata.normalize("NFC", text.replace("\u200b", "")).split())

    assert visible(normalize_text(text)) == visible(text)


@pytest.mark.parametrize(
    ("line", "normal"),
    [
        ("　　为促进发展", "为促进发展"),
        ("投入 5000 万元", "投入5000万元"),
        ("发展 B2B 业务", "发展B2B业务"),
        ("增长 10% 以上", "增长10%以上"),
        ("资金 ， 人才 。", "资金，人才。"),
        ("（ 一 ） 加强领导", "（一）加强领导"),
        ("《 办法 》", "《办法》"),
        ("总　则", "总则"),
        ("第一章　总　　则", "第一章 总则"),
        ("关 于 促 进 发 展 的 通 知", "关于促进发展的通知"),
        ("一 、 加 大 投 入 。 对 企 业", "一、加大投入。对企业"),
        ("二 〇 一 九 年 三 月", "二〇一九年三月"),
        ("各 县（区） 人民政府", "各县（区）人民政府"),
        ("第五条　市人民政府", "第五条 市人民政府"),
        ("商务部　海关总署", "商务部 海关总署"),
        ("cross-border  e-commerce", "cross-border e-commerce"),
        ("a\u00a0b\u3000c", "a b c"),
        ("跨\u200b境\ufeff电\u00ad商", "跨境电商"),
        ("\x00甲\x07", "甲"),
    ],
)
def test_blanks(line, normal):
    assert normalize_line(line) == normal


@pytest.mark.parametrize("line", ["２０１９年", "ＡＢ", "①", "㎡", "５％", "（一）"])
def test_full_width_and_compatibility_characters_stay(line):
    assert normalize_line(line) == line


def test_composed_characters():
    assert normalize_line("cafe\u0301") == "café"


@pytest.mark.parametrize("text", ["甲\r\n乙", "甲\r乙", "甲\n\n　\n乙\n", "甲\u2028乙", "甲\x0c乙", "甲\x85乙"])
def test_one_paragraph_a_line(text):
    assert normalize_text(text) == "甲\n乙"


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("跨境电", "子商务", "跨境电子商务"),
        ("cross border", "trade", "cross border trade"),
        ("投入50", "00万元", "投入5000万元"),
        ("B2", "B业务", "B2B业务"),
        ("", "甲", "甲"),
        ("甲", "", "甲"),
    ],
)
def test_halves_of_a_paragraph(left, right, joined):
    assert join_broken(left, right) == joined


def test_an_invisible_character_keeps_no_accent_from_its_letter():
    assert normalize_text("Z\u200b\u0301") == normalize_text(normalize_text("Z\u200b\u0301")) == "Ź"


@settings(deadline=None, max_examples=500)
@given(st.text(alphabet=LETTERS + "\u2f08\u1112\u1161\u11ab\u0958", max_size=25) | st.text(max_size=25))
def test_the_traced_line_is_the_normalised_one_and_its_characters_come_from_their_places(line):
    normal, origins = trace_line(line)
    assert normal == normalize_line(line)
    assert len(origins) == len(normal)
    assert origins == sorted(origins)
    for char, origin in zip(normal, origins, strict=True):
        source = unicodedata.normalize("NFD", line[origin:].translate(CHARACTERS_OF_RADICALS))
        assert char == " " or unicodedata.normalize("NFD", char)[0] in source


@pytest.mark.parametrize(
    ("line", "origins"),
    [
        ("　第五条　 市 1 个", [1, 2, 3, 4, 6, 8, 10]),
        ("⼈⺠ e\u0301a", [0, 1, 2, 3, 5]),
        ("甲\u200b乙", [0, 2]),
        ("总　　则", [0, 3]),
    ],
)
def test_the_place_of_each_character(line, origins):
    assert trace_line(line)[1] == origins
