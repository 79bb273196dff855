"""What ``textq review sample`` says: what each size buys, what was drawn, and what to know about it."""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from textq.cli.languages import Lang
from textq.pipeline.review_sampling import DrawnSample
from textq.provenance import SCHEMA_VERSION
from textq.review.sample_size import Precision

_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "sizes": "What each size buys: ± of 95 % intervals in percentage points, planned from the machine's codes",
        "clauses": "clauses",
        "document": "documents",
        "clause": "drawn",
        "accuracy": "accuracy",
        "worst": "worst precision",
        "effect": "design effect",
        "share": "share",
        "drawn": "Drawn: {n} of {frame} clauses in {documents} documents, {strata}; sample {name}",
        "planned": "Would be drawn: {n} of {frame} clauses in {documents} documents, {strata}; nothing written",
        "strata": "{n} strata",
        "stratum_alone": "1 stratum",
        "seed": " seed {seed}, frame sha256 {frame}; coders a clause: {each}; who: {coders}",
        "anybody": "anybody",
        "stratum": " {name}: {n_drawn} of {n_frame} {units} (π {pi:.3f}), {n_clauses} clauses in all",
        "unit_document": "documents",
        "unit_clause": "clauses",
        "wrote": " wrote {}",
        "next": " next: textq review {run} --coder NAME",
        "one_did_cell": "All documents are {cell!r}: strata are made by doc_type and period in the place of did.",
        "few_documents": "Only {n} whole documents: intervals will be wide and uncertain. Draw more, or --unit clause.",
        "not_reached": "A half width of {half_width:.3f} cannot be reached; it will be {widest:.3f}.",
        "single": "One coder for each clause: no agreement can be measured. Two (--each 2) are usual.",
        "all_of_it": "The run has {n} clauses left: all are drawn.",
        "larger": "{n} clauses are drawn, more than {size}: each stratum needs its least number of documents.",
        "undated": "{n} documents have no year; they are strata of their own.",
        "exposed": "{n} of the clauses were corrected before with the machine's code in sight: whoever did so should "
        "not code them here; such codes are not wholly blind.",
    },
    "zh": {
        "sizes": "各样本量的精度(95% 区间的一半,百分点;按机器编码预估)",
        "clauses": "条款",
        "document": "文件",
        "clause": "抽取",
        "accuracy": "准确率",
        "worst": "最差精确率",
        "effect": "设计效应",
        "share": "占比",
        "drawn": "已抽取: {frame} 条中的 {n} 条, {documents} 份文件, {strata}; 样本 {name}",
        "planned": "将抽取: {frame} 条中的 {n} 条, {documents} 份文件, {strata}; 未写入",
        "strata": "{n} 层",
        "stratum_alone": "1 层",
        "seed": " 种子 {seed}, 抽样框 sha256 {frame}; 每条 {each} 人编码, {coders}",
        "anybody": "不限编码者",
        "stratum": " {name}: {n_frame} {units}中抽 {n_drawn} (π {pi:.3f}), 共 {n_clauses} 条",
        "unit_document": "份文件",
        "unit_clause": "条",
        "wrote": " 写入 {}",
        "next": " 下一步: textq review {run} --coder 姓名",
        "one_did_cell": "所有文件都属于 {cell!r}, did 无法分层, 改按文种和时期分层。",
        "few_documents": "只有 {n} 份整文件: 区间会又宽又不可靠。请多抽一些, 或用 --unit clause。",
        "not_reached": "达不到 ±{half_width:.3f}; 将为 ±{widest:.3f}。",
        "single": "每条只有一人编码: 无法计算一致性。通常用两人(--each 2)。",
        "all_of_it": "这次运行只剩 {n} 条: 全部抽取。",
        "larger": "将抽 {n} 条, 多于 {size}: 每层都要有最低份数的文件。",
        "undated": "{n} 份文件没有年份, 自成一层。",
        "exposed": "其中 {n} 条此前有人看着机器编码校对过: 校对者不宜再抽检这些条款, 其编码并非全然盲编。",
    },
}


_LABELS: Mapping[str, str] = {
    "certain": "把握较大",
    "less certain": "把握较小",
    "unsure": "机器存疑",
    "all": "全部",
    "information": "信息量 ",
}
"""Chinese for the labels of strata."""


