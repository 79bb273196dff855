"""What ``textq diff`` says: settings, clauses, codes, scores and coefficients that differ."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from textq.cli.json_records import list_records
from textq.cli.languages import Lang
from textq.notation.controls import spell_controls
from textq.pipeline.difference import Difference, EstimateDifference, ScoresDifference
from textq.provenance import SCHEMA_VERSION
from textq.run import Run

_MOST_ROWS = 10
_TEXT_LENGTH = 40
_SHOWN_MEASURE = "count"

_TEXTS = {
    "runs": {"zh": "{before} → {after}", "en": "{before} → {after}"},
    "same_settings": {"zh": "设置、版本与输入相同", "en": "settings, versions and inputs are the same"},
    "settings": {"zh": "不同的设置、版本与输入: {n}", "en": "settings, versions and inputs that differ: {n}"},
    "setting": {"zh": "  {name}: {before} → {after}", "en": "  {name}: {before} → {after}"},
    "clauses": {
        "zh": "条款: 相同 {same}, 新增 {added}, 消失 {gone}, 文字改动 {text}, 编码改变 {code}",
        "en": "clauses: {same} the same, {added} new, {gone} gone, {text} with another text, {code} with another code",
    },
    "confirmed": {
        "zh": "编码相同但编码者不同的条款: {n}",
        "en": "clauses with the same code from another coder: {n}",
    },
    "flow": {"zh": "  {before} → {after}: {n} ({coder})", "en": "  {before} → {after}: {n} ({coder})"},
    "clause": {"zh": "  {what} {clause}: {code}  {text}", "en": "  {what} {clause}: {code}  {text}"},
    "added": {"zh": "新增", "en": "new"},
    "gone": {"zh": "消失", "en": "gone"},
    "text": {"zh": "文字", "en": "text"},
    "code": {"zh": "编码", "en": "code"},
    "counts": {"zh": "各类条款数: {counts}", "en": "clauses by class: {counts}"},
    "scores": {"zh": "得分改变: {counts}", "en": "scores that moved: {counts}"},
    "same_scores": {"zh": "得分相同", "en": "the scores are the same"},
    "score": {
        "zh": "  {unit} {period} {instrument} {measure}: {before} → {after}",
        "en": "  {unit} {period} {instrument} {measure}: {before} → {after}",
    },
    "coverage": {"zh": "检索覆盖不同的城市年份: {n}", "en": "city-years with another coverage: {n}"},
    "coefficients": {
        "zh": "估计值改变: {counts}",
        "en": "coefficients that moved: {counts}",
    },
    "same_coefficients": {"zh": "估计值相同", "en": "the coefficients are the same"},
    "coefficient": {
        "zh": "  {equation} / {vcov} / {term}: {figure} {before} → {after}",
        "en": "  {equation} / {vcov} / {term}: {figure} {before} → {after}",
    },
    "more": {"zh": "  … 另有 {n} 项 (--out, --json)", "en": "  … and {n} more (--out, --json)"},
    "wrote": {"zh": "写出 {out}", "en": "wrote {out}"},
}


_PARTS: Mapping[str, str] = {
    "code": "程序版本", "econ": "econ 版本", "lists": "词表", "codebook": "编码手册", "lexicon": "词典",
    "coder": "编码器", "coder_sha256": "编码器 sha256", "parameters": "参数", "settings": "设置",
    "scores_run": "得分运行", "readers": "读取程序", "versions": "库版本", "stated": "声明", "inputs": "输入文件",
}  # fmt: skip
"""Chinese for what a setting is of."""


def describe_difference(difference: Difference, out: Path | None, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    yield from map(spell_controls, _describe_all(difference, out, lang))


def _describe_all(difference: Difference, out: Path | None, lang: Lang) -> Iterator[str]:
    if difference.scores:
        yield from _describe_scores(difference.scores, lang)
    if difference.estimates:
        yield from _describe_estimates(difference.estimates, lang)
    if out is not None:
        yield _say("wrote", lang, out=out)


def _describe_scores(found: ScoresDifference, lang: Lang) -> Iterator[str]:
    yield _TEXTS["runs"][lang].format(before=found.before.run_dir, after=found.after.run_dir)
    yield from _describe_settings(found.settings, lang)
    rows = found.clauses.rows
    counts = rows["what"].value_counts()
    named = {what: f"{counts.get(what, 0):,}" for what in ("added", "gone", "text", "code")}
    yield _say("clauses", lang, same=f"{found.clauses.n_same:,}", **named)
    yield from _describe_flows(found, lang)
    yield from _limit((_describe_clause(row, found, lang) for row in rows.itertuples()), len(rows), lang)
    if found.clauses.n_confirmed:
        yield _say("confirmed", lang, n=f"{found.clauses.n_confirmed:,}")
    moved = found.counts[found.counts["before"] != found.counts["after"]]
    if len(moved):
        shown = [
            f"{_name(found, str(row.instrument), lang)} {row.before:,} → {row.after:,}" for row in moved.itertuples()
        ]
        yield _say("counts", lang, counts=" · ".join(shown))
    yield from _describe_cells(found, lang)


def _describe_flows(found: ScoresDifference, lang: Lang) -> Iterator[str]:
    """Say from which code to which how many clauses moved, and who coded them."""
    rows = found.clauses.rows
    moved = rows[rows["what"] == "code"]
    flows = moved.groupby(["code_before", "code_after"], sort=False)
    ordered = sorted(flows, key=lambda flow: -len(flow[1]))
    lines = (
        _say(
            "flow", lang, before=_name(found, str(before), lang), after=_name(found, str(after), lang),
            n=f"{len(flow):,}", coder=", ".join(sorted(flow["coder_after"].unique())),
        )
        for (before, after), flow in ordered
    )  # fmt: skip
    yield from _limit(lines, len(ordered), lang)


def _describe_clause(row: Any, found: ScoresDifference, lang: Lang) -> str:
    codes = [_name(found, str(code), lang) for code in (row.code_before, row.code_after) if not pd.isna(code)]
    text = str(row.text_before if pd.isna(row.text_after) else row.text_after).replace("\n", " ")
    return _say(
        "clause", lang, what=_TEXTS[row.what][lang],
        clause=row.clause_before if pd.isna(row.clause_after) else row.clause_after, code=" → ".join(codes),
        text=text if len(text) <= _TEXT_LENGTH else f"{text[:_TEXT_LENGTH]}…",
    )  # fmt: skip


def _describe_cells(found: ScoresDifference, lang: Lang) -> Iterator[str]:
    counts = found.scores["measure"].value_counts(sort=False)
    if len(counts):
        yield _say("scores", lang, counts=", ".join(f"{name} {count:,}" for name, count in counts.items()))
        measure = _SHOWN_MEASURE if _SHOWN_MEASURE in counts else counts.index[0]
        shown = found.scores[found.scores["measure"] == measure]
        lines = (
            _say(
                "score", lang, unit=row.unit, period=row.period, instrument=_name(found, str(row.instrument), lang),
                measure=row.measure, before=_show(row.before), after=_show(row.after),
            )
            for row in shown.itertuples()
        )  # fmt: skip
        yield from _limit(lines, len(shown), lang)
    else:
        yield _say("same_scores", lang)
    if len(found.coverage):
        yield _say("coverage", lang, n=f"{len(found.coverage):,}")


def _describe_estimates(found: EstimateDifference, lang: Lang) -> Iterator[str]:
    yield _TEXTS["runs"][lang].format(before=found.before, after=found.after)
    yield from _describe_settings(found.settings, lang)
    counts = found.coefficients["figure"].value_counts(sort=False)
    if not len(counts):
        yield _say("same_coefficients", lang)
        return
    yield _say("coefficients", lang, counts=", ".join(f"{name} {count:,}" for name, count in counts.items()))
    lines = (
        _say(
            "coefficient", lang, equation=row.equation, vcov=row.vcov, term=row.term, figure=row.figure,
            before=_show(row.before), after=_show(row.after),
        )
        for row in found.coefficients.itertuples()
    )  # fmt: skip
    yield from _limit(lines, len(found.coefficients), lang)


def _describe_settings(settings: pd.DataFrame, lang: Lang) -> Iterator[str]:
    if not len(settings):
        yield _say("same_settings", lang)
        return
    yield _say("settings", lang, n=len(settings))
    lines = (
        _say(
            "setting",
            lang,
            name=_call_setting(str(row.name), lang),
            before=_shorten(row.before),
            after=_shorten(row.after),
        )
        for row in settings.itertuples(index=False)
    )
    yield from _limit(lines, len(settings), lang)


def _call_setting(name: str, lang: Lang) -> str:
    part, dot, rest = name.partition(".")
    return f"{_PARTS.get(part, part)}{dot}{rest}" if lang == "zh" else name


def _limit(lines: Iterator[str], n_lines: int, lang: Lang) -> Iterator[str]:
    """Yield the first lines, and how many more there are."""
    for _ in range(min(n_lines, _MOST_ROWS)):
        yield next(lines)
    if n_lines > _MOST_ROWS:
        yield _say("more", lang, n=f"{n_lines - _MOST_ROWS:,}")


def _say(text: str, lang: Lang, /, **values: object) -> str:
    return f" {_TEXTS[text][lang].format(**values)}"


def _name(found: ScoresDifference, code: str, lang: Lang) -> str:
    """Return how the codebook of the run that has the code calls it."""
    run = next((run for run in (found.after, found.before) if code in run.meta.get("names", {})), found.after)
    instrument, _, subtype = code.partition("/")
    return f"{run.name_code(instrument, lang)}/{run.name_code(code, lang)}" if subtype else run.name_code(code, lang)


def _show(value: Any) -> str:
    return "—" if pd.isna(value) else f"{value:.6g}"


def _shorten(value: object) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= _TEXT_LENGTH else f"{text[:_TEXT_LENGTH]}…"


def summarise_difference(difference: Difference) -> dict[str, Any]:
    """Return the JSON document."""
    scores, estimates = difference.scores, difference.estimates
    return {
        "schema_version": SCHEMA_VERSION,
        "scores": _summarise_scores(scores) if scores else None,
        "estimates": _summarise_estimates(estimates) if estimates else None,
    }


def _summarise_scores(found: ScoresDifference) -> dict[str, Any]:
    return {
        **_name_runs(found.before, found.after),
        "settings": list_records(found.settings),
        "n_same": found.clauses.n_same,
        "n_confirmed": found.clauses.n_confirmed,
        "clauses": list_records(found.clauses.rows),
        "counts": list_records(found.counts),
        "scores": list_records(found.scores),
        "coverage": list_records(found.coverage),
    }


def _name_runs(before: Run, after: Run) -> dict[str, str]:
    return {"before": str(before.run_dir), "after": str(after.run_dir)}


def _summarise_estimates(found: EstimateDifference) -> dict[str, Any]:
    return {
        "before": str(found.before),
        "after": str(found.after),
        "settings": list_records(found.settings),
        "coefficients": list_records(found.coefficients),
    }


def list_changes(difference: Difference) -> pd.DataFrame:
    """Return all that differs as one table: ``kind``, what names it, before, after, change.

    ``kind`` is setting, clause, count, score, coverage, setting_of_estimate or coefficient.
    """
    frames = [_EMPTY]
    if scores := difference.scores:
        clauses = scores.clauses.rows.rename(columns={"code_before": "before", "code_after": "after"})
        moved = scores.counts[scores.counts["before"] != scores.counts["after"]]
        frames += [
            scores.settings.assign(kind="setting"),
            clauses.assign(kind="clause"),
            moved.assign(kind="count", change=moved["after"] - moved["before"]),
            scores.scores.assign(kind="score"),
            scores.coverage.assign(kind="coverage"),
        ]
    if estimates := difference.estimates:
        frames += [
            estimates.settings.assign(kind="setting_of_estimate"),
            estimates.coefficients.assign(kind="coefficient"),
        ]
    parts = [frame.astype(object).where(frame.notna(), None) for frame in frames]
    return pd.concat(parts, ignore_index=True)[list(_EMPTY.columns)]


_EMPTY = pd.DataFrame(
    columns=[
        "kind", "name", "unit", "period", "instrument", "measure", "equation", "vcov", "term", "figure", "what",
        "document", "clause_before", "clause_after", "before", "after", "change", "coder_before", "coder_after",
        "text_before", "text_after",
    ],
    dtype=object,
)  # fmt: skip
