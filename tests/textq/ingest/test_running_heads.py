"""Running heads: those of even and odd pages, with numbers in them, and what browsers print."""

import pytest

from textq.ingest.lines import Line
from textq.ingest.pdf.running_heads import drop_running_heads

HEIGHT = 842.0
TEXT = "市人民政府每年安排专项资金五千万元，"


def line(text: str, page: int, top: float, size: float = 9) -> Line:
    return Line(text, page, 80, 500, top, top + size, size)


def find_kept(heads: list[str], *, foot: bool = False, size: float = 9) -> list[str]:
    """Return what is left of the heads (or feet) of some pages of text."""
    top = 800 if foot else 30
    lines = []
    for page, head in enumerate(heads, 1):
        body = [line(f"{TEXT}{page}{at}", page, 100 + 28 * at, 16) for at in range(20)]
        lines += [*body, line(head, page, top, size)] if foot else [line(head, page, top, size), *body]
    kept = drop_running_heads(lines, dict.fromkeys(range(1, len(heads) + 1), HEIGHT))
    return [one.text for one in kept if not one.text.startswith(TEXT)]


@pytest.mark.parametrize("pages", [4, 5, 6])
def test_heads_of_even_and_odd_pages_of_a_short_document(pages):
    assert find_kept(["云湖市人民政府公报", "2021年第3期（总第12期）"] * (pages // 2)) == []


def test_a_line_on_two_pages_that_are_not_alternate_is_text():
    heads = ["实施方案", "甲方", "乙方", "丙方", "丁方"]
    assert find_kept([*heads, "实施方案"]) == [*heads, "实施方案"]


def test_a_line_in_larger_type_on_alternate_pages_is_text():
    assert find_kept(["实施方案", "甲方", "实施方案", "丙方"], size=22) == ["实施方案", "甲方", "实施方案", "丙方"]


@pytest.mark.parametrize(
    "form", ["http://a.gov.cn/2015/6/30/art_1_2.html {}/7", "第3期 第{}页 共7页 2015年", "{} / 7 云湖"]
)
def test_the_number_of_the_page_may_stand_anywhere_among_others(form):
    assert find_kept([form.format(page) for page in range(1, 8)], foot=True, size=16) == []


@pytest.mark.parametrize(
    ("text", "foot"),
    [
        ("11/22/26, 8:06 AM关于印发方案的通知", False),
        ("2026/11/22 08:06 通知", False),
        ("https://a.gov.cn/b.html 1/1", True),
    ],
)
def test_what_a_browser_prints_is_dropped_from_one_page(text, foot):
    assert find_kept([text], foot=foot) == []
    assert find_kept([text], foot=foot, size=16) == [text]


@pytest.mark.parametrize("text", ["2026/11/22 会议", "https://a.gov.cn/b.html", "8:06 通知"])
def test_other_small_lines_at_the_edge_stay(text):
    assert find_kept([text], foot=True) == [text]
