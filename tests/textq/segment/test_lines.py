import pytest
from hypothesis import given

from tests.strategies import numbered_texts
from textq.segment.lines import cut_lines


def cut(text: str) -> list[str]:
    return [text[line.start : line.end] for line in cut_lines(text)]


@given(numbered_texts())
def test_the_lines_are_in_order_and_lose_nothing_but_blanks(text):
    position = 0
    for line in cut_lines(text):
        assert not text[position : line.start].strip()
        assert text[line.start : line.end] == text[line.start : line.end].strip() != ""
        position = line.end
    assert not text[position:].strip()


@given(numbered_texts())
def test_no_line_reaches_over_a_line_break_unless_it_quotes(text):
    assert all("\n" not in line for line in cut(text.replace("“", "")))


@pytest.mark.parametrize("text", ["", " \n　\n", "\n"])
def test_blank_text_has_no_lines(text):
    assert cut(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "违反本条例第五条规定的企业，按照第六条处理。",
        "依照《条例》第三条 第四条执行。",
        "根据本办法第二章、第三章的规定，给予补助。",
        "到2020年，完成1.5亿元；2.5万家企业入驻。",
        "（一）至（三）项所列企业。（四）、（五）项所列企业。",
        "推进一、二、三产业融合。",
        "一是加强领导。二是强化考核。三是营造氛围。",
        "违反前款（一）（二）项规定的，责令改正。",
        "（一）违反本条例第四章有关规定的；",
        "编号为A1.B2.C3.的产品。",
    ],
)
def test_citations_and_numbers_cut_nothing(line):
    assert cut(line) == [line]


@pytest.mark.parametrize(
    "citation",
    [
        "违反本办法第{}条规定的，责令改正。",
        "依照《行政处罚法》第{}条、第九条处罚。",
        "本法第{}条所称企业，是指法人。",
        "按照第{}条第二款办理。",
        "有第{}条情形的，不予受理。",
        "（第{}条）另行规定。",
        "依据第{}条 和第九条执行。",
        "“第{}条　旧文。”同时废止。",
        "适用条例第{}条 的规定。",
        "第{}条和本条例另有规定的，从其规定。",
        "第{}条中的企业，包括分支机构。",
        "前款及第{}条至第九条不适用。",
    ],
)
def test_a_cited_article_opens_no_line_though_its_number_is_the_next(citation):
    text = f"第一条 目的。{citation.format('二')}第二条 范围。"
    assert cut(text) == [f"第一条 目的。{citation.format('二')}", "第二条 范围。"]


def test_a_quotation_belongs_to_the_line_that_announces_it():
    text = "一、修改为：“第五条　旧文。\n“（一）补助。”\n二、增加：\n“第六条　新文。”\n“第七条　其他。”\n三、施行。"
    assert cut(text) == [
        "一、修改为：“第五条　旧文。\n“（一）补助。”",
        "二、增加：\n“第六条　新文。”\n“第七条　其他。”",
        "三、施行。",
    ]


def test_quoted_articles_in_text_without_line_breaks():
    text = "一、修改为：“第五条　旧文。第六条　旧文。”二、增加：“（一）补助；（二）贴息。”三、施行。"
    assert cut(text) == [
        "一、修改为：“第五条　旧文。第六条　旧文。”",
        "二、增加：“（一）补助；（二）贴息。”",
        "三、施行。",
    ]


def test_an_open_quotation_does_not_swallow_what_follows():
    assert cut("一、修改为：“第五条　旧文。\n二、施行。\n三、废止。") == [
        "一、修改为：“第五条　旧文。",
        "二、施行。",
        "三、废止。",
    ]


def test_items_of_a_list_inside_a_sentence_are_cut():
    assert cut("包括：（一）补助，（二）贴息，（三）奖励。") == [
        "包括：",
        "（一）补助，",
        "（二）贴息，",
        "（三）奖励。",
    ]


def test_a_number_behind_a_bracketed_reference_is_no_mark():
    text = "一、按照程序（附件1）或者程序（附件2）办理。"
    assert cut(text) == [text]


def test_a_citation_that_a_line_break_tore_is_no_article():
    text = "第一条 为了规范跨境电子商务综合试验区的发展，按照\n第二十条办理。\n第二条 范围。"
    assert [line.mark is not None for line in cut_lines(text)] == [True, False, True]


