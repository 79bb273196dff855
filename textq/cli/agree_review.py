"""What ``textq agree`` says of a review: agreement in all and by sample, what was left out, the machine's accuracy."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from econ.table import Table
from econ.table_text import render_text
from textq.cli.agree_summary import describe_agreement, summarise_agreement, summarise_codings
from textq.cli.figures import ABSENT, call_code, show, show_count, tabulate_pairs
from textq.cli.languages import Lang
from textq.notation.controls import spell_controls
from textq.pipeline.agreement_words import DUE, EXPOSED, write_machine_sentence, write_shortfall
from textq.pipeline.review_accuracy import Estimate, MachineAccuracy
from textq.pipeline.review_agreement import LeftOut, ReviewAgreement, Round, require_agreement

_TEXTS: dict[str, Mapping[Lang, str]] = {
    "left_out": {
        "zh": "未计入: {unsure} 个编码标为拿不准, {skipped} 个跳过, {undone} 个已撤销; {single} 条条款仅一人编码",
        "en": "left out: {unsure} codings marked unsure, {skipped} skipped, {undone} taken back; {single} clauses that "
        "one coder alone coded",
    },
    "note": {"zh": "注意：", "en": "note: "},
    "rounds": {"zh": "各次抽样", "en": "By sample"},
    "sample": {"zh": "样本", "en": "sample"},
    "drawn": {"zh": "抽取时间", "en": "drawn"},
    "size": {"zh": "抽取条款", "en": "drawn clauses"},
    "twice": {"zh": "双人编码", "en": "coded twice"},
    "percent": {"zh": "一致率", "en": "percent agreement"},
    "due_head": {"zh": "未完成", "en": "still to come"},
    "machine": {
        "zh": "机器编码的准确率 (盲编条款 {n} 条)",
        "en": "Accuracy of the machine on {n} blindly coded clauses",
    },
    "confusion": {"zh": "行: 人工编码; 列: 机器编码", "en": "Rows: people; columns: the machine"},
    "code": {"zh": "类目", "en": "code"},
    "n": {"zh": "条款", "en": "clauses"},
    "share": {"zh": "占比", "en": "share"},
    "precision": {"zh": "查准率", "en": "precision"},
    "recall": {"zh": "查全率", "en": "recall"},
    "interval": {"zh": "95% 置信区间", "en": "95 % interval"},
    "weighted": {
        "zh": "按抽样概率加权; 人工编码为裁决、一致或单人的盲编结果, 校对与导入的编码不计入",
        "en": "weighted by the probabilities of drawing; people's codes are the blind ones (adjudicated, agreed, or "
        "single), never corrections",
    },
    "absent": {
        "zh": "抽取的条款中有 {n} 条不在当前的机器编码中, 未计入",
        "en": "{n} drawn clauses are not in the machine's run and are left out",
    },
    "no_machine": {
        "zh": "机器编码的准确率尚不可知: 没有盲编条款得出最终编码",
        "en": "the machine's accuracy is not known yet: no blindly coded clause has a final code",
    },
}


def describe_review(review: ReviewAgreement, path: Path, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    agreement = require_agreement(review, str(path))
    lines = list(describe_agreement(agreement, [path], lang))
    yield from lines[:3]
    yield " " + _say("left_out", lang, **_spell_counts(review.left_out))
    if review.left_out.due:
        yield " " + _say("note", lang) + DUE[lang].format(n=f"{review.left_out.due:,}")
    yield from lines[3:]
    if len(review.rounds) > 1:
        yield ""
        yield render_text(_tabulate_rounds(review, lang)).rstrip("\n")
    yield ""
    if review.machine is None:
        yield " " + spell_controls(review.machine_problem or _say("no_machine", lang))
        return
    machine = review.machine
    yield render_text(_tabulate_machine(machine, review, lang)).rstrip("\n")
    yield ""
    title = _say("confusion", lang)
    table = tabulate_pairs(title, machine.categories, machine.counts.tolist(), agreement.codebook, lang)
    yield render_text(table).rstrip("\n")
    if machine.n_absent:
        yield " " + _say("absent", lang, n=f"{machine.n_absent:,}")
    if machine.n_exposed:
        yield " " + EXPOSED[lang].format(n=f"{machine.n_exposed:,}")
    yield write_machine_sentence(machine, lang)


def summarise_review(review: ReviewAgreement, path: Path) -> dict[str, Any]:
    """Return the JSON object of ``--json``: that of files, and samples, what was left out, the machine's accuracy."""
    agreement = require_agreement(review, str(path))
    machine = review.machine
    return summarise_agreement(agreement, [path]) | {
        "left_out": asdict(review.left_out),
        "rounds": [_summarise_round(one) for one in review.rounds],
        "machine": None if machine is None else _summarise_machine(machine),
        "machine_problem": review.machine_problem or None,
    }


