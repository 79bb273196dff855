"""What ``textq estimate`` says at its end: the sample, the tables, what to bear in mind, where it lies."""

import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd

from econ.table_text import render_text
from textq.cli.json_records import keep_finite, list_dropped, list_records
from textq.cli.languages import Lang
from textq.pipeline.estimates import StudyResult
from textq.pipeline.study_check_tables import describe_few, list_check_dropped, list_lead_tests, list_points
from textq.pipeline.study_figures import EVERY
from textq.pipeline.study_placebo import describe_placebo
from textq.pipeline.study_tables import list_coefficients, list_tables
from textq.provenance import SCHEMA_VERSION, code_version

_TEXTS = {
    "sample": {
        "zh": "{units} 个城市, 其中 {designated} 个获批; {pairs} 个城市对, {periods} 年, {rows} 行",
        "en": "{units} cities, {designated} of them treated; {pairs} pairs, {periods} years, {rows} rows",
    },
    "dropped": {"zh": "剔除 {count}: {what} — {reason}", "en": "left out {count}: {what} ({reason})"},
    "zero": {
        "zh": "已获批而所用各类得分均为零的城市年份 {n} 个 (见 treated_zero.csv): {names}",
        "en": "{n} treated city-years with a score of zero in all instruments used (see treated_zero.csv): {names}",
    },
    "check": {"zh": "序列: {check}", "en": "series: {check}"},
    "no_figures": {
        "zh": '未作图: 需要 matplotlib, 请运行 {pip} "textq[figures]"',
        "en": 'figures were not drawn: they need matplotlib, run {pip} "textq[figures]"',
    },
    "undrawn": {"zh": "未作图 {figure}: {reason}", "en": "not drawn: {figure} ({reason})"},
    "wrote": {"zh": "写出 {run_dir}", "en": "wrote {run_dir}"},
}
_ZH = {
    "pairs": "城市对",
    "rows": "行",
    "designations": "获批记录",
    "both of the members designated": "双方均获批",
    "one of the members designated": "仅一方获批",
    "neither of the members designated": "双方均未获批",
    "below the median of gravity": "引力得分低于中位数",
    "missing values in synchronization": "同步性缺失",
}
_MOST_NAMES = 3


def describe_result(result: StudyResult, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary."""
    panel = result.panel.panel
    yield f"textq {code_version().partition('+')[0]}  {result.study.path}"
    yield _say(
        "sample", lang,
        units=pd.unique(panel[["unit_i", "unit_j"]].to_numpy().ravel()).size,
        designated=len({*panel.loc[panel["treated_i"] > 0, "unit_i"], *panel.loc[panel["treated_j"] > 0, "unit_j"]}),
        pairs=f"{panel['pair_id'].nunique():,}", periods=panel["period"].nunique(), rows=f"{len(panel):,}",
    )  # fmt: skip
    for one in result.headline.dropped:
        what, reason = (_ZH.get(text, text) if lang == "zh" else text for text in (one.what, one.reason))
        yield _say("dropped", lang, count=f"{one.count:,}", what=what, reason=reason)
    if len(result.panel.treated_zero):
        yield _describe_zeros(result, lang)
    for check in result.panel.checks:
        yield _say("check", lang, check=check)
    for table in list_tables(result, lang).values():
        yield ""
        yield render_text(table).rstrip("\n")
    yield ""
    for figure in result.undrawn:
        if figure.name == EVERY:
            yield _say("no_figures", lang, pip=f"{sys.executable} -m pip install")
        else:
            yield _say("undrawn", lang, figure=figure.name, reason=figure.reason)
    yield _say("wrote", lang, run_dir=result.run_dir)


def _describe_zeros(result: StudyResult, lang: Lang) -> str:
    zeros = result.panel.treated_zero
    names = [f"{row.name} {row.period}" for row in zeros.head(_MOST_NAMES).itertuples()]
    return _say("zero", lang, n=len(zeros), names=", ".join(names) + " …" * (len(zeros) > _MOST_NAMES))


def summarise_result(result: StudyResult) -> dict[str, Any]:
    """Return the JSON object of ``--json``; numbers that are not finite are null."""
    test = result.equality
    return {
        "schema_version": SCHEMA_VERSION,
        "run_dir": str(result.run_dir),
        "nobs": result.headline.nobs,
        "n_clusters": dict(result.headline.n_clusters),
        "estimates": list_records(list_coefficients(result)),
        "equality": test and {
            "hypothesis": test.hypothesis,
            "statistic": keep_finite(test.statistic),
            "df": [test.df_num, test.df_denom],
            "p_value": keep_finite(test.p_value),
        },
        "correlations": {
            name: {other: keep_finite(value) for other, value in row.items()}
            for name, row in result.correlations.to_dict("index").items()
        },
        "inflation": list_records(result.inflation),
        "treated_zero": list_records(result.panel.treated_zero),
        "dropped": list_dropped((*result.headline.dropped, *list_check_dropped(result))),
        "notes": list(result.headline.notes),
        "event_study": _summarise_events(result),
        "placebo": _summarise_placebo(result),
        "undrawn": [{"name": one.name, "reason": one.reason} for one in result.undrawn],
    }  # fmt: skip


def _summarise_events(result: StudyResult) -> dict[str, Any] | None:
    if result.events is None:
        return None
    return {
        "points": list_records(list_points(result.events)),
        "tests": list_records(list_lead_tests(result.events)),
        "notes": list(result.events.notes),
    }


def _summarise_placebo(result: StudyResult) -> dict[str, Any] | None:
    if result.placebo is None:
        return None
    tests = list_records(result.placebo.tests)
    notes = [*describe_few(result.placebo), *result.placebo.notes]
    return {**describe_placebo(result.placebo), "tests": tests, "notes": notes}


def _say(name: str, lang: Lang, **values: object) -> str:
    return f" {_TEXTS[name][lang].format(**values)}"
