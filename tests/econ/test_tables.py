"""Tables: what is printed is what was estimated, and the note says how."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from econ.errors import SpecError
from econ.estimate import Estimate, build_params
from econ.spec import PanelSpec, VcovSpec
from econ.tables import Table, describe_vcov, list_rows, render_latex, render_text, tabulate_estimates


def make_estimate(terms: tuple[str, ...], values: list[float], errors: list[float], vcov: VcovSpec) -> Estimate:
    matrix = np.diag(np.square(errors))
    return Estimate(
        params=build_params(terms, np.array(values), matrix, 50.0),
        vcov=pd.DataFrame(matrix, terms, terms),
        nobs=1234,
        df=50.0,
        n_clusters={"unit": 51},
        absorbed=("pair", "period"),
        dropped=(),
        notes=("One note.",),
        r2=0.5,
        r2_within=0.1,
        spec=PanelSpec("y", terms, ("pair", "period"), vcov),
        versions={},
    )


JACKKNIFE = VcovSpec("jackknife", ("unit_i", "unit_j"), "none")
ONE = make_estimate(("did", "did:supply"), [0.5, -0.012], [0.1, 0.01], JACKKNIFE)
OTHER = make_estimate(("did", "did:demand"), [0.3, 0.2], [0.16, 0.09], VcovSpec("cluster", ("pair",)))


@pytest.fixture
def table() -> Table:
    return tabulate_estimates({"(1)": ONE, "(2)": OTHER}, title="Effects", labels={"did:supply": "did × supply"})


def test_cells_hold_estimates_with_stars_above_errors(table: Table) -> None:
    assert table.blocks[0] == (
        ("did", "0.5000***", "0.3000*"),
        ("", "(0.1000)", "(0.1600)"),
        ("did × supply", "-0.0120", ""),
        ("", "(0.0100)", ""),
        ("did:demand", "", "0.2000**"),
        ("", "", "(0.0900)"),
    )


def test_facts_follow(table: Table) -> None:
    assert table.blocks[1] == (
        ("pair effects", "Yes", "Yes"),
        ("period effects", "Yes", "Yes"),
        ("Observations", "1,234", "1,234"),
        ("Clusters: unit", "51", "51"),
        ("R²", "0.500", "0.500"),
        ("Within R²", "0.1000", "0.1000"),
    )


def test_note_names_each_covariance_in_use_and_the_thresholds(table: Table) -> None:
    assert "jackknife that leaves out one unit" in table.notes[0]
    assert "clustered by pair" in table.notes[0]
    assert table.notes[0].endswith("* p < 0.1, ** p < 0.05, *** p < 0.01")
    assert table.notes[1:] == ("One note.",)


def test_note_follows_the_covariance_and_the_stars() -> None:
    robust = replace(ONE, spec=replace(ONE.spec, vcov=VcovSpec("hc1")))
    table = tabulate_estimates({"(1)": robust}, stars=(("†", 0.05),))
    assert table.notes[0] == "Standard errors in parentheses: robust to heteroskedasticity (HC1). † p < 0.05"
    assert table.blocks[0][0] == ("did", "0.5000†")


def test_white_errors_without_correction_are_called_hc0() -> None:
    for lang in ("en", "zh"):
        assert "HC0" in describe_vcov(VcovSpec("hc1", ssc="none"), lang=lang)
        assert "HC1" in describe_vcov(VcovSpec("hc1"), lang=lang)


def test_no_stars_print_no_legend() -> None:
    table = tabulate_estimates({"(1)": ONE}, stars=())
    assert table.blocks[0][0] == ("did", "0.5000")
    assert "p <" not in table.notes[0]


def test_chinese_words_and_names() -> None:
    table = tabulate_estimates({"(1)": OTHER}, lang="zh", labels={"pair": "城市对", "period": "年份"})
    assert ("城市对固定效应", "是") in table.blocks[1]
    assert table.notes[0].startswith("括号内为聚类到城市对的稳健标准误。")


@pytest.mark.parametrize("kind", ["iid", "hc1", "cluster", "twoway", "dyadic", "jackknife", "wild"])
def test_every_covariance_has_words_in_both_languages(kind: str) -> None:
    n_columns = {"iid": 0, "hc1": 0, "cluster": 1, "wild": 1}.get(kind, 2)
    spec = VcovSpec(kind, ("unit_i", "unit_j")[:n_columns])  # type: ignore[arg-type]
    for lang in ("en", "zh"):
        words = describe_vcov(spec, lang=lang)  # type: ignore[arg-type]
        assert "{" not in words
        assert kind in ("dyadic", "jackknife") or all(column in words for column in spec.by)


def test_chinese_counts_as_two_columns(table: Table) -> None:
    plain = render_text(replace(table, head=("", "abcdef", "(2)"))).splitlines()
    chinese = render_text(replace(table, head=("", "供给型", "(2)"))).splitlines()
    assert plain[3:] == chinese[3:]
    assert plain[2].replace("abcdef", "供给型") == chinese[2]


def test_latex_reads_back_as_the_same_cells(table: Table) -> None:
    latex = render_latex(table)
    body = latex.partition("\\toprule\n")[2].partition("\\bottomrule")[0]
    plain = body.replace("$\\times$", "×").replace("$-$", "-").replace("$^2$", "²").replace("\\midrule\n", "")
    rows = [tuple(cell.strip() for cell in line.removesuffix(" \\\\").split("&")) for line in plain.splitlines()]
    assert rows == [table.head, *table.blocks[0], *table.blocks[1]]
    assert latex.count("\\midrule") == 2


def test_latex_escapes_what_it_would_take_for_commands() -> None:
    latex = render_latex(
        Table("5 % & more", ("", "a_b"), ((("x^2", "-1"), ("[-0.5, 1]", "2015-03-07")),), ("p < 0.1",))
    )
    assert "5 \\% \\& more" in latex
    assert "a\\_b" in latex
    assert "x\\textasciicircum{}2 & $-$1 \\\\" in latex
    assert "[$-$0.5, 1] & 2015-03-07 \\\\" in latex
    assert "p $<$ 0.1" in latex
    assert not re.search(r"(?<!\\)%", latex.partition("\n")[2])


def test_rows_become_a_frame_whose_errors_no_spreadsheet_takes_for_negative(table: Table) -> None:
    frame = list_rows(table)
    assert list(frame.columns) == ["", "(1)", "(2)"]
    assert len(frame) == 12
    assert list(frame.iloc[1]) == ["se", "0.1000", "0.1600"]
    assert not frame.map(lambda cell: cell.startswith("(")).any(axis=None)


def test_terms_stand_in_the_order_of_the_longest_equation() -> None:
    full = make_estimate(("did", "did:supply", "did:demand", "gdp"), [1.0] * 4, [1.0] * 4, JACKKNIFE)
    alone = make_estimate(("did", "did:demand", "gdp"), [1.0] * 3, [1.0] * 3, JACKKNIFE)
    table = tabulate_estimates({"(1)": alone, "(2)": full})
    assert [row[0] for row in table.blocks[0] if row[0]] == ["did", "did:supply", "did:demand", "gdp"]


def test_small_numbers_keep_their_digits() -> None:
    table = tabulate_estimates({"(1)": make_estimate(("gdp",), [-0.0000123], [0.000002], JACKKNIFE)})
    assert table.blocks[0] == (("gdp", "-1.23e-05***"), ("", "(2.00e-06)"))


def test_no_estimate_is_no_table() -> None:
    with pytest.raises(SpecError, match="at least one estimate"):
        tabulate_estimates({})