def describe_sample(drawn: DrawnSample, lang: Lang, names: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the lines of the summary; ``names`` says how codes are called."""
    called = {**(_LABELS if lang == "zh" else {}), **(names or {})}
    say = _WORDS[lang]
    yield say["sizes"]
    heads = [
        say["clauses"],
        say[drawn.record.unit],
        *(f"{say['share']} {called.get(code, code)}" for code in drawn.frame.classes),
    ]
    heads += [say["accuracy"], say["worst"], say["effect"]]
    cells = dict.fromkeys(tuple(_list_cells(one)) for one in drawn.sizes)
    rows = [tuple(heads), *cells]
    widths = [max(_measure_width(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        yield " " + "  ".join(" " * (w - _measure_width(cell)) + cell for cell, w in zip(row, widths, strict=True))
    yield ""
    record, plan = drawn.record, drawn.bought.plan
    key = "planned" if drawn.event is None else "drawn"
    n_documents = len(record.documents) or len({_find_document(drawn, item.key) for item in record.items})
    yield say[key].format(
        n=len(record.items),
        frame=len(drawn.frame),
        documents=n_documents,
        name=drawn.name,
        strata=say["stratum_alone" if len(plan.strata) == 1 else "strata"].format(n=len(plan.strata)),
    )
    yield say["seed"].format(
        seed=record.seed, frame=record.frame_sha256[:12], each=record.each,
        coders=", ".join(record.coders) or say["anybody"],
    )  # fmt: skip
    for one in plan.strata:
        yield say["stratum"].format(
            name=_call_stratum(one.name, called), n_drawn=one.n_drawn, n_frame=one.n_frame, pi=one.pi,
            n_clauses=one.n_clauses, units=say[f"unit_{record.unit}"],
        )  # fmt: skip
    for name, values in drawn.notes:
        yield "! " + say[name].format(**values)
    if drawn.event is not None:
        yield say["wrote"].format(drawn.store)
        yield say["next"].format(run=drawn.store.parent)


def _call_stratum(name: str, called: Mapping[str, str]) -> str:
    """Return how a stratum is called: its labels, joined by `` · `` and ``|``, each in its language."""
    said = " · ".join("|".join(called.get(one, one) for one in part.split("|")) for part in name.split(" · "))
    return said.replace("information ", called["information"]) if "information" in called else said


def summarise_sample(drawn: DrawnSample) -> dict[str, Any]:
    """Return the JSON object of ``--json``."""
    record = drawn.record
    return {
        "schema_version": SCHEMA_VERSION,
        "sample": drawn.name,
        "written": drawn.event is not None,
        "store": str(drawn.store),
        "run_id": record.run_id,
        "unit": record.unit,
        "seed": record.seed,
        "frame_sha256": record.frame_sha256,
        "n_frame": len(drawn.frame),
        "n_items": len(record.items),
        "n_documents": len(record.documents) or None,
        "each": record.each,
        "coders": list(record.coders),
        "variables": list(record.variables),
        "after": list(record.after),
        "half_width": record.half_width,
        "strata": [
            {"name": one.name, "n_frame": one.n_frame, "n_drawn": one.n_drawn, "n_clauses": one.n_clauses, "pi": one.pi}
            for one in record.strata
        ],
        "bought": _summarise_precision(drawn.bought, drawn.frame.classes),
        "sizes": [_summarise_precision(one, drawn.frame.classes) for one in drawn.sizes],
        "notes": [_WORDS["en"][name].format(**values) for name, values in drawn.notes],
    }


def _measure_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _find_document(drawn: DrawnSample, key: str) -> int:
    return int(drawn.frame.documents[drawn.frame.keys.index(key)])


def _list_cells(one: Precision) -> Iterator[str]:
    yield f"{round(one.plan.n_expected)}"
    yield f"{one.plan.n_units}"
    yield from (f"±{100 * half:.1f}" for half in one.shares)
    yield f"±{100 * one.accuracy:.1f}"
    known = one.precisions[~pd.isna(one.precisions)]
    yield f"±{100 * known.max():.1f}" if len(known) else ""
    yield f"{one.design_effect:.2f}"


def _summarise_precision(one: Precision, classes: tuple[str, ...]) -> dict[str, Any]:
    def name(values: Any) -> dict[str, float | None]:
        return {
            code: float(value) if math.isfinite(value) else None for code, value in zip(classes, values, strict=True)
        }

    return {
        "size": one.size,
        "n_clauses": round(one.plan.n_expected, 1),
        "n_units": one.plan.n_units,
        "shares": name(one.shares),
        "corrected": name(one.corrected),
        "accuracy": one.accuracy,
        "precision": name(one.precisions),
        "design_effect": one.design_effect,
    }
