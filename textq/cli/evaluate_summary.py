"""What ``textq evaluate`` says: scores, what was taken for what, how far to trust probabilities, what more buys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from econ.table import Table
from econ.table_text import render_text
from textq.cli.figures import (
    SHARED_TEXTS,
    call_codes,
    has_gaps,
    say_draws,
    show,
    show_count,
    show_interval,
    tabulate_pairs,
)
from textq.cli.languages import Lang
from textq.coding.accuracy.certainty import LEAST_CERTAIN, Certainty
from textq.coding.accuracy.learning_curve import LearningCurve, PowerLaw
from textq.coding.accuracy.scores import Scores
from textq.coding.resample import Figure, Interval
from textq.notation.controls import spell_controls
from textq.pipeline.evaluation import Evaluation, LearntClauses
from textq.provenance import SCHEMA_VERSION, code_version

_TEXTS: dict[str, Mapping[Lang, str]] = {
    **SHARED_TEXTS,
    "clauses": {
        "zh": "{n} 条条款{documents}, 由 {coder} 编码, 编码手册 {codebook}",
        "en": "{n} clauses{documents}, coded by {coder} with the codebook {codebook}",
    },
    "where": {"zh": "仅限: {where}", "en": "only rows with {where}"},
    "weighted": {"zh": "条款加权计算; 条款数未加权", "en": "clauses are weighted; numbers of clauses are not"},
    "known": {
        "zh": "*** 警告: {n} 条条款{documents}曾用于训练该编码器, 以下各表因此偏高。",
        "en": "*** WARNING: the coder learnt from {n} of these clauses{documents}, so the tables below flatter it.",
    },
    "known_documents": {"zh": " (来自 {n} 份文件)", "en": " (of {n} documents)"},
    "without": {
        "zh": "*** 剔除这些条款及其所在文件后剩 {n} 条: macro-F1 {f1} {interval}, κ {kappa}, 正确率 {accuracy}",
        "en": "*** Without them and their documents {n} are left: macro-F1 {f1} {interval}, κ {kappa}, accuracy "
        "{accuracy}",
    },
    "without_none": {
        "zh": "*** 剔除这些条款及其所在文件后没有剩余条款: 请换用其他文件的条款",
        "en": "*** Without them and their documents no clause is left: use clauses of other documents",
    },
    "overall": {"zh": "总体", "en": "Overall"},
    "by_code": {"zh": "各类目", "en": "By code"},
    "confusion": {"zh": "行: 金标准; 列: 编码器", "en": "Rows: gold; columns: coder"},
    "calibration": {"zh": "所给概率与实际正确率", "en": "Stated probability and share right"},
    "measure": {"zh": "指标", "en": "measure"},
    "accuracy": {"zh": "正确率", "en": "accuracy"},
    "macro_f1": {"zh": "macro-F1", "en": "macro-F1"},
    "kappa": {"zh": "Cohen's κ", "en": "Cohen's κ"},
    "subtype_accuracy": {"zh": "连同子类的正确率 ({n} 条)", "en": "code and subtype right ({n} clauses)"},
    "gold": {"zh": "金标准", "en": "gold"},
    "coded": {"zh": "编码", "en": "coded"},
    "precision": {"zh": "精确率", "en": "precision"},
    "recall": {"zh": "召回率", "en": "recall"},
    "probability": {"zh": "概率", "en": "probability"},
    "mean": {"zh": "平均概率", "en": "mean"},
    "right": {"zh": "正确", "en": "right"},
    "one_document": {
        "zh": "注意: 只有一份文件, 无法给出区间",
        "en": "note: there is one document only, so there are no intervals",
    },
    "error": {
        "zh": "期望校准误差 {value} {interval}; 概率完全准确时在此样本上约为 {chance}",
        "en": "expected calibration error {value} {interval}; perfect probabilities would have about {chance} here",
    },
    "without_probability": {"zh": "{n} 条条款没有概率, 未计入", "en": "{n} clauses without a probability are left out"},
    "without_figure": {
        "zh": "{n} 条条款没有该数值, 未计入排序",
        "en": "{n} clauses without such a figure are left out of the order",
    },
    "share": {
        "zh": "注意: 词表编码器的数值是得分占比, 并非概率, 故不列校准结果; 以下仅用其排序",
        "en": "note: the figure of a lexicon coder is its share of the scores, no probability, so there is nothing to "
        "calibrate; what follows uses its order alone",
    },
    "least": {
        "zh": "最不确定的 {share:.0%} 条款中错误率 {least} {interval}, 其余 {rest} {other}",
        "en": "error rate {least} {interval} in the least certain {share:.0%} of clauses, {rest} {other} in the rest",
    },
    "area": {
        "zh": "风险–覆盖曲线下面积 {area} {interval} (完美排序 {perfect}, 随机排序 {chance})",
        "en": "area under risk and coverage {area} {interval} (perfect order {perfect}, random order {chance})",
    },
    "unsure": {
        "zh": "编码器自认不确定的条款 {n} 条, 其中错误率 {unsure} {interval}, 其余 {sure} {other}",
        "en": "the coder is unsure of {n} clauses: error rate {unsure} {interval} there, {sure} {other} elsewhere",
    },
    "curve": {
        "zh": "学习曲线: 用 n 条条款训练后对其他文件编码",
        "en": "Learning curve: other documents coded after learning from n clauses",
    },
    "learnt": {"zh": "训练条款", "en": "learnt from"},
    "expected": {"zh": "{n} (外推)", "en": "{n} (expected)"},
    "law": {
        "zh": "外推: 误差 1 − macro-F1 = {factor}·n^−{exponent}, 各点偏差 {misfit}; 仅在该规律延续时成立, 未计金标准"
        "自身的误差, 因此偏乐观",
        "en": "expected by the error 1 − macro-F1 = {factor}·n^−{exponent}, which misses the points by {misfit}. It "
        "holds only if that law goes on, and takes gold codes as free of error: a hopeful figure",
    },
    "no_law": {"zh": "无法外推: {why}", "en": "nothing is expected beyond: {why}"},
    "few_points": {"zh": "训练规模少于三档", "en": "fewer than three numbers of clauses were tried"},
    "no_error": {
        "zh": "某一训练规模下已无误差, 无从拟合",
        "en": "at one number of clauses no error was left, to which no law can be fitted",
    },
    "no_rise": {"zh": "准确度未随训练条款增加而上升", "en": "accuracy did not rise with the number of clauses"},
    "too_few": {
        "zh": "未尝试 {sizes} 条: 其中的文件或类目过少, 不足以训练",
        "en": "not tried: {sizes} clauses, which hold too few documents, or codes, to learn from",
    },
    "curve_interval": {
        "zh": "区间只反映被编码文件的抽样, 不含训练文件的抽样",
        "en": "intervals draw the documents that are coded, not those learnt from",
    },
    "curve_gaps": {
        "zh": "注意: 部分样本无法计算学习曲线, 其区间未计入这些样本",
        "en": "note: samples in which the learning curve is not defined are left out of its intervals",
    },
    "wrote": {"zh": "写出 {out}", "en": "wrote {out}"},
}


def describe_evaluation(
    evaluation: Evaluation, gold: Path, where: Sequence[str], out: Path | None, lang: Lang
) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    scores = evaluation.scores
    yield spell_controls(f"textq {code_version().partition('+')[0]}  {gold}")
    documents = _say("documents", lang, n=scores.n_documents) if scores.n_documents is not None else ""
    yield " " + spell_controls(
        _say(
            "clauses", lang, n=f"{scores.n_clauses:,}", documents=documents, coder=evaluation.coder_id,
            codebook=evaluation.codebook.edition,
        )
    )  # fmt: skip
    if where:
        yield " " + _say("where", lang, where=spell_controls(", ".join(where)))
    if len(set(evaluation.judged.weights.tolist())) > 1:
        yield " " + _say("weighted", lang)
    if evaluation.known is not None:
        yield from _describe_known(evaluation.known, lang)
    tables = [_tabulate_overall(evaluation, lang), _tabulate_codes(evaluation, lang), _tabulate(evaluation, lang)]
    if evaluation.certainty is not None and evaluation.states_probabilities:
        tables.append(_tabulate_bins(evaluation.certainty, lang))
    if evaluation.curve is not None:
        tables.append(_tabulate_curve(evaluation.curve, lang))
    for table in tables:
        yield ""
        yield render_text(table).rstrip("\n")
    notes = list(_list_notes(evaluation, lang))
    yield from ["", *(f" {note}" for note in notes)] if notes else []
    if out is not None:
        yield " " + _say("wrote", lang, out=spell_controls(str(out)))


def summarise_evaluation(evaluation: Evaluation, gold: Path, where: Sequence[str], out: Path | None) -> dict[str, Any]:
    """Return the JSON object of ``--json``."""
    known, curve, certainty = evaluation.known, evaluation.curve, evaluation.certainty
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(gold),
        "where": list(where),
        "coder": evaluation.coder_id,
        "codebook": evaluation.codebook.edition,
        "by": evaluation.by,
        "draws": evaluation.draws,
        "seed": evaluation.seed,
        "categories": list(evaluation.judged.categories),
        "scores": _to_json(evaluation.scores),
        "abstention": asdict(evaluation.abstention),
        "certainty": certainty and _certainty_to_json(certainty, calibrated=evaluation.states_probabilities),
        "known": known and {
            "n_clauses": known.n_clauses,
            "n_documents": known.n_documents,
            "scores_without": known.scores and _to_json(known.scores),
        },
        "learning_curve": curve and {
            "points": [asdict(point) for point in curve.points],
            "left_out": list(curve.left_out),
            "law": curve.law and asdict(curve.law),
            "why": curve.why,
        },
        "out": str(out) if out is not None else None,
    }  # fmt: skip


def _to_json(scores: Scores) -> dict[str, Any]:
    return {**asdict(scores), "confusion": scores.confusion.tolist()}


def _certainty_to_json(certainty: Certainty, *, calibrated: bool) -> dict[str, Any]:
    without: dict[str, Any] = {} if calibrated else {"bins": [], "calibration_error": None, "chance_error": None}
    return asdict(certainty) | without


def _describe_known(known: LearntClauses, lang: Lang) -> Iterator[str]:
    documents = _say("known_documents", lang, n=known.n_documents) if known.n_documents is not None else ""
    yield " " + _say("known", lang, n=f"{known.n_clauses:,}", documents=documents)
    if known.scores is None:
        yield " " + _say("without_none", lang)
        return
    scores = known.scores
    yield " " + _say(
        "without", lang, n=f"{scores.n_clauses:,}", f1=show(scores.macro_f1.value),
        interval=show_interval(scores.macro_f1.interval), kappa=show(scores.kappa.value),
        accuracy=show(scores.accuracy.value),
    )  # fmt: skip


def _tabulate_overall(evaluation: Evaluation, lang: Lang) -> Table:
    scores = evaluation.scores
    rows = [
        (_say("macro_f1", lang), *_show(scores.macro_f1)),
        (_say("kappa", lang), *_show(scores.kappa)),
        (_say("accuracy", lang), *_show(scores.accuracy)),
    ]
    if scores.n_subtypes:
        name = _say("subtype_accuracy", lang, n=f"{scores.n_subtypes:,}")
        rows.append((name, *_show(scores.subtype_accuracy)))
    head = tuple(_say(name, lang) for name in ("measure", "value", "interval"))
    notes = (say_draws(evaluation.by, evaluation.draws, evaluation.seed, lang),)
    return Table(_say("overall", lang), head, (tuple(rows),), notes)


def _tabulate_codes(evaluation: Evaluation, lang: Lang) -> Table:
    names = call_codes([one.category for one in evaluation.scores.classes], evaluation.codebook, lang)
    rows = [
        (
            name, show_count(one.n_gold), show_count(one.n_coded), *_show(one.precision), *_show(one.recall),
            *_show(one.f1),
        )
        for name, one in zip(names, evaluation.scores.classes, strict=True)
    ]  # fmt: skip
    interval = _say("interval", lang)
    head = (
        *(_say(name, lang) for name in ("code", "gold", "coded", "precision")), interval, _say("recall", lang),
        interval, "F1", interval,
    )  # fmt: skip
    return Table(_say("by_code", lang), head, (tuple(rows),))


def _tabulate(evaluation: Evaluation, lang: Lang) -> Table:
    counts = evaluation.scores.confusion.tolist()
    return tabulate_pairs(_say("confusion", lang), evaluation.judged.categories, counts, evaluation.codebook, lang)


def _tabulate_bins(certainty: Certainty, lang: Lang) -> Table:
    rows = [
        (f"{one.lowest:.3f}–{one.highest:.3f}", show_count(one.n_clauses), show(one.probability), *_show(one.right))
        for one in certainty.bins
    ]
    error = _say(
        "error", lang, value=show(certainty.calibration_error.value), chance=show(certainty.chance_error),
        interval=show_interval(certainty.calibration_error.interval),
    )  # fmt: skip
    notes = [error]
    if certainty.n_without:
        notes.append(_say("without_probability", lang, n=f"{certainty.n_without:,}"))
    head = tuple(_say(name, lang) for name in ("probability", "n", "mean", "right", "interval"))
    return Table(_say("calibration", lang), head, (tuple(rows),), tuple(notes))


def _tabulate_curve(curve: LearningCurve, lang: Lang) -> Table:
    measured = [(f"{point.n_clauses:,}", *_show(point.macro_f1)) for point in curve.points]
    notes = [_say("curve_interval", lang)]
    if curve.left_out:
        notes.append(_say("too_few", lang, sizes=", ".join(f"{size:,}" for size in curve.left_out)))
    blocks: list[tuple[tuple[str, ...], ...]] = [tuple(measured)]
    if curve.law is not None:
        blocks.append(tuple(_list_prospects(curve.law, lang)))
        notes.append(
            _say(
                "law", lang, factor=show(curve.law.factor.value), exponent=show(curve.law.exponent.value),
                misfit=show(curve.law.misfit),
            )
        )  # fmt: skip
    else:
        notes.append(_say("no_law", lang, why=_say(curve.why, lang)))
    head = (_say("learnt", lang), "macro-F1", _say("interval", lang))
    return Table(_say("curve", lang), head, tuple(blocks), tuple(notes))


def _list_prospects(law: PowerLaw, lang: Lang) -> Iterator[tuple[str, ...]]:
    for one in law.prospects:
        yield (_say("expected", lang, n=f"{one.n_clauses:,}"), *_show(one.macro_f1))


def _list_notes(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    certainty, abstention = evaluation.certainty, evaluation.abstention
    if certainty is not None and not evaluation.states_probabilities:
        yield _say("share", lang)
        if certainty.n_without:
            yield _say("without_figure", lang, n=f"{certainty.n_without:,}")
    if certainty is not None:
        yield _say(
            "least", lang, share=LEAST_CERTAIN, least=show(certainty.error_least_certain.value),
            interval=show_interval(certainty.error_least_certain.interval), rest=show(certainty.error_rest.value),
            other=show_interval(certainty.error_rest.interval),
        )  # fmt: skip
        yield _say(
            "area", lang, area=show(certainty.area.value), interval=show_interval(certainty.area.interval),
            perfect=show(certainty.area_of_perfect_order), chance=show(certainty.area_of_random_order),
        )  # fmt: skip
    if abstention.n_unsure:
        yield _say(
            "unsure", lang, n=f"{abstention.n_unsure:,}", unsure=show(abstention.error_unsure.value),
            interval=show_interval(abstention.error_unsure.interval), sure=show(abstention.error_sure.value),
            other=show_interval(abstention.error_sure.interval),
        )  # fmt: skip
    if has_gaps(part.interval for one in evaluation.scores.classes for part in (one.precision, one.recall, one.f1)):
        yield _say("gaps", lang)
    if evaluation.curve is not None and has_gaps(_list_intervals(evaluation.curve)):
        yield _say("curve_gaps", lang)
    if evaluation.judged.n_groups < 2:
        yield _say("one_document", lang)
    elif evaluation.draws and evaluation.by == "clause":
        yield _say("no_documents", lang)


def _list_intervals(curve: LearningCurve) -> Iterator[Interval | None]:
    yield from (point.macro_f1.interval for point in curve.points)
    if curve.law is not None:
        yield from (prospect.macro_f1.interval for prospect in curve.law.prospects)


def _show(figure: Figure) -> tuple[str, str]:
    return show(figure.value), show_interval(figure.interval)


def _say(name: str, lang: Lang, /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)
