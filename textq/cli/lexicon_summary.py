"""What ``textq lexicon`` and ``textq codebook`` say."""

from collections.abc import Iterator, Mapping, Sequence

from textq.cli.languages import Lang
from textq.lexicon.diff import LexiconDiff, Move
from textq.lexicon.entry import Entry
from textq.lexicon.examples import Outcome
from textq.lexicon.finding import Finding, is_sound
from textq.notation.controls import spell_controls

_MOST_CASES = 12
"""More cases than these are in --json only."""

_LEVELS = {
    "error": {"zh": "错误", "en": "error"},
    "warning": {"zh": "警告", "en": "warning"},
    "note": {"zh": "提示", "en": "note"},
}
_FINDINGS = {
    "no_entry": {"zh": "没有任何词条的类目: 补充词条", "en": "codes without an entry. Add entries"},
    "never_holds": {
        "zh": "条件永远不成立的词条: 修改条件",
        "en": "entries whose guards can never hold. Mend the guards",
    },
    "thin": {"zh": "词条很少的类目", "en": "codes with few entries"},
    "off_grade": {"zh": "权重不在既定等级中的词条", "en": "entries with a weight outside the grades"},
    "no_provenance": {
        "zh": "manifest.toml 未说明的来源信息",
        "en": "what manifest.toml does not say of this list. Add a block with its name",
    },
    "overlap": {
        "zh": "包含其他类目词条的词条 (同处仅计较长者)",
        "en": "terms that hold a term of another instrument (only the longer one counts there)",
    },
    "saturated_80": {"zh": "出现在 80% 以上文件中的词条", "en": "terms in more than 80 % of the documents"},
    "saturated_50": {"zh": "出现在 50% 以上文件中的词条", "en": "terms in more than 50 % of the documents"},
    "saturated_25": {"zh": "出现在 25% 以上文件中的词条", "en": "terms in more than 25 % of the documents"},
    "hidden": {
        "zh": "语料中出现但从未计入的词条 (被更长词条、停用词、否定或条件遮蔽)",
        "en": "terms that stand in the corpus but never count (longer terms, stoppers, negations or guards hide them)",
    },
    "dead": {"zh": "语料中从未出现的词条", "en": "entries never met in the corpus"},
    "no_decision": {
        "zh": "缺少判定顺序 (decision): 编码员不知先问什么",
        "en": "decision is empty, so a coder does not know what to ask first. Add the questions in their order",
    },
    "no_rules": {
        "zh": "缺少边界规则 (rules): 补充相邻类目之间如何取舍",
        "en": "there are no rules for borderline clauses. Add one for each two codes that can be taken for each other",
    },
    "rule_without_codes": {
        "zh": "未写明至少两个类目的规则: 写出规则在哪些类目之间取舍",
        "en": "rules that name fewer than two codes. Say between which codes (or none) they decide",
    },
    "rule_unlike": {
        "zh": "中英文所写类目或其先后不同的规则: 使两种语言一致",
        "en": "rules that name other codes, or in another order, in Chinese than in English. Make the two agree",
    },
    "rule_twice": {"zh": "重复的规则", "en": "rules that stand twice"},
    "no_example": {"zh": "没有例句的类目", "en": "codes without an example"},
    "two_codes": {"zh": "重复出现的例句", "en": "examples that stand twice"},
    "no_positive": {"zh": "缺少正例的规则", "en": "rules without a positive example"},
    "no_negative": {"zh": "缺少反例的规则", "en": "rules without a negative example"},
    "no_border": {
        "zh": "缺少边界例的规则 (kind: border)",
        "en": "rules without a border example (kind: border)",
    },
    "no_counterexample": {
        "zh": "没有反例或边界例的类目",
        "en": "codes without an example of what does not belong there",
    },
    "no_label": {"zh": "缺少中文或英文名称的类目", "en": "codes without a name in Chinese or English"},
}
_TEXTS = {
    "lexicon": {"zh": "{name}: {n} 个词条", "en": "{name}: {n} entries"},
    "corpus": {"zh": "语料: {n} 份文件", "en": "corpus: {n} documents"},
    "codebook": {
        "zh": "{name}: 类目 {n_codes} 个, 规则 {n_rules} 条, 例句 {n_examples} 条",
        "en": "{name}: {n_codes} codes, {n_rules} rules, {n_examples} examples",
    },
    "more": {"zh": "另有 {n} 项 (--json 列出全部)", "en": "{n} more (--json lists all)"},
    "sound": {"zh": "没有错误", "en": "no errors"},
    "unsound": {"zh": "请先改正标为 “错误” 的各项", "en": "correct what is marked as an error first"},
    "tested": {
        "zh": "{name}: 例句 {n} 条, 通过 {passed} 条",
        "en": "{name}: {passed} of {n} examples come out as they say",
    },
    "expected": {"zh": "应为 {want}, 得到 {got}", "en": "must be {want}, is {got}"},
    "must_match": {"zh": "词条 “{entry}” 应当命中", "en": "the entry {entry!r} must match"},
    "must_not_match": {"zh": "词条 “{entry}” 不应命中", "en": "the entry {entry!r} must not match"},
    "counted": {"zh": "计入: {terms}", "en": "counted: {terms}"},
    "nothing": {"zh": "无", "en": "nothing"},
    "compared": {
        "zh": "{old} → {new}: 新增 {added}, 删除 {removed}, 修改 {changed}",
        "en": "{old} → {new}: {added} added, {removed} removed, {changed} changed",
    },
    "moved": {"zh": "{n} 条条款中, {moved} 条的编码改变", "en": "{moved} of {n} clauses get another code"},
}


