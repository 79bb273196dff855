"""Tables: what is printed is what was estimated, and the note says how."""

import math
from dataclasses import replace
from typing import Any

import pytest

import econ
from econ.errors import SpecError
from econ.estimate import Estimate
from econ.event_points import EventStudy
from econ.spec import VcovSpec
from econ.table import Interval, Lang, Number, Span, Table, print_rows
from econ.table_style import STYLES, Below, TableStyle
from econ.tables import describe_vcov, tabulate_estimates
from tests.econ.estimates import JACKKNIFE, draw_cities, fit_cities, make_estimate

ONE = make_estimate(("did", "did:supply"), [0.5, -0.012], [0.1, 0.01])
OTHER = make_estimate(("did", "did:demand"), [0.3, 0.2], [0.16, 0.09], VcovSpec("cluster", ("pair",)))
EN = replace(STYLES["cn"], lang="en")
LABELS = {"did": "Policy", "city": "city", "year": "year", "gdp": "GDP", "gdp_head": "GDP per head"}


@pytest.fixture
def table() -> Table:
    return tabulate_estimates([ONE, OTHER], style=EN, title="Effects", labels={"did:supply": "did × supply"})


@pytest.fixture(scope="module")
def cities() -> list[Estimate]:
    return fit_cities()


def show(table: Table, block: int) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in table.blocks[block]]


def find_row(table: Table, name: str) -> list[str]:
    return next(row[1:] for row in print_rows(table) if row[0] == name)


def test_cells_hold_estimates_with_stars_above_errors(table: Table) -> None:
    assert show(table, 0) == [
        ("did", "0.5000***", "0.3000*"),
        ("", "(0.1000)", "(0.1600)"),
        ("did × supply", "-0.0120", ""),
        ("", "(0.0100)", ""),
        ("did:demand", "", "0.2000**"),
        ("", "", "(0.0900)"),
    ]
    assert table.blocks[0][0][1] == Number(0.5, 4, stars="***")


def test_facts_follow(table: Table) -> None:
    assert show(table, 1) == [
        ("Pair effects", "Yes", "Yes"),
        ("Period effects", "Yes", "Yes"),
        ("Observations", "1,234", "1,234"),
        ("Clusters: units", "51", "51"),
        ("R²", "0.500", "0.500"),
        ("Within R²", "0.100", "0.100"),
    ]


# The note


def test_note_names_each_covariance_with_its_columns_and_the_thresholds(table: Table) -> None:
    assert table.notes == (
        "Notes: Standard errors in parentheses: jackknife that leaves out one unit with all its rows in (1); clustered "
        "by pair in (2). ***, **, *: significant at 1%, 5%, 10%. R² counts what the absorbed effects explain, within "
        "R² is of the outcome after they are taken out.",
    )
    assert table.remarks == ("One note.",)


def test_note_follows_the_covariance_and_the_stars() -> None:
    robust = replace(ONE, spec=replace(ONE.spec, vcov=VcovSpec("hc1")))
    table = tabulate_estimates([robust], style=replace(EN, stars=(("†", 0.05),)))
    assert "Standard errors in parentheses: robust to heteroskedasticity (HC1)." in table.notes[0]
    assert "†: significant at 5%." in table.notes[0]
    assert show(table, 0)[0] == ("did", "0.5000†")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("below", ["se", "t", "ci", "p"])
def test_the_noun_follows_what_stands_below(cities: list[Estimate], style: str, lang: Lang, below: Below) -> None:
    english = {
        "se": "Standard errors in",
        "t": "t statistics in",
        "ci": "95 % confidence intervals",
        "p": "p-values in",
    }
    chinese = {"se": "稳健标准误。", "t": "为t值，", "ci": "为95%置信区间，", "p": "为p值，"}
    nouns = {"en": english, "zh": chinese}
    table = tabulate_estimates(cities, style=replace(STYLES[style], below=below), lang=lang)
    told = " ".join(table.notes)
    assert [noun for noun in nouns[lang].values() if noun in told] == [nouns[lang][below]]
    square = {"en": "in brackets", "zh": "方括号内"}[lang]
    assert (square in told) == (below == "ci")
    assert table.below == below


def test_what_stands_below_is_what_the_note_says() -> None:
    row = ONE.params.iloc[0]
    wanted = {
        "se": Number(0.1, 4, ("(", ")")),
        "t": Number(row["statistic"], 2, ("(", ")"), adaptive=False),
        "p": Number(row["p_value"], 3, ("(", ")"), adaptive=False),
        "ci": Interval(row["conf_low"], row["conf_high"], 4),
    }
    for below, cell in wanted.items():
        table = tabulate_estimates([ONE], style=replace(EN, below=below))  # type: ignore[arg-type]
        assert table.blocks[0][1][1] == cell


