"""estimate.do: no Stata runs here, so its syntax is checked as far as a reader can, and what it says."""

import re
from dataclasses import replace

import pytest

from tests.textq.export.made_replications import make_replication
from textq.export.equations import Effect, ErrorKind, Replication
from textq.export.stata_script import render_do

EVERY = (
    (Effect(("pair_id",), 40), Effect(("period",), 12)),
    (Effect(("pair_id",), 40), Effect(("province_pair", "period"), 3_000)),
    (Effect(("period",), 12),),
    (),
)
COMMANDS = {
    *(
        "version",
        "set",
        "capture",
        "if",
        "else",
        "display",
        "exit",
        "use",
        "label",
        "xtset",
        "egen",
        "program",
        "syntax",
    ),
    *("quietly", "markout", "local", "while", "foreach", "drop", "args", "scalar", "end", "textq_mark", "assert"),
    *("textq_compare", "reghdfe", "xtreg", "}"),
}


def join_lines(text: str) -> list[str]:
    """Return the commands, lines that end in /// joined, comments and empty lines left out."""
    lines = re.sub(r" ///\n\s*", " ", text).split("\n")
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("* ")]


def strip_quoted(line: str) -> str:
    """Return a line without its texts, compound and plain; what is left may hold no double quote."""
    return re.sub(r'"[^"]*"', "", re.sub(r"`\"(?:(?!\"').)*\"'", "", line))


@pytest.mark.parametrize("effects", EVERY)
def test_quotes_brackets_and_lines_are_well_formed(effects: tuple[Effect, ...]) -> None:
    text = render_do(make_replication(effects=effects))

    assert "/*" not in text
    assert "*/" not in text
    assert max(map(len, text.split("\n"))) <= 120
    depth = 0
    for line in join_lines(text):
        bare = strip_quoted(line)
        assert '"' not in bare, line
        assert bare.count("(") == bare.count(")"), line
        assert bare.count("`") == len(re.findall(r"`\w+'", bare)), line
        depth += bare.count("{") - bare.count("}")
        assert depth >= 0, line
    assert depth == 0
    assert text.count("program define") == sum(line == "end" for line in join_lines(text))


@pytest.mark.parametrize("effects", EVERY)
def test_every_line_is_a_command(effects: tuple[Effect, ...]) -> None:
    for line in join_lines(render_do(make_replication(effects=effects))):
        assert re.match(r"[\w}]+", line), line
        assert re.match(r"[\w}]+", line).group() in COMMANDS, line  # type: ignore[union-attr]


@pytest.mark.parametrize("effects", EVERY)
def test_scalars_are_defined_before_they_are_compared(effects: tuple[Effect, ...]) -> None:
    defined: set[str] = {"textq_gap", "textq_bound", "textq_has_reghdfe"}
    for line in join_lines(render_do(make_replication(effects=effects))):
        defined |= set(re.findall(r"^scalar (\w+) =", line))
        assert set(re.findall(r"scalar\((\w+)\)", line)) <= defined, line


def test_variables_are_named_in_both_languages_and_macros_do_not_expand() -> None:
    lines = join_lines(render_do(make_replication()))
    at = lines.index("label language zh, rename")

    assert lines[at + 1 : at + 3] == ["label language en, new", "label language en"]
    assert 'label variable did_supply `"did × "Supply" \\`x\' \\$y"\'' in lines
    assert f'label variable did_supply `"did × 供给型{"长" * 70}…"\'' in lines
    assert 'label define role_zh 0 `"双方均非试点"\', replace' in lines
    assert lines.count("label values province_pair province_pair") == 2
    assert 'label variable v10 `"人口"\'' in lines


def test_each_covariance_that_stata_has_is_compared() -> None:
    lines = join_lines(render_do(make_replication()))
    sides = "synchronization did did_supply"

    for vce in ("unadjusted", "robust", "cluster pair_id", "cluster unit_i unit_j"):
        wanted = f"reghdfe {sides} if textq_used == 1, absorb(pair_id period) vce({vce}) tolerance(1e-10)"
        assert lines.count(wanted) == 1
    assert f"xtreg {sides} i.period if textq_used == 1, fe vce(cluster pair_id)" in lines
    assert "scalar tq_b_1_2 = -0.3333333333333333" in lines
    assert "scalar tq_p_1_1 = 0.21" in lines
    assert 'textq_compare "1. did: two-way" _se[did] scalar(tq_t_1_1) scalar(tq_t_1_1)' in lines


