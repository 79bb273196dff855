import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.errors import ReadError
from textq.ingest.decode import decode_text

SIMPLIFIED = "关于促进跨境电子商务发展的若干意见：设立专项资金5000万元，对符合条件的企业给予补助。\n"
TRADITIONAL = "關於促進跨境電子商務發展的若干意見：設立專項資金，對符合條件的企業給予補助。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_simplified_chinese_in_each_encoding(encoding):
    assert decode_text(SIMPLIFIED.encode(encoding)) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["big5", "utf-8", "utf-16-le", "gb18030"])
def test_traditional_chinese_in_each_encoding(encoding):
    assert decode_text(TRADITIONAL.encode(encoding)) == TRADITIONAL


def test_big_endian_with_a_mark():
    assert decode_text(b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be")) == SIMPLIFIED


@settings(deadline=None)
@given(st.text(alphabet="促进跨境电子商务发展，。\n2019a", min_size=1))
def test_utf_8_is_always_kept(text):
    assert decode_text(text.encode()) == text


def test_ascii_and_nothing():
    assert decode_text(b"Notice, 2019.") == "Notice, 2019."
    assert decode_text(b"") == ""


def test_a_stray_nul_does_not_spoil_a_text():
    assert decode_text(SIMPLIFIED.encode() + b"\x00") == SIMPLIFIED + "\x00"


def test_what_is_declared_counts_only_if_it_reads_better():
    assert decode_text(SIMPLIFIED.encode("gb18030"), declared="big5") == SIMPLIFIED
    assert decode_text(TRADITIONAL.encode("big5"), declared="big5") == TRADITIONAL
    assert decode_text(SIMPLIFIED.encode("gb18030"), declared="no-such-encoding") == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_bytes_that_break_the_promise_of_their_mark_are_refused(encoding):
    cut = SIMPLIFIED.rstrip("。\n").encode(encoding)[:-1]
    with pytest.raises(ReadError, match="damaged or cut off"):
        decode_text(cut)


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)) * 20, b"\xff" * 300, b"\x00" * 300]
)
def test_binary_data_is_refused(data):
    with pytest.raises(ReadError):
        decode_text(data)


def test_utf_8_cut_inside_a_character_is_never_read_as_debris():
    with pytest.raises(ReadError, match="encoding cannot be told"):
        decode_text((SIMPLIFIED * 20).encode()[:-2])


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb_2312-80", "utf-8", None])
def test_a_page_mostly_of_tags_in_gbk(declared):
    page = '<div class="content"><p align="center">' * 20 + SIMPLIFIED
    assert decode_text(page.encode("gbk"), declared=declared) == page


@pytest.mark.parametrize("encoding", ["big5hkscs", "cp950"])
def test_extensions_of_big5(encoding):
    text = TRADITIONAL + ("恒" if encoding == "cp950" else "鍳")
    assert decode_text(text.encode(encoding), declared="big5") == text


def test_two_characters_of_gbk_that_are_utf_8_by_chance():
    data = "暇".encode("gbk")
    assert decode_text(data) == data.decode("utf-8")
    assert decode_text(data, declared="gb2312") == "暇"


def test_ascii_does_not_make_debris_readable():
    with pytest.raises(ReadError, match="UTF-8 breaks at byte 100 of"):
        decode_text(b"<" * 100 + "日本の政策について、これは重要です。".encode("shift_jis"))


def test_text_that_is_cut_off_inside_a_character_is_told_so():
    data = "支持企业建设海外仓。".encode("gb18030")[:-1]
    with pytest.raises(ReadError, match=f"GB18030 breaks at byte {len(data) - 1} of {len(data)}: cut off"):
        decode_text(data)
