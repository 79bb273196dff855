"""The recipes that travel with a result, and the choices that every door checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard, get_args

from econ.errors import SpecError

VcovKind = Literal["iid", "hc1", "cluster", "twoway", "dyadic", "jackknife", "wild"]
Ssc = Literal["none", "fixest", "reghdfe", "stata"]
Model = Literal["ols"]
Engine = Literal["linearmodels"]

VcovLike = str | Mapping[str, object]
"""What ``fit_panel(vcov=…)`` takes: "auto", "iid", "hc1", or {kind: column or columns}."""

AUTO = "auto"
MEMBERS = ("unit_i", "unit_j")
"""The columns of a pair's two units."""

Role = Literal["neither", "one", "both"]
"""How many members of a pair are designated, in the order of the number."""
ROLES: tuple[Role, ...] = get_args(Role)

INTERCEPT = "Intercept"
WILD_DRAWS = 9_999
WILD_SEED = 20_150_307

_N_COLUMNS: Mapping[str, tuple[int, ...]] = {
    "iid": (0,),
    "hc1": (0,),
    "cluster": (1,),
    "twoway": (2,),
    "dyadic": (2,),
    "jackknife": (1, 2),
    "wild": (1,),
}
_OPTIONS: Mapping[str, tuple[str, ...]] = {"wild": ("draws", "seed")}


@dataclass(frozen=True, slots=True)
class VcovSpec:
    """How the covariance of the estimates is computed.

    Attributes
    ----------
    kind
        ``iid``, ``hc1``, ``cluster`` (one column), ``twoway`` (two), ``dyadic`` (the two members of a pair),
        ``jackknife`` (leave one level of a column out, or one member with all its pairs), ``wild`` (one column).
    by
        The columns.
    ssc
        The small-sample correction; its formulas stand in :mod:`econ.covariance`.
    draws, seed
        Of the wild cluster bootstrap.
    """

    kind: VcovKind
    by: tuple[str, ...] = ()
    ssc: Ssc = "fixest"
    draws: int = WILD_DRAWS
    seed: int = WILD_SEED


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """The equation of a fit: columns, absorbed effects, covariance."""

    outcome: str
    regressors: tuple[str, ...]
    absorb: tuple[str, ...]
    vcov: VcovSpec
    weights: str | None = None
    model: Model = "ols"
    engine: Engine | None = None


StreamedMeasure = Literal[
    "cerqueira_martins", "quasi_correlation", "negative_difference", "residual_difference", "concordance"
]
"""The measures of synchronization that need no more than the two units' values of the period."""

PairRule = Literal["log_difference", "difference", "sum", "product", "minimum", "maximum", "designated"]
"""How two units' values become one of the pair, as in ``combine_units``."""


@dataclass(frozen=True, slots=True)
class Synchronization:
    """The outcome: how closely a pair moves in a period.

    Attributes
    ----------
    measure
        As in ``measure_synchronization``; without rolling correlations, which look at a window.
    column
        Of the series.
    standardise
        "window", "none", or the periods that give each unit's mean and SD.
    """

    measure: StreamedMeasure = "cerqueira_martins"
    column: str = "value"
    standardise: Literal["window", "none"] | tuple[int, ...] = "window"


@dataclass(frozen=True, slots=True)
class Treatment:
    """The term ``did``: the treatment of the pair, which is treated while a member is."""

    @property
    def name(self) -> str:
        """What the term is called."""
        return "did"


@dataclass(frozen=True, slots=True)
class TreatedScore:
    """The term ``did:<column>``: the designated member's treatment × score; in pairs of two the sum.

    Attributes
    ----------
    column
        Of the series: the score, which may be missing where the unit is not treated.
    scale
        "sd": divided by its SD (n − 1) over the treated unit-periods; "none": as it is.
    """

    column: str
    scale: Literal["sd", "none"] = "sd"

    @property
    def name(self) -> str:
        """What the term is called."""
        return f"did:{self.column}"


@dataclass(frozen=True, slots=True)
class TreatedPair:
    """The term ``did:<column>``: the treatment × a column of the pairs, such as their distance."""

    column: str

    @property
    def name(self) -> str:
        """What the term is called."""
        return f"did:{self.column}"


@dataclass(frozen=True, slots=True)
class UnitVariable:
    """The term ``<column>:<rule>``, or ``did:<column>:<rule>``: a unit variable as one of the pair.

    Attributes
    ----------
    column
        Of the series.
    rule
        See ``combine_units``.
    treated
        Whether to multiply by the treatment of the pair.
    """

    column: str
    rule: PairRule = "log_difference"
    treated: bool = False

    @property
    def name(self) -> str:
        """What the term is called."""
        return f"{'did:' if self.treated else ''}{self.column}:{self.rule}"


PairTerm = Treatment | TreatedScore | TreatedPair | UnitVariable


