"""The tables of a study: the equations side by side, the covariances beside each other, what lies behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from econ.estimate import Dropped, Estimate
from econ.intensities import PREFIX
from econ.synchronization import STANDARDISED
from econ.table import Interval, Lang, Number, Row, Table
from econ.tables import describe_vcov, tabulate_estimates
from textq.config import NOTHING
from textq.export.table import write_table
from textq.pipeline.printed_tables import write_notes, write_printed
from textq.pipeline.study_check_tables import (
    list_check_dropped,
    list_check_notes,
    list_honest,
    list_lead_tests,
    list_points,
    tabulate_events,
    tabulate_placebo,
)
from textq.pipeline.study_labels import LANGUAGES, choose_style, name_terms
from textq.pipeline.study_panel import choose_transform
from textq.pipeline.study_placebo import DRAWS, TESTS

if TYPE_CHECKING:
    from textq.pipeline.estimates import StudyResult

HEADLINE = "all"
"""The equation with all regressors that the study names."""

BY_PAIR = "pair"
"""The name of the covariance clustered by pair, among those that are compared."""

_MEASURES = {"cerqueira_martins": "Cerqueira–Martins"}

_SETTINGS_ZH: Mapping[str, str] = {
    "quasi_correlation": "准相关系数",
    "negative_difference": "负的增长率之差",
    "residual_difference": "负的残差之差",
    "rolling_correlation": "滚动相关系数",
    "concordance": "一致性指数",
    "window": "整个窗口期",
    "pre": "首次获批前各年",
    "both": "双方均获批",
    "one": "恰有一方获批",
    "neither": "双方均未获批",
    "anchor": "人口、GDP、面积、行政级别与距离",
    "simple": "人口、GDP与距离",
    "upper_half": "引力得分居前一半者",
    "same_province": "同省者",
    "different_province": "跨省者",
    "strongest {}": "各城市引力最强的{}个",
    "within_km {}": "距离不超过{}公里者",
    "beyond_km {}": "距离超过{}公里者",
    "approval_year": "自获批当年起",
    "next_full_year": "自获批次年起",
    "drop_entry_year": "剔除获批当年、自次年起",
    "share_of_year": "获批当年按余下天数占比、其后",
    "stock": "有效条款存量",
    "count": "条款数",
    "share": "条款占比",
}
"""What the values of settings are called in Chinese; others stand as they are."""

_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "main": "Synchronization of city pairs on policy instruments",
        "without_did": "The same equations without did",
        "covariances": "The same estimates under different covariances",
        "intensities": "Correlation of the intensities over treated city-years, and variance inflation",
        "vif": "VIF",
        "se": "std. error",
        "interval": "95 % interval",
        "estimate": "estimate",
        "years": "Years",
        "n_pairs": "Pairs",
        "dyadic": "dyadic-robust",
        "jackknife": "leave-one-city-out jackknife",
        "equality": "Equal effects ({}): F({}, {:.0f}) = {:.3f}, {}.",
        "recipe": (
            "Outcome: {outcome}, {first}–{last}. Pairs: roles {roles}{pairs}. did = 1 by the rule {timing}{scores}."
        ),
        "comma": ", ",
        "transformed": ", transform {}",
        "standardised": ", standardised over {}",
        "unstandardised": ", not standardised",
        "filtered": " of the series after the filter {}",
        "gravity": "; gravity {}",
        "keep": "; kept {}",
        "intensity": "; intensities: {} of the documents of the treated member, {}",
        "sd": "per standard deviation",
        "none": "not scaled",
        "why": (
            "Two pairs that share a city share its shocks, so rows of different pairs are not independent. "
            "Clustering by pair supposes that they are: its standard errors are {} times those of the "
            "first method ({}), which lets all pairs with a common city be correlated."
        ),
    },
    "zh": {
        "main": "政策工具强度与城市对同步性",
        "without_did": "不含did的同一组方程",
        "covariances": "不同协方差下的同一估计",
        "intensities": "处理组城市年份的强度相关系数与方差膨胀因子",
        "vif": "VIF",
        "se": "标准误",
        "interval": "95%置信区间",
        "estimate": "估计值",
        "years": "年份",
        "n_pairs": "城市对数",
        "dyadic": "二元组聚类稳健",
        "jackknife": "逐一剔除城市的刀切法",
        "equality": "效应相等（{}）：F({}, {:.0f}) = {:.3f}，{}。",
        "recipe": "被解释变量：{outcome}，{first}–{last}年。城市对：{roles}{pairs}。did{timing}取1{scores}。",
        "comma": "、",
        "transformed": "，变换{}",
        "standardised": "，按{}标准化",
        "unstandardised": "，未标准化",
        "filtered": "（序列经{}滤波）",
        "gravity": "；引力得分依据{}",
        "keep": "；保留{}",
        "intensity": "；强度为处理方文件的{}，{}",
        "sd": "以标准差为单位",
        "none": "未缩放",
        "why": (
            "共有一个城市的两个城市对也共有该城市的冲击，不同城市对的观测并不独立。聚类到城市对则假定其独立："
            "其标准误为第一种方法（{1}）的{0}倍；后者允许共有城市的所有城市对相关。"
        ),
    },
}


def tabulate_main(result: "StudyResult", lang: Lang) -> Table:
    """Return the equations with ``did``: each instrument alone, all together; below, the test of equal effects."""
    return _tabulate(
        result, result.estimates, "main", lang, (describe_recipe(result, lang), *_describe_test(result, lang))
    )


def _describe_test(result: "StudyResult", lang: Lang) -> Iterator[str]:
    test = result.equality
    if test is not None:
        names = _name_terms(result, lang)
        yield _say(lang, "equality").format(
            " = ".join(names.get(term, term) for term in test.hypothesis.split(" = ")),
            test.df_num, test.df_denom, test.statistic,
            "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}",
        )  # fmt: skip


def tabulate_without_did(result: "StudyResult", lang: Lang) -> Table:
    """Return the equations without ``did``; what is to be noted stands below those with it."""
    table = _tabulate(result, result.without_did, "without_did", lang, (describe_recipe(result, lang),))
    return replace(table, remarks=())


def _tabulate(
    result: "StudyResult", estimates: Mapping[str, Estimate], title: str, lang: Lang, notes: tuple[str, ...]
) -> Table:
    n_pairs = Number(result.panel.panel["pair_id"].nunique(), 0, grouped=True)
    return tabulate_estimates(
        estimates if len(estimates) > 1 else list(estimates.values()),
        style=choose_style(result.study),
        title=_say(lang, title),
        labels=_name_terms(result, lang),
        lang=lang,
        rows=((_say(lang, "n_pairs"), *[n_pairs] * len(estimates)),),
        notes=notes,
    )


def _name_terms(result: "StudyResult", lang: Lang) -> dict[str, str]:
    return name_terms(result.panel, lang, result.study.labels)


def describe_recipe(result: "StudyResult", lang: Lang) -> str:
    """Return in one sentence what is estimated: outcome, years, pairs, treatment, intensities."""
    study, words = result.study, _WORDS[lang]
    outcome = _MEASURES.get(study.outcome.measure, _name_setting(study.outcome.measure, lang))
    outcome += words["filtered"].format(study.outcome.filter) if study.outcome.filter != NOTHING else ""
    transform, standardise = choose_transform(study), study.outcome.standardise
    outcome += words["transformed"].format(transform) if transform else ""
    if study.outcome.measure in STANDARDISED:
        shown = ", ".join(map(str, standardise)) if isinstance(standardise, tuple) else standardise
        over = _name_setting(shown, lang) if shown else ""
        outcome += words["standardised"].format(over) if shown else words["unstandardised"]
    pairs = words["gravity"].format(_name_setting(study.pairs.gravity, lang)) if study.pairs.gravity else ""
    pairs += words["keep"].format(_name_kept(study.pairs.keep, lang)) if study.pairs.keep else ""
    used = study.scores if len(result.panel.scales) else None
    measure = _name_setting(used.measure, lang) if used else ""
    scores = words["intensity"].format(measure, words[study.treatment.scale]) if used else ""
    return words["recipe"].format(
        outcome=outcome, first=result.panel.periods[0], last=result.panel.periods[-1],
        roles=words["comma"].join(_name_setting(role, lang) for role in study.pairs.roles), pairs=pairs,
        timing=_name_setting(study.treatment.timing, lang), scores=scores,
    )  # fmt: skip


def _name_kept(keep: str | Mapping[str, object], lang: Lang) -> str:
    if isinstance(keep, str):
        return _name_setting(keep, lang)
    return " ".join(_name_setting(f"{name} {{}}", lang).format(value) for name, value in keep.items())


def _name_setting(value: str, lang: Lang) -> str:
    """Return the value of a setting in words; in English, and where there are none, as study.toml has it."""
    return _SETTINGS_ZH.get(value, value) if lang == "zh" else value


def tabulate_covariances(result: "StudyResult", lang: Lang) -> Table:
    """Return the headline's standard errors and intervals under each covariance, and why they differ."""
    rows = [row for place in range(len(result.headline.params)) for row in _list_errors(result, place, lang)]
    head = ("", _say(lang, "estimate"), "", _say(lang, "se"), _say(lang, "interval"))
    return Table(_say(lang, "covariances"), head, (tuple(rows),), _explain_covariances(result, lang), below="")


