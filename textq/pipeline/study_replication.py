"""A study as Stata takes it, and what programs in other languages must know to estimate it again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from econ.errors import EconError
from econ.estimate import Estimate
from econ.intensities import DID, PREFIX
from econ.spec import INTERCEPT, MEMBERS, VcovLike, VcovSpec, parse_vcov
from textq.config import NOTHING
from textq.export.columns import Column, name_columns
from textq.export.equations import KINDS, PAIR, PERIOD, Effect, Equation, ErrorKind, Program, Replication, Term
from textq.export.stata import number_texts
from textq.lexicon.places import builtin_gazetteer
from textq.pipeline.study_inputs import KEY
from textq.pipeline.study_labels import LANGUAGES, choose_lang, name_terms
from textq.pipeline.study_panel import OUTCOME

if TYPE_CHECKING:
    from textq.pipeline.estimates import StudyResult

"""The machine's language must not change the bytes."""

_NODE = "node"
_MOST_LABELS = 5_000
"""Of the values of one column in Stata; a column of more different texts keeps its numbers without labels."""

_COMPARED: Mapping[ErrorKind, VcovLike] = {
    "iid": "iid",
    "hc1": "hc1",
    "pair": {"cluster": PAIR},
    "twoway": {"twoway": MEMBERS},
}

_SAME = 1e-12
"""Errors that differ by no more than this share are one number: two corrections can come to the same."""

_ADDED = ("name_i", "name_j")
"""The columns that panel.dta has beyond those of panel.csv."""

_UNITS = (*MEMBERS, "treated_unit")
"""The columns of the panel that hold units."""

_ROLES: Mapping[str, Mapping[str, str]] = {
    "en": {"neither": "neither designated", "one": "one designated", "both": "both designated"},
    "zh": {"neither": "双方均非试点", "one": "一方为试点", "both": "双方均为试点"},
}


@dataclass(frozen=True, slots=True)
class StataTable:
    """A table as Stata takes it, texts numbered, and its columns."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]


def prepare_panel(result: "StudyResult") -> StataTable:
    """Return the panel with units, pairs and other texts as numbers, and the names of the units beside their codes."""
    source, units = result.panel.panel, _list_units(result)
    frame = source.copy()
    values: dict[str, Mapping[str, Mapping[int, str]]] = {}
    for name in source.columns:
        if not (pd.api.types.is_numeric_dtype(source[name]) or pd.api.types.is_bool_dtype(source[name])):
            frame[name], labels = number_texts(source[name], units if name in _UNITS else ())
            values |= {name: dict.fromkeys(("en", "zh"), labels)} if 0 < len(labels) <= _MOST_LABELS else {}
    frame["role"], values["role"] = _number_roles(source["role"])
    values.pop(PAIR, None)
    for member, name in zip(MEMBERS, _ADDED, strict=True):
        frame.insert(list(frame.columns).index(member) + 1, name, _name_units(source[member]))
    return StataTable(frame, name_columns(frame.columns, _label_terms(result), values))


def _list_units(result: "StudyResult") -> list[str]:
    """Return all units of the panel in order, so that each has the same number in every column and file."""
    panel = result.panel.panel
    return sorted({str(unit) for name in _UNITS if name in panel.columns for unit in panel[name].dropna()})


def _number_roles(roles: "pd.Series") -> tuple["pd.Series", Mapping[str, Mapping[int, str]]]:
    """Return how many members are designated, and what each number is called."""
    names = list(_ROLES["en"])
    labels = {lang: {names.index(name): shown for name, shown in words.items()} for lang, words in _ROLES.items()}
    return roles.map({name: place for place, name in enumerate(names)}).astype("Int64"), labels


def _name_units(units: "pd.Series") -> "pd.Series":
    """Return the name of each unit; a code of the user's own is its own name."""
    gazetteer = builtin_gazetteer()
    names = {
        str(code): gazetteer.place_of(str(code)).name if str(code) in gazetteer else str(code) for code in set(units)
    }
    return units.astype(str).map(names)


def _label_terms(result: "StudyResult") -> dict[str, dict[str, str]]:
    """Return the labels of the columns that depend on the study: did × an instrument, controls."""
    study, labels = result.study, {}
    measure = study.scores.measure if study.scores else ""
    scaled = {
        "en": "" if study.treatment.scale == NOTHING else " / SD",
        "zh": "" if study.treatment.scale == NOTHING else "／标准差",
    }
    shown = _name_terms(result)
    for column in result.panel.panel.columns:
        if column.startswith(PREFIX):
            plain = f"{DID} × {column.removeprefix(PREFIX)}"
            labels[column] = {
                "en": f"{shown['en'].get(column, plain)} ({measure}{scaled['en']})",
                "zh": f"{shown['zh'].get(column, plain)}（{measure}{scaled['zh']}）",
            }
    for control in result.panel.controls:
        labels[control] = {"en": f"Control: {shown['en'][control]}", "zh": f"控制变量：{shown['zh'][control]}"}
    return labels


