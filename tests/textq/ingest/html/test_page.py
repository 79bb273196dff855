import pytest

from textq.errors import ReadError
from textq.ingest.html import read_html

PROSE = "<p>为促进跨境电子商务发展，市人民政府设立专项资金。</p><p>一、加大投入。</p>"
TEXT = "为促进跨境电子商务发展，市人民政府设立专项资金。\n一、加大投入。"
MENU = '<div class="nav"><a href="#">首页</a><a href="#">政务公开</a></div>'


def read(page: str, encoding: str = "utf-8") -> str:
    return read_html(page.encode(encoding)).text


def fields(page: str) -> dict[str, str]:
    return dict(read_html(f"{page}<div id=zoom>{PROSE}</div>".encode()).fields)


@pytest.mark.parametrize(
    "attribute",
    ["id=UCAP-CONTENT", "id=zoom", "id=Zoom", "id=js_content", "class=TRS_Editor", "class='x trs_editor_view'",
     "id=ContentRegion", "class=pages_content", "class=article-content", "class=article_content", "id=article_content",
     "id=articleContent", "class=zwxl-article", "class=news_content", "class=Custom_UnionStyle", "id=content_body"],
)  # fmt: skip
def test_the_container_of_each_content_system(attribute):
    assert read(f"<p>访问量：十万</p>{MENU}<div {attribute}>{PROSE}</div><p>版权所有</p>") == TEXT


def test_without_a_known_container_the_densest_block_is_read():
    assert read(f"{MENU}<div><div class=main>{PROSE * 3}</div></div><div class=foot><a>打印</a></div>") == "\n".join(
        [TEXT] * 3
    )


def test_an_empty_container_is_passed_over():
    assert read(f"<div class=TRS_Editor> </div><div class=x>{PROSE}</div>") == TEXT


def test_the_richest_of_nested_containers():
    assert read(f"<div class=TRS_Editor><div class=TRS_Editor>{PROSE}</div></div>") == TEXT


@pytest.mark.parametrize(
    "noise",
    [
        "<script>var a='危险';</script>",
        "<style>p{}</style>",
        "<!-- 注释 -->",
        "<form>搜索<button>提交</button></form>",
        "<nav>导航</nav>",
    ],
)
def test_what_is_no_text_is_left_out(noise):
    assert read(f"<div id=zoom>{PROSE}{noise}</div>") == TEXT


def test_breaks_blocks_and_inline_elements():
    assert read(
        "<div id=zoom>第一行<br/>　　第二行<div>第<b>三</b><span>行</span></div><ul><li>甲<li>乙</ul></div>"
    ) == ("第一行\n第二行\n第三行\n甲\n乙")


def test_line_breaks_of_the_source_are_none_of_the_text():
    assert (
        read("<div id=zoom><p>为了\n    促进<b>跨境</b>\n电商，with\n  partners</p></div>")
        == "为了促进跨境电商，with partners"
    )


def test_line_breaks_of_preformatted_text_count():
    assert read("<div id=zoom><pre>第一条 目的。\n第二条 范围。</pre></div>") == "第一条 目的。\n第二条 范围。"


def test_entities():
    assert read("<div id=zoom><p>A&nbsp;&amp;&#20013;&#x56fd;</p></div>") == "A &中国"


TABLE = (
    "<table><tr><th>序号</th><th>任务</th></tr><tr><td>1</td><td><p>设立</p><p>基金</p></td></tr>"
    "<tr><td></td><td></td></tr><tr><td colspan=2>合计</td></tr></table>"
)


def test_data_rows_become_lines_and_other_rows_text():
    assert read(f"<div id=zoom>{PROSE}{TABLE}</div>") == f"{TEXT}\n序号｜任务\n1｜设立基金\n合计"


def test_tables_that_lay_out_the_page_are_no_data():
    assert read(f"<table><tr><td>{MENU}</td><td><table><tr><td>{PROSE}</td></tr></table></td></tr></table>").endswith(
        TEXT
    )


def test_a_data_table_inside_a_layout_table():
    page = f"<table><tr><td><table><tr><td>{PROSE}</td></tr><tr><td>{TABLE}</td></tr></table></td></tr></table>"
    assert "1｜设立基金" in read(page).split("\n")


def test_a_cell_over_several_rows_stands_in_each():
    rows = (
        "<tr><td rowspan=3>资金</td><td>1</td><td rowspan='2'>财政局</td></tr><tr><td>2</td></tr>"
        "<tr><td>3</td><td>商务局</td></tr><tr><td>人才</td><td>4</td><td rowspan=x>人社局</td></tr>"
    )
    assert (
        read(f"<div id=zoom><table>{rows}</table></div>")
        == "资金｜1｜财政局\n资金｜2｜财政局\n资金｜3｜商务局\n人才｜4｜人社局"
    )


