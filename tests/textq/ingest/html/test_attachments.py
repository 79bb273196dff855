"""The files that a page offers."""

import pytest

from textq.ingest.html import read_html
from textq.ingest.html.attachments import is_file
from textq.records import Attachment

PROSE = "<p>为促进跨境电子商务发展，市人民政府设立专项资金。</p>"
TEXT = "为促进跨境电子商务发展，市人民政府设立专项资金。"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("/a/P02.docx", ""), ("x.WPS", ""), ("x.pdf?v=1", ""), ("/download?name=%E6%96%B9%E6%A1%88.pdf", ""),
        ("/dl?id=3", "方案.doc"), ("/dl?id=3", "附件1：方案.zip（2MB）"), ("http://[x.pdf", "方案.ofd"),
    ],
)  # fmt: skip
def test_files(link, shown):
    assert is_file(link, shown)


@pytest.mark.parametrize(
    "link", ["/a.html", "/a.shtml", "#x.pdf", "javascript:open('x.pdf')", "/pdf/", "http://a.doc.cn/"]
)
def test_other_links(link):
    assert not is_file(link, "关于甲的通知")


def test_files_inside_and_below_a_text_and_their_names_are_no_text():
    page = (
        f"<body><a href=guide.pdf>办事指南</a><div class=w><div id=zoom>{PROSE}<p>附件：1.<a href=1.docx>任务表</a></p>"
        "<p>某市人民政府</p><p>附件：<a href=/x.zip>材料.zip</a>（12KB）</p></div>"
        "<div><a href=2.xlsx title=汇总表>下载</a><a href=2.xlsx>再次下载</a></div></div>"
        "<div><a href=year.pdf>年报</a></div>"
    )
    extract = read_html(page.encode())
    assert extract.attachments == (
        Attachment("任务表", "1.docx"), Attachment("材料.zip", "/x.zip"), Attachment("汇总表", "2.xlsx"),
    )  # fmt: skip
    assert extract.text == f"{TEXT}\n附件：1.任务表\n某市人民政府"


def test_links_below_a_text_are_none_of_it():
    page = f"<div id=zoom>{PROSE}<p><a href=1>一图读懂</a></p><p><a href=2>我市出台新政</a></p></div>"
    assert read_html(page.encode()).text == TEXT
