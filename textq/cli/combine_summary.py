"""What ``textq combine`` says: each coder and all together, their agreement, their weights, what is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from econ.table import Table
from econ.table_text import render_text
from textq.cli.figures import ABSENT, SHARED_TEXTS, say_draws, show, show_count, show_interval
from textq.cli.languages import Lang
from textq.coding.accuracy.scores import Scores
from textq.coding.reliability.report import Reliability
from textq.notation.controls import spell_controls
from textq.pipeline.combining import Combination
from textq.provenance import SCHEMA_VERSION, code_version

_TEXTS: dict[str, Mapping[Lang, str]] = {
    **SHARED_TEXTS,
    "clauses": {
        "zh": "{n} 条条款, 来自 {documents} 份文件, 编码手册 {codebook}",
        "en": "{n} clauses of {documents} documents, by the codebook {codebook}",
    },
    "where": {"zh": "仅限: {where}", "en": "only rows with {where}"},
    "left_out": {
        "zh": "*** 警告: {counts}。",
        "en": "*** WARNING: {counts}.",
    },
    "learnt": {"zh": "{coder} 曾由其中 {n} 条条款训练", "en": "{coder} learnt from {n} of the clauses"},
    "left": {
        "zh": "*** 这些条款及其所在文件已全部剔除 ({n} 条, {documents} 份文件); 下文只用其余条款。",
        "en": "*** They and their documents are left out ({n} clauses of {documents} documents); all that follows is "
        "about the others.",
    },
    "coders": {
        "zh": "各编码器单独与合并的结果 (合并: 权重由其他文件得出)",
        "en": "Each coder alone, and together (by weights learnt on other documents)",
    },
    "coder": {"zh": "编码器", "en": "coder"},
    "weight": {"zh": "权重", "en": "weight"},
    "together": {"zh": "合并", "en": "together"},
    "gain": {
        "zh": "合并的 macro-F1 减去单独最好的编码器 ({best}): {gain} {interval}",
        "en": "macro-F1 together less that of the best coder alone ({best}): {gain} {interval}",
    },
    "no_gain": {
        "zh": "合并并不优于单独使用 {best}: 若只求编码准确, 请直接用它",
        "en": "together they are no better than {best} alone: use that one if its codes are all you want",
    },
    "sharpness": {
        "zh": "锐度 {sharpness}: 1 表示各编码器彼此重复, 大于 1 表示其错误相互独立, 小于 1 表示其过于自信",
        "en": "sharpness {sharpness}: 1 where coders repeat one another, more where they err independently, less where "
        "they are too sure",
    },
    "agreement": {"zh": "编码器之间的一致性", "en": "Agreement among the coders"},
    "pair": {"zh": "编码器", "en": "coders"},
    "percent": {"zh": "一致率", "en": "percent agreement"},
    "alpha": {"zh": "Krippendorff's α {alpha} {interval}", "en": "Krippendorff's α {alpha} {interval}"},
    "undefined": {"zh": "Krippendorff's α 无法计算", "en": "Krippendorff's α is not defined"},
    "kept": {
        "zh": "允许 {target:.1%} 的错误: 概率不低于 {threshold} 者保留, 其余标为不确定 (本数据中保留 {kept:.1%})",
        "en": "with {target:.1%} errors allowed, codes of a probability of {threshold} and more are kept, others are "
        "unsure ({kept:.1%} of these clauses are kept)",
    },
    "none_kept": {
        "zh": "无法在 {target:.1%} 的错误率内保留任何条款: 该编码器对所有条款均不确定",
        "en": "with {target:.1%} errors allowed no clause can be kept: the coder is unsure of every one",
    },
    "held_out": {
        "zh": "在未用于确定阈值的文件上: 保留 {kept:.1%}, 其中错误率 {sure} {interval}, 其余 {unsure} {other}",
        "en": "on documents not used to choose that: {kept:.1%} kept, error rate {sure} {interval} among them, "
        "{unsure} {other} among the rest",
    },
    "chosen": {
        "zh": "注意: {n} 条条款并非随机抽取 (draw 列); 以上比例只适用于这样构成的条款。可用 --where draw=random",
        "en": "note: {n} clauses were not drawn at random (column draw), and shares hold for such a mix only. See "
        "--where draw=random",
    },
    "no_documents": {
        "zh": "注意: {n} 条条款没有所属文件 (doc 列) 和标题, 各自算作一份文件; 若同属一份文件, 结果偏乐观",
        "en": "note: {n} clauses name neither document (column doc) nor title, and each counts as a document of its "
        "own; if they share documents, the figures flatter",
    },
    "wrote": {"zh": "写出 {file}: {coder}", "en": "wrote {file}: {coder}"},
    "next": {"zh": "使用: textq score … --coder {file}", "en": "use it: textq score … --coder {file}"},
}


def describe_combination(combination: Combination, gold: Path, where: Sequence[str], lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    yield spell_controls(f"textq {code_version().partition('+')[0]}  {gold}")
    yield " " + _say(
        "clauses", lang, n=f"{combination.n_clauses:,}", documents=f"{combination.n_documents:,}",
        codebook=spell_controls(combination.codebook.edition),
    )  # fmt: skip
    if where:
        yield " " + _say("where", lang, where=spell_controls(", ".join(where)))
    yield from (f" {line}" for line in _list_left_out(combination, lang))
    for table in (_tabulate_coders(combination, lang), _tabulate_pairs(combination.agreement, lang)):
        yield ""
        yield render_text(table).rstrip("\n")
    yield ""
    yield from (f" {line}" for line in _list_notes(combination, lang))
    file = spell_controls(str(combination.path))
    yield " " + _say("wrote", lang, file=file, coder=combination.coder_id)
    yield " " + _say("next", lang, file=file)


def summarise_combination(combination: Combination, gold: Path, where: Sequence[str]) -> dict[str, Any]:
    """Return the JSON object of ``--json``."""
    fitted, agreement = combination.fitted, combination.agreement
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(gold),
        "where": list(where),
        "out": str(combination.path),
        "coder": combination.coder_id,
        "codebook": combination.codebook.edition,
        "n_clauses": combination.n_clauses,
        "n_documents": combination.n_documents,
        "n_chosen": combination.n_chosen,
        "n_without_document": combination.n_without_document,
        "left_out": combination.left_out and asdict(combination.left_out),
        "coders": [
            {"coder": one.coder_id, "weight": one.weight, "scores": _to_json(one.scores)} for one in combination.coders
        ],
        "sharpness": fitted.pool.sharpness,
        "together": _to_json(combination.pooled),
        "best": combination.best,
        "gain": asdict(combination.gain),
        "threshold": asdict(fitted.abstention),
        "abstention": {"kept": _share_kept(combination), **asdict(combination.abstention)},
        "agreement": {
            "alpha": asdict(agreement.alpha),
            "percent": asdict(agreement.percent),
            "pairs": [
                {"coders": list(pair.coders), "percent": pair.percent, "kappa": asdict(pair.kappa.coefficient)}
                for pair in agreement.pairs
            ],
        },
        "draws": combination.draws,
        "seed": combination.seed,
    }


def _to_json(scores: Scores) -> dict[str, Any]:
    return {**asdict(scores), "confusion": scores.confusion.tolist()}


def _share_kept(combination: Combination) -> float:
    return 1 - combination.abstention.n_unsure / combination.n_clauses


def _list_left_out(combination: Combination, lang: Lang) -> Iterator[str]:
    left_out = combination.left_out
    if left_out is None:
        return
    counts = (
        _say("learnt", lang, coder=spell_controls(coder), n=f"{n:,}") for coder, n in left_out.learnt_from.items() if n
    )
    yield _say("left_out", lang, counts=", ".join(counts))
    yield _say("left", lang, n=f"{left_out.n_clauses:,}", documents=f"{left_out.n_documents:,}")


def _tabulate_coders(combination: Combination, lang: Lang) -> Table:
    alone = [(spell_controls(one.coder_id), show(one.weight), *_show(one.scores)) for one in combination.coders]
    together = [(_say("together", lang), ABSENT, *_show(combination.pooled))]
    interval = _say("interval", lang)
    head = (_say("coder", lang), _say("weight", lang), "macro-F1", interval, "κ", interval)
    draws = say_draws("document", combination.draws, combination.seed, lang)
    return Table(_say("coders", lang), head, (tuple(alone), tuple(together)), (draws,))


def _show(scores: Scores) -> tuple[str, ...]:
    figures = (scores.macro_f1, scores.kappa)
    return tuple(text for one in figures for text in (show(one.value), show_interval(one.interval)))


def _tabulate_pairs(agreement: Reliability, lang: Lang) -> Table:
    rows = [
        (spell_controls(" – ".join(pair.coders)), show(pair.percent), show(pair.kappa.coefficient.value))
        for pair in agreement.pairs
    ]
    note = _say("undefined", lang)
    if agreement.alpha.value is not None:
        interval = show_interval(agreement.alpha.interval)
        note = _say("alpha", lang, alpha=show(agreement.alpha.value), interval=interval)
    head = (_say("pair", lang), _say("percent", lang), "Cohen's κ")
    return Table(_say("agreement", lang), head, (tuple(rows),), (note,))


def _list_notes(combination: Combination, lang: Lang) -> Iterator[str]:
    fitted, abstention = combination.fitted, combination.abstention
    yield _say(
        "gain", lang, best=spell_controls(combination.best), gain=f"{combination.gain.value:+.3f}",
        interval=show_interval(combination.gain.interval),
    )  # fmt: skip
    if (combination.gain.value or 0.0) <= 0:
        yield _say("no_gain", lang, best=spell_controls(combination.best))
    yield _say("sharpness", lang, sharpness=f"{fitted.pool.sharpness:.2f}")
    target = fitted.abstention.target
    if fitted.abstention.error is None:
        yield _say("none_kept", lang, target=target)
    else:
        yield _say(
            "kept", lang, target=target, threshold=show(fitted.abstention.threshold), kept=fitted.abstention.kept
        )
    yield _say(
        "held_out", lang, kept=_share_kept(combination), sure=show(abstention.error_sure.value),
        interval=show_interval(abstention.error_sure.interval), unsure=show(abstention.error_unsure.value),
        other=show_interval(abstention.error_unsure.interval),
    )  # fmt: skip
    if combination.n_chosen:
        yield _say("chosen", lang, n=show_count(combination.n_chosen))
    if combination.n_without_document:
        yield _say("no_documents", lang, n=show_count(combination.n_without_document))


def _say(name: str, lang: Lang, /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)
