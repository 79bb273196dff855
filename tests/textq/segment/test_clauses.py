import hashlib

import pytest
from hypothesis import given, settings

from tests.strategies import make_document, numbered_texts
from textq.records import CODED_KINDS, Clause, Span
from textq.segment.clauses import split_clauses


def split(text: str, title: str = "") -> list[Clause]:
    return split_clauses(make_document(text, title=title))


def show(text: str, title: str = "") -> list[str]:
    """Return "kind division text" of each clause."""
    return [" ".join(filter(None, (c.kind, "/".join(c.division), c.text))) for c in split(text, title)]


def find(text: str, beginning: str) -> Clause:
    """Return the only clause that begins so."""
    (found,) = (clause for clause in split(text) if clause.text.startswith(beginning))
    return found


@settings(deadline=None)
@given(numbered_texts())
def test_every_character_is_in_exactly_one_clause(text):
    position = 0
    for clause in split(text):
        assert text[clause.start : clause.end] == clause.text
        assert not text[position : clause.start].strip()
        position = clause.end
    assert not text[position:].strip()


@settings(deadline=None)
@given(numbered_texts())
def test_ids_ordinals_and_hashes(text):
    clauses = split(text)
    assert [clause.clause_id for clause in clauses] == [f"d#{number}" for number in range(1, len(clauses) + 1)]
    assert [clause.ordinal for clause in clauses] == list(range(1, len(clauses) + 1))
    assert all(clause.sha256 == hashlib.sha256(clause.text.encode()).hexdigest() for clause in clauses)


@settings(deadline=None)
@given(numbered_texts())
def test_a_marked_clause_ends_its_own_path(text):
    for clause in split(text):
        if clause.kind in {"provision", "item"} and clause.division:
            assert clause.text.startswith(clause.division[-1])


REGULATION = """浙江省电子商务条例
（2021年9月29日浙江省第十三届人民代表大会常务委员会第三十一次会议通过）
第一章　总则
第一条　为了促进发展，制定本条例。
第二条　本省行政区域内的电子商务活动，适用本条例。
本条例所称电子商务，是指网络经营活动。
第二章　促进
第三条　对下列企业给予支持：
（一）设立公共海外仓的企业，包括：
1.自建海外仓的企业；
2.租用海外仓的企业。
（二）开展培训的企业。
前款规定的企业应当登记。
第四条　违反第三条规定的，按照第二条处理。"""


def test_a_regulation_with_chapters_articles_paragraphs_items_and_subitems():
    assert show(REGULATION, "浙江省电子商务条例")[2:] == [
        "heading 第一章 第一章　总则",
        "provision 第一章/第一条 第一条　为了促进发展，制定本条例。",
        "provision 第一章/第二条 第二条　本省行政区域内的电子商务活动，适用本条例。",
        "paragraph 第一章/第二条/第二款 本条例所称电子商务，是指网络经营活动。",
        "heading 第二章 第二章　促进",
        "stem 第二章/第三条 第三条　对下列企业给予支持：",
        "stem 第二章/第三条/（一） （一）设立公共海外仓的企业，包括：",
        "item 第二章/第三条/（一）/1. 1.自建海外仓的企业；",
        "item 第二章/第三条/（一）/2. 2.租用海外仓的企业。",
        "item 第二章/第三条/（二） （二）开展培训的企业。",
        "paragraph 第二章/第三条/第二款 前款规定的企业应当登记。",
        "provision 第二章/第四条 第四条　违反第三条规定的，按照第二条处理。",
    ]


def test_the_head_of_a_regulation_is_no_provision():
    assert [clause.kind for clause in split(REGULATION, "浙江省电子商务条例")[:2]] == ["heading", "heading"]


def test_stems_travel_with_their_items_at_both_levels():
    assert find(REGULATION, "2.").stem == "（一）设立公共海外仓的企业，包括："
    assert find(REGULATION, "（二）").stem == "第三条　对下列企业给予支持："
    assert find(REGULATION, "第四条").stem == ""