def _list_errors(result: "StudyResult", place: int, lang: Lang) -> Iterator[Row]:
    """Yield the rows of one term, a row a covariance; the term and its estimate stand in the first."""
    term = str(result.headline.params["term"].iloc[place])
    value = float(result.headline.params["estimate"].iloc[place])
    digits = choose_style(result.study).digits
    first: Row = (_name_terms(result, lang).get(term, term), Number(value, digits))
    for estimate in result.covariances.values():
        row = estimate.params.loc[place, ["std_error", "conf_low", "conf_high"]]
        error, low, high = map(float, row)
        yield *first, _name_vcov(result, estimate, lang), Number(error, digits), Interval(low, high, digits)
        first = ("", "")


def _explain_covariances(result: "StudyResult", lang: Lang) -> tuple[str, ...]:
    by_pair = result.covariances.get(BY_PAIR)
    if by_pair is None or by_pair is result.headline:
        return ()
    ratios = by_pair.params["std_error"] / result.headline.params["std_error"]
    low, high = f"{ratios.min():.2f}", f"{ratios.max():.2f}"
    return (
        _say(lang, "why").format(low if low == high else f"{low}–{high}", _name_vcov(result, result.headline, lang)),
    )


def _name_vcov(result: "StudyResult", estimate: Estimate, lang: Lang) -> str:
    spec = estimate.spec.vcov
    return _WORDS[lang].get(spec.kind) or describe_vcov(spec, _name_terms(result, lang), lang)


