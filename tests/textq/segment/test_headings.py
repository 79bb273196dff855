"""Sentences and articles that are headings: the text that they name stands below them."""

import pytest

from tests.strategies import make_document
from textq.notation.marks import match_mark
from textq.records import Clause
from textq.segment.clauses import split_clauses
from textq.segment.headings import Numbered, find_names, is_heading


def split(text: str) -> list[Clause]:
    return split_clauses(make_document(text))


def kinds(text: str) -> list[str]:
    return [clause.kind for clause in split(text)]


@pytest.mark.parametrize("title", ["（目的依据）", "【适用范围】", "[职责]", ""])
def test_an_article_whose_title_stands_alone_begins_on_the_next_line(title):
    clauses = split(f"第一条{title}\n为了促进发展，制定本细则。\n本区适用本细则。\n第二条 略。")
    assert [(c.kind, c.division, c.heading) for c in clauses] == [
        ("heading", ("第一条",), ""),
        ("paragraph", ("第一条",), f"第一条{title}"),
        ("paragraph", ("第一条", "第二款"), f"第一条{title}"),
        ("provision", ("第二条",), ""),
    ]


def test_the_items_of_an_article_with_a_title_have_its_stem():
    clauses = split("第二条（支持内容）\n给予下列支持：\n（1）租金补贴；\n（2）贷款贴息。")
    assert [(c.kind, c.division, c.stem) for c in clauses[1:]] == [
        ("stem", ("第二条",), ""),
        ("item", ("第二条", "（1）"), "给予下列支持："),
        ("item", ("第二条", "（2）"), "给予下列支持："),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "第三条（略）\n第四条 支持企业。",
        "第三条（目的）为了发展。\n本区适用。",
        "第三条 教师应当受到尊重。\n政府应当改善条件。\n第四条 本市实行培训制度。\n培训由市负责。",
    ],
)
def test_an_article_with_text_of_its_own_is_a_provision(text):
    assert kinds(text)[0] == "provision"


def test_sentences_that_name_the_tasks_below_them_are_headings():
    text = "一、主要任务\n（一）建设线上平台。\n支持企业建设单一窗口。\n（二）建设线下园区。\n支持园区建设。"
    assert kinds(text) == ["heading", "heading", "paragraph", "heading", "paragraph"]
    assert split(text)[-1].heading == "一、主要任务 / （二）建设线下园区。"


def test_a_short_name_is_a_heading_beside_a_name_with_its_text_in_the_same_line():
    text = (
        "一、总体要求\n（一）指导思想。坚持开放。\n（二）基本原则。\n坚持联动。省级部门负责协调。\n二、任务\n支持企业。"
    )
    assert kinds(text)[1:4] == ["provision", "heading", "paragraph"]


@pytest.mark.parametrize(
    "last",
    [
        "（二）年内建成2个市级跨境电子商务示范园区。\n相关部门另行公布名单。",
        "（二）支持企业。\n本通知自2020年6月20日起施行。",
        "（二）在今年年底以前完成全部任务的检查验收。\n逾期不再受理。",
    ],
)
def test_the_last_short_provision_of_a_list_is_no_heading_of_the_remark_below(last):
    assert kinds("一、任务\n（一）引进企业。每家补助5万元。\n" + last)[2] == "provision"


def test_items_of_an_article_are_no_headings():
    text = "第五条 下列情形除外：\n（一）自用物品。\n前款物品由海关认定。\n（二）展览物品。\n展览物品应当复运出境。"
    assert kinds(text) == ["stem", "item", "paragraph", "item", "paragraph"]


def test_only_the_neighbour_in_the_list_counts():
    marks = [match_mark(f"（{number}）") for number in "一二四"]
    lines = [Numbered(marks[0], "建设平台。", "支持。"), Numbered(marks[2], "建设园区。", "支持。")]
    assert find_names(lines) == [False, False]
    assert find_names([lines[0], Numbered(marks[1], "建设园区。", "支持。")]) == [True, True]


def test_a_chapter_is_always_a_heading_and_a_stem_never():
    chapter, first = match_mark("第一章 总则"), match_mark("一、任务")
    assert chapter is not None
    assert first is not None
    assert is_heading(chapter, "总则", leads=False, has_text=False)
    assert not is_heading(first, "任务：", leads=True, has_text=True)
