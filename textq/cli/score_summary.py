"""What ``textq score`` says at its end: what was read, what was not, what was found, where it lies."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from textq.cli.languages import Lang
from textq.notation.controls import spell_controls
from textq.records import UNREAD
from textq.run import Run
from textq.run_tables import explode_units

_LOW_CONFIDENCE = 0.6
_MOST_FILES = 10
_MOST_NAMES = 3

_TEXTS = {
    "files": {
        "zh": "找到 {n} 个文件: {read} 可读, {scanned} 扫描件, {duplicate} 重复, {failed} 失败, {ignored} 忽略",
        "en": "{n} files: {read} read, {scanned} scanned, {duplicate} duplicate, {failed} failed, {ignored} ignored",
    },
    "scope": {
        "zh": "用于评分的文件 {scored} 份, 涉及 {units} 个城市(区县), {first}–{last} 年; 不计入地方强度 {out} 份",
        "en": "{scored} documents scored for {units} units, {first}–{last}; {out} kept out of local intensity",
    },
    "no_scope": {
        "zh": "没有可用于评分的文件: 未能确定日期或适用地区 (见 documents.csv)",
        "en": "no document can be scored: dates or places were not found (see documents.csv)",
    },
    "clauses": {"zh": "条款 {n} · {classes}", "en": "{n} clauses · {classes}"},
    "doubt": {
        "zh": "证据分歧较大的条款 {n} 条; {error}",
        "en": "{n} clauses with mixed evidence; {error}",
    },
    "unsure": {
        "zh": "编码者存疑的条款 {n} 条; {error}",
        "en": "{n} clauses the coder is unsure of; {error}",
    },
    "error_unknown": {
        "zh": "编码错误率未知 — 尚未人工抽检",
        "en": "coding error unknown: nobody has audited a sample yet",
    },
    "error_left_out": {
        "zh": "未采用人工编码 (--no-review)",
        "en": "the codes that people settled are left out (--no-review)",
    },
    "audited": {
        "zh": "人工盲编的抽检条款 {n} 条; 机器编码的准确率见 textq agree {out}",
        "en": "{n} clauses coded blind by people in an audit; how right the machine is: textq agree {out}",
    },
    "reviewed": {
        "zh": "其中 {n} 条的编码由人工确定 ({how})",
        "en": "of these, the codes of {n} are those that people settled ({how})",
    },
    "adjudicated": {"zh": "裁决 {n}", "en": "adjudicated {n}"},
    "agreed": {"zh": "抽检一致 {n}", "en": "agreed in an audit {n}"},
    "single": {"zh": "抽检单人 {n}", "en": "by one person in an audit {n}"},
    "corrected": {"zh": "校对 {n}", "en": "corrected {n}"},
    "open": {"zh": "子类待定 {n}", "en": "without a subtype yet {n}"},
    "not_carried": {
        "zh": "注意: {n} 条人工编码未能转入 — 条款在本次结果中不存在或文字已改: {paths}",
        "en": "note: {n} codes that people settled were not carried over, their clauses are gone or changed: {paths}",
    },
    "wrote": {"zh": "写出 {files}", "en": "wrote {files}"},
    "undated": {
        "zh": "注意: {n} 份文件没有日期, 不计分: {paths}",
        "en": "note: {n} documents are undated and kept out of the scores: {paths}",
    },
    "ambiguous_place": {
        "zh": "注意: {n} 份文件的地名有歧义, 不计分; 请在 manifest 的 units 列注明: {paths}",
        "en": "note: {n} documents name a place that several bear; state it in the manifest (units): {paths}",
    },
    "no_place": {
        "zh": "注意: {n} 份文件未能确定适用地区, 不计分; 请在 manifest 的 units 列注明: {paths}",
        "en": "note: {n} documents show no place they apply to; state it in the manifest (units): {paths}",
    },
    "unknown_unit": {
        "zh": "注意: {n} 份文件的地区代码不在行政区划表中: {paths}",
        "en": "note: {n} documents have a unit code that is not in the gazetteer: {paths}",
    },
    "incomplete": {
        "zh": "注意: {n} 份未读文件所在的城市年份得分不完整 (coverage 列为 incomplete): {paths}",
        "en": "note: {n} unread documents leave the scores of their city-years incomplete (column coverage): {paths}",
    },
    "outside_coverage": {
        "zh": "注意: {n} 份文件超出所声明的检索年份, 该年不计分: {paths}",
        "en": "note: {n} documents lie outside the coverage declared for their unit: {paths}",
    },
    "unranked": {
        "zh": "注意: {n} 份文件无法确定政策力度, 相应力度之和为缺失: {paths}",
        "en": "note: {n} documents have no power rank, so that power sums are missing: {paths}",
    },
    "conflict": {
        "zh": "注意: {n} 份文件的 manifest 与正文不一致, 以 manifest 为准 (见 notes 列): {paths}",
        "en": "note: {n} documents are stated otherwise in the manifest, which wins (column notes): {paths}",
    },
    "doubtful": {
        "zh": "注意: {n} 份文件有需要确认的字段 → check_documents.xlsx (填好后用 --confirmed 读回): {paths}",
        "en": "note: {n} documents have fields to confirm → check_documents.xlsx (read back by --confirmed): {paths}",
    },
    "near_duplicates": {
        "zh": "注意: {n} 份文件与其他文件几乎相同 (见 near_duplicates 列; --near-duplicates): {paths}",
        "en": "note: {n} documents nearly repeat another (column near_duplicates; --near-duplicates): {paths}",
    },
    "recognised": {
        "zh": "注意: {n} 份文件含光学识别的文字, 请核对 (见 ocr_confidence 列): {paths}",
        "en": "note: {n} documents hold recognised text (OCR), to be checked (column ocr_confidence): {paths}",
    },
    "unread": {"zh": "未读: {path} — {reason}", "en": "not read: {path}: {reason}"},
    "more": {"zh": "… 另有 {n} 个, 见 documents.csv", "en": "… and {n} more, see documents.csv"},
}


def describe_run(run: Run, paths: Sequence[Path], out: Path, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary, safe to show."""
    yield from map(spell_controls, _describe_all(run, paths, out, lang))


