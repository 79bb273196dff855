"""Fit the designs with pyfixest and store its numbers: python tests/reference/panel/make.py (from the repository)."""

import math
import warnings
from pathlib import Path

import pandas as pd

from tests.reference.panel.designs import SEEDS, PanelDesign, draw_design

OUTPUT = Path(__file__).with_name("output.csv")
TOLERANCE = 1e-12


def fit_with_pyfixest(design: PanelDesign) -> pd.DataFrame:
    """Return one row a term: estimate, clustered standard error, rows used.

    pyfixest 0.60 keeps its effects in the order of a set, which changes with PYTHONHASHSEED, and takes the wrong one
    for nested in the clusters where that is not the order of the formula; standard errors are missing then.
    """
    import pyfixest

    formula = f"y ~ {' + '.join(design.regressors)} | {' + '.join(design.absorb)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of singletons and collinear columns, which the designs have
        fit = pyfixest.feols(
            formula,
            design.frame,
            vcov={"CRV1": design.cluster},
            weights=design.weights,
            demeaner=pyfixest.MapDemeaner(fixef_tol=TOLERANCE, fixef_maxiter=1_000_000),
        )
    in_order = list(fit._fe.columns) == [f"__fixed_effect__({effect.replace('^', '_')})" for effect in design.absorb]
    errors = fit.se() if in_order else math.nan
    return pd.DataFrame({"term": fit.coef().index, "estimate": fit.coef(), "std_error": errors, "nobs": fit._N})


def main() -> None:
    """Write output.csv."""
    tables = []
    for seed in SEEDS:
        design = draw_design(seed)
        tables.append(fit_with_pyfixest(design).assign(seed=seed, outcome_sum=design.frame["y"].sum()))
    table = pd.concat(tables)
    if table["std_error"].isna().any():
        raise SystemExit("pyfixest has mixed up its effects. Try another PYTHONHASHSEED.")
    columns = ["seed", "term", "estimate", "std_error", "nobs", "outcome_sum"]
    table[columns].to_csv(OUTPUT, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