def _spell_counts(left_out: LeftOut) -> dict[str, str]:
    return {name: f"{n:,}" for name, n in asdict(left_out).items()}


def _summarise_round(one: Round) -> dict[str, Any]:
    return {
        "sample": one.sample.sample,
        "at": one.sample.at,
        "unit": one.sample.unit,
        "n_items": one.sample.n_items,
        "each": one.sample.each,
        "left_out": asdict(one.left_out),
        "codes": one.agreement and summarise_codings(one.agreement.codes),
        "subtypes": one.agreement and one.agreement.subtypes and summarise_codings(one.agreement.subtypes),
    }


def _summarise_machine(machine: MachineAccuracy) -> dict[str, Any]:
    return {
        "n_clauses": machine.n_clauses,
        "n_documents": machine.n_documents,
        "n_absent": machine.n_absent,
        "final": machine.is_final,
        "n_due": machine.n_due,
        "n_open": machine.n_open,
        "n_single": machine.n_single,
        "n_exposed": machine.n_exposed,
        "categories": list(machine.categories),
        "counts": machine.counts.astype(int).tolist(),
        "weighted": machine.weighted.tolist(),
        "accuracy": asdict(machine.accuracy),
        "classes": [asdict(one) for one in machine.classes],
        "sentence": {"zh": write_machine_sentence(machine, "zh"), "en": write_machine_sentence(machine, "en")},
    }


def _tabulate_rounds(review: ReviewAgreement, lang: Lang) -> Table:
    rows = [
        (
            spell_controls(one.sample.sample), one.sample.at[:10], show_count(one.sample.n_items),
            show_count(one.agreement.codes.n_clauses if one.agreement else 0), show_count(one.left_out.due),
            show(one.agreement.codes.percent.value) if one.agreement else ABSENT,
            show(one.agreement.codes.alpha.value) if one.agreement else ABSENT,
        )
        for one in review.rounds
    ]  # fmt: skip
    head = tuple(_say(name, lang) for name in ("sample", "drawn", "size", "twice", "due_head", "percent"))
    return Table(_say("rounds", lang), (*head, "α"), (tuple(rows),))


def _tabulate_machine(machine: MachineAccuracy, review: ReviewAgreement, lang: Lang) -> Table:
    assert review.agreement is not None
    codebook = review.agreement.codebook
    rows = [
        (
            call_code(one.category, codebook, lang), show_count(one.n_people), show(one.share.value),
            show(one.precision.value), _show_interval(one.precision), show(one.recall.value),
            _show_interval(one.recall),
        )
        for one in machine.classes
    ]  # fmt: skip
    head = tuple(_say(n, lang) for n in ("code", "n", "share", "precision", "interval", "recall", "interval"))
    title = _say("machine", lang, n=f"{machine.n_clauses:,}")
    notes = [_say("weighted", lang)]
    if not machine.is_final:
        notes.append(write_shortfall(machine, lang))
    return Table(title, head, (tuple(rows),), tuple(notes))


def _show_interval(one: Estimate) -> str:
    return ABSENT if one.low is None or one.high is None else f"[{show(one.low)}, {show(one.high)}]"


def _say(name: str, lang: Lang, /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)
