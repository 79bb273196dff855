"""What ``textq train`` says: what was learnt from, what it reaches on documents it has not seen, where it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from econ.table import Table
from econ.table_text import render_text
from textq.cli.figures import SHARED_TEXTS, call_code, show, show_count, show_interval
from textq.cli.languages import Lang
from textq.notation.controls import spell_controls
from textq.pipeline.training import FEW, TrainedResult
from textq.provenance import SCHEMA_VERSION, code_version

_TEXTS: dict[str, Mapping[Lang, str]] = {
    **SHARED_TEXTS,
    "learnt": {
        "zh": "由 {n} 条条款 ({documents} 份文件) 训练, 编码手册 {codebook}",
        "en": "learnt from {n} clauses of {documents} documents, by the codebook {codebook}",
    },
    "weighted": {"zh": "条款加权计算; 条款数未加权", "en": "clauses are weighted; numbers of clauses are not"},
    "unseen": {
        "zh": "在未见过的文件上 (按文件交叉拟合)",
        "en": "On documents it had not seen (cross-fitted over documents)",
    },
    "gold": {"zh": "金标准", "en": "gold"},
    "overall": {
        "zh": "macro-F1 {f1} {f1_interval}, κ {kappa} {kappa_interval}",
        "en": "macro-F1 {f1} {f1_interval}, κ {kappa} {kappa_interval}",
    },
    "calibration": {"zh": "期望校准误差 {error} {interval}", "en": "expected calibration error {error} {interval}"},
    "unsure": {
        "zh": "概率低于 {threshold} 时标为不确定",
        "en": "unsure below a probability of {threshold}",
    },
    "few": {
        "zh": "注意: 训练条款不足 {few} 条、难以学好的类目: {codes}。请补充编码",
        "en": "note: fewer than {few} clauses teach little: {codes}. Code more of them",
    },
    "absent": {
        "zh": "注意: 没有训练条款、因而永远不会给出的类目: {codes}",
        "en": "note: codes without a clause to learn from, which are never given: {codes}",
    },
    "not_said_random": {
        "zh": "注意: {n} 条条款未注明随机抽取 (draw 列为 random), 未注明为挑选的条款中各类目的比例即成为编码器的预期。"
        "若条款系挑选而来, 请用 --share 给出待编码材料中各类目的比例",
        "en": "note: {n} clauses do not say that they were drawn at random (column draw: random); the shares of "
        "classes among all that are not marked as chosen become what the coder expects. If they were chosen, give the "
        "shares in your own material by --share",
    },
    "wrote": {"zh": "写出 {folder}: {coder}", "en": "wrote {folder}: {coder}"},
    "next": {"zh": "使用: textq score … {options}", "en": "use it: textq score … {options}"},
}


def describe_result(result: TrainedResult, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    scores, error = result.scores, result.certainty.calibration_error
    yield f"textq {code_version().partition('+')[0]}"
    yield " " + _say(
        "learnt", lang, n=f"{len(result.lessons):,}", documents=f"{len({one.document for one in result.lessons}):,}",
        codebook=spell_controls(result.codebook.edition),
    )  # fmt: skip
    if len({lesson.weight for lesson in result.lessons}) > 1:
        yield " " + _say("weighted", lang)
    rows = [
        (
            call_code(one.category, result.codebook, lang),
            show_count(one.n_gold),
            show(one.f1.value),
            show_interval(one.f1.interval),
        )
        for one in scores.classes
    ]
    head = (_say("code", lang), _say("gold", lang), "F1", _say("interval", lang))
    notes = (
        _say(
            "overall", lang, f1=show(scores.macro_f1.value), f1_interval=show_interval(scores.macro_f1.interval),
            kappa=show(scores.kappa.value), kappa_interval=show_interval(scores.kappa.interval),
        ),
        _say("calibration", lang, error=show(error.value), interval=show_interval(error.interval)),
        _say("unsure", lang, threshold=show(result.model.abstain_below)),
    )  # fmt: skip
    yield ""
    yield render_text(Table(_say("unseen", lang), head, (tuple(rows),), notes)).rstrip("\n")
    yield ""
    yield from (f" {note}" for note in _list_notes(result, lang))
    folder = spell_controls(str(result.folder))
    yield " " + _say("wrote", lang, folder=folder, coder=spell_controls(result.coder_id))
    home = f"--codebook {spell_controls(str(result.codebook_folder))} " if result.codebook_folder else ""
    yield " " + _say("next", lang, options=f"{home}--coder {folder}")


def summarise_result(result: TrainedResult) -> dict[str, Any]:
    """Return the JSON object of ``--json``."""
    scores = result.scores
    return {
        "schema_version": SCHEMA_VERSION,
        "coder": result.coder_id,
        "codebook": result.codebook.edition,
        "folder": str(result.folder),
        "n_clauses": len(result.lessons),
        "n_documents": len({one.document for one in result.lessons}),
        "macro_f1": scores.macro_f1.value,
        "kappa": scores.kappa.value,
        "f1": {one.category: one.f1.value for one in scores.classes},
        "calibration_error": result.certainty.calibration_error.value,
        "unsure_below": result.model.abstain_below,
        "few": dict(result.few),
        "n_not_said_random": result.n_not_said_random,
    }


def _list_notes(result: TrainedResult, lang: Lang) -> Iterator[str]:
    names = {code: call_code(code, result.codebook, lang) for code in result.few}
    if few := [f"{names[code]} {n}" for code, n in result.few.items() if n]:
        yield _say("few", lang, few=FEW, codes=", ".join(few))
    if absent := [names[code] for code, n in result.few.items() if not n]:
        yield _say("absent", lang, codes=", ".join(absent))
    if result.n_not_said_random:
        yield _say("not_said_random", lang, n=f"{result.n_not_said_random:,}")


def _say(name: str, lang: Lang, /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)
