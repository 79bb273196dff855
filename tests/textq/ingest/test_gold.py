"""Gold clauses: what is read, which rows are kept, what is refused and where."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from textq.errors import ClauseFileError, ConfigError
from textq.ingest.gold import Condition, parse_condition, read_gold
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype

LABEL = Label("类", "class")
MONEY = Instrument("money", LABEL, "d", (Subtype("aid", LABEL, "d"), Subtype("prize", LABEL, "d")))
CODEBOOK = Codebook(
    "tiny", "7", "en",
    (MONEY, Instrument("law", LABEL, "d")),
    (), (), Instrument("none", LABEL, "nothing"),
)  # fmt: skip
ROWS = [
    {"id": "a", "text": "x", "code": "money", "subtype": "aid", "doc": "d1", "draw": "random", "dev_document": False},
    {"id": "b", "text": "y", "code": "law", "subtype": "", "doc": "d2", "draw": "enriched", "dev_document": True},
    {"id": "c", "text": "z", "code": "none", "heading": "H", "stem": "S", "title": "T", "weight": 2.5},
]


def write(path: Path, rows: Sequence[Mapping[str, object]] = ROWS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_ids(path: Path, *conditions: str) -> list[str]:
    where = [parse_condition(text) for text in conditions]
    return [clause.unit.clause_id for clause in read_gold(path, CODEBOOK, where=where)]


def test_fields_are_read(tmp_path: Path) -> None:
    first, second, third = read_gold(write(tmp_path / "gold.jsonl"), CODEBOOK)
    assert (first.code, first.subtype, first.document, first.is_random, first.weight) == (
        "money",
        "aid",
        "d1",
        True,
        1.0,
    )
    assert (second.code, second.subtype, second.is_random) == ("law", None, False)
    assert (third.unit.title, third.unit.heading, third.unit.stem, third.document) == ("T", "H", "S", "")
    assert (third.is_random, third.is_said_random, first.is_said_random) == (True, False, True)


def test_csv_and_codes_with_a_slash(tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    path.write_text("id,text,instrument\n1,x,money/prize\n2,y,none\n", encoding="utf-8-sig")
    assert [(one.code, one.subtype) for one in read_gold(path, CODEBOOK)] == [("money", "prize"), ("none", None)]


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        (["draw=random"], ["a"]),
        (["draw!=random"], ["b", "c"]),
        (["dev_document!=true"], ["a", "c"]),
        (["dev_document=false"], ["a"]),
        (["draw!=enriched", "code=none"], ["c"]),
        (["weight=2.5"], ["c"]),
        (["draw="], ["c"]),
    ],
)
def test_conditions_keep_rows(tmp_path: Path, conditions: list[str], kept: list[str]) -> None:
    assert read_ids(write(tmp_path / "gold.jsonl"), *conditions) == kept


def test_an_absent_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(ClauseFileError, match=r"no row has the column 'dco'.*Found: id, text, code, subtype, doc"):
        read_ids(write(tmp_path / "gold.jsonl"), "dco=d1")


def test_rows_left_out_are_not_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", [*ROWS, {"id": "z", "text": "", "code": "unheard", "draw": "broken"}])
    assert read_ids(path, "draw!=broken") == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["draw", "=random", "!=random", "", "draw==random", "draw!==random"])
def test_conditions_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no condition"):
        parse_condition(text)


def test_value_may_hold_an_equals_sign() -> None:
    assert parse_condition("note = a=b") == Condition("note", "a=b", True)


def test_weights_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", [{**row, "weight": at + 0.5} for at, row in enumerate(ROWS)])
    assert [one.weight for one in read_gold(path, CODEBOOK, weight="weight")] == [0.5, 1.5, 2.5]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "supply"}, "gold.jsonl:4: the code 'supply' is not in the codebook tiny@7. Use money, law, none"),
        ({"code": "money", "subtype": "loan"}, "gold.jsonl:4: the subtype 'loan' of money"),
        ({"code": "none", "subtype": "aid"}, "gold.jsonl:4: the subtype 'aid' of none"),
        ({"code": ""}, "gold.jsonl:4: the clause 'd' has no gold code"),
        ({"code": "law", "id": "a"}, "gold.jsonl:4: id 'a' stands twice"),
        ({"code": "law", "text": None}, "gold.jsonl:4: every clause needs the fields id and text"),
        ({"code": "law", "text": "\ud800"}, "half a character"),
        ({"code": "law", "text": " \u3000"}, "gold.jsonl: no text stands in lines 4"),
    ],
)
def test_unsuitable_rows_are_refused_with_their_line(tmp_path: Path, row: dict[str, object], message: str) -> None:
    path = write(tmp_path / "gold.jsonl", [*ROWS, {"id": "d", "text": "x", **row}])
    with pytest.raises(ClauseFileError) as refused:
        read_gold(path, CODEBOOK)
    assert message in str(refused.value)


@pytest.mark.parametrize("weight", [0, -1, "much", "nan", "inf", ""])
def test_unsuitable_weights_are_refused(tmp_path: Path, weight: object) -> None:
    path = write(tmp_path / "gold.jsonl", [{**ROWS[0], "weight": weight}])
    with pytest.raises(ClauseFileError, match=r"gold\.jsonl:1: the weight .* is no number above zero"):
        read_gold(path, CODEBOOK, weight="weight")


@pytest.mark.parametrize(
    ("value", "is_sure"),
    [
        (0, False),
        ("0", False),
        (False, False),
        ("FALSE", False),
        (1, True),
        (2, True),
        (True, True),
        ("", True),
        (None, True),
    ],
)
def test_who_was_sure_is_read(tmp_path: Path, value: object, is_sure: bool) -> None:
    path = write(tmp_path / "gold.jsonl", [{**ROWS[0], "sure": value}])
    assert [one.is_sure for one in read_gold(path, CODEBOOK)] == [is_sure]


@pytest.mark.parametrize("value", [0.0, "no", -1, "yes"])
def test_other_words_for_sure_are_refused(tmp_path: Path, value: object) -> None:
    path = write(tmp_path / "gold.jsonl", [{**ROWS[0], "sure": value}])
    with pytest.raises(ClauseFileError, match=r"gold\.jsonl:1: .* \(sure\) is neither how many were sure"):
        read_gold(path, CODEBOOK)


def test_unknown_columns_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl")
    with pytest.raises(ClauseFileError, match="no row has the column 'drawn'"):
        read_ids(path, "drawn!=random")
    with pytest.raises(ClauseFileError, match="no row has the column 'pi'"):
        read_gold(path, CODEBOOK, weight="pi")


def test_nothing_left_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClauseFileError, match="none of the 3 rows is left"):
        read_ids(write(tmp_path / "gold.jsonl"), "draw=never")
    with pytest.raises(ClauseFileError, match="holds no clause"):
        read_ids(write(tmp_path / "empty.jsonl", []))
