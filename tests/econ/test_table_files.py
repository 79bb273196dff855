"""One call writes each format; what is read again is compared, and a difference is told."""

import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

import econ
from econ import table_files
from econ.errors import SpecError, TableFileError
from econ.estimate import Estimate
from econ.table import Number, Span, Table, print_rows, unset_minus
from econ.table_files import check_table, read_table, write_table, write_workbook
from econ.table_style import STYLES, Below
from tests.econ.estimates import fit_cities
from tests.econ.hard_tables import HARD

PLAIN = (".txt", ".md", ".tex", ".html", ".csv")
OFFICE = tuple(
    end for end, module in ((".docx", "econ.table_word"), (".xlsx", "econ.table_excel")) if find_spec(module)
)


@pytest.fixture(scope="module")
def cities() -> list[Estimate]:
    return fit_cities()


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_format_holds_the_printed_numbers(
    cities: list[Estimate], tmp_path: Path, end: str, style: str, lang: str
) -> None:
    path = tmp_path / f"table{end}"
    table = econ.write_table(cities, path, style, {"did": "政策"}, lang=lang, title="T")
    check_table(table, path)
    first = str(next(row for row in table.blocks[0] if row[0] == "政策")[1])
    assert first.startswith(f"{cities[0].params['estimate'].iloc[0]:.{STYLES[style].digits}f}")
    if end in PLAIN:
        text = path.read_text(encoding="utf-8")
        assert "政策" in text
        assert first.rstrip("*") in text


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
@pytest.mark.parametrize("below", ["se", "t", "p", "ci"])
def test_what_is_read_is_what_was_estimated(cities: list[Estimate], tmp_path: Path, end: str, below: Below) -> None:
    # Every coefficient and what stands below it, to half a unit of the last printed digit.
    path = tmp_path / f"table{end}"
    write_table(cities, path, replace(STYLES["cn"], below=below, digits=5), lang="en")
    rows = [list(map(unset_minus, row)) for row in read_table(path)]
    columns = {"se": ["std_error"], "t": ["statistic"], "p": ["p_value"], "ci": ["conf_low", "conf_high"]}[below]
    for term in ("did", "size", "trade"):
        place = next(place for place, row in enumerate(rows) if row[0] == term)
        wanted = [one.params.set_index("term").loc[term] for one in cities if term in set(one.params["term"])]
        for shown, names in ((rows[place][1:], ["estimate"]), (rows[place + 1], columns)):
            printed = [number for cell in shown for number in re.findall(r"-?\d+\.\d+", cell)]
            numbers = [float(row[name]) for row in wanted for name in names]
            assert len(printed) == len(numbers)
            for text, number in zip(printed, numbers, strict=True):
                assert abs(float(text) - number) <= 0.5000001 * 10.0 ** -len(text.partition(".")[2])


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_hard_signs_pass_the_check(tmp_path: Path, end: str) -> None:
    write_table(HARD, tmp_path / f"table{end}")


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_same_estimates_same_bytes(cities: list[Estimate], tmp_path: Path, end: str) -> None:
    for name in ("one", "two"):
        write_table(cities, tmp_path / f"{name}{end}")
    assert (tmp_path / f"one{end}").read_bytes() == (tmp_path / f"two{end}").read_bytes()


@pytest.mark.parametrize("end", PLAIN)
def test_a_changed_digit_is_found(cities: list[Estimate], tmp_path: Path, end: str) -> None:
    path = tmp_path / f"table{end}"
    table = write_table(cities, path)
    number = table.blocks[0][0][1]
    assert isinstance(number, Number)
    text = path.read_text(encoding="utf-8-sig")
    assert text.count(number.bare) == 1
    path.write_text(text.replace(number.bare, "9" + number.bare[1:]), encoding="utf-8")
    with pytest.raises(TableFileError, match=r"row [23] reads .*9"):
        check_table(table, path)


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_another_table_is_found(cities: list[Estimate], tmp_path: Path, end: str) -> None:
    path = tmp_path / f"table{end}"
    table = write_table(cities, path)
    longer = replace(table, blocks=(*table.blocks, (("x", *["y"] * 4),)))
    with pytest.raises(TableFileError, match="rows were read where"):
        check_table(longer, path)


def test_one_estimate_or_names_are_tables_too(cities: list[Estimate], tmp_path: Path) -> None:
    assert write_table(cities[0], tmp_path / "one.md").head == ("变量", "(1)")
    assert write_table({"base": cities[0]}, tmp_path / "named.md").head == ("变量", "base")


def test_a_table_is_written_as_it_is(cities: list[Estimate], tmp_path: Path) -> None:
    table = econ.tabulate_estimates(cities, style="aer")
    assert write_table(table, tmp_path / "table.md") is table
    with pytest.raises(SpecError, match="has its style and labels already"):
        write_table(table, tmp_path / "table.md", "stata")


def test_unknown_endings_are_refused(cities: list[Estimate], tmp_path: Path) -> None:
    with pytest.raises(
        SpecError, match=r"ends in \.txt, \.md, \.tex, \.html, \.csv, \.docx, \.xlsx\. Got 'table\.rtf'"
    ):
        write_table(cities, tmp_path / "table.rtf")
    assert not list(tmp_path.iterdir())


