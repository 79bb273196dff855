"""The panel of a study → estimate.do, a program for Stata that labels it and estimates the equations again.

It uses documented commands of Stata 14 and newer, and ``reghdfe`` (Correia) where it is installed.
"""

from collections.abc import Iterator, Mapping

from textq.export.columns import Column, shorten_label
from textq.export.equations import (
    PAIR,
    PERIOD,
    TOLERANCE,
    UNITS,
    Equation,
    ErrorKind,
    Replication,
    break_lines,
    list_covariances,
    show_exactly,
)

_WIDTH = 110

_MISSING = "."

_MOST_DUMMIES = 200
"""So many indicators of the effects besides the pair ``xtreg`` shall estimate; more need reghdfe."""

_VCE: Mapping[ErrorKind, str] = {
    "iid": "unadjusted",
    "hc1": "robust",
    "pair": f"cluster {PAIR}",
    "twoway": f"cluster {' '.join(UNITS)}",
}
_XTREG_VCE: Mapping[ErrorKind, str] = {"iid": "conventional", "pair": f"cluster {PAIR}"}
"""Its ``vce(robust)`` clusters by the pair."""
_PREFIX: Mapping[ErrorKind, str] = {"iid": "i", "hc1": "r", "pair": "p", "twoway": "t"}
_SHOWN: Mapping[ErrorKind, str] = {
    "iid": "classical",
    "hc1": "robust",
    "pair": "clustered by pair",
    "twoway": "two-way",
}

_HEAD = """\
* 用Stata 14或更新版本重新估计本研究，并与textq的结果比较。textq运行编号：{run_id}
* 请先用cd进入本文件所在的文件夹，再运行：do estimate.do
* Estimates the study again in Stata 14 or newer and compares the numbers with textq's. Run of textq: {run_id}
* Change to the folder of this file with cd, then: do estimate.do

version 14
set more off

capture confirm file "panel.dta"
if _rc {{
    display as error "panel.dta is not in the current folder. Change to the folder of this file with cd."
    display as error "当前文件夹中没有panel.dta。请先用cd进入本文件所在的文件夹。"
    exit 601
}}
use "panel.dta", clear
"""

_PROGRAMS = """
* ---- 程序 / programs

* 标出方程所用的行：没有缺失值，且在任一固定效应的组内不是唯一的一行
* Marks the rows of an equation: no value missing, and not alone in a group of any effect
capture program drop textq_mark
program define textq_mark
    version 14
    syntax varlist(numeric) [, effects(varlist numeric)]
    capture drop textq_used
    quietly generate byte textq_used = 1
    markout textq_used `varlist' `effects'
    local left = 1
    while `left' > 0 {
        local left = 0
        foreach effect of local effects {
            capture drop textq_size
            quietly bysort `effect': egen long textq_size = total(textq_used)
            quietly count if textq_used == 1 & textq_size == 1
            local left = `left' + r(N)
            quietly replace textq_used = 0 if textq_size == 1
            drop textq_size
        }
    }
end

* 比较两个数：差不超过其自身或其标准误（取大者）的{tolerance}，否则报错停止
* Compares two numbers: stops if they differ by more than {tolerance} of the number, or of its error if that is larger
capture program drop textq_compare
program define textq_compare
    version 14
    args what got wanted size
    if missing(`wanted') {
        display as text "`what': textq has no number; not compared. / textq没有该数，未比较。"
        exit
    }
    scalar textq_gap = abs(`got' - `wanted')
    scalar textq_bound = {tolerance} * max(abs(`wanted'), abs(`size'))
    display as text %-56s "`what'" as result %12.8f `got' "  " %9.1e scalar(textq_gap)
    capture assert scalar(textq_gap) <= scalar(textq_bound)
    if _rc {
        display as error "`what': Stata's number is not textq's. Was panel.dta changed? / Stata的结果与textq不一致。"
        exit 9
    }
end

* ---- 是否装有reghdfe / whether reghdfe is there

capture which reghdfe
scalar textq_has_reghdfe = (_rc == 0)
"""

_WITHOUT = """\
if !scalar(textq_has_reghdfe) {
    display as text "reghdfe is not installed; xtreg, fe with indicators takes its place, and neither robust errors"
    display as text "nor those clustered by both units are compared. To install it: ssc install ftools, then reghdfe."
    display as text "没有安装reghdfe：改用带指示变量的xtreg, fe，不比较稳健和双向聚类标准误。安装：ssc install reghdfe"
}
"""

_NEEDED = """\
if !scalar(textq_has_reghdfe) {
    display as error "The effects of this study need reghdfe. To install it: ssc install ftools, ssc install reghdfe."
    display as error "本研究的固定效应需要reghdfe。安装：ssc install ftools，再ssc install reghdfe。"
    exit 199
}
"""

