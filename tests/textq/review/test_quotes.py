from xml.etree import ElementTree

import pytest

from textq.errors import ReviewError
from textq.lexicon.read import builtin_codebook
from textq.review.codebook_qdc import NAMESPACE, build_qdc
from textq.review.quote_match import Lost, Place, QuoteClause, QuoteDocument, QuoteIndex
from textq.review.quotes import read_quotes

A = "支持高等院校与企业共建跨境电子商务人才培养基地，每年开展职业技能培训不少于2000人次。"
B = "市财政每年安排专项资金5000万元，对符合条件的企业给予补助。"
C = "对引进的高层次人才，在落户、住房保障、子女入学等方面给予便利。"
DOCUMENTS = [
    QuoteDocument("hz", "data/浙江/杭州方案.pdf", "杭州市人民政府关于印发实施方案的通知", "杭政〔2015〕12号"),
    QuoteDocument("nb", "data/宁波方案.docx", "宁波市实施方案", "甬政发〔2016〕3号"),
    QuoteDocument("nb2", "old/宁波方案.pdf", "宁波市旧方案", ""),
]
CLAUSES = [
    QuoteClause("h", "hz", "一、人才政策", False),
    QuoteClause("a", "hz", A, True),
    QuoteClause("b", "hz", B, True),
    QuoteClause("c", "nb", C, True),
    QuoteClause("b2", "nb", B, True),
    QuoteClause("x", "nb2", "删去", True),
]
INDEX = QuoteIndex(DOCUMENTS, CLAUSES)


@pytest.mark.parametrize(
    "name",
    [
        "hz",
        "data/浙江/杭州方案.pdf",
        "杭州方案",
        "杭州方案.pdf",
        "Files\\\\杭州方案",
        "杭州市人民政府关于印发实施方案的通知",
        "杭政[2015]12号",
        "杭政〔2015〕12号",
    ],
)
def test_names_of_documents(name: str) -> None:
    assert INDEX.find_documents(name) == ["hz"]


def test_a_name_of_two_documents_and_of_none() -> None:
    assert INDEX.find_documents("宁波方案") == ["nb", "nb2"]
    assert INDEX.find_documents("上海方案") == []
    assert INDEX.find(A, "上海方案") == Lost("document")


@pytest.mark.parametrize(
    ("quote", "how"),
    [
        (A, "exact"),
        ("共建跨境电子商务人才培养基地", "exact"),
        ("…开展职业技能培训…", "exact"),
        ("支持高等院校与企业共建跨境电子商务人才培养基地,每年开展 职业技能培训不少于２０００人次", "folded"),
        ("支持高等院校与企业共建跨境电商人才培养基地，每年开展职业技能培训不少于2000人次。", "near"),
    ],
)
def test_ways_in_which_a_quote_is_found(quote: str, how: str) -> None:
    found = INDEX.find(quote, "hz")
    assert isinstance(found, Place)
    assert (found.keys, found.how) == (("a",), how)
    assert (found.similarity == 1) == (how != "near")
    assert found.similarity >= 0.9


def test_what_is_less_similar_is_not_found() -> None:
    assert INDEX.find("支持职业院校和龙头企业合作建设电商人才实训基地，每年培训不少于1000人。", "hz") == Lost("absent")


def test_a_quote_over_clauses_codes_those_that_it_half_covers() -> None:
    whole = INDEX.find(A + B, "hz")
    assert isinstance(whole, Place)
    assert whole.keys == ("a", "b")
    little = INDEX.find(A + B[:6], "hz")
    assert isinstance(little, Place)
    assert little.keys == ("a",)


def test_a_quote_of_several_documents_needs_its_document() -> None:
    assert INDEX.find(B) == Lost("documents", ("hz", "nb"))
    found = INDEX.find(B, "宁波方案")
    assert isinstance(found, Place)
    assert found.keys == ("b2",)


def test_a_quote_at_two_places_of_a_document() -> None:
    index = QuoteIndex(DOCUMENTS[:1], [QuoteClause("1", "hz", A, True), QuoteClause("2", "hz", A, True)])
    assert index.find(A, "hz") == Lost("places", ("1", "2"))


def test_headings_and_short_quotes() -> None:
    assert INDEX.find("人才政策", "hz") == Lost("kind")
    assert INDEX.find("人才", "hz") == Lost("short")
    assert INDEX.find("……", "hz") == Lost("short")


@pytest.mark.parametrize(
    "head",
    [
        ["Document group", "Document name", "Code", "Begin", "End", "Segment", "Created by", "Comment"],
        ["ID", "Document", "Codes", "Reference", "Number", "Quotation Content", "Created by", "Comment"],
        ["Id", "File", "Codename", "Category2", "Colour", "Coded", "Coder", "Coded_Memo"],
        ["序号", "政策名称", "政策工具", "页", "章", "原文", "编码员", "备注"],
    ],
)
def test_columns_of_programs(head: list[str]) -> None:
    cells = dict(zip(head, "12345678", strict=True))
    table = read_quotes([(1, head), (2, list(cells.values()))], "x.csv")
    (quote,) = table.quotes
    by_column = {column: cells[column] for column in table.columns.values()}
    assert (quote.document, quote.code, quote.coder, quote.memo) == tuple(
        by_column[table.columns[what]] for what in ("document", "code", "coder", "memo")
    )
    assert table.columns["quote"] in {"Segment", "Quotation Content", "Coded", "原文"}
    assert quote.quote == cells[table.columns["quote"]]


def test_columns_that_are_named_and_cells_left_out() -> None:
    grid = [(1, ["甲", "乙", "丙"]), (2, ["文", "句", "S"]), (3, ["", "句二", "D"]), (4, ["别", "", "D"])]
    with pytest.raises(ReviewError, match="no column is recognised as quote or code"):
        read_quotes(grid, "x.csv")
    named = {"document": "甲", "quote": "乙", "code": "丙"}
    assert [(one.document, one.quote) for one in read_quotes(grid, "x.csv", named).quotes] == [
        ("文", "句"),
        ("文", "句二"),
    ]
    with pytest.raises(ReviewError, match="no column '丁'"):
        read_quotes(grid, "x.csv", named | {"quote": "丁"})
    with pytest.raises(ReviewError, match="no column 'colour' to name"):
        read_quotes(grid, "x.csv", {"colour": "甲"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_codebook_as_refi_qda(lang: str) -> None:
    book = builtin_codebook()
    data = build_qdc(book, lang)
    assert data == build_qdc(book, lang)
    root = ElementTree.fromstring(data)
    names = {"q": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}CodeBook"
    assert [child.tag for child in root] == [f"{{{NAMESPACE}}}Codes"]
    codes = root.findall(".//q:Code", names)
    assert len(codes) == len(book.labels)
    assert len({code.get("guid") for code in codes}) == len(codes)
    assert all({"guid", "name", "isCodable", "color"} == set(code.attrib) for code in codes)
    assert all(code[0].tag.endswith("Description") and code[0].text for code in codes)
    top = root.findall("q:Codes/q:Code", names)
    assert [code.get("name") for code in top] == [book.call(name, lang)[0] for name in book.classes]
    assert [len(code.findall("q:Code", names)) for code in top] == [*(len(one.subtypes) for one in book.instruments), 0]
