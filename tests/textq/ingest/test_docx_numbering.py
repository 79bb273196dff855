"""The numbers that Word makes: rules for counting → labels."""

import pytest

from tests.textq.ingest.made_docx import abstract, level, make_docx, num, numbered, paragraph, restart
from textq.ingest.docx import read_docx

DECIMAL = abstract(0, level(0, "%1."), level(1, "%1.%2"), level(2, "%1.%2.%3"))


def labels(*body: str, **roots: str) -> list[str]:
    """Return what stands before the word 文 in each line."""
    return [line.partition("文")[0].strip() for line in read_docx(make_docx(*body, **roots)).text.split("\n")]


def count(levels: tuple[int, ...], numbering: str) -> list[str]:
    return labels(*(numbered("文", 1, at) for at in levels), numbering=numbering)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((0, 0, 1, 1, 2, 0, 1), ["1.", "2.", "2.1", "2.2", "2.2.1", "3.", "3.1"]),
        ((1, 1, 0, 1), ["1.1", "1.2", "2.", "2.1"]),
        ((0, 2, 1, 2), ["1.", "1.1.1", "1.2", "1.2.1"]),
    ],
    ids=["plain", "begins-below", "skips"],
)
def test_levels_count_and_start_anew(levels, expected):
    assert count(levels, DECIMAL + num(1, 0)) == expected


def test_the_numbers_of_official_documents():
    definition = abstract(
        0,
        level(0, "第%1章", "chineseCountingThousand"),
        level(1, "第%2条", "chineseCountingThousand", more='<w:lvlRestart w:val="0"/>'),
        level(2, "（%3）", "chineseCounting"),
        level(3, "%4", "decimalEnclosedCircleChinese"),
    )
    found = count((0, 1, 1, 2, 2, 3, 0, 1, 2), definition + num(1, 0))
    assert found == ["第一章", "第一条", "第二条", "（一）", "（二）", "①", "第二章", "第三条", "（一）"]


def test_a_level_restarts_only_behind_the_level_it_names():
    definition = abstract(0, level(0, "%1"), level(1, "%2"), level(2, "%3)", more='<w:lvlRestart w:val="1"/>'))
    assert count((0, 1, 2, 1, 2, 0, 2), definition + num(1, 0)) == ["1", "1", "1)", "2", "2)", "2", "1)"]


def test_legal_style_writes_the_numbers_above_in_digits():
    definition = abstract(0, level(0, "第%1章", "chineseCountingThousand"), level(1, "%1.%2", more="<w:isLgl/>"))
    assert count((0, 1, 0, 1), definition + num(1, 0)) == ["第一章", "1.1", "第二章", "2.1"]


def test_uses_of_one_definition_count_together_and_restart_once():
    uses = num(1, 0) + num(2, 0) + num(3, 0, restart(0, 5))
    body = [numbered("文", use) for use in (1, 2, 1, 3, 3, 1, 2, 3)]
    assert labels(*body, numbering=DECIMAL + uses) == ["1.", "2.", "3.", "5.", "6.", "7.", "8.", "9."]


def test_a_use_overrides_how_a_level_looks():
    changed = f'<w:lvlOverride w:ilvl="0">{level(0, "（%1）", "upperLetter")}</w:lvlOverride>'
    body = [numbered("文", use) for use in (1, 2, 1)]
    assert labels(*body, numbering=DECIMAL + num(1, 0) + num(2, 0, changed)) == ["1.", "（B）", "3."]


@pytest.mark.parametrize(("suffix", "text"), [("tab", "1 文"), ("space", "1 文"), ("nothing", "1文")])
def test_what_stands_behind_the_number(suffix, text):
    definition = abstract(0, level(0, "%1a", more=f'<w:suff w:val="{suffix}"/>')) + num(1, 0)
    assert read_docx(make_docx(numbered("b"), numbering=definition)).text == text.replace("文", "b").replace("1", "1a")


def test_bullets_and_formats_without_a_number_write_none():
    definition = abstract(0, level(0, "\uf0b7", "bullet"), level(1, "附件", "none"), level(2, "", "decimal"))
    assert count((0, 1, 2), definition + num(1, 0)) == ["", "附件", ""]


def test_number_zero_and_unknown_uses_switch_numbering_off():
    numbering = DECIMAL + num(1, 0)
    assert labels(*(numbered("文", use) for use in (1, 0, 7, 1)), numbering=numbering) == ["1.", "", "", "2."]
    assert labels(numbered("文", 1, 8), numbered("文"), numbering=numbering) == ["", "1."]


