"""A study to replicate, as tests of the programs share it."""

from collections.abc import Mapping

from textq.export.columns import name_columns
from textq.export.equations import Effect, Equation, ErrorKind, Program, Replication, Term

SOURCES = [
    "unit_i",
    "name_i",
    "unit_j",
    "name_j",
    "period",
    "pair_id",
    "role",
    "did",
    "did:supply",
    "人口",
    "province_pair",
]
VALUES = {
    "role": {"en": {0: "neither", 1: "one"}, "zh": {0: "双方均非试点", 1: "一方为试点"}},
    "province_pair": {"en": {1: "110000-130000"}, "zh": {1: "110000-130000"}},
}
LABELS = {"did:supply": {"en": 'did × "Supply" `x\' $y', "zh": "did × 供给型" + "长" * 90}}
ERRORS = {("fixest", "iid"): 0.1, ("fixest", "pair"): 0.2}
STATA_ERRORS = {
    ("reghdfe", "iid"): 0.11,
    ("reghdfe", "hc1"): 0.41,
    ("reghdfe", "pair"): 0.21,
    ("reghdfe", "twoway"): 0.31,
}


def make_replication(
    *,
    effects: tuple[Effect, ...] = (Effect(("pair_id",), 40), Effect(("period",), 12)),
    refused: tuple[str, ...] = (),
    vcov: str = "jackknife by unit_i, unit_j, ssc none",
    compared: Mapping[Program, ErrorKind] | None = None,
) -> Replication:
    """Return two equations, the second without errors to compare."""
    terms = (Term("did", 0.25, 0.125, ERRORS | STATA_ERRORS), Term("did_supply", -1 / 3, 0.5, ERRORS | STATA_ERRORS))
    return Replication(
        run_id="0123456789ab",
        lang="zh",
        outcome="synchronization",
        columns=name_columns([*SOURCES, "synchronization"], LABELS, VALUES),
        only_stata=("name_i", "name_j"),
        effects=effects,
        equations=(
            Equation("all", terms, 480, vcov, compared or {}),
            Equation(
                "all, without did", (Term("did_supply", 1e-20, 0.5),), 480, "cluster by province_pair, ssc fixest"
            ),
        ),
        refused=refused,
    )
