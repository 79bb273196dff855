"""What is said of agreement in words: how coefficients are called, why one has no value, the sentence for the paper."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textq.coding.reliability.coefficient import Coefficient, Why
from textq.coding.reliability.report import Reliability
from textq.coding.resample import Interval
from textq.pipeline.agreement import Agreement

if TYPE_CHECKING:
    from econ.table import Lang
    from textq.pipeline.review_accuracy import MachineAccuracy

COHEN = "Cohen's κ"

NAMES: Mapping[str, Mapping["Lang", str]] = {
    "alpha": {"zh": "Krippendorff's α", "en": "Krippendorff's α"},
    "ac1": {"zh": "Gwet's AC1", "en": "Gwet's AC1"},
    "percent": {"zh": "一致率", "en": "percent agreement"},
    "holsti": {"zh": "Holsti 系数", "en": "Holsti's coefficient"},
    "conger": {"zh": "Conger's κ", "en": "Conger's κ"},
    "fleiss": {"zh": "Fleiss' κ", "en": "Fleiss' κ"},
    "brennan_prediger": {"zh": "Brennan–Prediger", "en": "Brennan–Prediger"},
}
"""How coefficients are called, by their names."""

WHY: Mapping[Why, Mapping["Lang", str]] = {
    "one_category": {
        "zh": "所有编码同属一类，偶然一致率为 1",
        "en": "all codings are in one category, so that chance agreement is complete",
    },
    "absent_coder": {"zh": "有编码员未编码这些条款", "en": "a coder coded none of these clauses"},
    "never_given": {"zh": "无人使用该类目", "en": "nobody gave this code"},
}
"""Why a coefficient has no value."""

BAR: Mapping["Lang", str] = {
    "zh": "惯例：α ≥ 0.800 可靠，0.667 以上仅可得初步结论（Krippendorff 2019）",
    "en": "by custom α ≥ 0.800 is reliable, and from 0.667 on allows tentative conclusions (Krippendorff 2019)",
}
"""What is usually asked of α."""

DOMINATED: Mapping["Lang", str] = {
    "zh": "注意：{share:.0%} 的编码属于“{code}”，偶然一致率因此很高，α 与 κ 偏低而一致率并不低（κ 悖论）；"
    "请同时报告 Gwet's AC1 = {ac1}",
    "en": "note: {share:.0%} of the codings are {code}. Chance agreement is then high, and α and κ are low though "
    "coders agree (the κ paradox): report Gwet's AC1 = {ac1} beside them",
}
"""Where one code holds most codings."""

_DRAWN: Mapping[str, str] = {"document": "文件", "clause": "条款"}


def call_coefficient(codes: Reliability, name: str, lang: "Lang") -> str:
    """Return how a coefficient is called; of two coders who coded every clause, Conger's is Cohen's."""
    is_cohen = name == "conger" and len(codes.coders) == 2 and not codes.n_single
    return COHEN if is_cohen else NAMES[name][lang]


def write_sentence(agreement: Agreement, lang: "Lang") -> str:
    """Return the sentence that a paper needs."""
    codes = agreement.codes
    parts = [
        _quote(call_coefficient(codes, name, lang), codes.overall[name], agreement, lang)
        for name in ["holsti", "conger", "alpha", *(["ac1"] if codes.is_dominated else [])]
    ]
    known = [part for part in parts if part]
    percent, n, n_coders = f"{100 * (codes.percent.value or 0):.1f}", f"{codes.n_clauses:,}", len(codes.coders)
    if lang == "zh":
        origin = f"来自 {codes.n_documents} 份文件的 {n}" if codes.n_documents is not None else f" {n}"
        start = f"两名编码员对{origin} 条条款分别编码"
        if n_coders > 2:
            start = f"{n_coders} 名编码员对{origin} 条条款编码，每条至少由两人编码"
        return f"{start}，一致率为 {percent}%，{'，'.join(known)}。"
    origin = f" from {codes.n_documents} documents" if codes.n_documents is not None else ""
    start = f"Two coders coded the same {n} clauses{origin}"
    if n_coders > 2:
        start = f"Of {n_coders} coders, at least two coded each of {n} clauses{origin}"
    return f"{start}; agreement was {percent} percent ({'; '.join(known)})."


def write_machine_sentence(machine: "MachineAccuracy", lang: "Lang") -> str:
    """Return the sentence for a paper on how well the machine's codes did; what is missing where it is not final."""
    if not machine.is_final:
        return write_shortfall(machine, lang)
    one = machine.accuracy
    share = "–" if one.value is None else f"{100 * one.value:.1f}"
    span = ""
    if one.low is not None and one.high is not None:
        ends = f"[{100 * one.low:.1f}, {100 * one.high:.1f}]"
        span = f"（95% 置信区间 {ends}）" if lang == "zh" else f" (95 percent confidence interval {ends})"
    n, n_documents = f"{machine.n_clauses:,}", f"{machine.n_documents:,}"
    if lang == "zh":
        return (
            f"以人工对来自 {n_documents} 份文件的 {n} 条抽样条款的盲编结果为准，按抽样概率加权，机器编码的准确率为 "
            f"{share}%{span}。"
        )
    return (
        f"Against people's blind codes of a random sample of {n} clauses from {n_documents} documents, and weighted by "
        f"the probabilities of drawing, the machine's code was right for {share} percent of clauses{span}."
    )