def test_other_brackets_are_called_by_their_name() -> None:
    square = tabulate_estimates([ONE], style=replace(EN, brackets=("[", "]")))
    assert "Standard errors in brackets" in square.notes[0]
    assert show(square, 0)[1] == ("", "[0.1000]")
    bare = tabulate_estimates([ONE], style=replace(EN, brackets=("", "")), lang="zh")
    assert "系数下方为" in bare.notes[0]


def test_clusters_are_counted_in_the_note_where_no_row_does() -> None:
    table = tabulate_estimates([OTHER], style=replace(EN, fits=("nobs",)), labels={"units": "cities"})
    assert "clustered by pair (cities: 51)." in table.notes[0]
    assert "R²" not in table.notes[0]
    assert "51" not in tabulate_estimates([OTHER], style=EN).notes[0]


def test_chinese_columns_are_named_too(cities: list[Estimate]) -> None:
    mixed = [cities[0], cities[1].with_vcov("iid"), *cities[2:]]
    told = tabulate_estimates(mixed, labels={"city": "城市"}).notes[0]
    assert told.startswith(
        "注：括号内为标准误：第(1)、(3)、(4)列为聚类到城市的稳健标准误；第(2)列为普通标准误。"
        "***、**、*分别表示在1%、5%、10%水平上显著。"
    )


def test_stars_and_intervals_of_the_bootstrap_are_said_to_be_of_it(cities: list[Estimate]) -> None:
    wild = [cities[0], cities[1].with_vcov({"wild": "city", "draws": 99})]
    told = tabulate_estimates(wild, style=EN).notes[0]
    assert "The stars follow p-values of the wild cluster bootstrap-t with the null imposed" in told
    assert "clusters: city, 99 draws, in (2)." in told
    cases: list[tuple[Below, bool, str]] = [
        ("ci", False, "Intervals are of"),
        ("ci", True, "Intervals and stars are of"),
        ("p", False, "p-values are of"),
        ("t", False, ""),
        ("t", True, "The stars"),
    ]
    for below, stars, sentence in cases:
        style = replace(EN, below=below, stars=EN.stars if stars else ())
        told = tabulate_estimates(wild, style=style).notes[0]
        assert sentence in told
        assert ("wild" in told) == bool(sentence)
    everywhere = tabulate_estimates(wild[1:], lang="zh").notes[0]
    assert "显著性按施加原假设的野聚类自助法p值判断（聚类：city，99次抽样）。" in everywhere


def test_marks_of_the_bootstrap_are_those_of_its_p_values(cities: list[Estimate]) -> None:
    wild = cities[0].with_vcov({"wild": "city", "draws": 99})
    p_value = float(wild.params["p_value"].iloc[0])
    style = replace(EN, stars=(("*", p_value * 1.001),))
    assert str(tabulate_estimates([wild], style=style).blocks[0][0][1]).endswith("*")
    style = replace(EN, stars=(("*", p_value),))
    assert not str(tabulate_estimates([wild], style=style).blocks[0][0][1]).endswith("*")


@pytest.mark.parametrize("kind", ["wald", "conventional", "overall"])
def test_f_is_of_the_kind_that_the_note_says(cities: list[Estimate], kind: str) -> None:
    style = replace(EN, fits=("r2", "r2_adjusted", "f"), f_kind=kind)  # type: ignore[arg-type]
    table = tabulate_estimates(cities, style=style)
    statistics = [one.test_regressors(kind).statistic for one in cities]  # type: ignore[arg-type]
    assert find_row(table, "F") == [f"{statistic:.3f}" for statistic in statistics]
    assert find_row(table, "Adjusted R²") == [f"{one.r2_adjusted:.3f}" for one in cities]
    words = {
        "wald": "all coefficients but the constant are zero, with the covariance of the column",
        "conventional": "all coefficients but the constant are zero, with the classical",
        "overall": "all coefficients and all effects but the constant are zero, with the classical",
    }
    assert [name for name, one in words.items() if one in table.notes[0]] == [kind]
    assert "R² counts what the absorbed effects explain." in table.notes[0]


