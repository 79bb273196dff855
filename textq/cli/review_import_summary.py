"""What ``textq review import`` says: what a file changes, and what it cannot."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from textq.cli.languages import Lang
from textq.lexicon.codebook import Codebook, split_code
from textq.pipeline.review_exchange import Applied, ImportPlan
from textq.pipeline.review_quotes import QuotePlan, describe_similarity
from textq.provenance import SCHEMA_VERSION
from textq.records import join_code
from textq.review.answers import Answer
from textq.review.changes import REFUSED, Change
from textq.review.code_words import call_code
from textq.review.workbook_words import QUEUE_WORDS

CHANGE_COLUMNS = ("line", "clause_id", "clause_key", "status", "before", "after", "written", "nearest", "why")

_MOST_LISTED = 20
_STATUS_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "new": "new codes",
        "changed": "changed",
        "cleared": "taken out (skipped)",
        "unchanged": "unchanged",
        "conflict": "in conflict: coded in the study as well since the export",
        "unknown": "with words that name no code",
        "stale": "whose text is another one now, or not that of their key",
        "foreign": "of clauses that the study does not have, or not in this queue",
        "keyless": "with codes but without a key",
        "double": "of clauses that stand twice with different codes",
        "deleted": "no longer in the file (nothing changes)",
    },
    "zh": {
        "new": "新编码",
        "changed": "有改动",
        "cleared": "被清空（跳过）",
        "unchanged": "无变化",
        "conflict": "冲突：导出之后，研究里也有人编码",
        "unknown": "所写不是任何编码",
        "stale": "条款文本已变，或与键不符",
        "foreign": "研究里没有这一条款，或不属于此任务",
        "keyless": "有编码但没有键",
        "double": "同一条款出现两次且编码不同",
        "deleted": "文件里已没有（不作改动）",
    },
}
_QUOTE_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "new": "give new codes",
        "changed": "give a more exact code",
        "unchanged": "unchanged",
        "conflict": "in conflict with another code of the same coder",
        "unknown": "with a code that is none of the codebook",
        "ambiguous": "may stand at several places",
        "unmatched": "not found",
    },
    "zh": {
        "new": "带来新编码",
        "changed": "编码更细",
        "unchanged": "无变化",
        "conflict": "与同一编码员的另一编码冲突",
        "unknown": "编码不在手册中",
        "ambiguous": "可能出现在多处",
        "unmatched": "未找到",
    },
}
_SAY: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "head": "{name}: {n:,} rows of {coder}, {queue}{sample}",
        "sample": ", sample {sample}",
        "row": "  row {line}: {clause}{before} → {after}",
        "bad": "  row {line}: {clause}{written}{nearest}",
        "nearest": " (meant: {codes}?)",
        "contradiction": " (contradicts itself: the subtype is one of {codes})",
        "more": "  … {n:,} more; all of them: --out FILE",
        "dry": "nothing is written yet; --apply writes {n:,} events",
        "conflicts": "conflicts need --conflicts mine (the file's codes) or theirs (those of the study)",
        "applied": "written: {n:,} events ({source}); {left:,} rows left as they were",
        "none": "nothing to write",
        "empty": "empty",
        "unsure": "unsure",
        "quotes": "{name}: {n:,} quotes; columns {columns}",
        "near": "matched: {exact:,} exactly, {folded:,} but for blanks and punctuation, {near:,} nearly ({similarity})",
        "listed": "all quotes with what became of them: {path}",
    },
    "zh": {
        "head": "{name}：{coder} 的 {n:,} 行，任务 {queue}{sample}",
        "sample": "，样本 {sample}",
        "row": "  第 {line} 行：{clause}{before} → {after}",
        "bad": "  第 {line} 行：{clause}{written}{nearest}",
        "nearest": "（是否指：{codes}？）",
        "contradiction": "（类目与子类不符：子类属于 {codes}）",
        "more": "  …… 还有 {n:,} 行；全部列出：--out 文件",
        "dry": "尚未写入；加上 --apply 将写入 {n:,} 个事件",
        "conflicts": "有冲突，请用 --conflicts mine（以文件为准）或 theirs（以研究为准）",
        "applied": "已写入 {n:,} 个事件（{source}）；{left:,} 行保持原样",
        "none": "没有要写入的内容",
        "empty": "空",
        "unsure": "拿不准",
        "quotes": "{name}：{n:,} 条引文；列 {columns}",
        "near": "匹配：完全一致 {exact:,}，忽略空格和标点 {folded:,}，近似 {near:,}（{similarity}）",
        "listed": "每条引文的结果：{path}",
    },
}


def describe_plan(plan: ImportPlan, applied: Applied | None, codebook: Codebook, lang: Lang) -> Iterator[str]:
    """Yield what a file changes, the rows themselves up to twenty a kind, and what to do next."""
    say = _SAY[lang]
    sample = say["sample"].format(sample=plan.sample) if plan.sample else ""
    yield say["head"].format(
        name=plan.name, n=len(plan.changes), coder=plan.coder, queue=QUEUE_WORDS[plan.queue][lang], sample=sample
    )
    for status, count in plan.counts.items():
        if not count:
            continue
        yield f" {count:,} {_STATUS_WORDS[lang][status]}"
        if status in ("unchanged", "deleted"):
            continue
        found = [change for change in plan.changes if change.status == status]
        yield from (_describe_change(change, codebook, lang) for change in found[:_MOST_LISTED])
        if len(found) > _MOST_LISTED:
            yield say["more"].format(n=len(found) - _MOST_LISTED)
    n_new = sum(plan.counts[status] for status in ("new", "changed", "cleared"))
    if applied is not None:
        yield say["applied"].format(n=applied.n_events, source=plan.source, left=applied.n_left)
    elif n_new + plan.counts["conflict"]:
        yield say["dry"].format(n=n_new)
        if plan.counts["conflict"]:
            yield say["conflicts"]
    else:
        yield say["none"]


def list_changes(plan: ImportPlan, codebook: Codebook, lang: Lang) -> list[dict[str, Any]]:
    """Return a record a row, in the order of the file."""
    return [
        {
            "line": change.line or None,
            "clause_id": change.clause_id,
            "clause_key": change.key,
            "status": change.status,
            "before": _call(change.before, codebook, lang),
            "after": _call(change.after, codebook, lang),
            "written": change.written,
            "nearest": "; ".join(call_code(codebook, code, lang) for code in change.nearest),
            "why": change.why,
        }
        for change in plan.changes
    ]


def summarise_plan(plan: ImportPlan, applied: Applied | None, codebook: Codebook, lang: Lang) -> dict[str, Any]:
    """Return a plan, and what was written of it, as JSON can hold it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": plan.name,
        "source": plan.source,
        "coder": plan.coder,
        "queue": plan.queue,
        "sample": plan.sample or None,
        "codebook": plan.codebook,
        "counts": dict(plan.counts),
        "applied": None if applied is None else {"events": applied.n_events, "left": applied.n_left},
        "rows": [row for row in list_changes(plan, codebook, lang) if row["status"] != "unchanged"],
    }


