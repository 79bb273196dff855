"""The tables of a study: the equations side by side, the covariances beside each other, what lies behind them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from econ.estimate import Dropped, Estimate
from econ.intensities import DID, PREFIX
from econ.synchronization import STANDARDISED
from econ.tables import (
    Lang,
    Table,
    describe_vcov,
    list_rows,
    render_latex,
    render_text,
    show_number,
    tabulate_estimates,
)
from textq.config import NOTHING
from textq.export.csv import write_csv
from textq.export.table import write_table
from textq.pipeline.study_check_tables import (
    list_check_dropped,
    list_check_notes,
    list_honest,
    list_lead_tests,
    list_points,
    tabulate_events,
    tabulate_placebo,
)
from textq.pipeline.study_panel import StudyPanel, choose_transform
from textq.pipeline.study_placebo import DRAWS, TESTS

if TYPE_CHECKING:
    from textq.pipeline.estimates import StudyResult

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
FOLDER = "tables"

HEADLINE = "all"
"""The equation with all regressors that the study names."""

BY_PAIR = "pair"
"""The name of the covariance clustered by pair, among those that are compared."""

_MEASURES = {"cerqueira_martins": "Cerqueira–Martins"}

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
        "all": "all",
        "pair_id": "pair",
        "pairs": "pairs",
        "pair": "Pair",
        "period": "Year",
        "province_pair^period": "Province pair × year",
        "units": "cities",
        "years": "Years",
        "n_pairs": "Pairs",
        "dyadic": "dyadic-robust",
        "jackknife": "leave-one-city-out jackknife",
        "equality": "Equal effects ({}): F({}, {:.0f}) = {:.3f}, {}.",
        "recipe": (
            "Outcome: {outcome}, {first}–{last}. Pairs: roles {roles}{pairs}. did = 1 by the rule {timing}{scores}."
        ),
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
        "all": "全部",
        "pair_id": "城市对",
        "pairs": "城市对",
        "pair": "城市对",
        "period": "年份",
        "province_pair^period": "省份对×年份",
        "units": "城市",
        "years": "年份",
        "n_pairs": "城市对数",
        "dyadic": "二元组聚类稳健",
        "jackknife": "逐一剔除城市的刀切法",
        "equality": "效应相等（{}）：F({}, {:.0f}) = {:.3f}，{}。",
        "recipe": "被解释变量：{outcome}，{first}–{last}年。城市对：{roles}{pairs}。did按{timing}规则取1{scores}。",
        "transformed": "，变换{}",
        "standardised": "，按{}标准化",
        "unstandardised": "，未标准化",
        "filtered": "（序列经{}滤波）",
        "gravity": "；引力得分{}",
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


def name_terms(panel: StudyPanel, lang: Lang) -> dict[str, str]:
    """Return what to print for terms, effects and clusters; instruments as the codebook of the run calls them."""
    instruments = {name: shown.lower() for name, shown in panel.names.get(lang, {}).items()}
    words = _WORDS[lang]
    keys = ("all", "pair_id", "pairs", "pair", "period", "province_pair^period", "units")
    return (
        {key: words[key] for key in keys}
        | {f"{PREFIX}{name}": f"{DID} × {shown}" for name, shown in instruments.items()}
        | instruments
    )


def tabulate_main(result: "StudyResult", lang: Lang) -> Table:
    """Return the equations with ``did``: each instrument alone, all together; below, the test of equal effects."""
    table = _tabulate(result, result.estimates, "main", lang)
    test = result.equality
    if test is None:
        return table
    shown = _say(lang, "equality").format(
        " = ".join(name_terms(result.panel, lang).get(term, term) for term in test.hypothesis.split(" = ")),
        test.df_num, test.df_denom, test.statistic, "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}",
    )  # fmt: skip
    return Table(table.title, table.head, table.blocks, (*table.notes[:2], shown, *table.notes[2:]))


def tabulate_without_did(result: "StudyResult", lang: Lang) -> Table:
    """Return the equations without ``did``; what is to be noted stands below those with it."""
    table = _tabulate(result, result.without_did, "without_did", lang)
    return Table(table.title, table.head, table.blocks, table.notes[:2])


def _tabulate(result: "StudyResult", estimates: Mapping[str, Estimate], title: str, lang: Lang) -> Table:
    names = name_terms(result.panel, lang) | {control: _name_control(control) for control in result.panel.controls}
    columns = {
        f"({place})" + (f" {names.get(name, name)}" if len(estimates) > 1 else ""): estimate
        for place, (name, estimate) in enumerate(estimates.items(), 1)
    }
    table = tabulate_estimates(columns, title=_say(lang, title), labels=names, lang=lang)
    terms, facts = table.blocks
    n_pairs = f"{result.panel.panel['pair_id'].nunique():,}"
    facts = (*facts, (_say(lang, "n_pairs"), *(n_pairs for _ in columns)))
    notes = (table.notes[0], describe_recipe(result, lang), *table.notes[1:])
    return Table(table.title, table.head, (terms, facts), notes)


def _name_control(control: str) -> str:
    column, _, rule = control.partition(":")
    shown = {"": "|Δ ln {}|", "log_difference": "|Δ ln {}|", "difference": "|Δ {}|"}.get(rule, f"{rule}({{}})")
    return shown.format(column)


def describe_recipe(result: "StudyResult", lang: Lang) -> str:
    """Return in one sentence what is estimated: outcome, years, pairs, treatment, intensities."""
    study, words = result.study, _WORDS[lang]
    outcome = _MEASURES.get(study.outcome.measure, study.outcome.measure)
    outcome += words["filtered"].format(study.outcome.filter) if study.outcome.filter != NOTHING else ""
    transform, standardise = choose_transform(study), study.outcome.standardise
    outcome += words["transformed"].format(transform) if transform else ""
    if study.outcome.measure in STANDARDISED:
        shown = ", ".join(map(str, standardise)) if isinstance(standardise, tuple) else standardise
        outcome += words["standardised"].format(shown) if shown else words["unstandardised"]
    pairs = words["gravity"].format(study.pairs.gravity) if study.pairs.gravity else ""
    keep = study.pairs.keep
    shown = " ".join(f"{name} {value}" for name, value in keep.items()) if isinstance(keep, Mapping) else keep
    pairs += words["keep"].format(shown) if shown else ""
    used = study.scores if len(result.panel.scales) else None
    scores = words["intensity"].format(used.measure, words[study.treatment.scale]) if used else ""
    return words["recipe"].format(
        outcome=outcome, first=result.panel.periods[0], last=result.panel.periods[-1],
        roles=", ".join(study.pairs.roles), pairs=pairs, timing=study.treatment.timing, scores=scores,
    )  # fmt: skip


def tabulate_covariances(result: "StudyResult", lang: Lang) -> Table:
    """Return the headline's standard errors and intervals under each covariance, and why they differ."""
    rows = [row for place in range(len(result.headline.params)) for row in _list_errors(result, place, lang)]
    head = ("", _say(lang, "estimate"), "", _say(lang, "se"), _say(lang, "interval"))
    return Table(_say(lang, "covariances"), head, (tuple(rows),), _explain_covariances(result, lang))


