from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.notation.marks import Level, find_marks, match_mark, match_ordinal


@pytest.mark.parametrize(
    ("line", "level", "number", "label"),
    [
        ("第二编 分则", Level.PART, 2, "第二编"),
        ("第一部分 总论", Level.PART, 1, "第一部分"),
        ("第十二章　附则", Level.CHAPTER, 12, "第十二章"),
        ("第二节 许可", Level.SECTION, 2, "第二节"),
        ("第五条 市人民政府……", Level.ARTICLE, 5, "第五条"),
        ("第一百零五条　本法……", Level.ARTICLE, 105, "第一百零五条"),
        ("第5条 范围", Level.ARTICLE, 5, "第5条"),
        ("第二十条之一　国家……", Level.ARTICLE, 20, "第二十条之一"),
        ("一、总体要求", Level.FIRST, 1, "一、"),
        ("二十一、保障", Level.FIRST, 21, "二十一、"),
        ("（一）指导思想", Level.SECOND, 1, "（一）"),
        ("(十二)指导思想", Level.SECOND, 12, "(十二)"),
        ("（二）、资金", Level.SECOND, 2, "（二）、"),
        ("（一）项目建设", Level.SECOND, 1, "（一）"),
        ("（三）中小企业", Level.SECOND, 3, "（三）"),
        ("1.平台", Level.THIRD, 1, "1."),
        ("2．平台", Level.THIRD, 2, "2．"),
        ("3、平台", Level.THIRD, 3, "3、"),
        ("１２．平台", Level.THIRD, 12, "１２．"),
        ("（1）仓储", Level.FOURTH, 1, "（1）"),
        ("(3)仓储", Level.FOURTH, 3, "(3)"),
        ("2）仓储", Level.FOURTH, 2, "2）"),
        ("12)仓储", Level.FOURTH, 12, "12)"),
        ("①资金", Level.FIFTH, 1, "①"),
        ("⑳资金", Level.FIFTH, 20, "⑳"),
        ("㉑资金", Level.FIFTH, 21, "㉑"),
        ("㊿资金", Level.FIFTH, 50, "㊿"),
        ("❶资金", Level.FIFTH, 1, "❶"),
        ("Part II Duties", Level.PART, 2, "Part II"),
        ("Title IV", Level.PART, 4, "Title IV"),
        ("CHAPTER 3 PRICES", Level.CHAPTER, 3, "CHAPTER 3"),
        ("Article 12: Scope", Level.ARTICLE, 12, "Article 12:"),
        ("Article 5\nThis Act", Level.ARTICLE, 5, "Article 5"),
        ("Section 2. Shore power.", Level.ARTICLE, 2, "Section 2."),
        ("Section 4 – Effect", Level.ARTICLE, 4, "Section 4 –"),
        ("§ 9 The regulation", Level.ARTICLE, 9, "§ 9"),
        ("§3a (1) Ships", Level.ARTICLE, 3, "§3a"),
        ("(iv) a ban", Level.SMALL_ROMAN, 4, "(iv)"),
        ("第 五 条 市人民政府", Level.ARTICLE, 5, "第 五 条"),
        ("第七十五 条体育运动", Level.ARTICLE, 75, "第七十五 条"),
        ("第一百二十三条　范围", Level.ARTICLE, 123, "第一百二十三条"),
        ("第二款　市人民政府", Level.PARAGRAPH, 2, "第二款"),
        ("第二项　市人民政府", Level.ITEM, 2, "第二项"),
        ("第二目　市人民政府", Level.SUBITEM, 2, "第二目"),
        ("一．总体要求", Level.FIRST, 1, "一．"),
        ("一. 总体要求", Level.FIRST, 1, "一."),
        ("一 、总体要求", Level.FIRST, 1, "一 、"),
        ("二、三农工作", Level.FIRST, 2, "二、"),
        ("㈡资金", Level.SECOND, 2, "㈡"),
        ("〔一〕资金", Level.SECOND, 1, "〔一〕"),
        ("二）资金", Level.SECOND, 2, "二）"),
        ("⒉资金", Level.THIRD, 2, "⒉"),
        ("1、30日内办结", Level.THIRD, 1, "1、"),
        ("⑵资金", Level.FOURTH, 2, "⑵"),
        ("〔1〕资金", Level.FOURTH, 1, "〔1〕"),
        ("（１）资金", Level.FOURTH, 1, "（１）"),
        ("1.1总则", Level.PAIR, 1, "1.1"),
        ("1.2.3 总则", Level.TRIPLE, 3, "1.2.3"),
        ("１．２总则", Level.PAIR, 2, "１．２"),
        ("Ⅱ.资金", Level.ROMAN, 2, "Ⅱ."),
        ("IX. 资金", Level.ROMAN, 9, "IX."),
        ("iv)资金", Level.SMALL_ROMAN, 4, "iv)"),
        ("B、资金", Level.CAPITAL, 2, "B、"),
        ("（c）资金", Level.LETTER, 3, "（c）"),
    ],
)
def test_each_level(line, level, number, label):
    mark = match_mark(line)
    assert mark is not None
    assert (mark.level, mark.number, mark.label) == (level, number, label)


