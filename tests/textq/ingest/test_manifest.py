from pathlib import Path

import pytest

from textq.errors import ManifestError
from textq.ingest.manifest import CoverageRow, read_coverage, read_manifest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manifest.csv"


def read(path: Path, *lines: str, encoding: str = "utf-8"):
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return read_manifest(path)


def test_a_row_states_only_what_its_cells_say(path):
    (row,) = read(path, "id,file,title,units,issued_on,sha256,remark", "hz-1,a.txt, 通知 ,,2016-03-21,ab,x")
    assert (row.file, row.doc_id, row.line) == ("a.txt", "hz-1", 2)
    assert row.fields == {"title": "通知", "issued_on": "2016-03-21"}
    assert row.source == {"sha256": "ab"}


def test_validity_and_charset_are_columns_too(path):
    (row,) = read(path, "file,validity,charset,issued_on,level", "a.txt,失效,big5,-,-")
    assert (dict(row.fields), dict(row.source)) == (
        {"validity": "失效", "issued_on": "-", "level": "-"}, {"charset": "big5"}
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_manifest_saved_by_a_spreadsheet(path, encoding):
    (row,) = read(path, "file,title,issuers", "通知 一.docx,关于促进发展的通知,商务部;海关总署", encoding=encoding)
    assert (row.file, row.fields["issuers"]) == ("通知 一.docx", "商务部;海关总署")


def test_names_of_columns_have_aliases_and_any_case(path):
    (row,) = read(
        path, "Doc_ID,PATH,Number,type,issuer,jurisdiction,date", "1,a.txt,甲1号,通知,商务部,330100,2016-03-21"
    )
    assert (row.doc_id, row.file) == ("1", "a.txt")
    assert dict(row.fields) == {
        "doc_number": "甲1号", "doc_type": "通知", "issuers": "商务部", "units": "330100", "issued_on": "2016-03-21"
    }  # fmt: skip


def test_empty_rows_are_passed_over_and_lines_still_counted(path):
    assert [row.line for row in read(path, "file,id", "a.txt,1", "", " , ", "b.txt,2")] == [2, 5]


def test_short_rows_and_quoted_cells(path):
    rows = read(path, "file,title,units", 'a.txt,"甲, 乙"', "b.txt")
    assert [dict(row.fields) for row in rows] == [{"title": "甲, 乙"}, {}]


def test_windows_folders(path):
    assert [row.file for row in read(path, "file", "文件\\杭州\\a.txt", "./b.txt")] == ["文件/杭州/a.txt", "b.txt"]


@pytest.mark.parametrize("units", ["-", "330100", "330100;110000", "330100; 110000", "330100；110000、330200;"])
def test_units(path, units):
    assert read(path, "file,units", f"a.txt,{units}")[0].fields["units"] == units


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        (["title", "a"], 1, "the column file is missing. Found: title"),
        (["file,date", "a.txt,2016", "b.txt,x"], 2, "issued_on '2016' is no date"),
        (["file,issued_on", "a.txt,", "b.txt,2016-02-30"], 3, "is no date"),
        (["file,retrieved_on", "a.txt,soon"], 2, "retrieved_on 'soon' is no date"),
        (["file", "a.txt", "a.txt"], 3, "'a.txt' stands in line 2 already"),
        (["file", "a.txt", "", "A.TXT"], 4, "stands in line 2 already"),
        (["file,id", "a.txt,x", "b.txt,X"], 3, "'x' stands in line 2 already"),
        (["file,id", "a.txt,a/b"], 2, "id 'a/b'"),
        (["file,id", "a.txt,."], 2, "id '.'"),
        (["file,title", ",通知"], 2, "must be a path inside"),
        (["file", "../a.txt"], 2, "must be a path inside"),
        (["file", "/etc/passwd"], 2, "must be a path inside"),
        (["file,level", "a.txt,city"], 2, "level 'city' must be one of central, province, prefecture, county"),
        (["file,units", "a.txt,杭州"], 2, "unit '杭州' must be a six-digit code"),
        (["file,units", "a.txt,;"], 2, "must be a six-digit code"),
        (["id,file", "1"], 2, "must be a path inside"),
        (["file,units", "a.txt,33010"], 2, "must be a six-digit code"),
        (["file,title", "a.txt,甲,乙"], 2, "3 cells for 2 columns"),
        ([""], 1, "the column file is missing"),
        (["file,units", "a.txt,３３０１００"], 2, "must be a six-digit code in plain digits"),
        (["file,issued_on", "a.txt,2999-01-01"], 2, "issued_on 2999-01-01 lies in the future"),
        (["file,issued_on,retrieved_on", "a.txt,2020-01-02,2020-01-01"], 2, "is after retrieved_on 2020-01-01"),
        (["file,id", f"a.txt,{'文' * 70}"], 2, "use 200 bytes at most"),
        (["file,title", "a.txt,通知", f"b.txt,{'长' * 10_000_001}"], 3, "no CSV row: field larger than field limit"),
    ],
)
def test_every_error_names_file_and_line(path, lines, place, reason):
    with pytest.raises(ManifestError) as error:
        read(path, *lines)
    assert str(error.value).startswith(f"{path}:{place}: ")
    assert reason in str(error.value)


def test_effect_and_repeal_may_lie_ahead_and_cells_may_be_long(path):
    (row,) = read(path, "file,effective_on,repealed_on,remark", f"a.txt,2998-01-01,2999-01-01,{'长' * 140_000}")
    assert row.fields == {"effective_on": "2998-01-01", "repealed_on": "2999-01-01"}


def test_binary_data_is_no_manifest(path):
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(ManifestError, match=r"manifest\.csv: the text encoding"):
        read_manifest(path)


HEAD = "unit,first_period,last_period"


def cover(path: Path, *lines: str) -> list[CoverageRow]:
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return read_coverage(path)


def test_coverage(path):
    assert cover(path, HEAD, "330100,2015,2020", "330200,2016,2016") == [
        CoverageRow("330100", 2015, 2020), CoverageRow("330200", 2016, 2016)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        (["unit,first_period", "330100,2015"], 1, "the column last_period is missing"),
        ([HEAD, "330100,2015,2020", "330100,2021,2022"], 3, "stands twice"),
        ([HEAD, "330100,2020,2015"], 2, "ends (2015) before it begins (2020)"),
        ([HEAD, "330100,15,2020"], 2, "'15' is no year"),
        ([HEAD, "330100,２０１５,2020"], 2, "'２０１５' is no year"),
        ([HEAD, "330100,2015,"], 2, "'' is no year"),
        ([HEAD, "杭州,2015,2020"], 2, "six-digit code"),
        ([HEAD, "330100;330200,2015,2020"], 2, "are several units"),
        ([HEAD, "330100,2015"], 2, "'' is no year"),
    ],
)
def test_every_error_of_coverage_names_file_and_line(path, lines, place, reason):
    with pytest.raises(ManifestError) as error:
        cover(path, *lines)
    assert str(error.value).startswith(f"{path}:{place}: ")
    assert reason in str(error.value)
