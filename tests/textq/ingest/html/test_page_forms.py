"""Pages in the manner of many sites: the text of the document comes back whole and alone."""

from difflib import SequenceMatcher

import pytest

from textq.ingest.html import read_html

TITLE = "某市人民政府关于促进跨境电子商务高质量发展的实施意见"
PARAGRAPHS = (
    "各县（市、区）人民政府，市直有关单位：",
    "为贯彻落实国家关于发展外贸新业态新模式的决策部署，加快建设跨境电子商务综合试验区，现提出如下实施意见。",
    "一、总体要求",
    "坚持市场主导、政府引导，到2025年，全市跨境电子商务进出口额年均增长20%以上，培育龙头企业10家。",
    "二、主要任务",
    "（一）支持建设公共海外仓。对新建海外仓面积超过2000平方米的企业，给予不超过200万元的一次性补助。",
    "（二）优化通关监管。推行“提前申报、货到验放”，压缩整体通关时间，企业可自主选择申报口岸。",
    "（三）加大金融支持；鼓励银行开发适合小微企业的信贷产品，政府性融资担保机构降低费率至1%以下。",
    "三、保障措施",
    "市商务局会同海关、税务、外汇等部门建立联席会议制度，每季度通报进展，重大事项报市政府研究。",
    "本意见自发布之日起施行，有效期三年。",
    "某市人民政府",
    "2022年3月15日",
)
TEXT = "\n".join(PARAGRAPHS)
NAMES = ("政务公开", "互动交流", "办事服务", "走进某市", "领导之窗", "规划计划", "财政资金", "人事信息")
NEWS = [f"我市召开第{n}次外贸工作推进会议部署下一阶段工作" for n in range(1, 13)]


def tag(name: str, lines: "tuple[str, ...] | list[str]" = PARAGRAPHS) -> str:
    """Put each line into an element of its own."""
    return "".join(f"<{name}>{line}</{name.split()[0]}>" for line in lines)


MENU = "".join(f'<li><a href="/col{at}/index.html">{name}</a></li>' for at, name in enumerate(NAMES))
RELATED = "".join(
    f'<li><a href="/art/{at}.html">{line}</a><span>03-{at:02d}</span></li>' for at, line in enumerate(NEWS)
)
FOOT = (
    "<p>主办：某市人民政府办公室　承办：某市大数据局</p><p>地址：某市人民路1号　邮编：310000</p>"
    "<p>浙ICP备05000000号-1　浙公网安备 33010602000000号</p><p>网站标识码：3300000001</p>"
)
INFO = "<div>发布时间：2022-03-16 10:20　来源：某市商务局　浏览次数：<span>128</span>　字体：【大 中 小】</div>"
CONTROLS = "<div>【打印本页】【关闭窗口】</div><div>分享到：<a href=#>微信</a><a href=#>微博</a></div>"
PS = tag("p")
OPEN_PS = "".join(f"<p>{line}" for line in PARAGRAPHS)
FIRST_HALF, SECOND_HALF = tag("p", PARAGRAPHS[:6]), tag("p", PARAGRAPHS[6:])
BREAKS = "<br>\n".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in PARAGRAPHS)
INDENTED = "\n".join(f"　　{line}" for line in PARAGRAPHS)
SPANS = "".join(
    f'<p style="text-indent:2em"><span style="font-family:仿宋_GB2312;font-size:16pt">{line[:7]}</span>'
    f'<span style="font-size:16pt"><font face="仿宋">{line[7:]}</font></span></p>\n'
    for line in PARAGRAPHS
)
SECTIONS = "".join(f"<section><p><span leaf>{line}</span></p></section><p><br></p>" for line in PARAGRAPHS)
BOXES = "".join(f"<div>　　{line}</div><div>&nbsp;</div>" for line in PARAGRAPHS)
OF_WORD = "".join(
    f"<p class=MsoNormal><span lang=EN-US>\n</span><span style=color:black>{line}<o:p></o:p></span></p>"
    for line in PARAGRAPHS
)
TOP_MENU = "".join(f"<td><a href=/{name}>{name}</a></td>" for name in NAMES)
SIDE_MENU = "".join(f"<tr><td>·<a href=#>{line}</a></td></tr>" for line in NEWS)
OLD_PAGE = (
    '<table width="778" border="0" align="center"><tr><td background="top.gif"><img src="logo.gif"></td></tr>'
    f"<tr><td><table><tr>{TOP_MENU}</tr></table></td></tr>"
    f'<tr><td><table width="100%"><tr><td width="180" valign="top"><table>{SIDE_MENU}</table></td>'
    f'<td valign="top"><table><tr><td align="center"><font size="4" color="red"><b>{TITLE}</b></font></td></tr>'
    "<tr><td align=center>2008-03-15　来源：某市政府办　【字体：<a href=#>大</a> <a href=#>中</a>】</td></tr>"
    f'<tr><td class="p14"><font size="3">{BREAKS}</font></td></tr></table></td></tr></table></td></tr>'
    f"<tr><td align=center>版权所有：某市人民政府<br>{FOOT}</td></tr></table>"
)


