"""The tables of a power study: the smallest effects, the power curve, and the files behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from econ.table import Cell, Interval, Lang, Number, Row, Table, show_number
from textq.export.table import write_table
from textq.pipeline.printed_tables import write_notes, write_printed
from textq.pipeline.study_labels import LANGUAGES, choose_style, name_terms

if TYPE_CHECKING:
    from textq.pipeline.power import StudyPower

_EXACT = "exact"
_DIGITS, _SHARE_DIGITS = 4, 3
_WIDE = 3.0
"""A smallest effect is not given as a number where its interval reaches beyond so many times the effect."""

_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "smallest": "Smallest detectable effects: power {power:.0%}, tests at {alpha:g} two-sided",
        "coded": "The same for scores coded with error, upwards, by the share of clauses coded rightly",
        "curve": "Power by effect, scores without coding error",
        "exact": "no coding error",
        "uncorrected": "as coded",
        "audited": "corrected, {:,} clauses audited",
        "known": "corrected, confusion known",
        "refused": "  not to be corrected (share of draws)",
        "up": "upwards",
        "down": "downwards",
        "interval": "MC interval",
        "permuted": "upwards, size held",
        "size": "size",
        "formula": "usual formula",
        "effect": "effect",
        "power": "power",
        "wrong": "wrong sign",
        "never": "none",
        "jackknife": "leave-one-city-out jackknife",
        "dyadic": "dyadic-robust errors",
        "design": (
            "{units} cities, {designated} of them designated, {pairs:,} pairs, {periods} years; {vcov}; "
            "{draws:,} draws, seed {seed}."
        ),
        "recipe": (
            "Each draw gives the designations (dates and scores together) to other cities, forms the pairs anew, adds "
            "the effect to treated pairs and tests it."
        ),
        "residual": "What the true designations are estimated to have added was taken out of the outcome first.",
        "observed": "The outcome is as it was observed.",
        "reading": (
            "MC interval: 95 %, for the number of draws. Size: share that rejects without effect; size held: with the "
            "critical value that makes it {alpha:g}. Usual formula: (t(1 − α/2) + t(power)) × standard error."
        ),
        "bounded": (
            "> x: the draws do not tell the effect, only that it is beyond x, the end of its MC interval (the other "
            "end is more than {wide:g} times the effect, or there is none). None: no effect has the power."
        ),
        "signs": (
            "Wrong sign: the share of all draws that reject with the sign opposite to that of the effect. MC interval: "
            "95 %, of the power."
        ),
        "coding": (
            "Each clause has the same chance of a wrong code: all wrong ones alike, or by a confusion matrix. As coded:"
            " the estimate is of another size, and effects of other instruments leak into it. Corrected: confusion and "
            "noise are taken out, by a confusion matrix from clauses audited at random; its own error is in the "
            "standard error. Where too little signal is left, a draw cannot be corrected and detects nothing. In "
            "brackets: what an effect of 1 is estimated as, the median over the draws that can be corrected; off 1, "
            "the estimate is of another size than the effect. MC intervals: power_smallest.csv."
        ),
    },
    "zh": {
        "smallest": "最小可检测效应：检验功效{power:.0%}，双侧显著性水平{alpha:g}",
        "coded": "得分有编码误差时的最小可检测效应（正向），按编码正确的条款比例",
        "curve": "不同效应下的检验功效（得分无编码误差）",
        "exact": "无编码误差",
        "uncorrected": "不校正",
        "audited": "校正，审核{:,}条条款",
        "known": "校正，混淆矩阵已知",
        "refused": "  无法校正的抽样比例",
        "up": "最小可检测效应（正向）",
        "down": "负向",
        "interval": "模拟区间",
        "permuted": "正向，按置换临界值",
        "size": "检验水平",
        "formula": "按常用公式",
        "effect": "效应",
        "power": "检验功效",
        "wrong": "符号错误",
        "never": "无",
        "jackknife": "逐一剔除城市的刀切法",
        "dyadic": "二元组聚类稳健标准误",
        "design": (
            "{units}个城市，其中{designated}个获批，{pairs:,}个城市对，{periods}年；{vcov}；抽样{draws:,}次，"
            "随机种子{seed}。"
        ),
        "recipe": ("每次把获批身份（连同时间与得分）随机分给其他城市，重新构成城市对，对处理组城市对加上效应并检验。"),
        "residual": "事先从被解释变量中减去真实获批的估计效应。",
        "observed": "被解释变量为观测值。",
        "reading": (
            "模拟区间：95%，取决于抽样次数。检验水平：没有效应时的拒绝比例；按置换临界值：临界值使检验水平等于{alpha:g}。"
            "按常用公式：(t(1 − α/2) + t(功效)) × 标准误。"
        ),
        "bounded": (
            "> x：抽样不足以确定该效应，只知其大于x，即模拟区间的一端（另一端超过效应的{wide:g}倍，或不存在）。"
            "无：再大的效应也达不到该功效。"
        ),
        "signs": ("符号错误：在全部抽样中，拒绝原假设但估计值符号与真实效应相反的比例。模拟区间：检验功效的95%区间。"),
        "coding": (
            "每条条款以同样的概率被编错：各类错误等可能，或按给定的混淆矩阵。不校正：估计值的大小改变，并混入其他工具的效应。"
            "校正：按随机审核的条款所得混淆矩阵消除混淆与噪声，其抽样误差计入标准误；信号过弱的抽样无法校正，"
            "视为未检出。括号内：真实效应为1时的估计值（可校正的抽样的中位数）；不等于1时，估计值与效应大小不同。"
            "模拟区间见power_smallest.csv。"
        ),
    },
}


def list_power_tables(result: "StudyPower", lang: Lang) -> dict[str, Table]:
    """Return the tables by the name of their file."""
    tables = {"power_smallest": tabulate_smallest(result, lang), "power_curve": tabulate_curve(result, lang)}
    if (result.power.smallest["coding"] != _EXACT).any():
        tables["power_coding"] = tabulate_coding(result, lang)
    block_rules = choose_style(result.study).block_rules
    return {name: replace(table, lang=lang, block_rules=block_rules) for name, table in tables.items()}


def tabulate_smallest(result: "StudyPower", lang: Lang) -> Table:
    """Return the smallest effect of each term, of scores without coding error; what is to be noted stands below."""
    words, power = _WORDS[lang], result.power
    names = name_terms(result.panel, lang, result.study.labels)
    table = power.smallest[power.smallest["coding"] == _EXACT]
    rows = [(names.get(str(term), str(term)), *_list_cells(part, lang)) for term, part in _split(table, "term")]
    head = ("", *(words[name] for name in ("up", "interval", "down", "permuted", "size", "formula")))
    title = words["smallest"].format(power=power.power, alpha=power.alpha)
    return Table(title, head, (tuple(rows),), tuple(_explain(result, lang)))


def _split(table: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the values of a column, in their order, and their rows."""
    for value in table[column].unique():
        yield str(value), table[table[column] == value]