def test_the_heading_travels_with_everything_below_it():
    assert {clause.heading for clause in split(REGULATION)[8:]} == {"第二章　促进"}


PLAN = """一、总体要求
（一）指导思想。坚持创新驱动，先行先试。
（二）基本原则。
1.政府引导。发挥市场作用。
（1）统筹规划；
①优化布局。
二、保障措施
各部门要加强领导。"""


def test_a_plan_with_all_levels_of_numbering():
    assert show(PLAN) == [
        "heading 一、 一、总体要求",
        "provision 一、/（一） （一）指导思想。坚持创新驱动，先行先试。",
        "heading 一、/（二） （二）基本原则。",
        "provision 一、/（二）/1. 1.政府引导。发挥市场作用。",
        "provision 一、/（二）/1./（1） （1）统筹规划；",
        "provision 一、/（二）/1./（1）/① ①优化布局。",
        "heading 二、 二、保障措施",
        "paragraph 二、 各部门要加强领导。",
    ]


def test_headings_of_all_levels_make_the_path_of_headings():
    assert find(PLAN, "①").heading == "一、总体要求 / （二）基本原则。"
    assert find(PLAN, "各部门").heading == "二、保障措施"


def test_sections_below_an_introduction_are_headings_and_not_its_items():
    text = "为促进发展，提出如下意见：\n一、总体要求\n坚持创新。\n二、保障措施\n加强领导。\n落实资金。"
    assert [clause.kind for clause in split(text)] == [
        "stem",
        "heading",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
    ]
    assert find(text, "落实").heading == "二、保障措施"


def test_the_last_item_of_a_list_is_no_heading_of_the_text_below():
    text = "第一条　提交下列材料：\n（一）营业执照\n（二）申请表\n材料应当真实。"
    assert [clause.kind for clause in split(text)] == ["stem", "item", "item", "paragraph"]


def test_a_run_in_heading_stays_with_its_provision():
    clause = find("一、任务\n（一）资金支持。设立专项资金，给予补助。", "（一）")
    assert (clause.kind, clause.heading) == ("provision", "一、任务")


NOTICE = """杭州市人民政府办公厅关于印发行动计划的通知
杭政办〔2019〕912号
各区、县（市）人民政府，市政府各部门：
《行动计划》已经市政府同意，现印发给你们。
附件：1.任务分工表
2.指标体系
杭州市人民政府办公厅
2019年3月28日
（此件公开发布）
杭州市跨境电商行动计划
（2019—2021年）
为促进发展，制定本计划。
一、目标
达到1000亿元。
附件1
任务分工表
序号｜任务｜单位
1｜设立专项资金｜财政局
2｜建设海外仓｜商务局
附件2：指标体系
到2021年，达到500亿元。
抄送：市委各部门。
杭州市人民政府办公厅 2019年3月29日印发"""


def test_a_notice_with_the_plan_and_the_annexes_it_forwards():
    assert show(NOTICE, "杭州市人民政府办公厅关于印发行动计划的通知") == [
        "heading 杭州市人民政府办公厅关于印发行动计划的通知",
        "heading 杭政办〔2019〕912号",
        "cc 各区、县（市）人民政府，市政府各部门：",
        "paragraph 《行动计划》已经市政府同意，现印发给你们。",
        "signature 附件：1.任务分工表",
        "signature 2.指标体系",
        "signature 杭州市人民政府办公厅",
        "signature 2019年3月28日",
        "signature （此件公开发布）",
        "heading 杭州市跨境电商行动计划",
        "heading （2019—2021年）",
        "paragraph 为促进发展，制定本计划。",
        "heading 一、 一、目标",
        "paragraph 一、 达到1000亿元。",
        "heading 附件1 附件1",
        "heading 附件1 任务分工表",
        "heading 附件1 序号｜任务｜单位",
        "annex 附件1 1｜设立专项资金｜财政局",
        "annex 附件1 2｜建设海外仓｜商务局",
        "heading 附件2：指标体系 附件2：指标体系",
        "annex 附件2：指标体系 到2021年，达到500亿元。",
        "cc 抄送：市委各部门。",
        "cc 杭州市人民政府办公厅 2019年3月29日印发",
    ]