def test_an_f_that_cannot_be_had_is_a_dash_with_a_note() -> None:
    few = replace(OTHER, df=1.0)
    table = tabulate_estimates([ONE, few], style=replace(EN, fits=("f",)))
    assert find_row(table, "F")[1] == "–"
    assert "No F in (2): the covariance does not allow the test." in table.notes[0]


def test_white_errors_without_correction_are_called_hc0() -> None:
    for lang in ("en", "zh"):
        assert "HC0" in describe_vcov(VcovSpec("hc1", ssc="none"), lang=lang)
        assert "HC1" in describe_vcov(VcovSpec("hc1"), lang=lang)


@pytest.mark.parametrize("kind", ["iid", "hc1", "cluster", "twoway", "dyadic", "jackknife", "wild"])
def test_every_covariance_has_words_in_both_languages(kind: str) -> None:
    n_columns = {"iid": 0, "hc1": 0, "cluster": 1, "wild": 1}.get(kind, 2)
    spec = VcovSpec(kind, ("unit_i", "unit_j")[:n_columns])  # type: ignore[arg-type]
    for lang in ("en", "zh"):
        words = describe_vcov(spec, lang=lang)  # type: ignore[arg-type]
        assert "{" not in words
        assert kind in ("dyadic", "jackknife") or all(column in words for column in spec.by)


@pytest.mark.parametrize(
    ("by", "english", "chinese"),
    [
        (("unit_i", "unit_j"), "one unit with all its rows", "一个个体及其全部观测"),
        (("unit",), "one unit with all its rows", "一个个体及其全部观测"),
        (("year",), "one year with all its rows", "一个year取值及其全部观测"),
        (("i", "j"), "one member of i and j with all its rows", "i与j中的一个成员及其全部观测"),
    ],
)
def test_a_jackknife_says_what_it_leaves_out(by: tuple[str, ...], english: str, chinese: str) -> None:
    spec = VcovSpec("jackknife", by, "none")
    assert describe_vcov(spec) == f"jackknife that leaves out {english}"
    assert describe_vcov(spec, lang="zh") == f"刀切法（逐一剔除{chinese}）"


def test_jackknives_of_other_columns_are_told_apart(cities: list[Estimate]) -> None:
    columns = [cities[0].with_vcov({"jackknife": column}) for column in ("year", "city")]
    table = tabulate_estimates(columns, style=replace(EN, errors_row=True))
    assert "leaves out one year with all its rows in (1); jackknife that leaves out one city" in table.notes[0]
    assert find_row(table, "Standard errors") == ["Jackknife: year", "Jackknife: city"]


def test_weights_are_told_with_their_columns() -> None:
    weighted = replace(ONE, spec=replace(ONE.spec, weights="people"))
    assert "eight" not in tabulate_estimates([ONE], style=EN).notes[0]
    assert " Weighted by people." in tabulate_estimates([weighted], style=EN).notes[0]
    both = tabulate_estimates([ONE, weighted], style=EN, labels={"people": "population"})
    assert " Columns (2): weighted by population." in both.notes[0]
    assert "第(2)列按people加权。" in tabulate_estimates([ONE, weighted]).notes[0]


def test_a_correction_is_named_where_it_is_not_the_default_or_columns_differ(cities: list[Estimate]) -> None:
    assert "correction" not in tabulate_estimates([cities[0], ONE], style=EN).notes[0]
    for ssc, words in (("none", "without"), ("stata", "with Stata's"), ("reghdfe", "with reghdfe's")):
        one = cities[0].with_vcov({"cluster": "city"}, ssc)
        told = tabulate_estimates([one], style=EN).notes[0]
        assert f"clustered by city, {words} small-sample correction." in told
        told = tabulate_estimates([cities[0], one], style=EN).notes[0]
        assert "clustered by city, with fixest's small-sample correction in (1); " in told
        assert f"clustered by city, {words} small-sample correction in (2)." in told
    chinese = tabulate_estimates([cities[0].with_vcov({"cluster": "city"}, "none")], labels={"city": "城市"})
    assert "括号内为聚类到城市的稳健（未作小样本校正）标准误。" in chinese.notes[0]


# Styles


def build(cities: list[Estimate], style: str | TableStyle, lang: str = "en") -> Table:
    return tabulate_estimates(cities, style=style, lang=lang, labels=LABELS)  # type: ignore[arg-type]


def test_no_style_prints_what_another_one_prints(cities: list[Estimate]) -> None:
    tables = [build(cities, name) for name in STYLES]
    assert len({repr((print_rows(table), table.notes)) for table in tables}) == len(STYLES)


