"""How figures, names of codes and what was taken for what are shown in tables."""

from collections import Counter
from collections.abc import Iterable, Mapping

from econ.table import Table
from textq.cli.languages import Lang
from textq.coding.resample import Interval
from textq.lexicon.codebook import Codebook
from textq.notation.controls import spell_controls

_FEW = 0.01

ABSENT = "–"
"""Where there is no figure."""

SHARED_TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "documents": {"zh": ", 来自 {n} 份文件", "en": " of {n} documents"},
    "value": {"zh": "值", "en": "value"},
    "interval": {"zh": "95% 置信区间", "en": "95 % interval"},
    "code": {"zh": "类目", "en": "code"},
    "n": {"zh": "条款", "en": "clauses"},
    "clause": {"zh": "条款", "en": "clause"},
    "document": {"zh": "文件", "en": "document"},
    "drawn": {
        "zh": "区间: 按{what}自助抽样 {draws} 次, 种子 {seed}",
        "en": "intervals: {draws} samples of {what}s, seed {seed}",
    },
    "not_drawn": {"zh": "未抽样, 故无区间", "en": "no samples were drawn, so there are no intervals"},
    "no_documents": {
        "zh": "注意: 未提供条款所属文件 (doc 列), 区间按条款抽样; 若条款来自同一批文件, 区间会偏窄",
        "en": "note: documents are not known (column doc), so clauses are drawn; if clauses share documents, "
        "the intervals are too short",
    },
    "gaps": {
        "zh": "注意: 部分样本中某类目未出现, 该类目的区间未计入这些样本",
        "en": "note: samples in which a code did not occur are left out of the intervals of this code",
    },
}
"""What is said in the same words wherever figures are shown."""


def show(value: float | None) -> str:
    """Return a coefficient with three decimals."""
    return ABSENT if value is None else _round(value)


def show_interval(interval: Interval | None) -> str:
    """Return an interval with three decimals."""
    return ABSENT if interval is None else f"[{_round(interval.low)}, {_round(interval.high)}]"


def has_gaps(intervals: Iterable[Interval | None]) -> bool:
    """Tell whether draws without a value were left out of an interval to an extent that a reader should know."""
    return any(one is not None and one.undefined > _FEW for one in intervals)


def _round(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}"


def show_count(count: float) -> str:
    """Return a count, with decimals only where weights gave it some."""
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def call_code(code: object, codebook: Codebook, lang: Lang) -> str:
    """Return how a code is called, itself where the codebook does not know it; safe to show."""
    return spell_controls("/".join(filter(None, codebook.call(str(code), lang))))


def call_codes(codes: Iterable[object], codebook: Codebook, lang: Lang) -> list[str]:
    """Return how the codes of one table are called; as they are written where two have one name. Safe to show."""
    names = {code: call_code(code, codebook, lang) for code in codes}
    times = Counter(names.values())
    return [name if times[name] == 1 else spell_controls(str(code)) for code, name in names.items()]


def say_draws(by: str, draws: int, seed: int, lang: Lang) -> str:
    """Return how intervals were drawn; ``by`` is ``"document"`` or ``"clause"``, and 0 draws are none."""
    if not draws:
        return SHARED_TEXTS["not_drawn"][lang]
    return SHARED_TEXTS["drawn"][lang].format(what=SHARED_TEXTS[by][lang], draws=f"{draws:,}", seed=seed)


def tabulate_pairs(
    title: str, categories: Iterable[object], counts: Iterable[Iterable[float]], codebook: Codebook, lang: Lang
) -> Table:
    """Return the table of what was taken for what: a row and a column a category, in their order."""
    called = call_codes(categories, codebook, lang)
    rows = [
        (name, *(show_count(count) if count else ABSENT for count in row))
        for name, row in zip(called, counts, strict=True)
    ]
    return Table(title, ("", *called), (tuple(rows),))
