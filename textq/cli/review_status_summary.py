"""What ``textq review status`` says."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from textq.cli.languages import Lang
from textq.pipeline.review_status import CoderStatus, ReviewStatus, SampleStatus
from textq.provenance import SCHEMA_VERSION

_MOST_LOST = 10
_LOST_LENGTH = 60
_SAY: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "review": "Review of {out}: run {run}, {n:,} events{last}",
        "last": ", the last one {at}",
        "no_samples": " no audit sample yet: textq review sample {out} --size 300",
        "sample": " sample {name}: {items:,} clauses, {done:,} with {each} codings, {untouched:,} untouched ({who})",
        "anybody": "anybody",
        "coder": " {name}: {coded}; {left:,} left to audit, {fix:,} to correct{rest}{pace}",
        "nothing": "no codes yet",
        "unsure": ", {n:,} unsure",
        "skipped": ", {n:,} skipped",
        "pace": ", {seconds:.0f} s each",
        "audit": "{n:,} blind",
        "free": "{n:,} corrected",
        "adjudicate": "{n:,} adjudicated",
        "alpha": " Krippendorff's alpha {value} {interval}({n:,} clauses)",
        "no_alpha": " Krippendorff's alpha: not yet; somebody has clauses left to audit, or none has two codes",
        "finals": " final codes: {parts}",
        "no_finals": " final codes: none",
        "adjudicated": "{n:,} adjudicated",
        "agreed": "{n:,} agreed",
        "single": "{n:,} by one coder",
        "corrected": "{n:,} corrected",
        "open": "{n:,} with the instrument alone",
        "to_do": " to adjudicate: {parts}",
        "disagree": "{n:,} disagreements",
        "unsure_open": "{n:,} unsure",
        "lost": " {n:,} coded clauses are not in this run; their codes are kept, and not counted:",
        "lost_one": "  {clause} ({coders}): {text}",
        "more": "  … {n:,} more",
        "estimate": " first estimate: {at}; {n:,} final codes are later and carry a mark",
        "no_estimate": " nothing has been estimated yet",
        "whole": " the log is whole: every chain of hashes holds; of a file that was rewritten as a whole they tell "
        "nothing, so keep copies of review/events-*.jsonl elsewhere",
        "broken": " DAMAGED: {what}",
    },
    "zh": {
        "review": "{out} 的复核：运行 {run}，{n:,} 个事件{last}",
        "last": "，最后一个在 {at}",
        "no_samples": " 还没有抽检样本：textq review sample {out} --size 300",
        "sample": " 样本 {name}：{items:,} 条，{done:,} 条已有全部 {each} 个编码，{untouched:,} 条未动（{who}）",
        "anybody": "不限编码员",
        "coder": " {name}：{coded}；待抽检 {left:,}，待校对 {fix:,}{rest}{pace}",
        "nothing": "尚无编码",
        "unsure": "，拿不准 {n:,}",
        "skipped": "，跳过 {n:,}",
        "pace": "，每条 {seconds:.0f} 秒",
        "audit": "盲编 {n:,}",
        "free": "校对 {n:,}",
        "adjudicate": "裁决 {n:,}",
        "alpha": " Krippendorff α {value} {interval}（{n:,} 条）",
        "no_alpha": " Krippendorff α：暂不显示；有人尚未完成抽检，或没有条款被编码两次",
        "finals": " 最终编码：{parts}",
        "no_finals": " 最终编码：无",
        "adjudicated": "裁决 {n:,}",
        "agreed": "一致 {n:,}",
        "single": "单人 {n:,}",
        "corrected": "校对 {n:,}",
        "open": "仅类目一致 {n:,}",
        "to_do": " 待裁决：{parts}",
        "disagree": "分歧 {n:,}",
        "unsure_open": "拿不准 {n:,}",
        "lost": " 有 {n:,} 条编过码的条款不在这次运行中；其编码保留，但不计入：",
        "lost_one": "  {clause}（{coders}）：{text}",
        "more": "  …… 还有 {n:,} 条",
        "estimate": " 首次估计：{at}；其后有 {n:,} 个最终编码，已作标记",
        "no_estimate": " 尚未做过估计",
        "whole": " 日志完整：哈希链全部吻合；整个文件被重写时哈希链看不出来，请另存 review/events-*.jsonl 的副本",
        "broken": " 日志受损：{what}",
    },
}


def describe_status(status: ReviewStatus, out: Path, lang: Lang) -> Iterator[str]:
    """Yield how a review stands, line by line."""
    say = _SAY[lang]
    last = say["last"].format(at=status.last_at[:19]) if status.last_at else ""
    yield say["review"].format(out=out, run=status.run_id, n=status.n_events, last=last)
    if not status.samples:
        yield say["no_samples"].format(out=out)
    yield from (_describe_sample(one, lang) for one in status.samples)
    yield from (_describe_coder(one, lang) for one in status.coders)
    if status.samples:
        yield _describe_alpha(status, lang)
    finals = _join(status.finals, lang, {})
    yield say["finals"].format(parts=finals) if finals else say["no_finals"]
    if status.n_open:
        yield say["to_do"].format(parts=_join(status.n_open, lang, {"unsure": "unsure_open"}))
    yield from _describe_lost(status, lang)
    yield (
        say["estimate"].format(at=status.first_estimate[:19], n=status.n_after)
        if status.first_estimate
        else say["no_estimate"]
    )
    yield from (say["broken"].format(what=what) for what in status.problems)
    if not status.problems:
        yield say["whole"]


def summarise_status(status: ReviewStatus, out: Path) -> dict[str, Any]:
    """Return how a review stands as JSON can hold it."""
    alpha = None
    if status.alpha is not None:
        alpha = dict(zip(("value", "low", "high", "n_clauses"), status.alpha, strict=True))
    return {
        "schema_version": SCHEMA_VERSION,
        "out": str(out),
        "run_id": status.run_id,
        "run_dir": status.run_dir,
        "events": status.n_events,
        "last_at": status.last_at or None,
        "samples": [
            {
                "sample": one.sample, "at": one.at, "unit": one.unit, "seed": one.seed, "items": one.n_items,
                "each": one.each, "coders": list(one.coders), "done": one.n_done, "untouched": one.n_untouched,
            }
            for one in status.samples
        ],
        "coders": [
            {
                "coder": one.coder, "audit_left": one.audit_left, "fix_left": one.fix_left, "coded": dict(one.coded),
                "unsure": one.unsure, "skipped": one.skipped, "seconds_each": one.seconds_each,
            }
            for one in status.coders
        ],
        "alpha": alpha,
        "finals": dict(status.finals),
        "open": dict(status.n_open),
        "lost": [
            {"key": one.key, "clause_id": one.clause_id, "doc_id": one.doc_id, "text": one.text, "coders": one.coders}
            for one in status.lost
        ],
        "first_estimate": status.first_estimate,
        "after_estimate": status.n_after,
        "problems": list(status.problems),
    }  # fmt: skip


def _describe_sample(one: SampleStatus, lang: Lang) -> str:
    say = _SAY[lang]
    who = ("、" if lang == "zh" else ", ").join(one.coders) or say["anybody"]
    return say["sample"].format(
        name=one.sample, items=one.n_items, done=one.n_done, each=one.each, untouched=one.n_untouched, who=who
    )


def _describe_coder(one: CoderStatus, lang: Lang) -> str:
    say = _SAY[lang]
    rest = "".join(say[name].format(n=n) for name, n in (("unsure", one.unsure), ("skipped", one.skipped)) if n)
    return say["coder"].format(
        name=one.coder,
        coded=_join(one.coded, lang, {}) or say["nothing"],
        left=one.audit_left,
        fix=one.fix_left,
        rest=rest,
        pace="" if one.seconds_each is None else say["pace"].format(seconds=one.seconds_each),
    )


def _describe_alpha(status: ReviewStatus, lang: Lang) -> str:
    if status.alpha is None:
        return _SAY[lang]["no_alpha"]
    value, low, high, n = status.alpha
    shown = "—" if value is None else f"{value:.3f}"
    interval = "" if low is None or high is None else f"[{low:.3f}, {high:.3f}] "
    return _SAY[lang]["alpha"].format(value=shown, interval=interval, n=n)


def _describe_lost(status: ReviewStatus, lang: Lang) -> Iterator[str]:
    say = _SAY[lang]
    if not status.lost:
        return
    yield say["lost"].format(n=len(status.lost))
    for one in status.lost[:_MOST_LOST]:
        text = one.text.replace("\n", " ")
        text = text if len(text) <= _LOST_LENGTH else text[: _LOST_LENGTH - 1] + "…"
        yield say["lost_one"].format(clause=one.clause_id or one.key, coders=", ".join(one.coders), text=text)
    if len(status.lost) > _MOST_LOST:
        yield say["more"].format(n=len(status.lost) - _MOST_LOST)


def _join(counts: Mapping[str, int], lang: Lang, names: Mapping[str, str]) -> str:
    separator = "，" if lang == "zh" else ", "
    return separator.join(_SAY[lang][names.get(name, name)].format(n=n) for name, n in counts.items() if n)