@pytest.mark.parametrize(
    ("style", "legend"),
    [
        ("cn", "***, **, *: significant at 1%, 5%, 10%."),
        ("stata", "* p<0.05, ** p<0.01, *** p<0.001"),
        ("fixest", "Signif. codes: ***: 0.01, **: 0.05, *: 0.1"),
        ("r", "+ p < 0.1, * p < 0.05, ** p < 0.01, *** p < 0.001"),
        ("aer", ""),
        ("interval", ""),
    ],
)
def test_each_style_has_the_legend_of_its_thresholds(cities: list[Estimate], style: str, legend: str) -> None:
    table = build(cities, style)
    told = "\n".join(table.notes)
    assert legend in told
    marked = any(isinstance(cell, Number) and cell.stars for row in table.blocks[0] for cell in row)
    assert marked == bool(legend)
    assert ("signif" in told.lower() or "p <" in told or "p<" in told) == bool(legend)


def test_the_same_coefficient_has_the_stars_of_each_scale() -> None:
    close = make_estimate(("did",), [1.75], [1.0])  # p = .086 with 50 degrees of freedom
    clear = make_estimate(("did",), [3.0], [1.0])  # p = .004
    marks = {
        name: tuple(one.stars for one in tabulate_estimates([close, clear], style=fit).blocks[place][row][1:])  # type: ignore[union-attr]
        for name, fit, place, row in (
            ("cn", STYLES["cn"], 0, 0),
            ("stata", STYLES["stata"], 0, 0),
            ("fixest", STYLES["fixest"], 0, 1),
            ("r", replace(STYLES["r"], fits=("nobs",)), 0, 0),
            ("aer", STYLES["aer"], 0, 0),
        )
    }
    assert marks == {
        "cn": ("*", "***"),
        "stata": ("", "**"),
        "fixest": ("*", "***"),
        "r": ("+", "**"),
        "aer": ("", ""),
    }


def test_heads_of_each_style(cities: list[Estimate]) -> None:
    numbers = ("(1)", "(2)", "(3)", "(4)")
    outcomes = ("GDP", "GDP", "GDP per head", "GDP per head")
    merged = (Span("GDP", 2), Span("GDP per head", 2))
    single = tuple(Span(number, 1) for number in numbers)
    for name in ("cn", "stata"):
        assert (build(cities, name).spans, build(cities, name).head[1:]) == ((single,), outcomes)
        assert build(cities, name).head[0] == "Dependent variable"
    for name in ("aer", "fixest", "r"):
        assert (build(cities, name).spans, build(cities, name).head) == ((merged,), ("", *numbers))


def test_one_outcome_is_named_where_the_style_names_it_always(cities: list[Estimate]) -> None:
    assert build(cities[:2], "cn").head == ("", "(1)", "(2)")
    assert build(cities[:2], "cn", "zh").head == ("变量", "(1)", "(2)")
    assert build(cities[:2], "fixest").spans == ((Span("Dependent Variable: GDP", 2),),)
    assert build(cities[:2], "stata").head[1:] == ("GDP", "GDP")


def test_names_of_columns_stand_below_their_numbers(cities: list[Estimate]) -> None:
    table = tabulate_estimates({"base": cities[0], "full": cities[1]}, style=EN, labels={"base": "Base"})
    assert (table.spans, table.head) == (((Span("(1)", 1), Span("(2)", 1)),), ("", "Base", "full"))
    numbered = tabulate_estimates({"(1)": cities[0], "(2)": cities[1]}, style=EN)
    assert (numbered.spans, numbered.head) == ((), ("", "(1)", "(2)"))


def test_effects_are_said_in_the_words_of_each_style(cities: list[Estimate]) -> None:
    pooled = replace(cities[0], absorbed=("year",))
    rows = {
        "cn": ("city effects", "No"),
        "aer": ("city fixed effects", "No"),
        "stata": ("city FE", "No"),
        "fixest": ("city", ""),
        "r": ("FE: city", ""),
    }
    for style, (name, absent) in rows.items():
        assert find_row(build([pooled, cities[1]], style), name) == [absent, "X" if style == "r" else "Yes"]
    assert find_row(build([pooled, cities[1]], "cn", "zh"), "city固定效应") == ["否", "是"]