def test_inserted_articles_are_cut():
    text = "第一条 甲。第一条之一 乙。第一条之二 丙。第二条 丁。"
    assert cut(text) == ["第一条 甲。", "第一条之一 乙。", "第一条之二 丙。", "第二条 丁。"]


def test_sentences_that_begin_with_the_next_number_are_cut():
    text = "（一）给予补助。1.初创企业；2.成长企业。（二）给予贴息。"
    assert cut(text) == ["（一）给予补助。", "1.初创企业；", "2.成长企业。", "（二）给予贴息。"]


def test_a_number_out_of_turn_cuts_nothing():
    assert cut("一、给予补助。五、给予贴息。") == ["一、给予补助。五、给予贴息。"]


def test_a_first_number_needs_a_second():
    assert cut("给予补助：1.初创企业。") == ["给予补助：1.初创企业。"]
    assert cut("给予补助：1.初创企业。2.成长企业。") == ["给予补助：", "1.初创企业。", "2.成长企业。"]


def test_half_brackets_are_numbers_too():
    assert cut("支持标准：1)引进人才；2)培养人才。") == ["支持标准：", "1)引进人才；", "2)培养人才。"]


def test_articles_count_through_chapters():
    text = "第一章 总则第一条 目的。第二条 范围。第二章 促进第三条 措施。"
    assert cut(text) == ["第一章 总则", "第一条 目的。", "第二条 范围。", "第二章 促进", "第三条 措施。"]


def test_deeper_numbers_start_afresh():
    text = "一、资金。（一）补助。（二）贴息。二、人才。（一）住房。（二）落户。"
    assert cut(text) == ["一、资金。", "（一）补助。", "（二）贴息。", "二、人才。", "（一）住房。", "（二）落户。"]


def test_a_title_without_a_full_stop_is_cut_off():
    text = "一、检疫依据（一）法律。（二）议定书。二、检疫要求（一）产地。（二）包装。"
    assert cut(text) == [
        "一、检疫依据",
        "（一）法律。",
        "（二）议定书。",
        "二、检疫要求",
        "（一）产地。",
        "（二）包装。",
    ]


def test_a_latin_name_ends_a_sentence_before_the_next_number():
    assert cut("四、名单。1.豆象Bruchidius atrolineatus五、出口前管理") == [
        "四、名单。1.豆象Bruchidius atrolineatus",
        "五、出口前管理",
    ]


def test_an_article_set_off_by_a_blank_is_cut_off():
    assert cut("第七条 统一规划与建设第八条 市人民政府负责。") == ["第七条 统一规划与建设", "第八条 市人民政府负责。"]


def test_up_to_two_repealed_articles_may_be_missing():
    assert cut("第七条 规划。第十条 建设。") == ["第七条 规划。", "第十条 建设。"]
    assert cut("第七条 规划。第十一条 建设。") == ["第七条 规划。第十一条 建设。"]


def test_the_head_of_a_text_without_line_breaks_is_cut_off():
    assert cut("杭州市电子商务条例第一章 总则第一条 目的。")[0] == "杭州市电子商务条例"


def test_the_first_number_behind_the_title_of_a_text_without_line_breaks():
    text = '关于修改条例的决定一、将第五条修改为："第五条 旧文。第六条 旧文。"二、删去第七条。'
    assert cut(text) == ["关于修改条例的决定", '一、将第五条修改为："第五条 旧文。第六条 旧文。"', "二、删去第七条。"]
    assert cut("关于一、二线城市的决定一、支持平台。") == ["关于一、二线城市的决定一、支持平台。"]


@pytest.mark.parametrize("signed", ["某市人民政府2021年3月3日", "某市人民政府 某海关2021年3月3日", "2021年3月3日"])
def test_the_signature_at_the_end_of_a_line_is_cut_off(signed):
    assert cut(f"一、支持平台。二、支持物流。{signed}") == ["一、支持平台。", "二、支持物流。", signed]


@pytest.mark.parametrize("line", ["支持平台。有效期至2021年3月3日", "现公布“支持平台。2021年3月3日”", "支持平台。"])
def test_other_ends_of_a_line_are_not(line):
    assert cut(line) == [line]