def _name_terms(result: "StudyResult") -> dict[str, dict[str, str]]:
    """Return what the tables of the study call its terms, by language."""
    return {lang: name_terms(result.panel, lang, result.study.labels) for lang in LANGUAGES}


def prepare_scores(result: "StudyResult", scores: pd.DataFrame) -> StataTable:
    """Return the scores of all covered unit-years, a column ``tq_<instrument>`` each, as they were scored."""
    measure = result.study.scores.measure if result.study.scores else ""
    instruments = [name for name in scores.columns if name not in KEY]
    frame = scores[["unit", PERIOD, "coverage", *instruments]].rename(columns={one: f"tq_{one}" for one in instruments})
    frame.insert(1, "name", _name_units(frame["unit"]))
    frame["unit"], coded = number_texts(frame["unit"], _list_units(result))
    values = {"unit": dict.fromkeys(("en", "zh"), coded)} if coded else {}
    shown = _name_terms(result)
    labels = {
        f"tq_{one}": {
            "en": f"{shown['en'].get(one, one)}: {measure}",
            "zh": f"{shown['zh'].get(one, one)}：{measure}",
        }
        for one in instruments
    }
    return StataTable(frame, name_columns(frame.columns, labels, values))


def plan_replication(result: "StudyResult", run_id: str) -> Replication:
    """Return the equations of a study with the numbers that other programs are to find again."""
    panel = prepare_panel(result)
    names = {column.source: column.name for column in panel.columns}
    fits = [(name, one) for name, one in result.estimates.items()]
    fits += [(f"{name}, without did", one) for name, one in result.without_did.items()]
    absorbed = result.study.estimate.absorb
    refused = tuple(effect for effect in absorbed if _NODE in effect.split("^"))
    effects = [_split_effect(effect) for effect in absorbed if effect not in refused]
    return Replication(
        run_id=run_id,
        lang=choose_lang(result.study),
        outcome=names[OUTCOME],
        columns=panel.columns,
        only_stata=_ADDED,
        effects=tuple(_count_levels(result.panel.panel, effect, names) for effect in effects),
        equations=tuple(_describe_equation(name, one, names) for name, one in fits),
        refused=refused,
    )


def _split_effect(effect: str) -> tuple[str, ...]:
    return tuple(PAIR if part == "pair" else part for part in effect.split("^"))


def _count_levels(panel: pd.DataFrame, effect: tuple[str, ...], names: Mapping[str, str]) -> Effect:
    return Effect(tuple(names[column] for column in effect), panel.groupby(list(effect), observed=True).ngroups)


def _describe_equation(name: str, estimate: Estimate, names: Mapping[str, str]) -> Equation:
    errors = {
        (program, kind): found
        for program, kinds in KINDS.items()
        for kind in kinds
        if (found := _find_errors(estimate, kind, program)) is not None
    }
    terms = tuple(
        Term(names[term], value, error, {key: found[term] for key, found in errors.items()})
        for term, value, error in estimate.params[["term", "estimate", "std_error"]].itertuples(index=False, name=None)
        if term != INTERCEPT
    )
    compared = {program: kind for program, kind in errors if _is_printed(estimate, kind, errors[program, kind])}
    return Equation(name, terms, estimate.nobs, _describe_vcov(estimate.spec.vcov), compared)


def _describe_vcov(spec: VcovSpec) -> str:
    columns = f" by {', '.join(spec.by)}" if spec.by else ""
    return f"{spec.kind}{columns}, ssc {spec.ssc}"


def _is_printed(estimate: Estimate, kind: ErrorKind, found: Mapping[str, float]) -> bool:
    """Return whether a covariance is that of the tables: kind, columns, and what the correction comes to."""
    printed, other = estimate.spec.vcov, parse_vcov(_COMPARED[kind])
    if (printed.kind, set(printed.by)) != (other.kind, set(other.by)):
        return False
    table = estimate.params[["term", "std_error"]].itertuples(index=False, name=None)
    known = [(found[term], error) for term, error in table if term != INTERCEPT and not math.isnan(error)]
    return bool(known) and all(math.isclose(one, error, rel_tol=_SAME) for one, error in known)


def _find_errors(estimate: Estimate, kind: ErrorKind, program: Program) -> Mapping[str, float] | None:
    """Return the standard errors under a covariance; None where the sample does not allow it."""
    try:
        params = estimate.with_vcov(_COMPARED[kind], program).params
    except EconError:
        return None
    return dict(zip(params["term"], params["std_error"], strict=True))