def tabulate_intensities(result: "StudyResult", lang: Lang) -> Table:
    """Return the correlations of the intensities and the variance inflation of their regressors."""
    names = _name_terms(result, lang)
    inflation = result.inflation.set_index("term")["vif"]
    rows = [
        (names.get(name, name), *(Number(value, 2, adaptive=False) for value in (*row, inflation[f"{PREFIX}{name}"])))
        for name, row in zip(result.correlations.index, result.correlations.to_numpy(), strict=True)
    ]
    head = ("", *(names.get(name, name) for name in result.correlations.columns), _say(lang, "vif"))
    return Table(_say(lang, "intensities"), head, (tuple(rows),))


def list_tables(result: "StudyResult", lang: Lang) -> dict[str, Table]:
    """Return the tables of a study by the name of their file."""
    tables = {"main": tabulate_main(result, lang), "covariances": tabulate_covariances(result, lang)}
    if len(result.correlations) > 1:
        tables["intensities"] = tabulate_intensities(result, lang)
    if result.without_did:
        tables["without_did"] = tabulate_without_did(result, lang)
    if result.events:
        tables["event_study"] = tabulate_events(result.events, lang)
    if result.placebo:
        tables["placebo"] = tabulate_placebo(result.placebo, lang, _name_terms(result, lang))
    block_rules = choose_style(result.study).block_rules
    return {name: replace(table, lang=lang, block_rules=block_rules) for name, table in tables.items()}


def list_coefficients(result: "StudyResult") -> pd.DataFrame:
    """Return all coefficients: equation, vcov, the columns of ``Estimate.tidy``, then the facts of the fit."""
    fits = [(name, one) for name, one in result.estimates.items()]
    fits += [(f"{name}, without did", one) for name, one in result.without_did.items()]
    fits += [(HEADLINE, one) for one in result.covariances.values() if one is not result.headline]
    frames = [
        one.tidy().assign(
            equation=name, vcov=one.spec.vcov.kind, ssc=one.spec.vcov.ssc, df=one.df, nobs=one.nobs,
            n_clusters="; ".join(f"{kind} {count}" for kind, count in one.n_clusters.items()),
            r2=one.r2, r2_within=one.r2_within,
        )
        for name, one in fits
    ]  # fmt: skip
    table = pd.concat(frames, ignore_index=True)
    return table[["equation", "vcov", *(column for column in table.columns if column not in ("equation", "vcov"))]]


def list_dropped(dropped: tuple[Dropped, ...]) -> pd.DataFrame:
    """Return what was left out: what, reason, count."""
    return pd.DataFrame([(one.what, one.reason, one.count) for one in dropped], columns=["what", "reason", "count"])


def write_tables(result: "StudyResult", run_dir: Path, run_id: str) -> None:
    """Write tables in both languages, coefficients, and all that they rest on."""
    write_printed({lang: list_tables(result, lang) for lang in LANGUAGES}, run_dir, run_id)
    panel = result.panel
    behind = {
        "estimates": list_coefficients(result),
        "panel": panel.panel,
        "dropped": list_dropped((*result.headline.dropped, *list_check_dropped(result))),
    }
    if len(panel.scales):
        behind |= {"intensities": panel.intensities, "scales": panel.scales, "treated_zero": panel.treated_zero}
        behind["inflation"] = result.inflation
    if result.events:
        behind |= {"event_study": list_points(result.events), "event_study_tests": list_lead_tests(result.events)}
        for name, honest in list_honest(result.events)[0].items():
            honest.to_csv(run_dir / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
    if result.placebo:
        behind |= {TESTS: result.placebo.tests, DRAWS: result.placebo.draws}
    for name, frame in behind.items():
        write_table(frame, run_dir / name)
    notes = [*result.headline.notes, *list_check_notes(result), *(f"series: {check}" for check in panel.checks)]
    write_notes(notes, run_dir)


def _say(lang: Lang, name: str) -> str:
    return _WORDS[lang][name]
