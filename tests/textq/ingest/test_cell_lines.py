"""Lines of a cell: one body each, or one name on two lines."""

import pytest

from tests.textq.ingest.made_docx import make_docx, paragraph, row, table
from textq.ingest.cell_lines import lists_bodies
from textq.ingest.docx import read_docx
from textq.segment.responsible import split_bodies


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("市商务局", "市财政局", True),
        ("市发展改革委、市商务局", "市财政局（牵头）", True),
        ("杭州海关", "杭州市商务局", True),
        ("商务部", "国家税务总局", True),
        ("市市场监督", "管理局", False),
        ("市商务局、市财", "政局", False),
        ("市人民政府", "办公厅", False),
        ("支持建设", "市场体系", False),
        ("", "市财政局", False),
        ("市商务局" * 40, "市财政局", False),
    ],
)
def test_two_lines(left, right, expected):
    assert lists_bodies(left, right) is expected


def test_bodies_in_a_cell_of_word_stay_apart():
    bodies = paragraph("市商务局") + paragraph("市财政局")
    data = make_docx(table(row(paragraph("建设平台"), bodies), row(paragraph("完善标准"), paragraph("各区"))))
    first = read_docx(data).text.split("\n")[0]
    assert first == "建设平台｜市商务局 市财政局"
    assert split_bodies(first.partition("｜")[2]) == ("市商务局", "市财政局")