def test_the_column_heads_are_the_stem_of_each_row():
    assert {find(NOTICE, "1｜").stem, find(NOTICE, "2｜").stem} == {"序号｜任务｜单位"}


def test_the_first_row_of_a_table_of_figures_is_no_column_head():
    assert [clause.kind for clause in split("说明。\n1｜设立基金\n2｜建设海外仓")] == ["paragraph", "annex", "annex"]


def test_only_a_table():
    assert [clause.kind for clause in split("序号｜任务\n1｜设立专项资金\n2｜培养人才")] == [
        "heading",
        "annex",
        "annex",
    ]


@pytest.mark.parametrize("following", ["一、加大投入。", "第一条　为了发展，制定本办法。", "现印发给你们。"])
def test_an_addressee_is_cc_whatever_follows(following):
    assert [clause.kind for clause in split(f"关于印发办法的通知\n各区人民政府，市级有关部门：\n{following}")][
        1
    ] == "cc"


def test_several_signatures_and_joint_issuers():
    text = "通知\n各单位：\n现印发。\n杭州市商务局　杭州市财政局\n杭州海关\n二〇一九年三月二十八日"
    assert [clause.kind for clause in split(text, "通知")][3:] == ["signature"] * 3


def test_a_remark_in_brackets_inside_the_text_is_no_signature():
    text = "通知\n各单位：\n一、设立基金。\n（责任单位：市财政局）\n二、建设平台。\n（此件公开发布）"
    assert [clause.kind for clause in split(text, "通知")][3:] == ["note", "provision", "signature"]


def test_a_body_named_inside_the_text_is_no_signature():
    text = "通知\n各单位：\n责任单位\n杭州市商务局\n要加强领导。"
    assert "signature" not in {clause.kind for clause in split(text, "通知")}


def test_a_table_of_contents_is_no_text():
    text = "规划\n目 录\n一、基础……1\n（一）现状……2\n二、任务……5\n一、基础\n（一）现状\n增长10%。\n二、任务\n设立基金。"
    clauses = split(text, "规划")
    assert [clause.kind for clause in clauses[1:5]] == ["heading"] * 4
    assert [clause.division for clause in clauses[1:5]] == [()] * 4
    assert clauses[7].heading == "一、基础 / （一）现状"


def test_text_without_line_breaks():
    text = "为促进发展，公告如下：一、开展试点。二、符合条件：（一）30日内；（二）原状退回。三、自2023年起实施。"
    assert show(text) == [
        "stem 为促进发展，公告如下：",
        "item 一、 一、开展试点。",
        "stem 二、 二、符合条件：",
        "item 二、/（一） （一）30日内；",
        "item 二、/（二） （二）原状退回。",
        "item 三、 三、自2023年起实施。",
    ]


def test_a_title_stands_alone_in_text_without_line_breaks():
    text = "一、检疫依据（一）法律。（二）议定书。二、检疫要求（一）产地。（二）包装。"
    assert [clause.kind for clause in split(text)] == ["heading", "provision", "provision"] * 2


def test_numbers_that_restart():
    text = "一、财政\n1.补助。\n2.贴息。\n二、人才\n1.住房。\n一、附加\n1.其他。"
    assert ["/".join(clause.division) for clause in split(text)] == [
        "一、",
        "一、/1.",
        "一、/2.",
        "二、",
        "二、/1.",
        "一、",
        "一、/1.",
    ]


def test_half_width_brackets():
    text = "(一)加强领导\n各地要加强领导。\n(二)落实责任\n(1)建立台账;\n(2)定期通报."
    assert [clause.kind for clause in split(text)] == ["heading", "paragraph", "heading", "provision", "provision"]