def test_an_equation_without_such_errors_compares_its_coefficients() -> None:
    text = render_do(make_replication()).split("* ---- 方程2")[1]

    assert text.count("textq_compare") == 2
    assert "_se[" not in text
    assert "scalar tq_b_2_1 = 1e-20" in text


def test_errors_of_the_tables_that_are_not_computed_are_named() -> None:
    text = render_do(make_replication())
    first, second = text.split("* ---- 方程")[1:]

    assert "errors in the tables: jackknife by unit_i, unit_j, ssc none\n" in first
    assert "errors in the tables: cluster by province_pair, ssc fixest\n" in second
    assert first.count("not computed here, so not compared") == 1
    assert second.count("not computed here, so not compared") == 1
    assert "The errors of the tables (jackknife by unit_i, unit_j, ssc none) were not among them." in text
    assert "The errors of the tables (cluster by province_pair, ssc fixest) were not among them." in text
    assert "are among them" not in text


def close_with(kind: ErrorKind, effects: tuple[Effect, ...] = EVERY[0]) -> list[str]:
    study = make_replication(effects=effects, vcov="a covariance", compared={"reghdfe": kind})
    lines = join_lines(render_do(replace(study, equations=study.equations[:1])))
    return lines[lines.index("drop textq_used") + 2 :]


AMONG = [
    'display as text `"The errors of the tables (a covariance) are among them."\'',
    'display as text `"表中的标准误（a covariance）在其中。"\'',
]
APART = [
    'display as text `"The errors of the tables (a covariance) were not among them."\'',
    'display as text `"表中的标准误（a covariance）不在其中。"\'',
]


@pytest.mark.parametrize("kind", ["iid", "pair"])
def test_errors_of_the_tables_that_either_command_computes_are_compared(kind: ErrorKind) -> None:
    assert close_with(kind) == AMONG


@pytest.mark.parametrize("kind", ["hc1", "twoway"])
def test_errors_of_the_tables_that_reghdfe_alone_computes(kind: ErrorKind) -> None:
    assert close_with(kind) == ["if scalar(textq_has_reghdfe) {", *AMONG, "}", "else {", *APART, "}"]
    assert close_with(kind, EVERY[2]) == AMONG, "without the pair there is no xtreg"


def make_gaps() -> Replication:
    study, gap = make_replication(), float("nan")
    first, second = study.equations
    did = replace(first.terms[0], std_error=gap, errors=dict(first.terms[0].errors) | {("reghdfe", "pair"): gap})
    return replace(study, equations=(replace(first, terms=(did, first.terms[1])), second))


def test_what_textq_has_no_number_for_is_missing_and_skipped() -> None:
    lines = join_lines(render_do(make_gaps()))

    assert {"scalar tq_s_1_1 = .", "scalar tq_p_1_1 = .", "scalar tq_b_1_1 = 0.25"} <= set(lines)
    assert not any(re.search(r"= (nan|inf)", line) for line in lines)
    skip = lines.index("if missing(`wanted') {")
    assert "textq has no number; not compared" in lines[skip + 1]
    assert lines[skip + 2 : skip + 4] == ["exit", "}"]
    assert skip < lines.index("capture assert scalar(textq_gap) <= scalar(textq_bound)")


def test_combinations_get_a_variable_and_many_levels_need_reghdfe() -> None:
    text = render_do(make_replication(effects=EVERY[1]))

    assert "egen long textq_effect_2 = group(province_pair period)" in text
    assert "absorb(pair_id textq_effect_2)" in text
    assert "xtreg" not in text
    assert "exit 199" in text


def test_nothing_absorbed() -> None:
    text = render_do(make_replication(effects=()))

    assert "noabsorb vce(unadjusted)" in text
    assert "effects(" not in text.split("* ---- 方程1")[1]


def test_effects_of_both_members_are_not_estimated_again() -> None:
    text = render_do(make_replication(refused=("node^period",)))

    assert "node^period" in text
    assert "reghdfe" not in text
    assert "xtset pair_id period" in text
