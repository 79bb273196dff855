"""What is strange in a table of series: indices for growth, jumps, negative levels, gaps, two versions of one series.

Every check takes a long table (``unit``, ``name``, ``period``, ``variable``, ``value``; one row a value) and returns
problems; none changes the table.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from textq.outcomes.growth import find_indices, find_mixed, is_growth_name, to_rate
from textq.outcomes.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

JUMP = 5.0
"""A value that is more than five times, or less than a fifth of, that of the year before is a jump."""

GROWTH_GAP = 10.0
"""Percentage points between the growth that is stated and that of the levels, beyond what prices explain."""

_HALF = 0.5
_NEAR_POWER = 0.15
_LEVEL_MEDIAN = 140.0
_VINTAGE_DISTANCE = 0.2
_MANY = 100
_MOST_UNITS = 3
_VINTAGE_WORDS = re.compile(
    r"修订|修正|初步|核算|核实|初值|终值|最终|快报|普查|后|前|数|revis(?:ed|ion)|first|initial|prelim(?:inary)?|final|print"
)
_GROWTH_WORDS = re.compile(r"增长率|增长|增速|指数|率|growth|rate|index|_g$|^g_|pct|percent")
_NO_LETTER = re.compile(r"\(.*?\)|（.*?）|[\W_\d]")


def check_table(table: pd.DataFrame) -> list[Problem]:
    """Run the checks on every variable, then on pairs of variables."""
    indices = find_indices(table)
    problems: list[Problem] = []
    for variable, own in table.groupby("variable", sort=False):
        name = str(variable)
        if name in indices:
            problems.append(Problem("index", len(own), (_show_range(own["value"]),), name))
        problems += find_mixed(own, name)
        if name not in indices and not is_growth_name(name):
            problems += [*_find_negative(own, name), *_find_jumps(own, name)]
    return [*problems, *_find_vintages(table, indices), *_find_growth_gaps(table, indices)]


def find_gaps(expected: pd.DataFrame, table: pd.DataFrame) -> list[Problem]:
    """Compare the unit-periods that a file speaks of with those that have a value, by variable.

    Parameters
    ----------
    expected
        ``variable``, ``unit``, ``name``, ``period`` of all cells, empty ones too. All units by all years from the
        first to the last are expected.
    table
        The values.
    """
    problems: list[Problem] = []
    for variable, own in expected.groupby("variable", sort=False):
        units = own.drop_duplicates("unit").sort_values("unit").set_index("unit")["name"]
        years = pd.RangeIndex(own["period"].min(), own["period"].max() + 1)
        values = table[table["variable"] == variable]
        there = np.zeros((len(units), len(years)), dtype=bool)
        there[units.index.get_indexer(pd.Index(values["unit"])), years.get_indexer(pd.Index(values["period"]))] = True
        problems += _describe_gaps(there, list(units), years.to_numpy(), str(variable))
    return problems


def _describe_gaps(
    there: NDArray[np.bool_], names: list[str], years: NDArray[np.int64], variable: str
) -> Iterator[Problem]:
    """Describe the gaps of a matrix unit × year; units that lack the same years are one case."""
    empty = ~there.any(axis=0)
    if empty.any():
        yield Problem("empty_periods", int(empty.sum()), (_show_years(years[empty]),), variable)
    lacking = ~there & ~empty
    patterns: dict[str, list[str]] = {}
    for unit in np.flatnonzero(lacking.any(axis=1)):
        patterns.setdefault(_show_years(years[lacking[unit]]), []).append(names[unit])
    if patterns:
        cases = tuple(f"{lacked}: {len(units)} ({_show_names(units)})" for lacked, units in patterns.items())
        yield Problem("missing", int(lacking.sum()), cases, variable)


def _find_negative(own: pd.DataFrame, variable: str) -> Iterator[Problem]:
    below = own[own["value"] < 0]
    if len(below) and own["value"].median() > _LEVEL_MEDIAN:
        yield Problem(
            "negative", len(below), tuple(f"{_show_at(one)}: {one.value:.12g}" for one in _rows(below)), variable
        )


def _find_jumps(own: pd.DataFrame, variable: str) -> Iterator[Problem]:
    """Find x_t / x_{t−1} above 5 or below 1/5; where half of the units (at least two) jump, it is one break."""
    before = own[["unit", "period", "value"]].assign(period=own["period"] + 1)
    steps = own.merge(before, on=["unit", "period"], suffixes=("", "_before"))
    steps = steps[(steps["value"] > 0) & (steps["value_before"] > 0)]
    steps["ratio"] = steps["value"] / steps["value_before"]
    steps["jumps"] = np.abs(np.log(steps["ratio"])) > np.log(JUMP)
    shares = steps.groupby("period")["jumps"].transform("mean")
    counts = steps.groupby("period")["jumps"].transform("sum")
    general = steps["jumps"] & (shares >= _HALF) & (counts > 1)
    breaks = steps[general].groupby("period")["ratio"].median()
    if len(breaks):
        cases = tuple(f"{year}: {_show_factor(ratio)}" for year, ratio in breaks.items())
        yield Problem("level_break", len(breaks), cases, variable)
    single = steps[steps["jumps"] & ~general].sort_values(["unit", "period"])
    if len(single):
        yield Problem("jump", len(single), tuple(_show_jump(one) for one in _rows(single)), variable)


def _find_vintages(table: pd.DataFrame, indices: frozenset[str]) -> Iterator[Problem]:
    """Find variables of one name (but for 修订, revised …) whose values are close but not the same."""
    for first, second in combinations(table["variable"].unique(), 2):
        if _strip(_VINTAGE_WORDS, first) != _strip(_VINTAGE_WORDS, second) or {first, second} & indices:
            continue
        both = _pair_values(table, first, second)
        distance = np.abs(both["value"] - both["value_other"]) / both["value"].abs().clip(lower=1e-12)
        n = int((distance > 0).sum())
        if n and distance.median() < _VINTAGE_DISTANCE:
            yield Problem("vintage_columns", 1, (f"{first} / {second}: {n}/{len(both)} ≠",))


def _find_growth_gaps(table: pd.DataFrame, indices: frozenset[str]) -> Iterator[Problem]:
    for level, growth in _match_growth(list(table["variable"].unique()), indices):
        own = table[table["variable"] == level]
        before = own.assign(period=own["period"] + 1)[["unit", "period", "value"]]
        steps = own.merge(before, on=["unit", "period"], suffixes=("", "_before"))
        steps = steps[steps["value_before"] > 0]
        stated = table[table["variable"] == growth]
        stated = stated.assign(value=to_rate(stated["value"], index=growth in indices))
        both = steps.merge(stated[["unit", "period", "value"]], on=["unit", "period"], suffixes=("", "_stated"))
        both["implied"] = 100 * (both["value"] / both["value_before"] - 1)
        far = both[np.abs(both["implied"] - both["value_stated"]) > GROWTH_GAP].sort_values(["unit", "period"])
        if len(far):
            cases = tuple(f"{_show_at(one)}: {one.value_stated:.1f} / {one.implied:.1f}" for one in _rows(far))
            yield Problem("growth_gap", len(far), cases, f"{growth} / {level}")


def _match_growth(variables: list[str], indices: frozenset[str]) -> list[tuple[str, str]]:
    """Return (level, growth) of one name apart from words such as 增长率; or the only level and the only growth."""
    growth = [name for name in variables if name in indices or is_growth_name(name)]
    levels = [name for name in variables if name not in growth]
    if len(growth) == len(levels) == 1:
        return [(levels[0], growth[0])]
    stems = {_strip(_GROWTH_WORDS, name): name for name in levels}
    return [(stems[stem], name) for name in growth if (stem := _strip(_GROWTH_WORDS, name)) in stems]


def _strip(words: re.Pattern[str], name: str) -> str:
    return _NO_LETTER.sub("", words.sub("", name.casefold()))


def _pair_values(table: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    other = table.loc[table["variable"] == second, ["unit", "period", "value"]]
    return table[table["variable"] == first].merge(other, on=["unit", "period"], suffixes=("", "_other"))


def _rows(table: pd.DataFrame) -> Iterable[pd.Series]:
    return (row for _, row in table.iterrows())


def _show_at(one: pd.Series) -> str:
    return f"{one.unit} {one['name']} {one.period}"


def _show_jump(one: pd.Series) -> str:
    return f"{_show_at(one)}: {one.value_before:.12g} → {one.value:.12g} ({_show_factor(one.ratio)})"


def _show_factor(ratio: float) -> str:
    """Return "×9871 ≈ 10^4": a factor near a power of ten speaks of another unit of measure."""
    power = round(np.log10(ratio))
    near = power and abs(np.log10(ratio) - power) < _NEAR_POWER
    return (f"×{ratio:,.0f}" if ratio >= _MANY else f"×{ratio:.3g}") + (f" ≈ 10^{power}" if near else "")


def _show_range(values: pd.Series) -> str:
    return f"{values.min():.12g} … {values.max():.12g}"


def _show_names(names: list[str]) -> str:
    return ", ".join(names[:_MOST_UNITS]) + " …" * (len(names) > _MOST_UNITS)


def _show_years(years: Iterable[Any]) -> str:
    """Return "1999–2000, 2003" for a rising list of years."""
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