def _list_cells(rows: pd.DataFrame, lang: Lang) -> Row:
    """Return the effects of one term with their interval, the size, the formula."""
    found = {(row["test"], row["direction"]): row for row in rows.to_dict("records")}
    up = found["t", "+"]
    interval = Interval(up["low"], up["high"], _DIGITS)
    down, held = (_show_effect(found[key], lang) for key in (("t", "-"), ("permutation", "+")))
    return _show_effect(up, lang), interval, down, held, _show_share(up["size"]), _show(up["formula"], lang)


def _show(value: float, lang: Lang) -> Cell:
    return Number(value, _DIGITS) if np.isfinite(value) else _WORDS[lang]["never"]


def _show_share(value: float) -> Number:
    return Number(value, _SHARE_DIGITS, adaptive=False)


def _is_bounded(row: Mapping[Any, Any]) -> bool:
    """Return whether the interval of a smallest effect is so wide that only its lower end says something."""
    return not (np.isfinite(row["high"]) and abs(row["high"]) <= _WIDE * abs(row["effect"]))


def _show_effect(row: Mapping[Any, Any], lang: Lang) -> Cell:
    """Return a smallest effect; where the draws do not tell it the end of its interval beyond which it lies."""
    effect, low = row["effect"], row["low"]
    if not _is_bounded(row):
        return Number(effect, _DIGITS)
    if not np.isfinite(low):
        return _WORDS[lang]["never"]
    return f"{'>' if row['direction'] == '+' else '<'} {show_number(low)}"