@dataclass(frozen=True, slots=True)
class PairSpec:
    """An equation on pairs of units, with pair and period effects, of which no row need ever be written down.

    The effects of the periods are the same for all pairs, or each group of pairs, or each unit, has its own.

    Attributes
    ----------
    terms
        The regressors, in their order.
    outcome
        What the pairs' synchronization is.
    periods
        The window of the equation; None: all periods of the series, which may reach farther to standardise over.
    timing, boundary, county_zones
        As in ``assign_treatment``.
    roles
        Which pairs to form of the units of the series, where no table of pairs is given.
    weights
        A positive column of the pairs.
    absorb
        ("pair", "period"); ("pair", "<column>^period") with a column of the pairs, such as the pair of their
        provinces: a column of text or numbers without gaps, each value of which has its own effects of the periods; or
        ("pair", "node^period") for a_it + a_jt, an effect for each member and period.
    """

    terms: tuple[PairTerm, ...] = (Treatment(),)
    outcome: Synchronization = Synchronization()
    periods: tuple[int, ...] | None = None
    timing: str = "approval_year"
    boundary: str = "original"
    county_zones: str = "own"
    roles: tuple[Role, ...] = ("one", "neither")
    weights: str | None = None
    absorb: tuple[str, ...] = ("pair", "period")


@dataclass(frozen=True, slots=True)
class StreamedSpec(PanelSpec):
    """The equation of ``fit_pairs``: as a panel's, and the recipe of its columns."""

    recipe: PairSpec = PairSpec()


def check_choice(function: str, parameter: str, value: object, choices: Sequence[object]) -> None:
    """Raise unless ``value`` is one of ``choices``.

    Raises
    ------
    SpecError
        The 'x' parameter of f must be … Got … instead.
    """
    if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
        shown = ", ".join(repr(choice) for choice in choices)
        raise SpecError(f"The {parameter!r} parameter of {function} must be one of {shown}. Got {value!r} instead.")


def check_names(function: str, parameter: str, names: object) -> tuple[str, ...]:
    """Return a sequence of different names of columns; a lone string is none.

    Raises
    ------
    SpecError
        The 'x' parameter of f must be a list of column names, or names one twice.
    """
    given = list(names) if isinstance(names, Iterable) and not isinstance(names, str) else [None]
    if not all(isinstance(name, str) for name in given):
        raise SpecError(
            f"The {parameter!r} parameter of {function} must be a list of column names. Got {names!r} instead."
        )
    checked = [str(name) for name in given]
    doubled = sorted({name for name in checked if checked.count(name) > 1})
    if doubled:
        raise SpecError(f"The {parameter!r} parameter of {function} names {', '.join(doubled)} twice. Name it once.")
    return tuple(checked)


def parse_vcov(vcov: VcovLike, ssc: str | None = None) -> VcovSpec:
    """Return the spec of a ``vcov`` argument; "auto" is resolved by the caller, who knows the frame.

    ``ssc`` None means "none" for dyadic and jackknife, "fixest" for all others.

    Raises
    ------
    SpecError
        If the kind, its columns, an option or ``ssc`` is not one of those known.
    """
    kind, columns, options = _split(vcov)
    if len(columns) not in _N_COLUMNS[kind]:
        wanted = " or ".join(str(number) for number in _N_COLUMNS[kind])
        raise SpecError(f"vcov {kind!r} takes {wanted} columns. Got {vcov!r} instead.")
    if len(set(columns)) < len(columns):
        raise SpecError(f"vcov {kind!r} needs different columns. Got {vcov!r} instead.")
    if ssc is not None:
        check_choice("fit_panel", "ssc", ssc, get_args(Ssc))
    default: Ssc = "none" if kind in ("dyadic", "jackknife") else "fixest"
    return VcovSpec(kind, columns, ssc if _is_ssc(ssc) else default, **options)


def _split(vcov: VcovLike) -> tuple[VcovKind, tuple[str, ...], dict[str, int]]:
    entries: Mapping[str, object] = {vcov: ()} if isinstance(vcov, str) else vcov
    kinds = [kind for kind in entries if kind in _N_COLUMNS] if isinstance(entries, Mapping) else []
    kind = kinds[0] if len(kinds) == 1 else None
    if not _is_kind(kind):
        known = '"auto", "iid", "hc1", {"cluster": column}, {"twoway": (a, b)}, {"dyadic": (a, b)}, '
        known += '{"jackknife": (a, b)} or {"wild": column}'
        raise SpecError(f"The 'vcov' parameter of fit_panel must be {known}. Got {vcov!r} instead.")
    options = {name: value for name, value in entries.items() if name != kind}
    checked: dict[str, int] = {}
    for name, value in options.items():
        if name not in _OPTIONS.get(kind, ()) or not isinstance(value, int) or isinstance(value, bool) or value < 1:
            known = ", ".join(_OPTIONS.get(kind, ())) or "none"
            raise SpecError(f"vcov {kind!r} has no option {name!r} with the value {value!r}. It knows: {known}.")
        checked[name] = value
    return kind, _columns(entries[kind], vcov), checked


def _columns(value: object, vcov: object) -> tuple[str, ...]:
    columns = (value,) if isinstance(value, str) else value
    if not isinstance(columns, Sequence) or not all(isinstance(column, str) for column in columns):
        raise SpecError(f"vcov must name its columns as strings. Got {vcov!r} instead.")
    return tuple(columns)


def _is_kind(kind: object) -> TypeGuard[VcovKind]:
    return kind in get_args(VcovKind)


def _is_ssc(ssc: object) -> TypeGuard[Ssc]:
    return ssc in get_args(Ssc)