def frame(main: str) -> str:
    """Put head, menus and foot of a site around the part of a page that differs."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}_某市人民政府</title></head><body>'
        f'<div class="top"><ul class="nav">{MENU}</ul></div><div class="place">当前位置：<a href="/">首页</a> &gt; '
        f'<a href="/wj">文件</a></div>{main}<div class="bottom">{FOOT}</div></body></html>'
    )


FORMS = {
    "old nested tables": f"<html><head><title>{TITLE}</title></head><body>{OLD_PAGE}</body></html>",
    "UCAP": frame(
        f'<div class="pages-title">{TITLE}</div>{INFO}<div class="pages_content"><table><tr>'
        f'<td id="UCAP-CONTENT">{SPANS}</td></tr></table></div>{CONTROLS}'
    ),
    "a table without names": frame(
        f'<table><tr><td class="bt1">{TITLE}</td></tr><tr><td class="p1">{BREAKS}</td></tr></table>'
    ),
    "TRS": frame(
        f"<h1>{TITLE}</h1>{INFO}<div class=TRS_Editor><style>.TRS_Editor P{{margin:0}}</style>"
        f"<div class=TRS_Editor>{SPANS}</div></div>{CONTROLS}<ul>{RELATED}</ul>"
    ),
    "TRS, in two editors": frame(
        f"<div class=TRS_Editor>{FIRST_HALF}</div><div class=TRS_Editor>{SECOND_HALF}</div><ul>{RELATED}</ul>"
    ),
    "jpage": frame(
        f'<div id="c"><table><tr><td class=title>{TITLE}</td></tr><tr><td>{INFO}</td></tr><tr><td><div id="zoom">'
        f'<!--ZJEG_RSS.content.begin--><meta name="ContentStart">{SPANS}<meta name="ContentEnd"></div></td></tr>'
        f"</table></div>{CONTROLS}"
    ),
    "a form around the page": frame(
        '<form id="aspnetForm" method="post"><input type=hidden value="dDwtMTA">'
        f"<div class=main><div class=bt>{TITLE}</div><div class=nr>{PS}</div></div></form>"
    ),
    "WeChat": (
        f'<html><body><h1 id="activity-name">{TITLE}</h1><a id="js_name">某市商务</a><em id="publish_time"></em>'
        f'<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0; ">{SECTIONS}</div>'
        '<p>预览时标签不可点</p><script>var ct = "1647310000";</script></body></html>'
    ),
    "vsb": frame(
        f'<form name="_newscontent"><div class="content-title">{TITLE}</div>{INFO}<div id="vsb_content">'
        f'<div class="v_news_content">{PS}</div></div></form><ul style="list-style:none"><li>附件【'
        '<a href="/download.jsp?wbfileid=1">实施意见.pdf</a>】已下载<span>3</span>次</li></ul>'
    ),
    "unknown names": frame(
        f'<div class="w1200"><div class="l-con"><h2>{TITLE}</h2>{INFO}<div class="wz-nr">{PS}</div>{CONTROLS}</div>'
        f'<div class="r-con"><h3>最新动态</h3><ul>{RELATED}</ul></div></div>'
    ),
    "signature apart": frame(
        f"<div><div class=m>{tag('p', PARAGRAPHS[:-2])}</div><div class=q>{tag('p', PARAGRAPHS[-2:])}</div></div>"
    ),
    "links between two parts": frame(
        f"<div><div class=m>{FIRST_HALF}</div><div><a href=1>{NEWS[0]}</a></div><div class=m>{SECOND_HALF}</div></div>"
    ),
    "HTML 5": frame(
        f"<main><article><header><h1>{TITLE}</h1></header>{PS}<footer>责任编辑：张三</footer></article>"
        f"<aside><h2>推荐</h2><ul>{RELATED}</ul></aside></main>"
    ),
    "a font as container": frame(
        f'<div class="law"><p align=center>{TITLE}</p><div id="Zoom"><font id="zoom">{BREAKS}</font></div></div>'
    ),
    "preformatted": frame(f"<pre>{INDENTED}</pre>"),
    "boxes as paragraphs": frame(
        f'<div class="con">{BOXES}</div><div class="xg"><h3>相关链接</h3><ul>{RELATED}</ul></div>'
    ),
    "nothing closed": f"<html><body><table><tr><td><ul>{MENU}</ul><tr><td><div><font size=3>{OPEN_PS}<tr><td>{FOOT}",
    "a bookmark around all": frame(f'<div class=con><a name="top">{PS}</a></div><ul>{RELATED}</ul>'),
    "a span as container": frame(f'<div class=w><span id="zoom">{BREAKS}</span></div><div>{CONTROLS}</div>'),
    "a hidden twin": frame(f'<div style="display: none" class=mobile>{PS}</div><div class=pc>{PS}</div>'),
    "prose in a side column": frame(
        f"<table><tr><td class=l><p>天气预报：今天多云，北风三级。</p><ul>{RELATED}</ul></td>"
        f"<td><div>{PS}</div></td></tr></table>"
    ),
    "named as print area": frame(f'<div id="printArea">{PS}</div><div>{CONTROLS}</div>'),
    "Word": f"<html><body lang=ZH-CN><div class=WordSection1>{OF_WORD}</div></body></html>",
}


def compare(found: str, true: str) -> tuple[float, float]:
    """Return precision and recall by characters of the lines that both have in one order."""
    ours, theirs = found.split("\n"), true.split("\n")
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    common = sum(len(line) for block in blocks for line in ours[block.a : block.a + block.size])
    return common / max(1, sum(map(len, ours))), common / sum(map(len, theirs))


@pytest.mark.parametrize("form", FORMS)
def test_the_text_comes_back_whole_and_alone(form):
    found = read_html(FORMS[form].encode()).text
    precision, recall = compare(found.removeprefix(f"{TITLE}\n"), TEXT)
    assert min(precision, recall) >= 0.99, found
