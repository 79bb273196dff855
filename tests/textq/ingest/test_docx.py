import io
import zipfile

import docx
import pytest

from textq.errors import ReadError
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
        table = document.add_table(len(block), len(block[0]))
        for row, texts in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
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
    with pytest.raises(ReadError, match="not a readable DOCX"):
        read_file(data, "a.docx")


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        (b"", "0 bytes"),
        (b"%PDF-1.4", "PDF"),
        (b"\xd0\xcf\x11\xe0" * 9, "old Office"),
        ("正文".encode(), "something else"),
    ],
)
def test_other_files_named_docx_are_refused(data, holds):
    with pytest.raises(ReadError, match=holds):
        read_file(data, "通知.docx")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read_body(*elements: str) -> list[str]:
    """Read a document whose body holds these elements besides its own."""
    from docx.oxml import parse_xml

    document = docx.Document()
    for element in reversed(elements):
        document.element.body.insert(0, parse_xml(element))
    buffer = io.BytesIO()
    document.save(buffer)
    return read_docx(buffer.getvalue()).text.split("\n")


def test_tracked_changes_are_read_as_accepted():
    lines = read_body(
        f"<w:p {W}><w:r><w:t>支持企业</w:t></w:r><w:ins><w:r><w:t>参加展会。</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>裁员</w:delText></w:r></w:del></w:p>"
    )
    assert lines == ["支持企业参加展会。"]


def test_content_controls_keep_their_text():
    inner = "<w:p><w:r><w:t>第一条 建设海外仓。</w:t></w:r></w:p>"
    assert read_body(f"<w:sdt {W}><w:sdtContent>{inner}</w:sdtContent></w:sdt>") == ["第一条 建设海外仓。"]


def test_text_boxes_follow_the_paragraph_they_hang_on():
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>专栏一</w:t></w:r></w:p></w:txbxContent></w:pict>"
    assert read_body(f"<w:p {W}><w:r><w:t>正文。</w:t>{box}</w:r></w:p>") == ["正文。", "专栏一"]


def test_a_table_of_one_cell_only_lays_out_the_page():
    cell = "<w:tc><w:p><w:r><w:t>一、总则</w:t></w:r></w:p><w:p><w:r><w:t>二、附则</w:t></w:r></w:p></w:tc>"
    grid = '<w:tblPr/><w:tblGrid><w:gridCol w:w="100"/></w:tblGrid>'
    assert read_body(f"<w:tbl {W}>{grid}<w:tr>{cell}</w:tr></w:tbl>") == ["一、总则", "二、附则"]
