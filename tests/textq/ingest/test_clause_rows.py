"""Rows of files about clauses: what is read, what is refused."""

from pathlib import Path

import pytest

from textq.errors import ClauseFileError
from textq.ingest.clause_rows import read_first, read_rows
from textq.ingest.cut_clauses import read_clauses


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_field_that_is_not_empty_counts() -> None:
    row = {"doc": "", "doc_id": 7, "id": None}
    assert read_first(row, ("doc", "doc_id")) == "7"
    assert read_first(row, ("id", "clause_id")) == ""


@pytest.mark.parametrize("name", ["id", "text", "doc", "heading", "a\\udfff"])
@pytest.mark.parametrize("value", ['"x\\ud800"', '[["\\uDFFF"]]', '{"\\ud800": 1}'])
def test_half_a_character_is_refused_in_every_field(tmp_path: Path, name: str, value: str) -> None:
    path = write(tmp_path / "c.jsonl", f'{{"id": "a", "text": "x"}}\n{{"{name}": {value}}}\n')
    with pytest.raises(ClauseFileError, match=r"c\.jsonl:2: the row holds half a character"):
        list(read_rows(path))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("9" * 5000, "no JSON object: Exceeds the limit"),
        ("[" * 100_000, "no JSON object: maximum recursion depth"),
        ("[" * 50 + "]" * 50, "the row holds more than 20 lists or objects in one another"),
        ('{"a":' * 50 + "1" + "}" * 50, "the row holds more than 20 lists or objects in one another"),
    ],
)
def test_json_that_no_reader_can_take_is_refused_with_its_line(tmp_path: Path, value: str, message: str) -> None:
    path = write(tmp_path / "c.jsonl", f'{{"id": "a", "text": "x"}}\n{{"id": {value}, "text": "x"}}\n')
    with pytest.raises(ClauseFileError, match=rf"c\.jsonl:2: {message}"):
        list(read_rows(path))


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", ",id,text, ,\n0,a,x,y,z\n")
    assert list(read_rows(path)) == [(2, {"id": "a", "text": "x"})]


def test_a_folder_is_no_file_of_rows(tmp_path: Path) -> None:
    with pytest.raises(ClauseFileError, match=r"is a folder\. Give a file of rows"):
        list(read_rows(tmp_path))


def test_clauses_are_read_with_their_context(tmp_path: Path) -> None:
    (unit,) = read_clauses(write(tmp_path / "c.csv", "id,text,title,stem\na,建设海外仓。,通知,\n"))
    assert (unit.clause_id, unit.text, unit.title, unit.heading, unit.stem) == ("a", "建设海外仓。", "通知", "", "")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("c.jsonl", "", "c.jsonl holds no clause"),
        ("c.csv", "id,text\n", "c.csv holds no clause"),
        ("c.csv", "id,text\na,x\na,y\n", "c.csv:3: id 'a' stands twice"),
        ("c.csv", "id,text\na,x,y\n", "c.csv:2: more cells than columns"),
        ("c.csv", ",id,text\n0,a,x,y\n", "c.csv:2: more cells than columns"),
        ("c.csv", "id,text,text\na,x,y\n", "c.csv:1: 2 columns are called 'text'"),
        ("c.csv", 'id,text\n1,"x\ny"\na,"x\nb,y\nc,z\n', "c.csv:4: no CSV row: unexpected end of data"),
        ("c.csv", 'id,text\na,"x\nb,y\nc,"z"\n', "c.csv:2: no CSV row"),
        ("c.csv", '"id,text\na,x\n', "c.csv:1: no CSV row"),
        ("c.jsonl", "[1]\n", "c.jsonl:1: no JSON object but list"),
        ("c.csv", "id,text\na,x\nb,\nc, \t\n", "c.csv: no text stands in lines 3, 4"),
        ("c.jsonl", '{"id": "a", "text": "\u200b\ufeff"}\n', "c.jsonl: no text stands in lines 1"),
        ("c.jsonl", '{"id": "a", "text": "\u3000"}\n', "c.jsonl: no text stands in lines 1"),
    ],
)
def test_files_without_use_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ClauseFileError, match=message):
        read_clauses(write(tmp_path / name, text))


def test_an_absent_file_is_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(ClauseFileError, match=r"nowhere\.csv does not exist\. Check its name"):
        read_clauses(tmp_path / "nowhere.csv")


def test_of_very_many_empty_texts_the_first_are_named(tmp_path: Path) -> None:
    rows = "".join(f"{at},\n" for at in range(30))
    with pytest.raises(ClauseFileError, match=r"no text stands in lines 2, 3, .*, 21, …\. Fill"):
        read_clauses(write(tmp_path / "c.csv", f"id,text\n{rows}"))
