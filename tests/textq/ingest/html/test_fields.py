"""What a page states about its document."""

import pytest

from textq.ingest.html import read_html

PROSE = "<p>为促进跨境电子商务发展，市人民政府设立专项资金。</p><p>一、加大投入。</p>"
TEXT = "为促进跨境电子商务发展，市人民政府设立专项资金。\n一、加大投入。"
BODY = f"<div id=zoom>{PROSE}</div>"
STATED = {"doc_number": "甬政发〔2019〕3号", "published_on": "2019-03-05"}


def fields(page: str) -> dict[str, str]:
    return dict(read_html(page.encode()).fields)


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>索 引 号</td><td>1</td><td>发 文 字 号</td><td>甬政发〔2019〕3号</td></tr>"
        "<tr><td>主题词</td><td></td><td>发布日期</td><td>2019-03-05</td></tr></table>",
        "<div><span><b>索引号：</b>01</span><span><b>文号：</b>甬政发〔2019〕3号</span><i>发布日期：</i>2019-03-05</div>",
        "<p>【文号】：甬政发〔2019〕3号　【发布日期】：2019-03-05</p>",
        "<dl><dt>文　　号：</dt><dd>甬政发〔2019〕3号</dd><dt>发布日期</dt><dd>2019-03-05</dd></dl>",
        "<ul><li><label>文号：</label>甬政发〔2019〕3号</li><li><strong>发布日期</strong>：<em>2019-03-05</em></li></ul>",
        "<div>文号：</div><div>甬政发〔2019〕3号</div><div>发布日期：</div><div>2019-03-05</div>",
    ],
)
def test_pairs_of_label_and_value_inside_and_outside_the_text(table):
    assert fields(table + BODY) == STATED
    inside = read_html(f"<div id=zoom>{table}{PROSE}</div>".encode())
    assert dict(inside.fields) == STATED


def test_the_pairs_above_a_text_are_none_of_it():
    table = "<table><tr><td>索引号</td><td>1</td><td>文号</td><td>甬政发〔2019〕3号</td></tr></table>"
    bar = "<p>发布时间：2019-03-05 10:00　来源：市商务局　字体：【大 中 小】</p>"
    assert read_html(f"<div id=zoom>{table}{bar}{PROSE}</div>".encode()).text == TEXT


def test_a_form_inside_the_text_states_nothing():
    form = "<table><tr><td>单位名称</td><td>甲</td><td>发文日期</td><td>2011-01-01</td></tr></table>"
    assert fields(f"<div id=zoom>{PROSE}{form}<p>文号：某发〔2000〕1号</p></div>") == {}


@pytest.mark.parametrize("name", ["article:published_time", "og:article:published_time"])
def test_open_graph(name):
    tags = (
        f'<meta property="og:title" content="关于甲的通知"><meta property="{name}" content="2019-03-05T10:00:00+08:00">'
    )
    assert fields(tags + BODY) == {"title": "关于甲的通知", "published_on": "2019-03-05T10:00:00+08:00"}


def test_the_publisher_s_own_tags_win_over_open_graph():
    tags = '<meta property="og:title" content="甲 - 某网"><meta name="articletitle" content="关于甲的通知">'
    assert fields(tags + BODY)["title"] == "关于甲的通知"


@pytest.mark.parametrize("name", ["ContentSource", "keywords", "author"])
def test_who_put_a_page_up_is_not_its_issuer(name):
    assert fields(f'<meta name="{name}" content="某市商务局">{BODY}') == {}


def test_a_heading_that_the_title_of_the_page_confirms():
    page = "<title>{}</title><h1>某市人民政府门户网站</h1><h2>{}</h2>" + BODY
    assert fields(page.format("某市人民政府关于甲的通知_某市人民政府门户网站", "某市人民政府关于甲的通知")) == {
        "title": "某市人民政府关于甲的通知"
    }
    assert fields(page.format("某市人民政府门户网站", "某市人民政府关于甲的通知")) == {}


@pytest.mark.parametrize(
    ("script", "day"),
    [
        ('var ct = "1647310000";', "2022-03-15"),
        ('var ct="1647273600"', "2022-03-15"),
        ("var createTime = '2022-03-15 08:30';", "2022-03-15"),
    ],
)
def test_an_article_of_wechat(script, day):
    page = f"<h1 id=activity-name>\n 关于甲的通知 </h1><div id=js_content>{PROSE}</div><script>{script}</script>"
    assert fields(page) == {"title": "关于甲的通知", "published_on": day}
    assert "published_on" not in fields(f"{BODY}<script>{script}</script>")
