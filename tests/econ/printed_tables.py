"""Tables to write and read back: like those of a paper, and with everything that is hard to print."""

import math

from econ.table import Interval, Lang, Number, Span, Table

NAMES: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "政策强度",
        "综合试验区设立后×两城市政策工具组合的相似程度（按需求型、供给型与环境型加权平均）",
        "人均地区生产总值",
    ),
    "en": ("did", "After the pilot zone × similarity of the two cities' mixes of policies (weighted)", "GDP per head"),
}
WORDS: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "表1 基准回归",
        "产业结构",
        "协同",
        "城市固定效应",
        "是",
        "观测值",
        "注：括号内为标准误；***表示在1%水平上显著。",
    ),
    "en": (
        "Table 1. Baseline",
        "Industry",
        "Comovement",
        "City effects",
        "Yes",
        "Observations",
        "Notes: *** p < 0.01.",
    ),
}


def make_table(n_columns: int, lang: Lang = "zh") -> Table:
    """A table of estimates: coefficients above standard errors, then facts; the columns in two groups."""
    title, left, right, effects, yes, nobs, note = WORDS[lang]
    terms = []
    for name, value, stars in zip(NAMES[lang], (0.0352, -12.34567, 0.000021), ("***", "*", ""), strict=True):
        shown = [Number(value * (1 + place / 7), 4, stars=stars[: place % 2 + 2]) for place in range(n_columns)]
        errors = [Number(abs(value) / (3 + place), 4, ("(", ")")) for place in range(n_columns)]
        terms += [(name, *shown), ("", *errors)]
    facts = (
        (effects, *[yes] * n_columns),
        (nobs, *(Number(2300 + place, 0, grouped=True) for place in range(n_columns))),
        ("R²", *(Number(0.8123 - place / 100, 3, adaptive=False) for place in range(n_columns))),
    )
    half = n_columns // 2
    return Table(
        title=title,
        head=("", *(f"({place + 1})" for place in range(n_columns))),
        blocks=(tuple(terms), facts),
        notes=(note, "p < 0.05 & “x” −1"),
        spans=((Span(left, half), Span(right, half)),),
        lang=lang,
        block_rules=True,
    )


ODD = Table(
    title="=SUM(1) & <b>",
    head=("@", "+x", "-1", "Outcome one (log)"),
    blocks=(
        (
            ("=1+1", Number(0.5, 3, stars="†", leading_zero=False), Number(-0.5, 3, leading_zero=False), "-"),
            ("", Interval(-0.123, 0.4567, 3), Number(math.nan, 3, ("(", ")")), Number(math.inf, 2)),
            ("+a", Number(12345.678, 3, grouped=True, stars="***"), Number(-0.00003, 3, adaptive=False), "“引号”"),
            ('"q"', Number(-0.25, 2, ("[", "]"), "**"), Number(-1.5e-7, 3, ("(", ")"), "*"), Number(-0.0375, 3)),
            ("halves", Number(0.285, 2), Number(2.675, 2, ("(", ")")), Number(-0.125, 2, ("(", ")"), adaptive=False)),
            ("whole", Number(1234567, 0, grouped=True), Number(-7, 0), Number(0, 0)),
            ("marks", Number(1, 1, ('"', '"')), Number(9.9999e-9, 3), Number(2.5, 0)),
        ),
    ),
    notes=("@note", "-note, value -0.5"),
    lang="en",
)
"""Texts like formulas, numbers of every form, halves that printing and spreadsheets round apart."""
