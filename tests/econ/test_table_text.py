"""Tables in fixed-width letters and as rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from econ.table import Interval, Number, Span, Table
from econ.table_text import list_rows, read_csv, read_text, render_text

TABLE = Table(
    "Effects",
    ("", "(1)", "(2)"),
    (
        (("did", Number(0.5, 4, stars="***"), Number(-0.25, 4)), ("", Number(0.1, 4, ("(", ")")), "")),
        (("Observations", Number(1234, 0, grouped=True), ""),),
    ),
    ("Notes: a note.",),
    remarks=("A remark.",),
)


def test_text_is_what_it_is() -> None:
    assert render_text(TABLE).splitlines() == [
        "Effects",
        "────────────────────────────────",
        "                    (1)      (2)",
        "────────────────────────────────",
        "did           0.5000***  -0.2500",
        "               (0.1000)",
        "────────────────────────────────",
        "Observations      1,234",
        "────────────────────────────────",
        "Notes: a note.",
        "A remark.",
    ]


def test_chinese_counts_as_two_columns() -> None:
    plain = render_text(replace(TABLE, head=("", "abcdef", "(2)"))).splitlines()
    chinese = render_text(replace(TABLE, head=("", "供给型", "(2)"))).splitlines()
    assert plain[3:] == chinese[3:]
    assert plain[2].replace("abcdef", "供给型") == chinese[2]


@pytest.mark.parametrize(
    "text", ["Panel", "a head that is wider than both of its columns", "一组很长很长很长很长的列名"]
)
def test_spans_stand_over_their_columns(text: str) -> None:
    lines = render_text(replace(TABLE, spans=((Span(text, 2),),))).splitlines()
    heads = len(lines[1])
    assert text in lines[2]
    wide = sum(2 if ord(letter) > 255 else 1 for letter in lines[2])
    assert wide <= heads
    assert lines[3].endswith("(2)")


def test_rows_have_no_brackets_that_a_spreadsheet_takes_for_a_minus() -> None:
    frame = list_rows(TABLE)
    assert list(frame.columns) == ["", "1", "2"]
    assert frame.to_numpy().tolist() == [
        ["did", "0.5000***", "-0.2500"],
        ["se", "0.1000", ""],
        ["Observations", "1,234", ""],
    ]


def test_rows_below_are_called_what_they_are() -> None:
    block = (("did", Number(0.5, 2)), ("", Interval(0.1, 0.9, 2)))
    table = Table("", ("", "(1)"), (block,), below="ci")
    assert list_rows(table).iloc[1].tolist() == ["ci", "[0.10, 0.90]"]
    assert list_rows(replace(table, below="")).iloc[1].tolist() == ["", "[0.10, 0.90]"]


def test_columns_carry_all_their_heads() -> None:
    table = replace(TABLE, spans=((Span("GDP", 2),), (Span("base", 1), Span("", 1))))
    assert list(list_rows(table).columns) == ["", "GDP base (1)", "GDP (2)"]


def test_text_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text(render_text(TABLE), encoding="utf-8")
    assert read_text(path) == [
        ["(1)", "(2)"],
        ["did", "0.5000***", "-0.2500"],
        ["(0.1000)"],
        ["Observations", "1,234"],
    ]


def test_csv_reads_back_as_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    list_rows(TABLE).to_csv(path, index=False, encoding="utf-8-sig")
    assert read_csv(path)[:2] == [["", "1", "2"], ["did", "0.5000***", "-0.2500"]]


def test_texts_that_a_spreadsheet_takes_for_formulas_have_an_apostrophe() -> None:
    names = ['=HYPERLINK("x")', "+x", "-log", "@sum", " =1", "(3)", "(a)", "-", "did", "-0.25***", "+1.5e-03", "-5%"]
    wanted = [
        '\'=HYPERLINK("x")',
        "'+x",
        "'-log",
        "'@sum",
        "' =1",
        "3",
        "(a)",
        "-",
        "did",
        "-0.25***",
        "+1.5e-03",
        "-5%",
    ]
    block = tuple((name, name, Number(-0.5, 2)) for name in names)
    frame = list_rows(Table("", ("=a", "-1+1", "(2)"), (block,), spans=((Span("", 1), Span("@b", 1)),)))
    assert list(frame.columns) == ["'=a", "'-1+1", "'@b (2)"]
    assert frame.to_numpy().tolist() == [[name, name, "-0.50"] for name in wanted]
