from dataclasses import replace

import pytest

from tests.textq.review.sheets import BOOK, build, fill, make_rows, make_standing
from textq.review.answers import Answer, SheetRow
from textq.review.changes import Change, Standing, compare_rows, count_changes
from textq.review.code_words import CodeWords
from textq.review.workbook_read import ReturnedSheet, read_table, read_workbook

WORDS = CodeWords(BOOK)
SUPPLY = Answer("supply", "talent", False, "")


def compare(
    rows: list[SheetRow], cells: dict[str, object], standing: dict[str, Standing] | None = None
) -> list[Change]:
    sheet = read_workbook(fill(build(rows), cells), "x.xlsx")
    return compare_rows(sheet, make_standing(rows) if standing is None else standing, WORDS)


def test_nothing_changed() -> None:
    rows = make_rows(answer=SUPPLY)
    assert {change.status for change in compare(rows, {})} == {"unchanged"}


def test_exactly_what_was_filled_in_changes() -> None:
    rows = make_rows(3) + [replace(row, answer=SUPPLY) for row in make_rows()[3:]]
    changes = compare(
        rows, {"L2": "供给", "M3": "人才", "N4": "是", "L5": "D", "M5": None, "L6": None, "M6": None, "O7": "看"}
    )
    assert [change.status for change in changes] == ["new"] * 3 + ["changed", "cleared", "changed"] + ["unchanged"] * 3
    assert [change.after for change in changes[:6]] == [
        Answer("supply"), Answer("supply", "talent"), Answer(unsure=True), Answer("demand"), Answer(),
        replace(SUPPLY, memo="看"),
    ]  # fmt: skip
    assert count_changes(changes)["new"] == 3


def test_a_doubt_with_a_code_is_a_doubt_and_stays_one() -> None:
    rows = make_rows(1)
    first = compare(rows, {"L2": "供给", "N2": "是"})
    assert (first[0].status, first[0].after) == ("new", Answer("supply", None, True))
    stands = make_standing(rows, {rows[0].key: Answer(unsure=True)})
    assert compare(rows, {"L2": "供给", "N2": "是"}, stands)[0].status == "unchanged"


def test_unknown_words_name_the_nearest() -> None:
    (change,) = compare(make_rows(1), {"L2": "公给型"})
    assert (change.status, change.written, change.nearest) == ("unknown", "公给型", ("supply",))
    (change,) = compare(make_rows(1), {"L2": "供给", "N2": "也许"})
    assert (change.status, change.why) == ("unknown", "unsure")


@pytest.mark.parametrize(
    ("now", "others", "filled", "status"),
    [
        (Answer("demand"), "", "供给", "conflict"),
        (Answer("supply"), "", "供给", "unchanged"),
        (Answer("demand"), "", None, "unchanged"),
        (Answer(), "other", "供给", "conflict"),
        (Answer(), "other", None, "unchanged"),
    ],
)
def test_what_was_coded_since_the_export(now: Answer, others: str, filled: str | None, status: str) -> None:
    rows = make_rows(1)
    stands = {key: replace(one, answer=now, stands=others) for key, one in make_standing(rows).items()}
    assert compare(rows, {"L2": filled}, stands)[0].status == status


def test_a_text_that_changed_is_never_coded() -> None:
    rows = make_rows(2)
    stands = make_standing(rows)
    stands[rows[0].key] = replace(stands[rows[0].key], clause_sha256="f" * 64)
    changes = compare(rows, {"L2": "供给", "G3": "别的条款", "L3": "供给"}, stands)
    assert [(change.status, change.why) for change in changes] == [("stale", "hash"), ("stale", "text")]


def test_blanks_of_a_program_are_no_other_text() -> None:
    rows = make_rows(6)
    changes = compare(rows, {"G7": "支持人才引进。\r\n 第二行 ", "L7": "供给"})
    assert changes[5].status == "new"


def test_rows_without_a_key_twice_and_gone() -> None:
    rows = make_rows(4)
    sheet = read_workbook(fill(build(rows), {"L2": "供给"}), "x.xlsx")
    first, second, third, _ = sheet.rows
    returned = ReturnedSheet(
        (first, replace(first, line=9, code="需求"), replace(second, key="", clause_id="", code="供给"), third),
        sheet.columns, sheet.facts, sheet.exported,
    )  # fmt: skip
    changes = compare_rows(returned, make_standing(rows), WORDS)
    assert [change.status for change in changes] == ["double", "double", "keyless", "unchanged", "deleted", "deleted"]
    assert [change.key for change in changes[4:]] == [rows[1].key, rows[3].key]


def test_the_clause_id_stands_in_for_the_key() -> None:
    rows = make_rows(2)
    sheet = read_table("clause_id,class\ndoc#1,S\nnobody#1,S\n", "x.csv")
    changes = compare_rows(sheet, make_standing(rows), WORDS)
    assert [(change.key, change.status) for change in changes] == [(rows[1].key, "new"), ("", "keyless")]


def test_clauses_of_another_study() -> None:
    rows = make_rows(2)
    changes = compare(rows, {"L2": "供给"}, {})
    assert [change.status for change in changes] == ["foreign", "unchanged"]


def test_columns_that_a_file_lacks_say_nothing() -> None:
    rows = make_rows(1, answer=Answer("supply", "talent", False, "memo"))
    sheet = read_table(f"clause_key,class\n{rows[0].key},供给\n", "x.csv")
    (change,) = compare_rows(sheet, make_standing(rows), WORDS)
    assert change.status == "unchanged"
