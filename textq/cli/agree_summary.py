"""What ``textq agree`` says: coefficients, agreement by code and by two coders, what was taken for what, a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from econ.table import Table
from econ.table_text import render_text
from textq.cli.figures import (
    SHARED_TEXTS,
    call_code,
    call_codes,
    has_gaps,
    say_draws,
    show,
    show_count,
    show_interval,
    tabulate_pairs,
)
from textq.cli.languages import Lang
from textq.coding.reliability.report import CoderPair, Reliability
from textq.notation.controls import spell_controls
from textq.pipeline.agreement import Agreement
from textq.pipeline.agreement_words import BAR, COHEN, DOMINATED, WHY, call_coefficient, write_sentence
from textq.provenance import SCHEMA_VERSION, code_version

_MOST_UNKNOWN = 10
"""More unknown codes than these are in --json only."""

_BY_NUMBER = ("ac1", "brennan_prediger")
"""The coefficients that depend on the number of categories."""

_MOST_TABLES = 3
"""More pairs of coders than these have their tables in --json only."""

_TEXTS: dict[str, Mapping[Lang, str]] = {
    **SHARED_TEXTS,
    "clauses": {
        "zh": "至少两名编码员编码的条款 {n} 条{documents}{single}",
        "en": "{n} clauses{documents} coded at least twice{single}",
    },
    "single": {
        "zh": "; 仅一名编码员编码的条款 {n} 条, 只计入偶然一致率 (α 除外)",
        "en": "; {n} coded once, which count towards agreement by chance alone (not at all in α)",
    },
    "coders": {"zh": "编码员: {names}", "en": "coders: {names}"},
    "overall": {"zh": "编码者间信度", "en": "Intercoder reliability"},
    "by_code": {"zh": "各类目的一致性 (该类目对其余类目)", "en": "Agreement on each code (it against all others)"},
    "by_pair": {"zh": "两两编码员", "en": "Pairs of coders"},
    "table": {"zh": "行: {first}; 列: {second}", "en": "Rows: {first}; columns: {second}"},
    "coefficient": {"zh": "系数", "en": "coefficient"},
    "error": {"zh": "标准误", "en": "standard error"},
    "codings": {"zh": "编码次数", "en": "codings"},
    "specific": {"zh": "特定一致率", "en": "specific agreement"},
    "pair": {"zh": "编码员", "en": "coders"},
    "percent": {"zh": "一致率", "en": "percent agreement"},
    "undefined": {"zh": "{name} 无法计算: {why}", "en": "{name} is not defined: {why}"},
    "errors": {
        "zh": "标准误由公式得出, 以各条款相互独立为前提; 条款来自同一文件时以区间为准",
        "en": "standard errors are by formula and take clauses as independent; where documents hold several, trust the "
        "intervals",
    },
    "subtypes": {
        "zh": "连同子类: α = {alpha} {interval}, 一致率 {percent}, {n} 条条款",
        "en": "code and subtype together: α = {alpha} {interval}, percent agreement {percent}, {n} clauses",
    },
    "without_subtype": {"zh": "缺子类的编码 {n} 个未计入", "en": "{n} codings without a subtype are left out"},
    "no_subtypes": {
        "zh": "未比较子类: 给出九成以上应有子类的编码员不足两名, 或其间没有共同条款",
        "en": "subtypes are not compared: fewer than two coders gave nine in ten of those that are due, or these have "
        "no clause in common",
    },
    "one_document": {
        "zh": "注意: 条款都来自同一份文件, 无法给出区间; --by clause 改按条款抽样",
        "en": "note: all clauses are of one document, so there are no intervals; --by clause draws clauses",
    },
    "unknown": {
        "zh": "注意: 编码手册 {codebook} 中没有的类目: {codes} (--codebook 指定其他手册, --coders 指定编码员各列)",
        "en": "note: codes that are not in the codebook {codebook}: {codes} (--codebook names another, --coders the "
        "columns of the coders)",
    },
    "disagreements": {
        "zh": "编码不一致的条款 {n} 条{only} (--disagreements 列出)",
        "en": "{n} clauses on which coders differ{only} (--disagreements lists them)",
    },
    "only": {
        "zh": ", 其中仅子类不同 {n} 条",
        "en": ", {n} of them on the subtype alone",
    },
    "more_pairs": {"zh": "{n} 对编码员的混淆表见 --json", "en": "the tables of {n} pairs of coders are in --json"},
    "sentence": {"zh": "可用于论文:", "en": "For the paper:"},
}


def describe_agreement(agreement: Agreement, files: Sequence[Path], lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    codes = agreement.codes
    yield spell_controls(f"textq {code_version().partition('+')[0]}  {' '.join(map(str, files))}")
    documents = _say("documents", lang, n=codes.n_documents) if codes.n_documents is not None else ""
    single = _say("single", lang, n=f"{codes.n_single:,}") if codes.n_single else ""
    yield " " + _say("clauses", lang, n=f"{codes.n_clauses:,}", documents=documents, single=single)
    yield " " + _say("coders", lang, names=spell_controls(", ".join(codes.coders)))
    tables = [_tabulate_overall(agreement, lang), _tabulate_classes(agreement, lang), _tabulate_pairs(codes, lang)]
    shown = codes.pairs[: _MOST_TABLES if len(codes.pairs) <= _MOST_TABLES else 0]
    for table in (*tables, *(_tabulate_pair(pair, agreement, lang) for pair in shown)):
        yield ""
        yield render_text(table).rstrip("\n")
    yield ""
    if not shown:
        yield " " + _say("more_pairs", lang, n=len(codes.pairs))
    yield from (f" {line}" for line in _list_notes(agreement, lang))
    yield _say("sentence", lang)
    yield write_sentence(agreement, lang)


def summarise_agreement(agreement: Agreement, files: Sequence[Path]) -> dict[str, Any]:
    """Return the JSON object of ``--json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "files": [str(file) for file in files],
        "codebook": agreement.codebook.edition,
        "by": agreement.by,
        "draws": agreement.draws,
        "seed": agreement.seed,
        "codes": summarise_codings(agreement.codes),
        "subtypes": agreement.subtypes and summarise_codings(agreement.subtypes),
        "unknown_codes": list(agreement.unknown),
        "n_without_subtype": agreement.n_without_subtype,
        "n_disagreements": len(agreement.disagreements),
        "n_on_subtype": agreement.n_on_subtype,
        "sentence": {"zh": write_sentence(agreement, "zh"), "en": write_sentence(agreement, "en")},
    }


