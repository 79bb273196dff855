"""Pages put together at random: whatever stands around a document, it comes back whole and alone."""

from random import Random

import pytest

from textq.ingest.html import read_html

SUBJECTS = ("市商务局", "各县（市、区）人民政府", "海关部门", "综合试验区管理机构", "金融机构", "行业协会", "税务部门")
DEEDS = ("应当", "负责", "可以依法", "会同有关部门", "鼓励并支持企业", "按照职责分工")
OBJECTS = ("建设公共海外仓", "完善统计监测制度", "优化通关流程", "培育品牌和龙头企业", "设立专项资金", "开展业务培训")
ENDS = ("，提高贸易便利化水平。", "；具体办法另行制定。", "，并于每季度末报告进展情况。", "，所需经费列入年度预算。")
WORDS = ("首页", "政务公开", "办事服务", "互动交流", "数据开放", "领导信箱", "通知公告", "统计数据", "专题专栏")
HEADLINES = ("我市召开外贸推进会", "全市重大项目集中开工", "市领导调研综合保税区", "一图读懂新政策", "便民服务再升级")
NAMES = ("a1", "wrap", "clearfix", "box-3", "w1000", "mt10", "fl", "col_x", "xxnr", "bg2", "zw9")


def write_document(random: Random) -> list[str]:
    """Return paragraphs of a made document: an addressee, numbered provisions, headings, a signature."""
    lines = ["各有关单位："]
    for chapter in range(random.randint(1, 4)):
        lines.append(f"{'一二三四'[chapter]}、{random.choice(OBJECTS)}")
        for item in range(random.randint(1, 6)):
            sentences = (
                f"{random.choice(SUBJECTS)}{random.choice(DEEDS)}{random.choice(OBJECTS)}{random.choice(ENDS)}"
                for _ in range(random.randint(1, 5))
            )
            lines.append(f"（{'一二三四五六'[item]}）{''.join(sentences)}")
    day = f"{random.randint(2005, 2024)}年{random.randint(1, 12)}月{random.randint(1, 28)}日"
    return [*lines, "某市人民政府办公室", day]


def mark_up(lines: list[str], random: Random) -> str:
    """Write paragraphs in one of the ways in which publishers write them."""
    way = random.randrange(6)
    if way == 0:
        return "".join(f"<p>{line}</p>\n" for line in lines)
    if way == 1:
        return "<br/>\n".join(f"　　{line}" for line in lines)
    if way == 2:
        return "".join(f'<div style="text-indent:2em"><span>{line}</span></div>' for line in lines)
    if way == 3:
        cut = [random.randrange(len(line)) for line in lines]
        return "".join(f"<p><font size=3>{x[:c]}<b>{x[c:]}</b></font></p>" for x, c in zip(lines, cut, strict=True))
    if way == 4:
        return "".join(f"<P>&nbsp;&nbsp;&nbsp;&nbsp;{line}\n" for line in lines)
    half = len(lines) // 2
    parts = ("".join(f"<p>{line}</p>" for line in part) for part in (lines[:half], lines[half:]))
    return "".join(f"<div>{part}</div>" for part in parts)


def make_noise(random: Random) -> str:
    """Return something that stands on pages beside documents."""
    headlines = random.choices(HEADLINES, k=random.randint(4, 15))
    links = "".join(f'<li><a href="/{at}.html">{line}</a></li>' for at, line in enumerate(headlines))
    menu = "".join(f'<a href="/{word}/">{word}</a> | ' for word in random.sample(WORDS, 6))
    return random.choice((
        f"<ul>{links}</ul>",
        f"<div><h3>相关阅读</h3><ul>{links}</ul></div>",
        f"<div>{menu}</div>",
        '<div>当前位置：<a href="/">首页</a> &gt; <a href="/x">政务公开</a></div>',
        '<form action="/s"><input name=q><select><option>全站</option></select><button>搜索</button></form>',
        "<div>主办单位：某市人民政府办公室　网站标识码：3300000001</div><div>浙ICP备05000000号-1</div>",
        '<div><img src="ewm.png">扫一扫在手机打开当前页</div>',
        "<div>【打印本页】【关闭窗口】</div>",
        '<div>上一篇：<a href="/1">我市召开外贸工作推进会</a></div><div>下一篇：没有了</div>',
        "<script>document.write('今天是星期二，欢迎访问，请登录。');</script>",
        '<div style="display:none">隐藏的提示：请使用新版浏览器，谢谢。</div>',
        f'<dl>{"".join(f"<dd><a href=#>{line}</a> 03-05</dd>" for line in HEADLINES)}</dl>',
    ))  # fmt: skip


def wrap(text: str, random: Random) -> str:
    """Put markup around a text: boxes, columns, noise before and after it."""
    before, after = make_noise(random), make_noise(random)
    name = random.choice(NAMES)
    return random.choice((
        f'<div class="{name}">{text}</div>',
        f'{before}<div id="{name}">{text}</div>{after}',
        f"<table><tr><td width=200>{before}</td><td>{text}</td></tr></table>{after}",
        f"<table><tr><td>{before}</td></tr><tr><td>{text}</td></tr><tr><td>{after}</td></tr></table>",
        f'<div class="{name}"><div>{before}{after}</div><section>{text}</section></div>',
        f"<center>{text}</center>{after}",
    ))  # fmt: skip


@pytest.mark.parametrize("seed", range(300))
def test_a_document_comes_back_whole_and_alone(seed):
    random = Random(seed)
    lines = write_document(random)
    page = f"<div>{mark_up(lines, random)}</div>"
    for _ in range(random.randint(1, 6)):
        page = wrap(page, random)
    assert read_html(f"<html><body>{make_noise(random)}{page}</body></html>".encode()).text.split("\n") == lines