def test_facts_are_called_as_each_program_calls_them(cities: list[Estimate]) -> None:
    names = {style: [row[0] for row in print_rows(build(cities, style))] for style in STYLES}
    assert {"N", "R-sq", "within R-sq"} <= set(names["stata"])
    assert {"Num.Obs.", "R2", "R2 Adj.", "R2 Within", "Std.Errors"} <= set(names["r"])
    assert {"Variables", "Fixed-effects", "Fit statistics", "Observations", "Standard-Errors"} <= set(names["fixest"])
    assert find_row(build(cities, "r"), "Std.Errors") == ["by: city"] * 4


def test_three_rules_where_the_style_has_them(cities: list[Estimate]) -> None:
    assert {name for name in STYLES if not build(cities, name).block_rules} == {"cn", "aer", "interval"}


# What the caller adds


def test_controls_become_one_row_and_are_named_in_the_note(cities: list[Estimate]) -> None:
    part = tabulate_estimates(cities[:2], style=EN, controls=["size", "trade"], labels={"size": "Size"})
    assert [row[0] for row in print_rows(part) if row[0].lower() in ("did", "size", "trade", "controls")] == [
        "did",
        "Controls",
    ]
    assert find_row(part, "Controls") == ["No", "Yes"]
    assert "Controls: Size, trade." in part.notes[0]
    chinese = tabulate_estimates(cities[:2], controls=["size", "trade"])
    assert find_row(chinese, "控制变量") == ["否", "是"]


def test_some_of_the_controls_are_not_all(cities: list[Estimate]) -> None:
    some = make_estimate(("did", "size"), [1.0, 1.0], [1.0, 1.0])
    table = tabulate_estimates([some, cities[1]], style=EN, controls=["size", "trade"])
    assert find_row(table, "Controls") == ["Some", "Yes"]
    assert "Some: not all of them." in table.notes[0]


def test_controls_that_no_equation_has_are_refused(cities: list[Estimate]) -> None:
    with pytest.raises(SpecError, match=r"controls must be terms of the equations: did, size, trade\. Got sise"):
        tabulate_estimates(cities, controls=["size", "sise"])


def test_groups_stand_above_all_heads(cities: list[Estimate]) -> None:
    table = tabulate_estimates(cities, groups=[("Panel A", 2), ("", 2)])
    assert table.spans[0] == (Span("Panel A", 2), Span("", 2))
    with pytest.raises(SpecError, match=r"must cover its 4 columns\. They cover 3"):
        tabulate_estimates(cities, groups=[("Panel A", 3)])


def test_rows_and_notes_of_the_caller_come_last(cities: list[Estimate]) -> None:
    table = tabulate_estimates(cities, rows=[("Wild p", *[Number(0.04, 3)] * 4)], notes=["Simulated."])
    assert table.blocks[-1][-1] == ("Wild p", *[Number(0.04, 3)] * 4)
    assert table.notes[-1] == "Simulated."
    with pytest.raises(SpecError, match=r"a row needs its name and 4 cells\. Got 2"):
        tabulate_estimates(cities, rows=[("Wild p", "x")])


def test_the_constant_stands_last(cities: list[Estimate]) -> None:
    pooled = make_estimate(("Intercept", "did"), [1.0, 1.0], [1.0, 1.0])
    table = tabulate_estimates([pooled], style=EN)
    assert [row[0] for row in table.blocks[0] if row[0]] == ["did", "Constant"]


def test_terms_stand_in_the_order_of_the_longest_equation() -> None:
    full = make_estimate(("did", "did:supply", "did:demand", "gdp"), [1.0] * 4, [1.0] * 4, JACKKNIFE)
    alone = make_estimate(("did", "did:demand", "gdp"), [1.0] * 3, [1.0] * 3, JACKKNIFE)
    table = tabulate_estimates([alone, full])
    assert [row[0] for row in table.blocks[0] if row[0]] == ["did", "did:supply", "did:demand", "gdp"]


def test_nothing_absorbed_leaves_no_within_r2() -> None:
    pooled = replace(ONE, absorbed=())
    table = tabulate_estimates([pooled], style=EN)
    assert [row[0] for row in table.blocks[1]] == ["Observations", "Clusters: units", "R²"]
    assert "R²" not in table.notes[0]


def test_within_r2_is_empty_beside_a_column_that_has_effects() -> None:
    table = tabulate_estimates([replace(ONE, absorbed=()), ONE], style=EN)
    assert find_row(table, "Within R²") == ["", "0.100"]


# Event studies