def summarise_codings(one: Reliability) -> dict[str, Any]:
    """Return all figures of one level (codes, or codes with subtypes) for ``--json``."""
    return {
        "n_clauses": one.n_clauses,
        "n_single": one.n_single,
        "n_documents": one.n_documents,
        "coders": list(one.coders),
        "categories": list(one.categories),
        "n_categories": one.n_categories,
        "largest": one.largest,
        "largest_share": one.largest_share,
        "dominated": one.is_dominated,
        "coefficients": {name: asdict(coefficient) for name, coefficient in one.overall.items()},
        "classes": [asdict(each) for each in one.classes],
        "pairs": [
            {
                "coders": list(pair.coders),
                "percent": pair.percent,
                "kappa": asdict(pair.kappa.coefficient),
                "z": pair.kappa.z,
                "table": pair.table.astype(int).tolist(),
            }
            for pair in one.pairs
        ],
    }


def _tabulate_overall(agreement: Agreement, lang: Lang) -> Table:
    codes = agreement.codes
    rows = [
        (
            call_coefficient(codes, name, lang) + _say_number(codes, name), show(one.value),
            show_interval(one.interval), show(one.standard_error),
        )
        for name, one in codes.overall.items()
    ]  # fmt: skip
    head = tuple(_say(name, lang) for name in ("coefficient", "value", "interval", "error"))
    notes = (say_draws(agreement.by, agreement.draws, agreement.seed, lang), _say("errors", lang), BAR[lang])
    return Table(_say("overall", lang), head, (tuple(rows),), notes)


