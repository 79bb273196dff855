"""Files of codings: who coded what, in any of the forms people keep, and what is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from textq.errors import ClauseFileError
from textq.ingest.codings import CoderCodings, GivenCode, parse_code, read_codings


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (["supply", "talent"], ("supply", "talent")),
        ('["supply", "talent"]', ("supply", "talent")),
        ("supply/talent", ("supply", "talent")),
        (["supply/talent"], ("supply", "talent")),
        (["supply", None], ("supply", None)),
        (" none ", ("none", None)),
        ("", None), (None, None), ([], None), ([""], None),
    ],
)  # fmt: skip
def test_cells_in_any_form(value: object, code: GivenCode | None) -> None:
    assert parse_code(value) == code


@pytest.mark.parametrize(
    "value",
    [
        3, {"code": "x"}, ["a", "b", "c"], [1], "[broken", ["a", ["b"]], "[" * 100_000, "[" * 300 + "]" * 300,
        '["a", ' + "9" * 5000 + "]", r'["a", "\ud800"]',
    ],
)  # fmt: skip
def test_cells_that_are_no_codes_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_code(value)


def test_a_file_is_a_coder_by_its_column_or_its_name(tmp_path: Path) -> None:
    anna = write(tmp_path / "anna.csv", "id,instrument,subtype,doc", "1,supply,talent,d1", "2,none,,")
    rules = write(tmp_path / "b.jsonl", '{"clause_id": 1, "coder_id": "rules:x@1", "code": "none", "doc_id": "d1"}')
    assert read_codings([anna, rules]) == [
        CoderCodings("anna", {"1": ("supply", "talent"), "2": ("none", None)}, {"1": "d1"}),
        CoderCodings("rules:x@1", {"1": ("none", None)}, {"1": "d1"}),
    ]


def test_rows_of_one_file_may_be_of_several_coders(tmp_path: Path) -> None:
    path = write(tmp_path / "all.csv", "id,coder_id,code", "1,a,x", "1,b,y")
    assert [(one.coder, one.codes) for one in read_codings([path])] == [
        ("a", {"1": ("x", None)}), ("b", {"1": ("y", None)}),
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [[], ["a", "b"], ["coder_b", "coder_a"]])
def test_columns_are_coders(tmp_path: Path, columns: Sequence[str]) -> None:
    path = write(tmp_path / "gold.csv", "id,coder_id,coder_a,coder_b", "1,me,x/s,x", "2,me,,y")
    found = read_codings([path], columns)
    assert [one.coder for one in found] == [*columns] or columns == []
    codes = {one.coder.removeprefix("coder_"): one.codes for one in found}
    assert codes == {"a": {"1": ("x", "s")}, "b": {"1": ("x", None), "2": ("y", None)}}


def test_any_row_may_name_a_column_first(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": 1, "code": "x"}', '{"id": 2, "coder_a": "x", "coder_b": "y"}')
    with pytest.raises(ClauseFileError, match=r"a.jsonl:1: there is no column coder_a"):
        read_codings([path])


def test_one_column_coder_is_no_reason_to_read_by_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "one.csv", "id,coder_a,code", "1,y,x")
    assert [(one.coder, one.codes) for one in read_codings([path])] == [("one", {"1": ("x", None)})]


@pytest.mark.parametrize(
    ("lines", "columns", "message"),
    [
        (["id,code", "1,x", "1,x"], [], "a.csv:3: a coded the clause '1' twice"),
        (["id,code", ",x"], [], "a.csv:2: every coding needs the id of its clause. Found: id, code"),
        (["id,text", "1,x"], [], "a.csv:2: there is no column instrument or code"),
        (["id,code", "1,x"], ["b", "c"], "a.csv:2: there is no column b or coder_b"),
        (["id,code", '1,"[""x"", ""y"", ""z""]"'], [], "a.csv:2: no code:"),
        (["id,code"], [], "a.csv holds no coding"),
        (["id,code", f"1,{'[' * 100_000}"], [], "a.csv:2: too many lists in one another"),
    ],
)
def test_unsuitable_rows_are_refused_with_their_line(
    tmp_path: Path, lines: Sequence[str], columns: Sequence[str], message: str
) -> None:
    with pytest.raises(ClauseFileError) as refused:
        read_codings([write(tmp_path / "a.csv", *lines)], columns)
    assert message in str(refused.value)
