"""Pages made to take a reader's time or memory."""

import time

import pytest

from textq.errors import ReadError
from textq.ingest.html import read_html

PROSE = "<p>为促进跨境电子商务发展，市人民政府设立专项资金。</p>"
TEXT = "为促进跨境电子商务发展，市人民政府设立专项资金。"
MOST_SECONDS = 4.0
"""Ten times what the slowest takes on an idle machine; a quadratic step takes minutes."""


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5000 + PROSE,
        "<div>成文日期：" * 3000 + PROSE,
        "<table><tr><td>" * 3000 + PROSE,
        f"<p>{' ' * 500_000}</p>{PROSE}",
        "<table>" + "<tr><td>甲<td>乙<td><table><tr><td>丙<td>丁</table></tr>" * 3000 + "</table>" + PROSE,
        "<p>" + " \n" * 200_000 + PROSE,
        "<p>" + "<b> </b>\n" * 10_000 + PROSE,
        f"<p>{'&nbsp;' * 100_000}</p>{PROSE}",
        "<a href=x>甲</a>" * 5000 + PROSE,
        "<title>" + "甲-" * 50_000 + "</title>" + PROSE,
        f'<div class="{"a-" * 200_000}" style="{"display:" * 100_000}">{PROSE}</div>',
        "<meta " + "charset " * 50_000 + ">" + PROSE,
        "<" * 300_000 + PROSE,
        f"<div id=js_content>{PROSE}</div><script>" + 'ct = "' * 100_000 + "</script>",
    ],
)  # fmt: skip
def test_a_page_of_much_nothing_is_read_in_little_time(page):
    start = time.process_time()
    assert TEXT in read_html(page.encode()).text
    assert time.process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<div>" * 100_000 + PROSE, "nest too deep"),
        ("<ul><li>" * 50_000 + PROSE, "nest too deep"),
        ("<p " + " ".join(f"a{n}=" for n in range(300_000)) + ">" + PROSE, "too many attributes"),
        ("".join(f"<font color={n}>" for n in range(3000)) + "<p>甲" * 5000, "nest too deep"),
        ("<table>" + "<tr><td rowspan=9999>甲<td rowspan=9999>乙</tr>" * 2000 + "</table>" + PROSE, "1000 columns"),
        (
            f"<table><tr><td rowspan=9999>{'甲' * 9000}<td>乙</tr>{'<tr><td>乙</tr>' * 9999}</table>",
            "repeats its cells",
        ),
    ],
)
def test_a_page_without_measure_is_refused_in_little_time(page, why):
    start = time.process_time()
    with pytest.raises(ReadError, match=why):
        read_html(page.encode())
    assert time.process_time() - start < MOST_SECONDS