def _explain(result: "StudyPower", lang: Lang) -> Iterator[str]:
    words, power = _WORDS[lang], result.power
    yield words["design"].format(
        units=power.n_units, designated=power.n_designated, pairs=power.n_pairs, periods=power.n_periods,
        vcov=words[power.vcov], draws=power.draws["draw"].nunique(), seed=power.seed,
    )  # fmt: skip
    yield words["recipe"] + (" " if lang == "en" else "") + words[power.null]
    yield words["reading"].format(alpha=power.alpha)
    if any(_is_bounded(row) for row in power.smallest[power.smallest["coding"] == _EXACT].to_dict("records")):
        yield words["bounded"].format(wide=_WIDE)
    yield from result.notes
    yield from power.notes


def tabulate_coding(result: "StudyPower", lang: Lang) -> Table:
    """Return the smallest effects (upwards) for scores coded with error, and what 1 is estimated as, by accuracy."""
    words, smallest = _WORDS[lang], result.power.smallest
    names = name_terms(result.panel, lang, result.study.labels)
    wanted = smallest[(smallest["test"] == "t") & (smallest["direction"] == "+")]
    accuracies = list(wanted["accuracy"].dropna().unique())
    blocks = []
    for term, rows in _split(wanted, "term"):
        lines: list[Row]
        exact = rows[rows["coding"] == _EXACT].to_dict("records")[0]
        lines = [(names.get(term, term), *[""] * len(accuracies))]
        lines.append((words[_EXACT], *[_show_effect(exact, lang)] * len(accuracies)))
        lines += _list_codings(rows[rows["coding"] != _EXACT], accuracies, lang)
        blocks.append(tuple(lines))
    return Table(
        words["coded"],
        ("", *map(str, accuracies)),
        tuple(blocks),
        (words["coding"], words["bounded"].format(wide=_WIDE)),
    )


def _list_codings(rows: pd.DataFrame, accuracies: list[str], lang: Lang) -> Iterator[Row]:
    """Yield the lines of one term: as coded, corrected, what cannot be corrected."""
    words = _WORDS[lang]
    for key in dict.fromkeys(zip(rows["coding"], rows["n_audited"].fillna(0), strict=True)):
        coding, n_audited = key
        cells = rows[(rows["coding"] == coding) & (rows["n_audited"].fillna(0) == n_audited)].set_index("accuracy")
        cells = cells.loc[accuracies]
        yield words[coding].format(n_audited), *(_show_coded(row, lang) for row in cells.to_dict("records"))
        if coding != "uncorrected" and (cells["refused"] > 0).any():
            yield words["refused"], *(Number(share, 2, adaptive=False) for share in cells["refused"])


def _show_coded(row: Mapping[Any, Any], lang: Lang) -> Cell:
    """Return a smallest effect and, in brackets, what an effect of 1 is estimated as where any draw tells."""
    shown = _show_effect(row, lang)
    return shown if pd.isna(row["slope"]) else f"{shown} ({row['slope']:.2f})"


def tabulate_curve(result: "StudyPower", lang: Lang) -> Table:
    """Return the power curve of each term, of scores without coding error."""
    words = _WORDS[lang]
    curve = result.power.curve
    names = name_terms(result.panel, lang, result.study.labels)
    blocks = []
    for term, rows in _split(curve[curve["coding"] == _EXACT], "term"):
        shown = names.get(term, term)
        lines = []
        for row in rows.to_dict("records"):
            lines.append((shown, *_list_points(row)))
            shown = ""
        blocks.append(tuple(lines))
    head = ("", *(words[name] for name in ("effect", "power", "interval", "wrong")))
    return Table(words["curve"], head, tuple(blocks), (words["signs"],))


def _list_points(row: Mapping[Any, Any]) -> Row:
    wrong = "" if pd.isna(row["wrong_sign"]) else _show_share(row["wrong_sign"])
    interval = Interval(row["low"], row["high"], _SHARE_DIGITS)
    return Number(row["effect"], _DIGITS), _show_share(row["power"]), interval, wrong


def write_power(result: "StudyPower", run_dir: Path, run_id: str) -> None:
    """Write the tables in both languages, the curve, the smallest effects, the draws, and the notes."""
    write_printed({lang: list_power_tables(result, lang) for lang in LANGUAGES}, run_dir, run_id)
    power = result.power
    for name, frame in (("power", power.curve), ("power_smallest", power.smallest), ("power_draws", power.draws)):
        write_table(frame, run_dir / name)
    write_notes((*result.notes, *power.notes), run_dir)