_REFUSED = """
* Stata的命令不能按列表示以下固定效应，因此不重新估计：{effects}
* These effects cannot be named in columns, so that nothing is estimated again: {effects}
display as text "Not estimated again: the effects {effects} cannot be named in columns. / 未重新估计。"
"""

_TAIL = f"""
drop textq_used
display as text "All numbers compared agree with textq's to {TOLERANCE}. / 所比较的结果均与textq一致（{TOLERANCE}）。"
"""


def render_do(study: Replication) -> str:
    """Return the program, which reads ``panel.dta`` beside it.

    It names the variables in both languages (``label language``), declares the panel (``xtset``), estimates each
    equation with reghdfe, or with ``xtreg, fe`` where reghdfe is not installed and the pair is the effect with many
    levels, and compares coefficients and standard errors with textq's; it stops with an error where they differ.
    The covariances are the classical one, the robust one, and those clustered by pair and by both units. It says
    which errors the tables print, and whether they are among those compared.
    """
    parts = [_HEAD.format(run_id=study.run_id), "\n".join(_list_labels(study)), "\n".join(_declare_panel(study))]
    if study.refused:
        return "\n".join([*parts, _REFUSED.format(effects=", ".join(study.refused))])
    programs = _PROGRAMS.replace("{tolerance}", TOLERANCE)
    estimated = [
        line for place, equation in enumerate(study.equations, 1) for line in _estimate(study, place, equation)
    ]
    return "\n".join([*parts, programs + _choose_fallback(study), *estimated, _TAIL + "\n".join(_close(study)) + "\n"])


def _list_labels(study: Replication) -> Iterator[str]:
    yield "* ---- 变量标签，两种语言：label language en或label language zh / labels in both languages"
    yield ""
    yield f"label language {study.lang}, rename"
    yield f"label language {study.other_lang}, new"
    for lang in (study.other_lang, study.lang):
        yield f"label language {lang}"
        for column in study.columns:
            yield f"label variable {column.name} {_quote(shorten_label(column.labels.get(lang, column.source)))}"
            yield from _list_values(column, lang)
        yield ""


def _list_values(column: Column, lang: str) -> Iterator[str]:
    """Yield the labels of values; panel.dta has those that are the same in all languages, named like the variable."""
    found = column.values.get(lang)
    if not found:
        return
    if len(set(map(str, column.values.values()))) == 1:
        yield f"label values {column.name} {column.name}"
        return
    name = f"{column.name[:28]}_{lang}"
    for place, (number, label) in enumerate(found.items()):
        yield f"label define {name} {number} {_quote(label)}, {'replace' if place == 0 else 'add'}"
    yield f"label values {column.name} {name}"


def _declare_panel(study: Replication) -> Iterator[str]:
    yield "* ---- 面板结构 / the panel"
    yield ""
    yield f"xtset {PAIR} {PERIOD}"
    for effect, name in zip(study.effects, name_effects(study), strict=True):
        if name not in effect.columns:
            yield f"egen long {name} = group({' '.join(effect.columns)})"


def name_effects(study: Replication) -> tuple[str, ...]:
    """Return the variable that numbers the levels of each effect: its own column, or a new one for a combination."""
    return tuple(
        effect.columns[0] if len(effect.columns) == 1 else f"textq_effect_{place}"
        for place, effect in enumerate(study.effects, 1)
    )


def _choose_fallback(study: Replication) -> str:
    return _WITHOUT if _has_fallback(study) else _NEEDED


def _has_fallback(study: Replication) -> bool:
    """Return whether ``xtreg, fe`` can do it: the pair is absorbed, and the other effects have few levels."""
    others = [effect for effect in study.effects if effect.columns != (PAIR,)]
    return len(others) < len(study.effects) and sum(effect.n_levels for effect in others) <= _MOST_DUMMIES