def test_a_document_without_definitions_has_no_numbers():
    assert labels(numbered("文")) == [""]


def test_deleted_paragraphs_do_not_count_and_empty_ones_show_nothing():
    properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    gone = paragraph("", f"{properties}<w:rPr><w:del/></w:rPr>", "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>")
    body = numbered("文"), gone, numbered("文"), numbered(""), numbered("文")
    assert labels(*body, numbering=DECIMAL + num(1, 0)) == ["1.", "2.", "4."]


STYLES = "".join(
    f'<w:style w:type="{kind}" w:styleId="{name}">{base}<w:pPr>{numbering}</w:pPr></w:style>'
    for kind, name, base, numbering in (
        ("paragraph", "One", "", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
        ("paragraph", "Two", '<w:basedOn w:val="One"/>', '<w:numPr><w:ilvl w:val="1"/></w:numPr>'),
        ("paragraph", "Child", '<w:basedOn w:val="Two"/>', ""),
        ("paragraph", "Off", '<w:basedOn w:val="One"/>', '<w:numPr><w:numId w:val="0"/></w:numPr>'),
        ("paragraph", "Linked", "", '<w:numPr><w:numId w:val="2"/></w:numPr>'),
        ("numbering", "List", "", '<w:numPr><w:numId w:val="3"/></w:numPr>'),
    )
)


def styled(style: str, more: str = "") -> str:
    return paragraph("文", f'<w:pStyle w:val="{style}"/>{more}')


def test_numbers_come_from_styles_and_those_they_are_based_on():
    body = [styled(name) for name in ("One", "Two", "Child", "Off", "One", "Child")]
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    raised = '<w:numPr><w:ilvl w:val="0"/></w:numPr>'
    body += [styled("Two", off), styled("Two", raised)]
    found = labels(*body, styles=STYLES, numbering=DECIMAL + num(1, 0))
    assert found == ["1.", "1.1", "1.2", "", "2.", "2.1", "", "3."]


def test_the_level_that_is_linked_to_a_style_wins_over_the_style_s_own():
    linked = abstract(4, level(0, "%1、"), level(1, "%2）", more='<w:pStyle w:val="Linked"/>'))
    assert labels(styled("Linked"), styled("Linked"), styles=STYLES, numbering=linked + num(2, 4)) == ["1）", "2）"]


def test_a_definition_that_names_a_list_style_counts_with_it():
    linked = "".join(
        f'<w:abstractNum w:abstractNumId="{at}"><w:numStyleLink w:val="List"/></w:abstractNum>' for at in (1, 2)
    )
    body = [numbered("文", use) for use in (4, 5, 3)]
    numbering = DECIMAL + linked + num(3, 0) + num(4, 1) + num(5, 2)
    assert labels(*body, styles=STYLES, numbering=numbering) == ["1.", "2.", "3."]


def test_a_definition_that_names_itself_gives_none():
    loop = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="List"/></w:abstractNum>'
    assert labels(numbered("文", 3), styles=STYLES, numbering=loop + num(3, 1)) == [""]


def test_numbers_in_cells_count_on():
    cells = f"<w:tc>{numbered('文')}</w:tc><w:tc>{numbered('文')}</w:tc>"
    grid = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    text = read_docx(make_docx(numbered("文"), grid, numbered("文"), numbering=DECIMAL + num(1, 0))).text
    assert text == "1.文\n2.文｜3.文\n4.文"


def test_a_custom_format_pads_and_an_unknown_one_is_noted():
    custom = (
        '<w:lvl w:ilvl="0"><w:start w:val="7"/><mc:AlternateContent><mc:Choice Requires="w14">'
        '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/>'
        '</mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1号"/></w:lvl>'
    )
    numbering = abstract(0, custom, level(1, "%2.", "thaiLetters")) + num(1, 0)
    extract = read_docx(make_docx(numbered("文"), numbered("文", 1, 1), numbering=numbering))
    assert extract.text == "007号文\n1.文"
    assert extract.notes == ("numbers of these formats are written in digits: thaiLetters.",)


def test_a_start_that_is_not_stated_is_zero():
    silent = '<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    assert count((0, 0), abstract(0, silent) + num(1, 0)) == ["0.", "1."]
