import io
import time
import zipfile

import docx
import pytest

from tests.textq.ingest.made_docx import abstract, field, level, make_docx, num, numbered, paragraph, row, run, table
from textq.errors import ReadError, ScannedError
from textq.ingest.docx import read_docx
from textq.ingest.read import read_file


def save(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def write(*blocks: str | list[list[str]]) -> bytes:
    """Return a DOCX of paragraphs (texts) and tables (lists of rows)."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        built = document.add_table(len(block), len(block[0]))
        for made, texts in zip(built.rows, block, strict=True):
            for cell, text in zip(made.cells, texts, strict=True):
                cell.text = text
    return save(document)


def test_paragraphs_and_tables_in_the_order_of_the_document():
    data = write("　　通知", "", [["序号", "任务"], ["1", "设立 2 只基金"]], "特此通知。")
    assert read_docx(data).text == "通知\n序号｜任务\n1｜设立2只基金\n特此通知。"


def test_line_breaks_and_runs_inside_a_paragraph():
    document = docx.Document()
    paragraph = document.add_paragraph("第五条")
    paragraph.add_run("\u3000市政府").bold = True
    paragraph.add_run("负责。").add_break()
    paragraph.add_run("第二行")
    assert read_docx(save(document)).text == "第五条 市政府负责。\n第二行"


def test_a_merged_cell_stands_once_in_a_row_and_in_each_row_it_covers():
    document = docx.Document()
    table = document.add_table(2, 3)
    for at, cell in enumerate(table._cells):
        cell.text = f"格{at}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "纵"
    assert read_docx(save(document)).text == "横｜纵\n格3｜格4｜纵"


def test_a_table_inside_a_cell_stays_in_its_row():
    document = docx.Document()
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text = "任务"
    row.cells[1].add_table(1, 2).rows[0].cells[0].text = "内"
    assert read_docx(save(document)).text.startswith("任务｜内")


def test_a_paragraph_inside_a_cell_makes_no_line():
    document = docx.Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text = "一\n二"
    cells[0].add_paragraph("三")
    cells[1].text = "cross"
    cells[1].add_paragraph("border")
    assert read_docx(save(document)).text == "一二三｜cross border"


def test_links_are_text():
    import docx.oxml

    document = docx.Document()
    paragraph = document.add_paragraph("详见")
    link = docx.oxml.parse_xml(
        '<w:hyperlink xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:t>附件</w:t></w:r></w:hyperlink>'
    )
    paragraph._p.append(link)
    assert read_docx(save(document)).text == "详见附件"


def test_a_document_without_text_is_refused():
    with pytest.raises(ReadError, match="no text"):
        read_docx(write("", "　"))


def zip_of(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zip_of(a="b"),
        zip_of(xl__workbook="<workbook/>", types="<Types/>"),
        write("正文")[:-200],
        b"PK\x03\x04" + b"\x00" * 100,
    ],
    ids=["zip", "like-xlsx", "cut-off", "zeros"],
)
def test_what_is_no_word_file_is_refused(data):
    with pytest.raises(ReadError, match="not a readable DOCX"):
        read_docx(data)


def test_a_workbook_renamed_is_refused():
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/>'
        "</Relationships>"
    )
    data = zip_of(**{"[Content_Types].xml": types, "_rels/.rels": relations, "xl/workbook.xml": "<workbook/>"})
    with pytest.raises(ReadError, match=r"named \.docx but holds an Excel workbook"):
        read_file(data, "a.docx")


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        (b"", "0 bytes"),
        (b"\xd0\xcf\x11\xe0" * 9, "old Word format"),
        ("正文".encode(), "something else"),
    ],
)
def test_other_files_named_docx_are_refused(data, holds):
    with pytest.raises(ReadError, match=holds):
        read_file(data, "通知.docx")


def read_body(*body: str, **roots: str) -> list[str]:
    return read_docx(make_docx(*body, **roots)).text.split("\n")


DELETED = '<w:del w:id="1" w:author="a"/>'


def test_tracked_changes_are_read_as_accepted():
    changes = (
        f"<w:ins>{run('参加展会。')}</w:ins><w:del><w:r><w:delText>裁员</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('新处')}</w:moveTo>"
    )
    assert read_body(paragraph("支持企业", runs=changes)) == ["支持企业参加展会。新处"]


@pytest.mark.parametrize("mark", [DELETED, '<w:moveFrom w:id="1"/>', "<w:vanish/>"])
def test_a_paragraph_whose_mark_is_gone_goes_on_in_the_next(mark):
    assert read_body(paragraph("支持", f"<w:rPr>{mark}</w:rPr>"), paragraph("企业"), paragraph("发展")) == [
        "支持企业",
        "发展",
    ]


@pytest.mark.parametrize("behind", [table(row(paragraph("甲"), paragraph("乙"))), ""])
def test_a_paragraph_without_a_mark_before_a_table_or_the_end_keeps_its_text(behind):
    assert read_body(paragraph("前"), paragraph("中", f"<w:rPr>{DELETED}</w:rPr>"), behind)[:2] == ["前", "中"]


def test_deleted_rows_and_cells_are_left_out():
    rows = [
        row(paragraph("甲"), paragraph("乙")),
        row(paragraph("丙"), paragraph("丁"), properties=DELETED),
        row(paragraph("戊"), paragraph("己"), '<w:tcPr><w:cellDel w:id="2"/></w:tcPr>' + paragraph("庚")),
    ]
    assert read_body(table(*rows)) == ["甲｜乙", "戊｜己"]


def test_content_controls_keep_their_text():
    inner = paragraph("第一条 建设海外仓。")
    assert read_body(f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>") == [
        "第一条 建设海外仓。"
    ]


def test_rows_and_cells_inside_content_controls():
    inside = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>"
    cell = inside.format(f"<w:tc>{paragraph('乙')}</w:tc>")
    rows = inside.format(f"<w:tr><w:tc>{paragraph('甲')}</w:tc>{cell}</w:tr>")
    assert read_body(table(rows)) == ["甲｜乙"]


BOX = "<w:txbxContent><w:p><w:r><w:t>专栏一</w:t></w:r></w:p></w:txbxContent>"


@pytest.mark.parametrize(
    "box",
    [
        f"<w:pict><v:textbox>{BOX}</v:textbox></w:pict>",
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>",
        f"<mc:AlternateContent><mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent>",
    ],
    ids=["old", "both", "only-old"],
)
def test_a_text_box_follows_its_paragraph_once(box):
    assert read_body(paragraph("正文。", runs=f"<w:r>{box}</w:r>")) == ["正文。", "专栏一"]


def test_a_table_of_one_cell_only_lays_out_the_page():
    assert read_body(table(row(paragraph("一、总则") + paragraph("二、附则")))) == ["一、总则", "二、附则"]


@pytest.mark.parametrize("value", ['w:val="continue"', ""])
def test_a_cell_that_spans_rows_stands_in_each(value):
    begin, goes_on = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', f"<w:tcPr><w:vMerge {value}/></w:tcPr>"
    rows = [
        row(begin + paragraph("市商务局"), paragraph("甲")),
        row(goes_on + paragraph(), paragraph("乙")),
        row(paragraph("市财政局"), paragraph("丙")),
        row(goes_on + paragraph(), paragraph("丁")),
    ]
    assert read_body(table(*rows)) == ["市商务局｜甲", "市商务局｜乙", "市财政局｜丙", "｜丁"]


def test_cells_merged_over_columns_and_rows_are_matched_by_grid_column():
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    rows = [
        row(wide + paragraph("宽"), '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + paragraph("高")),
        row(paragraph("甲"), paragraph("乙"), "<w:tcPr><w:vMerge/></w:tcPr>" + paragraph()),
        row("<w:tcPr><w:vMerge/></w:tcPr>" + paragraph(), properties='<w:gridBefore w:val="2"/>'),
        row('<w:tcPr><w:hMerge w:val="restart"/></w:tcPr>' + paragraph("横"), "<w:tcPr><w:hMerge/></w:tcPr><w:p/>",
            paragraph("尾")),
    ]  # fmt: skip
    assert read_body(table(*rows)) == ["宽｜高", "甲｜乙｜高", "高", "横｜尾"]


def test_the_code_of_a_field_is_left_out_and_its_result_shown():
    link = field('HYPERLINK "http://a"', run("见附件"))
    nested = field("IF " + field("PAGE", run("码")) + run("码"), run("果"))
    simple = f'<w:fldSimple w:instr="TITLE">{run("题")}</w:fldSimple>'
    assert read_body(paragraph("甲", runs=link + nested + simple), paragraph("乙")) == ["甲见附件果题", "乙"]


def test_a_field_runs_over_paragraphs_and_an_open_one_hides_nothing():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    separate, end = begin.replace("begin", "separate"), begin.replace("begin", "end")
    body = (
        paragraph(runs=begin + run("码")), paragraph("码", runs=separate + run("一")), paragraph("二", runs=end),
        paragraph("三", runs=begin), paragraph(runs=end + end + separate + run("四")),
    )  # fmt: skip
    assert read_body(*body) == ["一", "二", "三", "四"]
    assert read_body(paragraph("甲", runs=begin), paragraph("乙")) == ["甲", "乙"]


def test_hidden_text_is_left_out_whoever_hides_it():
    styles = (
        '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Below"><w:basedOn w:val="Secret"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Quiet"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    )
    body = (
        paragraph("甲", runs=run("密", "<w:vanish/>") + run("乙", '<w:vanish w:val="0"/>')),
        paragraph("丙", runs=run("密", '<w:rStyle w:val="Below"/>')),
        paragraph("密", '<w:pStyle w:val="Quiet"/>', runs=run("丁", '<w:vanish w:val="false"/>')),
        paragraph("戊", runs=run("己", "<w:webHidden/>")),
    )
    assert read_body(*body, styles=styles) == ["甲乙", "丙", "丁", "戊己"]


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ('<w:sym w:font="Wingdings" w:char="F081"/>', "①"),
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☑"),
        ('<w:sym w:font="Symbol" w:char="F0B3"/>', "≥"),
        ('<w:sym w:font="宋体" w:char="2460"/>', "①"),
        ("<w:softHyphen/>", ""),
        ("<w:noBreakHyphen/>", "-"),
        ("<w:ruby><w:rt><w:r><w:t>zhōng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>中</w:t></w:r></w:rubyBase></w:ruby>",
         "中"),
        ('<w:annotationRef/><w:commentReference w:id="1"/>', ""),
    ],
)  # fmt: skip
def test_signs_inside_a_run(sign, text):
    extract = read_docx(make_docx(paragraph("甲", runs=f"<w:r>{sign}</w:r>{run('乙')}")))
    assert (extract.text, extract.notes) == (f"甲{text}乙", ())


def test_private_characters_are_read_by_their_font_and_unknown_ones_noted():
    fonts = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    extract = read_docx(
        make_docx(
            paragraph(
                runs=run("\uf082甲", fonts) + run("\uf082") + '<w:r><w:sym w:font="Webdings" w:char="F001"/></w:r>'
            )
        )
    )
    assert extract.text == "②甲"
    assert extract.notes == (
        "the text of these is not read: symbols of the font Webdings: 1, symbols of the font unknown: 1.",
    )


def test_what_is_stored_elsewhere_is_noted():
    body = (
        paragraph("甲", runs='<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'),
        '<w:altChunk r:id="r9"/>',
        paragraph(runs='<w:r><w:drawing><a:graphic><c:chart r:id="r8"/></a:graphic></w:drawing></w:r>'),
    )
    assert read_docx(make_docx(*body)).notes == (
        "the text of these is not read: charts: 1, embedded objects: 1, inserted files: 1.",
    )


def test_notes_stand_behind_the_text_in_the_order_of_their_marks():
    def refer(kind: str, at: int, more: str = "") -> str:
        return f'<w:r><w:{kind}Reference w:id="{at}"{more}/></w:r>'

    custom = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="4"/><w:t>*</w:t></w:r>'
    body = (
        paragraph("海外", runs=refer("footnote", 3) + run("仓") + refer("endnote", 2) + run("建设。")),
        paragraph("基金", runs=refer("footnote", 2) + custom + run("。")),
    )
    footnotes = (
        f'<w:footnote w:type="separator" w:id="0">{paragraph("----")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("第二。")}</w:footnote>'
        f'<w:footnote w:id="3">{paragraph(" 第一")}{paragraph("段。")}</w:footnote>'
        f'<w:footnote w:id="4">{paragraph("第三。")}</w:footnote>'
        f'<w:footnote w:id="9">{paragraph("无人引用。")}</w:footnote>'
    )
    endnotes = f'<w:endnote w:id="2">{paragraph("尾注。")}</w:endnote>'
    extract = read_docx(make_docx(*body, footnotes=footnotes, endnotes=endnotes))
    assert extract.text.split("\n") == ["海外仓建设。", "基金。", "第一段。", "第二。", "第三。", "尾注。"]
    shown = [(span.label, extract.text[span.start : span.end]) for span in extract.footnotes]
    assert shown == [("1", "第一段。"), ("2", "第二。"), ("3", "第三。"), ("1", "尾注。")]


@pytest.mark.parametrize(
    "main_type",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_documents_with_macros_and_templates_are_read_alike(main_type):
    assert read_docx(make_docx(paragraph("正文"), main_type=main_type)).text == "正文"


def test_strict_files_are_read_alike():
    body = (numbered("总则"), paragraph("甲", runs='<w:r><w:footnoteReference w:id="1"/></w:r>'))
    roots = {
        "numbering": abstract(0, level(0, "第%1章", "chineseCountingThousand")) + num(1, 0),
        "footnotes": f'<w:footnote w:id="1">{paragraph("注")}</w:footnote>',
    }
    strict, usual = (read_docx(make_docx(*body, strict=strict, **roots)) for strict in (True, False))
    assert strict == usual
    assert strict.text == "第一章 总则\n甲\n注"


def test_pictures_alone_are_a_scan():
    with pytest.raises(ScannedError, match="only pictures"):
        read_docx(make_docx(paragraph(runs='<w:r><w:drawing><a:blip r:embed="r1"/></w:drawing></w:r>')))


def test_a_document_type_is_refused():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]>'
    data = make_docx(paragraph("&a;"))
    files = zipfile.ZipFile(io.BytesIO(data))
    members = {name: files.read(name).decode() for name in files.namelist()}
    members["word/document.xml"] = members["word/document.xml"].replace("?><w:", f"?>{bomb}<w:", 1)
    with pytest.raises(ReadError, match="document type"):
        read_docx(zip_of(**members))


def test_deep_nesting_is_refused_and_many_elements_take_little_time():
    deep = "<w:sdt><w:sdtContent>" * 3000 + paragraph("底") + "</w:sdtContent></w:sdt>" * 3000
    with pytest.raises(ReadError, match="too deeply"):
        read_docx(make_docx(deep))
    assert len(read_body(*[paragraph("段")] * 50_000)) == 50_000


def test_hostile_chains_take_linear_time():
    joined = paragraph("甲" * 10, f"<w:rPr>{DELETED}</w:rPr>") * 5_000
    nested = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 5_000
    ends = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' * 5_000
    cell = table(row(paragraph("乙") * 5_000, paragraph("丙")))
    started = time.process_time()
    lines = read_body(joined, paragraph(runs=nested + run("码") * 5_000 + ends), cell)
    assert [len(line) for line in lines] == [50_000, 5_002]
    assert time.process_time() - started < 5


def test_a_cell_that_is_repeated_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("textq.ingest.docx.body.MOST_CHARACTERS", 5000)
    begin, goes_on = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    rows = [row(begin + paragraph("长" * 1000), paragraph("甲"))] + [row(goes_on, paragraph("乙"))] * 10
    with pytest.raises(ReadError, match="more than 5,000 characters"):
        read_docx(make_docx(table(*rows)))