def write_shortfall(machine: "MachineAccuracy", lang: "Lang") -> str:
    """Return what people have yet to do before the machine's accuracy can be stated, in a sentence."""
    counts = (machine.n_due, machine.n_open, machine.n_single)
    known = [words[lang].format(n=f"{n:,}") for words, n in zip(_MISSING, counts, strict=True) if n]
    if lang == "zh":
        return f"机器编码的准确率尚不能写入论文：抽检样本中{'，'.join(known)}。所列数字均为暂定。"
    return (
        f"No sentence on the machine's accuracy can be given yet: of the samples' clauses {'; '.join(known)}. The "
        "figures are provisional."
    )


_MISSING: tuple[Mapping["Lang", str], ...] = (
    {"zh": "尚无人编码的 {n} 条", "en": "{n} are not coded"},
    {"zh": "待裁决的 {n} 条", "en": "{n} are to be adjudicated"},
    {"zh": "编码人数不足的 {n} 条", "en": "{n} were coded by fewer people than planned"},
)

DUE: Mapping["Lang", str] = {
    "zh": "样本中还有 {n} 个编码未完成，以上数字尚非最终结果",
    "en": "{n} codings of the samples are still to come, so these figures are not final",
}
"""Where people have not coded all of the samples."""

EXPOSED: Mapping["Lang", str] = {
    "zh": "有 {n} 个抽检编码出自此前看着机器编码校对过同一条款的编码员，并非全然盲编",
    "en": "{n} codes of the audit are by coders who had corrected the same clause before with the machine's code in "
    "sight, and so are not wholly blind",
}
"""Where blind codes are not quite blind."""


def _quote(name: str, one: Coefficient, agreement: Agreement, lang: "Lang") -> str:
    if one.value is None:
        return ""
    gap = "" if name.endswith(("率", "数")) else " "
    text = f"{name}{gap}为 {one.value:.3f}" if lang == "zh" else f"{name} = {one.value:.3f}"
    if one.name != "alpha" or one.interval is None:
        return text
    draws, span = f"{agreement.draws:,}", _show(one.interval)
    if lang == "zh":
        return f"{text}（95% 置信区间 {span}，按{_DRAWN[agreement.by]}自助抽样 {draws} 次）"
    return f"{text}, 95 percent confidence interval {span} from {draws} bootstrap samples of {agreement.by}s"


def _show(interval: Interval) -> str:
    low, high = (f"{round(end, 3) + 0.0:.3f}" for end in (interval.low, interval.high))
    return f"[{low}, {high}]"
