import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.segment.quotations import LONGEST_QUOTATION, Quotations, find_quotations


def quote(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("修改为：“第五条　旧文。”", ["“第五条　旧文。”"]),
        ("修改为：“第五条\n“（一）补助；\n“（二）贴息。”", ["“第五条\n“（一）补助；\n“（二）贴息。”"]),
        ("「甲『乙』丙」", ["「甲『乙』丙」"]),
        ("“一事一议”和“双随机”", ["“一事一议”", "“双随机”"]),
        ("根据《关于〈甲〉的通知》", ["《关于〈甲〉的通知》"]),
        ("修改为：“按照“一事一议”办理。”", ["“按照“一事一议”办理。”"]),
        ('建设"单一窗口"和"双随机"', ['"单一窗口"', '"双随机"']),
        ('修改为:"第五条　旧文。\n区负责。"\n二、', ['"第五条　旧文。\n区负责。"']),
        ('修改为："第五条　旧文。\n"（一）补助；\n"（二）贴息。"', ['"第五条　旧文。\n"（一）补助；\n"（二）贴息。"']),
        ('修改为："第五条　旧文。\n二、作为第八条："新文。"', ['"新文。"']),
        ('修改为："对下列企业给予补助："\n二、"甲"', ['"对下列企业给予补助："', '"甲"']),
        ('修改为："建设“单一窗口”。"', ['"建设“单一窗口”。"']),
    ],
)
def test_quotations(text, quoted):
    assert quote(text) == quoted


@pytest.mark.parametrize(
    "text",
    [
        "所称“企业，是指单位。\n第六条　其他”",
        "修改为：“第五条　旧文。\n二、其他",
        "）”」",
        "“" + "甲" * LONGEST_QUOTATION + "”",
        "《甲\n乙》",
        '12"的屏幕。\n三、15"的屏幕',
        '修改为："' + "甲" * LONGEST_QUOTATION + '"',
    ],
)
def test_a_mark_without_its_partner_hides_nothing(text):
    assert quote(text) == []


def test_a_forgotten_closing_mark_does_not_spoil_the_next_quotation():
    assert quote("改为：“旧文。\n二、改为：“新文。”") == ["“新文。”"]


@given(st.text(alphabet="“”「」『』《》：。\n甲", max_size=60))
def test_quotations_are_in_order_and_begin_and_end_with_marks(text):
    position = 0
    for span in find_quotations(text):
        assert position <= span.start < span.end
        assert text[span.start] in "“「『《"
        assert text[span.end - 1] in "”」』》"
        position = span.end


@given(st.text(alphabet="“”：\n甲", max_size=40), st.integers(0, 40))
def test_a_position_is_quoted_if_it_lies_behind_an_opening_mark(text, position):
    spans = find_quotations(text)
    inside = [span for span in spans if span.start < position < span.end]
    assert Quotations(text).find(position) == (inside[0] if inside else None)
    opening = [span for span in spans if span.start == position]
    assert Quotations(text).begins(position) == (opening[0] if opening else None)