def _describe_all(run: Run, paths: Sequence[Path], out: Path, lang: Lang) -> Iterator[str]:
    meta, status = run.meta, run.meta["status"]
    yield f"textq {meta['code'].partition('+')[0]}  {' '.join(map(str, paths))} → {out}"
    yield _say("files", lang, n=meta["n_files"], **status)
    yield from _describe_unread(run, lang)
    if status["read"]:
        yield _describe_scope(run, lang)
    if meta["n_clauses"]:
        yield _say("clauses", lang, n=f"{meta['n_clauses']:,}", classes=" · ".join(_describe_classes(run, lang)))
        yield from _describe_review(run, lang)
        yield _describe_doubt(run, out, lang)
    for name, found in meta["warnings"].items():
        yield _say(name, lang, n=len(found), paths=", ".join(found[:_MOST_NAMES]) + " …" * (len(found) > _MOST_NAMES))
    yield _say("wrote", lang, files=run.run_dir)


def _say(name: str, lang: Lang, **values: object) -> str:
    return f" {_TEXTS[name][lang].format(**values)}"


def _describe_unread(run: Run, lang: Lang) -> Iterator[str]:
    unread = run.documents[run.documents["status"].isin(UNREAD)]
    for row in unread.head(_MOST_FILES).itertuples():
        yield _say("unread", lang, path=row.path, reason=row.reason)
    if len(unread) > _MOST_FILES:
        yield _say("more", lang, n=len(unread) - _MOST_FILES)


def _describe_scope(run: Run, lang: Lang) -> str:
    read = run.documents[run.documents["status"] == "read"]
    scored = read[(read["shared"] > 0) & read["period"].notna()]
    if not len(scored):
        return _say("no_scope", lang)
    return _say(
        "scope", lang, scored=len(scored), units=explode_units(scored)["unit"].nunique(),
        first=scored["period"].min(), last=scored["period"].max(), out=len(read) - len(scored),
    )  # fmt: skip


def _describe_review(run: Run, lang: Lang) -> Iterator[str]:
    """Say how many codes people settled, and how."""
    review = run.meta.get("review")
    if review and review["n_codes"]:
        how = [_say(name, lang, n=f"{count:,}").strip() for name, count in review["how"].items() if count]
        yield _say("reviewed", lang, n=f"{review['n_codes']:,}", how=" · ".join(how))


def _describe_doubt(run: Run, out: Path, lang: Lang) -> str:
    """Say how many clauses a coder abstained on; for one that never does, how many it found mixed evidence in."""
    error = _describe_error(run, out, lang)
    n_unsure = int(run.codings["unsure"].sum())
    if n_unsure:
        return _say("unsure", lang, n=f"{n_unsure:,}", error=error)
    return _say("doubt", lang, n=f"{(run.codings['confidence'].dropna() < _LOW_CONFIDENCE).sum():,}", error=error)


def _describe_error(run: Run, out: Path, lang: Lang) -> str:
    """Say where the accuracy of the coder is to be seen; free corrections tell nothing about it."""
    n_audited = run.meta.get("review", {}).get("n_audited", 0)
    if n_audited:
        return _say("audited", lang, n=f"{n_audited:,}", out=out).strip()
    is_left_out = "review" in run.meta["volatile"]
    return _say("error_left_out" if is_left_out else "error_unknown", lang).strip()


def _describe_classes(run: Run, lang: Lang) -> Iterator[str]:
    for instrument, count in run.meta["classes"].items():
        yield f"{run.name_code(instrument, lang)} {count / run.meta['n_clauses']:.0%}"
