"""Figures of made data, small and large, that the tests of figures share: the name of a case → how it is drawn."""

import functools
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import econ
from econ.estimate import Estimate
from econ.event_points import EventStudy
from econ.figure_coefficients import plot_coefficients
from econ.figure_events import plot_event_study
from econ.figure_intensities import plot_intensities
from econ.figure_network import plot_network
from econ.figure_placebo import plot_placebo
from econ.figure_shares import plot_shares
from econ.figure_specifications import plot_specifications
from econ.placebo_result import Placebo, PlaceboSpec, tabulate_tests

from .panels import DYADIC, MEMBERS, draw_pairs

CITIES = [
    *("杭州", "宁波", "合肥", "郑州", "广州", "深圳", "成都", "重庆", "天津", "上海", "大连", "青岛"),
    *("苏州", "南京", "武汉", "长沙", "南昌", "厦门", "海口", "贵阳", "昆明", "西安", "兰州", "沈阳"),
    *("长春", "哈尔滨", "呼和浩特", "唐山", "无锡", "威海", "珠海", "东莞", "义乌", "泉州", "福州", "漳州"),
    *("济南", "烟台", "潍坊", "洛阳", "黄石", "宜昌", "岳阳", "汕头", "佛山", "北海", "崇左", "泸州"),
    *("遵义", "德宏", "红河", "银川", "西宁", "海东", "乌鲁木齐", "赤峰", "抚顺", "珲春", "绥芬河", "徐州"),
]
assert len(CITIES) == 60
LONG = {
    "zh": "中国（杭州）跨境电子商务综合试验区实施方案关于促进外贸新业态新模式健康持续创新发展的",
    "en": "Plan for the comprehensive pilot zone of X",
}
assert {len(text) >= 40 for text in LONG.values()} == {True}
NAMES: Mapping[str, Mapping[str, str]] = {
    "zh": {"a": "供给型", "b": "环境型", "c": "需求型", "d": "其他"},
    "en": {"a": "Supply", "b": "Environment", "c": "Demand", "d": "Other"},
}
CLASSES = "abcd"


@functools.cache
def fit_made() -> Estimate:
    return econ.fit_panel(draw_pairs(1, 16, 8), "y", ["did", "x", "did:score"], ["pair", "period"], DYADIC)


@functools.cache
def fit_made_events(window: tuple[int, int] = (-3, 3)) -> EventStudy:
    frame = draw_pairs(3, n_units=16, n_periods=20)
    start = frame[frame["did"]].groupby("treated_unit")["period"].min()
    frame["event_time"] = (frame["period"] - frame["treated_unit"].map(start)).astype("Int64")
    return econ.fit_event_study(frame, "y", ["pair", "period"], window=window, draws=200, vcov=DYADIC)


def make_placebo(n_draws: int = 400, *, student: bool = True) -> Placebo:
    rng = np.random.default_rng(1)
    draws = pd.DataFrame({"draw": range(n_draws), "did": rng.normal(0, 0.3, n_draws)})
    observed = {"did": 0.85}
    if student:
        draws["t(did)"] = draws["did"] / 0.28 * rng.uniform(0.8, 1.2, n_draws)
        observed["t(did)"] = 2.9
    return Placebo(tabulate_tests(observed, draws), draws, PlaceboSpec("unit", "approval_year", None, 1, {}))


def make_scores(n_units: int = 9, years: range = range(2009, 2024)) -> pd.DataFrame:
    weights = dict(zip(CLASSES, (1.0, 0.7, 0.4, 0.2), strict=True))
    rows = [
        (f"{330100 + unit}", year, name, (year - years[0] + 1) * weight * (1 + unit % 3))
        for unit in range(n_units)
        for year in years
        for name, weight in weights.items()
    ]
    return pd.DataFrame(rows, columns=["unit", "period", "instrument", "stock"])


def make_counts(names: list[str]) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [(name, one, int(rng.integers(1, 1_500))) for name in names for one in CLASSES]
    return pd.DataFrame(rows, columns=["name", "class", "count"])


