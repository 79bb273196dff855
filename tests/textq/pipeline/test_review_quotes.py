import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.textq.store.made import code, load_made
from textq.errors import ReviewError
from textq.lexicon.read import builtin_codebook
from textq.pipeline.review_quotes import apply_quotes, list_quote_rows, plan_quotes, read_mapping
from textq.store.corpus import list_clauses
from textq.store.decisions import find_decisions, list_decisions
from textq.store.store import Store, open_store

BOOK = builtin_codebook()
A = "支持高等院校与企业共建跨境电子商务人才培养基地，每年开展职业技能培训。"
B = "市财政每年安排专项资金五千万元，对符合条件的企业给予补助。"
C = "开放口岸、园区等应用场景，遴选一批新技术示范应用标杆项目。"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "review.sqlite")
    load_made(made, {"hz": ["一、总则", A, B], "nb": ["一、总则", C, B]})
    yield made
    made.close()


@pytest.fixture
def keys(store: Store) -> dict[str, str]:
    return {f"{clause.doc_id}{clause.text[0]}": clause.key for clause in list_clauses(store)}


def table(*rows: tuple[str, ...], head: str = "文件,原文,编码,编码员") -> bytes:
    return "\n".join([head, *(",".join(f'"{cell}"' for cell in row) for row in rows)]).encode("utf-8-sig")


def test_old_codings_become_events(store: Store, keys: dict[str, str]) -> None:
    data = table(
        ("hz", A, "供给型", "AB"),
        ("hz", "专项资金五千万元", "资金投入", "AB"),
        ("nb.txt", C[:-1].replace("，", ", "), "需求", "AB"),
        ("没有的文件", A, "供给", "AB"),
        ("", B, "供给", "AB"),
        ("hz", "没有这句话没有这句话", "供给", "AB"),
        ("hz", A, "奇怪", "AB"),
        ("hz", "一、总则", "供给", "AB"),
    )
    plan = plan_quotes(store, BOOK, data, "old.csv")
    assert [(one.status, one.why) for one in plan.results] == [
        ("new", ""), ("new", ""), ("new", ""), ("unmatched", "document"), ("unmatched", "document"),
        ("unmatched", "absent"), ("unknown", "unknown"), ("unmatched", "short"),
    ]  # fmt: skip
    assert [one.how for one in plan.results[:3]] == ["exact", "exact", "folded"]
    assert list_decisions(store) == []
    applied = apply_quotes(store, plan)
    assert (applied.n_events, applied.n_left) == (3, 5)
    decided = {one.key: one for one in list_decisions(store)}
    assert {(one.coder, one.track, one.queue) for one in decided.values()} == {("AB", "free", "import")}
    assert decided[keys["hz市"]].subtype == "funding"
    assert decided[keys["hz支"]].source == plan.source
    assert plan.source.startswith("quotes:")
    assert plan_quotes(store, BOOK, data, "old.csv").counts["unchanged"] == 3


def test_without_a_document_the_quote_must_tell_it(store: Store, keys: dict[str, str]) -> None:
    plan = plan_quotes(store, BOOK, table((A, "S"), (B, "S"), head="quote,code"), "old.csv", coder="anna")
    assert [(one.status, one.why, one.keys) for one in plan.results] == [
        ("new", "", (keys["hz支"],)), ("ambiguous", "documents", ()),
    ]  # fmt: skip
    (_, unclear) = list_quote_rows(store, plan, BOOK, "zh")
    assert unclear["why"] == "见于多份文件"
    assert unclear["candidates"].count(";") == 1


def test_no_coder_is_said(store: Store) -> None:
    with pytest.raises(ReviewError, match=r"no column says who coded.*--coder NAME"):
        plan_quotes(store, BOOK, table((A, "S"), head="quote,code"), "old.csv")
    plan = plan_quotes(store, BOOK, table((A, "S", ""), (A, "S", " Li Na (2) "), head="quote,code,coder"), "old.csv")
    assert [(one.status, one.coder) for one in plan.results] == [("unknown", ""), ("new", "Li-Na-2")]


def test_conflicts_with_the_study_and_within_the_table(store: Store, keys: dict[str, str]) -> None:
    code(store, "AB", keys["hz支"], "demand", queue="fix")
    data = table(("hz", A, "供给", "AB"), ("hz", B, "供给", "AB"), ("hz", B[4:], "环境", "AB"), ("nb", C, "供给", "AB"),
                 ("nb", C[:12], "供给/科技支持", "AB"))  # fmt: skip
    plan = plan_quotes(store, BOOK, data, "old.csv")
    assert [(one.status, one.why) for one in plan.results] == [
        ("conflict", "study"), ("conflict", "table"), ("conflict", "table"), ("new", ""), ("new", ""),
    ]  # fmt: skip
    assert apply_quotes(store, plan).n_events == 1
    assert find_decisions(store, keys["nb开"])[0].subtype == "technology"
    assert find_decisions(store, keys["hz支"])[0].instrument == "demand"
    applied = apply_quotes(store, plan_quotes(store, BOOK, data, "old.csv"), conflicts="mine")
    assert (applied.n_events, applied.n_left) == (1, 2)
    assert find_decisions(store, keys["hz支"])[0].instrument == "supply"


def test_codes_of_ones_own_and_several_in_a_cell(store: Store) -> None:
    mapping = read_mapping("code,here\n补贴类,supply/funding\n主题词,-\n".encode(), "map.csv")
    assert mapping == {"补贴类": "supply/funding", "主题词": "-"}
    assert read_mapping("theirs,ours\n补贴类,supply\n".encode(), "map.csv") == {"补贴类": "supply"}
    data = table(
        ("hz", B, "补贴类", "AB"),
        ("hz", A, "主题词", "AB"),
        ("nb", C, "需求; 某主题", "AB"),
        ("nb", B, "需求; 供给", "AB"),
    )
    plan = plan_quotes(store, BOOK, data, "old.csv", codes=mapping)
    assert [(one.status, one.why, one.answer.instrument) for one in plan.results] == [
        ("new", "", "supply"), ("new", "", "demand"), ("unknown", "several", None),
    ]  # fmt: skip
    with pytest.raises(ReviewError, match="'wohin' \\(for 'x'\\) is no code"):
        plan_quotes(store, BOOK, data, "old.csv", codes={"x": "wohin"})


def test_a_workbook_with_lines_above_its_head(store: Store) -> None:
    book = openpyxl.Workbook()
    for row in (["Coding report"], [], ["Document name", "Code", "Segment"], ["hz", "政策工具\\供给型", A]):
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    plan = plan_quotes(store, BOOK, written.getvalue(), "maxqda.xlsx", coder="anna")
    assert (plan.counts["new"], dict(plan.columns)) == (
        1, {"document": "Document name", "quote": "Segment", "code": "Code"},
    )  # fmt: skip


def test_files_that_are_no_tables(store: Store) -> None:
    with pytest.raises(ReviewError, match="tables are read from"):
        plan_quotes(store, BOOK, b"", "old.docx")
    with pytest.raises(ReviewError, match="no column is recognised as quote or code"):
        plan_quotes(store, BOOK, table(("a", "b"), head="甲,乙"), "old.csv")