def test_words_of_a_cell_stay_apart():
    assert (
        read("<div id=zoom><table><tr><td>cross\n border</td><td>跨\n 境</td></tr></table></div>")
        == "cross border｜跨境"
    )


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("gb2312", "gb18030"), ("GBK", "gbk"), ("utf-8", "utf-8"), ("big5", "big5"), ("utf-8", "gb18030")],
)
def test_the_charset_of_the_page_is_right_or_not_believed(charset, encoding):
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head>'
    page = f"{head}<body><div id=zoom><p>中文的文件，一心一意</p></div></body></html>"
    assert read(page, encoding) == "中文的文件，一心一意"


WHO, DAY = "商务部 海关总署", "2019年3月5日"


@pytest.mark.parametrize(
    "table",
    [
        f"<table><tr><td><b>发文机关：</b></td><td>{WHO}</td><td>成文日期:</td><td>{DAY}</td></tr></table>",
        f"<ul><li>发文机关：{WHO}</li><li>成文日期: {DAY}</li></ul>",
        f"<p><span>发 文 机 关：</span><span>{WHO}</span></p><p><span>成文日期：</span><span>{DAY}</span></p>",
        f"<dl><dt>发文机关</dt><dd>{WHO}</dd><dt>成文日期</dt><dd>{DAY}</dd></dl>",
        f"<table><tr><th>发文机关</th>\n<td>{WHO}</td></tr><tr><th>成文日期</th><td>{DAY}</td></tr></table>",
    ],
)
def test_the_metadata_table_in_each_form(table):
    assert fields(table) == {"issuers": WHO, "issued_on": DAY}


def test_meta_tags_and_the_table_wins_over_them():
    tags = '<meta name="ArticleTitle" content="关于甲的通知"><meta name="PubDate" content="2019-03-05 10:00">'
    assert fields(tags) == {"title": "关于甲的通知", "published_on": "2019-03-05 10:00"}
    assert fields(f"{tags}<p>标&#12288;&#12288;题：关于乙的通知</p>")["title"] == "关于乙的通知"


def test_a_sentence_is_no_label():
    assert fields("<p>标题党现象：应当治理</p><p>文号</p><span>商发1号</span>") == {}


@pytest.mark.parametrize(
    "page", ["", "<html></html>", "<body><script>render()</script></body>", "<div id=zoom> &nbsp; </div>"]
)
def test_a_page_without_text_is_refused(page):
    with pytest.raises(ReadError, match="no text"):
        read(page)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5000 + PROSE,
        f"<div id=zoom><p><p><div><td>{PROSE}</span></b></tr>",
        f"<div id=zoom>{PROSE}</div>" + "<a <b <c" * 100,
        f"<table><tr><td rowspan=99999999999 colspan=-1><div id=zoom>{PROSE}</div>",
        f"<svg><script><div id=zoom></svg></script>{PROSE}",
    ],
)
def test_hostile_markup_neither_fails_nor_loses_the_text(page):
    assert TEXT.split("\n")[0] in read(page)


def test_a_table_inside_a_cell_of_data_is_text_of_the_cell():
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    rows = f"<tr><td>1</td><td>建设平台。{inner}</td></tr><tr><td>2</td><td>完善标准。</td></tr>"
    page = f"<div id=zoom><table><tr><th>序号</th><th>任务</th></tr>{rows}</table></div>"
    assert read_html(page.encode()).text == "序号｜任务\n1｜建设平台。甲乙\n2｜完善标准。"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("市商务局<br>市财政局", "市商务局 市财政局"),
        ("<p>市发展改革委、市商务局</p><p>市财政局（牵头）</p>", "市发展改革委、市商务局 市财政局（牵头）"),
        ("市市场监督<br>管理局", "市市场监督管理局"),
        ("市商务局、市财<br>政局", "市商务局、市财政局"),
        ("支持建设<br>市场体系", "支持建设市场体系"),
    ],
)
def test_bodies_on_lines_of_a_cell_stay_apart(cell, shown):
    page = f"<table><tr><td>建设平台</td><td>{cell}</td></tr><tr><td>完善标准</td><td>各区</td></tr></table>"
    assert read_html(page.encode()).text.split("\n")[0] == f"建设平台｜{shown}"