def describe_quotes(plan: QuotePlan, applied: Applied | None, listed: Path, lang: Lang) -> Iterator[str]:
    """Yield what a table of quotes gives, and what to do next."""
    say = _SAY[lang]
    columns = ", ".join(f"{what} = {column}" for what, column in plan.columns.items())
    yield say["quotes"].format(name=plan.name, n=len(plan.results), columns=columns)
    ways = {how: sum(one.how == how for one in plan.results) for how in ("exact", "folded", "near")}
    yield " " + say["near"].format(**ways, similarity=describe_similarity(lang))
    for status, count in plan.counts.items():
        if count:
            yield f" {count:,} {_QUOTE_WORDS[lang][status]}"
    yield say["listed"].format(path=listed)
    if applied is not None:
        yield say["applied"].format(n=applied.n_events, source=plan.source, left=applied.n_left)
    elif plan.events or plan.contested:
        yield say["dry"].format(n=len(plan.events))
    else:
        yield say["none"]


def summarise_quotes(
    plan: QuotePlan, applied: Applied | None, rows: list[dict[str, Any]], listed: Path
) -> dict[str, Any]:
    """Return a table of quotes, and what was written of it, as JSON can hold it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": plan.name,
        "source": plan.source,
        "columns": dict(plan.columns),
        "counts": dict(plan.counts),
        "events": len(plan.events),
        "applied": None if applied is None else {"events": applied.n_events, "left": applied.n_left},
        "list": str(listed),
        "rows": rows,
    }


def _describe_change(change: Change, codebook: Codebook, lang: Lang) -> str:
    say = _SAY[lang]
    clause = f"{change.clause_id or change.key}: " if change.clause_id or change.key else ""
    if change.status in REFUSED:
        if change.why == "contradiction":
            nearest = say["contradiction"].format(codes=call_code(codebook, split_code(change.nearest[-1])[0], lang))
        else:
            codes = ", ".join(call_code(codebook, code, lang) for code in change.nearest)
            nearest = say["nearest"].format(codes=codes) if codes else ""
        return say["bad"].format(line=change.line, clause=clause, written=change.written or "—", nearest=nearest)
    before, after = _call(change.before, codebook, lang), _call(change.after, codebook, lang)
    return say["row"].format(line=change.line, clause=clause, before=before, after=after)


def _call(answer: Answer, codebook: Codebook, lang: Lang) -> str:
    parts = []
    if answer.instrument is not None:
        parts.append(call_code(codebook, join_code(answer.instrument, answer.subtype), lang))
    if answer.unsure:
        parts.append(_SAY[lang]["unsure"])
    if answer.memo:
        parts.append(f"“{answer.memo}”")
    return ", ".join(parts) or _SAY[lang]["empty"]
