"""What is found in a file: the kinds of problem, and how each is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Lang = Literal["zh", "en"]

Blocking = Literal[
    "unmatched", "ambiguous", "province", "outside_base_year", "row_without_unit", "bad_period", "not_a_number",
    "conflict", "two_vintages", "mixed_index",
]  # fmt: skip
"""Kinds that leave open what the table says: it is refused until they are solved."""

Note = Literal[
    "short_name", "other_name", "also_province", "spellings", "county", "repeated", "blank_rows",
    "rows_without_values", "left_out", "missing_marks", "empty_periods", "missing", "index",
    "index_converted", "jump", "level_break", "negative", "vintage_columns", "growth_gap",
]  # fmt: skip
"""Kinds to be looked at; the table stands as it is."""

Kind = Blocking | Note

MOST_CASES = 8
"""How many cases a sentence names."""

BESIDE = "*"
"""What ends the case of a county-level unit whose prefecture is in the file too."""

_WORDING: Mapping[Kind, Mapping[Lang, tuple[str, str]]] = {
    "unmatched": {
        "zh": ("未找到的名称或代码", "请改正，或删去这些行"),
        "en": ("names or codes in no list of places", "Correct them, or remove their rows"),
    },
    "ambiguous": {
        "zh": ("有多个同名地区的名称", "请改写六位代码"),
        "en": ("names with several bearers", "Write the six-digit code instead"),
    },
    "province": {
        "zh": ("省份", "省份不是城市，请删去这些行"),
        "en": ("provinces", "They are no cities: remove their rows"),
    },
    "outside_base_year": {
        "zh": ("在基准年份没有代码的地区", "请换基准年份（--base-year），或先并入后继地区"),
        "en": (
            "units without a code in the base year",
            "Choose another year (--base-year), or add them to their successors",
        ),
    },
    "row_without_unit": {
        "zh": ("没有地区名称的数值", "合并单元格？请逐行填写"),
        "en": ("values in rows without a unit", "Merged cells? Fill the names down"),
    },
    "bad_period": {
        "zh": ("年份无法识别的数值", "请写成 2017 或 2017年"),
        "en": ("values without a year that can be read", "Write 2017 or 2017年"),
    },
    "not_a_number": {
        "zh": ("不是数字的单元格", "请改正或清空"),
        "en": ("cells that hold no number", "Correct or empty them"),
    },
    "conflict": {
        "zh": ("同一地区年份有不同的值", "请各留一个"),
        "en": ("unit-periods with different values", "Keep one of each"),
    },
    "two_vintages": {
        "zh": ("同一地区年份有两个相近的值", "初步数与修订数？请只留一个版本"),
        "en": ("unit-periods with two values that are close", "First print and revised? Keep one version"),
    },
    "mixed_index": {
        "zh": ("同列中有指数（109.0）也有增长率（9.0），少数者", "请统一为一种"),
        "en": ("indices (109.0) and growth rates (9.0) in one column; those of the smaller kind", "Make them one kind"),
    },
    "short_name": {
        "zh": ("简称或带上级地名，已对应", ""),
        "en": ("short names, or names behind a province, matched", ""),
    },
    "other_name": {
        "zh": ("更名前后的名称，已对应到同一代码", ""),
        "en": ("names of other years (renamed), matched to the same code", ""),
    },
    "also_province": {
        "zh": ("与省份同名，按城市处理", "请核对"),
        "en": ("names that a province bears too, read as the city", "Check them"),
    },
    "spellings": {
        "zh": ("有多种写法的地区", ""),
        "en": ("units spelled in several ways", ""),
    },
    "county": {
        "zh": ("县级单位，位于地级市（州）或直辖市之内", ""),
        "en": ("county-level units; they lie inside a prefecture or municipality", ""),
    },
    "repeated": {
        "zh": ("重复的相同数值，只计一次", ""),
        "en": ("unit-periods given twice with one value, counted once", ""),
    },
    "blank_rows": {
        "zh": ("空行，已略过", ""),
        "en": ("blank rows, skipped", ""),
    },
    "rows_without_values": {
        "zh": ("没有数值的行（注释、来源、小标题），已略过", ""),
        "en": ("rows without values (notes, sources, headings), skipped", ""),
    },
    "left_out": {
        "zh": ("非数值列，未读入", ""),
        "en": ("columns without numbers, left out", ""),
    },
    "missing_marks": {
        "zh": ("缺失标记，作缺失处理", ""),
        "en": ("marks for “no value”, read as missing", ""),
    },
    "empty_periods": {
        "zh": ("没有任何数值的年份", ""),
        "en": ("periods without any value", ""),
    },
    "missing": {
        "zh": ("缺失的地区年份", ""),
        "en": ("missing unit-periods", ""),
    },
    "index": {
        "zh": ("像以上年为 100 的指数", "增长率 = 数值 − 100（--index-to-growth）"),
        "en": ("values that look like an index with last year = 100", "Growth = value − 100 (--index-to-growth)"),
    },
    "index_converted": {
        "zh": ("指数值已减去 100，成为增长率", ""),
        "en": ("index values made growth by taking 100 away", ""),
    },
    "jump": {
        "zh": ("个别地区数值突变", "单位、口径或录入错误？请核对"),
        "en": ("jumps of single units", "Unit of measure, boundary, or a slip? Check them"),
    },
    "level_break": {
        "zh": ("多数地区同时突变的年份", "计量单位改变？请核对"),
        "en": ("periods in which most units jump", "Was the unit of measure changed? Check them"),
    },
    "negative": {
        "zh": ("负的水平值", "请核对"),
        "en": ("negative levels", "Check them"),
    },
    "vintage_columns": {
        "zh": ("像同一序列的两个版本的变量", "初步数与修订数？请用 --value 选其一"),
        "en": ("variables that look like two versions of one series", "First print and revised? Choose with --value"),
    },
    "growth_gap": {
        "zh": ("增长率与水平值推算的增长相差 10 个百分点以上", "价格之外，可能经过修订或调整口径"),
        "en": ("stated growth over 10 points away from that of the levels", "Prices apart, was one of them revised?"),
    },
}
"""What was found, and what to do."""

_HINTS: Mapping[Kind, tuple[re.Pattern[str], Mapping[Lang, str]]] = {
    "unmatched": (
        re.compile(r".* \(\d{6} .*"),
        {"zh": "括号内为近似者", "en": "What comes near stands in brackets"},
    ),
    "county": (
        re.compile(rf".* {re.escape(BESIDE)}"),
        {
            "zh": f"标 {BESIDE} 者，其所在市（州）也在表中：数值可能重复计算",
            "en": f"Where {BESIDE} stands, the prefecture is in the file too: its values may include the county's",
        },
    ),
}
"""What is added if a case that is shown looks so."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem in a file.

    Attributes
    ----------
    kind
        What it is.
    n
        How many cells, units, periods or rows are meant, by kind.
    cases
        Each of them, or groups of them, with unit, period or address in the file.
    variable
        The variable that it concerns, "" if all.
    """

    kind: Kind
    n: int
    cases: tuple[str, ...] = ()
    variable: str = ""

    @property
    def blocking(self) -> bool:
        """Whether the table is refused until this is solved."""
        return self.kind in get_args(Blocking)


def describe_problem(problem: Problem, lang: Lang = "en") -> str:
    """Return the sentence for a problem: what, how many, its first cases, what to do."""
    what, advice = _WORDING[problem.kind][lang]
    shown = problem.cases[:MOST_CASES]
    listed = "; ".join(shown) + " …" * (len(problem.cases) > MOST_CASES)
    colon, stop = {"zh": ("：", "。"), "en": (": ", ". ")}[lang]
    said = colon.join(filter(None, [problem.variable, f"{what} ({problem.n})", listed]))
    return stop.join(filter(None, [said, advice, _give_hint(problem.kind, shown, lang)]))


def _give_hint(kind: Kind, shown: tuple[str, ...], lang: Lang) -> str:
    """Return the sentence that explains a mark in the cases, "" if none bears it."""
    if kind not in _HINTS:
        return ""
    mark, hint = _HINTS[kind]
    return hint[lang] if any(map(mark.fullmatch, shown)) else ""