def test_skipped_levels():
    assert show("一、总则\n1.补助。\n①一类；\n第三条 处罚。") == [
        "heading 一、 一、总则",
        "heading 一、/1. 1.补助。",
        "provision 一、/1./① ①一类；",
        "provision 第三条 第三条 处罚。",
    ]


def test_an_item_list_that_a_paragraph_interrupts_goes_on():
    text = "第一条　给予下列支持：\n（一）补助；\n补助不超过10万元。\n（二）贴息。"
    assert find(text, "（二）").stem == "第一条　给予下列支持："


def test_a_second_list_below_the_same_stem_has_no_stem():
    text = "第一条　给予下列支持：\n（一）补助；\n（二）贴息。\n具体标准另行规定。\n（一）其他。"
    assert [clause.stem != "" for clause in split(text)] == [False, True, True, False, False]


def test_a_list_without_punctuation_is_text_below_its_title():
    text = "一、任务\n一是加强领导。\n重点项目\n公共服务平台\n专项资金\n海外仓\n各地要落实。"
    assert [clause.kind for clause in split(text)][2:] == [
        "heading",
        "paragraph",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_an_unnumbered_title_is_no_paragraph_of_the_article_above():
    text = "第一条　目的。\n法律责任\n第二条　处罚。"
    assert show(text)[1] == "heading 第一条 法律责任"


@pytest.mark.parametrize("line", ["We shall promote trade.", "对企业给予补助;", "加快发展！"])
def test_a_short_sentence_is_no_title(line):
    assert split(f"说明如此。\n{line}\n下一段。")[1].kind == "paragraph"


def test_dashes_and_english_paragraphs_are_paragraphs():
    text = "二、目标\n——到2020年，达到100亿元。\nThe zone shall be built by 2020, with 10 parks."
    assert [clause.kind for clause in split(text)] == ["heading", "paragraph", "paragraph"]


@pytest.mark.parametrize("sign", ["——", "●", "★"])
def test_a_list_without_numbers_has_the_stem_that_introduces_it(sign):
    listed = f"（一）支持下列主体：\n{sign}龙头企业，给予补助。\n{sign}小企业\n其他企业不享受。"
    text = f"一、任务\n{listed}\n（二）保障\n{sign}加强领导。"
    stem = "（一）支持下列主体："
    assert [(c.kind, c.division, c.stem) for c in split(text)[1:5]] == [
        ("stem", ("一、", "（一）"), ""),
        ("item", ("一、", "（一）"), stem),
        ("item", ("一、", "（一）"), stem),
        ("paragraph", ("一、", "（一）"), ""),
    ]
    assert [(c.kind, c.stem) for c in split(text)[5:]] == [("heading", ""), ("paragraph", "")]


def test_the_items_of_a_paragraph_of_an_article_without_numbers_are_no_paragraphs_of_it():
    text = "第一条 目的。\n支持下列主体：\n——龙头企业，给予补助。\n——小企业，给予贷款。\n其他企业不享受。"
    assert [c.division[1:] for c in split(text)] == [(), ("第二款",), ("第二款",), ("第二款",), ("第三款",)]


def test_only_a_title():
    assert show("杭州市跨境电商若干意见", "杭州市跨境电商若干意见") == ["heading 杭州市跨境电商若干意见"]


def test_an_empty_text():
    assert split(" \n　") == []


def test_one_very_long_line():
    text = "给予补助，" * 20_000
    assert [clause.text for clause in split(text)] == [text]


def test_the_signature_is_neither_coded_nor_in_a_division():
    signature = [clause for clause in split(NOTICE) if clause.kind == "signature"]
    assert {clause.division for clause in signature} == {()}
    assert "signature" not in CODED_KINDS


def test_the_page_is_the_one_on_which_a_clause_begins():
    pages = (Span(0, 6, "1"), Span(6, 13, "2"))
    clauses = split_clauses(make_document("一、补助。\n二、贴息。\n三、其", pages=pages))
    assert [clause.page for clause in clauses] == [1, 2, 2]


def test_without_pages_there_is_no_page():
    assert {clause.page for clause in split(PLAN)} == {None}


def test_the_twenty_first_paragraph_of_an_article_is_numbered():
    text = "第一条　目的。\n" + "\n".join(f"规定{number}。" for number in range(2, 22))
    assert split(text)[-1].division == ("第一条", "第二十一款")


def test_footnotes_are_notes_and_no_signature():
    text = "第一条　目的。\n给予补助。\n1 见公告。\n2 杭州市商务局"
    notes = (Span(text.index("1 见"), text.index("\n2"), "1"), Span(text.index("2 杭"), len(text), "2"))
    clauses = split_clauses(make_document(text, footnotes=notes))
    assert [clause.kind for clause in clauses] == ["provision", "paragraph", "note", "note"]


def test_the_bodies_of_a_line_of_its_own_belong_to_the_clause_above():
    clauses = split("一、设立基金。\n（责任单位：市财政局、市商务局）\n二、建设平台。")
    assert [clause.responsible for clause in clauses] == [("市财政局", "市商务局"), (), ()]


def test_several_lines_on_duties_belong_to_the_clause_above_them_and_a_deadline_is_a_note():
    text = "一、任务\n1.建设平台。\n牵头单位：市商务局\n配合单位：市财政局\n完成时限：2021年12月底\n2.建设园区。"
    assert [(c.kind, c.responsible) for c in split(text)[1:]] == [
        ("provision", ("市商务局", "市财政局")),
        ("note", ()),
        ("note", ()),
        ("note", ()),
        ("provision", ()),
    ]


def test_annexes_named_above_the_signature_are_a_list():
    above = "通知\n各单位：\n现印发。\n附件1：任务分工表\n附件2：指标体系\n杭州市商务局\n2019年3月28日"
    text = f"{above}\n附件1：任务分工表\n设立基金。"
    assert [clause.kind for clause in split(text, "通知")][3:] == [*["signature"] * 4, "heading", "annex"]


@pytest.mark.parametrize(
    "line",
    ["联系人：张三", "联系电话：0571-85171234", "主题词：贸易 通知", "（联系人：张三，电话：85171234）", "共印200份"],
)
def test_contacts_and_keywords_are_cc(line):
    assert split(f"通知\n各单位：\n现印发。\n{line}", "通知")[-1].kind == "cc"


@pytest.mark.parametrize(
    "signed",
    [
        "2019年3月28日\n杭州市商务局",
        "杭州市商务局（印章）\n2019年3月28日",
        "杭州市商务局｜杭州海关\n2019年3月28日",
        "杭州市商务局\n2019年3月28日\n此件公开发布",
    ],
)
def test_signatures_in_other_forms(signed):
    kinds = [clause.kind for clause in split(f"通知\n各单位：\n一、设立基金。\n{signed}", "通知")][3:]
    assert kinds == ["signature"] * len(signed.split("\n"))


def test_an_article_with_a_hundred_paragraphs():
    text = "第一条　目的。\n" + "\n".join(f"规定{number}。" for number in range(2, 111))
    assert [split(text)[at].division[1] for at in (99, 100, 109)] == ["第一百款", "第一百零一款", "第一百一十款"]


def test_a_paragraph_between_two_items_belongs_to_the_first():
    text = "第一条　给予下列支持：\n（一）补助；\n补助不超过10万元。\n（二）贴息。\n材料应当真实。"
    assert [clause.division[1:] for clause in split(text)] == [(), ("（一）",), ("（一）",), ("（二）",), ("第二款",)]


def test_a_line_that_says_following_introduces_a_list_without_a_colon():
    text = "第一条　申请人应当提交下列材料。\n（一）执照；\n（二）申请表。"
    assert [clause.kind for clause in split(text)] == ["stem", "item", "item"]
