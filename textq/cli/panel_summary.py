"""What ``textq panel check`` says: what the file holds, what is wrong with it, what was written."""

from collections.abc import Iterator
from pathlib import Path

from textq.cli.languages import Lang
from textq.outcomes import SeriesFile, describe_problem
from textq.outcomes.problems import MOST_CASES

_FORMS = {
    "long": {"zh": "长表", "en": "long"},
    "years_across": {"zh": "年份横排", "en": "years across"},
    "units_across": {"zh": "城市横排", "en": "units across"},
}
_TEXTS = {
    "holds": {
        "zh": "{units} 个地区, {first}–{last} 年, {variables} 个变量, {values} 个数值; {form}; 代码基准年份 {year}",
        "en": "{units} units, {first}–{last}, variables: {variables}, values: {values}; {form}; codes of {year}",
    },
    "holds_none": {"zh": "没有可用的数值; {form}; 代码基准年份 {year}", "en": "no values; {form}; codes of {year}"},
    "refused": {"zh": "须解决: {said}", "en": "to solve: {said}"},
    "note": {"zh": "注意: {said}", "en": "note: {said}"},
    "cut": {
        "zh": "每个问题只列前 {n} 例; --json 列出全部",
        "en": "only the first {n} cases of a problem are shown; --json shows all",
    },
    "nothing": {"zh": "未发现问题", "en": "no problem was found"},
    "wrote": {"zh": "写出 {out}", "en": "wrote {out}"},
    "not_written": {"zh": "未写出 {out}: 请先解决上述问题", "en": "not written: {out}; solve the problems first"},
}


def describe_series(series: SeriesFile, file: Path, out: Path | None, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary."""
    yield f"{file}"
    yield _describe_table(series, lang)
    for problem in series.problems:
        yield _say("refused" if problem.blocking else "note", lang, said=describe_problem(problem, lang))
    if any(len(problem.cases) > MOST_CASES for problem in series.problems):
        yield _say("cut", lang, n=MOST_CASES)
    if not series.problems:
        yield _say("nothing", lang)
    if out is not None:
        yield _say("not_written" if series.blocked else "wrote", lang, out=out)


def _describe_table(series: SeriesFile, lang: Lang) -> str:
    table, form = series.table, _FORMS[series.form][lang]
    if not len(table):
        return _say("holds_none", lang, form=form, year=series.base_year)
    return _say(
        "holds", lang, units=table["unit"].nunique(), first=table["period"].min(), last=table["period"].max(),
        variables=table["variable"].nunique(), values=f"{len(table):,}", form=form, year=series.base_year,
    )  # fmt: skip


def _say(name: str, lang: Lang, **values: object) -> str:
    return f" {_TEXTS[name][lang].format(**values)}"
