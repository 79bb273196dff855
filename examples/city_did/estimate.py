"""Fit four equations on ``data.csv`` and write them as tables: in Word, LaTeX, HTML, Markdown and text, zh and en.

``python estimate.py [FOLDER]`` writes into ``tables/`` beside this script, or into FOLDER:

* ``did``: GDP and GDP per head, each without and with seven controls, t values in parentheses, N, R² and F;
* ``errors``: what the covariance makes of the coefficients of did, beside the truth that was put into the data.

``--errors`` chooses the covariance of the t values, the stars and F in ``did``; ``--r2`` chooses the R². The notes say
which.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import econ
from econ.table import Interval, Number, Span, Table
from econ.table_style import STYLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from econ.estimate import Estimate, FKind
    from econ.spec import VcovLike
    from econ.table import Block, Lang, Row
    from econ.table_style import Fit, TableStyle

HERE = Path(__file__).parent

CONTROLS = ("government", "secondary", "tertiary", "fdi", "investment", "trade", "retail")
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "(1)": ("gdp", ()),
    "(2)": ("gdp", CONTROLS),
    "(3)": ("gdp_per_head", ()),
    "(4)": ("gdp_per_head", CONTROLS),
}
EFFECTS = ("year", "unit")

ERRORS: dict[str, VcovLike] = {"clustered": {"cluster": "unit"}, "conventional": "iid"}
R2: dict[str, Fit] = {"overall": "r2", "adjusted": "r2_adjusted", "within": "r2_within"}
WILD: dict[str, object] = {"wild": "unit", "draws": 9_999, "seed": 20_150_307}

ENDINGS = (".docx", ".tex", ".html", ".md", ".txt")

LABELS: dict[Lang, dict[str, str]] = {
    "en": {
        "gdp": "GDP",
        "gdp_per_head": "GDP per head",
        "government": "Government size",
        "secondary": "Secondary industry",
        "tertiary": "Tertiary industry",
        "fdi": "FDI",
        "investment": "Fixed investment",
        "trade": "Trade",
        "retail": "Retail sales",
        "unit": "City",
        "units": "cities",
        "year": "Year",
    },
    "zh": {
        "gdp": "GDP",
        "gdp_per_head": "人均GDP",
        "government": "政府规模",
        "secondary": "第二产业占比",
        "tertiary": "第三产业占比",
        "fdi": "外商直接投资",
        "investment": "固定资产投资",
        "trade": "进出口贸易",
        "retail": "社会消费品零售",
        "unit": "城市",
        "units": "城市",
        "year": "时间",
    },
}
WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "did": "Pilot zones and growth of cities (simulated data)",
        "errors": "What the covariance makes of did (simulated data)",
        "measured": "GDP in trillion yuan, GDP per head in 10,000 yuan, all others as shares of GDP.",
        "truth": "did: put into the data",
        "estimate": "did: estimate",
        "iid": "Classical",
        "cluster": "Clustered",
        "wild": "Wild bootstrap",
        "t": "{}: t",
        "p": "{}: p-value",
        "interval": "{}: 95% interval",
        "note": "Notes: GDP in trillion yuan, GDP per head in 10,000 yuan. Columns (2) and (4) with the controls. "
        "Clusters: {cities} cities. Wild cluster bootstrap-t with the null imposed: {draws:,} draws of Rademacher "
        "weights, seed {seed}.",
    },
    "zh": {
        "did": "综合试验区与城市经济增长（模拟数据）",
        "errors": "标准误的选择与did（模拟数据）",
        "measured": "GDP单位为万亿元，人均GDP单位为万元，其余为占GDP的比重。",
        "truth": "did：数据中的真值",
        "estimate": "did：估计值",
        "iid": "普通",
        "cluster": "聚类",
        "wild": "野自助法",
        "t": "{}：t值",
        "p": "{}：p值",
        "interval": "{}：95%区间",
        "note": "注：GDP单位为万亿元，人均GDP单位为万元。第（2）、（4）列含控制变量。聚类到城市（{cities}个）。"
        "野聚类自助法施加原假设，Rademacher权重抽取{draws:,}次，随机种子{seed}。",
    },
}


def read_panel(path: Path = HERE / "data.csv") -> pd.DataFrame:
    """Return the panel; codes stay text."""
    return pd.read_csv(path, dtype={"unit": str}, encoding="utf-8-sig")


def fit_columns(panel: pd.DataFrame, errors: str = "clustered") -> dict[str, Estimate]:
    """Return the four equations, with city and year effects, by the number of their column."""
    return {
        number: econ.fit_panel(panel, outcome, ["did", *controls], EFFECTS, ERRORS[errors])
        for number, (outcome, controls) in COLUMNS.items()
    }


def read_did(estimate: Estimate) -> dict[str, float]:
    """Return the coefficient of did, its t value, p-value and interval."""
    did = estimate.params.set_index("term").T["did"]
    return {str(name): float(value) for name, value in did.items()}


def choose_style(errors: str, r2: str) -> TableStyle:
    """Return the Chinese three-line style with t values; F has the covariance of the t values."""
    kind: FKind = "conventional" if errors == "conventional" else "wald"
    return replace(STYLES["cn"], below="t", digits=3, fits=("nobs", R2[r2], "f"), f_kind=kind)


def tabulate_did(estimates: Mapping[str, Estimate], lang: Lang, errors: str, r2: str) -> Table:
    """Return the four equations side by side."""
    words = WORDS[lang]
    return econ.tabulate_estimates(
        estimates,
        style=choose_style(errors, r2),
        title=words["did"],
        labels=LABELS[lang],
        lang=lang,
        notes=[words["measured"]],
    )


def tabulate_errors(estimates: Mapping[str, Estimate], truth: pd.DataFrame, lang: Lang) -> Table:
    """Return did under three covariances, below what was put into the data."""
    words = WORDS[lang]
    known = truth.set_index(["outcome", "controls"])["did"]
    put_in = [known[outcome, "yes" if controls else "no"] for outcome, controls in COLUMNS.values()]
    found = [read_did(estimate)["estimate"] for estimate in estimates.values()]
    rows = [(words["truth"], put_in), (words["estimate"], found)]
    blocks: list[Block] = [tuple((name, *(Number(value, 3) for value in values)) for name, values in rows)]
    vcovs: dict[str, VcovLike] = {"iid": "iid", "cluster": {"cluster": "unit"}, "wild": WILD}
    for kind, vcov in vcovs.items():
        did = [read_did(estimate.with_vcov(vcov)) for estimate in estimates.values()]
        name = words[kind]
        block: list[Row] = [
            (words["t"].format(name), *(Number(row["statistic"], 2) for row in did)),
            (words["p"].format(name), *(Number(row["p_value"], 4, adaptive=False) for row in did)),
            (words["interval"].format(name), *(Interval(row["conf_low"], row["conf_high"], 3) for row in did)),
        ]
        blocks.append(tuple(block[1:] if kind == "wild" else block))  # its t is the clustered one
    n_cities = next(iter(estimates.values())).with_vcov(ERRORS["clustered"]).n_clusters["unit"]
    outcomes = tuple(Span(LABELS[lang][outcome], 2) for outcome in ("gdp", "gdp_per_head"))
    return Table(
        title=words["errors"],
        head=("", *estimates),
        blocks=tuple(blocks),
        notes=(words["note"].format(draws=WILD["draws"], seed=WILD["seed"], cities=n_cities),),
        spans=(outcomes,),
        lang=lang,
        block_rules=False,
    )


def write_tables(panel: pd.DataFrame, truth: pd.DataFrame, folder: Path, errors: str, r2: str) -> list[Path]:
    """Write both tables in both languages and all formats; return the paths."""
    estimates = fit_columns(panel, errors)
    paths = []
    for lang in LABELS:
        tables = {
            "did": tabulate_did(estimates, lang, errors, r2),
            "errors": tabulate_errors(estimates, truth, lang),
        }
        for name, table in tables.items():
            for ending in ENDINGS:
                path = folder / lang / f"{name}{ending}"
                path.parent.mkdir(parents=True, exist_ok=True)
                econ.write_table(table, path)
                paths.append(path)
    return paths


def main() -> None:
    """Read the arguments and the data, write the tables, print the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "tables")
    parser.add_argument("--errors", choices=list(ERRORS), default="clustered")
    parser.add_argument("--r2", choices=list(R2), default="overall")
    options = parser.parse_args()
    truth = pd.read_csv(HERE / "truth.csv", encoding="utf-8-sig")
    for path in write_tables(read_panel(), truth, options.folder, options.errors, options.r2):
        print(path)


if __name__ == "__main__":
    main()
