"""The tables of a study's event study and placebo, and the frames behind them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from econ.errors import EconError
from econ.estimate import Dropped
from econ.event_points import EventStudy
from econ.placebo_result import Placebo
from econ.table import Interval, Lang, Number, Row, Table
from econ.tables import describe_vcov
from textq.pipeline.study_events import StudyEvents

if TYPE_CHECKING:
    from textq.pipeline.estimates import StudyResult

FEW_DRAWS = 99
"""Below so many draws a placebo is said to be rough."""

_DIGITS = 4

_Thing = TypeVar("_Thing")

_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "events": "Event study: did by event time",
        "event_time": "event time",
        "estimate": "estimate",
        "interval": "95 % interval",
        "band": "95 % band",
        "pairs": "treated pairs",
        "cities": "treated cities",
        "window": "over the window",
        "pre": "over the years before the first designation",
        "list": "over the years listed",
        "none": "not standardised",
        "short_window": "window",
        "short_pre": "pre",
        "short_list": "list",
        "side": "{} = the series standardised {}.",
        "why": (
            "Standardised over the window a shock after the treatment moves the years before it; standardised over the "
            "years before the first designation it does not, but a mean and SD of few years are rough."
        ),
        "reference": "Relative to event time {}, drawn at 0.",
        "pre_mean": "Relative to the mean of the event times below 0.",
        "band_note": "The band holds all points at once in 95 % (sup-t: ± {} standard errors; {:,} draws, seed {}).",
        "leads": "Leads jointly zero{}: F({}, {:.0f}) = {:.3f}, {}.",
        "where": " ({})",
        "nobs": "observations",
        "vcov": "covariance",
        "equation": "Outcome: synchronization ({}{}). Absorbed effects: {}. Observations: {}.",
        "errors": "Standard errors{}: {}; t({:g}).",
        "dropped": "Left out{}: {:,} {} ({}).",
        "no_effects": "none",
        "comma": ", ",
        "pair": "pair",
        "pair_id": "pair",
        "period": "year",
        "province_pair^period": "province pair × year",
        "rows": "rows",
        "few": (
            "Draws: {:,}. No p-value can be smaller than 1 / (1 + draws) = {:.3g}, and each is rough. "
            "Take 99 or more, better 499."
        ),
        "placebo": "Placebo: the designations on other cities",
        "placebo_time": "Placebo: the designations at other times",
        "placebo_mixed": "Placebo: the designations on other cities and at other times",
        "statistic": "statistic",
        "observed": "observed",
        "two_sided": "two-sided p",
        "left_sided": "left-sided p",
        "right_sided": "right-sided p",
        "mean": "mean of draws",
        "std": "SD of draws",
        "recipe": (
            "{draws:,} draws, seed {seed}{strata}. Each draw forms the pairs anew, treats them and fits the equation; "
            "t(…) is the coefficient over its {error} standard error."
        ),
        "fixed": (
            "{draws:,} draws, seed {seed}{strata}, in the pairs of the true sample; "
            "t(…) is the coefficient over its {error} standard error."
        ),
        "dyadic": "dyadic-robust",
        "members": "member-clustered (Σ_i S_i S_i')",
        "strata": ", within {}",
        "p": "p = (1 + draws at least as extreme) / (1 + draws).",
    },
    "zh": {
        "events": "事件研究：按相对时间的did效应",
        "event_time": "相对时间",
        "estimate": "估计值",
        "interval": "95%置信区间",
        "band": "95%联合置信带",
        "pairs": "处理组城市对",
        "cities": "处理城市",
        "window": "按整个窗口期标准化",
        "pre": "按首次获批前各年标准化",
        "list": "按所列年份标准化",
        "none": "未标准化",
        "short_window": "窗口期",
        "short_pre": "事前",
        "short_list": "所列年份",
        "side": "{}：序列{}。",
        "why": (
            "按整个窗口期标准化时，处理之后的冲击会带动处理之前的取值；按首次获批前各年标准化则不会，"
            "但由少数几年得到的均值与标准差较粗糙。"
        ),
        "reference": "以相对时间{}为基准（取0）。",
        "pre_mean": "以相对时间小于0各期的均值为基准。",
        "band_note": "联合置信带以95%的概率同时包含所有点（sup-t：±{}个标准误；模拟{:,}次，随机种子{}）。",
        "leads": "前置项联合为零{}：F({}, {:.0f}) = {:.3f}，{}。",
        "where": "（{}）",
        "nobs": "观测值",
        "vcov": "协方差",
        "equation": "被解释变量：同步性（{}{}）。固定效应：{}。观测值：{}。",
        "errors": "标准误{}：{}；t({:g})。",
        "dropped": "剔除{}：{:,}{}（{}）。",
        "no_effects": "无",
        "comma": "、",
        "pair": "城市对",
        "pair_id": "城市对",
        "period": "年份",
        "province_pair^period": "省份对×年份",
        "rows": "行",
        "few": "抽样仅{:,}次，p值不可能小于1 / (1 + 抽样数) = {:.3g}，且较粗糙。请至少抽样99次，最好499次。",
        "placebo": "安慰剂检验：把获批身份随机分给其他城市",
        "placebo_time": "安慰剂检验：随机改变获批时间",
        "placebo_mixed": "安慰剂检验：随机改变获批城市与时间",
        "statistic": "统计量",
        "observed": "实际值",
        "two_sided": "双侧p值",
        "left_sided": "左侧p值",
        "right_sided": "右侧p值",
        "mean": "抽样均值",
        "std": "抽样标准差",
        "recipe": (
            "抽样{draws:,}次，随机种子{seed}{strata}。每次重新构成城市对、重新赋予处理并重新估计；"
            "t(…)为系数除以{error}标准误。"
        ),
        "fixed": "抽样{draws:,}次，随机种子{seed}{strata}，城市对保持不变；t(…)为系数除以{error}标准误。",
        "dyadic": "二元组聚类稳健",
        "members": "按成员城市聚类（Σ_i S_i S_i'）的",
        "strata": "，在{}内部置换",
        "p": "p = (1 + 至少同样极端的抽样数) / (1 + 抽样数)。",
    },
}


def tabulate_events(events: StudyEvents, lang: Lang) -> Table:
    """Return the points of each standardisation, one block below the other, and what they rest on in notes."""
    words = _WORDS[lang]
    head = tuple(words[name] for name in ("event_time", "estimate", "interval", "band", "pairs", "cities"))
    blocks = tuple(
        tuple(_list_block(study, _mark(name, events, lang), lang)) for name, study in events.by_outcome.items()
    )
    return Table(words["events"], head, blocks, tuple(_explain_events(events, lang)))


def _mark(standardise: str, events: StudyEvents, lang: Lang) -> str:
    """Return what tells one standardisation from another; "" where there is one."""
    return _WORDS[lang][f"short_{standardise}"] if len(events.by_outcome) > 1 else ""


def _list_block(study: EventStudy, mark: str, lang: Lang) -> Iterator[Row]:
    """Yield the rows of one standardisation: its name, its points, its observations and covariance."""
    words, gap = _WORDS[lang], ("",) * 4
    if mark:
        yield mark, "", *gap
    for _, row in study.points.iterrows():
        numbers = Number(row["estimate"], _DIGITS), _read_range(row, "conf"), _read_range(row, "band")
        yield str(row["name"]), *numbers, *(_read_count(row[name]) for name in ("n_pairs", "n_treated_units"))
    yield words["nobs"], Number(study.estimate.nobs, 0, grouped=True), *gap
    yield words["vcov"], study.estimate.spec.vcov.kind, *gap


def _read_range(row: "pd.Series", name: str) -> Interval:
    return Interval(row[f"{name}_low"], row[f"{name}_high"], _DIGITS)


def _read_count(value: Any) -> Number | str:
    return "" if pd.isna(value) else Number(value, 0, grouped=True)


def _explain_events(events: StudyEvents, lang: Lang) -> Iterator[str]:
    words, named = _WORDS[lang], events.by_outcome
    first = next(iter(named.values()))
    if len(named) > 1:
        marks = [_mark(name, events, lang) for name in named]
        yield " ".join(words["side"].format(mark, words[name]) for mark, name in zip(marks, named, strict=True))
        yield words["why"]
    yield from _explain_equation(events, lang)
    yield words[first.normalise].format(str(first.reference).replace("-", "−"))
    shown = ", ".join(f"{study.critical:.2f}" for study in named.values())
    yield words["band_note"].format(shown, first.draws, first.seed)
    for name, study in named.items():
        where = words["where"].format(words[name]) if len(named) > 1 else ""
        test = study.leads
        if test:
            yield words["leads"].format(where, test.df_num, test.df_denom, test.statistic, _show_p(test.p_value))
    for name, one in _gather(events, lambda study: study.estimate.dropped):
        what = words.get(one.what, one.what)
        yield words["dropped"].format(_show_where(name, events, lang), one.count, what, one.reason)
    yield from dict.fromkeys((*events.notes, *(note for study in named.values() for note in study.notes)))
    for name, note in _gather(events, lambda study: study.estimate.notes):
        yield f"{_mark(name, events, lang)}: {note}" if name else note


def _explain_equation(events: StudyEvents, lang: Lang) -> Iterator[str]:
    """Yield outcome, effects and observations, and the covariance that was really used."""
    words = _WORDS[lang]
    estimates = [study.estimate for study in events.by_outcome.values()]
    alone = "" if len(estimates) > 1 else words["comma"] + words[next(iter(events.by_outcome))]
    effects = words["comma"].join(words.get(effect, effect) for effect in estimates[0].absorbed)
    counts = " / ".join(dict.fromkeys(f"{one.nobs:,}" for one in estimates))
    yield words["equation"].format(events.outcome, alone, effects or words["no_effects"], counts)
    labels = {"pair_id": words["pair_id"], "pair": words["pair"], "period": words["period"]}
    for name, (spec, df) in _gather(events, lambda study: [(study.estimate.spec.vcov, study.estimate.df)]):
        yield words["errors"].format(_show_where(name, events, lang), describe_vcov(spec, labels, lang), df)


def _show_where(standardise: str, events: StudyEvents, lang: Lang) -> str:
    return _WORDS[lang]["where"].format(_mark(standardise, events, lang)) if standardise else ""


def _gather(events: StudyEvents, read: Callable[[EventStudy], Iterable[_Thing]]) -> list[tuple[str, _Thing]]:
    """Return what the event studies have: once and with "" if all have it, else by the name of the standardisation."""
    found = {name: list(read(study)) for name, study in events.by_outcome.items()}
    gathered: list[tuple[str, _Thing]] = []
    for name, things in found.items():
        for thing in things:
            entry = ("" if all(thing in others for others in found.values()) else name, thing)
            if entry not in gathered:
                gathered.append(entry)
    return gathered


def _show_p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def tabulate_placebo(placebo: Placebo, lang: Lang, names: Mapping[str, str]) -> Table:
    """Return the p-values of each statistic; ``names`` say what to print for a term."""
    words, spec = _WORDS[lang], placebo.spec
    columns = ("observed", "two_sided", "left_sided", "right_sided", "mean", "std")
    rows: list[Row] = [
        (_name_statistic(row["statistic"], names), *(Number(row[name], _DIGITS) for name in columns))
        for row in placebo.tests.to_dict("records")
    ]
    strata = words["strata"].format(spec.strata) if spec.strata else ""
    recipe = words["fixed" if spec.recipe.get("sample") == "fixed" else "recipe"]
    error = words[str(spec.recipe["studentise"])]
    described = recipe.format(draws=len(placebo.draws), seed=spec.seed, strata=strata, error=error)
    notes = (described, words["p"], *describe_few(placebo, lang), *placebo.notes)
    title = words["placebo" if spec.kind == "unit" else f"placebo_{spec.kind}"]
    return Table(title, (words["statistic"], *(words[name] for name in columns)), (tuple(rows),), notes)


def describe_few(placebo: Placebo, lang: Lang = "en") -> tuple[str, ...]:
    """Say that the p-values are rough where a statistic has fewer than 99 draws."""
    fewest = int(placebo.tests["n_draws"].min())
    return (_WORDS[lang]["few"].format(fewest, 1 / (1 + fewest)),) if fewest < FEW_DRAWS else ()


def _name_statistic(statistic: str, names: Mapping[str, str]) -> str:
    """Return the name of a coefficient, or of its t value, as it is printed."""
    if statistic.startswith("t("):
        return f"t({names.get(statistic[2:-1], statistic[2:-1])})"
    return names.get(statistic, statistic)


def list_points(events: StudyEvents) -> pd.DataFrame:
    """Return the points of all standardisations: standardise, then the columns of ``EventStudy.points``."""
    frames = [study.points.assign(standardise=name) for name, study in events.by_outcome.items()]
    return _put_first(pd.concat(frames, ignore_index=True), "standardise")


def list_lead_tests(events: StudyEvents) -> pd.DataFrame:
    """Return the joint test of the leads, the width of the band and the facts of the fit, one row a standardisation."""
    rows = []
    for name, study in events.by_outcome.items():
        test = study.leads
        rows.append({
            "standardise": name,
            "hypothesis": test.hypothesis if test else None,
            "statistic": test.statistic if test else None,
            "df_num": test.df_num if test else None,
            "df_denom": test.df_denom if test else None,
            "p_value": test.p_value if test else None,
            "critical": study.critical,
            "draws": study.draws,
            "seed": study.seed,
            "reference": study.reference,
            "normalise": study.normalise,
            "vcov": study.estimate.spec.vcov.kind,
            "ssc": study.estimate.spec.vcov.ssc,
            "df": study.estimate.df,
            "nobs": study.estimate.nobs,
            "n_clusters": "; ".join(f"{kind} {count}" for kind, count in study.estimate.n_clusters.items()),
            "r2": study.estimate.r2,
            "r2_within": study.estimate.r2_within,
            "outcome": events.outcome,
            "absorbed": "; ".join(study.estimate.absorbed),
        })  # fmt: skip
    return pd.DataFrame(rows)


def list_honest(events: StudyEvents) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Return β, Σ and base for HonestDiD by the name of their file, and why one is missing."""
    tables, notes = {}, []
    for name, study in events.by_outcome.items():
        try:
            tables["honest" if len(events.by_outcome) == 1 else f"honest_{name}"] = study.tabulate_honest()
        except EconError as error:
            notes.append(f"There is no file for HonestDiD: {error}")
    return tables, tuple(dict.fromkeys(notes))


def list_check_notes(result: "StudyResult") -> Iterator[str]:
    """Yield what a reader of the event study and the placebo must know, in sentences."""
    if result.events:
        yield from result.events.notes
        for study in result.events.by_outcome.values():
            yield from study.notes
        yield from list_honest(result.events)[1]
        for name, note in _gather(result.events, lambda study: study.estimate.notes):
            if note not in result.headline.notes:
                yield f"Event study{_show_where(name, result.events, 'en')}: {note}"
        yield from (f"Left out of the {one.reason}: {one.count:,} {one.what}." for one in list_check_dropped(result))
    if result.placebo:
        yield from describe_few(result.placebo)
        yield from result.placebo.notes


def list_check_dropped(result: "StudyResult") -> tuple[Dropped, ...]:
    """Return what the event study leaves out that the equations do not; the reason begins with its name."""
    if result.events is None:
        return ()
    return tuple(
        replace(one, reason=f"event study{_show_where(name, result.events, 'en')}: {one.reason}")
        for name, one in _gather(result.events, lambda study: study.estimate.dropped)
        if one not in result.headline.dropped
    )


def _put_first(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame[[column, *(name for name in frame.columns if name != column)]]
