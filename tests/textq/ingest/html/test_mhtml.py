"""Pages saved with all they show in one file."""

from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

import pytest

from textq.errors import ReadError, ScannedError
from textq.ingest.html import read_mhtml

PROSE = "<div id=zoom><p>为促进跨境电子商务发展，市人民政府设立专项资金。</p></div>"
TEXT = "为促进跨境电子商务发展，市人民政府设立专项资金。"


def save(*pages: str, charset: str = "utf-8", stated: str | None = None, transfer: str = "base64") -> bytes:
    """Return the file that a browser writes for pages, the root first."""
    whole = MIMEMultipart("related", type="text/html")
    for page in pages:
        part = EmailMessage()
        part.set_content(page.encode(charset), "text", "html", cte=transfer)
        if stated:
            part.set_param("charset", stated)
        whole.attach(part)
    picture = MIMENonMultipart("image", "png")
    picture.set_payload("aGFsbG8=")
    whole.attach(picture)
    return whole.as_bytes()


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable"])
@pytest.mark.parametrize(
    ("charset", "stated"), [("utf-8", "utf-8"), ("gbk", "gb2312"), ("gbk", None), ("big5", "big5")]
)
def test_a_page_in_each_encoding(charset, stated, transfer):
    page = PROSE if charset != "big5" else "<div id=zoom><p>關於促進貿易發展的若干意見。</p></div>"
    text = read_mhtml(save(page, charset=charset, stated=stated, transfer=transfer)).text
    assert text == (TEXT if charset != "big5" else "關於促進貿易發展的若干意見。")


def test_the_longest_text_of_a_page_of_frames():
    extract = read_mhtml(save("<frameset><frame src='cid:1'><frame src='cid:2'></frameset>", "<p>目录</p>", PROSE))
    assert extract.text == TEXT
    assert extract.notes == ("the text stands in a frame of the saved page",)


def test_frames_beside_a_text_are_not_read():
    assert read_mhtml(save(PROSE, PROSE * 3)).text == TEXT


def test_what_is_refused():
    for data in (b"", b"plain words", save("<p> </p>")):
        with pytest.raises(ReadError):
            read_mhtml(data)
    with pytest.raises(ScannedError):
        read_mhtml(save("<img src=1.jpg>"))


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(kept):
    data = save(PROSE * 40)
    with pytest.raises(ReadError, match="cut off"):
        read_mhtml(data[: int(len(data) * kept)])
