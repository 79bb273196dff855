"""Names that Stata and R take, and labels."""

import re

from textq.export.columns import LABEL_LENGTH, find_label, name_columns, read_labels, shorten_label


def names_of(*columns: str) -> list[str]:
    return [column.name for column in name_columns(columns)]


def test_what_is_no_letter_or_digit_becomes_an_underscore() -> None:
    assert names_of("did:supply", "gdp:log_difference", "did::x y") == ["did_supply", "gdp_log_difference", "did_x_y"]


def test_names_begin_with_a_letter_and_are_none_that_a_program_keeps() -> None:
    assert names_of("2020", "if", "NULL", "str12", "_n") == ["v_2020", "v_if", "v_NULL", "v_str12", "n"]


def test_chinese_names_get_the_number_of_their_column() -> None:
    assert names_of("did", "人口", "人均GDP") == ["did", "v2", "GDP"]


def test_names_have_at_most_32_characters_and_differ_not_in_capitals_alone() -> None:
    long = "did:" + "a" * 40
    names = names_of(long, long + "b", "GDP", "gdp", "gdp_2")

    assert names == ["did_" + "a" * 28, "did_" + "a" * 26 + "_2", "GDP", "gdp_2", "gdp_2_2"]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", name) for name in names)


def test_labels_are_in_both_languages_and_fit_into_stata() -> None:
    for label in read_labels().values():
        assert set(label) == {"en", "zh"}
        assert all(0 < len(text) <= LABEL_LENGTH for text in label.values())


def test_a_label_of_one_table_is_not_that_of_others() -> None:
    assert find_label("dropped", "count") != find_label("scores", "count")
    assert find_label("scores", "nonsense") is None


def test_long_labels_end_in_dots() -> None:
    assert shorten_label("政" * 80) == "政" * 80
    assert shorten_label("政" * 81) == "政" * 79 + "…"


def test_labels_that_are_given_win() -> None:
    (column,) = name_columns(["unit"], {"unit": {"en": "City", "zh": "城市"}})

    assert column.labels["zh"] == "城市"
