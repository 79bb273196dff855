"""Agreement as one table for a paper: coefficients, each code, pairs of coders, samples, and the machine's accuracy."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from econ.table import Block, Cell, Interval, Number, Row, Table
from textq.coding.reliability.coefficient import Coefficient
from textq.lexicon.codebook import Codebook
from textq.pipeline.agreement import Agreement
from textq.pipeline.agreement_words import COHEN, DOMINATED, DUE, EXPOSED, call_coefficient, write_shortfall

if TYPE_CHECKING:
    from econ.table import Lang
    from textq.pipeline.review_accuracy import Estimate, MachineAccuracy
    from textq.pipeline.review_agreement import ReviewAgreement

_DIGITS = 3

_TEXTS: Mapping[str, Mapping["Lang", str]] = {
    "title": {"zh": "编码者间信度", "en": "Intercoder reliability"},
    "titles": {
        "zh": "编码者间信度与机器编码的准确率",
        "en": "Intercoder reliability and accuracy of the machine's codes",
    },
    "value": {"zh": "值", "en": "value"},
    "error": {"zh": "标准误", "en": "s.e."},
    "interval": {"zh": "95% 置信区间", "en": "95 % interval"},
    "n": {"zh": "条款", "en": "clauses"},
    "all": {"zh": "全部类目", "en": "All codes"},
    "classes": {"zh": "各类目 α（该类目对其余类目）", "en": "α of each code against all others"},
    "pairs": {"zh": f"两两编码员 {COHEN}", "en": f"{COHEN} of each two coders"},
    "rounds": {"zh": "各次抽样 α", "en": "α by sample"},
    "subtypes": {"zh": "类目与子类合并 α", "en": "α of code and subtype together"},
    "machine": {"zh": "机器编码对人工编码", "en": "The machine's codes against people's"},
    "accuracy": {"zh": "准确率", "en": "accuracy"},
    "precision": {"zh": "查准率：{code}", "en": "precision, {code}"},
    "recall": {"zh": "查全率：{code}", "en": "recall, {code}"},
    "drawn": {
        "zh": "α 等系数的区间按{what}自助抽样 {draws} 次（种子 {seed}）；标准误由公式得出，以各条款相互独立为前提。",
        "en": "Intervals of coefficients are from {draws} bootstrap samples of {what}s (seed {seed}); their standard "
        "errors are by formula and take clauses as independent.",
    },
    "not_drawn": {"zh": "未抽样，故系数无区间。", "en": "No samples were drawn, so coefficients have no intervals."},
    "weighted": {
        "zh": "机器编码的准确率按抽样概率加权，来自 {n} 条盲编条款；标准误按抽样设计计算。",
        "en": "The machine's accuracy is weighted by the probabilities of drawing and rests on {n} clauses coded "
        "blind; its standard errors follow the design of the sample.",
    },
    "document": {"zh": "文件", "en": "document"},
    "clause": {"zh": "条款", "en": "clause"},
}


def tabulate_agreement(agreement: Agreement, lang: "Lang", review: "ReviewAgreement | None" = None) -> Table:
    """Return the table for a paper; of a review also its samples, and the machine's accuracy."""
    codes, codebook = agreement.codes, agreement.codebook
    blocks: list[Block] = [
        (_head("all", lang), *_list_overall(agreement, lang)),
        (
            _head("classes", lang),
            *(_write_row(_call(each.category, codebook, lang), each.alpha) for each in codes.classes),
        ),
    ]
    if len(codes.pairs) > 1:
        pairs = (_write_row(" – ".join(one.coders), one.kappa.coefficient) for one in codes.pairs)
        blocks.append((_head("pairs", lang), *pairs))
    notes = [_say_draws(agreement, lang)]
    if codes.is_dominated and codes.ac1.value is not None:
        code = _call(codes.largest, codebook, lang)
        notes.append(DOMINATED[lang].format(share=codes.largest_share, code=code, ac1=f"{codes.ac1.value:.3f}"))
    if review is not None and len(review.rounds) > 1:
        rounds = [(one.sample.sample, one.agreement) for one in review.rounds if one.agreement is not None]
        blocks.append((_head("rounds", lang), *(_write_row(name, one.codes.alpha) for name, one in rounds)))
    if review is not None and review.left_out.due:
        notes.append(DUE[lang].format(n=f"{review.left_out.due:,}") + ("。" if lang == "zh" else "."))
    machine = review.machine if review is not None else None
    if machine is not None:
        blocks.append((_head("machine", lang), *_list_machine(machine, codebook, lang)))
        notes.append(_say("weighted", lang, n=f"{machine.n_clauses:,}"))
        if not machine.is_final:
            notes.append(write_shortfall(machine, lang))
        if machine.n_exposed:
            notes.append(EXPOSED[lang].format(n=f"{machine.n_exposed:,}") + ("。" if lang == "zh" else "."))
    head = ("", *(_say(name, lang) for name in ("value", "error", "interval", "n")))
    title = _say("title" if machine is None else "titles", lang)
    return Table(title, head, tuple(blocks), tuple(notes), lang=lang, block_rules=False)


def _list_overall(agreement: Agreement, lang: "Lang") -> Iterator[Row]:
    codes = agreement.codes
    for name in ("alpha", "ac1", "conger", "fleiss", "percent", "holsti"):
        yield _write_row(call_coefficient(codes, name, lang), codes.overall[name])
    if agreement.subtypes is not None:
        yield _write_row(_say("subtypes", lang), agreement.subtypes.alpha)


def _list_machine(machine: "MachineAccuracy", codebook: Codebook, lang: "Lang") -> Iterator[Row]:
    yield _write_estimate(_say("accuracy", lang), machine.accuracy, machine.n_clauses)
    for one in machine.classes:
        code = _call(one.category, codebook, lang)
        yield _write_estimate(_say("precision", lang, code=code), one.precision, one.n_machine)
        yield _write_estimate(_say("recall", lang, code=code), one.recall, one.n_people)


def _write_row(name: str, one: Coefficient) -> Row:
    interval: Cell = Interval(one.interval.low, one.interval.high, _DIGITS) if one.interval else ""
    return (name, _number(one.value), _number(one.standard_error), interval, _count(one.n_clauses))


def _write_estimate(name: str, one: "Estimate", n_clauses: int) -> Row:
    interval: Cell = Interval(one.low, one.high, _DIGITS) if one.low is not None and one.high is not None else ""
    return (name, _number(one.value), _number(one.standard_error), interval, _count(n_clauses))


def _number(value: float | None) -> Cell:
    return Number(math.nan if value is None else value, _DIGITS, adaptive=False)


def _count(n: int) -> Cell:
    return Number(float(n), 0, grouped=True)


def _head(name: str, lang: "Lang") -> Row:
    return (_say(name, lang), "", "", "", "")


def _say_draws(agreement: Agreement, lang: "Lang") -> str:
    if not agreement.draws:
        return _say("not_drawn", lang)
    return _say("drawn", lang, what=_say(agreement.by, lang), draws=f"{agreement.draws:,}", seed=agreement.seed)


def _call(code: object, codebook: Codebook, lang: "Lang") -> str:
    return "/".join(filter(None, codebook.call(str(code), lang)))


def _say(name: str, lang: "Lang", /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)


def write_agreement(agreement: Agreement, lang: "Lang", ending: str, review: "ReviewAgreement | None" = None) -> bytes:
    """Return the table for a paper as the bytes of a file whose name ends so, as in ``".docx"``."""
    from econ.table_files import write_table

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"agreement{ending}"
        write_table(tabulate_agreement(agreement, lang, review), path)
        return path.read_bytes()
