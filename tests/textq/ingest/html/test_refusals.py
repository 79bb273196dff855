"""Pages that are no documents are refused, with what is there instead."""

import pytest

from textq.errors import ReadError, ScannedError
from textq.ingest.html import read_html

PROSE = "<p>为促进跨境电子商务发展，市人民政府设立专项资金。</p>"
LINKS = "".join(f"<li><a href={n}>关于促进发展的若干意见，第{n}号</a><span>2020-01-02</span></li>" for n in range(9))


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<html><frameset cols=1,2><frame src=top.htm><frame src=main.htm></frameset></html>", "frame: top.htm, main"),
        ("<body><iframe src='http://x/y.html'></iframe>", "stands in a frame: http://x/y.html"),
        ("<div id=zoom><iframe src='/web/viewer.html?file=/a/b.pdf'></iframe></div>", "another file: /a/b.pdf"),
        ("<h1>公告</h1><embed src=b.PDF type=application/pdf>", "another file: b.PDF"),
        ("<object data='x/c.ofd'></object>", "another file: x/c.ofd"),
        ("<div id=app></div><script>render()</script><noscript>请开启</noscript>", "filled in by a script"),
        ("<div id=zoom>{{article.content}}</div>", "template"),
        (f"<ul>{LINKS}</ul>", "list of 9 links"),
        (f"<div class=news_content><ul>{LINKS}</ul></div>", "list of 9 links"),
        ("<title>404</title><p>您访问的页面不存在</p>", "error page.*页面不存在"),
    ],
)
def test_what_is_no_document(page, why):
    with pytest.raises(ReadError, match=why):
        read_html(page.encode())


def test_pictures_of_pages():
    with pytest.raises(ScannedError, match="2 pictures"):
        read_html(b"<div id=zoom><img src=1.jpg><img src=2.jpg></div>")


def test_a_document_beside_frames_links_and_pictures_is_read():
    page = f"<iframe src=weather.html></iframe><img src=1.jpg><div id=zoom>{PROSE}</div><ul>{LINKS}</ul>"
    assert read_html(page.encode()).text == "为促进跨境电子商务发展，市人民政府设立专项资金。"


def test_a_page_that_never_ends_is_noted():
    assert read_html(f"<html><body>{PROSE}".encode()).notes
    assert not read_html(f"<html><body>{PROSE}</body></HTML>\n".encode()).notes
    assert not read_html(PROSE.encode()).notes


COVER = "<div id=zoom><p>关于印发实施方案的通知</p><p>杭政〔2015〕44号</p>{}</div>"
FILE = "<p>附件：<a href=P02.pdf>关于印发实施方案的通知.pdf</a></p>"


@pytest.mark.parametrize("page", [COVER.format(FILE), f"<div id=zoom>{FILE}</div>"])
def test_a_page_whose_document_is_attached(page):
    with pytest.raises(ReadError, match=r"in the attached file: P02\.pdf"):
        read_html(page.encode())


def test_a_short_text_with_files_is_read_and_noted():
    extract = read_html(COVER.format(PROSE + FILE).encode())
    assert "设立专项资金。" in extract.text
    assert "offers files" in extract.notes[0]
    assert read_html(COVER.format(PROSE).encode()).notes == ()


@pytest.mark.parametrize(
    "message",
    [
        "502 Bad Gateway",
        "HTTP 错误 403 - 禁止访问：访问被拒绝。",
        "Access Denied",
        "抱歉，找不到您要访问的网页。",
        "HTTP Error 503. The service is unavailable.",
        "404 - 找不到文件或目录。",
        "Error 500--Internal Server Error",
    ],
)
def test_messages_of_servers(message):
    for page in (f"<p>{message}</p>", f"<title>{message}</title><h1>{message}</h1>"):
        with pytest.raises(ReadError, match="error page"):
            read_html(page.encode())


def test_a_long_message_is_known_by_its_title():
    with pytest.raises(ReadError, match="error page"):
        read_html(
            f"<title>IIS 10.0 详细错误 - 404.0 - Not Found</title>{'<p>最可能的原因：拼写错误。</p>' * 40}".encode()
        )


@pytest.mark.parametrize("text", ["补助500万元。", "国发〔2015〕404号。", "错误率不高于5%，共403家企业。"])
def test_numbers_are_no_messages(text):
    assert read_html(f"<title>关于补助的通知</title><div id=zoom>{text}</div>".encode()).text == text