def test_csv_opens_in_excel_as_utf8(cities: list[Estimate], tmp_path: Path) -> None:
    write_table(cities, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.skipif(".xlsx" not in OFFICE, reason="needs econ.table_excel")
def test_a_workbook_holds_every_table(cities: list[Estimate], tmp_path: Path) -> None:
    tables = {name: econ.tabulate_estimates(cities, style=name) for name in ("cn", "aer")}
    write_workbook(tables, tmp_path / "tables.xlsx")
    from econ.table_excel import read_excel

    for name, table in tables.items():
        assert read_excel(tmp_path / "tables.xlsx", name) == print_rows(table)


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_a_file_that_does_not_read_back_leaves_the_old_one(
    cities: list[Estimate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    path = tmp_path / f"table{end}"
    other = write_table(cities[:1], path)
    old = path.read_bytes()
    write = table_files._WRITERS[end]
    monkeypatch.setitem(table_files._WRITERS, end, lambda table, *rest: write(other, *rest))
    with pytest.raises(TableFileError, match=re.escape(f"{path}: ")):
        write_table(cities, path)
    assert path.read_bytes() == old
    with pytest.raises(TableFileError):
        write_table(cities, tmp_path / f"new{end}")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(".xlsx" not in OFFICE, reason="needs econ.table_excel")
def test_a_workbook_that_does_not_read_back_leaves_the_old_one(
    cities: list[Estimate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from econ import table_excel

    path = tmp_path / "tables.xlsx"
    table = econ.tabulate_estimates(cities)
    write_workbook({"one": table}, path)
    old = path.read_bytes()
    monkeypatch.setattr(table_excel, "read_excel", lambda path, sheet: [])
    with pytest.raises(TableFileError, match="0 rows were read"):
        write_workbook({"two": table}, path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(SpecError, match=r"ends in \.xlsx\. Got 'tables\.csv'"):
        write_workbook({"two": table}, tmp_path / "tables.csv")


def test_a_folder_that_is_not_there_is_named(cities: list[Estimate], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent.table\.csv"):
        write_table(cities, tmp_path / "absent" / "table.csv")


def test_a_replaced_file_keeps_its_rights_and_its_links(cities: list[Estimate], tmp_path: Path) -> None:
    path, link = tmp_path / "table.csv", tmp_path / "link.csv"
    write_table(cities[:1], path)
    path.chmod(0o640)
    link.symlink_to(path)
    table = write_table(cities, link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    check_table(table, path)


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_breaks_of_lines_become_a_blank(tmp_path: Path, end: str) -> None:
    blocks = ((("did\nof a  city\r\n", "\tyes \u2028 no"), ("  indented", "x\x85y")),)
    table = Table("A\ntitle", ("", "two\n lines"), blocks, ("A note\nof two lines.",), ((Span("a\vb", 1),),))
    path = tmp_path / f"table{end}"
    written = write_table(table, path)
    assert (written.title, written.head, written.spans[0][0].text) == ("A title", ("", "two lines"), "a b")
    assert written.blocks == ((("did of a  city", "yes no"), ("  indented", "x y")),)
    check_table(table, path)


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\ud800", "\uffff"])
@pytest.mark.parametrize("place", ["title", "head", "cell", "span", "note"])
def test_other_control_characters_are_refused_before_writing(tmp_path: Path, letter: str, place: str) -> None:
    text = dict.fromkeys(["title", "head", "cell", "span", "note"], "fine") | {place: f"bad{letter}name"}
    block = ((text["cell"], "1"),)
    table = Table(text["title"], ("", text["head"]), (block,), (text["note"],), ((Span(text["span"], 1),),))
    with pytest.raises(SpecError, match=re.escape(f"the text {text[place]!r} of a table holds the character U+")):
        write_table(table, tmp_path / "table.txt")
    assert not list(tmp_path.iterdir())
    if ".xlsx" in OFFICE:
        with pytest.raises(SpecError, match="holds the character"):
            write_workbook({"one": table}, tmp_path / "tables.xlsx")


@pytest.mark.parametrize("end", [*PLAIN, *OFFICE])
def test_endings_may_be_in_capitals(cities: list[Estimate], tmp_path: Path, end: str) -> None:
    path = tmp_path / f"table{end.upper()}"
    check_table(write_table(cities, path), path)
    assert list(tmp_path.iterdir()) == [path]
    if end == ".xlsx":
        write_workbook({"one": econ.tabulate_estimates(cities)}, path)


def test_csv_holds_no_formulas_and_no_negative_heads(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    table = write_table(Table("", ("", "(1)", "=A1"), ((("=1+1", Number(-0.5, 2), "@x"),),)), path)
    assert path.read_text(encoding="utf-8-sig") == ",1,'=A1\n'=1+1,-0.50,'@x\n"
    check_table(table, path)
    path.write_text(",1,=A1\n=1+1,-0.50,@x\n", encoding="utf-8-sig")
    with pytest.raises(TableFileError, match="row 1 reads"):
        check_table(table, path)
