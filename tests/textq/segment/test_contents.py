import pytest

from tests.strategies import make_document
from textq.segment.clauses import split_clauses
from textq.segment.contents import find_contents, read_entry

TEXT = (
    "第一章 总则第一条 为了发展，制定本条例。第二条 本市适用本条例。第二章 监督第三条 政府应当监管。"
    "第三章 附则第四条 自公布之日起施行。"
)


@pytest.mark.parametrize(
    "contents",
    [
        "第一章 总则第二章 监督第三章 附则",
        "第一章　总则…………1第二章 监督..........3第三章 附则—5—",
        "第一章 总则第二章 监督第一节 一般第三章 附则",
        "第一章 总则（第一条至第二条）第二章 监督（第三条）第三章 附则（第四条）",
    ],
)
@pytest.mark.parametrize("behind", ["", "\n", " "])
def test_contents_without_line_breaks_are_lines_of_their_own(contents, behind):
    clauses = split_clauses(make_document(f"某市条例（2020年3月5日通过）目录{behind}{contents}{TEXT}"))
    n_entries = 4 if "第一节" in contents else 3
    assert [clause.text for clause in clauses[:2]] == ["某市条例（2020年3月5日通过）", "目录"]
    assert [(c.kind, c.division) for c in clauses[2 : 2 + n_entries]] == [("heading", ())] * n_entries
    assert [(c.kind, c.division, c.heading) for c in clauses[2 + n_entries :]] == [
        ("heading", ("第一章",), ""),
        ("provision", ("第一章", "第一条"), "第一章 总则"),
        ("provision", ("第一章", "第二条"), "第一章 总则"),
        ("heading", ("第二章",), ""),
        ("provision", ("第二章", "第三条"), "第二章 监督"),
        ("heading", ("第三章",), ""),
        ("provision", ("第三章", "第四条"), "第三章 附则"),
    ]


def test_contents_of_a_plan_without_line_breaks():
    text = "某方案目录一、总体要求二、主要任务一、总体要求坚持开放。二、主要任务（一）平台。建设。（二）园区。建设。"
    clauses = [(c.kind, c.division, c.text) for c in split_clauses(make_document(text))]
    assert clauses[1:6] == [
        ("heading", (), "目录"),
        ("heading", (), "一、总体要求"),
        ("heading", (), "二、主要任务"),
        ("provision", ("一、",), "一、总体要求坚持开放。"),
        ("heading", ("二、",), "二、主要任务"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "按照产业目录第一章 总则执行。",
        "目录第一章 总则第二章 监督",
        "目录第二章 总则第三章 监督第二章 总则",
        "目录\n第一章 总则\n第二章 监督\n第一章 总则\n",
        "目录第一章第二章第一章",
        "甲" * 5000 + "目录第一章 总则第二章 监督第一章 总则",
    ],
)
def test_other_texts_have_no_contents_inside_a_line(text):
    assert find_contents(text) is None


@pytest.mark.parametrize("line", ["第一章 总则", "第一章总则……（3）", "第一章 总则  12", "第一章　总则 — 3"])
def test_entries_without_dots_and_page_numbers(line):
    assert read_entry(line) == "第一章总则"


def test_a_line_of_dots_is_no_entry():
    assert len(read_entry("." * 100_000 + "甲")) == 100_001