def _list_errors(result: "StudyResult", place: int, lang: Lang) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one term, a row a covariance; the term and its estimate stand in the first."""
    names = name_terms(result.panel, lang) | {control: _name_control(control) for control in result.panel.controls}
    term = str(result.headline.params["term"].iloc[place])
    value = float(result.headline.params["estimate"].iloc[place])
    first = (names.get(term, term), show_number(value))
    for estimate in result.covariances.values():
        row = estimate.params.loc[place, ["std_error", "conf_low", "conf_high"]]
        error, low, high = map(show_number, row.to_numpy(dtype=float))
        shown = _name_vcov(result, estimate, lang)
        yield (*first, shown, error, f"[{low}, {high}]")
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
    return _WORDS[lang].get(spec.kind) or describe_vcov(spec, name_terms(result.panel, lang), lang)


def tabulate_intensities(result: "StudyResult", lang: Lang) -> Table:
    """Return the correlations of the intensities and the variance inflation of their regressors."""
    names = name_terms(result.panel, lang)
    inflation = result.inflation.set_index("term")["vif"]
    rows = [
        (names.get(name, name), *(f"{value:.2f}" for value in row), f"{inflation[f'{PREFIX}{name}']:.2f}")
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
        tables["placebo"] = tabulate_placebo(result.placebo, lang, name_terms(result.panel, lang))
    return tables


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


def write_tables(result: "StudyResult", run_dir: Path) -> None:
    """Write tables in both languages, coefficients, and all that they rest on."""
    write_printed({lang: list_tables(result, lang) for lang in LANGUAGES}, run_dir)
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


def write_printed(tables: Mapping[Lang, Mapping[str, Table]], run_dir: Path) -> None:
    """Write the tables of each language, by the name of their file, as they are printed: text, LaTeX, CSV."""
    folder = run_dir / FOLDER
    folder.mkdir()
    for lang, named in tables.items():
        for name, table in named.items():
            path = folder / f"{name}_{lang}"
            path.with_suffix(".txt").write_text(render_text(table), encoding="utf-8", newline="\n")
            path.with_suffix(".tex").write_text(render_latex(table), encoding="utf-8", newline="\n")
            write_csv(list_rows(table), path.with_suffix(".csv"))


def write_notes(notes: Iterable[str], run_dir: Path) -> None:
    """Write notes, one a line."""
    (run_dir / "notes.txt").write_text("".join(f"{note}\n" for note in notes), encoding="utf-8", newline="\n")


def _say(lang: Lang, name: str) -> str:
    return _WORDS[lang][name]