def _say_number(codes: Reliability, name: str) -> str:
    return f" (q = {codes.n_categories})" if name in _BY_NUMBER else ""


def _tabulate_classes(agreement: Agreement, lang: Lang) -> Table:
    names = call_codes(agreement.codes.categories, agreement.codebook, lang)
    rows = [
        (
            name, show_count(one.n_codings), show(one.specific.value), show_interval(one.specific.interval),
            show(one.kappa.value), show(one.alpha.value), show_interval(one.alpha.interval),
        )
        for name, one in zip(names, agreement.codes.classes, strict=True)
    ]  # fmt: skip
    head = (*(_say(name, lang) for name in ("code", "codings", "specific", "interval")), "κ", "α")
    return Table(_say("by_code", lang), (*head, _say("interval", lang)), (tuple(rows),))


def _tabulate_pairs(codes: Reliability, lang: Lang) -> Table:
    rows = [
        (
            spell_controls(" – ".join(pair.coders)), show_count(pair.kappa.coefficient.n_clauses), show(pair.percent),
            show(pair.kappa.coefficient.value), show(pair.kappa.coefficient.standard_error),
        )
        for pair in codes.pairs
    ]  # fmt: skip
    head = (*(_say(name, lang) for name in ("pair", "n", "percent")), COHEN, _say("error", lang))
    return Table(_say("by_pair", lang), head, (tuple(rows),))


def _tabulate_pair(pair: CoderPair, agreement: Agreement, lang: Lang) -> Table:
    first, second = map(spell_controls, pair.coders)
    title = _say("table", lang, first=first, second=second)
    return tabulate_pairs(title, agreement.codes.categories, pair.table.tolist(), agreement.codebook, lang)


def _list_notes(agreement: Agreement, lang: Lang) -> Iterator[str]:
    codes = agreement.codes
    for name, one in codes.overall.items():
        if one.value is None:
            yield _say("undefined", lang, name=call_coefficient(codes, name, lang), why=WHY[one.why][lang])
    if codes.is_dominated and codes.ac1.value is not None:
        code = call_code(codes.largest, agreement.codebook, lang)
        yield DOMINATED[lang].format(share=codes.largest_share, code=code, ac1=show(codes.ac1.value))
    if agreement.unknown:
        shown = [*agreement.unknown[:_MOST_UNKNOWN], *(["…"] if len(agreement.unknown) > _MOST_UNKNOWN else [])]
        yield spell_controls(_say("unknown", lang, codebook=agreement.codebook.edition, codes=", ".join(shown)))
    if codes.n_documents == 1:
        yield _say("one_document", lang)
    if agreement.by == "clause" and agreement.draws:
        yield _say("no_documents", lang)
    if agreement.subtypes is not None:
        both = agreement.subtypes
        yield _say(
            "subtypes", lang, alpha=show(both.alpha.value), interval=show_interval(both.alpha.interval),
            percent=show(both.percent.value), n=f"{both.n_clauses:,}",
        )  # fmt: skip
    if agreement.subtypes is None and agreement.n_without_subtype:
        yield _say("no_subtypes", lang)
    if agreement.subtypes is not None and agreement.n_without_subtype:
        yield _say("without_subtype", lang, n=f"{agreement.n_without_subtype:,}")
    if has_gaps(part.interval for one in codes.classes for part in (one.specific, one.alpha)):
        yield _say("gaps", lang)
    only = _say("only", lang, n=f"{agreement.n_on_subtype:,}") if agreement.n_on_subtype else ""
    yield _say("disagreements", lang, n=f"{len(agreement.disagreements):,}", only=only)


def _say(name: str, lang: Lang, /, **values: object) -> str:
    return _TEXTS[name][lang].format(**values)