def make_specifications(n: int = 18) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    estimates, reach = rng.normal(0.4, 0.3, n), rng.uniform(0.2, 0.7, n)
    return pd.DataFrame(
        {
            "estimate": estimates, "conf_low": estimates - reach, "conf_high": estimates + reach,
            "equation": [CLASSES[place % 3] for place in range(n)],
            "errors": [("jackknife", "dyadic", "cluster")[place // 3 % 3] for place in range(n)],
            "did": [("yes", "no")[place // 9 % 2] for place in range(n)],
            "is_headline": [place == 4 for place in range(n)],
        }
    )  # fmt: skip


def make_units(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    places = {"longitude": rng.uniform(100, 124, n).round(2), "latitude": rng.uniform(21, 45, n).round(2)}
    return pd.DataFrame({"unit": [f"{place:06d}" for place in range(n)], **places, "name": CITIES[:n]})


def make_pairs(units: pd.DataFrame, share: float = 0.35) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    pairs = pd.DataFrame(list(combinations(units["unit"], 2)), columns=list(MEMBERS))
    pairs = pairs[rng.random(len(pairs)) < share]
    return pairs.assign(gravity=rng.random(len(pairs)))


def draw_coefficients(lang: Any, size: Any) -> Figure:
    estimates = {"dyadic": fit_made(), LONG[lang]: fit_made().with_vcov("hc1"), "iid": fit_made().with_vcov("iid")}
    labels = {"x": LONG[lang], "did:score": f"did × {NAMES[lang]['a']}"}
    return plot_coefficients(estimates, labels=labels, thin=0.99, title=LONG[lang], lang=lang, size=size)


def draw_one_coefficient(lang: Any, size: Any) -> Figure:
    return plot_coefficients(fit_made(), terms=["did"], lang=lang, size=size)


def draw_events(lang: Any, size: Any) -> Figure:
    return plot_event_study({"a": fit_made_events(), LONG[lang]: fit_made_events()}, lang=lang, size=size)


def draw_many_events(lang: Any, size: Any) -> Figure:
    study = fit_made_events((-7, 7))
    assert len(study.points) == 15
    return plot_event_study({"a": study, "b": study}, labels=NAMES[lang], lang=lang, size=size)


def draw_mean_events(lang: Any, size: Any) -> Figure:
    study = fit_made_events((-7, 7)).with_normalise("pre_mean")
    return plot_event_study(study, title=LONG[lang], lang=lang, size=size)


def draw_placebo(lang: Any, size: Any) -> Figure:
    return plot_placebo(make_placebo(), "did", df=22, labels={"did": LONG[lang]}, lang=lang, size=size)


def draw_t(lang: Any, size: Any) -> Figure:
    return plot_placebo(make_placebo(), "t(did)", lang=lang, size=size)


def draw_intensities(lang: Any, size: Any) -> Figure:
    return plot_intensities(make_scores(), labels=NAMES[lang], title=LONG[lang], lang=lang, size=size)


def draw_long_intensities(lang: Any, size: Any) -> Figure:
    scores = make_scores(3, range(1980, 2024)).assign(stock=lambda table: 1e5 * table["stock"])
    labels = {name: f"{LONG[lang]}{name}" for name in CLASSES}
    return plot_intensities(scores, how="sum", labels=labels, lang=lang, size=size)


def draw_cities(lang: Any, size: Any) -> Figure:
    return plot_shares(make_counts([f"{name}市" for name in CITIES]), labels=NAMES[lang], lang=lang, size=size)


def draw_documents(lang: Any, size: Any) -> Figure:
    names = [f"{LONG[lang]}{place}" for place in range(60)]
    return plot_shares(make_counts(names), 2, labels=NAMES[lang], title=LONG[lang], lang=lang, size=size)


def draw_specifications(lang: Any, size: Any) -> Figure:
    labels = {"did": LONG[lang], **NAMES[lang]}
    return plot_specifications(
        make_specifications(), ["equation", "errors", "did"], chosen="is_headline", labels=labels, lang=lang, size=size
    )


def draw_many_specifications(lang: Any, size: Any) -> Figure:
    return plot_specifications(make_specifications(400), ["equation", "errors"], title=LONG[lang], lang=lang, size=size)


def draw_network(lang: Any, size: Any) -> Figure:
    units = make_units()
    labels = dict(zip(units["unit"], units["name"], strict=True))
    return plot_network(
        units, make_pairs(units), weight="gravity", marked=units["unit"][:20], labels=labels, title=LONG[lang],
        lang=lang, size=size,
    )  # fmt: skip


def draw_small_network(lang: Any, size: Any) -> Figure:
    units = make_units(3)
    return plot_network(units, make_pairs(units, 1.0), lang=lang, size=size)


CASES: Mapping[str, Callable[[Any, Any], Figure]] = {
    one.__name__.removeprefix("draw_"): one
    for one in (
        draw_coefficients, draw_one_coefficient, draw_events, draw_many_events, draw_mean_events, draw_placebo, draw_t,
        draw_intensities, draw_long_intensities, draw_cities, draw_documents, draw_specifications,
        draw_many_specifications, draw_network, draw_small_network,
    )
}  # fmt: skip