@pytest.mark.parametrize(
    "line",
    [
        "1.5亿元资金",
        "2020年，完成",
        "2019.3.21",
        "第五条规定的企业",
        "第五条、第六条所列企业",
        "第三条第二款",
        "第二章的规定",
        "第三条和第四条",
        "（2019）12号",
        "（一）至（三）项所列人员",
        "（四）、（五）项所列人员",
        "（一）（二）项的情形",
        "（二）项规定的企业",
        "一、二、三产业融合发展",
        "一是加强领导",
        "第一，加强领导",
        "十个试点",
        "一般规定",
        "一、二线城市",
        "三、四季度",
        "5、6月份",
        "2020. 年度安排",
        "3.5%",
        "10.1假期",
        "2.0版",
        "第一款规定",
        "A4纸",
        "e.g. trade",
        "Article 5 of the Act applies.",
        "Section 2 applies to all ships.",
        "Part of the cost is paid.",
        "article 5 Scope",
        "Article 5.1 Scope",
        "Articles 5 and 6",
        "",
    ],
)
def test_citations_numbers_and_years_are_no_marks(line):
    assert match_mark(line) is None


def test_a_mark_ends_behind_the_blanks_that_follow_it():
    mark = match_mark("第五条　 市人民政府")
    assert mark is not None
    assert (mark.start, mark.end) == (0, 5)


def test_an_article_cited_in_running_text_is_no_mark():
    text = "The permit of Article 5 Paragraph 2 and of Section 3 (a) is refused."
    assert [mark.label for mark in find_marks(text, 0, len(text))] == ["(a)"]


def test_an_inserted_article_keeps_its_letter():
    mark = match_mark("Article 5b\nShips")
    assert mark is not None
    assert (mark.number, mark.inserted, mark.is_worded) == (5, 2, True)


def test_a_mark_is_matched_at_a_position():
    mark = match_mark("资金。（二）人才", 3)
    assert mark is not None
    assert (mark.number, mark.start, mark.end) == (2, 3, 6)


def test_the_usual_levels_go_from_part_to_circled_digits():
    lines = ("第一编", "第一章", "第一节", "第一条", "一、", "（一）", "1.", "（1）", "①")
    levels = [mark.level for line in lines if (mark := match_mark(f"{line}内容"))]
    assert levels == sorted(set(levels))


def test_decimals_name_the_divisions_above_and_inserted_articles_their_second_number():
    decimal, inserted = match_mark("1.2.3总则"), match_mark("第五条之十二　国家")
    assert decimal is not None
    assert decimal.within == (1, 2)
    assert inserted is not None
    assert (inserted.number, inserted.inserted) == (5, 12)


@pytest.mark.parametrize(
    ("line", "number"), [("第一，加强", 1), ("第十二、加强", 12), ("首先，", 1), ("其次，", 2), ("其三，加强", 3)]
)
def test_ordinal_words(line, number):
    mark = match_ordinal(line)
    assert mark is not None
    assert mark.number == number


@pytest.mark.parametrize("line", ["第一、二条所列", "首先要加强", "第一季度", "其他，"])
def test_what_is_no_ordinal_word(line):
    assert match_ordinal(line) is None


def test_marks_inside_a_text_are_found_in_order():
    text = "一、资金（一）补助。1.初创企业。"
    assert [(mark.label, mark.start) for mark in find_marks(text, 0, len(text))] == [
        ("一、", 0),
        ("（一）", 4),
        ("1.", 10),
    ]


@given(st.text(alphabet="第一二十条章节（）()、.．1２①规定 市", max_size=30))
def test_marks_do_not_overlap(text):
    marks = list(find_marks(text, 0, len(text)))
    assert all(left.start + len(left.label) <= right.start for left, right in pairwise(marks))