def describe_check(
    name: str, n_entries: int, n_documents: int | None, findings: Sequence[Finding], lang: Lang
) -> Iterator[str]:
    """Yield the lines of ``textq lexicon check``."""
    yield _say("lexicon", lang, name=name, n=n_entries)
    if n_documents is not None:
        yield _say("corpus", lang, n=n_documents)
    yield from _describe_findings(findings, lang)


def describe_codebook(name: str, counts: Mapping[str, int], findings: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Yield the lines of ``textq codebook check``."""
    yield _say("codebook", lang, name=name, **counts)
    yield from _describe_findings(findings, lang)


def describe_outcomes(name: str, outcomes: Sequence[Outcome], lang: Lang) -> Iterator[str]:
    """Yield the lines of ``textq lexicon test``: how many pass, and each example that does not."""
    yield _say("tested", lang, name=name, n=len(outcomes), passed=sum(one.passed for one in outcomes))
    for one in outcomes:
        if not one.passed:
            case = one.case
            yield f"{case.place} ({case.kind}): {spell_controls(case.unit.text)}"
            if case.code:
                yield f"  {_say('expected', lang, want=case.code, got=one.code)}"
            if case.entry:
                yield f"  {_say('must_match' if case.matches else 'must_not_match', lang, entry=case.entry)}"
            terms = spell_controls(", ".join(one.terms)) or _say("nothing", lang)
            yield f"  {_say('counted', lang, terms=terms)}"


def describe_diff(
    old: str, new: str, changes: LexiconDiff, moves: Sequence[Move] | None, n_clauses: int, lang: Lang
) -> Iterator[str]:
    """Yield the lines of ``textq lexicon diff``."""
    counts = {name: len(getattr(changes, name)) for name in ("added", "removed", "changed")}
    yield _say("compared", lang, old=old, new=new, **counts)
    yield from _list([f"+ {_show(entry)}" for entry in changes.added], lang)
    yield from _list([f"- {_show(entry)}" for entry in changes.removed], lang)
    yield from _list([f"~ {_show(before)} → {_show(after)}" for before, after in changes.changed], lang)
    if moves is not None:
        yield _say("moved", lang, n=n_clauses, moved=len(moves))
        yield from _list([f"{move.clause_id}: {move.old} → {move.new}" for move in moves], lang)


def _describe_findings(findings: Sequence[Finding], lang: Lang) -> Iterator[str]:
    for finding in findings:
        yield f"{_LEVELS[finding.level][lang]}: {_FINDINGS[finding.kind][lang]} ({len(finding.cases)})"
        yield from _list(finding.cases, lang)
    yield _say("sound" if is_sound(tuple(findings)) else "unsound", lang)


def _list(cases: Sequence[str], lang: Lang) -> Iterator[str]:
    for case in cases[:_MOST_CASES]:
        yield f"  {spell_controls(case)}"
    if len(cases) > _MOST_CASES:
        yield f"  {_say('more', lang, n=len(cases) - _MOST_CASES)}"


def _show(entry: Entry) -> str:
    guards = "".join(f" [{sign} {text}]" for sign, text in (("+", entry.must), ("-", entry.must_not)) if text)
    return f"{entry.term}{guards} {entry.code or entry.match} {entry.weight:g}"


def _say(key: str, lang: Lang, **values: object) -> str:
    return _TEXTS[key][lang].format(**values)