def _estimate(study: Replication, place: int, equation: Equation) -> Iterator[str]:
    terms, names = [term.column for term in equation.terms], name_effects(study)
    kinds = equation.list_errors("reghdfe")
    yield f"* ---- 方程{place} / equation {place}: {equation.name}"
    yield ""
    yield f"* 表中的标准误 / errors in the tables: {list_covariances([equation])}"
    yield _tell_compared(study, equation)
    for number, term in enumerate(equation.terms, 1):
        yield f"scalar tq_b_{place}_{number} = {show_exactly(term.estimate, _MISSING)}"
        yield f"scalar tq_s_{place}_{number} = {show_exactly(term.std_error, _MISSING)}"
        for kind in kinds:
            error = show_exactly(term.errors["reghdfe", kind], _MISSING)
            yield f"scalar tq_{_PREFIX[kind]}_{place}_{number} = {error}"
    yield ""
    effects = f", effects({' '.join(names)})" if names else ""
    yield from _break(f"textq_mark {study.outcome} {' '.join(terms)}{effects}")
    yield "quietly count if textq_used == 1"
    yield f"assert r(N) == {equation.nobs}"
    yield "if scalar(textq_has_reghdfe) {"
    absorb = f"absorb({' '.join(names)})" if names else "noabsorb"
    for at, kind in enumerate(kinds or ("iid",)):
        options = f"{absorb} vce({_VCE[kind]}) tolerance(1e-10)"
        yield from _fit(f"reghdfe {study.outcome} {' '.join(terms)}", options)
        yield from _compare(place, equation, kind, first=at == 0)
    yield "}"
    if _has_fallback(study):
        indicators = [f"i.{name}" for name in names if name != PAIR]
        yield "else {"
        simple: tuple[ErrorKind, ...] = tuple(one for one in kinds if one in _XTREG_VCE) or ("iid",)
        for at, kind in enumerate(simple):
            sides = " ".join([study.outcome, *terms, *indicators])
            yield from _fit(f"xtreg {sides}", f"fe vce({_XTREG_VCE[kind]})")
            yield from _compare(place, equation, kind, first=at == 0)
        yield "}"
    yield ""


def _tell_compared(study: Replication, equation: Equation) -> str:
    """Return a comment: whether the errors of the tables are among those compared."""
    kind = equation.compared.get("reghdfe")
    if kind is None:
        return "* 本程序不计算该标准误，不作比较 / not computed here, so not compared; only the errors below are"
    if _has_fallback(study) and kind not in _XTREG_VCE:
        return f"* 仅用reghdfe时比较 / compared with reghdfe alone, not with xtreg ({_SHOWN[kind]})"
    return f"* 在下列比较之内 / compared below ({_SHOWN[kind]})"


def _close(study: Replication) -> Iterator[str]:
    """Yield what the program says last: which errors of the tables were compared, by the command that was there."""
    with_reghdfe = [one for one in study.equations if "reghdfe" in one.compared]
    with_xtreg = [one for one in with_reghdfe if one.compared["reghdfe"] in _XTREG_VCE]
    if not _has_fallback(study) or with_xtreg == with_reghdfe:
        yield from _tell_last(study, with_reghdfe)
        return
    yield "if scalar(textq_has_reghdfe) {"
    yield from (f"    {line}" for line in _tell_last(study, with_reghdfe))
    yield "}"
    yield "else {"
    yield from (f"    {line}" for line in _tell_last(study, with_xtreg))
    yield "}"


def _tell_last(study: Replication, compared: list[Equation]) -> Iterator[str]:
    apart = [one for one in study.equations if one not in compared]
    for group, verb, verb_zh in ((compared, "are among them", "在其中"), (apart, "were not among them", "不在其中")):
        for printed in dict.fromkeys(list_covariances([equation]) for equation in group):
            yield f"display as text {_quote(f'The errors of the tables ({printed}) {verb}.')}"
            yield f"display as text {_quote(f'表中的标准误（{printed}）{verb_zh}。')}"


def _fit(command: str, options: str) -> Iterator[str]:
    """Yield a command on the rows of the equation; its options stand on a line of their own."""
    *before, last = _break(f"    {command} if textq_used == 1,")
    yield from (*before, f"{last} ///", f"        {options}")


def _break(command: str) -> list[str]:
    """Return a command in lines of bearable length; /// at its end continues a line."""
    indent = " " * (len(command) - len(command.lstrip()))
    return break_lines(command.split(), first=indent, then=f"{indent}    ", width=_WIDTH, end=" ///")


def _compare(place: int, equation: Equation, kind: ErrorKind, *, first: bool) -> Iterator[str]:
    """Yield the comparisons of a fit: with the first one the coefficients, and always its errors."""
    for number, term in enumerate(equation.terms, 1):
        at, size = f"{place}_{number}", f"scalar(tq_s_{place}_{number})"
        if first:
            what = f"{place}. {term.column}: coefficient"
            yield f'    textq_compare "{what}" _b[{term.column}] scalar(tq_b_{at}) {size}'
        if kind in equation.list_errors("reghdfe"):
            what = f"{place}. {term.column}: {_SHOWN[kind]}"
            wanted = f"scalar(tq_{_PREFIX[kind]}_{at})"
            yield f'    textq_compare "{what}" _se[{term.column}] {wanted} {wanted}'


def _quote(text: str) -> str:
    """Return a text in compound double quotes; what Stata would expand as a macro is marked by a backslash."""
    plain = " ".join(text.split()).replace("\"'", "\" '").replace("`", "\\`").replace("$", "\\$")
    return f'`"{plain}"\''