@pytest.fixture(scope="module")
def study() -> EventStudy:
    frame = draw_cities()
    frame["event_time"] = (frame["year"] - 2014).where(frame["city"] < "c06").astype("Int64")
    return econ.fit_event_study(
        frame, "gdp", absorb=["city", "year"], window=(-3, 2), reference=-1, vcov={"cluster": "city"}
    )


def test_the_omitted_base_of_an_event_study_is_told(study: EventStudy, cities: list[Estimate]) -> None:
    alone = tabulate_estimates([study.estimate], style=EN).notes[0]
    assert " Omitted base, 0 by construction: event_time=-1." in alone
    assert "Bins" not in alone
    both = tabulate_estimates([cities[0], study.estimate], style=EN, labels={"event_time=-1": "year −1"}).notes[0]
    assert " Columns (2): omitted base, 0 by construction, is year −1." in both
    assert "base" not in tabulate_estimates(cities, style=EN).notes[0]


def test_an_event_study_stands_for_its_estimate(study: EventStudy) -> None:
    own, plain = tabulate_estimates([study], style=EN), tabulate_estimates([study.estimate], style=EN)
    assert own.blocks == plain.blocks
    assert " Bins of all event times beyond: event_time=-3 (≤−3), event_time=2 (≥2)." in own.notes[0]
    assert own.remarks == (*study.notes, *study.estimate.notes)
    assert "端点期合并其外各期：event_time=-3（≤−3）、event_time=2（≥2）。" in tabulate_estimates([study]).notes[0]


# What is refused


@pytest.mark.parametrize("wrong", [None, "did", ONE, ONE.params, [ONE, None], {1: ONE}, 3])
def test_what_is_no_estimate_is_refused(wrong: Any) -> None:
    with pytest.raises(SpecError, match=r"tabulate_estimates takes estimates|name of a column must be text"):
        tabulate_estimates(wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": [("did", "x")]}, "labels must be a mapping"),
        ({"labels": {"did": None}}, "labels must give text for a name.*'did': None"),
        ({"lang": "fr"}, "'lang' parameter of tabulate_estimates must be one of None, 'en', 'zh'"),
        ({"notes": "one string"}, "notes must be a list of sentences. Got 'one string'"),
        ({"notes": [None]}, "notes must be a list of sentences"),
        ({"controls": "did"}, "'controls' parameter of tabulate_estimates must be a list"),
        ({"rows": [("n", None)]}, "a cell must be text, a Number or an Interval.*Got None in row 'n'"),
        ({"rows": ["nx"]}, "rows must be tuples of a name and a cell"),
        ({"rows": [(1, "x")]}, "rows must be tuples of a name and a cell"),
        ({"groups": ["a1"]}, "groups must be pairs"),
        ({"groups": [("a", 0), ("b", 1)]}, "groups must be pairs"),
        ({"style": ["cn"]}, "a table style is one of"),
    ],
)
def test_other_wrong_arguments_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        tabulate_estimates([ONE], **options)


def test_a_generator_is_as_good_as_a_list() -> None:
    lazy = tabulate_estimates((one for one in (ONE, OTHER)), controls=iter(["did"]), notes=iter(["So."]), style=EN)
    assert lazy == tabulate_estimates([ONE, OTHER], controls=["did"], notes=["So."], style=EN)
    with pytest.raises(SpecError, match="at least one estimate"):
        tabulate_estimates(iter([]))


def test_two_terms_of_one_label_are_refused() -> None:
    with pytest.raises(SpecError, match=r"'did' and 'did:supply' are both printed as 'Policy'\. Give each its own"):
        tabulate_estimates([ONE], labels={"did": "Policy", "did:supply": "Policy"})
    hidden = tabulate_estimates([ONE], labels={"did": "Policy", "did:supply": "Policy"}, controls=["did:supply"])
    assert [row[0] for row in hidden.blocks[0]] == ["Policy", ""]


def test_missing_standard_errors_are_told() -> None:
    blind = make_estimate(("did", "size"), [0.5, 0.1], [0.1, math.nan])
    sentence = " – below a coefficient in (2): the covariance gives no standard error."
    assert sentence in tabulate_estimates([ONE, blind], style=EN).notes[0]
    assert "–" not in tabulate_estimates([ONE, blind], style=EN, controls=["size"]).notes[0]
    assert "第(2)列系数下方的“–”表示协方差未能给出标准误。" in tabulate_estimates([ONE, blind]).notes[0]


def test_no_estimate_is_no_table() -> None:
    for nothing in ({}, []):
        with pytest.raises(SpecError, match="at least one estimate"):
            tabulate_estimates(nothing)
